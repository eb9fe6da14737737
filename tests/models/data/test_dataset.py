"""What is wrong with a data folder is said in one sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.data.dataset import DataError, read_index, read_rooms


def test_index_gives_the_split_in_order(data: Path) -> None:
    assert [entry.name for entry in read_index(data, "train")] == ["0", "1", "2", "3", "4", "5"]
    image, mask = read_index(data, "val")[0].read()
    assert image.shape == (160, 120, 3) and mask.shape == (160, 120)
    assert set(np.unique(mask)) == {0, 255}


def test_unlabelled_photos_are_left_out(data: Path, tmp_path: Path) -> None:
    text = (data / "index.csv").read_text() + "hagrid_unlabelled,train,x,1,1\n"
    (tmp_path / "index.csv").write_text(text)
    assert len(read_index(tmp_path, "train")) == 6


def test_wrong_folders_and_splits(data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"--data names a folder that holds index\.csv"):
        read_index(tmp_path, "train")
    with pytest.raises(DataError, match=r"no photos of the split 'test'; there are: train, val"):
        read_index(data, "test")
    assert read_rooms(tmp_path) == []


def test_missing_and_misfitting_masks(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(data, folder)
    entry = read_index(folder, "train")[0]
    mask = folder / entry.source / "masks" / f"{entry.name}.png"
    cv2.imwrite(str(mask), np.zeros((4, 5), np.uint8))
    with pytest.raises(DataError, match=r"alpha/0: the mask's size \(4, 5\) is not the photo's \(160, 120\)"):
        entry.read()
    mask.unlink()
    with pytest.raises(DataError, match="cannot read the picture"):
        entry.read()
