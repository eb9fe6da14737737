"""Pictures turned, mirrored and fitted as their files say."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import Base

from app.engine.core.image_ops import contain
from app.engine.media.pictures.geometry import turned_by_matrix
from app.engine.media.video.reader import VideoReader
from tests.clips import Pixels, write_clip

if TYPE_CHECKING:
    from pathlib import Path

ONE = 1 << 16
# a, b, c, d of each display matrix: a pixel at (x, y) is shown at (ax + cy, bx + dy).
MATRICES = {
    (1, 0, 0, 1): lambda p: p,
    (-1, 0, 0, 1): np.fliplr,
    (1, 0, 0, -1): np.flipud,
    (-1, 0, 0, -1): lambda p: np.rot90(p, 2),
    (0, 1, -1, 0): lambda p: np.rot90(p, -1),
    (0, -1, 1, 0): lambda p: np.rot90(p, 1),
    (0, 1, 1, 0): lambda p: p.transpose(1, 0, 2),
    (0, -1, -1, 0): lambda p: np.rot90(p.transpose(1, 0, 2), 2),
}


def matrix_of(a: float, b: float, c: float, d: float, order: str = "=") -> bytes:
    values = (round(v * ONE) for v in (a, b, 0, c, d, 0, 0, 0))
    return struct.pack(f"{order}9i", *values, 1 << 30)


def corner(index: int) -> Pixels:
    """Bright at the top left."""
    picture = np.zeros((96, 160, 3), np.uint8)
    picture[10:40, 10:70] = 255
    return picture


def test_video_whose_frames_have_exif_data_is_turned(tmp_path: Path) -> None:
    """PyAV has no name for such data, and raises when it is asked for any."""
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    photo = io.BytesIO()
    Image.fromarray(corner(0)).save(photo, "JPEG", exif=exif)
    path = tmp_path / "camera.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuvj420p"
        packet = av.Packet(photo.getvalue())
        packet.stream, packet.pts, packet.dts, packet.time_base = stream, 0, 0, Fraction(1, 25)
        container.mux(packet)
    with VideoReader(path) as reader:
        (picture,) = [bgr for _, bgr in reader.frames()]
    upright = np.rot90(corner(0), -1)
    assert picture.shape == upright.shape and np.abs(picture.astype(int) - upright).mean() < 10


@pytest.mark.parametrize("values", MATRICES)
def test_display_matrix_turns_and_mirrors(values: tuple[int, int, int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    assert np.array_equal(turned_by_matrix(picture, matrix_of(*values)), MATRICES[values](picture))


def test_display_matrix_of_odd_angle_and_scale_is_rounded() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    assert np.array_equal(turned_by_matrix(picture, matrix_of(0.1, 0.9, -0.9, 0.1)), np.rot90(picture, -1))
    assert np.array_equal(turned_by_matrix(picture, matrix_of(-2, 0.2, 0.2, 2)), np.fliplr(picture))
    assert np.array_equal(turned_by_matrix(picture, bytes(36)), picture)


@pytest.mark.parametrize("values", MATRICES)
@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_video_is_shown_by_its_display_matrix(
    tmp_path: Path, values: tuple[int, int, int, int], suffix: str
) -> None:
    path = write_clip(tmp_path / f"a{suffix}", 3, corner)
    data = path.read_bytes()
    at = data.index(b"tkhd") + 44
    path.write_bytes(data[:at] + matrix_of(*values, order=">") + data[at + 36 :])
    with VideoReader(path) as reader:
        _, bgr = next(reader.frames())
    wanted = MATRICES[values](corner(0))
    assert bgr.shape == wanted.shape
    assert np.abs(bgr.astype(int) - wanted).mean() < 2


@pytest.mark.parametrize("aspect", [Fraction(16, 11), Fraction(10, 11), Fraction(64, 45), Fraction(1, 2)])
@pytest.mark.parametrize("rotation", [0, 90])
def test_pixels_become_square_before_the_picture_is_turned(
    tmp_path: Path, aspect: Fraction, rotation: int
) -> None:
    path = write_clip(tmp_path / "a.mp4", 2, corner, pixel_aspect=aspect, rotation=rotation)
    with VideoReader(path) as reader:
        _, bgr = next(reader.frames())
    size = 96, round(160 * aspect)
    assert bgr.shape[:2] == (size if rotation == 0 else size[::-1])


@pytest.mark.parametrize(
    ("size", "bars"), [((96, 40), "left right"), ((30, 160), "top bottom"), ((192, 320), ""), ((48, 80), "")]
)
def test_picture_is_fitted_with_bars(size: tuple[int, int], bars: str) -> None:
    fitted = contain(np.full((*size, 3), 200, np.uint8), 160, 96)
    assert fitted.shape == (96, 160, 3)
    edges = {"left": fitted[:, 0], "right": fitted[:, -1], "top": fitted[0], "bottom": fitted[-1]}
    assert " ".join(name for name, edge in edges.items() if edge.max() == 0) == bars
    assert fitted[48, 80].tolist() == [200, 200, 200]


@pytest.mark.parametrize("second", [(160, 96), (96, 320), (200, 160)])
def test_video_whose_size_changes_keeps_its_first_size(tmp_path: Path, second: tuple[int, int]) -> None:
    path = tmp_path / "a.h264"
    parts = []
    for index, (height, width) in enumerate([(96, 160), second]):

        def grey(_: int, height: int = height, width: int = width) -> Pixels:
            return np.full((height, width, 3), 200, np.uint8)

        part = write_clip(tmp_path / f"{index}.h264", 3, grey)
        parts.append(part.read_bytes())
    path.write_bytes(b"".join(parts))
    with VideoReader(path) as reader:
        pictures = [bgr for _, bgr in reader.frames()]
    assert {p.shape for p in pictures} == {(96, 160, 3)}
    assert len(pictures) == 6
    lit = (pictures[-1][..., 0] > 128).sum(0).max(), (pictures[-1][..., 0] > 128).sum(1).max()
    assert lit[1] / lit[0] == pytest.approx(second[1] / second[0], rel=0.06)
    assert (96 in lit) or (160 in lit)


def test_ordinary_frame_is_neither_turned_nor_copied() -> None:
    picture = np.zeros((4, 6, 3), np.uint8)
    assert turned_by_matrix(picture, matrix_of(1, 0, 0, 1)) is picture


def test_side_data_of_ordinary_video_is_absent(tmp_path: Path) -> None:
    with av.open(str(write_clip(tmp_path / "a.mp4", 1))) as container:
        assert next(container.decode(video=0)).side_data.get("DISPLAYMATRIX") is None
