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
from app.commands.arguments.look_options import add_look_options
from app.commands.arguments.option_types import positive
from app.commands.arguments.options import usable_settings, with_options
from app.commands.arguments.people_options import add_people_option
from app.commands.arguments.presenter_options import add_presenter_options
from app.commands.arguments.source_options import add_source_options
from app.commands.processing.result_files import atomic_file, write_picture
from app.engine.core.errors import BackdropError
from app.engine.core.paths import settings_file
from app.engine.core.types import Stats
from app.engine.engine import Engine
from app.engine.output.registry import output_ids
from app.settings import load_settings

if TYPE_CHECKING:
    from app.engine.core.settings import Settings

_REPORT_S = 0.5
_REPEAT_AFTER_S = 10.0


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("run", help="run without a window: virtual camera, recording, snapshot")
    add_source_options(parser)
    parser.add_argument(
        "--virtual-camera",
        metavar="DEVICE",
        help="such as /dev/video10, or pipewire; on Windows obs or unitycapture, on macOS obs (not yet seen "
        "on a real machine); auto uses what there is (the default without --record or --snapshot)",
    )
    parser.add_argument("--record", metavar="FILE", help="record to a new video file, such as talk.mp4")
    parser.add_argument(
        "--microphone",
        metavar="NAME|off",
        default="off",
        help="record the sound of a microphone: a name that `devices` lists, or `default` for the system's "
        "default microphone (without this option: %(default)s); if off, a video as source keeps its own "
        "sound",
    )
    parser.add_argument("--snapshot", metavar="FILE", help="write the first composite as a PNG, then stop")
    parser.add_argument("--seconds", metavar="N", type=positive, help="stop after this many seconds")
    add_effect_options(parser, argparse.SUPPRESS)
    add_look_options(parser)
    add_presenter_options(parser)
    add_people_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until a signal, the time limit or the end of the last output; SIGHUP reads the settings again.

    Returns 1 if a fault remains, such as a recording that could not be written.
    """
    if args.microphone != "off" and not args.record:
        raise BackdropError("--microphone needs --record FILE.")
    if args.snapshot and Path(args.snapshot).suffix.lower() != ".png":
        raise BackdropError("A snapshot's name must end in .png, not '{snapshot}'.", snapshot=args.snapshot)
    stop_requested, reload_requested = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop_requested.set())
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda *_: reload_requested.set())
    settings = combined_settings(usable_settings(settings_file()), args)
    outputs = set(output_ids(settings.output))
    engine = Engine(settings)
    engine.is_previewed = bool(args.snapshot)  # The camera opens for a snapshot without any consumer.
    ends_at = time.monotonic() + args.seconds if args.seconds is not None else float("inf")
    report = Report()
    try:
        engine.start()
        while time.monotonic() < ends_at and not stop_requested.wait(
            min(_REPORT_S, ends_at - time.monotonic())
        ):
            report.print_changes(engine.stats)
            if reload_requested.is_set():
                reload_requested.clear()
                reload_settings(engine, args)
            if args.snapshot and took_snapshot(engine, Path(args.snapshot)):
                break
            if outputs and not args.snapshot and outputs <= set(report.last.ended_outputs):
                break
        report.print_changes(engine.stats)
    finally:
        engine.stop()
    # Closing a recording may have failed.
    report.print_changes(replace(report.last, message=engine.stats.message))
    print(status_line(report.last))
    return int(bool(report.last.message))


def combined_settings(saved: Settings, args: argparse.Namespace) -> Settings:
    """The saved settings with the options; the virtual camera is on if no option names an output."""
    default_camera = "" if args.record or args.snapshot else "auto"
    output = msgspec.structs.replace(
        saved.output,
        virtual_camera=default_camera if args.virtual_camera is None else args.virtual_camera,
        recording=str(Path(args.record).absolute()) if args.record else "",
        record_microphone=args.microphone != "off",
        microphone=args.microphone,
    )
    return msgspec.structs.replace(with_options(saved, args), output=output, is_on=True)


def reload_settings(engine: Engine, args: argparse.Namespace) -> None:
    """Load the settings file again; if it is broken, keep the current settings."""
    try:
        engine.update(combined_settings(load_settings(settings_file()), args))
        print("The settings were read again.", flush=True)
    except BackdropError as error:
        print(f"{error} Backdrop continues with the current settings.", file=sys.stderr, flush=True)


def took_snapshot(engine: Engine, path: Path) -> bool:
    """Write the newest composite unless it is a placeholder; return whether it was written."""
    composite = engine.preview.get()
    if composite is None or composite.is_placeholder:
        return False
    with atomic_file(path) as part:
        write_picture(part, composite.picture)
    return True


class Report:
    """Prints changes of the statistics; the same message again after ten seconds at the earliest."""

    def __init__(self) -> None:
        self.last = Stats()
        self._current = ""
        self._printed_at: dict[str, float] = {}

    def print_changes(self, stats: Stats) -> None:
        """Print a new message, a new camera format, and the camera going on or off."""
        if stats.is_camera_released != self.last.is_camera_released:
            print(
                f"The camera is {'off: it is not in use' if stats.is_camera_released else 'on'}.", flush=True
            )
        if stats.got is not None and stats.got != self.last.got:
            print(f"'{stats.source}' gives {stats.got}; asked for {stats.asked}.", flush=True)
        now, message = time.monotonic(), stats.message or stats.notice
        if not message:
            self._current = ""
        elif message != self._current and now > self._printed_at.get(message, -math.inf) + _REPEAT_AFTER_S:
            self._current, self._printed_at[message] = message, now
            print(message, file=sys.stderr, flush=True)
        self.last = stats


def status_line(stats: Stats) -> str:
    """The statistics in one line."""
    speed = f"{stats.fps:.0f} frames per second, {stats.latency_ms:.0f} ms delay"
    drops = f", {stats.output_drops} composites dropped" if stats.output_drops else ""
    return f"{' to '.join([stats.source, *stats.outputs])}: {speed}{drops}"
