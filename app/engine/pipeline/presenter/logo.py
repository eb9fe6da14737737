"""The logo: a picture with alpha in a corner."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.parameters import Parameter, checked_values
from app.engine.media.pictures.picture_reader import read_with_alpha
from app.engine.pipeline.presenter.geometry import CORNERS

if TYPE_CHECKING:
    from app.engine.core.parameters import Values
    from app.engine.core.types import Picture

LOGO = (
    Parameter("file", "Logo", "file", ""),
    Parameter("corner", "Corner", "choice", "top-right", choices=CORNERS),
    Parameter("size", "Size", "slider", 0.12, 0.03, 0.4, 0.01),
    Parameter("opacity", "Opacity", "slider", 1.0),
)
"""`size` is a share of the picture's height."""
_WIDEST = 0.5  # By the picture's width.
_LARGEST_PX = 1728, 1728


class Logo:
    """Fits the logo to a picture's size. Without a file there is none."""

    def __init__(self, values: Values) -> None:
        """`values` may lack keys. Raises BackdropError for a file that cannot be read or an invalid value."""
        self._values = checked_values(LOGO, values)
        self.corner = str(self._values["corner"])
        file = str(self._values["file"])
        self._picture = read_with_alpha(Path(file), _LARGEST_PX) if file else None

    @property
    def is_there(self) -> bool:
        """Whether there is a logo to show."""
        return self._picture is not None and float(self._values["opacity"]) > 0

    def drawn(self, height_px: int, width_px: int) -> Picture:
        """The logo for a picture of this size, H x W x 4 BGRA, straight alpha."""
        assert self._picture is not None
        height, width = self._picture.shape[:2]
        scale = min(float(self._values["size"]) * height_px / height, _WIDEST * width_px / width)
        size = max(1, round(scale * width)), max(1, round(scale * height))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        # Weighted with alpha, because what is transparent has any colour.
        alpha = self._picture[..., 3:].astype(np.float32) / 255
        weighted = np.dstack([self._picture[..., :3] * alpha, alpha])
        fitted = np.asarray(cv2.resize(weighted, size, interpolation=method), np.float32)
        colours = fitted[..., :3] / np.maximum(fitted[..., 3:], 1e-6)
        share = fitted[..., 3:] * 255 * float(self._values["opacity"])
        return np.clip(np.rint(np.dstack([colours, share])), 0, 255).astype(np.uint8)
