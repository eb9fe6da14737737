"""Contact sheets: photos beside their true alpha, the predicted alpha and a composite before green."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.data.dataset import Pixels
    from models.evaluation.predict import Alpha

CELL_PX = 224  # height of an image in the contact sheet


@dataclass(frozen=True)
class Row:
    """One photo of a sheet. image: uint8 [H, W, 3] BGR. true: uint8 [H, W]. alpha: float32 [H, W], 0 to 1."""

    label: str
    image: Pixels
    true: Pixels
    alpha: Alpha


def contact_sheet(rows: Sequence[Row], cell_px: int = CELL_PX) -> Pixels:
    """Draw two photos per line, each as photo, true mask, alpha, composite. cell_px: height of an image."""
    cells = [_cell(row, cell_px) for row in rows]
    step, second = cell_px + 4, max(cell.shape[1] for cell in cells[0::2]) + 4
    width = second + max((cell.shape[1] for cell in cells[1::2]), default=0)
    sheet = np.zeros((step * ((len(cells) + 1) // 2), width, 3), np.uint8)
    for index, cell in enumerate(cells):
        top, left = step * (index // 2), second * (index % 2)
        sheet[top : top + cell_px, left : left + cell.shape[1]] = cell
    return sheet


def _cell(row: Row, cell_px: int) -> Pixels:
    green = np.full_like(row.image, (64, 160, 64))
    composite = cv2.blendLinear(row.image, green, row.alpha, 1 - row.alpha)
    levels = np.round(row.alpha * 255).astype(np.uint8)
    grey = [cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR) for mask in (row.true, levels)]
    width = round(cell_px * row.image.shape[1] / row.image.shape[0])
    parts = [
        cv2.resize(part, (width, cell_px), interpolation=cv2.INTER_AREA)
        for part in (row.image, *grey, composite)
    ]
    cell = np.hstack(parts)
    for colour, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(cell, row.label, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, thickness)
    return np.asarray(cell, np.uint8)
