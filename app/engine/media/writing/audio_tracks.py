"""Write the sound tracks of a video: copied if the file can hold them, else encoded."""

from __future__ import annotations

import io
import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av

from app.engine.media.writing.sample_writer import BITS_PER_CHANNEL, SampleWriter, encoder_of
from app.engine.media.writing.track_tags import copy_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from av.container import OutputContainer

    from app.engine.media.video.reader import SoundPacket
    from app.engine.media.writing.survey import Survey

# By the codec's own name (`canonical_name`); a decoder may have another, such as mp3float or dca.
# Not listed: PCM in MP4, which older players take for noise, and codecs that libav writes as an experiment.
_PCM_LITTLE = {f"pcm_{kind}le" for kind in ("s16", "s24", "s32", "f32", "f64")}
_PCM_BIG = {f"pcm_{kind}be" for kind in ("s16", "s24", "s32")}
_EVERYWHERE = {"aac", "mp2", "mp3", "ac3", "eac3", "dts", "alac"}
_HOLDS: dict[str, set[str]] = {
    ".mp4": {*_EVERYWHERE, "flac", "opus", "vorbis"},
    ".mov": {
        *_EVERYWHERE,
        *_PCM_LITTLE,
        *_PCM_BIG,
        "pcm_f32be",
        "pcm_f64be",
        "pcm_s8",
        "pcm_u8",
        "pcm_alaw",
        "pcm_mulaw",
        "adpcm_ima_qt",
        "amr_nb",
        "amr_wb",
    },
    ".mkv": {
        *_EVERYWHERE,
        *_PCM_LITTLE,
        *_PCM_BIG,
        "pcm_u8",
        "mp1",
        "flac",
        "opus",
        "vorbis",
        "truehd",
        "mlp",
        "wavpack",
    },
    ".webm": {"opus", "vorbis"},
}
_MUXERS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
_SURROUND_CHANNELS = 6
_LONGEST_RUN_IN_S = Fraction(1, 10)
"""Decoders need this much before the first sound; what comes earlier was trimmed from the video."""
_LATEST_BACKWARD_S = Fraction(1, 10)
"""A copied packet that goes back farther is a repetition."""


def can_hold(suffix: str, source: av.AudioStream) -> bool:
    """Whether a file of this kind can hold the packets of a sound track as they are."""
    if source.codec_context.codec.canonical_name not in _HOLDS[suffix]:
        return False
    # The muxer refuses some rates and layouts of codecs that it knows.
    trial = av.open(io.BytesIO(), "w", format=_MUXERS[suffix])
    try:
        trial.add_stream_from_template(source, opaque=True)
        trial.start_encoding()
    except (av.FFmpegError, ValueError):
        return False
    finally:
        with suppress(av.FFmpegError):
            trial.close()
    return True


class AudioTrack(ABC):
    """One sound track of a file that is being written."""

    @property
    @abstractmethod
    def loss(self) -> str:
        """What the file could not take, as the end of a sentence; empty if it took all."""

    @abstractmethod
    def write(self, packet: SoundPacket) -> None:
        """Take the next packet of the source track. A broken packet is skipped, as players do."""

    @abstractmethod
    def finish(self) -> None:
        """Flush the codecs."""


class CopiedTrack(AudioTrack):
    """A track whose packets are written as they are."""

    def __init__(self, container: OutputContainer, source: av.AudioStream) -> None:
        self._container = container
        self._stream = container.add_stream_from_template(source, opaque=True)
        self._tick = Fraction(1, source.codec_context.sample_rate or 48000)
        self._stream.time_base = self._tick
        self._last = -sys.maxsize
        self._refused = 0
        copy_tags(source, self._stream)

    @property
    def loss(self) -> str:
        return f"lost {self._refused} damaged packets" if self._refused else ""

    def write(self, packet: SoundPacket) -> None:
        at = packet.pts if packet.pts is not None else packet.dts
        if at is None or not packet.size:
            return
        if packet.is_discard and at * packet.time_base < -_LONGEST_RUN_IN_S:
            return
        ticks_per_unit = packet.time_base / self._tick
        ticks = round(at * ticks_per_unit)
        if ticks <= self._last:
            if (self._last - ticks) * self._tick > _LATEST_BACKWARD_S:
                return
            ticks = self._last + 1
        self._last = ticks
        packet.duration = round((packet.duration or 0) * ticks_per_unit)
        packet.pts = packet.dts = ticks
        packet.time_base = self._tick
        packet.stream = self._stream
        try:
            self._container.mux(packet)
        except (av.InvalidDataError, av.ArgumentError):
            self._refused += 1

    def finish(self) -> None:
        pass


class EncodedTrack(AudioTrack):
    """A track that is decoded and encoded. Rate and layout may change in it; gaps become silence."""

    def __init__(
        self, container: OutputContainer, suffix: str, source: av.AudioStream, changing: bool
    ) -> None:
        """changing: the layout changes in the middle, so that the first one says little."""
        context = source.codec_context
        encoder = encoder_of(suffix)
        rate = _nearest_rate(encoder, context.sample_rate or 48000)
        channels = max(context.layout.nb_channels, 2 if changing else 1)
        layout = "mono" if channels == 1 else "stereo" if channels < _SURROUND_CHANNELS else "5.1"
        stream = cast("av.AudioStream", container.add_stream(encoder, rate=rate, layout=layout))
        stream.bit_rate = BITS_PER_CHANNEL * stream.codec_context.layout.nb_channels
        copy_tags(source, stream)
        self._container, self._source, self._stream = container, source, stream
        self._writer = SampleWriter(container, stream)

    @property
    def loss(self) -> str:
        return "" if self._writer.has_sound else "could not be decoded"

    @property
    def codec(self) -> str:
        """The name of the codec."""
        return self._stream.codec_context.codec.canonical_name

    def write(self, packet: SoundPacket) -> None:
        frames: list[av.AudioFrame] = []
        with suppress(av.FFmpegError):
            frames = packet.decode()
        self._add(frames)

    def finish(self) -> None:
        with suppress(av.FFmpegError):
            self._add(self._source.codec_context.decode(None))
        self._writer.finish()

    def _add(self, frames: Iterable[av.AudioFrame]) -> None:
        for frame in frames:
            at = None if frame.pts is None else frame.pts * Fraction(frame.time_base or 0)
            self._writer.write(at, frame)


class AudioTracks:
    """All sound tracks of a file that is being written."""

    def __init__(
        self, container: OutputContainer, suffix: str, sounds: Sequence[av.AudioStream], found: Survey
    ) -> None:
        """sounds: the tracks of one source; `found` says which have packets, and the others are left out."""
        self.notes: list[str] = []
        """What became of tracks that are not copied: one sentence each."""
        self._tracks: dict[int, AudioTrack] = {}
        self._names: dict[int, str] = {}
        for number, source in enumerate(sounds, start=1):
            name = "The sound" if len(sounds) == 1 else f"Sound track {number}"
            self._names[source.index] = name
            if source.index not in found.nonempty_sounds:
                self.notes.append(f"{name} is empty and was left out.")
                continue
            changing = source.index in found.changing_aac
            if can_hold(suffix, source) and not changing:
                self._tracks[source.index] = CopiedTrack(container, source)
                continue
            track = EncodedTrack(container, suffix, source, changing)
            self._tracks[source.index] = track
            codec = source.codec_context.codec.canonical_name
            reason = (
                f"{suffix} cannot hold {codec} that changes" if changing else f"{suffix} cannot hold {codec}"
            )
            self.notes.append(f"{name} was encoded as {track.codec}, because {reason}.")

    def write(self, packet: SoundPacket) -> None:
        """Take a packet of one of the source's tracks; of a track that was left out it is ignored."""
        track = self._tracks.get(packet.stream.index)
        if track:
            track.write(packet)

    def finish(self) -> None:
        """Flush the codecs."""
        for index, track in self._tracks.items():
            track.finish()
            if track.loss:
                self.notes.append(f"{self._names[index]} {track.loss}.")


def _nearest_rate(encoder: str, wanted_hz: int) -> int:
    """The lowest rate of an encoder that is not below the wanted one, else its highest."""
    rates = sorted(av.Codec(encoder, "w").audio_rates or [wanted_hz])
    return next((rate for rate in rates if rate >= wanted_hz), rates[-1])
