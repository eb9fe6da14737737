"""Detect a camera that gives the same frame again and again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from app.engine.core.types import Picture

_SAMPLE_STEP_ROWS = 8


class FreezeDetector:
    """Measures for how long the frames of a camera have been identical; a working camera's never are."""

    def __init__(self) -> None:
        self._sample: npt.NDArray[np.uint8] | None = None
        self._since = time.monotonic()

    def add(self, bgr: Picture) -> None:
        """Compare a frame with the one before, on a sample of rows: sensor noise is everywhere."""
        sample = bgr[::_SAMPLE_STEP_ROWS]
        if self._sample is None or not np.array_equal(sample, self._sample):
            self._sample = sample.copy()
            self._since = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long the frames have been equal, in seconds."""
        return time.monotonic() - self._since
