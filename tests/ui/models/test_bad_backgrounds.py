"""The library of backgrounds: one bad file never hides the others."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

import app.ui.models.background_library as library_module
from app.engine.core.errors import BackdropError
from app.ui.models.background_library import BackgroundLibrary
from app.ui.models.choices import network_choices
from tests.clips import person, write_clip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.engine.core.types import Picture


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    for name in ("a.png", "z.png"):
        cv2.imwrite(str(folder / name), person(0))
    return folder


@pytest.fixture
def library(tmp_path: Path, own: Path) -> BackgroundLibrary:
    (tmp_path / "ours").mkdir()
    return BackgroundLibrary(tmp_path / "ours", own, tmp_path / "cache")


def _damaged(folder: Path) -> None:
    (folder / "m.png").write_bytes((folder / "a.png").read_bytes()[:60])


def _unknown_codec(folder: Path) -> None:
    clip = write_clip(folder / "m.mp4", 3)
    clip.write_bytes(clip.read_bytes().replace(b"avc1", b"zzz1"))


def _empty(folder: Path) -> None:
    (folder / "m.webm").touch()


def _text(folder: Path) -> None:
    (folder / "m.jpg").write_text("a letter")


@pytest.mark.parametrize("spoil", [_damaged, _unknown_codec, _empty, _text])
def test_bad_file_hides_no_other(
    library: BackgroundLibrary, own: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(own)
    backgrounds = library.backgrounds()
    assert [background.path.stem for background in backgrounds] == ["a", "m", "z"]
    assert [picture is not None for picture in library.thumbnails(backgrounds)] == [True, False, True]


@pytest.mark.parametrize(
    "error", [cv2.error("assertion"), ValueError("odd"), MemoryError(), RecursionError(), AttributeError("x")]
)
@pytest.mark.parametrize("where", ["_first_picture", "picture_kind"])
def test_any_exception_hides_no_other(
    library: BackgroundLibrary, own: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: Exception
) -> None:
    cv2.imwrite(str(own / "m.png"), person(0))
    usual = getattr(library_module, where)

    def odd(path: Path) -> object:
        if path.name == "m.png":
            raise error
        return usual(path)

    monkeypatch.setattr(library_module, where, odd)
    backgrounds = library.backgrounds()
    assert [background.path.stem for background in backgrounds] == ["a", "m", "z"]
    shown = [picture is not None for picture in library.thumbnails(backgrounds)]
    assert shown == [True, where == "picture_kind", True]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_name_that_is_not_utf8_has_a_thumbnail(library: BackgroundLibrary, own: Path) -> None:
    (own / "a.png").rename(os.fsdecode(os.fsencode(own) + b"/caf\xe9.png"))
    backgrounds = library.backgrounds()
    assert all(picture is not None for picture in library.thumbnails(backgrounds))
    assert len(backgrounds) == 2


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), "there is not enough memory"),
        (ValueError("odd data.\nmore"), "odd data"),
        (KeyError("colour"), "'colour'"),
    ],
)
def test_file_that_cannot_be_added_is_named_with_the_reason(
    library: BackgroundLibrary, own: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def odd(path: Path) -> Picture:
        raise error

    monkeypatch.setattr(library_module, "_first_picture", odd)
    with pytest.raises(BackdropError) as caught:
        library.add_file(own / "a.png")
    assert str(caught.value) == f"'{own / 'a.png'}' cannot be read: {reason}."


@pytest.mark.parametrize(
    "error", [UnicodeDecodeError("utf-8", b"", 0, 1, "odd"), OSError(5, "broken"), KeyError("x")]
)
def test_bad_network_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    (tmp_path / "mine.onnx").touch()

    def odd(path: Path, provider: str) -> None:
        raise error

    monkeypatch.setattr("app.ui.models.choices.Segmenter", odd)
    monkeypatch.setattr("app.engine.networks.catalogue.user_networks_folder", lambda: tmp_path)
    choices = {choice.key: choice for choice in network_choices()}
    assert choices["mine"].problem and not choices["bisenet"].problem


def test_thumbnail_of_an_empty_picture_is_none(
    library: BackgroundLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "_first_picture", lambda path: np.zeros((0, 0, 3), np.uint8))
    assert library.thumbnails(library.backgrounds()) == [None, None]
