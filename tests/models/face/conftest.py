"""A data folder of painted faces with their parts."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from models.data.dataset import Pixels

SIDE = 96
RAW = {"skin": 1, "nose": 2, "left eye": 4, "right eye": 5, "upper lip": 11, "lower lip": 12, "hair": 13}


def draw_face(seed: int) -> tuple[Pixels, Pixels]:
    """A photo and its parts in CelebAMask's classes."""
    rng = np.random.default_rng(seed)
    x, y = (SIDE // 2 + int(v) for v in rng.integers(-6, 7, 2))
    raw = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(raw, (x, y - 4), (32, 40), 0, 0, 360, RAW["hair"], -1)
    cv2.ellipse(raw, (x, y), (24, 32), 0, 0, 360, RAW["skin"], -1)
    cv2.circle(raw, (x - 10, y - 8), 4, RAW["left eye"], -1)
    cv2.circle(raw, (x + 10, y - 8), 4, RAW["right eye"], -1)
    cv2.circle(raw, (x, y + 4), 4, RAW["nose"], -1)
    cv2.rectangle(raw, (x - 8, y + 15), (x + 8, y + 17), RAW["upper lip"], -1)
    cv2.rectangle(raw, (x - 8, y + 18), (x + 8, y + 20), RAW["lower lip"], -1)
    colours = np.random.default_rng(1).integers(0, 256, (19, 3))
    return np.asarray(colours[raw], np.uint8), raw


@pytest.fixture(scope="session")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """6 faces for training and 2 for validation, one photo without parts, and a room."""
    root = tmp_path_factory.mktemp("faces")
    folder = root / "celebamask"
    for name in ("images", "masks", "parts"):
        (folder / name).mkdir(parents=True)
    rows = []
    lossless = [cv2.IMWRITE_WEBP_QUALITY, 101]
    for seed in range(9):
        photo, raw = draw_face(seed)
        assert cv2.imwrite(str(folder / "images" / f"{seed}.webp"), photo, lossless)
        assert cv2.imwrite(str(folder / "masks" / f"{seed}.png"), 255 * (raw > 0).astype(np.uint8))
        if seed < 8:
            assert cv2.imwrite(str(folder / "parts" / f"{seed}.png"), raw)
        rows.append(("celebamask", "val" if seed in (6, 7) else "train", seed, SIDE, SIDE))
    (root / "rooms").mkdir()
    assert cv2.imwrite(str(root / "rooms" / "0.webp"), np.full((80, 120, 3), 130, np.uint8), lossless)
    with (root / "index.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("source", "split", "name", "width", "height"), *rows])
    return root
