"""Standard output and error that never raise, so that printing cannot make finished work fail."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from app.engine.core.addresses import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator


class OutputStream:
    """A text stream whose `write` and `flush` raise no error; everything else comes from the wrapped stream.

    Characters that its encoding lacks are escaped. Passwords in addresses are left out. After the pipe is
    closed or the disk is full, further output is dropped.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.is_broken = False
        """Whether some of the output was lost."""

    def write(self, text: str) -> int:
        """Write a text; returns its length."""
        shown = without_secrets(text)
        try:
            try:
                self._stream.write(shown)
            except UnicodeEncodeError:
                encoding = self._stream.encoding
                self._stream.write(shown.encode(encoding, "backslashreplace").decode(encoding))
        except (OSError, ValueError):  # ValueError: the stream is closed.
            self._give_up()
        return len(text)

    def flush(self) -> None:
        """Write what is buffered."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._give_up()

    def writelines(self, lines: list[str]) -> None:
        """Write each line."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _give_up(self) -> None:
        self.is_broken = True
        # Otherwise Python reports the same error when it flushes the stream at exit.
        with suppress(OSError, ValueError):
            descriptor = self._stream.fileno()
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, descriptor)
            os.close(null)


@contextmanager
def lenient_streams() -> Iterator[OutputStream]:
    """Replace standard output and error by OutputStreams; yields that of standard output."""
    _occupy_descriptors()
    before = sys.stdout, sys.stderr
    with Path(os.devnull).open("w", encoding="utf-8") as null:
        # None: a program without a console on Windows, or a descriptor that was closed.
        out, error = (OutputStream(stream or null) for stream in before)
        sys.stdout, sys.stderr = cast("TextIO", out), cast("TextIO", error)
        try:
            yield out
        finally:
            out.flush()
            error.flush()
            sys.stdout, sys.stderr = before


def _occupy_descriptors() -> None:
    """Open the null device where a standard descriptor is closed, so that no result gets its number."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
