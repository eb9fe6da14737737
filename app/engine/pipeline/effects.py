"""The effects. A new effect is one class, here or in a file of its own, and one line in EFFECTS."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.errors import BackdropError
from app.engine.core.image_ops import cover, disk, enlarge, gaussian, halve, halvings_for, weighted_mean
from app.engine.core.parameters import Parameter, parse_colour
from app.engine.core.pyramid import halved
from app.engine.media.looping_video import LoopingVideo
from app.engine.media.pictures.picture_reader import picture_kind, read_image
from app.engine.pipeline.effect import Effect, Still
from app.engine.pipeline.presenter.screen import Screen
from app.engine.pipeline.presenter.slides import Slides

if TYPE_CHECKING:
    from app.engine.core.parameters import Values
    from app.engine.core.settings import EffectSettings
    from app.engine.core.types import Alpha, Frame, Picture


class NoEffect(Effect):
    """The camera unchanged, by choice of the user."""

    name, title, needs_matte, replaces_room = "none", "None", False, False

    def background(self, frame: Frame, alpha: Alpha) -> Picture | None:
        return frame.bgr


class Blur(Effect):
    """The room, blurred. The person's pixels have weight 0, so that they do not smear into it."""

    name, title, replaces_room = "blur", "Blur", False
    parameters = (Parameter("strength", "Strength", "slider", 0.5),)
    _SIGMA_AT_FULL_STRENGTH = 0.05  # Share of the frame's height. Print of any size becomes illegible.

    def __init__(self, values: Values, waits: bool = False) -> None:
        super().__init__(values, waits)
        # Even the weakest blur hides faces and print.
        self._sigma = (0.1 + 0.9 * float(values["strength"])) * self._SIGMA_AT_FULL_STRENGTH

    def room_halvings(self, height_px: int) -> int:
        return halvings_for(self._sigma * height_px)

    def background(self, frame: Frame, alpha: Alpha) -> Picture | None:
        height, width = alpha.shape
        sigma_px = self._sigma * height
        halvings = self.room_halvings(height)
        small = halved(frame, halvings).astype(np.float32)
        room = 1.0 - halve(alpha, halvings)
        return enlarge(weighted_mean(small, room, gaussian(sigma_px * len(small) / height)), height, width)


class LensBlur(Effect):
    """The room with the blur of a wide lens: each light becomes a disk.

    The disk has the same number of pixels at every size and strength, so that the cost is constant.
    """

    name, title, replaces_room = "lens", "Portrait blur", False
    parameters = (Parameter("strength", "Strength", "slider", 0.5),)
    _HEIGHT_PX = 90  # About; the frame is halved down to it.
    _RADIUS_AT_FULL_STRENGTH = 0.07  # of the frame's height
    _BLOOM = 3.0  # Exponent of the light before averaging, so that highlights dominate as on film.

    def __init__(self, values: Values, waits: bool = False) -> None:
        super().__init__(values, waits)
        self._radius = (0.15 + 0.85 * float(values["strength"])) * self._RADIUS_AT_FULL_STRENGTH
        self._light = (np.arange(256, dtype=np.float32) / 255) ** self._BLOOM

    def room_halvings(self, height_px: int) -> int:
        return max(0, round(math.log2(height_px / self._HEIGHT_PX)))

    def background(self, frame: Frame, alpha: Alpha) -> Picture | None:
        height, width = alpha.shape
        halvings = self.room_halvings(height)
        small = halved(frame, halvings)
        radius_px = self._radius * len(small)
        light = np.asarray(cv2.LUT(small, self._light), np.float32)
        mean = weighted_mean(light, 1.0 - halve(alpha, halvings), disk(radius_px))
        colours = 255 * np.maximum(mean, 0) ** (1 / self._BLOOM)
        return enlarge(colours.astype(np.float32), height, width)


class Colour(Still):
    """One flat colour, such as a green screen."""

    name, title, takes_shade = "colour", "Colour", False
    parameters = (Parameter("colour", "Colour", "colour", "#00b140"),)

    def __init__(self, values: Values, waits: bool = False) -> None:
        super().__init__(values, waits)
        self._bgr = parse_colour(str(values["colour"]))

    def fitted(self, height_px: int, width_px: int) -> Picture:
        return np.full((height_px, width_px, 3), self._bgr, np.uint8)


class Image(Still):
    """A picture, scaled and cropped to fill the frame."""

    name, title = "image", "Picture"
    parameters = (Parameter("file", "Picture", "file", ""),)
    _USUAL_PX = 3840, 2160  # No camera's frame is larger; only for larger photos the file is read again.

    def __init__(self, values: Values, waits: bool = False) -> None:
        super().__init__(values, waits)
        if not values["file"]:
            raise BackdropError("Choose a picture for the background first.")
        self._file = Path(str(values["file"]))
        self._picture = read_image(self._file, self._USUAL_PX)

    def fitted(self, height_px: int, width_px: int) -> Picture:
        usual_width_px, usual_height_px = self._USUAL_PX
        if width_px > usual_width_px or height_px > usual_height_px:
            return cover(read_image(self._file, (width_px, height_px)), width_px, height_px)
        return cover(self._picture, width_px, height_px)


class Video(Effect):
    """A video in a loop, scaled and cropped to fill the frame."""

    name, title, has_memory = "video", "Video", True
    parameters = (Parameter("file", "Video", "file", ""),)

    def __init__(self, values: Values, waits: bool = False) -> None:
        super().__init__(values, waits)
        if not values["file"]:
            raise BackdropError("Choose a video for the background first.")
        self._player = LoopingVideo(Path(str(values["file"])))

    @property
    def problem(self) -> BackdropError | None:
        """The error of a video that is broken in the middle; the part before it plays."""
        return self._player.problem

    def restart(self) -> None:
        """Play from the first picture on. Raises BackdropError if the file does not allow it."""
        self._player.restart()

    def background(self, frame: Frame, alpha: Alpha) -> Picture | None:
        height, width = alpha.shape
        return self._player.picture(frame.captured_at, height, width, self._waits)


class Transparent(Effect):
    """No background: the composite has an alpha channel, for programs and files that accept one."""

    name, title = "transparent", "Transparent"

    def background(self, frame: Frame, alpha: Alpha) -> Picture | None:
        return None


EFFECTS: dict[str, type[Effect]] = {
    e.name: e for e in (NoEffect, Blur, LensBlur, Colour, Image, Video, Slides, Screen, Transparent)
}


_ALIASES = {"color": "colour", "portrait": "lens", "picture": "image"}


def effect_called(text: str) -> str | None:
    """The name of the effect with this name, title or alias, in any case; None if there is none."""
    wanted = plain_name(text)
    wanted = _ALIASES.get(wanted, wanted)
    names = ({plain_name(e.name), plain_name(e.title)} for e in EFFECTS.values())
    return next((name for name, called in zip(EFFECTS, names, strict=True) if wanted in called), None)


def plain_name(text: str) -> str:
    """A name for comparing: without case, and with spaces for hyphens and underscores."""
    return " ".join(re.split(r"[\s_-]+", text.casefold().strip()))


def build_effect(settings: EffectSettings, waits: bool = False) -> Effect:
    """Build the effect of the settings; `waits`: each frame may take any time.

    Raises BackdropError for an unknown name or an invalid value.
    """
    if settings.name not in EFFECTS:
        raise BackdropError(
            "There is no effect '{name}': choose one of {choices}.",
            name=settings.name,
            choices=", ".join(EFFECTS),
        )
    effect = EFFECTS[settings.name]
    file = str(settings.values.get("file", ""))
    if effect is Image and file and picture_kind(Path(file)) == "moving":
        effect = Video
    values = {p.key: p.checked(settings.values.get(p.key, p.default)) for p in effect.parameters}
    return effect(values, waits)
