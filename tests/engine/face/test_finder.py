"""Finding a painted face, following it, losing it and finding it again; failures."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

import app.engine.face.finder as finder
from app.engine.core.errors import BackdropError
from app.engine.core.types import Alpha, Frame, Picture
from app.engine.face.finder import FaceFinder
from app.engine.networks.parts_network import PartsNetwork
from tests.networks import write_parts_network

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.face import Face, Shares

HEIGHT, WIDTH = 360, 640


class CountingNetwork(PartsNetwork):
    """Counts its runs; fails if `error` is set."""

    runs = 0
    error: Exception | None = None

    def infer(self, crop: Picture) -> Shares:
        self.runs += 1
        if self.error is not None:
            raise self.error
        return super().infer(crop)


@pytest.fixture
def network(tmp_path: Path) -> CountingNetwork:
    return CountingNetwork(write_parts_network(tmp_path / "tiny.onnx"))


def paint(x: int = 320, y: int = 150, size: int = 60, with_face: bool = True) -> tuple[Picture, Alpha]:
    """A dark room; a person, whose face is red with blue eyes and green lips; and the person's alpha."""
    bgr = np.full((HEIGHT, WIDTH, 3), 10, np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(mask, (x, y), (size, round(1.3 * size)), 0, 0, 360, 255, -1)
    cv2.rectangle(mask, (x - 2 * size, y + round(1.4 * size)), (x + 2 * size, HEIGHT), 255, -1)
    bgr[mask > 0] = (20, 20, 20)
    if with_face:
        cv2.ellipse(bgr, (x, y), (size, round(1.3 * size)), 0, 0, 360, (0, 0, 255), -1)
        for side in (-1, 1):
            cv2.circle(bgr, (x + side * size // 2, y - size // 3), size // 5, (255, 0, 0), -1)
        cv2.ellipse(bgr, (x, y + 2 * size // 3), (size // 2, size // 6), 0, 0, 360, (0, 255, 0), -1)
    bgr.setflags(write=False)
    alpha = mask.astype(np.float32) / np.float32(255)
    alpha.setflags(write=False)
    return bgr, alpha


def found(faces: FaceFinder, index: int, x: int = 320, with_face: bool = True) -> Face | None:
    bgr, alpha = paint(x, with_face=with_face)
    return faces.find(Frame(index, index / 30, bgr), alpha)


def middle(face: Face) -> tuple[float, float]:
    left, top, side = face.square
    return left + side / 2, top + side / 2


@pytest.mark.parametrize("size", [30, 60, 90])
@pytest.mark.parametrize("x", [120, 320, 560])
def test_face_is_found_in_the_first_frame(network: CountingNetwork, size: int, x: int) -> None:
    bgr, alpha = paint(x, 150, size)
    face = FaceFinder(lambda: network).find(Frame(0, 0.0, bgr), alpha)
    assert face is not None and face.strength == 1.0
    assert middle(face) == pytest.approx((x, 150), abs=0.6 * size)
    assert 4 * size < face.square.side_px < 6.5 * size
    eyes = face.enlarged(face.share("eyes"), (slice(0, HEIGHT), slice(0, WIDTH)))
    assert ((eyes > 0.5) != (bgr[..., 0] == 255)).mean() < 0.01


def test_moving_face_stays_in_the_square(network: CountingNetwork) -> None:
    faces = FaceFinder(lambda: network)
    for index, x in enumerate(range(200, 440, 6)):
        face = found(faces, index, x)
        assert face is not None and abs(middle(face)[0] - x) < 45
        skin = face.enlarged(face.share("skin"), (slice(0, HEIGHT), slice(0, WIDTH)))
        bgr, _ = paint(x)
        assert ((skin > 0.5) != (bgr[..., 2] == 255)).mean() < 0.02


def test_still_face_is_looked_at_in_every_second_frame(network: CountingNetwork) -> None:
    faces = FaceFinder(lambda: network)
    for index in range(10):
        assert found(faces, index) is not None
    before = network.runs
    for index in range(10, 30):
        assert found(faces, index) is not None
    assert network.runs - before == 10


def test_lost_face_fades_and_is_found_again(network: CountingNetwork) -> None:
    faces = FaceFinder(lambda: network)
    assert found(faces, 0) is not None
    strengths = [
        0.0 if face is None else face.strength
        for face in (found(faces, index, with_face=False) for index in range(1, 12))
    ]
    assert strengths == sorted(strengths, reverse=True) and 0.5 < strengths[1] < 1.0 and strengths[-1] == 0.0
    again = [found(faces, index, 420) for index in range(12, 22)]
    assert all(face is not None for face in again)
    rising = [face.strength for face in again if face]
    assert rising == sorted(rising) and rising[0] < 0.5 and rising[-1] == 1.0
    assert again[-1] is not None and abs(middle(again[-1])[0] - 420) < 30


def test_new_scene_has_no_memory(network: CountingNetwork) -> None:
    faces = FaceFinder(lambda: network)
    found(faces, 0, with_face=False)
    faces.reset()
    face = found(faces, 1)
    assert face is not None and face.strength == 1.0


def test_room_without_a_person_has_no_face(network: CountingNetwork) -> None:
    bgr, alpha = paint(with_face=False)
    faces = FaceFinder(lambda: network)
    assert faces.find(Frame(0, 0.0, bgr), alpha) is None
    assert faces.find(Frame(1, 0.1, bgr), np.zeros_like(alpha)) is None
    assert faces.problem is None


def test_result_depends_on_no_array_that_was_given_or_returned(network: CountingNetwork) -> None:
    kept, overwritten = FaceFinder(lambda: network), FaceFinder(lambda: network)
    for index in range(4):
        bgr, alpha = paint(300 + 3 * index)
        wanted = kept.find(Frame(index, index / 30, bgr), alpha)
        writable, mask = bgr.copy(), alpha.copy()
        face = overwritten.find(Frame(index, index / 30, writable), mask)
        assert wanted is not None and face is not None
        assert face.square == wanted.square and np.array_equal(face.shares, wanted.shares)
        assert not face.shares.flags.writeable
        writable[:], mask[:] = 255, 0.5


def test_missing_network_switches_off_with_a_sentence() -> None:
    def load() -> PartsNetwork:
        raise BackdropError("There is no network.")

    faces = FaceFinder(load)
    assert str(faces.problem) == "The looks for the face are off. There is no network."
    assert found(faces, 0) is None


@pytest.mark.parametrize("error", [ValueError("odd"), BackdropError("It is broken."), MemoryError()])
def test_network_that_fails_switches_off_for_good(network: CountingNetwork, error: Exception) -> None:
    faces = FaceFinder(lambda: network)
    assert found(faces, 0) is not None and faces.problem is None
    network.error = error
    assert [found(faces, index) for index in range(2, 6)] == [None] * 4
    assert str(faces.problem).startswith("The looks for the face are off. ")
    runs, network.error = network.runs, None
    assert found(faces, 6) is None and network.runs == runs


def test_slow_network_switches_off(network: CountingNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0.0, 0.05)  # Each look at the clock is 50 ms later.
    monkeypatch.setattr(finder, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    faces = FaceFinder(lambda: network)
    for index in range(60):
        found(faces, index, 300 + 40 * (index % 2))
    assert str(faces.problem) == "The looks for the face are off. This computer is too slow for them."


def test_small_changes_count_in_part_and_large_ones_fully() -> None:
    change = np.array([[[0.01, 0.175, 0.35, -0.35, 0.9, 0.0]]], np.float32)
    before = np.full(change.shape, 0.05, np.float32)
    steady = finder._steady(before, change.copy()) - before
    assert steady[0, 0] == pytest.approx([0.0037, 0.1181, 0.35, -0.35, 0.9, 0.0], abs=1e-3)
