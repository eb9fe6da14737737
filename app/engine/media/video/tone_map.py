"""Convert HDR and wide-gamut video to BT.709, as screens, virtual cameras and our results have it."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import av
import numpy as np
import numpy.typing as npt
from av.filter import Graph

Light = npt.NDArray[np.float64]
"""... x 3 RGB, linear; 1.0 is the white of SDR."""

PQ, HLG = 16, 18
"""Transfer functions by ISO/IEC 23091-2 number: those of HDR."""
_BT2020, _DCI, _P3 = 9, 11, 12
_WHITE_NITS = 203.0  # The white of text and paper in HDR: ITU-R BT.2408, section 2.
_PEAK_NITS = 1000.0  # Of HLG by definition, and of the screens that most PQ films are made on.
_SDR_GAMMA = 2.4  # ITU-R BT.1886: of screens, whose look is to be kept, not of cameras.
_LEVEL = 8  # The table has _LEVEL ** 2 values a side.
# Linear RGB of the wider primaries to that of BT.709.
_TO_BT709 = {
    _BT2020: [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    _DCI: [[1.1575, -0.1550, -0.0025], [-0.0415, 1.0458, -0.0043], [-0.0182, -0.0786, 1.0968]],
    _P3: [[1.2249, -0.2249, 0.0], [-0.0420, 1.0420, 0.0], [-0.0197, -0.0786, 1.0983]],
}
_HLG_LUMA = np.array([0.2627, 0.6780, 0.0593])


def needs_tone_map(primaries: int, transfer: int) -> bool:
    """Whether pixels with these tags look wrong where BT.709 is expected."""
    return transfer in (PQ, HLG) or primaries in _TO_BT709


class ToneMapper:
    """Converts frames of one size, primaries and transfer function to BT.709."""

    def __init__(self, width_px: int, height_px: int, primaries: int, transfer: int) -> None:
        self.fits = width_px, height_px, primaries, transfer
        self._graph = Graph()
        tick = Fraction(1, 1000)
        picture = self._graph.add_buffer(
            width=width_px, height=height_px, format=av.VideoFormat("rgb48le"), time_base=tick
        )
        side = _LEVEL**3
        table = self._graph.add_buffer(
            width=side, height=side, format=av.VideoFormat("rgb48le"), time_base=tick
        )
        mapped, sink = self._graph.add("haldclut", clut="first"), self._graph.add("buffersink")
        picture.link_to(mapped, 0, 0)
        table.link_to(mapped, 0, 1)
        mapped.link_to(sink)
        self._graph.configure()
        frame = av.VideoFrame.from_ndarray(_table(primaries, transfer), format="rgb48le")
        frame.pts, frame.time_base = 0, tick
        table.push(frame)
        table.push(None)
        self._picture, self._sink, self._tick, self._count = picture, sink, tick, 0

    def apply(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame, rgb48le, in BT.709."""
        frame.pts, frame.time_base = self._count, self._tick
        self._count += 1
        self._picture.push(frame)
        mapped = self._sink.pull()
        assert isinstance(mapped, av.VideoFrame)
        return mapped


@cache
def _table(primaries: int, transfer: int) -> npt.NDArray[np.uint16]:
    """The picture that haldclut takes its colours from: red changes fastest, blue slowest."""
    values = np.linspace(0.0, 1.0, _LEVEL**2)
    blue, green, red = np.meshgrid(values, values, values, indexing="ij")
    mapped = to_bt709(np.stack([red, green, blue], -1), primaries, transfer)
    return np.rint(mapped * 65535).astype(np.uint16).reshape(_LEVEL**3, _LEVEL**3, 3)


def to_bt709(signal: Light, primaries: int, transfer: int) -> Light:
    """RGB signals, ... x 3, 0 to 1, of any primaries and transfer function as those of BT.709."""
    light = _light(signal, transfer)
    if primaries in _TO_BT709:
        light = light @ np.array(_TO_BT709[primaries]).T
    light = np.maximum(light, 0.0)
    if transfer in (PQ, HLG):
        strongest = np.maximum(light.max(-1, keepdims=True), 1e-6)
        light = light * (_rolled_off(strongest) / strongest)  # All three alike: the hue stays.
    return np.asarray(np.clip(light, 0.0, 1.0) ** (1 / _SDR_GAMMA))


def _light(signal: Light, transfer: int) -> Light:
    """Source: ITU-R BT.2100, tables 4 and 5."""
    if transfer == PQ:
        return _pq_nits(signal) / _WHITE_NITS
    if transfer == HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
        luma = np.maximum(scene @ _HLG_LUMA, 1e-9)[..., None]
        return np.asarray(scene * luma**0.2 * (_PEAK_NITS / _WHITE_NITS))
    return np.asarray(signal**_SDR_GAMMA)


_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128


def _pq_nits(signal: Light) -> Light:
    power = signal ** (1 / _M2)
    return np.asarray(10_000 * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1))


def _pq_signal(nits: Light) -> Light:
    power = (nits / 10_000) ** _M1
    return np.asarray(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2)


def _rolled_off(light: Light) -> Light:
    """Light of up to `_PEAK_NITS` as light of up to 1: the same below a knee, and a spline above it.

    Source: the EETF of ITU-R BT.2390, section 5.4.1.
    """
    peak = _pq_signal(np.array(_PEAK_NITS))
    highest = _pq_signal(np.array(_WHITE_NITS)) / peak
    knee = 1.5 * highest - 0.5
    value = np.minimum(_pq_signal(light * _WHITE_NITS) / peak, 1.0)
    t = (value - knee) / (1 - knee)
    t2, t3 = t * t, t**3
    spline = (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (3 * t2 - 2 * t3) * highest
    return _pq_nits(np.where(value < knee, value, spline) * peak) / _WHITE_NITS
