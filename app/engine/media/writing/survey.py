"""What a video file holds besides its pictures: found by reading its packets once, without decoding."""

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

    heard: set[int] = field(default_factory=set)
    """Sound tracks that have packets."""
    changing: set[int] = field(default_factory=set)
    """AAC tracks whose layout or rate changes in the middle."""
    subtitles: dict[int, list[SubtitlePacket]] = field(default_factory=dict)
    """The packets of each subtitle track."""


def survey(source: InputContainer, sounds: Sequence[av.AudioStream], with_subtitles: bool) -> Survey:
    """Read the file of `source` by itself; the position of `source` stays.

    The whole file is read only if it has subtitles, an empty sound track, or AAC that may change. A source
    that is not a file counts as having sound in each track and no subtitles.
    """
    path = Path(source.name.removeprefix("file:"))
    found = Survey()
    if not path.is_file():
        found.heard = {sound.index for sound in sounds}
        return found
    wanted = {sound.index for sound in sounds}
    subtitles = source.streams.subtitles if with_subtitles else ()
    texts = {stream.index for stream in subtitles if stream.codec_context}
    found.subtitles = {index: [] for index in sorted(texts)}
    aac = {s.index for s in sounds if s.codec_context.codec.canonical_name == "aac"}
    watched = _Changes(aac) if aac and _CHANGEABLE & set(source.format.name.split(",")) else None
    try:
        demuxer = source.format.name.split(",")[0]
        with av.open(source.name, format=demuxer, metadata_errors="replace") as again:
            tracks = [s for s in again.streams if s.index in wanted | texts]
            for packet in again.demux(tracks) if tracks else ():
                if packet.dts is None and packet.pts is None:
                    continue
                index = packet.stream.index
                if index in texts:
                    found.subtitles[index].append(cast("SubtitlePacket", packet))
                    continue
                found.heard.add(index)
                if watched and watched.changes(packet):
                    found.changing.add(index)
                if found.heard >= wanted and not texts and not watched:
                    break
    except (av.FFmpegError, OSError, IndexError):  # IndexError: of PyAV, if garbage looked like a stream.
        pass  # Of a damaged file, what was found so far holds; reading its pictures reports the damage.
    return found


class _Changes:
    """Notices when the AAC of a track changes its layout or rate."""

    def __init__(self, aac: set[int]) -> None:
        """aac: the indices of the AAC tracks."""
        self._aac = aac
        self._first: dict[int, bytes] = {}

    def changes(self, packet: av.Packet[Stream]) -> bool:
        """Whether a packet has another layout or rate than the first one of its track."""
        if packet.stream.index not in self._aac:
            return False
        said = self._said(packet)
        return bool(said) and self._first.setdefault(packet.stream.index, said) != said

    @staticmethod
    def _said(packet: av.Packet[Stream]) -> bytes:
        """The part of a packet that states profile, rate and layout; empty if there is none."""
        if packet.has_sidedata("new_extradata"):
            return bytes(packet.get_sidedata("new_extradata"))
        data = bytes(packet)[:_ADTS_HEADER_BYTES]
        if len(data) < _ADTS_HEADER_BYTES or data[0] != 0xFF or data[1] & 0xF6 != 0xF0:
            return b""
        return bytes((data[2] & 0xFD, data[3] & 0xC0))
