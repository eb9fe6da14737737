"""Find sound packets that cannot be decoded: copied as they are, they would damage the result too."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.engine.media.video.timeline import AnyPacket


class SoundCheck:
    """Decodes sound packets with decoders of its own, because the writer may use those of the file."""

    def __init__(self, path: Path | None, sounds: Sequence[av.AudioStream]) -> None:
        self.has_begun = False
        """Whether any packet could be decoded."""
        self._container: av.container.InputContainer | None = None
        if path is not None and sounds:
            with suppress(av.FFmpegError, OSError):
                self._container = av.open(f"file:{path}", metadata_errors="replace")

    def is_intact(self, packet: AnyPacket) -> bool:
        """Whether a packet can be decoded; also True if that cannot be found out."""
        if self._container is None or not packet.size or packet.stream_index >= len(self._container.streams):
            return True
        context = self._container.streams[packet.stream_index].codec_context
        if not isinstance(context, av.AudioCodecContext):
            return True
        try:
            self.has_begun |= bool(context.decode(packet))
        except av.FFmpegError:
            return False
        return True

    def close(self) -> None:
        """Close the file."""
        if self._container is not None:
            self._container.close()
