"""The shift of the soft edge."""

from __future__ import annotations

import numpy as np

from app.engine.core.settings import MatteSettings
from app.engine.pipeline.matte import MatteStage
from tests.frames import still


def test_shift_moves_edge_and_keeps_certain_pixels() -> None:
    ramp = np.repeat(np.linspace(0, 1, 100, dtype=np.float32)[None], 60, 0)
    frame = np.full((60, 100, 3), 90, np.uint8)
    areas = []
    for shift in (-1.0, 0.0, 1.0):
        settings = MatteSettings(shift=shift, follow_edges=False, remove_uncertain=False)
        alpha = MatteStage().apply(ramp, still(frame), settings).alpha
        assert alpha[:, 0].max() == 0 and alpha[:, -1].min() == 1
        areas.append(alpha.mean())
    assert areas[0] + 0.1 < areas[1] < areas[2] - 0.1
