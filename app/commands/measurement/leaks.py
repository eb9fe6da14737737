"""Decide from samples of a long run whether memory, threads or open files leak."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST_GROWTH = 0.01  # Growth of the memory over the run, as a share of its start.
_PARTS = 10  # The minimum of each part of the run counts: temporary memory comes and goes.


@dataclass(frozen=True, slots=True)
class Sample:
    """The resources of this process at one time."""

    memory_mb: float
    threads: int
    descriptors: int
    is_comparable: bool
    """Whether the initial settings are in use, for so long that the resources of others are released."""

    @staticmethod
    def now(is_comparable: bool = True) -> Sample:
        """A sample from Linux's /proc."""
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        descriptors = len(list(Path("/proc/self/fd").iterdir()))
        return Sample(
            int(status["VmRSS"].split()[0]) / 1024, int(status["Threads"]), descriptors, is_comparable
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of the run.

    memory_growth: the slope of a line through the minimum of each tenth after the first fifth, over the whole
    run, as a share of the line's start.
    """

    frames: int
    seconds: float
    changes: int
    drops: int
    placeholders: int
    memory_mb: float
    memory_growth: float
    threads: tuple[int, int]
    """The minimum in the second fifth of the run, and in the last."""
    descriptors: tuple[int, int]
    """As for `threads`."""
    messages: list[str]

    @property
    def leaks(self) -> bool:
        """Whether memory grew by more than 1%, or the number of threads or open files grew."""
        has_more_handles = self.threads[1] > self.threads[0] or self.descriptors[1] > self.descriptors[0]
        return has_more_handles or self.memory_growth > _LARGEST_GROWTH

    def __str__(self) -> str:
        lines = [
            f"{self.frames} frames in {self.seconds:.0f} s, {self.frames / self.seconds:.0f} per second; "
            f"{self.drops} dropped, {self.placeholders} placeholders, {self.changes} changes of settings",
            f"memory {self.memory_mb:.0f} MB, growth {100 * self.memory_growth:+.2f}%",
            f"threads {self.threads[0]} then {self.threads[1]}, "
            f"file descriptors {self.descriptors[0]} then {self.descriptors[1]}",
            *(f"message: {message}" for message in self.messages),
            "Something leaks." if self.leaks else "Nothing leaks.",
        ]
        return "\n".join(lines)


def outcome_of(
    samples: Sequence[Sample],
    frames: int,
    seconds: float,
    changes: int,
    drops: int,
    placeholders: int,
    messages: list[str],
) -> Outcome:
    """The result of a run with at least one sample; the samples of its first fifth do not count."""
    steady = samples[len(samples) // 5 :]
    memory = np.array([s.memory_mb for s in steady if s.is_comparable] or [steady[-1].memory_mb])
    lows_mb = [part.min() for part in np.array_split(memory, min(_PARTS, len(memory)))]
    slope, first = np.polyfit(np.linspace(0, 1, len(lows_mb)), lows_mb, 1) if len(lows_mb) > 1 else (0, 1)
    fifth = -(-len(steady) // 4)  # A quarter of the last four fifths, rounded up.

    def minimums(kind: Literal["threads", "descriptors"]) -> tuple[int, int]:
        values = [getattr(sample, kind) for sample in steady]
        return min(values[:fifth]), min(values[-fifth:])

    return Outcome(
        frames,
        seconds,
        changes,
        drops,
        placeholders,
        round(float(memory[-1]), 1),
        round(float(slope / first), 5),
        minimums("threads"),
        minimums("descriptors"),
        messages,
    )
