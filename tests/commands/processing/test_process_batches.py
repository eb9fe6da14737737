"""One bad file in a batch costs itself alone, whatever exception it raises and wherever."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

import app.commands.processing.folder_files as folder_files
import app.commands.processing.process_plan as planning
from app.commands.processing import process_files
from tests.clips import person, write_clip

if TYPE_CHECKING:
    from tests.commands.conftest import Run


@pytest.fixture(autouse=True)
def files(at_home: Path) -> Path:
    for name in ("a.png", "m.png", "z.png"):
        cv2.imwrite(str(at_home / name), person(0))
    return at_home


def _opencv() -> None:
    cv2.resize(np.zeros((0, 0, 3), np.uint8), (8, 8))


def _no_memory() -> None:
    np.zeros((1 << 40, 1 << 20), np.uint8)


def _recursion() -> None:
    _recursion()


def _attribute() -> None:
    None.codec_context  # type: ignore[attr-defined]  # noqa: B018


def _nothing_said() -> None:
    raise ValueError


def _long() -> None:
    raise RuntimeError("first line.\nsecond line " + "x" * 5000)


def _disk() -> None:
    raise OSError(5, "Input/output error")


FAULTS = {
    _opencv: "ssize.empty()",
    _no_memory: "there is not enough memory",
    _recursion: "maximum recursion depth exceeded",
    _attribute: "'NoneType' object has no attribute 'codec_context'",
    _nothing_said: "ValueError",
    _long: "first line",
    _disk: "Input/output error",
}


@pytest.mark.parametrize(("fault", "reason"), FAULTS.items(), ids=[f.__name__ for f in FAULTS])
@pytest.mark.parametrize("where", ["reading", "planning"])
def test_batch_goes_on_past_any_exception(
    run: Run, monkeypatch: pytest.MonkeyPatch, where: str, fault: object, reason: str
) -> None:
    assert callable(fault)
    module, name = (process_files, "read_image") if where == "reading" else (planning, "_picture_target")
    usual = getattr(module, name)

    def odd(path: Path, *rest: object) -> object:
        if path.name == "m.png":
            fault()
        return usual(path, *rest)

    monkeypatch.setattr(module, name, odd)
    status, out, err = run("process", "a.png", "m.png", "z.png", "out/")
    assert status == 1
    assert out.startswith("2 of 3 files in 'out/': 2 pictures in ")
    assert err.startswith("'m.png' cannot be processed: ") and reason in err
    assert err.endswith(".\n") and err.count("\n") == 1 and len(err) < 300
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.png", "z.png"]


@pytest.mark.parametrize("fault", FAULTS, ids=[f.__name__ for f in FAULTS])
def test_folder_goes_on_past_a_file_whose_kind_cannot_be_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, fault: object
) -> None:
    assert callable(fault)

    def odd(path: Path) -> bool:
        if path.name == "m.png":
            fault()
        return True

    monkeypatch.setattr(folder_files, "is_medium", odd)
    status, out, err = run("process", ".", "out/")
    assert (status, err) == (0, "") and out.startswith("3 files in 'out/'"), "the file itself is fine"


def test_folder_goes_on_past_a_bad_picture(run: Run, files: Path) -> None:
    Path("in").mkdir()
    for name in ("a.png", "z.png"):
        shutil.copy(name, Path("in") / name)
    Path("in/m.jpg").write_bytes(b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x10\x00\x10\x03" + b"\0" * 50)
    status, out, err = run("process", "in", "out")
    assert (status, err) == (1, "'in/m.jpg' is not a picture that Backdrop can read.\n")
    assert out.startswith("2 of 3 files in 'out'")


@pytest.mark.parametrize(
    ("letters", "codec"), [(b"evc1", "evc"), (b"qqq7", "qqq7"), (b"XyZ ", "XyZ")], ids=["evc", "qqq7", "XyZ"]
)
def test_video_in_unknown_codec_is_named_and_others_are_made(run: Run, letters: bytes, codec: str) -> None:
    good = write_clip(Path("good.mov"), 5)
    Path("odd.mov").write_bytes(good.read_bytes().replace(b"avc1", letters))
    status, out, err = run("process", "odd.mov", "good.mov", "a.png", "out/")
    assert err == f"'odd.mov' is a video in the codec '{codec}', which Backdrop cannot decode.\n"
    assert status == 1 and out.startswith("2 of 3 files in 'out/'")


def test_video_whose_codec_has_no_name_is_reported(run: Run) -> None:
    good = write_clip(Path("good.mkv"), 5)
    Path("odd.mkv").write_bytes(good.read_bytes().replace(b"V_MPEG4/ISO/AVC", b"V_STRANGE/THING"))
    status, _, err = run("process", "odd.mkv", "out.mp4")
    assert (status, err) == (1, "'odd.mkv' is a video in a codec that Backdrop cannot decode.\n")


def test_title_that_is_not_utf8_does_not_matter(run: Run) -> None:
    import av

    with av.open("good.mp4", "w") as container:
        container.metadata["title"] = "Ferien 2024"
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for index in range(5):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(person(index), format="bgr24")))
        container.mux(stream.encode(None))
    Path("latin1.mp4").write_bytes(Path("good.mp4").read_bytes().replace(b"Ferien 2024", b"F\xe9rien 2024"))
    status, _, err = run("process", "latin1.mp4", "out.mp4")
    assert (status, err) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows makes links for administrators only")
def test_links_in_a_circle_and_long_names_cost_only_themselves(run: Run) -> None:
    Path("loop.png").symlink_to("loop.png")
    status, out, err = run("process", "loop.png", "a.png", f"{'n' * 300}.png", "z.png", "out/")
    assert status == 1 and out.startswith("2 of 4 files in 'out/'")
    assert len(err.splitlines()) == 2 and "loop.png" in err


def test_details_of_any_exception_are_printed_if_verbose(tmp_path: Path) -> None:
    import subprocess

    code = (
        "import app.commands.processing.process_files as f, sys; from app.__main__ import main\n"
        "def read_image(path): raise LookupError('no such table')\n"
        "f.read_image = read_image; sys.exit(main(['process', 'a.png', 'z.png', 'out/', '--verbose']))"
    )
    root = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("Traceback") == 2
    assert "'z.png' cannot be processed: no such table." in done.stderr
