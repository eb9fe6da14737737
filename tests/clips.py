"""Make small videos with PyAV, and read back their frames and sound."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Pixels = npt.NDArray[np.uint8]

SOUND_RATE_HZ = 48000


def person(index: int, width_px: int = 160, height_px: int = 96) -> Pixels:
    """A red 'person' in the middle (alpha 1 to the tiny network) of a blue room with moving stripes."""
    picture = np.zeros((height_px, width_px, 3), np.uint8)
    picture[..., 0] = 200
    picture[:, (np.arange(width_px) + 4 * index) % 16 < 8] = (120, 0, 0)
    picture[height_px // 4 :, width_px // 3 : 2 * width_px // 3] = (0, 0, 255)
    return picture


def write_clip(
    path: Path,
    frames: int = 25,
    draw: Callable[[int], Pixels] = person,
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    rate: int = 25,
    times: Sequence[Fraction] | None = None,
    matrix: int = 6,
    tagged: bool = True,
    rotation: int = 0,
    pixel_aspect: Fraction | None = None,
    sounds: Sequence[str] = (),
    sound_from_s: float = 0.0,
    offset_s: int = 0,
) -> Path:
    """A clip of `draw(0)`, `draw(1)` and so on.

    times: when each frame is shown, in seconds. matrix: of the YUV conversion, 1 is BT.709 and 6 BT.601.
    rotation: degrees counter-clockwise to turn it by when shown. sounds: a codec per track; each is a tone
    from `sound_from_s` on. pixel_aspect: width to height of a pixel. offset_s: added to all times.
    """
    tick = Fraction(1, 12800)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, av.VideoStream)
        height, width = draw(0).shape[:2]
        stream.height, stream.width, stream.pix_fmt = height, width, pixels
        stream.codec_context.time_base = tick
        stream.options = {"crf": "10"} if codec == "libx264" else {}
        if tagged:
            context = stream.codec_context
            context.colorspace = context.color_primaries = context.color_trc = matrix
            context.color_range = 1
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if rotation:
            stream.set_display_rotation(rotation)
        tracks = [container.add_stream(name, rate=SOUND_RATE_HZ, layout="mono") for name in sounds]
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(draw(index), format="bgr24")
            frame = frame.reformat(
                format=pixels,
                dst_colorspace={1: 1, 6: 5}[matrix],
                dst_color_range=1,
                interpolation=0x2 | 0x40000,  # bilinear, accurately rounded
            )
            at = times[index] if times else Fraction(index, rate)
            frame.pts, frame.time_base = round((at + offset_s) / tick), tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        for track in tracks:
            assert isinstance(track, av.AudioStream)
            for sound in _tone(frames / rate, sound_from_s, offset_s):
                container.mux(track.encode(sound))
            container.mux(track.encode(None))
    return path


def _tone(seconds: float, from_s: float, offset_s: int) -> list[av.AudioFrame]:
    at = np.arange(round(seconds * SOUND_RATE_HZ)) / SOUND_RATE_HZ
    wave = np.where(at >= from_s, 0.5 * np.sin(2 * np.pi * 440 * at), 0.0)
    samples = np.round(wave * 32767).astype(np.int16)
    frames = []
    for start in range(0, len(samples), 1024):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="s16", layout="mono")
        frame.sample_rate = SOUND_RATE_HZ
        frame.pts, frame.time_base = start + offset_s * SOUND_RATE_HZ, Fraction(1, SOUND_RATE_HZ)
        frames.append(frame)
    return frames


def seen(path: Path) -> list[tuple[float, Pixels]]:
    """Time and picture (BGR) of each frame as decoded, without rotation."""
    with av.open(str(path)) as container:
        return [(f.time, f.to_ndarray(format="bgr24").astype(np.uint8)) for f in container.decode(video=0)]


def heard_from_s(path: Path, track: int = 0) -> float:
    """When a track's tone begins, in seconds of the file's clock."""
    with av.open(str(path)) as container:
        for frame in container.decode(audio=track):
            loud = np.abs(frame.to_ndarray().astype(np.float64).reshape(-1))
            loud /= 32768 if frame.format.name.startswith("s16") else 1
            above = np.flatnonzero(loud > 0.1)
            if above.size:
                return float(frame.time + above[0] / len(loud) * frame.samples / frame.sample_rate)
    raise AssertionError(f"nothing is to be heard in {path}")
