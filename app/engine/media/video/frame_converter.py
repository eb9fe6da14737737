"""Convert decoded frames to pictures: upright, square pixels, BT.709, one size."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from app.engine.core.image_ops import contain
from app.engine.media.pictures.geometry import square_pixels, turned, turned_by_matrix
from app.engine.media.pictures.picture_reader import over_white
from app.engine.media.video.tone_map import ToneMapper, needs_tone_map

if TYPE_CHECKING:
    from fractions import Fraction

    import av
    from av.sidedata.sidedata import SideData

    from app.engine.core.types import Picture

# SWS_BILINEAR | SWS_ACCURATE_RND, as numbers because PyAV 17 has no name for the second. Without it flat
# colours end up to 5 levels off.
SCALING = 0x2 | 0x40000


class FrameConverter:
    """Converts the frames of one stream."""

    def __init__(self, aspect: Fraction | None, matrix: int, keeps_size: bool) -> None:
        """aspect: width to height of a pixel. matrix: of frames that do not name one.

        keeps_size: fit frames of other sizes than the first into its size, with bars.
        """
        self._aspect, self._matrix, self._keeps_size = aspect, matrix, keeps_size
        self._tone_mapper: ToneMapper | None = None
        self._size: tuple[int, int] | None = None
        self._rotation: int | None = None
        self._matrix_shown: bytes | None = None

    def sibling(self) -> FrameConverter:
        """Another one for the same stream, which gives frames the same size. For another thread."""
        made = FrameConverter(self._aspect, self._matrix, self._keeps_size)
        made._size = self._size
        return made

    def picture(self, frame: av.VideoFrame, has_matrix: bool) -> Picture:
        """The frame as H x W x 3 BGR. has_matrix: its own YUV matrix is to be used."""
        matrix = None if has_matrix else self._matrix
        if needs_tone_map(frame.color_primaries, frame.color_trc):
            bgr = self._tone_mapped(frame, matrix)
        elif _has_alpha(frame):
            bgr = over_white(
                np.asarray(
                    frame.to_ndarray(format="bgra", src_colorspace=matrix, interpolation=SCALING), np.uint8
                )
            )
        else:
            bgr = np.asarray(
                frame.to_ndarray(format="bgr24", src_colorspace=matrix, interpolation=SCALING), np.uint8
            )
        bgr = self._upright(square_pixels(bgr, self._aspect), frame)
        if self._size is None:
            self._size = bgr.shape[:2]
        elif self._keeps_size and bgr.shape[:2] != self._size:
            height, width = self._size
            bgr = contain(bgr, width, height)
        return bgr

    def _upright(self, bgr: Picture, frame: av.VideoFrame) -> Picture:
        # Not for each frame: PyAV's side data keep their frame, with its threads, until garbage is collected.
        if frame.rotation != self._rotation:
            self._rotation, self._matrix_shown = frame.rotation, _display_matrix(frame)
        if self._matrix_shown is None:
            return turned(bgr, False, round(frame.rotation / 90) % 4)
        return turned_by_matrix(bgr, self._matrix_shown)

    def _tone_mapped(self, frame: av.VideoFrame, matrix: int | None) -> Picture:
        fits = frame.width, frame.height, frame.color_primaries, frame.color_trc
        if self._tone_mapper is None or self._tone_mapper.fits != fits:
            self._tone_mapper = ToneMapper(*fits)
        rgb = frame.reformat(format="rgb48le", src_colorspace=matrix, interpolation=SCALING)
        return np.asarray(self._tone_mapper.apply(rgb).to_ndarray(format="bgr24"), np.uint8)


def _display_matrix(frame: av.VideoFrame) -> bytes | None:
    try:
        matrix = frame.side_data.get("DISPLAYMATRIX")
    except ValueError:  # Of PyAV, if the frame has data of a kind that it has no name for, such as EXIF.
        return None
    return None if matrix is None else bytes(cast("SideData", matrix))


def _has_alpha(frame: av.VideoFrame) -> bool:
    return frame.format.name == "pal8" or any(part.is_alpha for part in frame.format.components)
