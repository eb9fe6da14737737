"""Convert pictures to the frames that an encoder takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, VideoReformatter

from app.engine.core.image_ops import contain
from app.engine.media.video.frame_converter import SCALING

if TYPE_CHECKING:
    from app.engine.core.types import Picture
    from app.engine.media.video.reader import ColourSpace

_LAYOUTS: dict[tuple[int, ...], str] = {(): "gray", (3,): "bgr24", (4,): "bgra"}


class PictureConverter:
    """Converts pictures for one video. Several threads may use it at the same time."""

    def __init__(self, height_px: int, width_px: int, pixels: str, colours: ColourSpace | None) -> None:
        """Every frame gets this size. pixels: FFmpeg's format of the frames. colours: None for grey."""
        self._size = height_px, width_px
        self._pixels, self._colours = pixels, colours
        # One for each thread that is in `convert`. Each keeps its tables from frame to frame.
        self._idle: list[VideoReformatter] = []

    def convert(self, picture: Picture) -> av.VideoFrame:
        """A picture (H x W x 3 BGR, H x W x 4 BGRA or H x W grey) as a frame.

        One of another size is scaled to fit, with bars; one that lacks a pixel gets a copy of its neighbour.
        """
        frame = av.VideoFrame.from_ndarray(self._fitted(picture), format=_LAYOUTS[picture.shape[2:]])
        if self._colours is None:
            return frame
        try:
            reformatter = self._idle.pop()
        except IndexError:
            reformatter = VideoReformatter()
        made = reformatter.reformat(
            frame,
            format=self._pixels,
            dst_colorspace=self._colours.matrix,
            dst_color_range=ColorRange.MPEG,
            interpolation=SCALING,
        )
        self._idle.append(reformatter)
        return made

    def _fitted(self, picture: Picture) -> Picture:
        height, width = self._size
        missing = height - picture.shape[0], width - picture.shape[1]
        if missing == (0, 0):
            return np.ascontiguousarray(picture)
        if all(0 <= m <= 1 for m in missing):
            padded = cv2.copyMakeBorder(picture, 0, missing[0], 0, missing[1], cv2.BORDER_REPLICATE)
            return np.asarray(padded, np.uint8)
        return contain(picture, width, height)
