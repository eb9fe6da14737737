"""Sheets of faces with their parts in colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.networks.face_parts import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.evaluation.parts_metrics import Pixels

COLUMNS = 5  # faces side by side


def colours() -> Pixels:
    """A colour, BGR, for each part, [15, 3]; the background is black."""
    hues = np.arange(len(PARTS)) * 180 * 0.381966 % 180  # the golden ratio keeps neighbours apart
    hsv = np.stack([hues, np.full(len(PARTS), 200), np.full(len(PARTS), 235)], 1).astype(np.uint8)
    found = cv2.cvtColor(hsv[None], cv2.COLOR_HSV2BGR)[0]
    found[0] = 0
    return np.asarray(found, np.uint8)


def painted(photo: Pixels, parts: Pixels) -> Pixels:
    """The photo with its parts in colour, half transparent."""
    return np.asarray(cv2.addWeighted(photo, 0.45, colours()[parts], 0.55, 0), np.uint8)


def sheet(rows: Sequence[tuple[Pixels, Pixels, Pixels]]) -> Pixels:
    """All faces, each as photo, found parts and true parts."""
    cells = [np.hstack([photo, painted(photo, found), painted(photo, true)]) for photo, found, true in rows]
    cells += [np.zeros_like(cells[0])] * (-len(cells) % COLUMNS)
    return np.vstack([np.hstack(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)])
