"""Write a file so that it is always whole: the old one or the new one."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import sys
import time
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE = 0o600
"""File mode: the user alone may read and write."""

_PART = re.compile(r"(?P<start>\..*)\.[0-9a-f]{8}\.part(?P<suffix>\.[^.]*)?", re.DOTALL)
_STEM_CHARACTERS = 40  # Up to 160 bytes; most file systems allow 255 bytes for a name.
_SUFFIX_BYTES = 32
_OLD_S = 24 * 3600


def atomic_write(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replace a file with `data`; an older file stays whole until the new one is. Makes the folder.

    `mode` is limited by the process's umask. A symbolic link stays: its target is replaced. Raises OSError.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == PRIVATE else 0o777)
    with part_of(path, mode) as part:
        part.write_bytes(data)
        part.replace(path)


@contextmanager
def part_of(target: Path, mode: int = 0o666, suffix: str | None = None) -> Iterator[Path]:
    """A new, empty file with a hidden name in the folder of `target`; the block fills and renames it.

    `suffix`: of the hidden name; that of `target` by default.

    If it still has its hidden name after the block, it is deleted. While the block runs, the file is locked,
    so that other processes can tell it from the remains of a process that was killed. Such remains of the
    same target are deleted first. Raises OSError.
    """
    remove_remains(target)
    part = hidden_name(target if suffix is None else target.with_suffix(suffix))
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    try:
        if sys.platform == "win32":
            os.close(descriptor)  # An open file cannot be renamed there.
        else:
            _lock(descriptor)
        yield part
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if sys.platform != "win32":
            os.close(descriptor)


@contextmanager
def part_folder_of(target: Path) -> Iterator[Path]:
    """The same for a new folder beside `target`; what is left of it after the block is deleted."""
    remove_remains(target)
    part = hidden_name(target)
    part.mkdir()
    descriptor = -1
    try:
        if sys.platform != "win32":
            descriptor = os.open(part, os.O_RDONLY)
            _lock(descriptor)
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if descriptor >= 0:
            os.close(descriptor)


def hidden_name(path: Path) -> Path:
    """A free hidden name in the same folder, with the same suffix, because some writers go by the suffix."""
    suffix = path.suffix if len(os.fsencode(path.suffix)) <= _SUFFIX_BYTES else ""
    return path.with_name(f".{path.stem[:_STEM_CHARACTERS]}.{secrets.token_hex(4)}.part{suffix}")


def remove_remains(target: Path) -> None:
    """Delete what processes that were killed have left of `target`: hidden files that nobody has open."""
    for name in _parts_in(target.parent):
        found = _PART.fullmatch(name)
        is_of_target = found is not None and found["start"] == f".{target.stem[:_STEM_CHARACTERS]}"
        if is_of_target and found is not None and (found["suffix"] or "") in (target.suffix, ""):
            _remove_abandoned(target.with_name(name))


@lru_cache(maxsize=64)
def _parts_in(folder: Path) -> tuple[str, ...]:
    """The names of hidden parts that a folder held when this process first wrote to it.

    Listed once, because a batch may write thousands of files to one folder.
    """
    try:
        return tuple(path.name for path in folder.iterdir() if _PART.fullmatch(path.name))
    except OSError:
        return ()


def _remove_abandoned(part: Path) -> None:
    with suppress(OSError):
        if sys.platform == "win32":
            if time.time() - part.lstat().st_mtime > _OLD_S:
                shutil.rmtree(part) if part.is_dir() else part.unlink()
            return
        descriptor = os.open(part, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            kind = os.fstat(descriptor).st_mode
            if stat.S_ISREG(kind) and not _is_open_elsewhere(descriptor):
                part.unlink()
            elif stat.S_ISDIR(kind):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(part)
        finally:
            os.close(descriptor)


def _is_open_elsewhere(descriptor: int) -> bool:
    """Whether another process has locked a file or, on Linux, has it open. Raises OSError if locked."""
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if sys.platform == "linux":
        # The kernel grants this lease only on a file that nobody else has open.
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except OSError as error:
            return error.errno == errno.EAGAIN
    return False


def _lock(descriptor: int) -> None:
    """Lock a file of our own. Some network drives have no locks."""
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
