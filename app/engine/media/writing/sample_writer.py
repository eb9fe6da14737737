"""Encode sound of any rate and layout into one track."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av.container import OutputContainer

BITS_PER_CHANNEL = 96_000
# Stated times are rounded, to 24 ms in AVI; only a larger difference is a gap.
_TOLERANCE_S = Fraction(15, 1000)
_LONGEST_GAP_S = 4 * 3600
"""A larger gap is a broken time stamp, not silence."""
_SILENCE_SAMPLES = 1024


class SampleWriter:
    """Encodes sound frames of any rate and layout without gaps: silence fills them, and overlaps are cut."""

    def __init__(self, container: OutputContainer, stream: av.AudioStream) -> None:
        self._container = container
        self._stream = stream
        self._rate: int = stream.codec_context.sample_rate
        self._resampler: av.AudioResampler | None = None
        self._kind: tuple[str, str, int] | None = None
        self._end: Fraction | None = None
        """When the sound taken so far ends, in seconds."""
        self._samples = 0
        """The next sample to encode, counted from time 0."""

    @classmethod
    def mono(cls, container: OutputContainer, suffix: str) -> SampleWriter:
        """A new mono track of 48 kHz that begins at time 0."""
        stream = cast("av.AudioStream", container.add_stream(encoder_of(suffix), rate=48000, layout="mono"))
        stream.bit_rate = BITS_PER_CHANNEL
        return cls(container, stream)

    @property
    def has_sound(self) -> bool:
        """Whether there was anything to write."""
        return self._end is not None

    def write(self, at: Fraction | None, frame: av.AudioFrame) -> None:
        """Add a frame that is heard from `at` seconds on; after the one before it if None."""
        if not frame.samples or not frame.sample_rate:
            return
        if self._end is None:
            self._end = at or Fraction(0)
            self._samples = round(self._end * self._rate)
        gap = Fraction(0) if at is None else at - self._end
        tolerance = max(_TOLERANCE_S, Fraction(frame.time_base or 0))
        if abs(gap) <= tolerance or abs(gap) > _LONGEST_GAP_S:
            gap = Fraction(0)
        if gap > 0:
            self._flush()
            self._silence(round(gap * self._rate))
            self._end += gap
        elif gap < 0:
            skip = math.ceil(-gap * frame.sample_rate)
            if skip >= frame.samples:
                return
            frame = _without_first(frame, skip)
        self._end += Fraction(frame.samples, frame.sample_rate)
        self._encode(self._resampled(frame))

    def finish(self) -> None:
        """Flush the resampler and the encoder."""
        self._flush()
        if self._end is not None:
            self._container.mux(self._stream.encode(None))

    def _resampled(self, frame: av.AudioFrame) -> list[av.AudioFrame]:
        kind = frame.format.name, frame.layout.name, frame.sample_rate
        if kind != self._kind:
            self._flush()
            self._kind = kind
        if self._resampler is None:
            context = self._stream.codec_context
            self._resampler = av.AudioResampler(context.format, context.layout, self._rate)
        frame.pts = None
        return self._resampler.resample(frame)

    def _flush(self) -> None:
        resampler, self._resampler = self._resampler, None
        if resampler is not None:
            self._encode(resampler.resample(None))

    def _silence(self, samples: int) -> None:
        context = self._stream.codec_context
        while samples > 0:
            count = min(samples, _SILENCE_SAMPLES)
            frame = av.AudioFrame(context.format.name, context.layout.name, count)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate = self._rate
            self._encode([frame])
            samples -= count

    def _encode(self, frames: Sequence[av.AudioFrame]) -> None:
        for frame in frames:
            frame.pts, frame.time_base = self._samples, Fraction(1, self._rate)
            self._samples += frame.samples
            self._container.mux(self._stream.encode(frame))


def encoder_of(suffix: str) -> str:
    """The sound encoder for a kind of file."""
    return "libopus" if suffix == ".webm" else "aac"


def _without_first(frame: av.AudioFrame, samples: int) -> av.AudioFrame:
    """A copy of a frame without its first samples."""
    step = 1 if frame.format.is_planar else frame.layout.nb_channels
    rest: Any = np.ascontiguousarray(frame.to_ndarray()[:, samples * step :])
    shorter = av.AudioFrame.from_ndarray(rest, format=frame.format.name, layout=frame.layout.name)
    shorter.sample_rate = frame.sample_rate
    return shorter
