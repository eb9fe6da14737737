"""Files that are always whole, and what killed processes leave behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from app.engine.core.atomic_files import atomic_write, hidden_name, part_folder_of, part_of, remove_remains

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other locks")

HOLD = """
import sys
from pathlib import Path
from app.engine.core.atomic_files import part_folder_of, part_of
with {manager}(Path(sys.argv[1])) as part:
    print(part.name, flush=True)
    sys.stdin.read()
"""


def hold(target: Path, manager: str = "part_of") -> tuple[subprocess.Popen[str], str]:
    """A process in the middle of writing a target, and the hidden name it writes to."""
    command = [sys.executable, "-c", HOLD.format(manager=manager), str(target)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)


def entries(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@posix
@pytest.mark.parametrize("name", ["talk.mp4", "12:30.png", "没有后缀", "x" * 251 + ".mkv"])
def test_remains_of_killed_process_are_removed_by_next_write(tmp_path: Path, name: str) -> None:
    process, part = hold(tmp_path / name)
    kill(process)
    assert entries(tmp_path) == {part}
    atomic_write(tmp_path / name, b"whole")
    assert entries(tmp_path) == {name}


@posix
def test_file_of_living_process_is_not_removed(tmp_path: Path) -> None:
    process, part = hold(tmp_path / "talk.mp4")
    atomic_write(tmp_path / "talk.mp4", b"whole")
    assert entries(tmp_path) == {part, "talk.mp4"}
    process.communicate("", timeout=60)
    assert entries(tmp_path) == {"talk.mp4"}, "it removes its own"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open")
def test_file_that_another_program_has_open_is_not_removed(tmp_path: Path) -> None:
    part = tmp_path / ".talk.0123abcd.part.mp4"
    with part.open("wb") as held:
        command = [sys.executable, "-c", "print('open', flush=True); input()"]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, pass_fds=[held.fileno()])
    assert process.stdout is not None and process.stdout.readline() == "open\n"
    remove_remains(tmp_path / "talk.mp4")
    assert part.exists()
    process.communicate("\n", timeout=60)
    remove_remains(tmp_path / "talk.mp4")
    assert not part.exists()


@posix
def test_other_hidden_files_stay(tmp_path: Path) -> None:
    others = {
        ".talk.mp4",
        ".talk.part.mp4",
        ".other.0123abcd.part.mp4",
        ".talk.0123abcd.part.png",
        "talk.part",
    }
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / "kept").touch()
    (tmp_path / ".talk.00000000.part.mp4").symlink_to(tmp_path / "kept")
    atomic_write(tmp_path / "talk.mp4", b"whole")
    assert entries(tmp_path) == {*others, "kept", "talk.mp4", ".talk.00000000.part.mp4"}


@posix
def test_folder_of_killed_process_is_removed(tmp_path: Path) -> None:
    process, part = hold(tmp_path / "frames", "part_folder_of")
    (tmp_path / part / "000001.png").touch()
    with part_folder_of(tmp_path / "frames"):
        assert part in entries(tmp_path), "it still writes"
    kill(process)
    remove_remains(tmp_path / "frames")
    assert entries(tmp_path) == set()


def test_failed_block_leaves_nothing(tmp_path: Path) -> None:
    for manager in (part_of, part_folder_of):
        with pytest.raises(ValueError), manager(tmp_path / "talk.mp4") as part:
            assert part.exists()
            raise ValueError
        assert entries(tmp_path) == set()


@pytest.mark.parametrize("name", ["x" * 255, "长" * 85, "长" * 80 + ".json", "x." + "y" * 253, "." * 9])
def test_hidden_name_of_longest_names_is_short_enough(tmp_path: Path, name: str) -> None:
    assert len(os.fsencode(name)) <= 255
    assert len(os.fsencode(hidden_name(tmp_path / name).name)) <= 255
    atomic_write(tmp_path / name, b"whole")
    assert (tmp_path / name).read_bytes() == b"whole"


@posix
def test_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("elsewhere/real")
    for content in (b"new", b"newer"):
        atomic_write(tmp_path / "link", content)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "elsewhere" / "real").read_bytes() == content
