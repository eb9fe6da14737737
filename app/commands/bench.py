"""`backdrop bench`: how long each stage of the walk takes on this machine."""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np

from app.engine.demo import PERIOD_FRAMES, Demo
from app.engine.effects import EFFECTS, build_effect
from app.engine.networks import network_file
from app.engine.pipeline import Pipeline, Stopwatch
from app.engine.session import Session
from app.engine.types import EffectSettings, Frame, MatteSettings, NetworkSettings

_WARM_UP_FRAMES = 10
_DISTINCT_FRAMES = 30  # made beforehand, so that making them is not measured


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("bench", help="time each stage on this machine")
    parser.add_argument("--size", default="1280x720", help="frame size, WIDTHxHEIGHT (default %(default)s)")
    parser.add_argument("--frames", type=int, default=300, help="frames to time (default %(default)s)")
    parser.add_argument("--effect", default="blur", choices=[e for e in EFFECTS if e != "image"])
    parser.add_argument("--model", default=NetworkSettings().name, help="network (default %(default)s)")
    parser.add_argument(
        "--threads", type=int, default=NetworkSettings().threads, help="the network's threads"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Time the walk over demo frames and print the figures."""
    try:
        width, height = (int(number) for number in args.size.split("x"))
        if not (64 <= width <= 7680 and 64 <= height <= 4320 and 1 <= args.frames <= 100_000):
            raise ValueError
    except ValueError:
        args.parser.error("--size is WIDTHxHEIGHT, such as 1280x720, and --frames at least 1.")
    figures = measure(width, height, args.frames, args.effect, args.model, args.threads)
    print(json.dumps(figures, indent=2) if args.json else as_text(figures))
    return 0


def measure(
    width_px: int, height_px: int, frames: int, effect: str, model: str, threads: int
) -> dict[str, object]:
    """Median and 95th percentile per stage in milliseconds, frames per second, CPU cost and peak memory."""
    session = Session(network_file(model), "auto", threads)
    pipeline = Pipeline(session, build_effect(EffectSettings(effect)), MatteSettings())
    demo = Demo(width_px, height_px)
    pictures = [demo.frame(i * PERIOD_FRAMES // _DISTINCT_FRAMES) for i in range(_DISTINCT_FRAMES)]
    laps: list[dict[str, float]] = []
    cpu_s = started = 0.0
    for index in range(-_WARM_UP_FRAMES, frames):
        if index == 0:
            laps.clear()
            cpu_s, started = time.process_time(), time.perf_counter()
        watch = Stopwatch()
        begun = time.perf_counter()
        pipeline.process(Frame(index, time.monotonic(), pictures[index % _DISTINCT_FRAMES]), watch)
        laps.append({**watch.stage_ms, "whole": (time.perf_counter() - begun) * 1e3})
    wall_s = time.perf_counter() - started
    cpu_s = time.process_time() - cpu_s
    stages = {
        stage: {
            "median_ms": round(float(np.median([lap[stage] for lap in laps])), 3),
            "p95_ms": round(float(np.percentile([lap[stage] for lap in laps], 95)), 3),
        }
        for stage in laps[0]
    }
    return {
        "size": f"{width_px}x{height_px}",
        "frames": frames,
        "effect": effect,
        "network": session.info.name,
        "provider": session.provider,
        "network_threads": threads,
        "stages": stages,
        "fps": round(frames / wall_s, 1),
        "cpu_s_per_s_at_30_fps": round(cpu_s / frames * 30, 3),
        "peak_memory_mb": peak_memory_mb(),
    }


def peak_memory_mb() -> float | None:
    """The most memory this process has used, in megabytes; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kilobytes here
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def as_text(figures: dict[str, object]) -> str:
    """The figures as a table for people."""
    stages = figures["stages"]
    assert isinstance(stages, dict)
    lines = [
        "{size}, {effect}, network {network} on {provider}, {frames} frames".format(**figures),
        f"{'stage':<12}{'median ms':>12}{'95% ms':>12}",
        *(f"{name:<12}{t['median_ms']:>12.2f}{t['p95_ms']:>12.2f}" for name, t in stages.items()),
        "{fps} frames per second at full speed; at 30 frames per second {cpu_s_per_s_at_30_fps} of one core; "
        "at most {peak_memory_mb} MB".format(**figures),
    ]
    return "\n".join(lines)
