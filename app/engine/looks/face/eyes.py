"""Clear eyes: a little more local contrast on eyes and brows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.look import FaceLook
from app.engine.core.parameters import Parameter
from app.engine.looks.face.cells import blended, soft

if TYPE_CHECKING:
    from app.engine.core.face import Face
    from app.engine.core.types import Alpha, Picture

_SIGMA = 0.012  # Share of the side of the face's square.
_MOST = 1.1
_ON_BROWS = 0.6


class ClearEyes(FaceLook):
    """Unsharp mask on eyes and brows."""

    title, keeps_means = "Clear eyes", True
    parameters = (Parameter("clear_eyes", "Clear eyes", "slider", 0.0),)

    def improve(self, picture: Picture, face: Face, alpha: Alpha) -> Picture:
        cells = np.maximum(soft(face.share("eyes"), 1), _ON_BROWS * face.share("brows"))
        strength = self._number("clear_eyes") * face.strength

        def change(part: Picture) -> Picture:
            smooth = cv2.GaussianBlur(part, (0, 0), max(0.8, _SIGMA * face.square.side_px))
            return np.asarray(cv2.addWeighted(part, 1.0 + _MOST, smooth, -_MOST, 0.0), np.uint8)

        return blended(picture, face, np.asarray(strength * cells, np.float32), change)
