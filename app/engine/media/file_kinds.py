"""Tell pictures from videos, by their content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.media.pictures.picture_reader import picture_kind
from app.engine.media.video.reader import VideoReader

if TYPE_CHECKING:
    from pathlib import Path

# For file dialogs, and for files whose content tells nothing. Any other name may be one's too.
# fmt: off
IMAGE_SUFFIXES = {
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".heic",
    ".heif", ".hif",
}
VIDEO_SUFFIXES = {
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".gif", ".apng", ".mts", ".m2ts", ".ts",
    ".wmv", ".asf", ".mpg", ".mpeg", ".m2v", ".vob", ".3gp", ".3g2", ".flv", ".f4v", ".ogv",
    ".mxf", ".dv",
}
# fmt: on


def is_picture(path: Path) -> bool:
    """Whether to read a file as a still picture; else it moves, or nothing can read it."""
    kind = picture_kind(path)
    if kind is None:
        return path.suffix.lower() in IMAGE_SUFFIXES and not _is_video(path)
    return kind == "still"


def is_medium(path: Path) -> bool:
    """Whether a file is a picture or a video, by its content or, if that tells nothing, by its name."""
    if path.suffix.lower() in IMAGE_SUFFIXES | VIDEO_SUFFIXES:
        return True
    return picture_kind(path) is not None or _is_video(path)


def _is_video(path: Path) -> bool:
    try:
        VideoReader(path).close()
    except BackdropError:
        return False
    return True
