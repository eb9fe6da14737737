"""Colours of the whole picture: white balance, exposure, contrast, warmth, vibrance, a table of colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.image_ops import halve
from app.engine.core.parameters import Parameter
from app.engine.core.pyramid import halved
from app.engine.looks.cube import read_cube
from app.engine.looks.tone import ToneLook

if TYPE_CHECKING:
    import numpy.typing as npt

    from app.engine.core.parameters import Values
    from app.engine.core.types import Alpha, Frame
    from app.engine.looks.cube import CubeTable
    from app.engine.looks.tone import Levels, Matrix

_LUMA = np.array([0.114, 0.587, 0.299])  # Of BGR, as in Rec. 601.

_STOPS = 2.0  # At full exposure, in the shadows.
_CONTRAST = 0.6  # Exponent of 2 at full contrast.
_WARMTH = 0.14  # Share that red gains and blue loses at full warmth.
_VIBRANCE, _ON_SKIN = 0.6, 0.35  # Saturation at full vibrance; the share of it along the colour of skin.
_SKIN = np.array([150.0, 172.0, 224.0])  # BGR. Skin of any tone has about this hue.

_MEASURE_HALVINGS = 4
_EVERY_S, _FOLLOWS_S = 0.25, 2.0
_USABLE_LEVELS = 12.0, 243.0  # Darker and brighter pixels have no reliable colour.
_NEARLY_GREY = 0.12  # Distance from grey, as a logarithm of the ratio to green, that halves a pixel's weight.
_ROUNDS = 4
_LEAST_PIXELS = 60.0
_MOST_LOG_GAIN = 0.22  # About 1.25.
_RED_OF_SKIN = 0.08, 0.62  # Logarithm of red to green of skin of any tone in white light, from and to.
_BLUE_OF_SKIN = -0.45, -0.02


def brighter(levels: Levels, factor: float) -> Levels:
    """Levels times a factor in the shadows, less towards white, which stays white. 1 / factor undoes it."""
    return factor * levels / (1.0 + (factor - 1.0) * levels)


class WhiteBalance(ToneLook):
    """White becomes white: measured on what is nearly grey, within what skin can be.

    Source of the estimate: grey world, limited to nearly grey pixels (Huo et al., "Robust automatic white
    balance algorithm using gray color points in images", IEEE TCE 2006), in logarithms of ratios.
    """

    title = "White balance"
    parameters = (Parameter("white_balance", "Automatic white balance", "slider", 0.0),)

    def __init__(self, values: Values) -> None:
        super().__init__(values)
        self.reset()

    @property
    def needs_matte(self) -> bool:
        return False

    def reset(self) -> None:
        self._log_gain: npt.NDArray[np.float64] | None = None  # Of blue and red.
        self._measured_at = 0.0

    @property
    def most_gain(self) -> float:
        return float(np.exp(_MOST_LOG_GAIN * self._number("white_balance")) * 1.1)

    def matrix(self) -> Matrix | None:
        if self._log_gain is None:
            return None
        blue, red = self._number("white_balance") * self._log_gain
        gains = np.exp(np.array([blue, 0.0, red]))
        return np.asarray(np.diag(gains / (_LUMA @ gains)), np.float32)

    def measure(self, frame: Frame, alpha: Alpha) -> None:
        since_s = frame.captured_at - self._measured_at
        if self._log_gain is not None and 0.0 <= since_s < _EVERY_S:
            return
        self._measured_at = frame.captured_at
        found = log_gains(halved(frame, _MEASURE_HALVINGS), halve(alpha[::4, ::4], _MEASURE_HALVINGS - 2))
        if self._log_gain is None:
            self._log_gain = found
        share = 1.0 - np.exp(-max(0.0, since_s) / _FOLLOWS_S)
        self._log_gain = self._log_gain + share * (found - self._log_gain)


def log_gains(small: npt.NDArray[np.uint8], alpha: Alpha) -> npt.NDArray[np.float64]:
    """The logarithms of the gains of blue and red that make a picture's light white; 0 if it is unknown.

    small: h x w x 3. alpha: about h x w, 0..1.
    """
    alpha = np.asarray(cv2.resize(alpha, small.shape[1::-1], interpolation=cv2.INTER_AREA), np.float32)
    low, high = _USABLE_LEVELS
    usable = (small.min(axis=2) > low) & (small.max(axis=2) < high)
    colours = np.log(small[usable].astype(np.float64) + 1.0)
    ratios = colours[:, (0, 2)] - colours[:, 1:2]
    if len(ratios) < _LEAST_PIXELS:
        return np.zeros(2)
    gain = np.zeros(2)
    for _ in range(_ROUNDS):
        # Each round, grey is what was nearly grey after the gains of the round before.
        weight = 1.0 / (1.0 + np.square((ratios + gain) / _NEARLY_GREY).sum(axis=1)) ** 2
        mean = (weight[:, None] * ratios).sum(axis=0) / max(float(weight.sum()), 1e-6)
        gain = np.asarray(np.clip(-mean, -_MOST_LOG_GAIN, _MOST_LOG_GAIN))
    gain *= min(1.0, float(weight.sum()) / _LEAST_PIXELS)
    skin = ratios[(alpha[usable] > 0.9) & (ratios[:, 1] > ratios[:, 0] + 0.1)]
    if len(skin) >= _LEAST_PIXELS / 2:
        limits = np.array([_BLUE_OF_SKIN, _RED_OF_SKIN])
        middle = np.median(skin, axis=0)
        least, most = np.minimum(limits[:, 0] - middle, 0.0), np.maximum(limits[:, 1] - middle, 0.0)
        gain = np.asarray(np.clip(gain, least, most))
    return gain


class Colour(ToneLook):
    """Exposure, contrast, warmth and vibrance of the camera's picture."""

    title = "Colour"
    parameters = (
        Parameter("exposure", "Exposure", "slider", 0.0, -1.0, 1.0),
        Parameter("contrast", "Contrast", "slider", 0.0, -1.0, 1.0),
        Parameter("warmth", "Warmth", "slider", 0.0, -1.0, 1.0),
        Parameter("vibrance", "Vibrance", "slider", 0.0, -1.0, 1.0),
    )

    def __init__(self, values: Values) -> None:
        super().__init__(values)
        warmth, vibrance = self._number("warmth"), self._number("vibrance")
        gains = np.array([1.0 - _WARMTH * warmth, 1.0, 1.0 + _WARMTH * warmth])
        balance = np.diag(gains / (_LUMA @ gains))
        matrix = np.asarray(_saturation(_VIBRANCE * vibrance) @ balance, np.float32)
        self._matrix = matrix if warmth or vibrance else None

    @property
    def needs_matte(self) -> bool:
        return False

    def matrix(self) -> Matrix | None:
        return self._matrix

    def curve(self, levels: Levels, is_person: bool) -> Levels:
        levels = brighter(levels, 2.0 ** (_STOPS * self._number("exposure")))
        contrast = self._number("contrast")
        if not contrast:
            return levels
        power = 2.0 ** (_CONTRAST * contrast)
        levels = np.clip(levels, 0.0, 1.0)
        bent: Levels = levels**power / (levels**power + (1.0 - levels) ** power)
        return bent


def _saturation(more: float) -> npt.NDArray[np.float64]:
    """The matrix that multiplies saturation by 1 + more, but less along the hue of skin; greys stay."""
    skin = _SKIN - _LUMA @ _SKIN
    skin /= np.linalg.norm(skin)
    across = np.cross(skin, _LUMA)
    across /= np.linalg.norm(across)
    grey = np.outer(np.ones(3), _LUMA)
    chroma = np.eye(3) - grey
    kept = (1.0 + _ON_SKIN * more) * np.outer(skin, skin) + (1.0 + more) * np.outer(across, across)
    return np.asarray(grey + kept @ chroma, np.float64)


class ColourTable(ToneLook):
    """The colours of a .cube file, as films are graded with."""

    title = "Colour table"
    parameters = (
        Parameter("colour_table", "Colour table", "file", ""),
        Parameter("table_strength", "Strength of the table", "slider", 1.0),
    )

    def __init__(self, values: Values) -> None:
        super().__init__(values)
        self._cube = read_cube(Path(str(values["colour_table"])), self._number("table_strength"))

    @classmethod
    def is_on_with(cls, values: Values) -> bool:
        return bool(values["colour_table"]) and values["table_strength"] != 0.0

    @property
    def needs_matte(self) -> bool:
        return False

    @property
    def cube(self) -> CubeTable | None:
        return self._cube
