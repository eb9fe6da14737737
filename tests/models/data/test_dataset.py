"""Data folders: the index, the files and their errors."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models.data.dataset import DataError, read_backgrounds, read_index

if TYPE_CHECKING:
    from pathlib import Path


def test_index_returns_the_split_in_order(data: Path) -> None:
    assert [entry.name for entry in read_index(data, "train")] == ["0", "1", "2", "3", "4", "5"]
    image, mask = read_index(data, "val")[0].read()
    assert image.shape == (160, 120, 3) and mask.shape == (160, 120)
    assert set(np.unique(mask)) == {0, 255}


def test_index_leaves_out_unlabelled_photos(data: Path, tmp_path: Path) -> None:
    text = (data / "index.csv").read_text() + "hagrid_unlabelled,train,x,1,1\n"
    (tmp_path / "index.csv").write_text(text)
    assert len(read_index(tmp_path, "train")) == 6


def test_missing_index_and_unknown_split_give_errors(data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"--data must name a folder with index\.csv"):
        read_index(tmp_path, "train")
    with pytest.raises(DataError, match=r"no photos of the split 'test'; there are: train, val"):
        read_index(data, "test")
    assert read_backgrounds(tmp_path) == []


def test_missing_mask_and_mask_of_another_size_give_errors(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(data, folder)
    entry = read_index(folder, "train")[0]
    mask = folder / entry.source / "masks" / f"{entry.name}.png"
    cv2.imwrite(str(mask), np.zeros((4, 5), np.uint8))
    with pytest.raises(DataError, match=r"alpha/0: the mask has the size \(4, 5\), the photo \(160, 120\)"):
        entry.read()
    mask.unlink()
    with pytest.raises(DataError, match="cannot read the image"):
        entry.read()
