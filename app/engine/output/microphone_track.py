"""The sound of a microphone in a recording, kept in sync with the pictures."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

import av
import numpy as np

from app.engine.core.errors import BackdropError
from app.engine.devices.microphones import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.devices.microphones import Microphone, Samples, SoundBlock
    from app.engine.media.writing.sample_writer import SampleWriter

_WINDOW_S = 3.0
"""The delay of a microphone is the minimum over this time: a busy computer only adds to the delay."""
_EXACT_WINDOW_S = 0.3
"""The same for blocks whose time is exact."""
_LARGEST_STRETCH = 0.002
"""The largest share by which a block is resampled to follow clock drift; it is inaudible."""
_LARGEST_DRIFT_S = 0.04
"""A larger difference is not clock drift, but lost sound or a late start."""
_LARGEST_LAG_S = 4.0
"""The sound written is at most this far behind the pictures, so that an unfinished file can be played.

A busy computer may deliver it nearly so late; what comes later is lost.
"""
_LAG_WITHOUT_MICROPHONE_S = 0.5
"""The same while the microphone does not work."""
_LARGEST_QUEUE = 3000
_FIRST_S = 0.3
"""Sound to wait for at the start: the smallest delay of its blocks gives the time of the first one."""
_RETRY_S = 2.0
_STOP_S = 2.0
_SILENT_AFTER_S = 5.0
_HEARD_S = 0.5  # A level that is older is not shown.


class MicrophoneTrack:
    """Records on its own thread and writes the sound in sync with the pictures.

    Missing sound becomes silence. If the microphone fails, it is opened again every two seconds.
    """

    def __init__(self, microphone: Microphone) -> None:
        self._microphone = microphone
        self._queue: deque[SoundBlock] = deque(maxlen=_LARGEST_QUEUE)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._record, name="backdrop-microphone", daemon=True)
        self._error: BackdropError | None = None
        self._clock = BlockClock()
        self._samples = 0
        self._is_aligned = False
        """Whether the sound written so far ends where the next block begins, except for clock drift."""
        self.time_s = 0.0
        """The time of the last picture that sound was written for, in seconds from the start."""
        self._last_block_at_s = 0.0
        self._level, self._heard_at = 0.0, 0.0
        """The loudness of the newest block, and when it came (time.monotonic, seconds)."""

    def start(self) -> None:
        """Start recording."""
        self._thread.start()

    def write_until(
        self, writer: SampleWriter, began_at: float, time_s: float, is_last: bool = False
    ) -> None:
        """Write the sound up to the last picture.

        began_at: the time of the file's start (time.monotonic, seconds). time_s: that of its last picture,
        from the start. is_last: whether nothing follows.
        """
        if not self._clock.is_started:
            first = tuple(self._queue)
            if sum(len(block.samples) for block in first) >= _FIRST_S * RATE_HZ:
                self._clock.start(first)
        while self._queue and self._clock.is_started:
            block = self._queue.popleft()
            self._last_block_at_s = time_s
            self._add(writer, block.samples, self._clock.place(block) - began_at)
        lag_s = _LAG_WITHOUT_MICROPHONE_S if self._error else _LARGEST_LAG_S
        until_s = time_s if is_last else time_s - lag_s
        missing = round(until_s * RATE_HZ) - self._samples
        if missing > 0:
            self._write(writer, np.zeros(missing, np.float32))
        self.time_s = time_s

    @property
    def level(self) -> float | None:
        """How loud the sound is, the root mean square of the newest block, 0 to 1.

        0 while none comes; None while the microphone does not work, or if it is none that must be heard.
        """
        if self._error is not None or self._microphone.may_be_silent:
            return None
        return self._level if time.monotonic() - self._heard_at < _HEARD_S else 0.0

    @property
    def problem(self) -> BackdropError | None:
        """Why there is no sound now; None while the microphone works."""
        if self._microphone.may_be_silent:
            return self._error
        if self._error is None and self.time_s > self._last_block_at_s + _SILENT_AFTER_S:
            return BackdropError("The microphone '{title}' gives no sound.", title=self._microphone.title)
        return self._error

    def stop(self) -> None:
        """Stop recording."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    def _add(self, writer: SampleWriter, samples: Samples, at_s: float) -> None:
        error = round(at_s * RATE_HZ) - self._samples
        if abs(error) > _LARGEST_DRIFT_S * RATE_HZ:
            self._is_aligned = False
        if self._is_aligned:
            samples = stretched(samples, error)
        elif error >= 0:
            self._write(writer, np.zeros(error, np.float32))
            self._is_aligned = True
        else:
            samples = samples[-error:]
            self._is_aligned = len(samples) > 0
        self._write(writer, samples)

    def _write(self, writer: SampleWriter, samples: Samples) -> None:
        for start in range(0, len(samples), RATE_HZ):
            part = np.ascontiguousarray(samples[None, start : start + RATE_HZ])
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            frame.sample_rate = RATE_HZ
            writer.write(None, frame)
        self._samples += len(samples)

    def _record(self) -> None:
        while not self._stopping.is_set():
            try:
                self._microphone.open()
                while not self._stopping.is_set():
                    block = self._microphone.read()
                    self._error, self._heard_at = None, time.monotonic()
                    if len(block.samples):
                        self._level = float(np.sqrt(np.mean(np.square(block.samples))))
                        self._queue.append(block)
            except BackdropError as error:
                self._error = error
            self._close()
            self._stopping.wait(_RETRY_S)

    def _close(self) -> None:
        try:
            self._microphone.close()
        except BackdropError as error:
            self._error = error


class BlockClock:
    """Estimates when blocks were recorded, without the jitter of their arrival.

    A busy computer delays blocks and never makes them early. So the smallest delay of the last seconds is
    that of the microphone, and it changes only as fast as its clock drifts. Of exact times the median counts,
    which follows at once where sound was lost.
    """

    def __init__(self) -> None:
        self.is_started = False
        self._is_exact = False
        """Whether there are blocks whose time is exact; only those count then."""
        self._start = 0.0
        self._count = 0
        self._delays: deque[tuple[float, float]] = deque()

    def start(self, blocks: Sequence[SoundBlock]) -> None:
        """Start with the first blocks, which `place` then gets one by one. Later calls do nothing."""
        if self.is_started or not blocks:
            return
        starts, counted = [], 0
        for block in blocks:
            starts.append((not block.is_exact, block.captured_at - counted / RATE_HZ))
            counted += len(block.samples)
        is_inexact, self._start = min(starts)
        self.is_started, self._is_exact = True, not is_inexact
        self._delays.append((blocks[0].captured_at, 0.0))

    def place(self, block: SoundBlock) -> float:
        """When the first sample of the next block was recorded (time.monotonic, seconds)."""
        counted = self._start + self._count / RATE_HZ
        if block.is_exact and not self._is_exact:
            self._is_exact = True
            self._delays.clear()
        if block.is_exact or not self._is_exact:
            self._delays.append((block.captured_at, block.captured_at - counted))
        window_s = _EXACT_WINDOW_S if self._is_exact else _WINDOW_S
        while len(self._delays) > 1 and self._delays[0][0] < block.captured_at - window_s:
            self._delays.popleft()
        self._count += len(block.samples)
        delays = sorted(delay for _, delay in self._delays)
        return counted + delays[(len(delays) - 1) // 2 if self._is_exact else 0]


def stretched(samples: Samples, by: int) -> Samples:
    """Resample a block to be `by` samples longer (shorter if negative), limited to _LARGEST_STRETCH."""
    limit = int(len(samples) * _LARGEST_STRETCH) + 1
    count = len(samples) + max(-limit, min(limit, by))
    if count == len(samples) or len(samples) < 2:
        return samples
    positions = np.linspace(0, len(samples) - 1, count)
    return np.interp(positions, np.arange(len(samples)), samples).astype(np.float32)
