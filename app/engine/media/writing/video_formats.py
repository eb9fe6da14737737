"""The encodings of video files, by content and suffix."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Content = Literal["composite", "alpha", "foreground"]


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """The encoding of one kind of file. `pixels`: FFmpeg's pixel format; `options`: of FFmpeg's encoder."""

    codec: str
    pixels: str
    options: dict[str, str] = field(default_factory=dict)
    needs_even_size: bool = False
    """Whether width and height must be even."""


# No B-frames: pictures are stored in another order with them, and MP4 cannot state how long each is shown.
_H264 = VideoFormat(
    "libx264", "yuv420p", {"crf": "18", "preset": "veryfast", "bf": "0"}, needs_even_size=True
)
# While it is written, the file consists of fragments of one second; closing it adds an ordinary index.
LIVE_MP4 = {
    "movflags": "+hybrid_fragmented+frag_keyframe+empty_moov+default_base_moof",
    "frag_duration": "1000000",
    "flush_packets": "1",
}
LIVE_MKV = {"cluster_time_limit": "1000", "flush_packets": "1"}
_VP9_OPTIONS = {"crf": "24", "b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}
_VP9 = VideoFormat("libvpx-vp9", "yuv420p", _VP9_OPTIONS)
# libvpx refuses alpha together with its alternate reference frames.
_VP9_ALPHA = VideoFormat("libvpx-vp9", "yuva420p", {**_VP9_OPTIONS, "auto-alt-ref": "0"})

VIDEO_FORMATS: dict[Content, dict[str, VideoFormat]] = {
    "composite": {".mp4": _H264, ".mkv": _H264, ".mov": _H264, ".webm": _VP9},
    "alpha": {".mkv": VideoFormat("ffv1", "gray")},
    "foreground": {
        ".webm": _VP9_ALPHA,
        ".mov": VideoFormat("prores_ks", "yuva444p10le", {"profile": "4444"}),
    },
}
"""The video formats by content, then by file suffix."""
