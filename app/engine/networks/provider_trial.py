"""A timed trial: which execution provider runs a network fastest on this computer."""

from __future__ import annotations

import logging
import math
import statistics
import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnxruntime as ort

log = logging.getLogger(__name__)

_WARM_UP, _TIMES = 2, 8
_SIZE_PX = 160, 288  # Height and width; multiples of 32.
# An accelerator must be this much faster than the CPU, else a driver's moods would decide.
_GAIN = 0.9


def fastest_session(sessions: Sequence[ort.InferenceSession]) -> ort.InferenceSession:
    """The fastest session on an empty frame; the first one, the CPU's, unless another is clearly faster.

    The sessions run in turns, so that other programs slow all of them alike. One that fails is left out.
    """
    frame = np.zeros((1, *_SIZE_PX, 3), np.uint8)
    times: list[list[float]] = [[] for _ in sessions]
    for _ in range(_WARM_UP + _TIMES):
        for session, taken in zip(sessions, times, strict=True):
            taken.append(_seconds(session, frame))
    medians = [statistics.median(taken[_WARM_UP:]) for taken in times]
    fastest = min(range(len(sessions)), key=lambda index: medians[index])
    log.info(
        "trial of providers: %s", [(s.get_providers()[0], m) for s, m in zip(sessions, medians, strict=True)]
    )
    return sessions[fastest if medians[fastest] < _GAIN * medians[0] else 0]


def _seconds(session: ort.InferenceSession, frame: np.ndarray) -> float:
    begin = time.perf_counter()
    try:
        session.run(None, {session.get_inputs()[0].name: frame})
    except Exception:  # onnxruntime raises its own types, without a common base.
        return math.inf
    return time.perf_counter() - begin
