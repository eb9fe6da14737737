"""Files whose names or kinds are odd: colons, dashes, links, longest names, pipes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from tests.clips import seen, write_clip

if TYPE_CHECKING:
    from tests.commands.conftest import Run

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@pytest.fixture
def work(at_home: Path) -> Path:
    write_clip(at_home / "talk.mp4")
    cv2.imwrite(str(at_home / "me.png"), np.full((48, 64, 3), (60, 60, 200), np.uint8))
    return at_home


@pytest.mark.slow_after_first
@posix
@pytest.mark.parametrize("name", ["12:30.mp4", "file:talk.mkv", "http:x.mp4", "concat:a|b.mp4", "a%03d.mp4"])
def test_colon_in_name_is_no_protocol(run: Run, work: Path, name: str) -> None:
    (work / name).write_bytes((work / "talk.mp4").read_bytes())
    assert run("process", name, "result.mp4")[0] == 0
    assert run("process", "talk.mp4", f"new {name}")[0] == 0
    assert len(seen(work / f"new {name}")) == len(seen(work / "result.mp4")) > 0
    assert run("process", "me.png", "result.png", "--background", name)[0] == 0


@pytest.mark.parametrize("options", [["--"], ["--effect", "blur", "--"]])
def test_dash_in_front_of_a_name(run: Run, work: Path, options: list[str]) -> None:
    (work / "-me.png").write_bytes((work / "me.png").read_bytes())
    assert run("process", *options, "-me.png", "-result.png")[0] == 0
    assert run("process", *options, "-me.png", "me.png", "-results")[0] == 0
    assert run("process", "./-me.png", *options, "--second.png")[0] == 0
    assert {p.name for p in (work / "-results").iterdir()} == {"-me.png", "me.png"}
    assert (work / "-result.png").is_file() and (work / "--second.png").is_file()


@posix
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".png"])
def test_link_as_out_is_followed(run: Run, work: Path, suffix: str) -> None:
    (work / "elsewhere").mkdir()
    source = "me.png" if suffix == ".png" else "talk.mp4"
    for target, is_there in ((f"real{suffix}", True), (f"new{suffix}", False), ("no-suffix", False)):
        if is_there:
            (work / "elsewhere" / target).write_bytes(b"old")
        link = work / f"link-{target}{suffix}"
        link.symlink_to(work / "elsewhere" / target)
        assert run("process", source, link.name)[0] == 0
        assert link.is_symlink() and (work / "elsewhere" / target).stat().st_size > 100
    assert {p.name for p in (work / "elsewhere").iterdir()} == {f"real{suffix}", f"new{suffix}", "no-suffix"}


@posix
def test_link_to_missing_folder_is_told(run: Run, work: Path) -> None:
    (work / "link.mp4").symlink_to(work / "missing" / "real.mp4")
    assert run("process", "talk.mp4", "link.mp4") == (
        1,
        "",
        "'link.mp4' cannot be written: No such file or directory.\n",
    )


@posix
@pytest.mark.parametrize("name", ["x" * 251 + ".mp4", "长" * 83 + ".mp4", "a b" * 83 + ".mkv"])
def test_longest_names_work(run: Run, work: Path, name: str) -> None:
    (work / name).write_bytes((work / "talk.mp4").read_bytes())
    (work / "out").mkdir()
    assert run("process", name, Path("out") / name)[0] == 0
    assert run("process", name, "me.png", "results")[0] == 0
    assert {p.suffix for p in (work / "results").iterdir()} == {".mp4", ".png"}


@posix
@pytest.mark.parametrize("name", ["pipe.mp4", "pipe.png", "pipe"])
def test_pipe_is_told_at_once(run: Run, work: Path, name: str) -> None:
    os.mkfifo(work / name)
    told = f"'{name}' is a pipe or a device: please give a file.\n"
    result = "result.png" if name.endswith("png") else "result.mp4"
    assert run("process", name, result) == (1, "", told)
    status, _, err = run("process", "me.png", "result.png", "--background", name)
    assert (status, err) == (1, told)
    if name != "pipe":
        source = "talk.mp4" if name.endswith("mp4") else "me.png"
        status, _, err = run("process", source, name)
        assert (status, err) == (1, f"'{name}' cannot be written: it is a pipe or a device, not a file.\n")
    assert (work / name).is_fifo()


@posix
def test_loop_of_links_as_background_is_told(run: Run, work: Path) -> None:
    (work / "a.png").symlink_to("b.png")
    (work / "b.png").symlink_to("a.png")
    status, _, err = run("process", "me.png", "result.png", "--background", "a.png")
    assert (status, err) == (1, "'a.png' cannot be read: its links lead in a circle.\n")
