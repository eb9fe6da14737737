"""`backdrop soak`: run the engine for long on a fast source and check for leaks."""

from __future__ import annotations

import json
import math
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from app.commands.arguments.effect_options import add_network_option
from app.commands.arguments.option_types import frame_size, positive, whole
from app.commands.arguments.source_options import chosen_source
from app.commands.demo_clip import demo_clip
from app.commands.measurement.fast_source import FastSource
from app.commands.measurement.leaks import Outcome, Sample, outcome_of
from app.commands.measurement.random_settings import RandomSettings
from app.commands.measurement.sample_table import SampleTable
from app.engine.core.errors import BackdropError
from app.engine.core.settings import NetworkSettings, Settings, SourceSettings
from app.engine.engine import Engine
from app.engine.networks.catalogue import network_file

if TYPE_CHECKING:
    import argparse

_CHURN_FRAMES = 50  # Usual number of frames between two changes of settings.
_RETURN_EVERY = 10  # Changes between two returns to the first settings, where memory is compared.
_SETTLED_S = 5.0  # After the return to the first network, until the previous ones are released.
_SAMPLE_S = 1.0  # Seconds between samples. More of them would themselves look like a leak after an hour.
_SIZE_PX = (640, 360)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "soak", help="run for long and check for leaks of memory, threads and files"
    )
    parser.add_argument(
        "--minutes", metavar="N", type=positive, help="stop after this many minutes (default: 1)"
    )
    parser.add_argument(
        "--frames", metavar="N", type=whole(1, 10**12), help="stop after this many composites"
    )
    parser.add_argument(
        "--churn",
        metavar="FRAMES",
        nargs="?",
        type=whole(1, 10**12),
        const=_CHURN_FRAMES,
        help="change settings, size, network and recording at random every so many frames (default: "
        f"{_CHURN_FRAMES}); return to the first every {_RETURN_EVERY} changes, where memory is compared",
    )
    parser.add_argument(
        "--size",
        metavar="WIDTHxHEIGHT",
        type=frame_size,
        default=_SIZE_PX,
        help="size of the frames (default: 640x360)",
    )
    add_network_option(parser, NetworkSettings().name)
    parser.add_argument("--csv", metavar="FILE", type=Path, help="write each measurement to a CSV file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run and print the report; return 1 for a leak."""
    if sys.platform != "linux":
        raise BackdropError("soak reads what a process holds from /proc, which only Linux has.")
    usual = 1.0 if args.frames is None else float("inf")
    network_file(args.network)
    source = chosen_source(args, SourceSettings("demo"))
    initial = Settings(source=source, network=NetworkSettings(name=args.network))
    seconds = 60 * (usual if args.minutes is None else args.minutes)
    soak = Soak(seconds, args.frames, args.churn, initial, args.csv)
    soak.run()
    outcome = soak.outcome()
    print(json.dumps(asdict(outcome), indent=2) if args.json else outcome)
    return int(outcome.leaks)


class Soak:
    """One long run."""

    def __init__(
        self,
        seconds: float,
        frames: int | None,
        churn: int | None,
        initial: Settings,
        csv_file: Path | None = None,
    ) -> None:
        """`churn`: frames between two changes; `initial`: the settings to which they return.

        Raises BackdropError if `csv_file` cannot be written.
        """
        self._seconds, self._target, self._churn = seconds, frames or float("inf"), churn
        self._closing = ExitStack()
        self._table = SampleTable(csv_file, self._closing) if csv_file else None
        self._finished = threading.Semaphore()
        self._frames = self._placeholders = self._changes = 0
        self._took_s = 0.0
        self._samples: list[Sample] = []
        self._messages: list[str] = []
        self._initial = self._settings = initial
        # The clip is made now, so that it does not count as growth.
        recordings = Path(self._closing.enter_context(tempfile.TemporaryDirectory("backdrop-soak")))
        self._random = RandomSettings(initial, demo_clip(*_SIZE_PX), recordings)
        self._initial_network = ""
        self._is_returning = False
        self._initial_since_s = math.inf
        self._engine = Engine(initial, self._on_preview, lambda wanted: FastSource(wanted, self._finished))

    def run(self) -> None:
        """Run until the time is up or the frames are done."""
        try:
            self._engine.start()
            self._watch()
        finally:
            self._engine.stop()
            self._closing.close()

    def _watch(self) -> None:
        began, churned_at, sampled_at = time.monotonic(), 0, 0.0
        with tqdm(unit="frame", leave=False, disable=None) as bar:
            while self._frames < self._target and self._took_s < self._seconds:
                time.sleep(0.01)
                self._took_s = time.monotonic() - began
                if self._is_returning:
                    self._continue_when_sampled()
                elif self._churn and self._frames >= churned_at + self._churn:
                    churned_at = self._frames
                    self._change()
                if self._took_s > sampled_at + _SAMPLE_S:
                    sampled_at = self._took_s
                    self._sample()
                    bar.update(self._frames - bar.n)
        # A run may be shorter than the time between two samples.
        self._sample()

    def _sample(self) -> None:
        self._samples.append(Sample.now(self._is_settled()))
        if self._table:
            self._table.add(self._took_s, self._frames, self._changes, self._samples[-1])
        self._add_message(self._engine.stats.message)

    def outcome(self) -> Outcome:
        """The result of the run."""
        return outcome_of(
            self._samples or [Sample.now()],
            frames=self._frames,
            seconds=round(self._took_s, 1),
            changes=self._changes,
            drops=self._engine.stats.drops,
            placeholders=self._placeholders,
            messages=self._messages,
        )

    def _on_preview(self) -> None:
        composite = self._engine.preview.get()
        if composite is not None:
            self._placeholders += composite.is_placeholder
            self._frames += not composite.is_placeholder
            self._finished.release()

    def _is_settled(self) -> bool:
        return not self._churn or self._took_s > self._initial_since_s + _SETTLED_S

    def _continue_when_sampled(self) -> None:
        """Go on with changes once memory was sampled with the first settings."""
        if self._initial_since_s == math.inf and self._engine.stats.network == self._initial_network:
            self._initial_since_s = self._took_s
        if self._took_s > self._initial_since_s + _SETTLED_S + 1.5 * _SAMPLE_S:
            self._is_returning, self._initial_since_s = False, math.inf

    def _add_message(self, message: str) -> None:
        if message and message not in self._messages:
            self._messages.append(message)

    def _change(self) -> None:
        self._changes += 1
        if self._changes % _RETURN_EVERY == 0:
            self._settings, self._is_returning = self._initial, True
            self._engine.update(self._settings)
            return
        self._initial_network = self._initial_network or self._engine.stats.network
        self._settings = self._random.change(self._settings, self._changes)
        self._engine.update(self._settings)
