"""Where to look for a face, and what is cut out there."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.core.face import Face, Square
from app.engine.core.types import Frame
from app.engine.face.squares import cut, face_square, person_square

SHAPE = 240, 320


def slope() -> Frame:
    """A frame whose blue is its column and whose green is its row."""
    rows, columns = np.indices(SHAPE)
    return Frame(0, 0.0, np.dstack([columns * 0.75, rows, np.zeros(SHAPE)]).astype(np.uint8))


@pytest.mark.parametrize("side", [64.0, 128.0, 200.0])
def test_cut_shows_what_is_in_the_square(side: float) -> None:
    crop = cut(slope(), Square(40.0, 20.0, side), 64)
    wanted = (np.arange(64) + 0.5) * side / 64 - 0.5
    assert np.abs(crop[..., 0] - (40 + wanted)[None] * 0.75).max() < 2.5
    assert np.abs(crop[..., 1] - (20 + wanted)[:, None]).max() < 2.5


def test_cut_beyond_the_frame_repeats_its_border() -> None:
    crop = cut(slope(), Square(-100.0, -100.0, 64.0), 64)
    assert (crop == 0).all()
    assert (cut(slope(), Square(900.0, 900.0, 64.0), 64)[..., 1] == 239).all()


def test_square_of_a_person_holds_the_head() -> None:
    alpha = np.zeros(SHAPE, np.float32)
    alpha[40:120, 180:240] = 1.0
    alpha[120:, 120:300] = 1.0
    square = person_square(alpha)
    assert square is not None
    left, top, side = square
    assert top < 40 and left < 180 and left + side > 240 and top + side > 120
    assert person_square(np.zeros(SHAPE, np.float32)) is None


@pytest.mark.parametrize("what", ["nothing", "skin without features", "few cells"])
def test_no_square_without_a_face(what: str) -> None:
    shares = np.zeros((2, 96, 96), np.float32)
    if what == "skin without features":
        shares[0, 30:60, 30:60] = 1.0
    elif what == "few cells":
        shares[:, 30:33, 30:33] = 0.5
    assert face_square(shares, ("skin", "eyes"), Square(0.0, 0.0, 96.0)) is None


def test_values_of_cells_lie_where_the_square_is() -> None:
    cells = np.zeros((32, 32), np.float32)
    cells[8:16, 16:24] = 1.0
    face = Face(Square(100.0, 50.0, 64.0), ("skin",), cells[None])
    region = face.region(cells, *SHAPE)
    assert region is not None
    rows, columns = region
    assert rows.start <= 66 and rows.stop >= 82 and columns.start <= 132 and columns.stop >= 148
    whole = face.enlarged(cells, (slice(0, SHAPE[0]), slice(0, SHAPE[1])))
    assert whole[68:80, 134:146].min() == 1.0 and whole.sum() == pytest.approx(16 * 16, rel=0.02)
    halved = face.enlarged(cells, (slice(0, 240), slice(0, 320)), 2)
    assert halved.shape == (120, 160) and halved.sum() == pytest.approx(64, rel=0.05)


def test_region_outside_the_frame_is_none() -> None:
    cells = np.ones((32, 32), np.float32)
    assert Face(Square(400.0, 0.0, 60.0), ("skin",), cells[None]).region(cells, *SHAPE) is None
    assert Face(Square(0.0, 0.0, 60.0), ("skin",), cells[None]).region(0 * cells, *SHAPE) is None
