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
    """Generates frames by index: slow pan, zoom and sway over the portrait, with changing light."""

    def __init__(self, width_px: int = 1280, height_px: int = 720) -> None:
        self.width_px, self.height_px = width_px, height_px
        self._photo = read_image(assets_folder() / "demo" / "astronaut.jpg")

    def frame(self, index: int) -> Picture:
        """Frame `index`, H x W x 3 BGR. Deterministic and periodic."""
        turn = 2 * math.pi * (index % PERIOD_FRAMES) / PERIOD_FRAMES
        photo_width = self._photo.shape[1]
        view_width = photo_width * (0.86 + 0.06 * math.cos(turn))
        scale = self.width_px / view_width
        view_height = self.height_px / scale
        centre_x = photo_width * (0.48 + 0.03 * math.sin(turn))
        centre_y = view_height / 2 + 12 + 8 * math.sin(2 * turn)
        move = cv2.getRotationMatrix2D((centre_x, centre_y), 1.5 * math.sin(turn), scale)
        move[:, 2] += (self.width_px / 2 - centre_x, self.height_px / 2 - centre_y)
        picture = cv2.warpAffine(
            self._photo, move, (self.width_px, self.height_px), borderMode=cv2.BORDER_REFLECT
        )
        light = 0.92 + 0.12 * math.sin(turn + 1.0)
        return np.asarray(cv2.convertScaleAbs(picture, alpha=light), np.uint8)
