"""Lips: a tint that keeps light and shade."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.look import FaceLook
from app.engine.core.parameters import Parameter
from app.engine.looks.face.cells import blended, soft

if TYPE_CHECKING:
    from app.engine.core.face import Face
    from app.engine.core.types import Alpha, Picture

_LUMA = np.array([0.114, 0.587, 0.299])  # Of BGR, as in Rec. 601.
_ROSE_DEGREES, _REACH_DEGREES = 352.0, 26.0
_SATURATION = 0.62
_MOST, _DARKER = 0.7, 0.92


class Lips(FaceLook):
    """Mixes the lips with one hue, of their own brightness."""

    title = "Lips"
    parameters = (
        Parameter("lips", "Colour my lips", "slider", 0.0),
        Parameter("lips_hue", "Lips: from plum to coral", "slider", 0.0, low=-1.0),
    )

    def improve(self, picture: Picture, face: Face, alpha: Alpha) -> Picture:
        hue = (_ROSE_DEGREES + _REACH_DEGREES * self._number("lips_hue")) / 360 % 1.0
        tint = np.array(colorsys.hsv_to_rgb(hue, _SATURATION, 1.0)[::-1])
        tinted = np.outer(_DARKER * tint / (_LUMA @ tint), _LUMA)
        matrix = (_MOST * tinted + (1.0 - _MOST) * np.eye(3)).astype(np.float32)
        cells = self._number("lips") * face.strength * soft(face.share("lips"), 1)
        return blended(
            picture,
            face,
            np.asarray(cells, np.float32),
            lambda part: np.asarray(cv2.transform(part, matrix), np.uint8),
        )
