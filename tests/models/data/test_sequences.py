"""Composed sequences: seed, true alphas, motion, camera and files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models.data.dataset import Box, DataError, Photo, make_photo, read_index
from models.data.motion import drift, quick_motion
from models.data.sequences import Camera, Footage, Material, Person, make_sequences, uncut_box
from models.evaluation.video_files import read_footage, read_video, read_window, write_footage, write_video
from tests.models.people import draw_person

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (90, 160)


@pytest.fixture
def material(data: Path) -> Material:
    background = np.random.default_rng(5).integers(0, 255, (30, 40, 3), np.uint8)
    return Material(read_index(data, "val"), [np.asarray(cv2.resize(background, (200, 150)), np.uint8)])


def made(material: Material, count: int = 2, frames: int = 6, seed: int = 0) -> list[Footage]:
    return list(make_sequences(material, count, frames, SIZE, seed))


def same(first: Footage, second: Footage) -> bool:
    return all(
        np.array_equal(one, other)
        for images, others in ((first.frames, second.frames), (first.alphas, second.alphas))
        for one, other in zip(images, others, strict=True)
    )


def test_sequence_depends_only_on_seed_and_number(material: Material) -> None:
    first, again = made(material, 2), made(material, 3)
    assert [video.name for video in again] == ["000", "001", "002"]
    assert same(first[0], again[0]) and same(first[1], again[1])
    assert not same(first[0], first[1]) and not same(first[0], made(material, 1, seed=1)[0])
    for video in again:
        assert {frame.shape for frame in video.frames} == {(*SIZE, 3)}
        assert {alpha.shape for alpha in video.alphas} == {SIZE}


def flat_photo(seed: int = 0) -> tuple[Photo, Box]:
    """A person in a photo that is red everywhere, so that no other colour shows at the edge."""
    image, mask = draw_person(320, 240, seed)
    image[:] = (20, 20, 220)
    return make_photo(image, mask), uncut_box(mask)


def test_frame_is_composed_with_the_true_alpha() -> None:
    background = np.full((*SIZE, 3), (160, 60, 30), np.uint8)
    for seed in range(8):
        person = Person(*flat_photo(seed), background, 2.0, np.random.default_rng(seed))
        for time_s in (0.0, 0.7, 1.9):
            frame, alpha = person.compose(background, time_s)
            colour = np.median(frame[alpha == 255], axis=0)
            share = alpha[..., None] / 255
            assert np.abs(frame - (share * colour + (1 - share) * background[0, 0])).max() <= 1.5
            assert ((alpha > 0) & (alpha < 255)).any(), "no soft edge"


def test_camera_adds_different_weak_noise_to_each_frame() -> None:
    coarse = np.random.default_rng(0).integers(40, 200, (9, 16, 3), np.uint8)
    image = np.asarray(cv2.resize(coarse, SIZE[::-1]), np.uint8)
    image.setflags(write=False)
    for seed in range(6):
        camera = Camera(np.random.default_rng(seed))
        first, second = (camera.capture(image, 1.0) for _ in range(2))
        assert 0.3 < np.abs(first.astype(int) - second).mean() < 8
        brighter = first.mean() / image.mean()
        assert 0.9 < brighter < 1.1
        assert np.abs(first / brighter - image).mean() < 8


def test_people_move_smoothly_and_some_quickly() -> None:
    background = np.zeros((*SIZE, 3), np.uint8)
    fastest, travels = [], []
    for seed in range(12):
        person = Person(*flat_photo(), background, 2.0, np.random.default_rng(seed))
        alphas = [person.compose(background, index / 30)[1] for index in range(60)]
        assert all((alpha[-1] == 255).any() for alpha in alphas), "the bottom of the photo shows"
        columns = np.arange(SIZE[1])
        middles = np.array([(a.sum(0) * columns).sum() / a.sum() for a in alphas]) / SIZE[1]
        fastest.append(np.abs(np.diff(middles)).max())
        travels.append(np.ptp(middles))
    assert min(travels) > 0.004
    assert min(fastest) < 0.01 and max(fastest) > 0.02, "shares of the frame's width per frame"
    assert max(fastest) < 0.08


def test_uncut_box_ends_where_a_side_border_cuts() -> None:
    mask = np.zeros((100, 80), np.uint8)
    mask[10:50, 30:50] = 255
    mask[50:, 20:60] = 255
    assert uncut_box(mask) == (20, 10, 60, 100)
    mask[70:, 60:] = 255
    assert uncut_box(mask) == (20, 10, 60, 70)
    mask[10:, 60:] = 255
    assert uncut_box(mask) == uncut_box(np.zeros_like(mask)) == (0, 0, 0, 0)


def test_clip_behind_the_person_plays(material: Material) -> None:
    clip = [np.full((40, 60, 3), value, np.uint8) for value in (40, 120, 200)]
    levels: set[int] = set()
    for seed in range(6):
        (video,) = made(replace(material, clips=[clip], backgrounds=[]), 1, 4, seed)
        greys = [float(np.median(f[a == 0])) for f, a in zip(video.frames, video.alphas, strict=True)]
        assert max(np.abs(np.subtract.outer(greys, [40, 120, 200])).min(1)) < 30
        levels.update(round(grey / 80) for grey in greys)
        assert np.ptp(greys) > 50, "the clip does not play"
    assert len(levels) >= 3


def test_missing_people_or_backgrounds_give_errors(material: Material) -> None:
    with pytest.raises(DataError, match="neither background images nor clips"):
        made(replace(material, backgrounds=[]))
    nobody = [replace(entry, source="none") for entry in material.entries]
    with pytest.raises(DataError):
        made(replace(material, entries=nobody))


def test_motions_stay_within_their_reach() -> None:
    rng = np.random.default_rng(0)
    times = np.linspace(0, 10, 500)
    for _ in range(5):
        wander, quick = drift(rng, 0.1), quick_motion(rng, 0.2, 10.0)
        assert 0.02 < max(abs(wander(t)) for t in times) <= 0.1
        values = np.array([quick(t) for t in times])
        assert values[0] == 0 and abs(values[-1]) == pytest.approx(0.2)
        assert ((np.abs(values) > 0) & (np.abs(values) < 0.2)).sum() <= 0.35 / 0.02 + 1


def test_footage_is_written_and_read_without_loss(material: Material, tmp_path: Path) -> None:
    (video,) = made(material, 1, 3)
    write_footage(tmp_path, video)
    (stored,) = read_footage(tmp_path)
    assert stored.name == video.name and same(video, stored)
    assert len(read_video(tmp_path / "000.mkv", limit=2)) == 2


def test_window_of_a_clip_is_cut_out(tmp_path: Path) -> None:
    image = np.zeros((40, 80, 3), np.uint8)
    image[10:20, 40:60] = 255
    write_video(tmp_path / "clip.mkv", [image] * 2)
    window = read_window(f"{tmp_path / 'clip.mkv'}@0.5,0.25,0.75,0.5", 5)
    assert len(window) == 2 and window[0].shape == (10, 20, 3) and window[0].min() == 255
    for wrong in ("0.5,0.25", "0.5,0.25,0.4,0.5", "a,b,c,d"):
        with pytest.raises(DataError, match="must be LEFT,TOP,RIGHT,BOTTOM"):
            read_window(f"{tmp_path / 'clip.mkv'}@{wrong}", 5)


def test_unreadable_and_missing_videos_give_errors(tmp_path: Path) -> None:
    (tmp_path / "000.mkv").write_bytes(b"text")
    with pytest.raises(DataError, match=r"cannot read the video .*000\.mkv"):
        list(read_footage(tmp_path))
    with pytest.raises(DataError, match="there is no sequence in"):
        list(read_footage(tmp_path / "none"))
    with pytest.raises(DataError, match="cannot write"):
        write_video(tmp_path / "none" / "a.mkv", [np.zeros((4, 4), np.uint8)])
