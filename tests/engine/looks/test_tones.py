"""Light and colour: what the sliders do to colours, on the person and in the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.core.types import Frame
from app.engine.looks.colour import WhiteBalance, brighter, log_gains
from app.engine.looks.stage import Looks
from app.engine.looks.tone import ToneLook, fused_matrix, shade

if TYPE_CHECKING:
    from app.engine.core.parameters import Values
    from app.engine.core.types import Alpha, Picture
    from app.engine.looks.stage import Looked
    from app.engine.looks.tone import Matrix

GREYS: Picture = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(16, axis=0)


def looked(values: Values, bgr: Picture, alpha: Alpha | None = None) -> Looked:
    if alpha is None:
        alpha = np.ones(bgr.shape[:2], np.float32)
    return Looks(values).apply(Frame(0, 0.0, bgr), alpha)


def saturation(bgr: Picture) -> float:
    return float((bgr.max(axis=2).astype(int) - bgr.min(axis=2)).mean())


@given(st.floats(0.2, 5.0), st.floats(0.0, 1.0))
def test_brightening_is_undone_by_its_inverse(factor: float, level: float) -> None:
    once = brighter(np.array([level]), factor)
    assert -1e-9 <= once[0] <= 1.0 + 1e-9
    assert brighter(once, 1 / factor)[0] == pytest.approx(level, abs=1e-9)


@pytest.mark.parametrize("key", ["exposure", "contrast", "person_light"])
def test_curves_keep_black_white_and_the_order_of_greys(key: str) -> None:
    for value in (-1.0, -0.3, 0.3, 1.0):
        if key == "person_light" and value < 0:
            continue
        row = looked({key: value}, GREYS).person.bgr[8].astype(int)
        assert (row[0] == 0).all() and (row[255] == 255).all()
        assert (np.diff(row, axis=0) >= 0).all()
        assert (row[:, 0] == row[:, 1]).all() and (row[:, 1] == row[:, 2]).all()


def test_exposure_and_contrast_change_brightness_in_their_direction() -> None:
    dark, grey, light = 40, 128, 215
    for value in (-1.0, 1.0):
        row = looked({"exposure": value}, GREYS).person.bgr[0, :, 0].astype(int)
        assert (row[grey] - grey) * value > 30
        row = looked({"contrast": value}, GREYS).person.bgr[0, :, 0].astype(int)
        assert abs(row[grey] - grey) <= 2
        assert (row[light] - light) * value > 5 and (dark - row[dark]) * value > 5


def test_warmth_moves_greys_between_blue_and_red_at_the_same_brightness() -> None:
    grey = np.full((16, 16, 3), 120, np.uint8)
    for value in (-1.0, 1.0):
        blue, green, red = looked({"warmth": value}, grey).person.bgr[8, 8].astype(int)
        assert (red - blue) * value > 20
        assert abs(0.114 * blue + 0.587 * green + 0.299 * red - 120) < 2


def test_vibrance_changes_saturation_keeps_greys_and_spares_skin() -> None:
    assert np.abs(looked({"vibrance": 1.0}, GREYS).person.bgr.astype(int) - GREYS).max() <= 1
    green = np.full((16, 16, 3), (90, 150, 100), np.uint8)
    skin = np.full((16, 16, 3), (150, 172, 224), np.uint8)
    more = [saturation(looked({"vibrance": 1.0}, bgr).person.bgr) / saturation(bgr) for bgr in (green, skin)]
    assert more[0] > 1.4 and 1.05 < more[1] < 1.3
    assert saturation(looked({"vibrance": -1.0}, green).person.bgr) < 0.6 * saturation(green)


def test_portrait_light_brightens_the_person_and_dims_the_room() -> None:
    bgr = np.full((96, 160, 3), 100, np.uint8)
    alpha = np.zeros((96, 160), np.float32)
    alpha[:, 60:100] = 1.0
    result = looked({"person_light": 1.0, "room_dimmed": 1.0}, bgr, alpha)
    assert (result.person.bgr[:, 60:100] > 140).all()
    assert result.room.bgr is bgr and result.shade.person is None
    assert result.shade.background is not None
    assert (result.shade.background == round(255 * 0.35)).all()


def test_vignette_is_bright_in_the_middle_and_dark_in_the_corners() -> None:
    plane = shade(90, 160, 0.6, 1.0).person
    assert plane is not None and (plane[30:60, 50:110] == 255).all()
    corners = plane[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == round(255 * 0.4)).all()
    assert (np.diff(plane[0, :80].astype(int)) >= 0).all() and np.array_equal(plane, plane[::-1, ::-1])


def test_person_has_its_tone_wherever_alpha_is_above_zero() -> None:
    """Strips as wide as the person: a thin arm, a hand apart from it, and a person at the edge."""
    alpha = np.zeros((360, 640), np.float32)
    alpha[200:, 500:] = 1.0
    alpha[250:258, 100:500] = 0.6
    alpha[20:40, 30:60] = 0.01
    bgr = np.full((360, 640, 3), 100, np.uint8)
    made = looked({"exposure": 1.0}, bgr, alpha).person.bgr
    assert (made[alpha > 0] > 120).all()
    assert (made[100:140] == 100).all(), "no work where nobody is"


def test_sharpening_changes_the_person_alone() -> None:
    rng = np.random.default_rng(3)
    bgr = np.asarray(cv2.GaussianBlur(rng.integers(0, 256, (96, 160, 3), np.uint8), (0, 0), 1), np.uint8)
    alpha = np.zeros((96, 160), np.float32)
    alpha[30:, 60:100] = 1.0
    made = looked({"sharpen": 1.0}, bgr, alpha).person.bgr
    inside = np.zeros((96, 160), bool)
    inside[30:, 60:100] = True
    assert np.array_equal(made[~inside], bgr[~inside])
    assert made[inside].std() > 1.1 * bgr[inside].std()


def cast(bgr: Picture, blue: float, red: float) -> Picture:
    return np.asarray(np.clip(bgr * (blue, 1.0, red), 0, 255), np.uint8)


def office(seed: int = 0) -> tuple[Picture, Alpha]:
    """Grey walls of several brightnesses, a blue shelf and a person."""
    rng = np.random.default_rng(seed)
    bgr = np.full((180, 320, 3), 130, np.float64)
    bgr[:60] = 180
    bgr[120:, :80] = (160, 90, 60)
    bgr[40:, 120:220] = (105, 125, 170)
    alpha = np.zeros((180, 320), np.float32)
    alpha[40:, 120:220] = 1.0
    return np.clip(bgr + rng.normal(0, 3, bgr.shape), 0, 255).astype(np.uint8), alpha


@pytest.mark.parametrize(("blue", "red"), [(0.85, 1.12), (1.15, 0.88), (1.0, 1.0)])
def test_white_balance_makes_walls_grey(blue: float, red: float) -> None:
    bgr, alpha = office()
    made = looked({"white_balance": 1.0}, cast(bgr, blue, red), alpha)
    wall = made.room.bgr[5:50, 10:110].reshape(-1, 3).mean(axis=0)
    assert wall.max() - wall.min() < 8
    assert abs(wall.mean() - 180) < 12, "the brightness stays"


def test_white_balance_of_a_coloured_room_keeps_skin_plausible() -> None:
    """A room of warm wood would make the person blue if grey world alone decided."""
    bgr, alpha = office()
    wood = bgr.copy()
    wood[alpha < 0.5] = (95, 125, 160)
    made = looked({"white_balance": 1.0}, wood, alpha).person.bgr[60:170, 130:210].reshape(-1, 3)
    blue, green, red = made.mean(axis=0)
    assert red > 1.05 * green > 1.0 * blue


def test_white_balance_of_a_frame_without_information_changes_nothing() -> None:
    for level in (0, 255):
        small = np.full((45, 80, 3), level, np.uint8)
        assert not log_gains(small, np.zeros((45, 80), np.float32)).any()


def test_failing_white_balance_changes_no_brightness(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise ValueError("a fault made on purpose")

    monkeypatch.setattr(WhiteBalance, "measure", fail)
    looks = Looks({"white_balance": 1.0})
    made = looks.apply(Frame(0, 0.0, GREYS), np.ones(GREYS.shape[:2], np.float32)).person.bgr
    assert np.abs(made.astype(int) - GREYS).max() <= 1
    assert str(looks.problem) == "The look 'White balance' is off: a fault made on purpose."


def test_white_balance_follows_a_new_light_slowly_and_resets_at_a_new_scene() -> None:
    bgr, alpha = office()
    warm = cast(bgr, 0.85, 1.1)
    looks = Looks({"white_balance": 1.0})

    def wall(picture: Picture, time_s: float) -> float:
        made = looks.apply(Frame(0, time_s, picture), alpha).room.bgr[5:50, 10:110]
        return float(made[..., 2].mean() - made[..., 0].mean())

    assert abs(wall(warm, 0.0)) < 8
    steps = [wall(bgr, 0.1 + index / 30) for index in range(200)]
    assert steps[0] < -20, "still the gains of the warm light"
    assert np.abs(np.diff(steps)).max() < 8 and abs(steps[-1]) < 8
    looks.reset()
    assert abs(wall(warm, 9.0)) < 8


def test_parts_of_the_person_between_the_rows_that_are_looked_at_have_its_tone() -> None:
    """Every fourth row is looked at, in strips of 48: thin parts stand just outside a strip of the person."""
    alpha = np.zeros((360, 640), np.float32)
    alpha[96:141, 200:300] = 1.0
    alpha[93:96, 200:300] = alpha[145:148, 200:300] = 1.0
    made = looked({"exposure": 1.0}, np.full((360, 640, 3), 100, np.uint8), alpha).person.bgr
    assert (made[alpha > 0] > 120).all()


def test_matrices_of_two_looks_are_applied_in_their_order() -> None:
    class Grey(ToneLook):
        title = "Grey"

        def matrix(self) -> Matrix | None:
            return np.full((3, 3), 1 / 3, np.float32)

    class NoRed(ToneLook):
        title = "No red"

        def matrix(self) -> Matrix | None:
            return np.diag(np.array([1, 1, 0], np.float32))

    pure_red = np.array([0, 0, 90], np.float32)
    first, second = fused_matrix([Grey({}), NoRed({})]), fused_matrix([NoRed({}), Grey({})])
    assert first is not None and second is not None
    assert first @ pure_red == pytest.approx([30, 30, 0]) and second @ pure_red == pytest.approx([0, 0, 0])
