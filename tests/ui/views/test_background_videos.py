"""Videos in the gallery of backgrounds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QIcon

from app.engine.core.settings import EffectSettings, Settings
from app.settings import StoredSettings
from app.ui.controllers.tray.tray import Tray
from app.ui.models.app_model import AppModel
from app.ui.remote_commands import RemoteCommands
from tests.clips import person, write_clip
from tests.ui.views.backgrounds.test_background_gallery import pixel_of

if TYPE_CHECKING:
    from tests.ui.desk import Desk


@pytest.fixture
def waves(tmp_path: Path) -> Path:
    path = tmp_path / "waves.mp4"
    write_clip(path)
    return path


def add(desk: Desk, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    desk.window.backgrounds.loader.add_from(data)


def test_video_is_added_shown_and_used(desk: Desk, waves: Path) -> None:
    window = desk.open(Settings(effect=EffectSettings("blur", {"strength": 0.3})))
    add(desk, waves)
    desk.qtbot.waitUntil(lambda: desk.settings.effect.name == "video")
    own = Path(str(desk.settings.effect.values["file"]))
    assert own.read_bytes() == waves.read_bytes() and own != waves
    desk.qtbot.waitUntil(lambda: own in window.panel.pictures.tiles)
    tile = window.panel.pictures.tiles[own]
    assert tile.isChecked() and tile.background.is_video and tile.accessibleName() == "waves"
    first = person(0)[2, 2]
    corner = pixel_of(tile)
    assert max(abs(corner.blue() - first[0]), abs(corner.red() - first[2])) < 40, "its first picture"
    desk.click_tile("blur")
    desk.qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    desk.qtbot.waitUntil(lambda: desk.settings.effect.name == "video")
    desk.qtbot.keyClick(tile, Qt.Key.Key_Delete)
    desk.qtbot.waitUntil(lambda: desk.settings.effect.name == "blur")
    assert desk.settings.effect.values == {"strength": 0.3}


def test_invalid_video_is_reported(desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    window = desk.open()
    add(desk, broken)
    desk.qtbot.waitUntil(lambda: "is not a video that Backdrop can read" in window.banner.text)
    assert desk.settings.effect.name == "blur" and not window.panel.pictures.tiles


def test_background_of_wrong_kind_is_refused(desk: Desk, waves: Path) -> None:
    """The tray and `ctl` choose effects without naming a file."""
    chosen = StoredSettings(effect=EffectSettings("video", {"file": str(waves)}))
    tray = Tray(AppModel(chosen), QIcon())
    assert tray.effects["video"].isEnabled() and not tray.effects["image"].isEnabled()
    window = desk.open(chosen)
    answers = RemoteCommands(window)
    answers.answer({"command": "effect", "name": "video"}, lambda reply: None)
    replies: list[dict[str, object]] = []
    answers.answer({"command": "effect", "name": "image"}, replies.append)
    desk.qtbot.waitUntil(lambda: "Choose a picture in the window first" in str(replies))
