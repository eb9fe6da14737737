"""Time several pipelines in turns, so that other load on the computer affects all of them equally."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.engine.core.types import Frame, Picture
from app.engine.pipeline.pipeline import OnStage, Stopwatch

_WARM_UP_FRAMES = 10
_TURN_FRAMES = 5
_FPS = 30

RunPipeline = Callable[[Frame, OnStage], object]


@dataclass
class Times:
    """The times of one pipeline. stages: milliseconds per frame by stage, and 'whole'."""

    stages: dict[str, list[float]] = field(default_factory=dict)
    cpu_s: list[float] = field(default_factory=list)
    """CPU seconds of each frame, over all threads."""

    @property
    def frames(self) -> int:
        """The number of frames."""
        return len(self.stages["whole"])

    def figures(self) -> dict[str, object]:
        """Median and 95th percentile per stage, frames per second, and CPU cost at 30 per second."""
        return {
            "stages": {
                stage: {
                    "median_ms": round(float(np.median(times)), 3),
                    "p95_ms": round(float(np.percentile(times, 95)), 3),
                }
                for stage, times in self.stages.items()
            },
            "fps": round(self.frames / (sum(self.stages["whole"]) / 1e3), 1),
            "cpu_s_per_s_at_30_fps": round(sum(self.cpu_s) / self.frames * _FPS, 3),
        }

    def ratio_to(self, other: Times) -> float:
        """The ratio of this CPU time to another: the median over the turns.

        The cheapest frame of each turn counts. Unlike wall time, this hardly depends on other programs.
        """
        ratios = [
            min(self.cpu_s[start : start + _TURN_FRAMES]) / min(other.cpu_s[start : start + _TURN_FRAMES])
            for start in range(0, self.frames, _TURN_FRAMES)
        ]
        return round(float(np.median(ratios)), 2)


def time_in_turns(pipelines: Sequence[RunPipeline], pictures: Sequence[Picture], frames: int) -> list[Times]:
    """Run each pipeline on `frames` frames, a few frames at a time in turn."""
    for run_pipeline in pipelines:
        for index in range(_WARM_UP_FRAMES):
            run_pipeline(_frame(pictures, index), lambda stage: None)
    times = [Times() for _ in pipelines]
    for start in range(0, frames, _TURN_FRAMES):
        turn = range(start, min(frames, start + _TURN_FRAMES))
        for run_pipeline, its_times in zip(pipelines, times, strict=True):
            for index in turn:
                _time(run_pipeline, _frame(pictures, index), its_times)
    return times


def _frame(pictures: Sequence[Picture], index: int) -> Frame:
    return Frame(index, time.monotonic(), pictures[index % len(pictures)])


def _time(run_pipeline: RunPipeline, frame: Frame, times: Times) -> None:
    cpu_s = time.process_time()
    begun = time.perf_counter()
    watch = Stopwatch()
    run_pipeline(frame, watch)
    whole_ms = (time.perf_counter() - begun) * 1e3
    times.cpu_s.append(time.process_time() - cpu_s)
    for stage, ms in {**watch.stage_ms, "whole": whole_ms}.items():
        times.stages.setdefault(stage, []).append(ms)
