"""The user's backgrounds: files of every kind are added, shown and used, whatever their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings
from app.engine.core.types import Frame
from app.engine.pipeline.effects import build_effect
from app.ui.models.background_effects import can_be_used, with_picture
from app.ui.models.background_library import THUMBNAIL_PX, BackgroundLibrary
from tests.clips import Pixels, write_clip
from tests.heic import write_heic

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def library(tmp_path: Path) -> BackgroundLibrary:
    return BackgroundLibrary(ours=tmp_path / "ours", own=tmp_path / "own", cache=tmp_path / "cache")


def moving(path: Path, form: str) -> Path:
    frames = [Image.new("RGB", (160, 96), shade) for shade in ("black", "white", "red")]
    frames[0].save(path, form, save_all=True, append_images=frames[1:], duration=100)
    return path


def clip(path: Path, codec: str = "libx264", container: str = "") -> Path:
    def shade(index: int) -> Pixels:
        return np.full((96, 160, 3), 20 + 40 * index, np.uint8)

    made = write_clip(path.with_suffix(container or path.suffix), 5, shade, codec=codec)
    return made.rename(path)


def still(path: Path, form: str) -> Path:
    Image.new("RGB", (300, 200), (10, 90, 170)).save(path, form)
    return path


def shown(library: BackgroundLibrary, path: Path) -> list[Pixels]:
    """What the effect of an added file puts behind the person, at several times."""
    added = library.add_file(path)
    effect = with_picture(EffectSettings("blur"), added.path)
    assert can_be_used(effect.name, effect.values)
    built = build_effect(effect, waits=True)
    alpha = np.zeros((48, 80), np.float32)
    frames = [Frame(i, 0.15 * i, np.zeros((48, 80, 3), np.uint8)) for i in range(3)]
    return [np.array(built.background(frame, alpha)) for frame in frames]


VIDEOS = [
    ("a.mts", "libx264", ".ts"), ("a.m2ts", "libx264", ".ts"), ("a.wmv", "msmpeg4", ".asf"),
    ("a.divx", "mpeg4", ".avi"), ("a.3gp", "libx264", ".3gp"), ("a.flv", "flv", ".flv"),
    ("A.MKV", "libx264", ".mkv"), ("a.ogv", "libx264", ".mkv"), ("a.f4v", "libx264", ".mp4"),
    ("clip", "libx264", ".mp4"), ("clip.jpg", "libx264", ".mp4"), ("clip.txt", "libx264", ".mp4"),
]  # fmt: skip


@pytest.mark.slow_after_first
@pytest.mark.parametrize(("name", "codec", "container"), VIDEOS)
def test_video_of_any_kind_and_name_plays(
    library: BackgroundLibrary, tmp_path: Path, name: str, codec: str, container: str
) -> None:
    path = clip(tmp_path / name, codec, container)
    pictures = shown(library, path)
    assert len({int(p[24, 40, 0]) // 20 for p in pictures}) > 1
    (listed,) = library.backgrounds()
    assert listed.is_video and listed.path.read_bytes() == path.read_bytes()
    (thumbnail,) = library.thumbnails([listed])
    assert thumbnail is not None and thumbnail.shape == (*THUMBNAIL_PX[::-1], 3)


@pytest.mark.parametrize(
    ("name", "form"), [("a.webp", "WEBP"), ("a.png", "PNG"), ("a.gif", "GIF"), ("a", "WEBP")]
)
def test_moving_picture_moves(library: BackgroundLibrary, tmp_path: Path, name: str, form: str) -> None:
    pictures = shown(library, moving(tmp_path / name, form))
    assert len({tuple(p[24, 40].tolist()) for p in pictures}) > 1
    assert library.backgrounds()[0].is_video


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.jfif", "JPEG"),
        ("a", "PNG"),
        ("a.mp4", "JPEG"),
        ("a.avif", "AVIF"),
        ("a.gif", "GIF"),
        ("A.HEIC", "JPEG"),
    ],
)
def test_still_picture_of_any_kind_and_name_is_used(
    library: BackgroundLibrary, tmp_path: Path, name: str, form: str
) -> None:
    for picture in shown(library, still(tmp_path / name, form)):
        assert np.abs(picture.astype(int) - (170, 90, 10)).max() <= 6
    assert library.thumbnails(library.backgrounds())[0] is not None


def test_heic_photo_is_used(library: BackgroundLibrary, tmp_path: Path) -> None:
    path = write_heic(tmp_path / "IMG.HEIC", np.full((128, 256, 3), 120, np.uint8), (2, 2))
    assert np.abs(shown(library, path)[0].astype(int) - 120).max() <= 6


def test_transparent_background_is_white(library: BackgroundLibrary, tmp_path: Path) -> None:
    Image.new("RGBA", (160, 96), (255, 0, 0, 0)).save(tmp_path / "a.png")
    assert shown(library, tmp_path / "a.png")[0].min() == 255


def test_file_that_is_neither_is_refused(library: BackgroundLibrary, tmp_path: Path) -> None:
    (tmp_path / "letter.jpg").write_text("dear reader")
    with pytest.raises(BackdropError, match=r"'.*letter\.jpg' is not a picture that Backdrop can read\."):
        library.add_file(tmp_path / "letter.jpg")
    assert library.backgrounds() == []


def test_very_long_and_narrow_pictures_do_not_hide_the_others(
    library: BackgroundLibrary, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    for name, size in {"a": (100_000, 1), "b": (1, 30_000), "c": (90, 160)}.items():
        cv2.imwrite(str(tmp_path / "own" / f"{name}.png"), np.zeros((*size, 3), np.uint8))
    assert [t.shape for t in library.thumbnails(library.backgrounds()) if t is not None] == [
        (*THUMBNAIL_PX[::-1], 3)
    ] * 3
