"""Colour tables: reading .cube files, and the colours that come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.types import Frame
from app.engine.looks.cube import read_cube
from app.engine.looks.stage import Looks
from tests.engine.looks.tables import write_cube

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.looks.cube import Colours


def identity(bgr: Colours) -> Colours:
    return bgr


def film(bgr: Colours) -> Colours:
    """Teal shadows, orange highlights, more contrast: as strong as tables for films are."""
    grey = bgr.mean(axis=1, keepdims=True)
    bent: Colours = bgr**1.3 / (bgr**1.3 + (1 - bgr) ** 1.3)
    split = (1 - grey) * (0.08, 0.03, -0.05) + grey * (-0.12, 0.0, 0.08)
    return np.asarray(np.clip(bent + split, 0.0, 1.0))


@pytest.mark.parametrize("size", [17, 33, 65])
def test_identity_table_changes_no_colour(tmp_path: Path, size: int) -> None:
    table = read_cube(write_cube(tmp_path / "a.cube", identity, size))
    colours = np.random.default_rng(0).random((500, 3))
    assert np.abs(table.colours(colours) - colours).max() < 1e-5
    assert np.abs(table.greys(np.linspace(0, 1, 99)) - np.linspace(0, 1, 99)).max() < 1e-5


def test_channels_are_not_swapped(tmp_path: Path) -> None:
    def red_only(bgr: Colours) -> Colours:
        return bgr * (0.0, 0.0, 1.0)

    table = read_cube(write_cube(tmp_path / "a.cube", red_only))
    assert table.colours(np.array([[0.3, 0.5, 0.7]]))[0] == pytest.approx([0.0, 0.0, 0.7], abs=1e-5)


def test_strength_mixes_old_and_new(tmp_path: Path) -> None:
    path = write_cube(tmp_path / "a.cube", lambda bgr: 1.0 - bgr)
    colour = np.array([[0.2, 0.5, 1.0]])
    assert read_cube(path, 0.5).colours(colour)[0] == pytest.approx([0.5, 0.5, 0.5], abs=1e-5)


def test_domain_of_a_table_is_used(tmp_path: Path) -> None:
    path = write_cube(tmp_path / "a.cube", identity)
    text = path.read_text(encoding="utf-8")
    path.write_text(f"DOMAIN_MIN 0 0 0\nDOMAIN_MAX 2.0 2.0 2.0\n{text}", encoding="utf-8")
    assert read_cube(path).colours(np.array([[0.4, 0.6, 1.0]]))[0] == pytest.approx([0.2, 0.3, 0.5], abs=1e-5)


def test_table_in_the_pipeline_is_close_to_the_exact_colours(tmp_path: Path) -> None:
    path = write_cube(tmp_path / "a.cube", film, 33)
    bgr = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)
    made = Looks({"colour_table": str(path)}).apply(Frame(0, 0.0, bgr), np.ones((64, 96), np.float32))
    wanted = 255 * read_cube(path).colours(bgr.reshape(-1, 3) / 255).reshape(bgr.shape)
    error = np.abs(made.person.bgr - wanted)
    assert error.mean() < 1.0 and error.max() < 6.0
    assert np.array_equal(made.person.bgr, made.room.bgr)


def test_greys_have_no_steps(tmp_path: Path) -> None:
    """Each of 256 greys is within 1.5 levels although the table of colours has 32 to 64 steps."""
    path = write_cube(tmp_path / "a.cube", lambda bgr: bgr**1.5, 33)
    bgr = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(8, axis=0)
    made = Looks({"colour_table": str(path)}).apply(Frame(0, 0.0, bgr), np.ones((8, 256), np.float32))
    wanted = 255 * read_cube(path).colours(bgr.reshape(-1, 3) / 255).reshape(bgr.shape)
    assert np.abs(made.person.bgr - wanted).max() < 1.5


GOOD = "LUT_3D_SIZE 17\n" + "0.5 0.5 0.5\n" * 17**3
BAD = {
    "": "LUT_3D_SIZE is missing",
    "LUT_3D_SIZE 16\n": "must be from 17 to 65",
    "LUT_3D_SIZE 66\n": "must be from 17 to 65",
    "LUT_3D_SIZE 1e9\n": "must be from 17 to 65",
    "LUT_3D_SIZE ٣٣\n": "it has 0 colours instead of 35937",
    "LUT_1D_SIZE 17\n": "one dimension",
    GOOD + "0.5 0.5 0.5\n": "it has 4914 colours instead of 4913",
    GOOD.replace("0.5 0.5 0.5\n", "", 1): "it has 4912 colours instead of 4913",
    GOOD.replace("0.5 0.5 0.5", "0.5 0.5", 1): "line 2 is not understood",
    GOOD.replace("0.5 0.5 0.5", "0.5 x 0.5", 1): "not a number",
    GOOD.replace("0.5 0.5 0.5", "0.5 nan 0.5", 1): "out of range",
    GOOD.replace("0.5 0.5 0.5", "0.5 inf 0.5", 1): "out of range",
    GOOD.replace("0.5 0.5 0.5", "1e9 0.5 0.5", 1): "out of range",
    "HELLO\n" + GOOD: "line 1 is not understood",
    "DOMAIN_MIN 1 1 1\n" + GOOD: "DOMAIN_MIN is not below DOMAIN_MAX",
    "DOMAIN_MAX nan 1 1\n" + GOOD: "line 1 is not understood",
    "DOMAIN_MAX 1 1\n" + GOOD: "line 1 is not understood",
    "\x00\x01\x02": "line 1 is not understood",
}


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_broken_table_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.cube"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BackdropError, match=BAD[text]) as caught:
        read_cube(path)
    assert str(path) in str(caught.value) and str(caught.value).endswith(".")


def test_missing_huge_and_binary_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BackdropError, match="it is a folder"):
        read_cube(tmp_path)
    with pytest.raises(BackdropError, match="there is no such file"):
        read_cube(tmp_path / "none.cube")
    (tmp_path / "noise.cube").write_bytes(np.random.default_rng(0).bytes(5000))
    with pytest.raises(BackdropError, match="cannot be used"):
        read_cube(tmp_path / "noise.cube")
    monkeypatch.setattr("app.engine.looks.cube._MOST_BYTES", 100)
    with pytest.raises(BackdropError, match="too large"):
        read_cube(tmp_path / "noise.cube")
