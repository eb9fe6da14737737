"""A small data folder with the same photos."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models import shrink
from models.data.dataset import read_index

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_shrink_keeps_photos_masks_and_background_images(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "small"
    assert shrink.main([str(data), str(out), "--side", "80"]) == 0
    before, after = read_index([data], "train"), read_index([out], "train")
    assert [(e.source, e.name) for e in after] == [(e.source, e.name) for e in before]
    for large, small in zip(before, after, strict=True):
        photo, mask = small.read()
        assert photo.shape == (80, 60, 3) and mask.shape == (80, 60)
        assert len(np.unique(mask)) <= 17
        assert abs(float(mask.mean()) - float(large.read()[1].mean())) < 2
        assert photo[mask == 255][:, 2].mean() > 150, "the person stays red"
    assert len(list((out / "rooms").glob("*.webp"))) == 2


def test_shrink_into_a_folder_that_is_not_empty_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert shrink.main([str(data), str(tmp_path)]) == 1
    assert "is not empty" in capsys.readouterr().err and (tmp_path / "mine.txt").read_text() == "mine"
