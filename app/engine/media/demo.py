"""The demo: a moving portrait, generated from one public-domain photo (assets/demo/CREDITS.md)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.paths import assets_folder
from app.engine.media.pictures.picture_reader import read_image

if TYPE_CHECKING:
    from app.engine.core.types import Picture

FPS = 30.0
PERIOD_FRAMES = 300


class Demo:
    """Generates frames by index: a moving, zooming and rotating view of the portrait, with changing light."""

    def __init__(self, width_px: int = 1280, height_px: int = 720) -> None:
        self.width_px, self.height_px = width_px, height_px
        self._photo = read_image(assets_folder() / "demo" / "astronaut.jpg")

    def frame(self, index: int) -> Picture:
        """Frame `index`, H x W x 3 BGR. Deterministic; repeats after PERIOD_FRAMES."""
        phase = 2 * math.pi * (index % PERIOD_FRAMES) / PERIOD_FRAMES
        photo_width = self._photo.shape[1]
        view_width = photo_width * (0.86 + 0.06 * math.cos(phase))
        scale = self.width_px / view_width
        view_height = self.height_px / scale
        centre_x = photo_width * (0.48 + 0.03 * math.sin(phase))
        centre_y = view_height / 2 + 12 + 8 * math.sin(2 * phase)
        transform = cv2.getRotationMatrix2D((centre_x, centre_y), 1.5 * math.sin(phase), scale)
        transform[:, 2] += (self.width_px / 2 - centre_x, self.height_px / 2 - centre_y)
        picture = cv2.warpAffine(
            self._photo, transform, (self.width_px, self.height_px), borderMode=cv2.BORDER_REFLECT
        )
        gain = 0.92 + 0.12 * math.sin(phase + 1.0)
        return np.asarray(cv2.convertScaleAbs(picture, alpha=gain), np.uint8)
