"""Plots of curve.csv: contents, incomplete files, errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from models import curve, train

ROOT = Path(__file__).resolve().parents[2]
CSV = """step,samples,seconds,rate,per_second,size,total,segmentation,dice,val_mean,val_alpha,val_beta
100,2400,10,0.001,240,96x160,1.5,1,0.5,,,
150,3600,15,0.004,240,96x160,1.25,0.75,0.5,0.8,0.7,0.9
200,4800,21,0.003,200,160x288,0.5,0.25,0.25,,,
250,6000,28,0.002,170,160x288,0.25,0.125,0.125,0.85,0.75,0.95
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run with a curve."""
    folder = tmp_path / "first"
    folder.mkdir()
    (folder / "curve.csv").write_text(CSV)
    return folder


def lines(columns: dict[str, curve.Columns]) -> list[dict[str, list[tuple[float, float]]]]:
    """The points of each line by its name in the legend, for losses, rates and scores."""
    return [
        {
            str(line.get_label()): list(zip(*np.array(line.get_data()).tolist(), strict=True))
            for line in axes.lines
        }
        for axes in curve.plot(columns).axes
    ]


def test_single_curve_shows_every_loss_rate_and_source(run: Path) -> None:
    losses, rates, scores = lines({"first": curve.read(run)})
    assert list(losses) == ["total", "segmentation", "dice"]
    assert losses["total"] == [(2400, 1.5), (3600, 1.25), (4800, 0.5), (6000, 0.25)]
    assert rates == {"first": [(2400, 0.001), (3600, 0.004), (4800, 0.003), (6000, 0.002)]}
    assert scores == {
        "mean of sources": [(3600, 0.8), (6000, 0.85)],
        "alpha": [(3600, 0.7), (6000, 0.75)],
        "beta": [(3600, 0.9), (6000, 0.95)],
    }


def test_several_curves_show_totals_only(run: Path) -> None:
    columns = curve.read(run / "curve.csv")
    losses, rates, scores = lines({"a": columns, "b": {**columns, "total": [4.0, 3.0, 2.0, 1.0]}})
    assert losses["b"] == [(2400, 4), (3600, 3), (4800, 2), (6000, 1)]
    assert losses.keys() == rates.keys() == scores.keys() == {"a", "b"}
    assert scores["a"] == [(3600, 0.8), (6000, 0.85)]


def test_incomplete_last_row_is_read_as_far_as_written(run: Path) -> None:
    with (run / "curve.csv").open("a") as file:
        file.write("300,7200,35,0.001")
    losses, rates, _ = lines({"first": curve.read(run)})
    assert rates["first"][-1] == (7200, 0.001)
    assert losses["total"][-1] == (6000, 0.25)


def test_command_writes_an_image_without_importing_torch(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "both.png"
    command = [sys.executable, "-X", "importtime", "-m", "models.curve", str(run), str(run / "curve.csv")]
    done = subprocess.run(
        [*command, "--out", str(out)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert " torch\n" not in done.stderr, "the command imports torch"
    picture = cv2.imread(str(out))
    assert picture is not None and picture.shape[0] > 500 and picture.std() > 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["both.png", "first"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read"),
        ("a,b\n1,2\n", "is not a curve of a run"),
        ("samples,rate,total\n", "has no row"),
        ("samples,rate,total\n1,fast,2\n", "'fast'"),
        (b"\xff\xfe\x00", "cannot read"),
    ],
)
def test_other_files_give_a_one_line_error(
    text: str | bytes | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.csv"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert curve.main([str(path), "--out", str(tmp_path / "x.png")]) == 1
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1 and "other.csv" in error


@pytest.mark.parametrize("out", ["none/x.png", "x.unknown", "first"])
def test_unwritable_image_gives_a_one_line_error(
    run: Path, tmp_path: Path, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert curve.main([str(run), "--out", str(tmp_path / out)]) == 1
    error = capsys.readouterr().err
    assert "cannot write" in error and error.count("\n") == 1
    assert list(tmp_path.glob("*.partial")) == []


@pytest.mark.parametrize("installed", [True, False])
def test_training_plots_only_if_matplotlib_is_installed(
    installed: bool,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not installed:
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    arguments = ["sinet", "--data", str(data), "--run", str(tmp_path), "--batch", "2", "--steps", "1"]
    assert train.main([*arguments, "--check-every", "0"]) == 0
    assert (tmp_path / "curve.csv").exists() and (tmp_path / "last.pt").exists()
    assert (tmp_path / "curve.png").exists() == installed
    assert ("needs matplotlib" in capsys.readouterr().out) != installed
