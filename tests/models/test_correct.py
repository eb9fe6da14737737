"""Completing masks: only where all teachers find more person."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models import correct
from models.data.dataset import load_bank, read_index
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path


def person(columns: slice, value: float = 1.0) -> np.ndarray:
    alpha = np.zeros((100, 200), np.float32)
    alpha[:, columns] = value
    return alpha


def test_person_found_by_all_teachers_is_added() -> None:
    mask = (person(slice(0, 60)) * 255).astype(np.uint8)
    completed, added = correct.complete(mask, [person(slice(0, 120)), person(slice(0, 120), 0.8)], 0.01)
    assert added > 0.2
    assert (completed[:, 60:119] >= 225).all() and (completed[:, 136:] == 0).all()
    assert np.array_equal(completed[:, :60], mask[:, :60])


@pytest.mark.parametrize(
    "alphas",
    [
        [person(slice(0, 120)), person(slice(0, 60))],  # one teacher does not find it
        [person(slice(0, 120), 0.6), person(slice(0, 120), 0.6)],  # low confidence
        [person(slice(0, 66)), person(slice(0, 66))],  # a difference at the outline only
    ],
)
def test_uncertain_person_is_not_added(alphas: list[np.ndarray]) -> None:
    mask = (person(slice(0, 60)) * 255).astype(np.uint8)
    completed, added = correct.complete(mask, alphas, 0.01)
    assert added == 0 and np.array_equal(completed, mask)


def test_completed_masks_replace_the_original_ones(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    teacher = str(write_network(tmp_path / "red.onnx", scale=1 / 255))
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    entry = read_index(copy, "train")[0]
    path = copy / entry.source / "masks" / f"{entry.name}.png"
    full = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert full is not None
    half = full.copy()
    half[:, full.shape[1] // 2 :] = 0
    cv2.imwrite(str(path), half)
    out = tmp_path / "completed"
    arguments = [str(copy), str(out), "--teachers", teacher, "--sheet", str(tmp_path / "sheet.png")]
    assert correct.main(arguments) == 0
    assert "1 of 6 masks completed" in capsys.readouterr().out
    entries = read_index([copy, out], "train")
    assert [e.name for e in entries] == [e.name for e in read_index(copy, "train")]
    replaced = next(e for e in entries if e.name == entry.name)
    assert replaced.root == out
    assert np.abs(replaced.read()[1].astype(int) - full).mean() < 12
    bank = load_bank([copy, out], entries)
    assert len(bank.backgrounds) == 2 and sum(map(len, bank.photos.values())) == 6
    assert correct.main(arguments) == 1
    assert "is not empty" in capsys.readouterr().err
