"""Objects in training frames: behind people, in front of them, and headsets on heads.

Networks mistake cushions, chairs and hanging clothes for people unless they are trained on such objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.data.dataset import Pixels

_MARGIN_PX = 4  # distance from the frame at which shapes that leave it end


def add_behind(frame: Pixels, alpha: Pixels, texture: Pixels, rng: np.random.Generator) -> Pixels:
    """Copy the frame and add an object with that texture behind the person; alpha does not change.

    frame, texture: uint8 [H, W, 3]. alpha: uint8 [H, W].
    """
    cover = _soft(_object(frame.shape[0], frame.shape[1], rng)) * (1 - alpha.astype(np.float32) / 255)
    return np.asarray(cv2.blendLinear(texture, frame, cover, 1 - cover), np.uint8)


def cover_front(
    frame: Pixels, alpha: Pixels, texture: Pixels, rng: np.random.Generator
) -> tuple[Pixels, Pixels]:
    """Frame and alpha with a desk or another object in front of the person, at the bottom."""
    height, width = alpha.shape
    mask = np.zeros((height, width), np.uint8)
    top = int(height * rng.uniform(0.75, 0.95))
    left, right = -_MARGIN_PX, width + _MARGIN_PX
    if rng.random() < 0.6:  # an object instead of a desk
        across = width * rng.uniform(0.08, 0.4)
        left = int(rng.uniform(-0.5 * across, width - 0.5 * across))
        right = int(left + across)
    tilt = int(rng.normal(0, 0.02) * height)
    corners = np.array(
        [(left, top), (right, top + tilt), (right, height + _MARGIN_PX), (left, height + _MARGIN_PX)]
    )
    cv2.fillPoly(mask, [corners.astype(np.int32)], 255)
    cover = _soft(mask)
    painted = np.asarray(cv2.blendLinear(texture, frame, cover, 1 - cover), np.uint8)
    return painted, np.round(alpha * (1 - cover)).astype(np.uint8)


def add_headset(frame: Pixels, alpha: Pixels, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Frame and alpha with headphones on the topmost head; they are labelled as person.

    Both are unchanged if there is no head of a plausible size.
    """
    rows = np.flatnonzero((alpha > 127).sum(1) > 0)
    if not len(rows) or rows[-1] - rows[0] < 24 or rows[0] < 3:
        return frame, alpha
    top, tall = int(rows[0]), int(rows[-1] - rows[0])
    crown = np.flatnonzero(alpha[top + tall // 12] > 127)
    if not len(crown):
        return frame, alpha
    middle = int(np.median(crown))
    level = alpha[min(top + tall // 5, alpha.shape[0] - 1)] > 127  # roughly at the ears
    left, right = middle, middle
    while left > 0 and level[left - 1]:
        left -= 1
    while right + 1 < len(level) and level[right + 1]:
        right += 1
    across = right - left
    if not 8 <= across <= 0.9 * tall:
        return frame, alpha
    mask = np.zeros_like(alpha)
    thick = max(1, int(across * rng.uniform(0.04, 0.1)))
    ear = top + int(tall * rng.uniform(0.17, 0.23))
    centre = (middle, ear)
    cv2.ellipse(mask, centre, (across // 2 + thick // 2, ear - top + thick // 2), 0, 180, 360, 255, thick)
    cup = (max(2, int(across * rng.uniform(0.06, 0.12))), max(3, int(across * rng.uniform(0.12, 0.22))))
    for x in (left, right):
        cv2.ellipse(mask, (x, ear), cup, 0, 0, 360, 255, -1)
    cover = _soft(mask)
    grey = rng.uniform(10, 90) if rng.random() < 0.75 else rng.uniform(150, 245)
    colour = np.clip(grey + rng.normal(0, 10, 3), 0, 255)
    painted = np.asarray(
        cv2.blendLinear(np.full_like(frame, colour.astype(np.uint8)), frame, cover, 1 - cover), np.uint8
    )
    return painted, np.maximum(alpha, np.round(cover * 255).astype(np.uint8))


def _object(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Mask of a random object: a rounded box, an ellipse, a bar or a ragged polygon."""
    mask = np.zeros((height, width), np.uint8)
    size = np.array([width, height]) * rng.uniform(0.08, 0.45, 2)
    centre = rng.uniform(0.05, 0.95, 2) * (width, height)
    turn = float(rng.normal(0, 12))
    kind = rng.random()
    if kind < 0.35:
        corners = cv2.boxPoints((tuple(centre), tuple(size), turn))
        cv2.fillPoly(mask, [corners.astype(np.int32)], 255)
        radius = int(size.min() * rng.uniform(0, 0.4)) // 2 * 2 + 1
        mask = np.asarray(
            cv2.morphologyEx(
                mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (radius, radius))
            ),
            np.uint8,
        )
    elif kind < 0.6:
        cv2.ellipse(mask, (tuple(centre), tuple(size), turn), 255, -1)
    elif kind < 0.7:
        end = centre + rng.normal(0, 0.5, 2) * (width, height)
        thick = max(1, int(rng.uniform(0.01, 0.06) * height))
        cv2.line(mask, tuple(centre.astype(int)), tuple(end.astype(int)), 255, thick)
    else:
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 12))))
        reach = rng.uniform(0.5, 1.0, len(angles))[:, None] * size / 2
        points = centre + np.column_stack([np.cos(angles), np.sin(angles)]) * reach
        cv2.fillPoly(mask, [points.astype(np.int32)], 255)
    return mask


def _soft(mask: Pixels) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32) / 255, (3, 3), 0.7), np.float32)
