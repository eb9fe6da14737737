"""Convert the engine's pictures to Qt's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from app.engine.core.types import Picture


def as_image(picture: Picture) -> QImage:
    """A picture, H x W x 3 BGR or H x W x 4 BGRA, as a QImage that keeps its memory alive."""
    height, width, channels = picture.shape
    kind = QImage.Format.Format_ARGB32
    if channels == 3:
        # Four bytes per pixel, as the screen has them. Qt's own conversion is three times slower.
        picture, kind = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)), QImage.Format.Format_RGB32
    picture = np.ascontiguousarray(picture)
    return QImage(picture.data, width, height, picture.strides[0], kind)
