"""Drawn people: red in front of blue walls, so that the colour shows where the person is."""

from __future__ import annotations

import cv2
import numpy as np


def draw_person(height: int, width: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw a red head and shoulders in front of a blue wall; return the image and the mask."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((height, width), np.uint8)
    x, y, size = int(width * rng.uniform(0.4, 0.6)), int(height * 0.4), int(width * rng.uniform(0.12, 0.2))
    cv2.circle(mask, (x, y), size, 255, -1)
    cv2.ellipse(mask, (x, height), (size * 2, int(height * 0.45)), 0, 0, 360, 255, -1)
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = rng.integers(120, 200, (height, width))
    image[mask > 0] = (20, 20, 220)
    return image, mask
