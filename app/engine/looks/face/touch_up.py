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

_LEAST_SIDE_PX = 150  # Of the square at the size at which the skin is evened.
_RADIUS = 0.022  # Share of the square's side: wrinkles and spots are smaller.
_EDGE_VARIANCE = 14.0**2  # Levels squared. Stronger structures are kept.
_OWN_STRUCTURE = 14.0, 28.0  # Levels. From the first on the skin is changed less, from the second on not.
_DARK_COUNTS = 1.6  # Nostrils, moles and beards are darker than the skin around them.
_LESS_ON_NOSE = 0.6  # Its shape is fine, and flat without its shades.
_SKIN = 0.6, 0.92  # Share of skin: from the first on it is evened, from the second on fully.

Planes = npt.NDArray[np.float32]


class TouchUp(FaceLook):
    """Removes what is larger than pores and weaker than features; pores keep half of their strength.

    The filter is the guided filter with the picture as its own guide, weighted by the skin, so that nothing
    but skin flows into skin. Source: He, Sun and Tang, "Guided image filtering", TPAMI 2013, with the
    weights of normalised convolution (Knutsson and Westin, CVPR 1993).
    """

    title, keeps_means = "Touch up", True
    parameters = (Parameter("touch_up", "Touch up my skin", "slider", 0.0),)

    def improve(self, picture: Picture, face: Face, alpha: Alpha) -> Picture:
        result = picture.copy()
        halvings = max(0, int(math.log2(face.square.side_px / _LEAST_SIDE_PX)))
        step = 2**halvings
        region = face.region(picture.shape[0], picture.shape[1], step)
        if region is None:
            return result
        skin = face.share("skin", "nose")
        low = halve(picture[region], halvings).astype(np.float32)
        inside = _inside(skin) * (1.0 - _LESS_ON_NOSE * face.share("nose"))
        weight = face.enlarged(skin, region, step)
        radius_px = max(2, round(_RADIUS * face.square.side_px / step))
        even = _even(low, weight, radius_px)
        change = even - low
        structure = np.maximum(_DARK_COUNTS * change, -change).max(axis=2)
        first, second = _OWN_STRUCTURE
        keeps = np.clip((second - structure) / (second - first), 0.0, 1.0)
        share = self._number("touch_up") * face.strength * keeps * face.enlarged(inside, region, step)
        # Half of what is finer than `low` stays: with the pores 0.5 x (picture - low) is added to `even`.
        base = np.clip(even + change, 0, 255).astype(np.uint8)
        height, width = result[region].shape[:2]
        base = np.asarray(cv2.resize(base, (width, height)), np.uint8)
        share = np.asarray(cv2.resize(np.asarray(share, np.float32), (width, height)), np.float32)
        target = cv2.addWeighted(picture[region], 0.5, base, 0.5, 0.0)
        result[region] = cv2.blendLinear(target, picture[region], share, 1.0 - share)
        return result


def _even(low: Planes, weight: Alpha, radius_px: int) -> Planes:
    """The guided filter of each channel, weighted."""
    size = 2 * radius_px + 1, 2 * radius_px + 1

    def mean(values: Planes) -> Planes:
        return np.asarray(cv2.blur(values, size, borderType=cv2.BORDER_REPLICATE), np.float32)

    weights = cv2.merge([weight + np.float32(1e-3)] * 3)
    total = mean(np.asarray(weights, np.float32))
    weighted = low * weights
    middle = mean(weighted) / total
    variance = np.maximum(mean(weighted * low) / total - middle * middle, 0)
    slope = variance / (variance + np.float32(_EDGE_VARIANCE))
    offset = middle - slope * middle
    return mean(slope * weights) / total * low + mean(offset * weights) / total


def _inside(skin: Alpha) -> Alpha:
    """1 on sure skin, 0 near everything else, h x w."""
    first, second = _SKIN
    sure = np.asarray(np.clip((skin - first) / (second - first), 0.0, 1.0), np.float32)
    shrunk = cv2.erode(sure, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.blur(shrunk, (3, 3)), np.float32)
