"""Read moving pictures: GIF, and WebP, PNG and AVIF with more than one frame."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.media.pictures.files import check_size
from app.engine.media.pictures.picture_reader import as_bgr, opened, picture_kind
from app.engine.media.video.reader import LARGEST_PX, ColourSpace, VideoReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType

    import av

    from app.engine.core.types import Picture
    from app.engine.media.video.reader import SoundPacket

_LARGEST_GROWTH = 4
_SHORTEST_MS, _USUAL_MS = 20, 100  # Browsers show frames of less than the first for the second.


class MovingPicture:
    """Reads the frames of a moving picture as `VideoReader` does those of a video.

    They are white where they are transparent. libav does not read moving WebP.
    """

    time_base = Fraction(1, 1000)
    container = None
    """There is nothing besides the frames: no sound, no subtitles, no tags."""

    def __init__(self, path: Path) -> None:
        """Open a file. Raises BackdropError if it is no picture or too large."""
        self.path = path
        self.sounds: list[av.AudioStream] = []
        with ExitStack() as stack:
            self._image = stack.enter_context(opened(path))
            check_size(path, *self._image.size, LARGEST_PX)
            # A frame of a GIF may enlarge the whole.
            width, height = self._image.size
            self._largest_px = min(LARGEST_PX, _LARGEST_GROWTH * width * height)
            self._first = 1 if self._image.info.get("default_image") else 0  # For viewers of still PNG.
            self.frame_count = max(1, getattr(self._image, "n_frames", 1) - self._first)
            self.rate = Fraction(1000, self._shown_ms(self._first))
            self._open = stack.pop_all()
        self.end_s = 0.0
        """When the last picture read ends, in seconds from the start."""
        self.problem: BackdropError | None = None
        """What could not be read, once `frames` has ended."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._image.size

    def use_one_core(self) -> None:
        """Decode on one core: Pillow always does."""

    @property
    def fps(self) -> float:
        """Frames per second, as of the first frame."""
        return float(self.rate)

    @property
    def colours(self) -> ColourSpace:
        """The colour space that a video of these pictures has."""
        return ColourSpace.usual(*self._image.size)

    def frames(
        self, on_sound: Callable[[SoundPacket], None] | None = None
    ) -> Iterator[tuple[float, Picture]]:
        """Times in seconds from the start and frames, H x W x 3 BGR, from the first on.

        What is damaged is left out; `problem` then says so. Raises BackdropError if nothing is left.
        """
        self.end_s, self.problem = 0.0, None
        for index in range(self._first, self._first + self.frame_count):
            try:
                shown_ms = self._shown_ms(index)
                bgr = as_bgr(self._image)
            except Exception:  # As for still pictures: Pillow raises errors of nearly every class.
                self.problem = BackdropError(
                    "'{path}' is damaged: it can be read up to {end_s} s.",
                    path=self.path,
                    end_s=f"{self.end_s:.1f}",
                )
                if index == self._first:
                    raise self.problem from None
                return
            at_s = self.end_s
            self.end_s += shown_ms / 1000
            yield at_s, bgr

    def rewind(self) -> None:
        """Go back to the first frame: `frames` always begins there."""

    def close(self) -> None:
        """Close the file."""
        self._open.close()

    def __enter__(self) -> MovingPicture:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _shown_ms(self, index: int) -> int:
        """Decode a frame; how long it is shown."""
        self._image.seek(index)
        check_size(self.path, *self._image.size, self._largest_px)
        self._image.load()
        shown_ms = round(self._image.info.get("duration") or 0)
        return shown_ms if shown_ms >= _SHORTEST_MS else _USUAL_MS


Clip = VideoReader | MovingPicture
"""Whatever has frames."""


def open_clip(path: Path) -> Clip:
    """Open a video or a moving picture by its content. Raises BackdropError."""
    return MovingPicture(path) if picture_kind(path) == "moving" else VideoReader(path)
