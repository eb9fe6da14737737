"""Measure the engine's memory in a process that does nothing else."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.core.memory import tune_process
from app.engine.core.types import Frame
from app.engine.media.demo import Demo
from app.engine.networks.segmenter import Segmenter
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.pipeline import Parts, Pipeline

if TYPE_CHECKING:
    from app.engine.core.settings import EffectSettings

_FRAMES = 30


def engine_memory_mb(
    network: Path, threads: int, effect: EffectSettings, width_px: int, height_px: int
) -> float | None:
    """The peak memory of a process with Python, the engine, a network and some frames, in megabytes.

    None if the system does not report it, and in the packaged program, which is one process.
    """
    if sys.platform == "win32" or getattr(sys, "frozen", False):
        return None
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_treat_some, (network, threads, effect, width_px, height_px))


def _treat_some(
    network: Path, threads: int, effect: EffectSettings, width_px: int, height_px: int
) -> float | None:
    tune_process()
    pipeline = Pipeline(Parts(Segmenter(network, "auto", threads), build_effect(effect)))
    demo = Demo(width_px, height_px)
    for index in range(_FRAMES):
        pipeline.process(Frame(index, index / _FRAMES, demo.frame(index)))
    return peak_memory_mb()


def peak_memory_mb() -> float | None:
    """The peak memory of this process in megabytes; None if the system does not report it."""
    if sys.platform == "win32":
        return None
    if sys.platform == "linux":
        # getrusage also counts what the parent had when it started this process.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return round(int(line.split()[1]) * 1024 / 1e6, 1)
    import resource

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 1)  # Bytes on macOS.
