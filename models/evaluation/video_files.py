"""Video files for evaluation: lossless frames and alphas (FFV1 in Matroska), and clips of any format."""

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

TRUTH = "truth"  # folder of the true alphas, in the folder of the frames


def write_video(path: Path, images: Iterable[Pixels]) -> None:
    """Write images, uint8 [H, W, 3] BGR or [H, W] grey, without loss. Raises DataError."""
    try:
        with av.open(str(path), "w") as container:
            stream = container.add_stream("ffv1", rate=round(FPS))
            for index, image in enumerate(images):
                grey = image.ndim == 2
                if index == 0:
                    stream.height, stream.width = image.shape[:2]
                    stream.pix_fmt = "gray" if grey else "bgr0"
                frame = av.VideoFrame.from_ndarray(image, format="gray" if grey else "bgr24")
                frame.pts = index
                container.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
            container.mux(stream.encode(None))
    except (OSError, av.FFmpegError) as error:
        raise DataError(f"cannot write {path}: {error.strerror}") from None


def read_video(path: Path, grey: bool = False, limit: int | None = None) -> list[Pixels]:
    """Read the frames of a video, at most `limit`: uint8 BGR or grey. Raises DataError."""
    try:
        with av.open(str(path)) as container:
            frames = islice(container.decode(video=0), limit)
            images = [np.asarray(f.to_ndarray(format="gray" if grey else "bgr24"), np.uint8) for f in frames]
    except (OSError, av.FFmpegError, IndexError):
        raise DataError(f"cannot read the video {path}") from None
    if not images:
        raise DataError(f"{path} has no frames")
    return images


def write_footage(folder: Path, footage: Footage) -> None:
    """Write `folder`/NAME.mkv and `folder`/truth/NAME.mkv. Raises DataError."""
    (folder / TRUTH).mkdir(parents=True, exist_ok=True)
    write_video(folder / f"{footage.name}.mkv", footage.frames)
    write_video(folder / TRUTH / f"{footage.name}.mkv", footage.alphas)


def read_footage(folder: Path) -> Iterator[Footage]:
    """Read the files that `write_footage` wrote, sorted by name. Raises DataError."""
    paths = sorted(folder.glob("*.mkv"))
    if not paths:
        raise DataError(f"there is no sequence in {folder}; write some with --write")
    for path in paths:
        yield Footage(path.stem, read_video(path), read_video(folder / TRUTH / path.name, grey=True))


def read_window(text: str, limit: int) -> list[Pixels]:
    """Read CLIP or CLIP@LEFT,TOP,RIGHT,BOTTOM, a window in shares of its size, 0 to 1. Raises DataError."""
    name, _, window = text.partition("@")
    frames = read_video(Path(name), limit=limit)
    try:
        left, top, right, bottom = (float(n) for n in window.split(",")) if window else (0.0, 0.0, 1.0, 1.0)
    except ValueError:
        left = right = top = bottom = -1.0
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise DataError(f"the window of {text} must be LEFT,TOP,RIGHT,BOTTOM, each from 0 to 1")
    height, width = frames[0].shape[:2]
    rows, columns = (
        slice(round(a * n), round(b * n)) for a, b, n in ((top, bottom, height), (left, right, width))
    )
    return [np.ascontiguousarray(frame[rows, columns]) for frame in frames]
