"""What holds for every look."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.face import Face, Square
from app.engine.core.look import FaceLook, Look, PictureLook
from app.engine.core.parameters import Parameter
from app.engine.core.types import NO_SHADE, Alpha, Frame, Picture
from app.engine.looks.registry import LOOKS, PARAMETERS, PRESETS, build, checked, preset_called
from app.engine.looks.stage import Looks
from tests.engine.looks.tables import write_cube

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.parameters import Values

HEIGHT, WIDTH = 96, 160


def scene(index: int = 0, seed: int = 0) -> tuple[Frame, Alpha]:
    """A dark room with noise and a brighter person in the middle; both read-only."""
    noise = np.random.default_rng(seed + index).normal(0, 4, (HEIGHT, WIDTH, 3))
    bgr = np.full((HEIGHT, WIDTH, 3), (70, 60, 50), np.float64)
    bgr[20:, 50:110] = (90, 110, 150)
    alpha = np.zeros((HEIGHT, WIDTH), np.float32)
    alpha[20:, 50:110] = 1.0
    alpha = np.asarray(cv2.GaussianBlur(alpha, (5, 5), 0), np.float32)
    picture = np.clip(bgr + noise, 0, 255).astype(np.uint8)
    picture.setflags(write=False)
    alpha.setflags(write=False)
    return Frame(index, index / 30, picture), alpha


def face() -> Face:
    """A face of the person of `scene`: skin, with an eye and lips."""
    classes = ("background", "skin", "eyes", "lips")
    shares = np.zeros((len(classes), 32, 32), np.float32)
    shares[0] = 1.0
    for part, (rows, columns) in {
        1: (slice(4, 28), slice(6, 26)),
        2: (slice(10, 13), slice(10, 15)),
        3: (slice(20, 24), slice(11, 21)),
    }.items():
        shares[:, rows, columns] = 0.0
        shares[part, rows, columns] = 1.0
    shares.setflags(write=False)
    return Face(Square(45.0, 18.0, 70.0), classes, shares)


@pytest.fixture
def on(tmp_path: Path) -> Values:
    """Values with which every look is on."""
    table = write_cube(tmp_path / "warm.cube", lambda bgr: bgr * (0.8, 0.9, 1.0))
    values: Values = {"sharpen": 0.8, "exposure": 0.5, "table_strength": 0.7}
    for key, parameter in PARAMETERS.items():
        if parameter.kind == "slider":
            values.setdefault(key, parameter.high)
        else:
            values[key] = str(table)
    return values


def test_every_look_is_off_by_default_and_costs_nothing() -> None:
    assert build({}) == []
    frame, alpha = scene()
    looked = Looks().apply(frame, alpha)
    assert looked.person is frame and looked.room is frame
    assert looked.shade is NO_SHADE


def test_defaults_named_in_settings_count_as_off() -> None:
    assert build(checked({})) == []


def test_keys_are_unique_and_defaults_within_range() -> None:
    described = [p for look in LOOKS for p in look.parameters]
    assert len({p.key for p in described}) == len(described)
    for parameter in described:
        assert parameter.checked(parameter.default) == parameter.default
        assert parameter.key.replace("_", "").isalpha()


def test_each_slider_alone_changes_the_picture() -> None:
    for key, parameter in PARAMETERS.items():
        looks = Looks({key: parameter.high} if parameter.kind == "slider" else {})
        if not looks.are_on:  # It belongs to another one.
            continue
        for index in range(3):
            frame, alpha = scene(index)
            looked = looks.apply(frame, alpha, face=face())
        is_shaded = looked.shade is not NO_SHADE
        assert is_shaded or not np.array_equal(looked.person.bgr, frame.bgr), key


def test_looks_write_no_input_and_keep_no_array(on: Values) -> None:
    """What a look returned is overwritten; the next results are those of a run without that."""
    kept, overwritten = Looks(on), Looks(on)
    for index in range(4):
        frame, alpha = scene(index)
        wanted = kept.apply(frame, alpha, face=face())
        looked = overwritten.apply(dataclasses.replace(frame), alpha, face=face())
        for got, of_other in ((looked.person, wanted.person), (looked.room, wanted.room)):
            assert got.bgr is not frame.bgr and not np.shares_memory(got.bgr, frame.bgr)
            assert got.bgr.shape == frame.bgr.shape and got.bgr.dtype == np.uint8
            assert np.array_equal(got.bgr, of_other.bgr), f"frame {index}"
        looked.person.bgr[:] = 255
        looked.room.bgr[:] = 255


@pytest.mark.parametrize("kind", [look for look in LOOKS if issubclass(look, PictureLook)])
def test_picture_looks_keep_neither_input_nor_result(kind: type[PictureLook]) -> None:
    values = {p.key: p.high for p in kind.parameters}
    kept, overwritten = kind(dict(values)), kind(dict(values))
    for index in range(4):
        frame, alpha = scene(index)
        wanted = kept.apply(frame.bgr, frame, alpha)
        writable = frame.bgr.copy()
        made = overwritten.apply(writable, dataclasses.replace(frame, bgr=writable), alpha)
        assert np.array_equal(made, wanted), f"frame {index}"
        assert not np.shares_memory(made, writable)
        made[:] = 7
        writable[:] = 99


@pytest.mark.parametrize("kind", [look for look in LOOKS if issubclass(look, FaceLook)])
def test_face_looks_keep_neither_input_nor_result(kind: type[FaceLook]) -> None:
    values = {p.key: p.high for p in kind.parameters}
    kept, overwritten = kind(dict(values)), kind(dict(values))
    for index in range(3):
        frame, alpha = scene(index)
        wanted = kept.improve(frame.bgr, face(), alpha)
        writable = frame.bgr.copy()
        made = overwritten.improve(writable, face(), alpha)
        assert np.array_equal(made, wanted) and not np.array_equal(made, frame.bgr), f"frame {index}"
        assert not np.shares_memory(made, writable)
        made[:] = 7
        writable[:] = 99


def test_face_looks_without_a_face_leave_the_picture() -> None:
    values: Values = {p.key: p.high for look in LOOKS if issubclass(look, FaceLook) for p in look.parameters}
    looks = Looks(values)
    frame, alpha = scene()
    assert looks.needs_face and not Looks({"exposure": 0.5}).needs_face
    assert looks.apply(frame, alpha).person.bgr is frame.bgr


def test_preset_values_are_valid_and_found_in_any_case() -> None:
    for title, values in PRESETS.items():
        assert build(values), title
        assert preset_called(title.upper().replace(" ", "-")) == values
    assert preset_called("Nobody's") is None
    found = preset_called("natural")
    assert found is not None
    found["exposure"] = 1.0
    assert PRESETS["Natural"]["exposure"] != 1.0, "a copy"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"shine": 1.0}, "There is no look 'shine'"),
        ({"exposure": 1.5}, "Exposure must be a number from -1 to 1"),
        ({"exposure": float("nan")}, "Exposure must be a number"),
        ({"exposure": "much"}, "Exposure must be a number"),
        ({"colour_table": 3.0}, "Colour table must be a text"),
        ({"colour_table": "/nowhere/a.cube"}, "cannot be read: there is no such file"),
    ],
)
def test_wrong_values_are_reported(values: Values, told: str) -> None:
    with pytest.raises(BackdropError, match=told):
        Looks(values)


def test_a_change_keeps_the_memory_of_other_looks() -> None:
    before = Looks({"calm": 1.0, "exposure": 0.2})
    after = Looks({"calm": 1.0, "exposure": 0.3}, before)
    assert after._looks[0] is before._looks[0]
    assert after._looks[1] is not before._looks[1]
    assert Looks({"calm": 0.5}, before)._looks[0] is not before._looks[0]


class Broken(PictureLook):
    """A look that fails at its second frame."""

    title = "Broken"
    parameters = (Parameter("broken", "Broken", "slider", 0.0),)
    calls = 0

    def apply(self, picture: Picture, frame: Frame, alpha: Alpha) -> Picture:
        type(self).calls += 1
        if type(self).calls > 1:
            raise MemoryError
        return np.asarray(255 - picture, np.uint8)


def test_failing_look_is_left_out_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    every: tuple[type[Look], ...] = (Broken, *LOOKS)
    monkeypatch.setattr("app.engine.looks.registry.LOOKS", every)
    monkeypatch.setattr(
        "app.engine.looks.registry.PARAMETERS", {p.key: p for look in every for p in look.parameters}
    )
    monkeypatch.setattr(Broken, "calls", 0)
    looks = Looks({"broken": 1.0})
    frame, alpha = scene()
    assert np.array_equal(looks.apply(frame, alpha).person.bgr, 255 - frame.bgr)
    assert looks.problem is None
    for _ in range(3):
        assert looks.apply(frame, alpha).person is frame
    assert str(looks.problem) == "The look 'Broken' is off: there is not enough memory."
    assert Broken.calls == 2, "it is not tried again"


def test_looks_accept_every_size_and_an_empty_matte() -> None:
    values: Values = {key: p.high for key, p in PARAMETERS.items() if p.kind == "slider"}
    for height, width in ((1, 1), (2, 3), (17, 5), (64, 65)):
        looks = Looks(values)
        for level in (0.0, 1.0):
            bgr = np.full((height, width, 3), 80, np.uint8)
            looked = looks.apply(Frame(0, 0.0, bgr), np.full((height, width), level, np.float32))
            assert looked.person.bgr.shape == looked.room.bgr.shape == (height, width, 3)
