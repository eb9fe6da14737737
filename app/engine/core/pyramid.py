"""The pyramid of a frame: its smaller versions, each made once and used by several stages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.image_ops import halve

if TYPE_CHECKING:
    from app.engine.core.types import Frame, Picture


def halved(frame: Frame, times: int) -> Picture:
    """The frame's picture, its width and height halved `times` times by averaging. Read-only."""
    # A look changes the colours of a small version alone where the whole frame is not needed.
    known = max((step for step in frame.pyramid if isinstance(step, int) and step <= times), default=0)
    picture = frame.pyramid[known] if known else frame.bgr
    for step in range(known + 1, times + 1):
        picture = frame.pyramid[step] = _read_only(halve(picture, 1))
    return picture


def shrunk(frame: Frame, height_px: int, width_px: int) -> Picture:
    """The frame's picture at any smaller size, such as the network's, without aliasing. Read-only."""
    size = height_px, width_px
    if size not in frame.pyramid:
        height, width = frame.bgr.shape[:2]
        larger = halved(frame, int(math.log2(max(1.0, min(height / height_px, width / width_px)))))
        resized = cv2.resize(larger, (width_px, height_px), interpolation=cv2.INTER_LINEAR)
        frame.pyramid[size] = _read_only(np.asarray(resized, np.uint8))
    return frame.pyramid[size]


def _read_only(picture: Picture) -> Picture:
    picture.setflags(write=False)
    return picture
