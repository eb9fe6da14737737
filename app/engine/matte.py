"""Raw alpha of the network's size becomes the matte of the frame's size."""

from __future__ import annotations

import cv2
import numpy as np

from app.engine.filters import enlarge_along_edges
from app.engine.types import Alpha, Matte, MatteSettings, Picture

_RADIUS_PX, _EPSILON = 4, 1e-3
_DOUBTFUL, _SURE = 0.8, 0.9  # mean alpha of a part; persons have 0.9 and more
_REACH_PX = 3
_STILL = 0.15  # changes of alpha below this are shimmer, above it motion


class MatteStage:
    """Steadies, enlarges and sharpens alpha. Has memory: `reset` it when size, camera or network changes."""

    def __init__(self, settings: MatteSettings) -> None:
        self.settings = settings
        self._previous: Alpha | None = None

    def reset(self) -> None:
        """Forget earlier frames."""
        self._previous = None

    def apply(self, raw: Alpha, bgr: Picture) -> Matte:
        """The matte of one frame.

        raw: h x w, 0..1, as the network gave it for this very frame. bgr: H x W x 3. Neither is written.
        """
        steady = self._steady(without_doubtful(raw) if self.settings.drop_doubtful else raw)
        if self.settings.follow_edges:
            return Matte(self._sharpen(enlarge_along_edges(steady, bgr, _RADIUS_PX, _EPSILON)))
        alpha = cv2.resize(steady, bgr.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        return Matte(self._sharpen(np.asarray(alpha, np.float32)))

    def _steady(self, raw: Alpha) -> Alpha:
        """Average over time where alpha hardly changes; follow at once where it does, so nothing trails."""
        if self._previous is None or self._previous.shape != raw.shape:
            self._previous = raw.copy()
            return raw
        change = self._previous - raw
        keep = self.settings.steadiness * np.exp(-np.square(change / _STILL))
        steady: Alpha = (raw + keep * change).astype(np.float32)
        self._previous = steady.copy()
        return steady

    def _sharpen(self, alpha: Alpha) -> Alpha:
        """Stretch alpha about 0.5, in place, so that sure is exactly 0 or 1 and the soft edge narrows."""
        margin = 0.05 + 0.3 * self.settings.sharpness
        np.subtract(alpha, margin, out=alpha)
        np.multiply(alpha, 1.0 / (1.0 - 2.0 * margin), out=alpha)
        np.clip(alpha, 0.0, 1.0, out=alpha)
        return alpha


def without_doubtful(raw: Alpha) -> Alpha:
    """Alpha without the parts that the network itself doubts, such as furniture apart from the person.

    A part is what hangs together with alpha over one half; the largest always stays, and so do others of
    which the network is as sure as it is of persons. What is far from every part that stays becomes 0.
    On the val photos this takes a tenth off the mean absolute difference, on `ccp` a fifth.

    raw: h x w, 0..1; not written. Returns h x w.
    """
    count, labels, statistics, _ = cv2.connectedComponentsWithStats((raw > 0.5).view(np.uint8))
    if count == 1:
        return raw
    area = statistics[:, cv2.CC_STAT_AREA]
    mean = np.bincount(labels.ravel(), raw.ravel(), count) / np.maximum(area, 1)
    share = np.clip((mean - _DOUBTFUL) / (_SURE - _DOUBTFUL), 0.0, 1.0).astype(np.float32)
    share[0] = 0.0
    share[1 + np.argmax(area[1:])] = 1.0
    reach = np.ones((2 * _REACH_PX + 1, 2 * _REACH_PX + 1), np.uint8)
    return np.asarray(raw * cv2.dilate(share[labels], reach), np.float32)
