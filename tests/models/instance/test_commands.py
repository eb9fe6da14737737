from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import onnx
import pytest
import torch

from models import build
from models.data.dataset import read_pixels
from models.data.people.crossing import BAGS, PERSONS
from models.instance import evaluate, export, train
from models.instance.evaluate import drawn, labelled_crossing
from models.training import checkpoint

if TYPE_CHECKING:
    from pathlib import Path


def _crossing(folder: Path) -> Path:
    """One frame with two persons and a bag."""
    (folder / "frames").mkdir(parents=True)
    (folder / "instances").mkdir()
    instances = np.zeros((96, 160), np.uint8)
    instances[20:90, 10:50], instances[10:90, 60:100], instances[40:60, 90:100] = (
        PERSONS[0],
        PERSONS[2],
        BAGS[0],
    )
    assert cv2.imwrite(str(folder / "frames" / "0.webp"), np.full((96, 160, 3), 90, np.uint8))
    assert cv2.imwrite(str(folder / "instances" / "0.png"), instances)
    return folder


def _checkpoint(path: Path, name: str = "mask_rcnn") -> Path:
    torch.manual_seed(0)
    network = build(name)
    checkpoint.save(path, {**checkpoint.describe(name, network), "average": network.state_dict()})
    return path


def test_crossing_frames_have_persons_and_ignore_bags(tmp_path: Path) -> None:
    ((frame, true, void),) = labelled_crossing(_crossing(tmp_path / "crossing"))
    assert frame.shape == (96, 160, 3) and true.shape == (2, 96, 160)
    assert void is not None and void.sum() == 20 * 10 and not (true & void).any()


def test_drawn_colours_the_sure_persons_alone() -> None:
    masks = np.zeros((2, 10, 10), bool)
    masks[0, :, :5], masks[1, :, 5:] = True, True
    frame = np.zeros((10, 10, 3), np.uint8)
    picture = drawn(frame, np.array([0.9, 0.2]), masks)
    assert picture[:, :5].any(2).all() and not picture[:, 5:].any()


@pytest.mark.slow
def test_evaluate_prints_a_row_and_writes_the_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(_checkpoint(tmp_path / "a.pt"))
    crossing = str(_crossing(tmp_path / "crossing"))
    assert evaluate.main([path, "--crossing", crossing, "--sheet", str(tmp_path / "s.png")]) == 0
    assert "| mask_rcnn | 1 crossing | 2 |" in capsys.readouterr().out
    assert read_pixels(tmp_path / "s_crossing.png", cv2.IMREAD_COLOR).shape == (96, 320, 3)


def test_evaluate_without_frames_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        evaluate.main(["a.pt"])
    assert "--crossing" in capsys.readouterr().err
    assert evaluate.main([str(tmp_path / "no.pt"), "--crossing", str(tmp_path)]) == 1
    assert "no.pt" in capsys.readouterr().err


@pytest.mark.slow
def test_export_writes_the_graph_with_its_metadata(tmp_path: Path) -> None:
    out = tmp_path / "a.onnx"
    assert export.main([str(_checkpoint(tmp_path / "a.pt")), str(out), "--size", "64x96"]) == 0
    metadata = {entry.key: entry.value for entry in onnx.load(str(out)).metadata_props}
    assert metadata["kind"] == "persons" and metadata["name"] == "mask_rcnn"


@pytest.mark.slow
def test_export_of_another_network_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _checkpoint(tmp_path / "a.pt", "sinet")
    assert export.main([str(path), str(tmp_path / "a.onnx")]) == 1
    assert "sinet" in capsys.readouterr().err


@pytest.mark.slow
def test_train_two_steps_writes_checkpoint_and_curve_and_continues(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    common = ["mask_rcnn", "--data", str(data), "--run", str(run), "--batch", "1"]
    assert train.main([*common, "--steps", "1"]) == 0
    assert train.main([*common, "--steps", "2"]) == 0
    assert checkpoint.load(run / "last.pt")["step"] == 2
    lines = (run / "curve.csv").read_text().splitlines()
    assert len(lines) == 3 and lines[0].startswith("step,samples,seconds,anchor")


def test_train_without_data_reports_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["mask_rcnn", "--data", str(tmp_path), "--run", str(tmp_path / "run"), "--steps", "1"]
    assert train.main(arguments) == 1
    assert "index.csv" in capsys.readouterr().err
