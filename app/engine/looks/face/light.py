"""Face light: a soft light from the front that follows the shape of the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.face import FACE
from app.engine.core.look import FaceLook
from app.engine.core.parameters import Parameter
from app.engine.looks.colour import brighter
from app.engine.looks.face.cells import blended, soft

if TYPE_CHECKING:
    from app.engine.core.face import Face
    from app.engine.core.parameters import Values
    from app.engine.core.types import Alpha, Picture

_STOPS, _WARMTH_STOPS = 1.0, 0.22
_FROM = np.array([0.0, -0.4, 1.0]) / np.hypot(0.4, 1.0)  # Right, down, towards the camera.
_ELSEWHERE = {"ears": 0.6, "neck": 0.45, "hair": 0.3, "hat": 0.3, "earrings": 0.4, "necklace": 0.4}
_SOFT_CELLS = 6
_WIDE = 2.6  # Standard deviations of the face from its middle to the rim of the head.


class FaceLight(FaceLook):
    """Brightens the face as a large lamp before it would: most where the skin faces the lamp."""

    title = "Face light"
    parameters = (
        Parameter("face_light", "Light on my face", "slider", 0.0),
        Parameter("face_light_warmth", "Light on my face: from cool to warm", "slider", 0.0, low=-1.0),
    )

    def __init__(self, values: Values) -> None:
        super().__init__(values)
        warmth = _WARMTH_STOPS * self._number("face_light_warmth")
        levels = np.arange(256) / 255
        planes = [brighter(levels, 2.0 ** (_STOPS + stops)) for stops in (-warmth, 0.0, warmth)]
        self._table = np.rint(255 * np.stack(planes, axis=1)).clip(0, 255).astype(np.uint8)[None]

    def improve(self, picture: Picture, face: Face, alpha: Alpha) -> Picture:
        is_face = face.share(*FACE)
        lit = is_face.copy()
        for name, share in _ELSEWHERE.items():
            lit += share * face.share(name)
        cells = self._number("face_light") * face.strength * soft(lit, _SOFT_CELLS) * shading(is_face)
        return blended(
            picture,
            face,
            np.asarray(cells, np.float32),
            lambda part: np.asarray(cv2.LUT(part, self._table), np.uint8),
        )


def shading(is_face: Alpha) -> Alpha:
    """How much light each cell gets, h x w, 0..1, on an egg that has the place, size and tilt of the face."""
    moments = cv2.moments(is_face)
    area = moments["m00"]
    if area < 1.0:
        return np.zeros_like(is_face)
    x, y = moments["m10"] / area, moments["m01"] / area
    spread = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]]) / area
    spread += np.eye(2)
    rows, columns = np.indices(is_face.shape, np.float32)
    away = np.stack([columns - x, rows - y])
    normal = np.tensordot(np.linalg.inv(spread), away, 1) / _WIDE
    # On the surface of an egg: the square of the distance from the middle, 1 at the rim.
    squared = np.clip((away * normal).sum(axis=0) / _WIDE, 0.0, 1.0)
    depth = np.sqrt(1.0 - squared)
    sideways = normal * np.sqrt(np.trace(spread) / 2)
    length = np.sqrt((sideways**2).sum(axis=0) + depth**2) + 1e-6
    facing = (_FROM[0] * sideways[0] + _FROM[1] * sideways[1] + _FROM[2] * depth) / length
    return np.asarray(np.clip(facing, 0.0, 1.0), np.float32)
