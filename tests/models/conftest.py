"""Fixtures: a tiny data set and the shared folder. Without torch and onnx all tests are skipped."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from tests.models.people import draw_person

if TYPE_CHECKING:
    from collections.abc import Iterator

# The app and its tests run without torch.
torch = pytest.importorskip("torch", reason="torch is not installed (extra: train)")
pytest.importorskip("onnx", reason="onnx is not installed (extra: train)")

torch.set_num_threads(1)  # on a busy machine, several threads wait for each other

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder `shared` beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("../shared is absent")
    return SHARED


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder: 6 training photos and 3 for validation from two sources, and 2 background images."""
    root = tmp_path_factory.mktemp("data")
    rows = []
    for seed in range(9):
        source = ("alpha", "beta")[seed % 2]
        for folder in ("images", "masks"):
            (root / source / folder).mkdir(parents=True, exist_ok=True)
        image, mask = draw_person(160, 120, seed)
        # Lossless, so that tests can compare colours.
        quality = [cv2.IMWRITE_WEBP_QUALITY, 101]
        assert cv2.imwrite(str(root / source / "images" / f"{seed}.webp"), image, quality)
        assert cv2.imwrite(str(root / source / "masks" / f"{seed}.png"), mask)
        rows.append((source, "val" if seed > 5 else "train", str(seed), 120, 160))
    (root / "rooms").mkdir()
    for seed in range(2):
        background = np.zeros((120, 180, 3), np.uint8)
        background[..., 0] = 90 + 60 * seed
        assert cv2.imwrite(str(root / "rooms" / f"{seed:04d}.webp"), background, quality)
    with (root / "index.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("source", "split", "name", "width", "height"), *rows])
    yield root
