"""Write a file so that it is always whole: the old one or the new one."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600
"""File mode: the user alone may read and write."""


def atomic_write(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replace a file with `data`; an older file stays whole until the new one is. Makes the folder.

    `mode` is limited by the process's umask. A symbolic link stays: its target is replaced. Raises OSError.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == PRIVATE else 0o777)
    part = hidden_name(path)
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
            file.write(data)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def hidden_name(path: Path) -> Path:
    """A free hidden name in the same folder, with the same suffix, because some writers go by the suffix."""
    return path.with_name(f".{path.stem[:40]}.{secrets.token_hex(4)}.part{path.suffix}")
