"""Which network suits this machine: measured once, remembered, and measured again when it has changed."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

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

BUDGET_MS = 10.0
"""What a network may take of a frame: 30% of a core at 30 frames per second. The rest of the walk takes half
of that again, and call programs need the other cores."""
_SETTLE_S = 3.0  # the start has enough to do
_WARM_UP, _TIMES = 2, 8
_SIZE_PX = 1280, 720

_measuring = threading.Lock()


class Measured(msgspec.Struct, frozen=True):
    """What was found, and on what."""

    machine: dict[str, str]
    ms: dict[str, float]
    """Network to milliseconds a frame on one thread, of the fastest run."""

    @property
    def name(self) -> str:
        """The best network within the budget, else the fastest."""
        within = [name for name in LEVELS.values() if self.ms.get(name, BUDGET_MS) < BUDGET_MS]
        return within[-1] if within else min(self.ms, key=lambda name: self.ms[name])


def remembered(settings: NetworkSettings, path: Path | None = None) -> Measured | None:
    """What was measured on this machine, as it is now; None where that is not known."""
    try:
        found = msgspec.json.decode((path or measurement_file()).read_bytes(), type=Measured)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if found.ms and found.machine == _machine(settings) else None


def measured(settings: NetworkSettings, path: Path | None = None) -> Measured:
    """What was measured on this machine, now if need be, which takes seconds. Raises BackdropError."""
    with _measuring:
        found = remembered(settings, path)
        if found is None:
            found = Measured(_machine(settings), _measure(settings))
            with suppress(OSError):  # without it, the next start measures again
                data = msgspec.json.format(msgspec.json.encode(found), indent=2)
                atomic_write(path or measurement_file(), data)
        return found


class AutoNetwork:
    """Says which network to use in place of AUTO; measures, where it must, on a thread of its own."""

    def __init__(
        self, on_known: Callable[[], None], measure: Callable[[NetworkSettings], Measured] = measured
    ) -> None:
        """`on_known` is called, on that thread, once the answer of `resolved` may be another."""
        self._on_known = on_known
        self._measure = measure
        self._found: dict[NetworkSettings, str] = {}

    def resolved(self, settings: NetworkSettings) -> NetworkSettings:
        """The settings with a network's name; the usual network's until it is known. Returns at once."""
        if settings.name != AUTO:
            return settings
        if settings not in self._found:
            known = remembered(settings)
            self._found[settings] = known.name if known else NetworkSettings().name
            if known is None:
                threading.Thread(
                    target=self._find, args=(settings,), name="backdrop-measure", daemon=True
                ).start()
        return msgspec.structs.replace(settings, name=self._found[settings])

    def _find(self, settings: NetworkSettings) -> None:
        time.sleep(_SETTLE_S)
        with suppress(BackdropError):  # then the usual network stays, and says itself what is wrong
            self._found[settings] = self._measure(settings).name
            self._on_known()


def _measure(settings: NetworkSettings) -> dict[str, float]:
    files, frame = network_files(), Frame(0, 0.0, Demo(*_SIZE_PX).frame(0))
    found = {}
    for name in LEVELS.values():
        if name not in files:
            continue
        session = Segmenter(files[name], settings.provider)
        # On the CPU what it costs, which does not depend on what else the machine does meanwhile.
        clock = time.thread_time if session.provider == "CPU" else time.perf_counter
        times = []
        for _ in range(_WARM_UP + _TIMES):
            begin = clock()
            session.infer(frame)
            times.append(clock() - begin)
        found[name] = round(1e3 * min(times[_WARM_UP:]), 2)
    if not found:
        raise BackdropError("There is no network to measure: please install Backdrop again.")
    return found


def _machine(settings: NetworkSettings) -> dict[str, str]:
    """All that a measurement depends on."""
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
