"""The motion of the picture from one frame to the next, for all stages that follow it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from app.engine.core.image_ops import Grey, halve

Levels = npt.NDArray[np.uint8]
Place = npt.NDArray[np.float32]

_LEAST_PX = 16  # Smallest side in pixels: the flow needs patches of 8 and halves the picture once.


class Motion:
    """Keeps the picture before. Has memory: `reset` it at cuts and changes.

    It works at half of alpha's size: there the flow takes a third of the time and is as right.
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._before: Levels | None = None
        self._grid = np.empty((0, 0, 2), np.float32)  # x and y of each pixel.

    def reset(self) -> None:
        """Forget the picture before."""
        self._before = None

    def step(self, grey: Grey) -> Moved:
        """The motion that led to a picture. grey: h x w, 0..255; not written or kept."""
        levels = np.asarray(cv2.convertScaleAbs(halve(grey, 1)), np.uint8)
        before = self._before if self._before is not None and self._before.shape == levels.shape else None
        self._before = levels
        if self._grid.shape[:2] != levels.shape:
            y, x = np.mgrid[0 : levels.shape[0], 0 : levels.shape[1]].astype(np.float32)
            self._grid = np.dstack([x, y])
        return Moved(levels, before, self._flow, self._grid)


class Moved:
    """The motion between two pictures, computed once and only if it is asked for."""

    def __init__(self, levels: Levels, before: Levels | None, flow: cv2.DISOpticalFlow, grid: Place) -> None:
        """levels: the picture's grey at half of alpha's size. before: that of the frame before, or None.

        grid: x and y of each pixel.
        """
        self.levels, self._before, self._flow, self._grid = levels, before, flow, grid

    @property
    def is_known(self) -> bool:
        """Whether there is a frame before."""
        return self._before is not None

    @cached_property
    def place(self) -> Place:
        """The position of each pixel in the picture before: x and y. Only if it `is_known`."""
        if min(self.levels.shape) < _LEAST_PX:
            return self._grid
        # The stubs of OpenCV lack None for the flow.
        return np.asarray(self._grid + self._flow.calc(self.levels, self._before, None), np.float32)  # type: ignore[call-overload]

    @cached_property
    def old_levels(self) -> Levels:
        """The picture before, moved along. Only if it `is_known`."""
        assert self._before is not None
        return np.asarray(self.carried(self._before), np.uint8)

    def carried(self, layer: npt.NDArray[Any], is_nearest: bool = False) -> npt.NDArray[Any]:
        """A layer of the picture before, moved along: between pixels, or that of the nearest one."""
        how = cv2.INTER_NEAREST if is_nearest else cv2.INTER_LINEAR
        # The stubs of OpenCV lack None for outputs and borders.
        return np.asarray(cv2.remap(layer, self.place, None, how, None, cv2.BORDER_REPLICATE))  # type: ignore[call-overload]
