"""Squares around faces: where to look, and what the network sees there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.face import FACE, Square
from app.engine.core.pyramid import halved

if TYPE_CHECKING:
    from app.engine.core.face import Shares
    from app.engine.core.types import Alpha, Frame, Picture

_ALPHA_STEP_PX = 8
_PERSON = 0.5  # Alpha.
_AROUND_PERSON = 1.1  # Side of the square to search, divided by the width of the person.
_AROUND_FACE, _WIDTH_OF_FACE = 1.9, 1.2  # As in the photos that the network has learnt from.
_ABOVE = 0.04  # Share of the side: the square is higher than the face, for the hair.
_FEATURES = ("brows", "eyes", "glasses", "nose", "mouth", "lips")
_LEAST_FACE, _LEAST_FEATURES = 0.006, 0.05  # Share of the square; share of the face.


def person_square(alpha: Alpha) -> Square | None:
    """A square over the upper part of the person, who is where alpha, H x W, is high; None without one."""
    mask = (alpha[::_ALPHA_STEP_PX, ::_ALPHA_STEP_PX] > _PERSON).astype(np.uint8)
    left, top, width, height = (_ALPHA_STEP_PX * value for value in cv2.boundingRect(mask))
    if not width:
        return None
    side = _AROUND_PERSON * max(min(width, height), 0.5 * max(width, height))
    # The head is the highest part; below it the person is usually wider.
    upper = mask[top // _ALPHA_STEP_PX : (top + math.ceil(0.3 * height)) // _ALPHA_STEP_PX + 1]
    columns = np.flatnonzero(upper.any(axis=0))
    middle = _ALPHA_STEP_PX * (float(columns.mean()) + 0.5) if len(columns) else left + width / 2
    return Square(middle - side / 2, top - 0.08 * side, side)


def cut(frame: Frame, square: Square, side_px: int) -> Picture:
    """What is in the square, side_px x side_px x 3; the frame's border goes on beyond it."""
    ratio = square.side_px / side_px
    halvings = int(math.log2(max(1.0, min(ratio, min(frame.bgr.shape[:2]) / 2))))
    picture = halved(frame, halvings)
    step = ratio / 2**halvings
    matrix = np.array(
        [
            [step, 0.0, square.left_px / 2**halvings + 0.5 * step - 0.5],
            [0.0, step, square.top_px / 2**halvings + 0.5 * step - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (side_px, side_px)
    made = cv2.warpAffine(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(made, np.uint8)


def face_square(shares: Shares, classes: tuple[str, ...], square: Square) -> Square | None:
    """The square that suits the largest face in another square, by the shares there; None without one."""
    is_face = np.zeros(shares.shape[1:], np.float32)
    features = np.zeros(shares.shape[1:], np.float32)
    for name, share in zip(classes, shares, strict=True):
        if name in FACE:
            is_face += share
        if name in _FEATURES:
            features += share
    count, labels, about, _ = cv2.connectedComponentsWithStats((is_face > 0.5).astype(np.uint8))
    if count < 2:
        return None
    largest = 1 + int(about[1:, cv2.CC_STAT_AREA].argmax())
    area = int(about[largest, cv2.CC_STAT_AREA])
    inside = labels == largest
    if area < _LEAST_FACE * inside.size or float(features[inside].sum()) < _LEAST_FEATURES * area:
        return None
    rows, columns = np.nonzero(inside)
    cell = square.side_px / inside.shape[0]
    # Of an ellipse, 4 standard deviations are the diameter. A few wrong cells hardly change them.
    height, width = 4 * float(rows.std()) * cell, 4 * float(columns.std()) * cell
    side = _AROUND_FACE * max(height, _WIDTH_OF_FACE * width, 2 * cell)
    x = square.left_px + (float(columns.mean()) + 0.5) * cell
    y = square.top_px + (float(rows.mean()) + 0.5) * cell
    return Square(x - side / 2, y - side * (0.5 + _ABOVE), side)
