"""Videos on disk for measuring: frames and alphas without loss (FFV1 in Matroska), clips of any kind."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np

from models.data.dataset import DataError, Pixels
from models.data.sequences import FPS, Footage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TRUTH = "truth"  # the folder of true alphas beside the frames


def write_video(path: Path, pictures: Iterable[Pixels]) -> None:
    """Pictures, uint8 [H, W, 3] BGR or [H, W] grey, bit by bit. Raises DataError."""
    try:
        with av.open(str(path), "w") as container:
            stream = container.add_stream("ffv1", rate=round(FPS))
            for index, picture in enumerate(pictures):
                grey = picture.ndim == 2
                if index == 0:
                    stream.height, stream.width = picture.shape[:2]
                    stream.pix_fmt = "gray" if grey else "bgr0"
                frame = av.VideoFrame.from_ndarray(picture, format="gray" if grey else "bgr24")
                frame.pts = index
                container.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
            container.mux(stream.encode(None))
    except (OSError, av.FFmpegError) as error:
        raise DataError(f"cannot write {path}: {error.strerror}") from None


def read_video(path: Path, grey: bool = False, most: int | None = None) -> list[Pixels]:
    """A video's first `most` pictures, or all: uint8 BGR or grey. Raises DataError."""
    try:
        with av.open(str(path)) as container:
            frames = islice(container.decode(video=0), most)
            pictures = [
                np.asarray(f.to_ndarray(format="gray" if grey else "bgr24"), np.uint8) for f in frames
            ]
    except (OSError, av.FFmpegError, IndexError):
        raise DataError(f"cannot read the video {path}") from None
    if not pictures:
        raise DataError(f"{path} has no pictures in it")
    return pictures


def write_footage(folder: Path, footage: Footage) -> None:
    """`folder`/NAME.mkv and `folder`/truth/NAME.mkv. Raises DataError."""
    (folder / TRUTH).mkdir(parents=True, exist_ok=True)
    write_video(folder / f"{footage.name}.mkv", footage.frames)
    write_video(folder / TRUTH / f"{footage.name}.mkv", footage.alphas)


def read_footage(folder: Path) -> Iterator[Footage]:
    """What `write_footage` wrote, in order of names. Raises DataError."""
    paths = sorted(folder.glob("*.mkv"))
    if not paths:
        raise DataError(f"there is no sequence in {folder}: make some with --write")
    for path in paths:
        yield Footage(path.stem, read_video(path), read_video(folder / TRUTH / path.name, grey=True))


def read_behind(text: str, most: int) -> list[Pixels]:
    """A clip, CLIP, or a window of it, CLIP@LEFT,TOP,RIGHT,BOTTOM in shares of its size. Raises DataError."""
    name, _, window = text.partition("@")
    pictures = read_video(Path(name), most=most)
    try:
        left, top, right, bottom = (float(n) for n in window.split(",")) if window else (0.0, 0.0, 1.0, 1.0)
    except ValueError:
        left = right = top = bottom = -1.0
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise DataError(f"the window of {text} is not LEFT,TOP,RIGHT,BOTTOM, each from 0 to 1")
    height, width = pictures[0].shape[:2]
    rows, columns = (
        slice(round(a * n), round(b * n)) for a, b, n in ((top, bottom, height), (left, right, width))
    )
    return [np.ascontiguousarray(picture[rows, columns]) for picture in pictures]
