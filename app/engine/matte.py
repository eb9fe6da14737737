"""Raw alpha of the network's size becomes the matte of the frame's size."""

from __future__ import annotations

import cv2
import numpy as np

from app.engine.filters import enlarge_along_edges
from app.engine.types import Alpha, Matte, MatteSettings, Picture

_RADIUS_PX, _EPSILON = 4, 1e-3
_PERSON_MEAN, _ROOM_MEAN = (0.8, 0.9), (0.7, 0.8)  # doubtful up to, sure from: true ones have 0.9 and more
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
        steady = self._steady(settled(raw) if self.settings.drop_doubtful else raw)
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


def settled(raw: Alpha) -> Alpha:
    """Alpha without furniture apart from the person and without holes in the person, where they are doubtful.

    On the val photos this takes a fifth off the mean absolute difference and adds 0.01 to 0.02 to boundary F.

    raw: h x w, 0..1; not written. Returns h x w, 0..1.
    """
    room = 1.0 - without_doubtful(raw, *_PERSON_MEAN)
    return np.asarray(1.0 - without_doubtful(room, *_ROOM_MEAN), np.float32)


def without_doubtful(share: Alpha, doubtful: float, sure: float) -> Alpha:
    """A share of each pixel without the parts that the network itself doubts.

    A part is what hangs together with a share over one half. The largest always stays; of the others none of
    it stays if its mean is `doubtful` or less, all if it is `sure` or more. What is far from every part that
    stays becomes 0.
    """
    count, labels, statistics, _ = cv2.connectedComponentsWithStats((share > 0.5).view(np.uint8))
    if count == 1:
        return share
    area = statistics[:, cv2.CC_STAT_AREA]
    mean = np.bincount(labels.ravel(), share.ravel(), count) / np.maximum(area, 1)
    stays = np.clip((mean - doubtful) / (sure - doubtful), 0.0, 1.0).astype(np.float32)
    stays[0] = 0.0
    stays[1 + np.argmax(area[1:])] = 1.0
    reach = np.ones((2 * _REACH_PX + 1, 2 * _REACH_PX + 1), np.uint8)
    return np.asarray(share * cv2.dilate(stays[labels], reach), np.float32)
