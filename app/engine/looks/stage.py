"""The stage of the looks: from a frame and its alpha to the person and the room as they shall look."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np

from app.engine.core.errors import BackdropError, Message, any_reason
from app.engine.core.look import FaceLook, PictureLook
from app.engine.core.pyramid import halved
from app.engine.core.types import NO_SHADE, Frame, Shade, Unlit
from app.engine.looks.registry import build
from app.engine.looks.tone import Matrix, ToneLook, Toner, bent, fused_matrix, shade, toner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.engine.core.face import Face
    from app.engine.core.look import Look
    from app.engine.core.parameters import Values
    from app.engine.core.types import Alpha, Picture

Result = TypeVar("Result")

log = logging.getLogger(__name__)

_EDGE_HALVINGS = 3  # Of the picture from which the compositor estimates the colours at the person's edge.
_ROW_STEP_PX, _STRIP_ROWS = 4, 12  # Every fourth row of alpha is looked at; twelve of them are a strip.
_LEAST_ALPHA = 0.5 / 255  # Less counts as 0 in the composite.
_MARGIN = 0.02  # Share of the height, on both sides of the person.

_SHADES = 4  # Sizes for which the shade is kept: the frame's and that of the small room.

Regions = list[tuple[slice, slice]]


@dataclass(frozen=True, slots=True)
class Looked:
    """The result: the frame as the person shall look, as the room shall look, and the shade over both."""

    person: Frame
    room: Frame
    shade: Shade = NO_SHADE


class Looks:
    """The looks that are on. Costs nothing if there is none. Has memory: `reset` it at a new scene."""

    def __init__(self, values: Values | None = None, present: Looks | None = None) -> None:
        """`present`: the looks in use, of which those that stay the same keep their memory.

        Raises BackdropError for an unknown name, an invalid value or a file that cannot be used.
        """
        self._looks: list[Look] = build(values or {}, present._looks if present else ())
        self._failed: set[Look] = set()
        self._failure: BackdropError | None = None
        self._tones = [look for look in self._looks if isinstance(look, ToneLook)]
        self._person, self._room = toner(self._tones, True), toner(self._tones, False)
        middle = np.array([0.5])
        room, person = (float(bent(self._tones, middle, is_person)[0]) for is_person in (False, True))
        self._room_to_person = room / max(person, _LEAST_ALPHA)
        self._shades: dict[tuple[int, int], Shade] = {}

    @property
    def are_on(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._looks)

    @property
    def needs_matte(self) -> bool:
        """Whether a look treats the person and the room differently."""
        return any(look.needs_matte for look in self._looks)

    @property
    def needs_face(self) -> bool:
        """Whether a look changes the face."""
        return any(isinstance(look, FaceLook) and look not in self._failed for look in self._looks)

    @property
    def problem(self) -> BackdropError | None:
        """Why a look does not work, or in part only; the others do."""
        return self._failure or next((look.problem for look in self._looks if look.problem), None)

    def reset(self) -> None:
        """Forget earlier frames."""
        for look in self._looks:
            look.reset()

    def apply(
        self,
        frame: Frame,
        alpha: Alpha,
        unlit: Unlit | None = None,
        room_halvings: int = 0,
        needs_room: bool = True,
        face: Face | None = None,
    ) -> Looked:
        """The person and the room with the looks.

        alpha: H x W, 0..1, of this frame. unlit: the frame before it was brightened, if it was. face: of this
        frame, if there is one. None of them is written or kept. room_halvings: only the room halved so often
        or more often is needed. needs_room: whether the room is needed at all. The person is complete only
        where alpha is above 0, and the room only from its `room_halvings` on.
        """
        if not self._looks:
            return Looked(frame, frame)
        changed = self._picture(frame, alpha, unlit, face)
        for look in self._tones:
            if look not in self._failed:
                self._attempt(look, partial(look.measure, frame, alpha))
        matrix = fused_matrix(self._tones)
        shading = self._shade_of(*alpha.shape)
        person = room = changed
        if matrix is not None or self._person.table is not None:
            person = self._toned(changed, matrix, _regions(alpha))
            if not needs_room:  # Then the room's colours are removed from the edge, at this size.
                small = halved(changed, _EDGE_HALVINGS)
                person.pyramid[_EDGE_HALVINGS] = _new(self._person, small, matrix)
        if needs_room and room_halvings:
            room = self._small_room(changed, matrix, room_halvings)
            shading = replace(shading, background=None)
        elif needs_room and (matrix is not None or self._room.table is not None):
            room = replace(changed, bgr=_new(self._room, changed.bgr, matrix))
        return Looked(person, room, shading)

    def _picture(self, frame: Frame, alpha: Alpha, unlit: Unlit | None, face: Face | None) -> Frame:
        """The frame after all looks that make pictures."""
        looks = [look for look in self._looks if isinstance(look, PictureLook | FaceLook)]
        early = [look for look in looks if isinstance(look, PictureLook) and look.is_before_brightening]
        picture = frame.bgr
        if early and unlit is not None:
            dark = self._chained(early, unlit.picture, replace(frame, bgr=unlit.picture), alpha, face)
            if dark is not unlit.picture:
                picture = np.asarray(cv2.LUT(dark, unlit.levels), np.uint8)
        elif early:
            picture = self._chained(early, picture, frame, alpha, face)
        late = [look for look in looks if look not in early]
        picture = self._chained(late, picture, frame, alpha, face)
        if picture is frame.bgr:
            return frame
        changed = replace(frame, bgr=picture)
        if all(look.keeps_means for look in looks):
            changed.pyramid[_EDGE_HALVINGS] = halved(frame, _EDGE_HALVINGS)
        return changed

    def _chained(
        self,
        looks: Sequence[PictureLook | FaceLook],
        picture: Picture,
        frame: Frame,
        alpha: Alpha,
        face: Face | None,
    ) -> Picture:
        """The picture after these looks. One that fails is left out from then on."""
        for look in looks:
            if look not in self._failed and not (face is None and isinstance(look, FaceLook)):
                made = self._attempt(look, partial(_checked, look, picture, frame, alpha, face))
                picture = picture if made is None else made
        return picture

    def _attempt(self, look: Look, run: Callable[[], Result]) -> Result | None:
        """The result; None if the look fails, which switches it off until it is built again."""
        try:
            return run()
        except Exception as error:
            log.exception("a look failed")
            self._failed.add(look)
            self._failure = BackdropError(
                "The look '{look}' is off: {reason}.", look=Message(look.title), reason=any_reason(error)
            )
            return None

    def _toned(self, frame: Frame, matrix: Matrix | None, regions: Regions) -> Frame:
        picture = self._person.mixed(frame.bgr, matrix)
        for region in regions:
            self._person.bend(picture[region])
        return replace(frame, bgr=picture)

    def _small_room(self, frame: Frame, matrix: Matrix | None, halvings: int) -> Frame:
        """The frame with a room that has its tone and its shade only where it is halved."""
        room = replace(frame)
        picture = _new(self._room, halved(frame, halvings), matrix)
        plane = self._shade_of(*picture.shape[:2]).background
        if plane is not None:
            cv2.multiply(picture, cv2.merge([plane] * 3), dst=picture, scale=1 / 255)
        room.pyramid[halvings] = picture
        return room

    def _shade_of(self, height_px: int, width_px: int) -> Shade:
        size = height_px, width_px
        if size not in self._shades:
            if len(self._shades) >= _SHADES:
                self._shades.clear()
            gain = float(np.prod([look.room_gain for look in self._tones]))
            darkening = max((look.darkening for look in self._tones), default=0.0)
            self._shades[size] = shade(*size, darkening, gain, min(1.0, gain * self._room_to_person))
        return self._shades[size]


def _checked(
    look: PictureLook | FaceLook, picture: Picture, frame: Frame, alpha: Alpha, face: Face | None
) -> Picture:
    if isinstance(look, PictureLook):
        made = look.apply(picture, frame, alpha)
    else:
        assert face is not None
        made = look.improve(picture, face, alpha)
    if made.shape != picture.shape or made.dtype != np.uint8:
        raise ValueError("its picture has the wrong size or type")
    return made


def _new(tone: Toner, picture: Picture, matrix: Matrix | None) -> Picture:
    made = tone.mixed(picture, matrix)
    tone.bend(made)
    return made


def _regions(alpha: Alpha) -> list[tuple[slice, slice]]:
    """Rows and columns that together hold the person with a margin: strips as wide as the person is there.

    A strip is small enough for the processor's cache, and together they have half the pixels of a box.
    """
    height, width = alpha.shape
    few = alpha[::_ROW_STEP_PX] > _LEAST_ALPHA
    strips = np.zeros((-(-len(few) // _STRIP_ROWS), _STRIP_ROWS, width), np.uint8)
    strips.reshape(-1, width)[: len(few)] = few
    inside = np.asarray(strips.max(axis=1), np.uint8)
    found = inside.copy()
    found[1:] |= inside[:-1]  # Those above and below are the margin.
    found[:-1] |= inside[1:]
    first, last = found.argmax(axis=1), width - found[:, ::-1].argmax(axis=1)
    step_px, margin_px = _STRIP_ROWS * _ROW_STEP_PX, max(1, round(_MARGIN * height))
    return [
        (
            slice(index * step_px, min(height, (index + 1) * step_px)),
            slice(max(0, int(first[index]) - margin_px), min(width, int(last[index]) + margin_px)),
        )
        for index in np.flatnonzero(found.any(axis=1)).tolist()
    ]
