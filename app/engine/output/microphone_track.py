"""The sound of a microphone in a recording: in step with the pictures, whatever the microphone does."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

import av
import numpy as np

from app.engine.core.errors import BackdropError
from app.engine.devices.microphones import RATE_HZ

if TYPE_CHECKING:
    from app.engine.devices.microphones import Microphone, Samples, SoundBlock
    from app.engine.media.audio_tracks import SampleWriter

_WINDOW_S = 3.0
"""Time over which the least delay of a block is sought: a busy computer only adds to it."""
_LARGEST_STRETCH = 0.002
"""Share by which a block is made longer or shorter to follow a drifting clock; nobody hears it."""
_LARGEST_DRIFT_S = 0.1
"""A larger difference is lost sound, or a late start."""
_LARGEST_LAG_S = 0.5
"""The sound written is at most this far behind the pictures: a file that waits for it could not be played."""
_LARGEST_QUEUE = 3000
_RETRY_S = 2.0
_STOP_S = 2.0
_DEAD_AFTER_S = 5.0


class MicrophoneTrack:
    """Listens on a thread of its own and gives a file the sound that belongs to its pictures.

    What is missing becomes silence; a microphone that is gone is opened again now and then.
    """

    def __init__(self, microphone: Microphone) -> None:
        self._microphone = microphone
        self._queue: deque[SoundBlock] = deque(maxlen=_LARGEST_QUEUE)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="backdrop-microphone", daemon=True)
        self._error: BackdropError | None = None
        self._clock = BlockClock()
        self._samples = 0
        self._time_s = self._heard_at_s = 0.0
        self.level = 0.0
        """The loudness of the last block: its root mean square, 0 to 1."""

    def start(self) -> None:
        """Start listening."""
        self._thread.start()

    def write_until(self, writer: SampleWriter, began_at: float, time_s: float) -> None:
        """Write what was heard. began_at: the time of the file's start; time_s: that of its last picture."""
        while self._queue:
            block = self._queue.popleft()
            self._heard_at_s = time_s
            self._add(writer, block.samples, self._clock.place(block) - began_at)
        missing = round((time_s - _LARGEST_LAG_S) * RATE_HZ) - self._samples
        if missing > 0:
            self._write(writer, np.zeros(missing, np.float32))
        self._time_s = time_s

    @property
    def problem(self) -> BackdropError | None:
        """Why nothing is heard now; None while the microphone works."""
        if self._error is None and self._time_s > self._heard_at_s + _DEAD_AFTER_S:
            return BackdropError("The microphone '{title}' gives no sound.", title=self._microphone.title)
        return self._error

    def stop(self) -> None:
        """Stop listening."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    def _add(self, writer: SampleWriter, samples: Samples, at_s: float) -> None:
        error = round(at_s * RATE_HZ) - self._samples
        if abs(error) > _LARGEST_DRIFT_S * RATE_HZ:
            if error > 0:
                self._write(writer, np.zeros(error, np.float32))
            else:
                samples = samples[-error:]
        else:
            samples = stretched(samples, error)
        self._write(writer, samples)

    def _write(self, writer: SampleWriter, samples: Samples) -> None:
        for start in range(0, len(samples), RATE_HZ):
            part = np.ascontiguousarray(samples[None, start : start + RATE_HZ])
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            frame.sample_rate = RATE_HZ
            writer.write(None, frame)
        self._samples += len(samples)

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._microphone.open()
                while not self._stopping.is_set():
                    block = self._microphone.read()
                    self._error = None
                    self.level = (
                        float(np.sqrt(np.mean(np.square(block.samples)))) if len(block.samples) else 0.0
                    )
                    self._queue.append(block)
            except BackdropError as error:
                self._error, self.level = error, 0.0
            self._close()
            self._stopping.wait(_RETRY_S)

    def _close(self) -> None:
        try:
            self._microphone.close()
        except BackdropError as error:
            self._error = error


class BlockClock:
    """Tells when blocks were heard, more evenly than they arrive.

    A block arrives late when the computer is busy, never early. So the least delay of the last seconds is
    that of the microphone, and it changes only as fast as its clock drifts.
    """

    def __init__(self) -> None:
        self._start: float | None = None
        self._count = 0
        self._delays: deque[tuple[float, float]] = deque()

    def place(self, block: SoundBlock) -> float:
        """When the first sample of the next block was heard (time.monotonic, seconds)."""
        if self._start is None:
            self._start = block.captured_at
        counted = self._start + self._count / RATE_HZ
        self._delays.append((block.captured_at, block.captured_at - counted))
        while self._delays[0][0] < block.captured_at - _WINDOW_S:
            self._delays.popleft()
        self._count += len(block.samples)
        return counted + min(delay for _, delay in self._delays)


def stretched(samples: Samples, by: int) -> Samples:
    """A block made longer by up to `by` samples (shorter if negative), by no more than can be heard."""
    limit = int(len(samples) * _LARGEST_STRETCH) + 1
    count = len(samples) + max(-limit, min(limit, by))
    if count == len(samples) or len(samples) < 2:
        return samples
    positions = np.linspace(0, len(samples) - 1, count)
    return np.interp(positions, np.arange(len(samples)), samples).astype(np.float32)
