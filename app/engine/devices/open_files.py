"""Which programs have a file or device open, from /proc (Linux)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def programs_with(path: str) -> list[tuple[int, str]]:
    """Process id and name of each other process that has a file open, if this user may see its open files.

    `path` may be a symbolic link. A process that has the file open twice is listed twice.
    """
    found = []
    for process, _ in _open_descriptors(path):
        with suppress(OSError):
            found.append((int(process.name), (process / "comm").read_text().strip()))
    return found


def open_modes_of_others(path: str) -> set[int]:
    """The modes in which other processes have a file open: os.O_RDONLY, os.O_WRONLY, os.O_RDWR."""
    found = set()
    for process, descriptor in _open_descriptors(path):
        with suppress(OSError, ValueError, IndexError):
            flags = (process / "fdinfo" / descriptor).read_text().split("flags:")[1]
            found.add(int(flags.split()[0], 8) & os.O_ACCMODE)
    return found


def _open_descriptors(path: str) -> Iterator[tuple[Path, str]]:
    """The folder in /proc and the descriptor of each time that another process has opened a file."""
    path = os.path.realpath(path)  # As /proc names it.
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        with suppress(OSError):
            for link in (process / "fd").iterdir():
                with suppress(OSError):
                    if str(link.readlink()) == path:
                        yield process, link.name
