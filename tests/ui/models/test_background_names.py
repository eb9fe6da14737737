"""The library of backgrounds, with files of odd names."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.core.atomic_files import hidden_name
from app.engine.core.errors import BackdropError
from tests.ui.desk import library_in

if TYPE_CHECKING:
    from pathlib import Path


def picture(path: Path) -> Path:
    encoded = cv2.imencode(".png", np.full((20, 30, 3), 90, np.uint8))[1]
    path.write_bytes(np.asarray(encoded).tobytes())
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows fewer names")
@pytest.mark.parametrize("name", ["x" * 251 + ".png", "长" * 83 + ".png", "12:30.png", "-me.png"])
def test_odd_names_can_be_added_twice(tmp_path: Path, name: str) -> None:
    library = library_in(tmp_path)
    added = [library.add_file(picture(tmp_path / name)).path for _ in range(3)]
    assert len(set(added)) == 3 and all(path.is_file() for path in added)
    assert {b.path for b in library.backgrounds()} == set(added)
    assert all(len(os.fsencode(path.name)) <= 255 for path in added)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other locks")
def test_remains_of_killed_addition_are_removed(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    hidden_name(tmp_path / "own" / "me.png").touch()
    library_in(tmp_path).add_file(picture(tmp_path / "me.png"))
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["me.png"]


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "own").touch()
    with pytest.raises(BackdropError, match=r"me\.png' cannot be changed"):
        library_in(tmp_path).add_file(picture(tmp_path / "me.png"))
