"""`backdrop run`: run the engine without a window, into a virtual camera or a recording."""

from __future__ import annotations

import argparse
import math
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.commands.arguments.effect_options import add_effect_options
from app.commands.arguments.option_types import positive
from app.commands.arguments.options import usable_settings, with_options
from app.commands.arguments.source_options import add_source_options
from app.commands.processing.atomic_files import beside, write_picture
from app.engine.core.errors import BackdropError
from app.engine.core.paths import settings_file
from app.engine.core.types import Stats
from app.engine.engine import Engine
from app.engine.output.registry import output_ids
from app.settings import load_settings

if TYPE_CHECKING:
    from app.engine.core.settings import Settings

_REPORT_S = 0.5
_REPEAT_S = 10.0


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("run", help="run without a window: virtual camera, recording, snapshot")
    add_source_options(parser)
    parser.add_argument(
        "--virtual-camera",
        metavar="DEVICE",
        help="such as /dev/video10, or pipewire; auto uses all there are (default unless recording)",
    )
    parser.add_argument("--record", metavar="FILE", help="record to a new video file, such as talk.mp4")
    parser.add_argument(
        "--microphone",
        metavar="NAME|off",
        default="off",
        help="the sound of the recording: default, or a name that `devices` lists; without it a recording is "
        "silent (default: %(default)s)",
    )
    parser.add_argument("--snapshot", metavar="FILE", help="write the first composite as a PNG, then stop")
    parser.add_argument("--seconds", metavar="N", type=positive, help="stop after this many seconds")
    add_effect_options(parser, argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until a signal, the time limit or the end of the last output; SIGHUP reads the settings again.

    Returns 1 if a fault remains, such as a recording that could not be written.
    """
    if args.microphone != "off" and not args.record:
        raise BackdropError("--microphone is for a recording: give it a file with --record.")
    if args.snapshot and Path(args.snapshot).suffix.lower() != ".png":
        raise BackdropError("A snapshot's name must end in .png, not '{snapshot}'.", snapshot=args.snapshot)
    done, reload = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda *_: reload.set())
    settings = chosen(usable_settings(settings_file()), args)
    outputs = set(output_ids(settings.output))
    engine = Engine(settings)
    engine.is_previewed = bool(args.snapshot)  # Otherwise only the consumers of an output count.
    ends_at = time.monotonic() + args.seconds if args.seconds is not None else float("inf")
    report = Report()
    try:
        engine.start()
        while time.monotonic() < ends_at and not done.wait(min(_REPORT_S, ends_at - time.monotonic())):
            report.print_changes(engine.stats)
            if reload.is_set():
                reload.clear()
                reload_settings(engine, args)
            if args.snapshot and took_snapshot(engine, Path(args.snapshot)):
                break
            if outputs and not args.snapshot and outputs <= set(report.last.ended_outputs):
                break
        report.print_changes(engine.stats)
    finally:
        engine.stop()
    # The end of a file may have failed.
    report.print_changes(replace(report.last, message=engine.stats.message))
    print(status_line(report.last))
    return int(bool(report.last.message))


def chosen(saved: Settings, args: argparse.Namespace) -> Settings:
    """The settings, changed by the options; the virtual camera is on unless another output is chosen."""
    usual = "" if args.record or args.snapshot else "auto"
    output = msgspec.structs.replace(
        saved.output,
        virtual_camera=usual if args.virtual_camera is None else args.virtual_camera,
        recording=str(Path(args.record).absolute()) if args.record else "",
        record_microphone=args.microphone != "off",
        microphone=args.microphone,
    )
    return msgspec.structs.replace(with_options(saved, args), output=output, is_on=True)


def reload_settings(engine: Engine, args: argparse.Namespace) -> None:
    """Load the settings file again; if it is broken, keep the current settings."""
    try:
        engine.update(chosen(load_settings(settings_file()), args))
        print("The settings were read again.", flush=True)
    except BackdropError as error:
        print(f"{error} Backdrop goes on with those it has.", file=sys.stderr, flush=True)


def took_snapshot(engine: Engine, path: Path) -> bool:
    """Write the newest composite unless it is a placeholder; return whether it was written."""
    composite = engine.preview.get()
    if composite is None or composite.is_placeholder:
        return False
    with beside(path) as part:
        write_picture(part, composite.picture)
    return True


class Report:
    """Prints changes of the statistics, but no message twice in ten seconds."""

    def __init__(self) -> None:
        self.last = Stats()
        self._current = ""
        self._printed_at: dict[str, float] = {}

    def print_changes(self, stats: Stats) -> None:
        """Print a new message, a new camera format, and the camera going on or off."""
        if stats.is_resting != self.last.is_resting:
            print(f"The camera is {'off: it is not in use' if stats.is_resting else 'on'}.", flush=True)
        if stats.got is not None and stats.got != self.last.got:
            print(f"'{stats.source}' gives {stats.got}; asked for {stats.asked}.", flush=True)
        now, message = time.monotonic(), stats.message or stats.notice
        if not message:
            self._current = ""
        elif message != self._current and now > self._printed_at.get(message, -math.inf) + _REPEAT_S:
            self._current, self._printed_at[message] = message, now
            print(message, file=sys.stderr, flush=True)
        self.last = stats


def status_line(stats: Stats) -> str:
    """The statistics in one line."""
    speed = f"{stats.fps:.0f} frames per second, {stats.latency_ms:.0f} ms delay"
    drops = f", {stats.output_drops} pictures not recorded in time" if stats.output_drops else ""
    return f"{' to '.join([stats.source, *stats.outputs])}: {speed}{drops}"
