"""A table of the samples of a long run."""

from __future__ import annotations

import csv
from dataclasses import astuple, fields
from typing import TYPE_CHECKING

from app.commands.measurement.leaks import Sample
from app.engine.core.errors import BackdropError, disk_reason

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path


class SampleTable:
    """A CSV file with one row per sample; each is there at once, whatever happens to the run."""

    def __init__(self, path: Path, closing: ExitStack) -> None:
        """`closing`: closes the file. Raises BackdropError if the file cannot be written."""
        try:
            self._file = closing.enter_context(path.open("w", newline="", encoding="utf-8"))
        except OSError as error:
            raise BackdropError(
                "'{path}' cannot be written: {reason}.", path=path, reason=disk_reason(error)
            ) from error
        self._writer = csv.writer(self._file)
        self._writer.writerow(["seconds", "frames", "changes", *(f.name for f in fields(Sample))])

    def add(self, seconds: float, frames: int, changes: int, sample: Sample) -> None:
        """Write one row; `seconds`: since the start."""
        self._writer.writerow([f"{seconds:.1f}", frames, changes, *astuple(sample)])
        self._file.flush()
