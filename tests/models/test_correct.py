"""Masks are completed where all teachers see more person, and nowhere else."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from models import correct
from models.data.dataset import load_bank, read_index
from tests.networks import write_network


def person(columns: slice, certain: float = 1.0) -> np.ndarray:
    alpha = np.zeros((100, 200), np.float32)
    alpha[:, columns] = certain
    return alpha


def test_what_all_see_is_added_up_to_the_label() -> None:
    mask = (person(slice(0, 60)) * 255).astype(np.uint8)
    completed, added = correct.complete(mask, [person(slice(0, 120)), person(slice(0, 120), 0.8)], 0.01)
    assert added > 0.2
    assert (completed[:, 60:119] >= 225).all() and (completed[:, 136:] == 0).all()
    assert np.array_equal(completed[:, :60], mask[:, :60])


@pytest.mark.parametrize(
    "alphas",
    [
        [person(slice(0, 120)), person(slice(0, 60))],  # one of them does not see it
        [person(slice(0, 120), 0.6), person(slice(0, 120), 0.6)],  # none is sure
        [person(slice(0, 66)), person(slice(0, 66))],  # a matter of the outline
    ],
)
def test_what_is_doubtful_stays_as_labelled(alphas: list[np.ndarray]) -> None:
    mask = (person(slice(0, 60)) * 255).astype(np.uint8)
    completed, added = correct.complete(mask, alphas, 0.01)
    assert added == 0 and np.array_equal(completed, mask)


def test_completed_masks_replace_those_of_the_data(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    teacher = str(write_network(tmp_path / "red.onnx", scale=1 / 255))
    whole = tmp_path / "data"
    shutil.copytree(data, whole)
    entry = read_index(whole, "train")[0]
    path = whole / entry.source / "masks" / f"{entry.name}.png"
    full = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    half = full.copy()
    half[:, full.shape[1] // 2 :] = 0
    cv2.imwrite(str(path), half)
    out = tmp_path / "completed"
    arguments = [str(whole), str(out), "--teachers", teacher, "--sheet", str(tmp_path / "sheet.png")]
    assert correct.main(arguments) == 0
    assert "1 of 6 masks completed" in capsys.readouterr().out
    entries = read_index([whole, out], "train")
    assert [e.name for e in entries] == [e.name for e in read_index(whole, "train")]
    replaced = next(e for e in entries if e.name == entry.name)
    assert replaced.root == out
    assert np.abs(replaced.read()[1].astype(int) - full).mean() < 12
    bank = load_bank([whole, out], entries)
    assert len(bank.backgrounds) == 2 and sum(map(len, bank.photos.values())) == 6
    assert correct.main(arguments) == 1
    assert "is not empty" in capsys.readouterr().err
