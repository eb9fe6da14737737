"""Survey the sound and subtitle tracks of a video file: read its packets once, without decoding."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

import av

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av.container import InputContainer
    from av.stream import Stream
    from av.subtitles.stream import SubtitleStream

SubtitlePacket: TypeAlias = "av.Packet[SubtitleStream]"

# Formats whose AAC may change its layout or rate in the middle; others state both once, in a header.
_CHANGEABLE = {"mpegts", "flv", "aac", "live_flv"}
_ADTS_HEADER_BYTES = 7


@dataclass(slots=True)
class Survey:
    """Facts about the tracks of a file, by stream index."""

    nonempty_sounds: set[int] = field(default_factory=set)
    """Sound tracks that have packets."""
    changing_aac: set[int] = field(default_factory=set)
    """AAC tracks whose layout or rate changes in the middle."""
    subtitles: dict[int, list[SubtitlePacket]] = field(default_factory=dict)
    """The packets of each subtitle track."""


def survey(source: InputContainer, sounds: Sequence[av.AudioStream], with_subtitles: bool) -> Survey:
    """Open the file of `source` a second time and read it; the position of `source` does not change.

    The whole file is read only if it has subtitles, an empty sound track, or AAC that may change. A source
    that is not a file counts as having sound in each track and no subtitles.
    """
    path = Path(source.name.removeprefix("file:"))
    found = Survey()
    if not path.is_file():
        found.nonempty_sounds = {sound.index for sound in sounds}
        return found
    sound_indices = {sound.index for sound in sounds}
    subtitles = source.streams.subtitles if with_subtitles else ()
    subtitle_indices = {stream.index for stream in subtitles if stream.codec_context}
    found.subtitles = {index: [] for index in sorted(subtitle_indices)}
    aac = {s.index for s in sounds if s.codec_context.codec.canonical_name == "aac"}
    format_changes = _FormatChanges(aac) if aac and _CHANGEABLE & set(source.format.name.split(",")) else None
    try:
        demuxer = source.format.name.split(",")[0]
        with av.open(source.name, format=demuxer, metadata_errors="replace") as container:
            tracks = [s for s in container.streams if s.index in sound_indices | subtitle_indices]
            for packet in container.demux(tracks) if tracks else ():
                if packet.dts is None and packet.pts is None:
                    continue
                index = packet.stream.index
                if index in subtitle_indices:
                    found.subtitles[index].append(cast("SubtitlePacket", packet))
                    continue
                found.nonempty_sounds.add(index)
                if format_changes and format_changes.is_changed(packet):
                    found.changing_aac.add(index)
                if found.nonempty_sounds >= sound_indices and not subtitle_indices and not format_changes:
                    break
    except (av.FFmpegError, OSError, IndexError):  # IndexError: PyAV, if damaged data looks like a stream.
        pass  # The facts found so far stay valid; reading the pictures reports the damage.
    return found


class _FormatChanges:
    """Detects that an AAC track changes its layout or rate."""

    def __init__(self, aac: set[int]) -> None:
        """aac: the indices of the AAC tracks."""
        self._aac = aac
        self._first: dict[int, bytes] = {}

    def is_changed(self, packet: av.Packet[Stream]) -> bool:
        """Whether a packet states another layout or rate than the first one of its track."""
        if packet.stream.index not in self._aac:
            return False
        stated = self._stated_format(packet)
        return bool(stated) and self._first.setdefault(packet.stream.index, stated) != stated

    @staticmethod
    def _stated_format(packet: av.Packet[Stream]) -> bytes:
        """The part of a packet that states profile, rate and layout; empty if there is none."""
        if packet.has_sidedata("new_extradata"):
            return bytes(packet.get_sidedata("new_extradata"))
        data = bytes(packet)[:_ADTS_HEADER_BYTES]
        if len(data) < _ADTS_HEADER_BYTES or data[0] != 0xFF or data[1] & 0xF6 != 0xF0:
            return b""
        return bytes((data[2] & 0xFD, data[3] & 0xC0))
