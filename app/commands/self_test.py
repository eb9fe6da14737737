"""`backdrop --self-test`: run the demo through the real window, network and recorder.

It tests a package before its release, and a user's installation if something seems broken.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.ending_signals import EndingSignals, ending_signals
from app.engine.core.atomic_files import part_folder_of
from app.engine.core.errors import BackdropError, any_reason
from app.engine.core.settings import OutputSettings, Settings, SourceSettings
from app.engine.core.types import Composite
from app.engine.media.video.reader import VideoReader
from app.engine.output.registry import senders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.engine.output.sinks import Sink
    from app.ui.self_test_window import TrialResult

_PICTURES = 60
_TRIAL_PICTURES = 30
_LIMIT_S = 90.0  # Usually two seconds; an emulated computer may take much longer.
_IMPORTED_AT = time.monotonic()


def run() -> int:
    """Print one line with the result. Raises BackdropError for what does not work."""
    from app.display_check import missing_display

    missing = missing_display()
    if missing:
        raise BackdropError(missing)
    with ending_signals() as signals:
        seen, recorded = _tried(signals)
    assert seen.first_at is not None
    print(
        f"Backdrop works here: {seen.pictures} pictures in the window and {recorded} in the recording, "
        f"{seen.stats.network} on {seen.stats.provider}; "
        f"the first picture came {seen.first_at - _process_began_at():.2f} s after the start."
    )
    if sys.platform != "linux":
        print(virtual_camera_trial(senders()))
    return 0


def virtual_camera_trial(cameras: Mapping[str, Callable[[], Sink]]) -> str:
    """One line that says what happened with each virtual camera; grey pictures were sent."""
    grey = np.full((720, 1280, 3), 128, np.uint8)
    results = []
    for name, make in cameras.items():
        camera = make()
        try:
            camera.open(*grey.shape[:2])
            for index in range(_TRIAL_PICTURES):
                camera.send(Composite(index, time.monotonic(), grey, is_placeholder=True))
            results.append(f"{name}: took {_TRIAL_PICTURES} pictures")
        except BackdropError as error:
            results.append(f"{name}: {error}")
        except (
            Exception
        ) as error:  # What a system that nobody has seen yet does must be told, whatever it is.
            results.append(f"{name}: {type(error).__name__}: {any_reason(error)}")
        finally:
            camera.close()
    return f"Virtual cameras (not yet seen on a real machine): {'; '.join(results)}"


def _tried(signals: EndingSignals) -> tuple[TrialResult, int]:
    """What the window showed, and the number of pictures in the recording."""
    from app.ui import self_test_window as trial

    with part_folder_of(Path(tempfile.gettempdir()) / "backdrop-self-test") as folder:
        recording = folder / "recording.mp4"
        settings = Settings(
            source=SourceSettings("demo"),
            output=OutputSettings(recording=str(recording), release_camera=False),
        )
        seen = trial.show(settings, folder, _PICTURES, _LIMIT_S)
        if signals.received:
            raise KeyboardInterrupt
        return seen, check(seen, recording, settings.source)


def check(seen: TrialResult, recording: Path, source: SourceSettings) -> int:
    """The number of pictures in the recording. Raises BackdropError for the first fault in it."""
    if seen.pictures < _PICTURES:
        why = seen.stats.message or "the machine is too slow, or something hangs."
        raise BackdropError(
            "The window had {pictures} of {expected} pictures in time: {why}",
            pictures=seen.pictures,
            expected=_PICTURES,
            why=why,
        )
    if seen.looks_empty:
        raise BackdropError("The window's preview stays empty.")
    if seen.stats.message:
        raise BackdropError(seen.stats.message)
    sizes = []
    with VideoReader(recording) as reader:
        sizes = [picture.shape for _, picture in reader.frames()]
    if set(sizes) != {(source.height_px, source.width_px, 3)}:
        raise BackdropError("The recording's pictures have the sizes {sizes}.", sizes=sorted(set(sizes)))
    if len(sizes) + seen.stats.output_drops < seen.pictures:
        raise BackdropError(
            "The recording has only {recorded} of {pictures} pictures.",
            recorded=len(sizes),
            pictures=seen.pictures,
        )
    return len(sizes)


def _process_began_at() -> float:
    """The start of this process (time.monotonic, seconds); other systems than Linux: of this import."""
    if sys.platform != "linux":
        return _IMPORTED_AT
    # Field 22 of proc(5), counted after the name, which may hold spaces; in clock ticks since the boot of
    # the computer, like CLOCK_BOOTTIME.
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    age_s = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.monotonic() - age_s
