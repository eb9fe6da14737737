"""Very large photos: the pipeline works on a smaller copy, and the photo gives its detail to the result."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from app.engine.core.types import Alpha, Frame, Picture

if TYPE_CHECKING:
    from app.engine.pipeline.pipeline import Pipeline

LARGE_PX = 50_000_000
"""Larger pictures would take more than 1 GB in the pipeline."""
_COPY_PX = 24_000_000
_STRIP_PX = 4_000_000
Planes = npt.NDArray[np.float32]


def composite_large(pipeline: Pipeline, frame: Frame) -> Picture:
    """The composite of a large photo, H x W x 3, or x 4 on transparency.

    Writes into the frame's own pixels, so that 250 megapixels stay below 3 GB.
    """
    small, factor = _copy(frame)
    done = pipeline.process(small)
    made = done.composite.picture
    if pipeline.has_presenter:  # The photo's detail is not where the person is, or is covered.
        return np.asarray(cv2.resize(made, frame.bgr.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    if done.matte is None or pipeline.shows_room:
        if not pipeline.has_looks:
            return frame.bgr
        alpha = np.broadcast_to(np.float32(1.0), made.shape[:2])
    else:
        alpha = done.matte.alpha
    shares = None
    if made.shape[2] == 4:
        shares = np.empty(frame.bgr.shape[:2], np.uint8)
        # Weighted with alpha, because there is no colour under 0.
        made = np.asarray(cv2.multiply(made[..., :3], cv2.merge([made[..., 3]] * 3), scale=1 / 255), np.uint8)
    rows = max(1, _STRIP_PX // frame.bgr.shape[1] // factor)
    for top in range(0, alpha.shape[0], rows):
        bottom = min(alpha.shape[0], top + rows)
        last = bottom == alpha.shape[0]
        strip = frame.bgr[top * factor : None if last else bottom * factor]
        share = _enlarged(alpha, top, bottom, factor, strip.shape)[..., None]
        room = _enlarged(small.bgr, top, bottom, factor, strip.shape)
        # What the copy lacks of the photo's detail, as far as the person is there.
        colours = share * (strip - room) + _enlarged(made, top, bottom, factor, strip.shape)
        if shares is not None:
            colours /= np.maximum(share, 1 / 255)
            shares[top * factor :][: len(strip)] = np.rint(255 * share[..., 0])
            colours[shares[top * factor :][: len(strip)] == 0] = 0
        strip[:] = np.clip(np.rint(colours), 0, 255)
    return frame.bgr if shares is None else np.asarray(cv2.merge([frame.bgr, shares]), np.uint8)


def matte_large(pipeline: Pipeline, frame: Frame) -> Picture:
    """The matte of a large photo, H x W, 0 to 255."""
    small, _ = _copy(frame)
    grey = cv2.convertScaleAbs(pipeline.matte(small).alpha, alpha=255)
    return np.asarray(cv2.resize(grey, frame.bgr.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def _copy(frame: Frame) -> tuple[Frame, int]:
    """The frame made smaller by a whole factor, and the factor. A rest at the end is cut off."""
    height, width = frame.bgr.shape[:2]
    factor = min(math.ceil(math.sqrt(height * width / _COPY_PX)), height, width)
    size = width // factor, height // factor
    whole = frame.bgr[: size[1] * factor, : size[0] * factor]
    bgr = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Frame(frame.index, frame.captured_at, bgr, frame.scene), factor


def _enlarged(small: Picture | Alpha, top: int, bottom: int, factor: int, shape: tuple[int, ...]) -> Planes:
    """Rows of the copy at the size of a strip of the photo, interpolated across the rows' ends too."""
    above, below = min(1, top), min(1, len(small) - bottom)
    rows = np.asarray(small[top - above : bottom + below], np.float32)
    size = rows.shape[1] * factor, rows.shape[0] * factor
    large = cv2.resize(rows, size, interpolation=cv2.INTER_LINEAR)[above * factor : size[1] - below * factor]
    missing = shape[0] - large.shape[0], shape[1] - large.shape[1]
    if any(missing):
        large = cv2.copyMakeBorder(large, 0, missing[0], 0, missing[1], cv2.BORDER_REPLICATE)
    return np.asarray(large, np.float32)
