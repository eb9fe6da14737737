"""Small video files with several tracks, made with PyAV, and what is in their sound tracks."""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from app.engine.media.video.reader import VideoReader
from app.engine.media.writing.video_writer import VideoWriter
from tests.clips import person

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import OutputContainer

_FPS = 25
_VIDEO_CODEC = {
    ".avi": "mpeg4",
    ".flv": "flv1",
    ".wmv": "wmv2",
    ".mpg": "mpeg2video",
    ".webm": "libvpx",
}
_FRAME_SAMPLES = 1152
# A frame of 512 silent samples in DTS, for which PyAV has no encoder.
_DTS_FRAME = zlib.decompress(
    base64.b64decode(
        "eNqr/9fA+MeG/4PJAUYLBsb3zWrJuQ0MLAxAYHs9ZmfR0+tx3/e+zzkbwgAFjUwsHAIKDgyYgFNlkkcHBDQw4Acc"
        "UHWdKpM8UZFraNSqVasW0Mdg/v8fGAA/jDnI"
    )
)


@dataclass
class Tone:
    """A sound track: a tone of 440 Hz from `from_s` to `to_s`, silence before."""

    codec: str
    rate_hz: int = 48000
    layout: str = "stereo"
    from_s: float = 0.0
    to_s: float = 2.0
    starts_s: float = 0.0
    """When the track starts."""
    tags: dict[str, str] = field(default_factory=dict)
    disposition: int | None = None
    is_empty: bool = False
    gaps_s: tuple[tuple[float, float], ...] = ()
    """Where nothing is written: beginning and end of each gap."""


def write_film(
    path: Path,
    *tones: Tone,
    seconds: float = 2.0,
    offset_s: float = 0.0,
    cover: bytes = b"",
    tags: dict[str, str] | None = None,
    chapters: list[Any] | None = None,
    flash_s: float = 0.5,
) -> Path:
    """A film whose picture becomes white at `flash_s`; with sound tracks, tags and a cover picture."""
    dts = av.open(io.BytesIO(_DTS_FRAME * round(seconds * 48000 / 512)), "r", format="dts")
    with dts, av.open(str(path), "w") as container:
        container.metadata.update(tags or {})
        if chapters:
            container.set_chapters(chapters)
        video: Any = container.add_stream(_VIDEO_CODEC.get(path.suffix, "libx264"), rate=_FPS)
        video.width, video.height, video.pix_fmt = 176, 144, "yuv420p"
        dts_track: Any = dts.streams.audio[0]
        tracks = [
            container.add_stream_from_template(dts_track) if tone.codec == "dts" else _track(container, tone)
            for tone in tones
        ]
        art: Any = None
        if cover:
            art = container.add_stream("mjpeg", rate=_FPS)
            art.width, art.height, art.pix_fmt = 160, 96, "yuvj420p"
            art.disposition = av.stream.Disposition.attached_pic
        for index in range(round(seconds * _FPS)):
            picture = person(index, 176, 144)
            picture[:, :40] = 255 if index / _FPS >= flash_s else 0
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(index + offset_s * _FPS), Fraction(1, _FPS)
            container.mux(video.encode(frame))
            if index == 0 and art is not None:
                packet = av.Packet(cover)
                packet.pts = packet.dts = 0
                packet.time_base, packet.is_keyframe, packet.stream = Fraction(1, _FPS), True, art
                container.mux(packet)
        container.mux(video.encode(None))
        for track, tone in zip(tracks, tones, strict=True):
            if tone.codec == "dts":
                for packet in dts.demux(dts_track):
                    if packet.size:
                        packet.stream = track
                        container.mux(packet)
            elif not tone.is_empty:
                for sound in _frames(tone, offset_s):
                    container.mux(track.encode(sound))
                container.mux(track.encode(None))
    return path


def _track(container: OutputContainer, tone: Tone) -> Any:
    options = {"strict": "-2"} if tone.codec in {"vorbis", "opus"} else {}
    track: Any = container.add_stream(tone.codec, rate=tone.rate_hz, layout=tone.layout, options=options)
    if tone.codec.startswith("wma"):
        track.bit_rate = 128_000
    track.metadata.update(tone.tags)
    if tone.disposition is not None:
        track.disposition = tone.disposition
    return track


def _frames(tone: Tone, offset_s: float) -> list[av.AudioFrame]:
    rate = tone.rate_hz
    channels = av.AudioLayout(tone.layout).nb_channels
    at = np.arange(round(tone.starts_s * rate), round(tone.to_s * rate)) / rate
    wave = np.where(at >= tone.from_s, 0.5 * np.sin(2 * np.pi * 440 * at), 0.0)
    samples = np.repeat(np.round(wave * 32767).astype(np.int16), channels)
    frames = []
    for start in range(0, len(at), _FRAME_SAMPLES):
        if any(begin <= at[start] < end for begin, end in tone.gaps_s):
            continue
        part = samples[None, start * channels : (start + _FRAME_SAMPLES) * channels]
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part), format="s16", layout=tone.layout)
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = start + round((tone.starts_s + offset_s) * rate)
        frames.append(frame)
    return frames


def copy(source: Path, target: Path, keeps_location: bool = False) -> list[str]:
    """Through reader and writer, with all that stands beside the pictures. Returns the writer's notes."""
    with VideoReader(source) as reader:
        with VideoWriter(
            target,
            "composite",
            reader.rate,
            reader.time_base,
            reader.colours,
            reader.sounds,
            source=reader.container,
            keeps_location=keeps_location,
        ) as writer:
            for time_s, bgr in reader.frames(writer.write_sound):
                writer.write(time_s, bgr)
        return writer.notes


def sound_hash(path: Path, track: int = 0) -> str:
    """A hash of the packets of a sound track, one after another."""
    with av.open(str(path)) as container:
        return hashlib.md5(b"".join(bytes(packet) for packet in container.demux(audio=track))).hexdigest()


def sound_codecs(path: Path) -> list[str]:
    """The codec of each sound track, by its own name."""
    with av.open(str(path)) as container:
        return [stream.codec_context.codec.canonical_name for stream in container.streams.audio]


def loudness(path: Path, track: int = 0, step_s: float = 0.1) -> dict[int, float]:
    """The root mean square of each tenth of a second, by its number from the file's time 0."""
    sums: dict[int, list[float]] = {}
    with av.open(str(path)) as container:
        for frame in container.decode(audio=track):
            values = frame.to_ndarray().astype(np.float64)
            values /= {"s1": 32768.0, "s3": 2.0**31}.get(frame.format.name[:2], 1.0)
            number = int(((frame.time or 0.0) + frame.samples / frame.sample_rate / 2) / step_s)
            sums.setdefault(number, []).append(float(np.mean(values**2)))
    return {number: float(np.sqrt(np.mean(squares))) for number, squares in sums.items()}


def flash_s(path: Path) -> float:
    """When the picture's left edge becomes white."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.to_ndarray(format="gray")[:, :20].mean() > 128:
                return float(frame.time or 0.0)
    raise AssertionError(f"no flash is to be seen in {path}")
