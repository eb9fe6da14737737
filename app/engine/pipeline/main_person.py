"""Keep the main person; treat other people as background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from app.engine.core.types import Alpha

_CENTRE_REACH = 0.35  # Share of the width. A component this far from the middle counts a third of its area.
_LOYALTY = 4.0  # Factor for the component that was chosen in the frame before.
_REACH_PX = 3  # Pixels from the outline at alpha 0.5 to the end of the soft edge.
_RETURN = 0.15  # Share of the fade-in per frame when another person becomes the main person.


class MainPerson:
    """Keeps one connected component. Has memory: `reset` it when size, camera or network changes.

    Two people who touch are one component, and both stay.
    """

    def __init__(self) -> None:
        self._chosen: npt.NDArray[np.bool_] | None = None
        self._hidden: Alpha | None = None

    def reset(self) -> None:
        """Forget earlier frames."""
        self._chosen = self._hidden = None

    def keep(self, raw: Alpha) -> Alpha:
        """Alpha of the main person alone; other people are removed in the very frame they appear in.

        The main person is chosen by size, nearness to the middle, and the choice of the frame before.
        raw: h x w, 0..1; not written. Returns h x w, 0..1.
        """
        count, labels, stats, centres = cv2.connectedComponentsWithStats((raw > 0.5).view(np.uint8))
        if self._hidden is not None and self._hidden.shape != raw.shape:
            self.reset()
        hidden = np.zeros_like(raw)
        if count > 1:
            main = self._choose(np.asarray(labels), stats[:, cv2.CC_STAT_AREA], centres[:, 0])
            reach = np.ones((2 * _REACH_PX + 1, 2 * _REACH_PX + 1), np.uint8)
            others = cv2.dilate(((labels > 0) & (labels != main)).view(np.uint8), reach)
            self._chosen = labels == main
            own = cv2.dilate(self._chosen.view(np.uint8), reach)
            # Where two components overlap, the soft edge belongs to the main person, the inside to each.
            hidden[(others > 0) & ((own == 0) | (labels > 0)) & ~self._chosen] = 1.0
        if self._hidden is not None:
            hidden = np.maximum(hidden, self._hidden - np.float32(_RETURN))
        self._hidden = hidden
        return np.asarray(raw * (1.0 - hidden), np.float32)

    def _choose(self, labels: npt.NDArray[Any], areas: npt.NDArray[Any], across: npt.NDArray[Any]) -> int:
        """The label of the main person."""
        offset = (across / labels.shape[1] - 0.5) / _CENTRE_REACH
        score = areas * np.exp(-np.square(offset))
        if self._chosen is not None:
            shared = np.bincount(labels[self._chosen], minlength=len(areas))
            score = score * (1.0 + _LOYALTY * shared / np.maximum(areas, 1))
        return 1 + int(np.argmax(score[1:]))
