"""Frames for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.types import Frame, Picture

if TYPE_CHECKING:
    from pathlib import Path


def still(bgr: Picture) -> Frame:
    """A frame with index 0 and time 0."""
    return Frame(0, 0.0, bgr)


def read_bgr(path: Path) -> Picture:
    """The pixels of a picture file, BGR."""
    bgr = cv2.imread(str(path))
    assert bgr is not None, f"{path} cannot be read"
    return bgr.astype(np.uint8, copy=False)
