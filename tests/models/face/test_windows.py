"""Packs of faces, and the training windows made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models.data.dataset import DataError
from models.data.face.light import Light
from models.data.face.occluders import cover
from models.data.face.pack import FACES_PX, read_pack, write_pack
from models.data.face.stream import window_stream
from models.data.face.warp import place, random_placement
from models.data.face.windows import WindowMaker
from models.networks.face_parts import PARTS

if TYPE_CHECKING:
    from pathlib import Path

EYES, LIPS, SKIN = (PARTS.index(name) for name in ("eyes", "lips", "skin"))


@pytest.fixture(scope="module")
def pack(faces: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "faces.npz"
    counts = write_pack(faces, path)
    assert counts == {"faces": 6, "parts": 6, "rooms": 1}
    return path


def test_photos_without_parts_make_no_pack(data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no faces for training"):
        write_pack(data, tmp_path / "none.npz")


def test_pack_is_read_as_it_was_written(pack: Path) -> None:
    found = read_pack(pack)
    assert found.faces.shape == (6, FACES_PX, FACES_PX, 3) and found.parts.shape == (6, FACES_PX, FACES_PX)
    named = {PARTS[index] for index in np.unique(found.parts)}
    assert named == {"background", "skin", "eyes", "nose", "lips", "hair"}, "left and right are one class"


def test_file_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.npz").write_bytes(b"PK\x03\x04 odd")
    for name in ("odd.npz", "none.npz"):
        with pytest.raises(DataError, match="is not a pack of faces"):
            read_pack(tmp_path / name)


def test_windows_depend_on_the_generator_alone(pack: Path) -> None:
    make = WindowMaker(read_pack(pack))
    made = []
    for _ in range(2):
        torch.manual_seed(7)
        made.append(make(6, 64))
    for frames, parts in made:
        assert frames.shape == (6, 64, 64, 3) and frames.dtype == torch.uint8
        assert parts.shape == (6, 64, 64) and int(parts.max()) < len(PARTS)
    assert torch.equal(made[0][0], made[1][0]) and torch.equal(made[0][1], made[1][1])


def test_stream_gives_the_same_windows_again(pack: Path) -> None:
    batches = []
    for first in (0, 1):
        stream = window_stream(pack, lambda step: (2, 32), 3, first)
        found = iter(stream)
        batches.append([next(found) for _ in range(2)])
        stream.close()
    assert torch.equal(batches[0][1][0], batches[1][0][0]), "step 1 of both"


def test_stream_without_a_pack_says_so(tmp_path: Path) -> None:
    stream = window_stream(tmp_path / "none.npz", lambda step: (2, 32), 3, 0)
    with pytest.raises(DataError, match="is not a pack of faces"):
        next(iter(stream))
    stream.close()


def test_parts_follow_the_photo() -> None:
    """A photo whose blue is its part: so it is in the window."""
    torch.manual_seed(1)
    parts = torch.zeros(8, 64, 64, dtype=torch.long)
    parts[:, 16:48, 16:48] = SKIN
    parts[:, 20:30, 20:30] = EYES
    photos = (parts[:, None] * 40.0).repeat(1, 3, 1, 1)
    far = torch.zeros(8, dtype=torch.bool)
    placement = random_placement(8, far, torch.device("cpu"))
    rooms = torch.zeros(8, 3, 64, 64)
    frames, found = place(photos, parts, rooms, placement, far, 64)
    wrong = ((frames[:, 0] - 40.0 * found).abs() > 20).float().mean()
    assert float(wrong) < 0.05 and int((found == EYES).sum()) > 0


def test_what_is_covered_becomes_background() -> None:
    torch.manual_seed(2)
    frames, parts = torch.full((64, 3, 64, 64), 90.0), torch.full((64, 64, 64), SKIN)
    covered, left = cover(frames.clone(), parts.clone(), torch.full((64, 3, 64, 64), 200.0))
    objects = (covered[:, 0] > 195) & (left == 0)
    assert 0 < int((left == 0).sum()) < left.numel() // 2 and int(objects.sum()) > 0
    assert bool(((covered == 90.0).all(1) | (left == 0) | (covered != 90.0).any(1)).all())


def test_light_keeps_shape_and_range() -> None:
    torch.manual_seed(3)
    lit = Light(torch.device("cpu"))(torch.rand(16, 3, 64, 64) * 255)
    assert lit.shape == (16, 3, 64, 64) and float(lit.min()) >= 0 and float(lit.max()) <= 255
    assert torch.equal(lit, lit.round()) and bool(torch.isfinite(lit).all())
