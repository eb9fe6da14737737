"""Select the network that suits this computer: measured once, stored, measured again after a change."""

from __future__ import annotations

import logging
import os
import platform
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import onnxruntime as ort

from app.engine.core.atomic_files import atomic_write
from app.engine.core.errors import BackdropError
from app.engine.core.paths import measurement_file
from app.engine.core.settings import NetworkSettings
from app.engine.core.types import Frame
from app.engine.media.demo import Demo
from app.engine.networks.catalogue import AUTO, LEVELS, network_files
from app.engine.networks.segmenter import Segmenter

if TYPE_CHECKING:
    from collections.abc import Callable

BUDGET_MS = 10.0
"""The time budget of a network per frame: 30% of a core at 30 frames per second. The other stages take half
of that again, and call programs need the other cores."""
_SETTLE_S = 3.0  # Seconds to wait, because the start is busy.
_WARM_UP, _TIMES = 2, 8
_SIZE_PX = 1280, 720

log = logging.getLogger(__name__)

_measuring = threading.Lock()


class Measured(msgspec.Struct, frozen=True):
    """A measurement and the computer it was made on."""

    machine: dict[str, str]
    ms: dict[str, float]
    """Network name to milliseconds per frame on one thread, of the fastest run."""

    @property
    def name(self) -> str:
        """The best network within the budget, or the fastest."""
        within = [name for name in LEVELS.values() if self.ms.get(name, BUDGET_MS) < BUDGET_MS]
        return within[-1] if within else min(self.ms, key=lambda name: self.ms[name])


def remembered(settings: NetworkSettings, path: Path | None = None) -> Measured | None:
    """The stored measurement of this computer; None if there is none, or if the computer has changed."""
    try:
        found = msgspec.json.decode((path or measurement_file()).read_bytes(), type=Measured)
    except (
        OSError,
        ValueError,
        RecursionError,
    ):  # ValueError: of msgspec, and of texts that are not UTF-8.
        return None
    return found if found.ms and found.machine == _machine(settings) else None


class MeasuringStoppedError(Exception):
    """A measurement was stopped before its end."""


def measured(
    settings: NetworkSettings, path: Path | None = None, stopping: threading.Event | None = None
) -> Measured:
    """The measurement of this computer, made now if needed, which takes seconds.

    Raises BackdropError, and MeasuringStoppedError soon after `stopping` is set.
    """
    with _measuring:
        found = remembered(settings, path)
        if found is None:
            found = Measured(_machine(settings), _measure(settings, stopping or threading.Event()))
            with suppress(OSError):  # Without the file, the next start measures again.
                data = msgspec.json.format(msgspec.json.encode(found), indent=2)
                atomic_write(path or measurement_file(), data)
        return found


class AutoNetwork:
    """Replaces AUTO by the name of a network; measures on its own thread if needed."""

    def __init__(self, on_known: Callable[[], None], measure: Callable[..., Measured] = measured) -> None:
        """`on_known` is called on that thread once `resolved` may return another network."""
        self._on_known = on_known
        self._measure = measure
        self._found: dict[NetworkSettings, str] = {}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def resolved(self, settings: NetworkSettings) -> NetworkSettings:
        """The settings with the name of a network; until it is known, of the default one. Returns at once."""
        if settings.name != AUTO:
            return settings
        if settings not in self._found:
            known = remembered(settings)
            self._found[settings] = known.name if known else NetworkSettings().name
            if known is None and not self._stopping.is_set():
                thread = threading.Thread(
                    target=self._find, args=(settings,), name="backdrop-measure", daemon=True
                )
                self._threads.append(thread)
                thread.start()
        return msgspec.structs.replace(settings, name=self._found[settings])

    def stop(self) -> None:
        """Stop measuring; returns at once. The thread ends after the call into the network under way."""
        self._stopping.set()

    def has_ended(self, timeout_s: float) -> bool:
        """Whether no measurement is under way, after waiting up to `timeout_s` seconds for it."""
        until = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _find(self, settings: NetworkSettings) -> None:
        if self._stopping.wait(_SETTLE_S):
            return
        try:
            self._found[settings] = self._measure(settings, stopping=self._stopping).name
        except MeasuringStoppedError:
            return
        except Exception:  # The default network stays; loading it reports the error.
            log.info("the networks could not be measured", exc_info=True)
            return
        self._on_known()


def _measure(settings: NetworkSettings, stopping: threading.Event) -> dict[str, float]:
    files, frame = network_files(), Frame(0, 0.0, Demo(*_SIZE_PX).frame(0))
    found = {}
    for name in LEVELS.values():
        if name not in files:
            continue
        segmenter = Segmenter(files[name], settings.provider)
        # On the CPU: CPU time, which does not depend on other programs.
        clock = time.thread_time if segmenter.provider == "CPU" else time.perf_counter
        times = []
        for _ in range(_WARM_UP + _TIMES):
            if stopping.is_set():
                raise MeasuringStoppedError
            begin = clock()
            segmenter.infer(frame)
            times.append(clock() - begin)
        found[name] = round(1e3 * min(times[_WARM_UP:]), 2)
    if not found:
        raise BackdropError("There is no network to measure: please install Backdrop again.")
    return found


def _machine(settings: NetworkSettings) -> dict[str, str]:
    """Everything that a measurement depends on."""
    files = network_files()
    sizes = {name: str(files[name].stat().st_size) for name in LEVELS.values() if name in files}
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "onnxruntime": ort.__version__,
        "provider": settings.provider,
        **sizes,
    }


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
