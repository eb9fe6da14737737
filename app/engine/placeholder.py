"""The placeholders: shown while there is no composite, or while the user is off."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.errors import BackdropError
from app.engine.core.image_ops import cover
from app.engine.core.paths import assets_folder
from app.engine.core.types import Composite
from app.engine.media.pictures.picture_reader import read_image
from app.engine.pipeline.adjust import turned_size

if TYPE_CHECKING:
    from app.engine.core.settings import Settings
    from app.engine.core.types import Picture

_TOP_BGR, _BOTTOM_BGR = (64, 50, 42), (38, 29, 24)
_TEXT_BGR = (235, 225, 215)


class Placeholders:
    """Makes placeholders of the composites' size: the settings' until there is a frame. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._size = 0, 0
        self.resize(settings, settings.source.height_px, settings.source.width_px)

    def resize(self, settings: Settings, height_px: int, width_px: int) -> None:
        """Use the size that a frame of this size has once it is turned as the settings say."""
        self._size = turned_size(height_px, width_px, settings.adjustments.rotation)

    def prepare(self) -> None:
        """Cache the off placeholder now, for the moment it is needed."""
        off_placeholder(*self._size)

    def make(self, index: int, is_on: bool) -> Composite:
        """The privacy placeholder while Backdrop is on, otherwise the off placeholder."""
        picture = (privacy_placeholder if is_on else off_placeholder)(*self._size)
        return Composite(index, time.monotonic(), picture, is_placeholder=True)


@lru_cache(maxsize=4)
def privacy_placeholder(height_px: int, width_px: int) -> Picture:
    """The privacy placeholder, H x W x 3, read-only; the same for every reason."""
    shade = np.linspace(0.0, 1.0, height_px, dtype=np.float32)[:, None, None]
    gradient = np.asarray(_TOP_BGR, np.float32) * (1 - shade) + np.asarray(_BOTTOM_BGR, np.float32) * shade
    picture = np.ascontiguousarray(np.broadcast_to(gradient, (height_px, width_px, 3)).astype(np.uint8))
    text, font = "One moment", cv2.FONT_HERSHEY_DUPLEX
    scale = width_px / 900
    thickness = max(1, round(scale * 1.2))
    (text_width, text_height), _ = cv2.getTextSize(text, font, scale, thickness)
    corner = (width_px - text_width) // 2, (height_px + text_height) // 2
    cv2.putText(picture, text, corner, font, scale, _TEXT_BGR, thickness, cv2.LINE_AA)
    picture.setflags(write=False)
    return picture


@lru_cache(maxsize=4)
def off_placeholder(height_px: int, width_px: int) -> Picture:
    """The off placeholder, H x W x 3, read-only."""
    try:
        picture = cover(read_image(assets_folder() / "off.png"), width_px, height_px)
    except BackdropError:
        return privacy_placeholder(height_px, width_px)
    picture.setflags(write=False)
    return picture
