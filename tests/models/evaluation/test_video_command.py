"""The command `models.evaluate --video`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models.evaluate import main
from models.evaluation.video_files import read_video, write_video
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path

Out = pytest.CaptureFixture[str]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A network whose alpha is the red channel."""
    return write_network(tmp_path / "red.onnx")


@pytest.fixture
def written(data: Path, tmp_path: Path) -> Path:
    """The folder of three written sequences."""
    folder = tmp_path / "sequences"
    assert main(["--video", "--data", str(data), *SMALL, "--write", str(folder)]) == 0
    return folder


SMALL = ["--sequences", "3", "--frames", "4", "--size", "160x96"]


def test_true_alphas_have_no_error_and_a_network_has_some(written: Path, network: Path, capsys: Out) -> None:
    arguments = ["--video", str(network), "--read", str(written), "--alphas", f"truth={written / 'truth'}"]
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("|")[1:4] == [" alphas ", " MAD x1000 ", " MSE x1000 "]
    assert lines[3] == "| truth | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 |"
    assert lines[2].startswith("| red | ") and float(lines[2].split("|")[2]) > 1
    assert main([*arguments, "--json"]) == 0
    details = json.loads(capsys.readouterr().out)
    assert list(details["red"]["sequences"]) == ["000", "001", "002"]
    frames = details["red"]["sequences"]["001"]
    assert len(frames) == 4 and frames[0]["dtssd"] is None and frames[1]["dtssd"] > 0
    mean = np.mean([frame["mad"] for frames in details["red"]["sequences"].values() for frame in frames])
    assert details["red"]["mean"]["mad"] == pytest.approx(mean)


def test_composed_and_written_sequences_give_the_same_table(
    written: Path, data: Path, network: Path, capsys: Out
) -> None:
    assert main(["--video", str(network), "--read", str(written)]) == 0
    read = capsys.readouterr().out
    assert main(["--video", str(network), "--data", str(data), *SMALL]) == 0
    assert capsys.readouterr().out == read


def test_only_the_last_frames_are_measured_if_wanted(written: Path, network: Path, capsys: Out) -> None:
    arguments = ["--video", str(network), "--read", str(written), "--json"]
    assert main(arguments) == 0
    whole = json.loads(capsys.readouterr().out)["red"]["sequences"]
    assert main([*arguments, "--last", "2"]) == 0
    last = json.loads(capsys.readouterr().out)["red"]["sequences"]
    assert last == {name: frames[-2:] for name, frames in whole.items()}


def test_still_camera_shows_one_part_of_the_chosen_background(data: Path, tmp_path: Path) -> None:
    rooms, folder = tmp_path / "rooms" / "deeper", tmp_path / "still"
    rooms.mkdir(parents=True)
    assert cv2.imwrite(str(rooms / "green.webp"), np.full((96, 160, 3), (0, 200, 0), np.uint8))
    still = ["--backgrounds", str(rooms.parent), "--hand-held", "0", *SMALL, "--write", str(folder)]
    assert main(["--video", "--data", str(data), *still]) == 0
    frames = read_video(folder / "000.mkv")
    alphas = read_video(folder / "truth" / "000.mkv", grey=True)
    for frame, alpha in zip(frames, alphas, strict=True):
        blue, green, red = frame[alpha == 0].mean(0)
        assert green > 100 > max(blue, red)


def test_real_clips_are_measured_without_true_alphas(tmp_path: Path, network: Path, capsys: Out) -> None:
    clips, alphas = tmp_path / "clips", tmp_path / "alphas"
    clips.mkdir()
    alphas.mkdir()
    frame = np.random.default_rng(0).integers(0, 255, (96, 160, 3), np.uint8)
    write_video(clips / "talk.mkv", [frame] * 5)
    write_video(alphas / "talk.mkv", [np.full((96, 160), 51 * (i > 1), np.uint8) for i in range(5)])
    arguments = ["--video", str(network), "--alphas", f"step={alphas}", "--clips", str(clips)]
    assert main([*arguments, "--frames", "4"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "| alphas | flow x1000 |",
        "|---|---|",
        "| red | 0.00 |",
        "| step | 66.67 |",
    ]


def test_alphas_of_another_number_or_size_are_rejected(written: Path, tmp_path: Path, capsys: Out) -> None:
    arguments = ["--video", "--read", str(written), "--alphas"]
    for change, message in (
        (lambda alphas: alphas[:3], "has 3 alphas of 160x96, but the video has 4 frames of 160x96"),
        (lambda alphas: [a[:50] for a in alphas], "has 4 alphas of 160x50, but"),
    ):
        write_video(tmp_path / "000.mkv", change(read_video(written / "truth" / "000.mkv", grey=True)))
        assert main([*arguments, f"other={tmp_path}"]) == 1
        error = capsys.readouterr().err
        assert message in error and error.count("\n") == 1


def test_wrong_arguments_give_a_one_line_error(
    data: Path, tmp_path: Path, network: Path, capsys: Out
) -> None:
    none = str(tmp_path / "none")
    for arguments, message in (
        ([str(network)], "name the sequences with --data or --read"),
        (["--data", str(data)], "there is nothing to measure; name networks or --alphas"),
        ([none + ".onnx", "--data", str(data)], "cannot load"),
        ([str(network), "--read", none], "there is no sequence in"),
        ([str(network), "--clips", none], "there is no clip in"),
        ([str(network), "--data", str(data), "--behind", none], "cannot read the video"),
    ):
        assert main(["--video", *arguments]) == 1
        error = capsys.readouterr().err
        assert message in error and error.count("\n") == 1
    for arguments in (["--size", "big"], ["--alphas", "folder"], ["--sequences", "0"]):
        with pytest.raises(SystemExit):
            main(["--video", str(network), "--data", str(data), *arguments])
        capsys.readouterr()
