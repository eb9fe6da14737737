"""Who is shown: two people who touch, cross, leave and come back; cuts; faults of the network."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import app.engine.people.people as people
from app.engine.core.errors import BackdropError
from app.engine.core.settings import MatteSettings
from app.engine.people.people import People
from tests.engine.people.crowd import GREEN, ORANGE, RED, ROOM, VIOLET, Body, Eyes, Film, share_seen

ME = Body(RED, 160, 90)
OTHER_ROOM = np.asarray(ROOM[::-1] // 3, np.uint8)


def test_person_alone_stays_unchanged() -> None:
    film = Film()
    for x in (160, 162, 164):
        scene, alpha = film.show(Body(RED, x))
        assert np.array_equal(alpha, scene.alpha)


def test_empty_room_stays_empty() -> None:
    assert Film().show()[1].max() == 0


def test_everyone_is_shown_at_no_cost() -> None:
    film = Film("everyone")
    for _ in range(40):
        scene, alpha = film.show(ME, Body(GREEN, 60))
        assert np.array_equal(alpha, scene.alpha)
    assert film.eyes.runs == 0


def test_other_person_is_hidden_in_the_first_frame() -> None:
    other = Body(GREEN, 60, 70)
    scene, alpha = Film().show(ME, other)
    assert share_seen(scene, alpha, ME) > 0.97 and share_seen(scene, alpha, other) == 0


@pytest.mark.parametrize("x", [90, 100, 110])
def test_people_who_touch_are_told_apart(x: int) -> None:
    other = Body(GREEN, x, 70)
    film = Film()
    for _ in range(20):
        scene, alpha = film.show(other, ME)
        assert share_seen(scene, alpha, ME) > 0.9 and share_seen(scene, alpha, other) < 0.03


@pytest.mark.parametrize("is_in_front", [True, False])
@pytest.mark.parametrize(("colour", "limit"), [(GREEN, 0.05), ((80, 70, 190), 0.12)])
def test_person_who_crosses_stays_hidden_and_main_person_comes_back(
    is_in_front: bool, colour: tuple[int, int, int], limit: float
) -> None:
    def bodies(share: float) -> list[Body]:
        walker = Body(colour, -40 + 400 * share, 110)
        return [ME, walker] if is_in_front else [walker, ME]

    film = Film()
    film.show(ME)
    shown = film.walk(90, bodies)
    leaks = []
    for scene, alpha in shown:
        walker = scene.bodies[is_in_front]
        leaks.append((alpha[scene.seen(walker)] > 0.3).sum() / max(1, walker.mask.sum()))
    assert max(leaks) < limit and np.mean(leaks) < 0.2 * limit
    for scene, alpha in shown[-8:]:
        assert share_seen(scene, alpha, ME) > 0.9


def test_those_who_leave_and_return_are_known_again() -> None:
    film, other = Film(), Body(GREEN, 60, 70)
    film.walk(10, lambda share: [ME, other])
    film.walk(60, lambda share: [])
    hidden = film.walk(20, lambda share: [Body(GREEN, 200, 90)])
    assert max(alpha.max() for _, alpha in hidden) < 0.01, "the hidden one alone, where I was"
    me = Body(RED, 100, 90)
    shown = film.walk(20, lambda share: [Body(GREEN, 220, 90), me])
    assert share_seen(*shown[-1], me) > 0.95
    assert max(share_seen(scene, alpha, scene.bodies[0]) for scene, alpha in shown) == 0


def test_hidden_person_stays_hidden_while_main_person_is_away() -> None:
    film, other = Film(), Body(GREEN, 60, 70)
    film.show(ME, other)
    for second in range(120):
        _, alpha = film.show(Body(GREEN, 60 + second, 70), after_s=1.0)
        assert alpha.max() < 0.01


def test_whoever_sits_down_on_the_free_seat_in_other_clothes_is_shown() -> None:
    film = Film()
    film.walk(10, lambda share: [ME])
    film.walk(60, lambda share: [])
    me = Body(VIOLET, 165, 88)
    shown = film.walk(90, lambda share: [me])
    assert shown[0][1].max() < 0.01, "not at once"
    assert share_seen(*shown[-1], me) > 0.95


def test_newcomer_elsewhere_stays_hidden() -> None:
    film = Film()
    film.walk(10, lambda share: [ME])
    film.walk(60, lambda share: [])
    assert max(alpha.max() for _, alpha in film.walk(90, lambda share: [Body(VIOLET, 40, 60)])) < 0.01


@pytest.mark.parametrize("is_scene", [True, False])
def test_hidden_person_stays_hidden_after_a_cut(is_scene: bool) -> None:
    film, other = Film(), Body(GREEN, 60, 70)
    film.walk(10, lambda share: [ME, other])
    if is_scene:
        film.people.new_scene()
    moved = Body(GREEN, 160, 100)
    for _ in range(10):
        _, alpha = film.show(moved, room=OTHER_ROOM)
        assert alpha.max() < 0.01
    me = Body(RED, 70, 80)
    for _ in range(10):
        scene, alpha = film.show(moved, me, room=OTHER_ROOM)
    assert share_seen(scene, alpha, me) > 0.95 and share_seen(scene, alpha, moved) == 0


def test_new_scene_of_strangers_shows_the_main_one_of_them() -> None:
    film = Film()
    film.show(ME, Body(GREEN, 60, 70))
    film.people.new_scene()
    first, second = Body(VIOLET, 150, 90), Body(ORANGE, 270, 60)
    scene, alpha = film.show(first, second)
    assert share_seen(scene, alpha, first) > 0.95 and share_seen(scene, alpha, second) == 0


def test_forgotten_people_are_judged_anew() -> None:
    film = Film()
    film.show(ME, Body(GREEN, 60, 70))
    film.people.forget()
    other = Body(GREEN, 160, 90)
    assert share_seen(*film.show(other), other) > 0.95


def test_most_important_people_are_shown_also_if_they_come_later() -> None:
    film, second, third = Film(count=2), Body(GREEN, 60, 70), Body(ORANGE, 270, 50)
    film.walk(5, lambda share: [ME])
    for _ in range(12):
        scene, alpha = film.show(ME, second)
    assert share_seen(scene, alpha, ME) > 0.95 and share_seen(scene, alpha, second) > 0.95
    for _ in range(12):
        scene, alpha = film.show(ME, second, third)
        assert share_seen(scene, alpha, third) == 0
    assert share_seen(scene, alpha, second) > 0.95


def test_chosen_begins_with_the_main_person() -> None:
    other = Body(GREEN, 60, 70)
    scene, alpha = Film("chosen").show(ME, other)
    assert share_seen(scene, alpha, ME) > 0.97 and share_seen(scene, alpha, other) == 0


def test_network_is_asked_rarely_while_one_person_sits_there() -> None:
    film = Film()
    film.walk(91, lambda share: [Body(RED, 160 + 3 * np.sin(9 * share), 90)])
    assert film.eyes.runs <= 5
    alone = film.eyes.runs
    film.walk(91, lambda share: [Body(RED, 160, 90), Body(GREEN, 60, 70)])
    assert 12 <= film.eyes.runs - alone <= 20


def fail() -> None:
    raise ValueError("a fault made on purpose")


def missing() -> Eyes:
    raise BackdropError("There is no network.")


@pytest.mark.parametrize("what", ["missing", "raises at once", "raises later"])
def test_without_the_network_components_are_told_apart(what: str) -> None:
    film = Film(load=missing if what == "missing" else None)
    other = Body(GREEN, 50, 70)
    for index in range(20):
        if what == "raises at once" or (what == "raises later" and index == 5):
            film.eyes.fault = fail
        scene, alpha = film.show(ME, Body(GREEN, 50 + index / 10, 70))
        assert share_seen(scene, alpha, ME) > 0.95 and share_seen(scene, alpha, scene.bodies[1]) == 0
    assert str(film.people.problem).startswith("People who touch each other cannot be told apart. ")
    runs = film.eyes.runs
    film.show(ME, other, after_s=5.0)
    assert film.eyes.runs == runs, "not asked again"


def test_person_who_was_hidden_and_touches_stays_hidden_without_the_network() -> None:
    film = Film()
    film.walk(10, lambda share: [Body(GREEN, 40, 70), ME])
    film.eyes.fault = fail
    shown = film.walk(60, lambda share: [Body(GREEN, 40 + 60 * share, 70), ME])
    assert max(share_seen(scene, alpha, scene.bodies[0]) for scene, alpha in shown) < 0.05
    assert share_seen(*shown[-1], ME) > 0.9


def test_network_that_hangs_is_left_alone_after_the_limit() -> None:
    film, released = Film(limit_s=0.2), threading.Event()

    def hang() -> None:
        released.wait(60)

    film.eyes.fault = hang
    other = Body(GREEN, 50, 70)
    try:
        scene, alpha = film.show(ME, other)
    finally:
        released.set()
    assert share_seen(scene, alpha, ME) > 0.95 and share_seen(scene, alpha, other) == 0
    assert str(film.people.problem).endswith("The network does not answer.")


def test_slow_network_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_SLOW_MS", -1.0)
    film = Film(limit_s=60.0)
    for _ in range(12):
        film.show(ME, Body(GREEN, 50, 70), after_s=0.5)
    assert str(film.people.problem).endswith("This computer is too slow for it.")


def test_network_that_ships_is_loaded() -> None:
    assert People().problem is None


def test_clicked_person_is_hidden_and_shown_again_and_newcomers_are_hidden() -> None:
    film, other = Film("everyone"), Body(GREEN, 60, 70)
    film.people.is_watched = True
    scene, alpha = film.show(ME, other)
    assert np.array_equal(alpha, scene.alpha)
    left, right = film.people.outlines
    assert left.is_shown and right.is_shown and left.polygons[0][:, 0].max() < 0.35
    film.people.toggle(left.number)
    film.settings = MatteSettings(people="chosen")
    for _ in range(30):
        scene, alpha = film.show(ME, other)
        assert share_seen(scene, alpha, other) == 0 and share_seen(scene, alpha, ME) > 0.95
    assert [outline.is_shown for outline in film.people.outlines] == [False, True]
    third = Body(ORANGE, 280, 50)
    for _ in range(10):
        scene, alpha = film.show(ME, other, third)
        assert share_seen(scene, alpha, third) == 0
    film.people.toggle(film.people.outlines[2].number)
    film.people.toggle(left.number)
    for _ in range(10):
        scene, alpha = film.show(ME, other, third)
    assert min(share_seen(scene, alpha, body) for body in (ME, other, third)) > 0.9


def test_everybody_hidden_by_clicks_stays_hidden_after_a_new_scene() -> None:
    film = Film("everyone")
    film.people.is_watched = True
    film.show(ME)
    film.settings = MatteSettings(people="chosen")
    film.people.toggle(film.people.outlines[0].number)
    assert film.show(ME)[1].max() == 0
    film.people.new_scene()
    for body in (ME, Body(VIOLET, 160, 90)):
        assert film.show(body)[1].max() == 0
