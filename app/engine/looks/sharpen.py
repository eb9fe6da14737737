"""Sharpen the person, not the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.look import PictureLook
from app.engine.core.parameters import Parameter

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Frame, Picture

_SIZE_AT_720_PX, _MOST = 5, 1.0
_INSIDE = 127  # Alpha in bytes. Outside, the picture stays.


class Sharpen(PictureLook):
    """Unsharp mask within the matte."""

    title, keeps_means = "Sharpness", True
    parameters = (Parameter("sharpen", "Sharpen me", "slider", 0.0),)

    def apply(self, picture: Picture, frame: Frame, alpha: Alpha) -> Picture:
        result = picture.copy()
        mask = cv2.convertScaleAbs(alpha, alpha=255)
        left, top, width, height = cv2.boundingRect(mask)
        if not width:
            return result
        part = np.s_[top : top + height, left : left + width]
        amount = _MOST * self._number("sharpen")
        size_px = 2 * max(1, round(_SIZE_AT_720_PX * len(picture) / 720 / 2)) + 1
        smooth = cv2.GaussianBlur(picture[part], (size_px, size_px), 0)
        sharp = cv2.addWeighted(picture[part], 1.0 + amount, smooth, -amount, 0.0)
        cv2.copyTo(sharp, (mask[part] > _INSIDE).view(np.uint8), result[part])
        return result
