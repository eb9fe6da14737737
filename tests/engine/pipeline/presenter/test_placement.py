"""Where the person stands: smaller, mirrored, in a bubble, with a shadow; never the room."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.parameters import checked_values
from app.engine.core.settings import EffectSettings
from app.engine.core.types import NO_SHADE, Alpha, Frame, Picture, Shade
from app.engine.pipeline.compositor import composite, cut_out
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.presenter.geometry import (
    MARGIN,
    PLACEMENT,
    box_of,
    rounded_mask,
    snapped,
)
from app.engine.pipeline.presenter.hole import without_hole
from app.engine.pipeline.presenter.placement import Placement

if TYPE_CHECKING:
    from app.engine.core.parameters import Values

ROOM, PERSON, WALL = (255, 0, 0), (0, 0, 255), (0, 200, 0)
SHAPES = next(p.choices for p in PLACEMENT if p.key == "shape")
SIZE = 180, 320


def scene(height: int = SIZE[0], width: int = SIZE[1]) -> tuple[Frame, Alpha, Picture]:
    """A red person, left of the middle, in a blue room; a green background. Nothing may be written."""
    alpha = np.zeros((height, width), np.float32)
    alpha[height // 4 :, width // 3 : width // 2] = 1.0
    bgr = np.where(alpha[..., None] > 0, PERSON, ROOM).astype(np.uint8)
    wall = np.empty((height, width, 3), np.uint8)
    wall[:] = WALL
    for array in (bgr, alpha, wall):
        array.setflags(write=False)
    return Frame(0, 0.0, bgr), alpha, wall


def values(**changes: float | str) -> Values:
    return {p.key: p.default for p in PLACEMENT} | changes


def reds(picture: Picture) -> Alpha:
    """How much of the person is in each pixel."""
    return np.asarray(picture[..., 2] / 255, np.float32)


def test_without_placement_the_composite_is_exactly_the_plain_one() -> None:
    frame, alpha, wall = scene()
    shade = Shade(np.full(SIZE, 200, np.uint8), np.full(SIZE, 100, np.uint8))
    placement = Placement({})
    assert not placement.is_on
    for clean, wrap, darker in ((True, 0.0, NO_SHADE), (False, 0.0, NO_SHADE), (True, 0.5, shade)):
        plain = composite(frame, alpha, wall, clean, wrap, darker)
        assert np.array_equal(placement.composite(frame, alpha, wall, clean, wrap, darker), plain)


@pytest.mark.parametrize("size", [0.15, 0.5, 0.77, 1.0])
def test_placed_person_has_the_size_and_place_wanted(size: float) -> None:
    frame, alpha, wall = scene()
    box = box_of(values(shape="placed", size=size, x=0.6, y=0.5), *SIZE)
    assert box.height == round(size * 180) and abs(box.width - size * 320) <= 1
    picture = Placement({"shape": "placed", "size": size, "x": 0.6, "y": 0.5}).composite(frame, alpha, wall)
    rows, columns = np.nonzero(reds(picture) > 0.5)
    assert abs(columns.min() - (box.left + box.width / 3)) <= 2
    assert abs(columns.max() + 1 - (box.left + box.width / 2)) <= 2
    assert abs(rows.min() - (box.top + box.height / 4)) <= 2
    outside = np.ones(SIZE, bool)
    outside[max(0, box.top) : box.top + box.height, max(0, box.left) : box.left + box.width] = False
    assert (picture[outside] == WALL).all(), "the background alone where the frame does not reach"


def test_mirrored_person_stands_on_the_other_side() -> None:
    frame, alpha, wall = scene()
    plain = Placement({"shape": "placed", "x": 0.5}).composite(frame, alpha, wall)
    mirrored = Placement({"shape": "placed", "x": 0.5, "mirror": 1.0}).composite(frame, alpha, wall)
    assert np.abs(reds(mirrored) - reds(plain)[:, ::-1]).max() < 0.1
    full = Placement({"mirror": 1.0}).composite(frame, alpha, wall)
    assert reds(full)[100, 160:212].min() > 0.95 and reds(full)[100, :155].max() < 0.05


@pytest.mark.parametrize(("shape", "aspect"), [("circle", 1.0), ("rounded", 4 / 3)])
def test_bubble_shows_the_person_before_its_colour(shape: str, aspect: float) -> None:
    frame, alpha, wall = scene()
    given: Values = {"shape": shape, "size": 0.5, "x": 0.5, "y": 0.5, "fill": "#ffffff"}
    picture = Placement(given).composite(frame, alpha, wall)
    box = box_of(values(**given), *SIZE)
    assert (box.height, box.width) == (90, round(90 * aspect))
    inside = picture[box.top : box.top + box.height, box.left : box.left + box.width]
    assert (inside[0, 0] == WALL).all() and (inside[-1, -1] == WALL).all(), "the corners are outside"
    assert (inside[45, -4] == 255).all(), "the colour"
    assert (inside[60, box.width // 2 - 6] == PERSON).all()
    outside = picture.copy()
    outside[box.top : box.top + box.height, box.left : box.left + box.width] = WALL
    assert (outside == WALL).all()


def test_shadow_darkens_the_background_beside_the_person_only() -> None:
    frame, alpha, wall = scene()
    given: Values = {"shape": "placed", "size": 1.0, "x": 0.5, "y": 0.5}
    plain = Placement(given).composite(frame, alpha, wall)
    dark = Placement({**given, "shadow": 1.0}).composite(frame, alpha, wall)
    assert dark[150, 103, 1] < 0.8 * plain[150, 103, 1], "close to the outline"
    assert (dark[150, 20] == WALL).all() and (dark[150, 300] == WALL).all()
    assert np.array_equal(dark[100:170, 112:154], plain[100:170, 112:154]), "the person is not darker"
    full = Placement({"shadow": 1.0}).composite(frame, alpha, wall)
    assert full[150, 103, 1] < 170 and (full[150, 20] == WALL).all()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("has_background", [True, False])
def test_room_never_appears_wherever_the_person_stands(shape: str, has_background: bool) -> None:
    frame, alpha, wall = scene()
    for size, x, y, mirror, shadow in itertools.product(
        (0.15, 0.6, 1.0), (0.0, 0.7, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0)
    ):
        placement = Placement(
            {
                "shape": shape,
                "size": size,
                "x": x,
                "y": y,
                "mirror": mirror,
                "shadow": shadow,
                "fill": "#00ff00",
            }
        )
        picture = placement.composite(frame, alpha, wall if has_background else None, light_wrap=0.5)
        visible = picture[picture[..., 3] > 60] if not has_background else picture.reshape(-1, 3)
        assert not ((visible[:, 0] > 60) & (visible[:, 0] > visible[:, 2].astype(int) + 30)).any()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [(64, 64), (359, 641), (1080, 608), (100, 3), (16, 16)])
def test_every_shape_fits_every_size(shape: str, size: tuple[int, int]) -> None:
    frame, alpha, wall = scene(*size)
    shade = Shade(np.full(size, 200, np.uint8), np.full(size, 100, np.uint8))
    for background in (wall, None):
        placement = Placement({"shape": shape, "x": 1.0, "shadow": 0.5, "mirror": 1.0})
        picture = placement.composite(frame, alpha, background, shade=shade)
        assert picture.shape == (*size, 4 if background is None else 3) and picture.dtype == np.uint8


def test_transparent_background_keeps_the_person_alone() -> None:
    frame, alpha, _ = scene()
    placed = Placement({"shape": "placed", "size": 0.5, "x": 0.5, "y": 0.5}).composite(frame, alpha, None)
    assert abs(int((placed[..., 3] > 127).sum()) - int((alpha > 0.5).sum() / 4)) < 200
    assert not placed[placed[..., 3] == 0].any()
    full = Placement({"mirror": 1.0}).composite(frame, alpha, None)
    assert np.array_equal(full, cut_out(Frame(0, 0.0, frame.bgr[:, ::-1].copy()), alpha[:, ::-1].copy()))


def test_shade_darkens_the_placed_person_and_the_background() -> None:
    frame, alpha, wall = scene()
    shade = Shade(np.full(SIZE, 128, np.uint8), np.full(SIZE, 64, np.uint8))
    picture = Placement({"shape": "placed", "size": 0.5, "x": 0.5, "y": 0.5}).composite(
        frame, alpha, wall, shade=shade
    )
    assert abs(int(reds(picture).max() * 255) - 128) <= 2
    assert abs(int(picture[5, 5, 1]) - 50) <= 1


def test_blurred_room_has_no_silhouette_once_the_person_stands_elsewhere() -> None:
    frame, alpha, _ = scene()
    flat = np.full((*SIZE, 3), 90, np.uint8)
    hole = np.where(alpha[..., None] > 0, 200, flat).astype(np.uint8)
    assert np.abs(without_hole(hole, alpha).astype(int) - 90).max() <= 10, "of a step of 110"
    everywhere = np.ones(SIZE, np.float32)
    assert np.isfinite(without_hole(flat, everywhere)).all()
    blur = build_effect(EffectSettings("blur"))
    background = blur.background(frame, alpha)
    picture = Placement({"shape": "circle", "size": 0.2, "x": 1.0}).composite(frame, alpha, background, False)
    assert picture[:, :200, 2].max() < 30, "the room is blue"


def test_positions_near_an_edge_snap_to_it() -> None:
    placed = values(shape="placed", size=0.5, x=0.74, y=0.76)
    assert box_of(snapped(placed, *SIZE), *SIZE) == (160, 90, 160, 90)
    far = values(shape="placed", size=0.5, x=0.6, y=0.4)
    assert snapped(far, *SIZE) == far
    circle = snapped(values(shape="circle", size=0.5, x=0.155, y=0.28), 720, 1280)
    margin = round(MARGIN * 720)
    assert box_of(circle, 720, 1280)[:2] == (margin, margin)
    beyond = snapped(values(shape="placed", size=0.5, x=1.0, y=1.0), *SIZE)
    assert (beyond["x"], beyond["y"]) == (0.875, 0.95), "a person may be moved out of the picture in part"


@pytest.mark.parametrize("shape", ["placed", "circle", "rounded"])
@pytest.mark.parametrize("size", [0.15, 0.5, 1.0])
@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)])
def test_most_of_the_frame_stays_in_the_picture_wherever_it_is_put(
    shape: str, size: float, x: float, y: float
) -> None:
    height, width = 360, 640
    values = checked_values(PLACEMENT, {"shape": shape, "size": size, "x": x, "y": y})
    box = box_of(values, height, width)
    seen_x = min(width, box.left + box.width) - max(0, box.left)
    seen_y = min(height, box.top + box.height) - max(0, box.top)
    assert seen_x >= 0.74 * box.width and seen_y >= 0.59 * box.height
    if shape != "placed":
        assert (seen_x, seen_y) == (box.width, box.height)


def test_rounded_mask_is_a_circle_or_a_rectangle() -> None:
    circle = rounded_mask(100, 100, 50)
    assert abs(circle.sum() / (np.pi * 50**2) - 1) < 0.002 and circle[0, 0] == 0 and circle[50, 50] == 1
    assert (rounded_mask(10, 20, 0) == 1).all()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"shape": "star"}, "Place must be one of full, placed, circle, rounded, not star."),
        ({"size": 2.0}, "Size must be a number from 0.15 to 1, not 2.0."),
        ({"mirror": "on"}, "Mirror me must be a number from 0 to 1, not on."),
        ({"fill": "blue"}, "'blue' is not a colour: write it as #RRGGBB, for example #00b140."),
        ({"shape": 3.0}, "Place must be a text, not 3.0."),
    ],
)
def test_invalid_placement_is_one_sentence(given: Values, sentence: str) -> None:
    with pytest.raises(BackdropError) as refused:
        Placement(given)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("x", "fades"), [(0.25, (False, True)), (0.5, (True, True)), (0.75, (True, False))], ids=str
)
def test_frame_fades_at_the_sides_that_end_inside_the_picture(x: float, fades: tuple[bool, bool]) -> None:
    _, _, wall = scene()
    frame = Frame(0, 0.0, np.full((*SIZE, 3), PERSON, np.uint8))
    everywhere = np.ones(SIZE, np.float32)
    given = values(shape="placed", size=0.5, x=x, y=0.75)
    picture = Placement(given).composite(frame, everywhere, wall)
    box = box_of(given, *SIZE)
    row = reds(picture)[box.top + box.height // 2, box.left : box.left + box.width]
    assert (bool(row[0] < 0.5), bool(row[-1] < 0.5)) == fades
    assert (row[10:-10] == 1).all()
    column = reds(picture)[box.top : box.top + box.height, box.left + box.width // 2]
    assert column[0] < 0.5 and column[-1] == 1, "the picture's lower edge is the frame's"


def test_shadow_of_a_bubble_falls_downwards() -> None:
    frame, alpha, wall = scene()
    given: Values = {"shape": "circle", "size": 0.5, "x": 0.5, "y": 0.5, "shadow": 1.0}
    picture = Placement(given).composite(frame, alpha, wall)
    box = box_of(values(**given), *SIZE)
    middle = box.left + box.width // 2
    above, below = picture[box.top - 4, middle, 1], picture[box.top + box.height + 3, middle, 1]
    assert below < above < WALL[1]


def test_room_with_a_hole_is_closed_only_where_the_person_has_left_it() -> None:
    frame, alpha, _ = scene()
    room = np.full((*SIZE, 3), 90, np.uint8)
    room[alpha > 0] = 200
    away = Placement({"shape": "placed", "size": 0.15, "x": 0.9, "y": 0.9})
    beside = away.composite(frame, alpha, room, clean_edges=False)[:, :220]
    assert np.abs(beside.astype(int) - 90).max() <= 10
    shown = away.composite(frame, alpha, room, clean_edges=True)[:, :220]
    assert (shown == room[:, :220]).all(), "a background that is not the room stays as it is"
