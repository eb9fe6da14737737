"""`process`: error messages, and no files left after a failure."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from app.commands.processing import stages
from app.commands.processing.result_files import WriteError, atomic_file, atomic_folder, write_errors
from app.engine.core.errors import BackdropError
from app.engine.pipeline.pipeline import Pipeline
from tests.clips import person, write_clip

if TYPE_CHECKING:
    from app.engine.pipeline.draft import Draft
    from tests.commands.conftest import Run

CASES = {
    # inputs
    "gone.png out.png": "There is no file 'gone.png'.",
    "gone.mp4 out.mp4": "There is no file 'gone.mp4'.",
    "empty.png out.png": "'empty.png' is empty.",
    "empty.mp4 out.mp4": "'empty.mp4' is empty.",
    "broken.png out.png": "'broken.png' is not a picture that Backdrop can read.",
    "broken.mp4 out.mp4": "'broken.mp4' is incomplete: the index at its end is missing.",
    "letter.txt out.mp4": "'letter.txt' is not a video that Backdrop can read.",
    "letter.txt out.png": "'letter.txt' is not a video that Backdrop can read.",
    "nothing out": "There are no pictures or videos in the folder 'nothing'.",
    # outputs
    "a.png a.png": "'a.png' would be replaced by its own result: please give OUT another name.",
    "clip.mp4 ./clip.mp4": "'clip.mp4' would be replaced by its own result: please give OUT another name.",
    "a.png .": "'a.png' would be replaced by its own result: please give OUT another name.",
    "a.png no/such/out.png": "There is no folder 'no/such' to write into: please make it first.",
    "clip.mp4 no/such/out": "There is no folder 'no/such' to write into: please make it first.",
    "a.png letter.txt/out.png": "There is no folder 'letter.txt' to write into: please make it first.",
    "a.png b.png out.png": "Several pictures need a folder to go to: write 'out.png/' to mean a folder.",
    "full out.png": "Several pictures need a folder to go to: write 'out.png/' to mean a folder.",
    "a.png b.png file": "'file' is a file, not a folder.",
    "clip.mp4 full": "The folder 'full' has files in it: please name a new or an empty one for numbered "
    "pictures, or a video such as 'full/clip.mp4'.",
    "a.png taken": "'taken/a.png' is a folder, so no file of that name can be written.",
    "a.png out.mp4": "'a.png' is a picture, and the result of a picture cannot be written as '.mp4': "
    "use .bmp, .jpeg, .jpg, .png, .tif, .tiff or .webp.",
    "clip.mp4 out.png": "'clip.mp4' is a video, and the result of a video cannot be written as '.png': "
    "use .mp4, .mkv, .mov or .webm, or a folder for numbered pictures.",
    "clip.mp4 out.avi": "'clip.mp4' is a video, and the result of a video cannot be written as '.avi': "
    "use .mp4, .mkv, .mov or .webm, or a folder for numbered pictures.",
    "a.png out.jpg --output alpha": "'a.png' is a picture, and the alpha of a picture cannot be written as "
    "'.jpg': use .png.",
    "clip.mp4 out.mp4 --output alpha": "'clip.mp4' is a video, and the alpha of a video cannot be written as "
    "'.mp4': use .mkv, or a folder for numbered pictures.",
    "clip.mp4 out.mp4 --output foreground": "'clip.mp4' is a video, and the transparent result of a video "
    "cannot be written as '.mp4': use .webm or .mov, or a folder for numbered pictures.",
    "a.png out.jpg --effect transparent": "'a.png' is a picture, and the transparent result of a picture "
    "cannot be written as '.jpg': use .png.",
    "clip.mp4 out.mp4 --effect transparent": "'clip.mp4' is a video, and the transparent result of a video "
    "cannot be written as '.mp4': use .webm or .mov, or a folder for numbered pictures.",
    # names and numbers
    "a.png out.png --effect sparkle": "There is no effect 'sparkle': choose one of ",
    "a.png out.png --model unet": "There is no network 'unet': there is ",
    "a.png out.png --background #12345": "'#12345' is not a colour: write it as #RRGGBB, for example ",
    "a.png out.png --background gone.jpg": "There is no file 'gone.jpg'.",
    "a.png out.png --background broken.png": "'broken.png' is not a picture that Backdrop can read.",
    "a.png out.png --background gone.mp4": "There is no file 'gone.mp4'.",
    "a.png out.png --background broken.mp4": "'broken.mp4' is incomplete: the index at its end is missing.",
    "a.png out.png --effect image --background clip.mp4": "'clip.mp4' is not a picture that Backdrop can ",
    "a.png out.png --effect video --background b.png": "'b.png' is not a video that Backdrop can read.",
    # contradictions
    "a.png out.png --effect image": "--effect image needs a picture: add --background FILE.",
    "a.png out.png --effect slides": "--effect slides needs a PDF or a folder of pictures: add --background "
    "FILE.",
    "a.png out.png --background gone.pdf": "There is no file 'gone.pdf'.",
    "a.png out.png --page 2 --effect blur": "--page belongs to the effect slides, not to blur: leave one of "
    "them out.",
    "a.png out.png --output alpha --page 2": "--output alpha has no background: leave out --effect, "
    "--strength, --background and --page.",
    "a.png out.png --effect video": "--effect video needs a video: add --background FILE.",
    "a.png out.png --effect blur --background b.png": "--background b.png belongs to the effect "
    "image, not to blur: leave one of them out.",
    "a.png out.png --effect image --background #00b140": "--background #00b140 belongs to the effect "
    "colour, not to image: leave one of them out.",
    "a.png out.png --effect colour --strength 0.5": "--strength belongs to the effects "
    "blur and lens, not to colour: leave one of them out.",
    "a.png out.png --strength 0.5 --background b.png": "--strength belongs to the "
    "effects blur and lens, not to image: leave one of them out.",
    "a.png out.png --output alpha --effect blur": "--output alpha has no background: leave out --effect, "
    "--strength, --background and --page.",
    "a.png out.png --output foreground --background b.png": "--output foreground has no background: leave "
    "out --effect, --strength, --background and --page.",
}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the cases name, made once per session."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        _prepare()
    return folder


@pytest.fixture
def files(prepared: Path, at_home: Path) -> Path:
    """The files that the cases name, in the current directory."""
    shutil.copytree(prepared, at_home, dirs_exist_ok=True)
    return at_home


def _prepare() -> None:
    for name in ("a.png", "b.png", "full/c.png"):
        Path(name).parent.mkdir(exist_ok=True)
        cv2.imwrite(name, person(0))
    write_clip(Path("clip.mp4"), 30)
    for name in ("empty.png", "empty.mp4", "file"):
        Path(name).touch()
    for name in ("nothing", "taken/a.png"):
        Path(name).mkdir(parents=True)
    Path("broken.png").write_bytes(Path("a.png").read_bytes()[:50])
    Path("broken.mp4").write_bytes(Path("clip.mp4").read_bytes()[:500])
    Path("letter.txt").write_text("dear reader\n" * 50)


def everything(folder: Path) -> dict[Path, bytes | None]:
    """Every file with its content, and every folder."""
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize(("argv", "sentence"), CASES.items(), ids=CASES)
def test_process_error_text(run: Run, files: Path, argv: str, sentence: str) -> None:
    before = everything(files)
    status, out, err = run("process", *argv.split())
    assert (status, out) == (1, "")
    assert err.startswith(sentence) and err.endswith(".\n") and err.count("\n") == 1
    assert everything(files) == before


def test_output_link_to_input_is_refused(run: Run, files: Path) -> None:
    Path("link.png").symlink_to("a.png")
    assert "would be replaced by its own result" in run("process", "a.png", "link.png")[2]


def test_missing_arguments_print_no_usage(run: Run) -> None:
    status, out, err = run("process", "a.png")
    assert (status, out) == (2, "")
    assert err == "The following arguments are required: OUT. See backdrop process --help.\n"


# The disk


@pytest.mark.slow_after_first
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit to a file's size that we could set")
@pytest.mark.parametrize(
    "argv", ["noise.png out.png", "noise.mkv out.mp4", "noise.mkv out", "noise.mkv o.webm"]
)
def test_full_disk_is_reported_and_leaves_no_file(run: Run, at_home: Path, argv: str) -> None:
    import resource

    def noise(index: int) -> np.ndarray:
        return np.random.default_rng(index).integers(0, 256, (240, 320, 3), np.uint8)

    cv2.imwrite("noise.png", noise(0))
    write_clip(Path("noise.mkv"), 25, noise, sounds=["flac"])
    before = everything(at_home)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        status, out, err = run("process", *argv.split(), "--effect", "none")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    target = argv.split()[1]
    assert (status, out) == (1, "")
    assert err == f"'{target}' cannot be written: the file would be larger than this disk allows.\n"
    assert everything(at_home) == before


def test_full_disk_is_named_in_error() -> None:
    with (
        pytest.raises(WriteError, match=r"^'out.mp4' cannot be written: the disk is full\.$"),
        write_errors(Path("out.mp4")),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in another way")
@pytest.mark.parametrize(
    "argv", ["a.png {}/out.png", "clip.mp4 {}/out.mp4", "clip.mp4 {}/out", "a.png b.png {}/out"]
)
def test_read_only_folder_is_reported(run: Run, files: Path, argv: str) -> None:
    folder = Path("locked")
    folder.mkdir()
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):  # root may write everywhere else
        folder = Path("/sys/kernel")
        if not folder.is_dir() or os.geteuid():
            pytest.skip("no folder here that refuses us")
    names = argv.format(folder).split()
    status, out, err = run("process", *names)
    assert (status, out) == (1, "")
    reasons = ("you do not have permission", "the disk is read-only")
    assert err in [f"'{names[-1]}' cannot be written: {reason}.\n" for reason in reasons]


@pytest.mark.parametrize("name", ["a.png", "clip.mp4"])
def test_unreadable_file_is_reported(run: Run, files: Path, name: str) -> None:
    Path(name).chmod(0)
    if os.access(name, os.R_OK):
        pytest.skip("this user may read every file")
    status, out, err = run("process", name, f"out{Path(name).suffix}")
    assert (status, out, err) == (1, "", f"'{name}' cannot be read: you do not have permission.\n")


# Failures during the work


@pytest.mark.slow_after_first
@pytest.mark.parametrize("argv", ["clip.mp4 out.mp4", "clip.mp4 out", "clip.mp4 nothing", "full out"])
@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize(
    ("failure", "status", "sentence"),
    [
        (KeyboardInterrupt(), 130, "Interrupted."),
        (BackdropError("The network gave a broken matte."), 1, "The network gave a broken matte."),
        (ZeroDivisionError("division by zero"), 1, "'{name}' cannot be processed: division by zero."),
    ],
    ids=["interrupted", "network", "bug"],
)
def test_interrupted_process_leaves_no_file(
    run: Run,
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    argv: str,
    cores: int,
    failure: BaseException,
    status: int,
    sentence: str,
) -> None:
    original = Pipeline.refine

    def fail(self: Pipeline, draft: Draft, *args: Any) -> None:
        if draft.frame.index in (0, 20):  # the picture, or well into the video
            raise failure
        original(self, draft, *args)

    monkeypatch.setattr(Pipeline, "refine", fail)
    monkeypatch.setattr(stages, "usable_cores", lambda: cores)
    before = everything(files)
    code, out, err = run("process", *argv.split())
    assert (code, out) == (status, "")
    name = "full/c.png" if argv.startswith("full") else argv.split()[0]
    assert err.startswith(sentence.replace("{name}", name)) and err.count("\n") == 1
    assert everything(files) == before
    assert [t.name for t in threading.enumerate() if t.name.startswith("backdrop-")] == []


@pytest.mark.parametrize("sounds", [[], ["aac"]])
def test_strict_truncated_video_leaves_no_file(run: Run, at_home: Path, sounds: list[str]) -> None:
    whole = write_clip(Path("whole.mkv"), 100, sounds=sounds)
    Path("cut.mkv").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    before = everything(at_home)
    status, out, err = run("process", "cut.mkv", "out.mp4", "--strict")
    assert (status, out) == (1, "")
    assert err.startswith("'cut.mkv' is not complete: it ends after ")
    assert everything(at_home) == before


def test_older_result_stays_if_new_one_fails(run: Run, files: Path) -> None:
    Path("out.mp4").write_text("older")
    assert run("process", "broken.mp4", "out.mp4")[0] == 1
    assert Path("out.mp4").read_text() == "older"
    with pytest.raises(KeyError), atomic_file(Path("out.mp4")) as part:
        part.write_text("newer")
        raise KeyError
    assert Path("out.mp4").read_text() == "older"


def test_folder_that_fills_during_work_keeps_its_files(files: Path) -> None:
    with pytest.raises(WriteError), atomic_folder(Path("out")) as part:
        (part / "000001.png").touch()
        Path("out").mkdir()
        (Path("out") / "000001.png").mkdir()
    assert [p.name for p in Path("out").iterdir()] == ["000001.png"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_sigterm_leaves_no_file(files: Path, user_networks: Path) -> None:
    write_clip(Path("long.mp4"), 600)
    before = everything(files)
    environment = {**os.environ, "XDG_DATA_HOME": str(user_networks.parents[1]), "PYTHONUNBUFFERED": "1"}
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "app", "process", str(files / "long.mp4"), str(files / "out.mp4")]
    with subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and everything(files) == before:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, "Interrupted.\n")
    assert everything(files) == before
