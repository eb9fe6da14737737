"""The command `models.evaluate --composed`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models.data.dataset import read_pixels
from models.evaluate import main
from models.evaluation.composed_command import measure_frame
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path

Out = pytest.CaptureFixture[str]


@pytest.fixture
def inputs(data: Path, tmp_path: Path) -> list[str]:
    """The arguments that name the data, a green room and a teacher with a soft outline."""
    rooms, alphas = tmp_path / "rooms", tmp_path / "alphas"
    rooms.mkdir()
    assert cv2.imwrite(str(rooms / "green.webp"), np.full((200, 300, 3), (0, 200, 0), np.uint8))
    for mask in sorted(data.glob("*/masks/*.png")):
        folder = alphas / mask.parent.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        soft = cv2.GaussianBlur(read_pixels(mask, cv2.IMREAD_GRAYSCALE), (0, 0), 2)
        assert cv2.imwrite(str(folder / f"{mask.stem}.webp"), soft, [cv2.IMWRITE_WEBP_QUALITY, 101])
    where = ["--data", str(data), "--backgrounds", str(rooms), "--teacher-alphas", str(alphas)]
    return ["--composed", *where, "--frames", "12"]


@pytest.fixture
def written(inputs: list[str], tmp_path: Path) -> Path:
    """The folder of twelve written frames."""
    folder = tmp_path / "frames"
    assert main([*inputs, "--write", str(folder)]) == 0
    return folder


def test_old_background_does_not_show_in_soft_band(written: Path) -> None:
    checked = 0
    for path in written.glob("*_normal.png"):
        frame = read_pixels(path, cv2.IMREAD_COLOR)
        alpha = read_pixels(written / "truth" / path.name, cv2.IMREAD_GRAYSCALE)
        band = (alpha > 40) & (alpha < 110)
        assert band.any() and alpha[-1].max() == 255  # the lower edge cuts the person off
        # The wall of the photo is blue, the person red and the room green.
        assert frame[band][:, 0].mean() < 20
        checked += 1
    assert checked > 1


def test_true_alphas_have_no_error_and_a_network_has_some(written: Path, tmp_path: Path, capsys: Out) -> None:
    network = write_network(tmp_path / "red.onnx")
    sheet = tmp_path / "worst.png"
    truth = f"truth={written / 'truth'}"
    arguments = ["--composed", str(network), "--read", str(written), "--alphas", truth]
    assert main([*arguments, "--sheet", str(sheet)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "| alphas | frames | MAD x1000 | BF | soft band x1000 |"
    assert lines[3] == "| truth | 12 | 0.00 | 1.000 | 0.0 |"
    assert lines[2].startswith("| red | 12 | ") and float(lines[2].split("|")[3]) > 1
    assert sheet.is_file()
    assert main([*arguments, "--json"]) == 0
    details = json.loads(capsys.readouterr().out)
    assert len(details["red"]) == 12 and set(details) == {"red", "truth"}


def test_same_seed_gives_same_frames(written: Path, inputs: list[str], tmp_path: Path) -> None:
    assert main([*inputs, "--write", str(tmp_path / "again")]) == 0
    assert main([*inputs, "--seed", "1", "--write", str(tmp_path / "other")]) == 0
    names = sorted(path.name for path in written.glob("*.png"))
    assert names == sorted(path.name for path in (tmp_path / "again").glob("*.png")) and len(names) == 12
    assert all((written / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names)
    first = next(iter((tmp_path / "other").glob("000*.png")))
    assert first.read_bytes() != (written / names[0]).read_bytes()


def test_error_of_soft_band_counts_only_soft_pixels() -> None:
    true = np.array([[0, 0, 128, 255]], np.uint8)
    alpha = np.array([[0.5, 0, 128 / 255 + 0.25, 1]], np.float32)
    measure = measure_frame(alpha, true)
    assert measure.soft == pytest.approx(0.25) and measure.mad == pytest.approx(0.75 / 4)
    assert measure_frame(alpha[:, :2], true[:, :2]).soft is None


def test_photos_with_a_doubtful_teacher_are_left_out(inputs: list[str], tmp_path: Path, capsys: Out) -> None:
    for path in (tmp_path / "alphas").glob("*/*.webp"):
        assert cv2.imwrite(str(path), 255 - read_pixels(path, cv2.IMREAD_GRAYSCALE))
    assert main([*inputs, "--write", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err == "error: there are no suitable people to compose frames of\n"


def test_wrong_arguments_give_a_one_line_error(
    written: Path, data: Path, tmp_path: Path, capsys: Out
) -> None:
    for arguments, message in (
        (["--read", str(written)], "there is nothing to measure"),
        (["--data", str(data)], "--teacher-alphas"),
        (["--read", str(tmp_path / "none")], "there is no frame in"),
        (["--read", str(written), "--alphas", f"app={tmp_path}"], "cannot read the image"),
    ):
        assert main(["--composed", *arguments]) == 1
        error = capsys.readouterr().err
        assert message in error and error.count("\n") == 1


def test_seats_change_the_frames_but_not_the_alphas(written: Path, inputs: list[str], tmp_path: Path) -> None:
    assert main([*inputs, "--seats", "1", "--write", str(tmp_path / "seats")]) == 0
    names = [path.name for path in written.glob("*.png")]
    changed = [(written / n).read_bytes() != (tmp_path / "seats" / n).read_bytes() for n in names]
    truths = [(written / "truth" / n).read_bytes() for n in names]
    assert truths == [(tmp_path / "seats" / "truth" / n).read_bytes() for n in names]
    assert sum(changed) >= 10
