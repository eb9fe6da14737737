"""The own sound of a video that is played as source, for recordings."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

import av
import numpy as np

from app.engine.devices.microphones import RATE_HZ, Microphone, SoundBlock

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.media.video.reader import SoundPacket

_LARGEST_QUEUE = 3000
_WAIT_S = 0.1
_NOTHING = np.zeros(0, np.float32)


class SourceSound:
    """The first sound track of a video. Its packets are decoded only while somebody listens."""

    def __init__(self) -> None:
        self.is_heard = False
        """Whether somebody listens."""
        self._blocks: deque[SoundBlock] = deque(maxlen=_LARGEST_QUEUE)
        self._came = threading.Event()
        self._resampler: av.AudioResampler | None = None
        self._stream: av.AudioStream | None = None

    def take(self, packet: SoundPacket, began_at: float | None) -> None:
        """Take the next packet. began_at: when time 0 of the video is played (time.monotonic, seconds)."""
        self._stream = self._stream or packet.stream
        if not self.is_heard or began_at is None or packet.stream is not self._stream:
            return
        with suppress(av.FFmpegError):  # A damaged packet is silence.
            for frame in packet.decode():
                self._resampler = self._resampler or av.AudioResampler("fltp", "mono", RATE_HZ)
                captured_at = began_at + (frame.time or 0.0)
                for resampled in self._resampler.resample(frame):
                    samples = resampled.to_ndarray().reshape(-1).astype(np.float32)
                    self._blocks.append(SoundBlock(samples, captured_at, is_exact=True))
                    captured_at += len(samples) / RATE_HZ
            self._came.set()

    def rewind(self) -> None:
        """Begin again with the first packet."""
        self._resampler = None
        if self._stream is not None:
            self._stream.codec_context.flush_buffers()

    def next(self) -> SoundBlock | None:
        """The next block once it is heard; None if there is none for now."""
        if not self._blocks:
            self._came.clear()
            if not self._blocks and not self._came.wait(_WAIT_S):
                return None
        if not self._blocks:
            return None
        wait_s = self._blocks[0].captured_at - time.monotonic()
        if wait_s > 0:
            time.sleep(min(wait_s, _WAIT_S))
        return self._blocks.popleft() if wait_s <= _WAIT_S else None


class SourceMicrophone(Microphone):
    """Hears the sound of the present source; silence while that has none."""

    title = "source"
    may_be_silent = True

    def __init__(self, present: Callable[[], SourceSound | None]) -> None:
        self._present = present
        self._sound: SourceSound | None = None

    def is_there(self) -> bool:
        return self._present() is not None

    def open(self) -> None:
        pass

    def read(self) -> SoundBlock:
        sound = self._present()
        if sound is not self._sound:
            self.close()
            self._sound = sound
        if sound is None:
            time.sleep(_WAIT_S)
            return SoundBlock(_NOTHING, time.monotonic())
        sound.is_heard = True
        return sound.next() or SoundBlock(_NOTHING, time.monotonic())

    def close(self) -> None:
        sound, self._sound = self._sound, None
        if sound is not None:
            sound.is_heard = False
