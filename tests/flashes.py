"""Clips in which a white frame and a beep come together, and when they come in a file."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import numpy.typing as npt

from tests.clips import SOUND_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Samples = npt.NDArray[np.int16]
BEEP_S = 0.1
_SIZE = 96, 160


def opened(path: Path, *arguments: str, **options: dict[str, str]) -> Any:
    """PyAV's container, whose types say None for what a whole file always has."""
    return av.open(str(path), *arguments, **options)  # type: ignore[call-overload]


def flash_clip(
    path: Path,
    seconds: float = 3,
    flashes_s: Sequence[float] = (0.52, 1.52, 2.52),
    *,
    rate: int = 25,
    times_s: Sequence[float] | None = None,
    sound: str | None = "aac",
    sound_seconds: float | None = None,
    sound_from_s: float = 0.0,
    pictures_from_s: float = 0.0,
    offset_s: float = 0.0,
    grey: int = 60,
    size: tuple[int, int] = _SIZE,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """A grey clip with a white frame and a beep of 0.1 s at each time of `flashes_s`.

    times_s: when each frame is shown, for a varying rate. sound_seconds, sound_from_s, pictures_from_s: parts
    of the clip that have sound or pictures. offset_s: added to all times. Packets are interleaved.
    """
    tick = Fraction(1, 90_000)
    with opened(path, "w", container_options=container_options or {}) as container:
        video = container.add_stream(codec, rate=rate)
        video.height, video.width = size
        video.pix_fmt = "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000) if codec == "mpeg4" else tick
        video.options = {"g": "25", **(options or {})}
        audio: Any = container.add_stream(sound, rate=SOUND_RATE_HZ, layout="mono") if sound else None
        shown = times_s if times_s is not None else np.arange(round(seconds * rate)) / rate
        shown = [t for t in shown if t >= pictures_from_s]
        sounds = _sound(seconds, sound_seconds, sound_from_s, flashes_s) if audio else iter(())
        waiting = next(sounds, None)
        for index, at_s in enumerate(shown):
            while waiting is not None and waiting[0] <= at_s:
                container.mux(audio.encode(_sound_frame(*waiting, offset_s)))
                waiting = next(sounds, None)
            following = shown[index + 1] if index + 1 < len(shown) else at_s + 1 / rate
            is_white = any(at_s <= f + 1e-6 < following for f in flashes_s)
            picture = np.full((*size, 3), 255 if is_white else grey, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
            frame.time_base = tick
            frame.pts = round((at_s + offset_s) / tick)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        while waiting is not None:
            container.mux(audio.encode(_sound_frame(*waiting, offset_s)))
            waiting = next(sounds, None)
        if audio:
            container.mux(audio.encode(None))
    return path


def _sound(
    seconds: float, sound_seconds: float | None, from_s: float, flashes_s: Sequence[float]
) -> Iterator[tuple[float, Samples]]:
    end_s = seconds if sound_seconds is None else sound_seconds
    at = np.arange(round(from_s * SOUND_RATE_HZ), round(end_s * SOUND_RATE_HZ)) / SOUND_RATE_HZ
    loud = np.zeros(len(at), bool)
    for flash_s in flashes_s:
        loud |= (at >= flash_s) & (at < flash_s + BEEP_S)
    wave = np.where(loud, 0.5 * np.sin(2 * np.pi * 1000 * at), 0.0)
    samples = np.round(wave * 32767).astype(np.int16)
    for start in range(0, len(samples), 1024):
        yield from_s + start / SOUND_RATE_HZ, samples[None, start : start + 1024]


def _sound_frame(at_s: float, samples: Samples, offset_s: float) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate = SOUND_RATE_HZ
    frame.pts, frame.time_base = round((at_s + offset_s) * SOUND_RATE_HZ), Fraction(1, SOUND_RATE_HZ)
    return frame


def flashes_in(path: Path) -> list[float]:
    """When each white flash begins, in seconds of the file's clock."""
    with opened(path) as container:
        shown = [(f.time, float(f.to_ndarray(format="gray").mean()) > 180) for f in container.decode(video=0)]
    return [at for (_, before), (at, white) in pairwise([(0.0, False), *shown]) if white and not before]


def beeps_in(path: Path) -> list[float]:
    """When each beep begins, in seconds of the file's clock."""
    begins: list[float] = []
    last_s = -1.0
    with opened(path) as container:
        for frame in container.decode(audio=0):
            levels = np.abs(frame.to_ndarray().astype(np.float64).reshape(-1, frame.samples)).max(0)
            levels /= 32768 if frame.format.name.startswith("s16") else 1
            for at in np.flatnonzero(levels > 0.15) / frame.sample_rate + frame.time:
                if at > last_s + BEEP_S / 2:
                    begins.append(float(at))
                last_s = at
    return begins


def length_s(path: Path, kind: str = "video") -> float:
    """From 0 to the end of a track's last packet, in seconds of the file's clock."""
    with opened(path) as container:
        stream = next(s for s in container.streams if s.type == kind)
        return max(
            float((p.pts + (p.duration or 0)) * p.time_base) for p in container.demux(stream) if p.size
        )


def assert_in_step(path: Path, expected_s: Sequence[float], within_s: float = 0.06) -> None:
    """Check that flashes and beeps come at these times, each with the other to 20 ms."""
    flashes, beeps = flashes_in(path), beeps_in(path)
    assert len(flashes) == len(beeps) == len(expected_s), (flashes, beeps)
    assert np.abs(np.subtract(flashes, beeps)).max() <= 0.02, (flashes, beeps)
    assert np.abs(np.subtract(flashes, expected_s)).max() <= within_s, (flashes, expected_s)


def trimmed(source: Path, target: Path, from_s: float) -> Path:
    """A copy that begins at `from_s` by an edit list: what decoders need before it is in the file, unseen."""
    with opened(source) as read, opened(target, "w") as write:
        streams = {s.index: write.add_stream_from_template(s, opaque=True) for s in read.streams}
        packets = [p for p in read.demux() if p.pts is not None and p.dts is not None]
        keys = [p for p in packets if p.stream.type == "video" and p.is_keyframe]
        key = max((p for p in keys if p.pts * p.time_base <= from_s), key=lambda p: p.pts)
        first_s = float(key.pts * key.time_base)
        for packet in packets:
            at_s = float(packet.pts * packet.time_base)
            if packet.dts < key.dts if packet.stream is key.stream else at_s < first_s - 0.1:
                continue
            shift = round(from_s / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = streams[packet.stream.index]
            write.mux(packet)
    return target
