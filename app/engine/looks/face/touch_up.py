"""Touch up: even skin, with its pores, under the map of the skin alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from app.engine.core.image_ops import halve
from app.engine.core.look import FaceLook
from app.engine.core.parameters import Parameter

if TYPE_CHECKING:
    from app.engine.core.face import Face
    from app.engine.core.types import Alpha, Picture

_LEAST_SIDE_PX = 110  # Of the square at the size at which the skin is evened.
_RADIUS = 0.022  # Share of the square's side: wrinkles and spots are smaller.
_EDGE_VARIANCE = 14.0**2  # Levels squared. Stronger structures are kept.
_OWN_STRUCTURE = 14.0, 28.0  # Levels. From the first on the skin is changed less, from the second on not.
_DARK_COUNTS = 1.6  # Nostrils, moles and beards are darker than the skin around them.
_LESS_ON_NOSE = 0.6  # Its shape is fine, and flat without its shades.
_SKIN = 0.6, 0.92  # Share of skin: from the first on it is evened, from the second on fully.

Planes = npt.NDArray[np.float32]


class TouchUp(FaceLook):
    """Removes what is larger than pores and weaker than features; pores keep half of their strength.

    The filter is the guided filter with the picture's grey as the guide, weighted by the skin, so that
    nothing but skin flows into skin. Source: He, Sun and Tang, "Guided image filtering", TPAMI 2013, with the
    weights of normalised convolution (Knutsson and Westin, CVPR 1993).
    """

    title, keeps_means = "Touch up", True
    parameters = (Parameter("touch_up", "Touch up my skin", "slider", 0.0),)

    def improve(self, picture: Picture, face: Face, alpha: Alpha) -> Picture:
        result = picture.copy()
        halvings = max(0, int(math.log2(face.square.side_px / _LEAST_SIDE_PX)))
        step = 2**halvings
        skin = face.share("skin", "nose")
        inside = _inside(skin) * (1.0 - _LESS_ON_NOSE * face.share("nose"))
        region = face.region(inside, picture.shape[0], picture.shape[1], step)
        if region is None:
            return result
        low = halve(picture[region], halvings).astype(np.float32)
        weight = face.enlarged(skin, region, step)
        radius_px = max(2, round(_RADIUS * face.square.side_px / step))
        even = _even(low, weight, radius_px)
        change = cv2.subtract(even, low)
        structure = np.maximum(_DARK_COUNTS * change, -change).max(axis=2)
        first, second = _OWN_STRUCTURE
        keeps = np.clip((second - structure) / (second - first), 0.0, 1.0)
        strength = self._number("touch_up") * face.strength
        share = np.asarray(strength * keeps * face.enlarged(inside, region, step), np.float32)
        # Half of what is finer than `low` stays: with the pores 0.5 x (picture - low) is added to `even`.
        base = np.clip(even + change, 0, 255).astype(np.uint8)
        part = picture[region]
        size = part.shape[1], part.shape[0]
        target = cv2.addWeighted(part, 0.5, np.asarray(cv2.resize(base, size), np.uint8), 0.5, 0.0)
        share = np.asarray(cv2.resize(share, size), np.float32)
        result[region] = cv2.blendLinear(target, part, share, 1.0 - share)
        return result


def _even(low: Planes, weight: Alpha, radius_px: int) -> Planes:
    """The guided filter of each channel by their mean, weighted."""
    size = 2 * radius_px + 1, 2 * radius_px + 1

    def mean(planes: Planes) -> Planes:
        return np.asarray(cv2.blur(planes, size, borderType=cv2.BORDER_REPLICATE), np.float32)

    weight = weight + np.float32(1e-3)
    grey = np.asarray(cv2.transform(low, np.full((1, 3), 1 / 3, np.float32)), np.float32)
    weights = cv2.merge([weight] * 3)
    weighted_grey = grey * weight
    total = 1.0 / mean(np.asarray(weight, np.float32))
    totals = cv2.merge([total] * 3)
    middle = cv2.multiply(mean(np.asarray(cv2.multiply(low, weights), np.float32)), totals)
    grey_middle = np.asarray(cv2.transform(middle, np.full((1, 3), 1 / 3, np.float32)), np.float32)
    variance = np.maximum(mean(weighted_grey * grey) * total - grey_middle * grey_middle, 0)
    slope = variance / (variance + np.float32(_EDGE_VARIANCE))
    offset = cv2.subtract(middle, cv2.merge([slope * grey_middle] * 3))
    slope = mean(slope * weight) * total
    offset = cv2.multiply(mean(np.asarray(cv2.multiply(offset, weights), np.float32)), totals)
    return np.asarray(cv2.add(offset, cv2.merge([slope * grey] * 3)), np.float32)


def _inside(skin: Alpha) -> Alpha:
    """1 on sure skin, 0 near everything else, h x w."""
    first, second = _SKIN
    sure = np.asarray(np.clip((skin - first) / (second - first), 0.0, 1.0), np.float32)
    shrunk = cv2.erode(sure, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.blur(shrunk, (3, 3)), np.float32)
