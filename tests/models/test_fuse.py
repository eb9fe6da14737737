"""Fused labels: the teacher's alpha at the edge and the label elsewhere."""

from __future__ import annotations

import csv
import importlib.util
import sys
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models import fuse
from models.data import fusing
from models.data.dataset import load_bank, read_index

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIDE = 200  # diagonal 283: the band is 2 pixels wide inside and 8 outside


def person(low: int = 60, high: int = 140) -> NDArray[np.float32]:
    label = np.zeros((SIDE, SIDE), np.float32)
    label[low:high, low:high] = 1
    return label


def test_band_has_the_teachers_alpha_and_the_rest_the_label() -> None:
    label = person()
    alpha = np.asarray(cv2.GaussianBlur(label, (0, 0), 2.0), np.float32)
    fused, unchanged = fusing.fuse(alpha, label)
    assert fused.dtype == np.float32 and fused.shape == label.shape and unchanged == 0
    np.testing.assert_array_equal(fused[100, 54:62], alpha[100, 54:62])
    assert (fused[63:137, 63:137] == 1).all()
    assert (fused[:50] == 0).all() and (fused[150:] == 0).all()


def test_errors_of_the_teacher_outside_the_band_are_ignored() -> None:
    label = person()
    alpha = label.copy()
    alpha[90:110, 90:110] = 0.5  # a half transparent jacket
    alpha[10:30, 10:30] = 1  # a chair
    fused, _ = fusing.fuse(alpha, label)
    assert (fused[90:110, 90:110] == 1).all() and (fused[10:30, 10:30] == 0).all()


def test_wide_difference_keeps_the_blurred_label() -> None:
    label = person()
    alpha = label.copy()
    alpha[:, :100] = 0  # the teacher lacks half of the person
    fused, unchanged = fusing.fuse(alpha, label)
    assert 0.1 < unchanged < 0.9
    soft = cv2.GaussianBlur(label, (0, 0), 1.2)
    np.testing.assert_allclose(fused[100, 55:64], soft[100, 55:64], atol=0.05)
    assert 0.5 < fused[100, 60] < 1


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_label_without_an_edge_is_unchanged(value: float) -> None:
    label = np.full((64, 96), value, np.float32)
    fused, unchanged = fusing.fuse(np.full_like(label, 0.5), label)
    assert (fused == value).all() and unchanged == 0


def test_fuse_equals_the_script_that_made_the_training_labels(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location("shared_fuse", shared / "alphas" / "fuse.py")
    if spec is None or spec.loader is None or not (shared / "alphas" / "fuse.py").is_file():
        pytest.skip("../shared/alphas is absent")
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(
        sys, "argv", ["fuse.py", "data", "alphas", "out"]
    )  # the script reads them when it is imported
    spec.loader.exec_module(script)
    rng = np.random.default_rng(0)
    noise = cv2.resize(rng.random((12, 9), np.float32), (180, 240), interpolation=cv2.INTER_CUBIC)
    label = (cv2.resize(rng.random((6, 5), np.float32), (180, 240)) > 0.5).astype(np.float32)
    blurred = cv2.GaussianBlur(label, (0, 0), 3)
    alpha = np.asarray(np.clip(0.6 * blurred + 0.4 * noise, 0, 1), np.float32)
    fused, unchanged = fusing.fuse(alpha, label)
    expected, share = script.fuse(alpha, label)
    np.testing.assert_allclose(fused, expected, atol=1e-6)
    assert unchanged == pytest.approx(share) and unchanged > 0


def write_alphas(data: Path, folder: Path) -> Path:
    for entry in read_index(data, "train")[1:]:  # the first photo has no alpha
        path = folder / entry.source / f"{entry.name}.webp"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(
            str(path), cv2.GaussianBlur(entry.read()[1], (0, 0), 2.0), [cv2.IMWRITE_WEBP_QUALITY, 101]
        )
    return folder


def test_fused_labels_replace_the_original_ones(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alphas, out = write_alphas(data, tmp_path / "alphas"), tmp_path / "fused"
    arguments = [str(data), str(out), "--alphas", str(alphas), "--rooms", str(data / "rooms")]
    assert fuse.main(arguments) == 0
    assert "alpha: 2 photos" in capsys.readouterr().out
    with (out / "index.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 5
    entries = read_index([data, out], "train")
    assert [entry.root for entry in entries] == [data, *[out] * 5]
    image, mask = entries[1].read()
    assert image.shape[:2] == mask.shape and ((mask > 20) & (mask < 235)).any()
    bank = load_bank([data, out], entries)
    assert len(bank.backgrounds) == 4 and sum(map(len, bank.photos.values())) == 6
    assert fuse.main(arguments) == 1
    assert "is not empty" in capsys.readouterr().err


def test_missing_or_unfit_alphas_give_errors(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty, out = tmp_path / "empty", str(tmp_path / "out")
    empty.mkdir()
    assert fuse.main([str(data), out, "--alphas", str(empty)]) == 1
    assert "has an alpha in" in capsys.readouterr().err
    alphas = write_alphas(data, tmp_path / "alphas")
    assert fuse.main([str(data), out, "--alphas", str(alphas), "--rooms", str(empty)]) == 1
    assert "no .webp images" in capsys.readouterr().err
    cv2.imwrite(str(next(alphas.rglob("*.webp"))), np.zeros((8, 8), np.uint8))
    assert fuse.main([str(data), out, "--alphas", str(alphas)]) == 1
    assert "has the size (8, 8)" in capsys.readouterr().err
