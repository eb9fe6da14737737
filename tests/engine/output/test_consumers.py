"""Count the programs that read a virtual camera, with inotify and with events of v4l2loopback."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from app.engine.devices.open_files import programs_with
from app.engine.output.consumers import consumers_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="V4L2 is Linux's")

HOLD = "import sys; file = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def holder(path: Path) -> subprocess.Popen[str]:
    """Another program that has a file open until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "open\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=20)


def test_consumers_opening_and_closing_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "video10"
    path.touch()
    early = holder(path)
    descriptor = os.open(path, os.O_RDWR)
    counter = consumers_of(descriptor, str(path))
    assert counter is not None and counter.count() == 1 == len(programs_with(str(path)))
    late = [holder(path) for _ in range(2)]
    assert counter.count() == 3
    os.close(os.open(path, os.O_RDONLY))  # opened briefly by this process
    os.write(descriptor, b"frame")
    assert counter.count() == 3
    for process in (early, *late):
        end(process)
    assert counter.count() == 0
    counter.close()
    os.close(descriptor)


def test_consumer_is_named(tmp_path: Path) -> None:
    path, link = tmp_path / "video10", tmp_path / "camera"
    path.touch()
    link.symlink_to(path)
    process = holder(path)
    name = (Path("/proc") / str(process.pid) / "comm").read_text().strip()
    assert programs_with(str(path)) == [(process.pid, name)] == programs_with(str(link))
    end(process)
    assert programs_with(str(path)) == []


def test_killed_consumer_is_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "video10"
    path.touch()
    descriptor = os.open(path, os.O_RDWR)
    counter = consumers_of(descriptor, str(path))
    process = holder(path)
    assert counter is not None and counter.count() == 1
    process.kill()
    process.communicate(timeout=20)
    assert counter.count() == 0
    counter.close()
    os.close(descriptor)


def test_consumers_of_uncountable_device_are_none(tmp_path: Path) -> None:
    assert consumers_of(0, str(tmp_path / "none")) is None


def test_driver_count_of_consumers_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = [1, 2, 0]

    def ioctl(descriptor: int, request: int, buffer: bytearray, change: bool) -> int:
        assert (request >> 16) & 0x3FFF == len(buffer), "the size is part of the request's number"
        if request == 0x4020565A:
            assert struct.unpack_from("<III", buffer) == (0x10E00001, 0, 1)
        else:
            assert request == 0x80885659
            struct.pack_into("<I4xI", buffer, 0, 0x10E00001, events.pop(0))
        return 0

    monkeypatch.setattr("fcntl.ioctl", ioctl)
    waiting = [1, 2]  # the number of events at each call

    def select(
        r: object, w: object, x: list[int], timeout_s: float
    ) -> tuple[list[int], list[int], list[int]]:
        if waiting[0] == 0:
            waiting.pop(0)
            return [], [], []
        waiting[0] -= 1
        return [], [], x

    monkeypatch.setattr("select.select", select)
    counter = consumers_of(7, str(tmp_path))
    assert counter is not None
    assert counter.count() == 1
    assert counter.count() == 0, "the last of several events counts"


def test_consumer_of_another_user_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "video10"
    path.touch()
    descriptor = os.open(path, os.O_RDWR)
    monkeypatch.setattr("app.engine.output.consumers.programs_with", lambda path: [])
    counter = consumers_of(descriptor, str(path))
    process = holder(path)
    assert counter is not None and counter.count() == 1
    end(process)
    assert counter.count() == 0
    counter.close()
    os.close(descriptor)
