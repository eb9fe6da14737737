"""The remembered room settles what the network half believes, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.engine.core.settings import MatteSettings
from app.engine.core.types import Frame
from app.engine.pipeline.matte import MatteStage
from app.engine.pipeline.room_memory import RoomMemory

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Picture

HEIGHT_PX, WIDTH_PX = 96, 160
PERSON = slice(20, 96), slice(20, 70)
BED = slice(50, 90), slice(90, 150)
_NOISE = np.random.default_rng(1).normal(0, 3, (8, HEIGHT_PX, WIDTH_PX, 3))
_ROOM = np.random.default_rng(2).integers(60, 200, (HEIGHT_PX // 8, WIDTH_PX // 8, 3))


def empty_room() -> Picture:
    """A room of coloured squares."""
    return np.asarray(np.kron(_ROOM, np.ones((8, 8, 1))), np.uint8)


def picture(number: int, room: Picture | None = None) -> Picture:
    """A room with noise, and a dark person in it."""
    shown = (empty_room() if room is None else room).astype(float)
    shown[PERSON] = 30
    made = np.asarray(np.clip(shown + _NOISE[number % len(_NOISE)], 0, 255), np.uint8)
    made.setflags(write=False)
    return made


def alpha(bed: float, person: float = 1.0) -> Alpha:
    raw = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    raw[PERSON], raw[BED] = person, bed
    raw.setflags(write=False)
    return raw


def memory_of_room(frames: int = 60) -> RoomMemory:
    """A memory that has seen the bed while the network was sure of it."""
    memory = RoomMemory()
    for number in range(frames):
        memory.apply(alpha(0.0), picture(number))
    return memory


def test_half_believed_furniture_that_was_seen_before_is_removed() -> None:
    memory = memory_of_room()
    settled = memory.apply(alpha(0.6), picture(3))
    assert settled[BED][4:-4, 4:-4].max() < 0.1
    assert (settled[PERSON] == 1).all()


def test_without_memory_nothing_changes() -> None:
    assert RoomMemory().apply(alpha(0.6), picture(0)) == pytest.approx(alpha(0.6), abs=1e-6)


def test_person_in_front_of_known_room_stays() -> None:
    memory = memory_of_room()
    arm = np.array(picture(0))
    arm[BED] = 20
    assert memory.apply(alpha(0.6), arm)[BED][4:-4, 4:-4].min() >= 0.6
    assert (memory.apply(alpha(0.99), picture(0))[BED] >= 0.99 - 1e-6).all(), "a sure person always stays"


def test_motionless_person_who_is_half_believed_is_not_learned() -> None:
    memory = memory_of_room(1)
    for number in range(900):
        settled = memory.apply(alpha(0.0, person=0.7), picture(number))
    assert settled[PERSON][4:, 4:-4].min() > 0.69


def test_slow_change_of_brightness_is_followed() -> None:
    memory = memory_of_room()
    for number in range(60):
        darker = np.asarray(picture(number) * (1 - 0.004 * number), np.uint8)
        settled = memory.apply(alpha(0.0 if number < 50 else 0.6), darker)
    assert settled[BED][4:-4, 4:-4].max() < 0.1


@pytest.mark.parametrize("change", ["camera moves", "lamp is switched"])
def test_room_is_forgotten_when_everything_changes(change: str) -> None:
    memory = memory_of_room()
    moved = np.roll(picture(0), 20, axis=1)
    warm = np.clip(picture(0) * np.array([0.4, 0.9, 1.2]) + np.arange(WIDTH_PX)[None, :, None] / 2, 0, 255)
    other = moved if change == "camera moves" else warm.astype(np.uint8)
    memory.apply(alpha(0.0), other)
    assert memory.apply(alpha(0.6), picture(0)) == pytest.approx(alpha(0.6), abs=0.05)


def test_chair_that_was_moved_is_learned_at_its_new_place() -> None:
    memory = memory_of_room()
    room = empty_room()
    room[BED] = room[BED][:, ::-1]
    for number in range(60):
        memory.apply(alpha(0.0), picture(number, room))
    assert memory.apply(alpha(0.6), picture(0, room))[BED][4:-4, 4:-4].max() < 0.1


def test_half_believed_change_that_stays_is_soon_believed_no_more_than_by_the_network() -> None:
    memory = memory_of_room()
    room = empty_room()
    room[BED] = 250
    settled = [memory.apply(alpha(0.4), picture(number, room))[BED][20, 30] for number in range(200)]
    assert settled[0] > 0.5, "it looks like no room that was seen"
    assert settled[-1] == pytest.approx(0.4, abs=0.05)


def test_reset_and_other_size_forget_the_room() -> None:
    memory = memory_of_room()
    memory.reset()
    assert memory.apply(alpha(0.6), picture(0)) == pytest.approx(alpha(0.6), abs=1e-6)
    memory = memory_of_room()
    small, half = np.array(picture(0)[:48]), np.array(alpha(0.6)[:48])
    assert memory.apply(half, small) == pytest.approx(half, abs=1e-6)


def test_arguments_are_neither_written_nor_kept() -> None:
    memory = memory_of_room(2)
    raw, small = np.array(alpha(0.6)), np.array(picture(0))
    before = raw.copy(), small.copy()
    result = memory.apply(raw, small)
    assert np.array_equal(raw, before[0]) and np.array_equal(small, before[1])
    assert not np.shares_memory(result, raw)


@pytest.mark.parametrize("is_on", [True, False])
def test_matte_stage_uses_memory_only_if_wanted(is_on: bool) -> None:
    stage, settings = MatteStage(), MatteSettings(0.0, room_memory=is_on, remove_uncertain=False)
    for number in range(60):
        stage.apply(alpha(0.0), Frame(number, number / 30, picture(number)), settings)
    matte = stage.apply(alpha(0.7), Frame(60, 2.0, picture(4)), settings)
    assert (matte.alpha[70, 120] < 0.1) == is_on
    stage.forget_room()
    assert stage.apply(alpha(0.7), Frame(61, 2.1, picture(5)), settings).alpha[70, 120] > 0.5
