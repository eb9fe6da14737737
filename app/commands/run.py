"""`backdrop run`: the engine without a window, its composites sent to a virtual camera."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time

import msgspec

from app.commands.effect_options import add_effect_options
from app.commands.source_options import add_source_options
from app.commands.window import usable_settings, with_options
from app.engine.types import OutputSettings, Stats
from app.engine.worker import Engine
from app.settings import settings_file

_REPORT_S = 1.0


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("run", help="work without a window, into a virtual camera (Linux)")
    add_source_options(parser)
    parser.add_argument(
        "--virtual-camera", metavar="DEVICE", default="auto", help="such as /dev/video10; auto finds one"
    )
    parser.add_argument("--seconds", type=float, help="end by itself after this long")
    add_effect_options(parser, argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until a signal or the time is up; 1 if at the end something is wrong."""
    saved = with_options(usable_settings(settings_file()), args)
    settings = msgspec.structs.replace(saved, output=OutputSettings(virtual_camera=args.virtual_camera))
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    engine = Engine(settings)
    engine.is_previewed = False  # only those who read an output watch
    engine.start()
    ends_at = time.monotonic() + args.seconds if args.seconds is not None else float("inf")
    stats = Stats()
    try:
        while time.monotonic() < ends_at and not done.wait(min(_REPORT_S, ends_at - time.monotonic())):
            before, stats = stats, engine.stats
            if stats.message and stats.message != before.message:
                print(stats.message, file=sys.stderr, flush=True)
            if stats.is_resting != before.is_resting:
                state = "off: nobody watches" if stats.is_resting else "on"
                print(f"The camera is {state}.", flush=True)
    finally:
        engine.stop()
    print(status_line(stats))
    return int(bool(stats.message))


def status_line(stats: Stats) -> str:
    """How it goes, in one line."""
    speed = f"{stats.fps:.0f} frames per second, {stats.latency_ms:.0f} ms delay"
    return f"{' to '.join([stats.source, *stats.outputs])}: {speed}"
