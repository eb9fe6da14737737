"""The first picture of a trimmed MP4 or MOV file, of which an edit list cuts off a part."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import av

if TYPE_CHECKING:
    from pathlib import Path

_REORDERED = 64  # Packets. More than any decoder reorders.


class CutPicture(NamedTuple):
    """The picture that is shown when the video starts, although it begins before."""

    position: int
    """Of its packet in the file, in bytes."""
    rest_s: float
    """How long it is still shown, in seconds."""


def cut_picture(path: Path, index: int) -> CutPicture | None:
    """Find the cut picture of a video stream by its index; None if the cut is between two pictures.

    libav leaves such a picture out and lets the next one begin too early. Without its support of edit lists
    it gives the true times.
    """
    with (
        suppress(av.FFmpegError, OSError),
        av.open(f"file:{path}", options={"advanced_editlist": "0"}, metadata_errors="replace") as container,
    ):
        stream = container.streams[index]
        with suppress(av.FFmpegError):
            container.seek(0, stream=stream)
        hidden: tuple[float, float, int] | None = None
        after = 0
        first_s: float | None = None
        for packet in container.demux(stream):
            if packet.pts is None or packet.pos is None:
                continue
            at_s = float(packet.pts * packet.time_base)
            if at_s >= 0:
                first_s = at_s if first_s is None else min(at_s, first_s)
                after += 1
                if after > _REORDERED:
                    break
            else:
                hidden = max(
                    hidden or (at_s, 0.0, 0),
                    (at_s, float((packet.duration or 0) * packet.time_base), packet.pos),
                )
        if hidden and first_s and hidden[0] < 0 < first_s <= hidden[0] + hidden[1] + 1e-3:
            return CutPicture(hidden[2], first_s)
    return None
