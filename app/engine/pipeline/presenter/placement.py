"""The person placed in the picture: smaller, mirrored, in a bubble, with a shadow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from app.engine.core.image_ops import Array, halve
from app.engine.core.parameters import checked_values, parse_colour
from app.engine.core.pyramid import halved
from app.engine.core.types import NO_SHADE, Frame, Shade
from app.engine.pipeline.compositor import CLEAN_HALVINGS, blend, composite, cut_out
from app.engine.pipeline.presenter.geometry import BUBBLES, FULL, PLACEMENT, Box, box_of, rounded_mask
from app.engine.pipeline.presenter.hole import without_hole
from app.engine.pipeline.presenter.over import lay_over

if TYPE_CHECKING:
    from app.engine.core.parameters import Values
    from app.engine.core.types import Alpha, Picture

_ROUNDING = 0.12  # Radius of a rounded bubble's corners by its height.
_FEATHER = 0.02  # Width of the fade where the person's frame ends inside the picture, by the frame's height.
_SHADOW_HALVINGS = 3
_SHADOW_SIGMA, _SHADOW_DROP = 0.03, 0.02  # By the height of the person's frame.
_SHADOW_DARKEST = 0.75
_SHADOW_REACH = 3  # Sigmas.


class _Layout(NamedTuple):
    """What depends on the frame's size alone."""

    box: Box
    crop: tuple[int, int, int, int]
    """Left, top, right, bottom of what is shown of the frame."""
    halvings: int
    mask: Alpha | None
    """The shape of a bubble, or where the frame's sides fade; None if all of it counts."""
    fill: Picture | None
    """What is behind the person in a bubble."""


class Placement:
    """Composites the person at the place of the values. Off: exactly `composite`."""

    def __init__(self, values: Values) -> None:
        """`values` may lack keys. Raises BackdropError for an invalid value."""
        self.values = checked_values(PLACEMENT, values)
        self._shape = str(self.values["shape"])
        self._shadow = float(self.values["shadow"]) * _SHADOW_DARKEST
        self._is_mirrored = bool(self.values["mirror"])
        self._fill_bgr = parse_colour(str(self.values["fill"]))
        self.is_on = self._shape != FULL or self._is_mirrored or self._shadow > 0
        self._layouts: dict[tuple[int, int], _Layout] = {}

    def composite(
        self,
        frame: Frame,
        alpha: Alpha,
        background: Picture | None,
        clean_edges: bool = True,
        light_wrap: float = 0.0,
        shade: Shade = NO_SHADE,
    ) -> Picture:
        """As `compositor.composite`, with the person at its place.

        The result is the background alone wherever the person's frame, or the bubble, does not reach.
        """
        if not self.is_on:
            return composite(frame, alpha, background, clean_edges, light_wrap, shade)
        layout = self._layout(*alpha.shape)
        small, small_alpha, small_shade = self._shrunk(frame, alpha, shade, layout)
        is_elsewhere = self._shape != FULL or self._is_mirrored
        if is_elsewhere and background is not None and not clean_edges:
            background = without_hole(background, alpha)
        canvas = _canvas(background, alpha.shape, shade)
        if self._shadow:
            self._cast(canvas, layout, small_alpha)
        at, part = _overlap(layout.box, alpha.shape)
        halvings = max(1, CLEAN_HALVINGS - layout.halvings)
        if layout.fill is not None:
            assert layout.mask is not None
            inner = composite(
                small, small_alpha, layout.fill, True, light_wrap, small_shade, clean_halvings=halvings
            )[part]
            mask = layout.mask[part]
            if background is None:
                lay_over(canvas[at], np.dstack([inner, np.rint(255 * mask).astype(np.uint8)]))
            else:
                canvas[at] = blend(inner, canvas[at], mask)
        elif background is None:
            lay_over(canvas[at], cut_out(small, small_alpha, halvings)[part])
        else:
            below = _whole(canvas[at], part, small.bgr.shape)
            canvas[at] = composite(
                small, small_alpha, below, clean_edges, light_wrap, small_shade, clean_halvings=halvings
            )[part]
        return canvas

    def _layout(self, height_px: int, width_px: int) -> _Layout:
        size = height_px, width_px
        if size not in self._layouts:
            self._layouts = {size: self._new_layout(height_px, width_px)}
        return self._layouts[size]

    def _new_layout(self, height_px: int, width_px: int) -> _Layout:
        box = box_of(self.values, height_px, width_px)
        scale = max(box.height / height_px, box.width / width_px)
        crop_width = min(width_px, round(box.width / scale))
        crop_height = min(height_px, round(box.height / scale))
        left, top = (width_px - crop_width) // 2, (height_px - crop_height) // 2
        halvings = int(math.log2(max(1.0, 1.0 / scale)))
        mask = fill = None
        if self._shape in BUBBLES:
            radius = box.height / 2 if self._shape == "circle" else _ROUNDING * box.height
            mask = rounded_mask(box.height, box.width, radius)
            fill = np.full((box.height, box.width, 3), self._fill_bgr, np.uint8)
        elif self._shape != FULL:
            mask = _faded_sides(box, height_px, width_px)
        return _Layout(box, (left, top, left + crop_width, top + crop_height), halvings, mask, fill)

    def _shrunk(
        self, frame: Frame, alpha: Alpha, shade: Shade, layout: _Layout
    ) -> tuple[Frame, Alpha, Shade]:
        """The shown part of the frame, its alpha and its shade at the size of the box."""
        times = layout.halvings
        picture = self._fitted(halved(frame, times), layout)
        small_alpha: Alpha = self._fitted(halve(alpha, times), layout)
        if layout.mask is not None and layout.fill is None:
            small_alpha = small_alpha * layout.mask
        person = None if shade.person is None else self._fitted(halve(shade.person, times), layout)
        return (
            Frame(frame.index, frame.captured_at, picture, frame.scene),
            small_alpha,
            Shade(person, edge=shade.edge),
        )

    def _fitted(self, array: Array, layout: _Layout) -> Array:
        """The crop of a halved array at the size of the box, mirrored if wanted."""
        left, top, right, bottom = (round(edge / 2**layout.halvings) for edge in layout.crop)
        part = array[top:bottom, left:right]
        size = layout.box.width, layout.box.height
        # OpenCV keeps the type of the array, which its stubs do not say.
        if part.shape[1::-1] != size:
            part = cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
        return cv2.flip(part, 1) if self._is_mirrored else part  # type: ignore[return-value]

    def _cast(self, canvas: Picture, layout: _Layout, alpha: Alpha) -> None:
        """Darken the canvas under the person or the bubble."""
        shape = alpha if layout.fill is None or layout.mask is None else layout.mask
        box, step = layout.box, 2**_SHADOW_HALVINGS
        sigma_px = _SHADOW_SIGMA * box.height
        reach = math.ceil(_SHADOW_REACH * sigma_px / step)
        small = cv2.copyMakeBorder(
            halve(shape, _SHADOW_HALVINGS), reach, reach, reach, reach, cv2.BORDER_CONSTANT
        )
        soft = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma_px / step))
        light = cv2.convertScaleAbs(255 - 255 * self._shadow * soft)
        area = Box(
            box.left - reach * step,
            box.top - reach * step + round(_SHADOW_DROP * box.height),
            box.width + 2 * reach * step,
            box.height + 2 * reach * step,
        )
        at, part = _overlap(area, canvas.shape)
        factor = cv2.resize(light, (area.width, area.height), interpolation=cv2.INTER_LINEAR)[part]
        if canvas.shape[2] == 4:
            canvas[at][..., 3] = 255 - factor
        else:
            canvas[at] = cv2.multiply(canvas[at], cv2.merge([factor] * 3), scale=1 / 255)


def _canvas(background: Picture | None, size: tuple[int, ...], shade: Shade) -> Picture:
    """A new picture of the background, or a transparent one."""
    if background is None:
        return np.zeros((*size[:2], 4), np.uint8)
    if shade.background is None:
        return background.copy()
    return np.asarray(cv2.multiply(background, cv2.merge([shade.background] * 3), scale=1 / 255), np.uint8)


def _overlap(box: Box, size: tuple[int, ...]) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Where a box lies in the picture, and which part of the box that is."""
    top, left = max(0, box.top), max(0, box.left)
    bottom, right = (
        max(top, min(size[0], box.top + box.height)),
        max(left, min(size[1], box.left + box.width)),
    )
    at = slice(top, bottom), slice(left, right)
    return at, (slice(top - box.top, bottom - box.top), slice(left - box.left, right - box.left))


def _whole(visible: Picture, part: tuple[slice, slice], size: tuple[int, ...]) -> Picture:
    """The background of a whole box, black beyond the picture."""
    if visible.shape == size:
        return visible
    whole = np.zeros(size, np.uint8)
    whole[part] = visible
    return whole


def _faded_sides(box: Box, height_px: int, width_px: int) -> Alpha:
    """1, falling to 0 at those sides of the box that lie inside the picture. Read-only."""
    width = max(1.0, _FEATHER * box.height)

    def ramp(length: int, fades_first: bool, fades_last: bool) -> Alpha:
        place = np.arange(length, dtype=np.float32) + 0.5
        first = np.clip(place / width, 0, 1) if fades_first else np.ones_like(place)
        last = np.clip((length - place) / width, 0, 1) if fades_last else np.ones_like(place)
        return np.minimum(first, last)

    rows = ramp(box.height, box.top > 0, box.top + box.height < height_px)
    columns = ramp(box.width, box.left > 0, box.left + box.width < width_px)
    mask = np.minimum(rows[:, None], columns[None, :])
    mask.setflags(write=False)
    return mask
