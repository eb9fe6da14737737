"""The gallery of backgrounds: choose, add, remove; a bad file gives one message."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from app.engine.core.settings import EffectSettings, Settings
from app.ui.models.background_library import BackgroundLibrary
from tests.frames import read_bgr
from tests.ui.desk import child

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from app.ui.main_window import Window
    from app.ui.views.backgrounds.background_gallery import PictureTile
    from tests.ui.desk import Desk


def paint(path: Path, bgr: tuple[int, int, int] = (200, 120, 20)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((90, 160, 3), bgr, np.uint8))
    return path


def pixel_of(tile: PictureTile) -> QColor:
    """A pixel of a tile's picture, near its corner."""
    assert tile.picture is not None
    return tile.picture.pixelColor(5, 5)


@pytest.fixture
def beach(tmp_path: Path) -> Path:
    return paint(tmp_path / "beach.png")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.png"
    path.write_text("not a picture")
    return path


@pytest.fixture
def garden(desk: Desk) -> Path:
    """One of the pictures that ship."""
    return paint(desk.folder / "ours" / "backgrounds" / "garden.jpg", (0, 200, 0))


def drop(window: Window, data: QMimeData) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        # PySide6 6.12 has another constructor, which those for older Pythons lack.
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, none)
        QApplication.sendEvent(window, event)


def urls(*paths: Path | str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(p)) if isinstance(p, Path) else QUrl(p) for p in paths])
    return data


def wait_for_tiles(desk: Desk, *titles: str) -> None:
    pictures = desk.window.panel.pictures
    desk.qtbot.waitUntil(lambda: [t.background.title for t in pictures.tiles.values()] == list(titles))


def image(path: Path) -> EffectSettings:
    return EffectSettings("image", {"file": str(path)})


def test_picture_tile_needs_one_click(desk: Desk, garden: Path) -> None:
    window = desk.open()
    wait_for_tiles(desk, "Garden")
    tile = window.panel.pictures.tiles[garden]
    assert tile.accessibleName() == "Garden"
    assert pixel_of(tile).green() > 180
    desk.qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    assert desk.settings.effect == image(garden)
    assert tile.isChecked() and not window.panel.gallery.tiles["blur"].isChecked()
    assert not window.panel.pages["blur"].isVisible()
    desk.click_tile("blur")
    assert not tile.isChecked()
    assert desk.settings.effect == EffectSettings("blur", {"file": str(garden)})


@pytest.mark.slow
def test_thumbnails_are_read_from_cache(desk: Desk, garden: Path) -> None:
    desk.open()
    wait_for_tiles(desk, "Garden")
    (kept,) = (desk.folder / "cache").glob("*.png")
    cv2.imwrite(str(kept), np.full((140, 224, 3), (0, 0, 255), np.uint8))
    desk.close()
    window = desk.open()
    wait_for_tiles(desk, "Garden")
    assert pixel_of(window.panel.pictures.tiles[garden]).red() == 255
    desk.close()
    paint(garden, (255, 0, 0))
    window = desk.open()
    wait_for_tiles(desk, "Garden")
    assert pixel_of(window.panel.pictures.tiles[garden]).blue() > 240
    assert len(list((desk.folder / "cache").iterdir())) == 1  # the old thumbnail is deleted


def test_picture_added_by_button_is_copied_and_used(desk: Desk, beach: Path) -> None:
    window = desk.open()
    desk.qtbot.mouseClick(window.panel.pictures.add, Qt.MouseButton.LeftButton)
    dialog = child(window, QFileDialog)
    assert any("*.png" in part for part in dialog.nameFilters())
    dialog.filesSelected.emit([str(beach)])
    dialog.close()
    own = desk.folder / "own" / "beach.png"
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    assert desk.settings.effect == image(own)
    assert own.read_bytes() == beach.read_bytes()
    wait_for_tiles(desk, "beach")
    assert window.panel.pictures.tiles[own].isChecked()
    # A second file of the same name is another picture.
    window.backgrounds.loader.add_files([beach])
    wait_for_tiles(desk, "beach", "beach 2")


def test_dropped_pictures_are_added(desk: Desk, beach: Path, broken: Path) -> None:
    window = desk.open()
    drop(window, urls("https://example.org/a.png", broken, beach))
    wait_for_tiles(desk, "beach")
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    assert desk.settings.effect == image(desk.folder / "own" / "beach.png")
    assert window.preview._hint == ""


def test_dropped_link_is_not_accepted(desk: Desk) -> None:
    window = desk.open()
    drop(window, urls("https://example.org/a.png"))
    assert window.preview._hint == ""
    assert desk.engine.settings == [Settings()]


def test_pasted_picture_is_added(desk: Desk, beach: Path) -> None:
    window = desk.open()
    with desk.qtbot.waitActive(window):
        window.activateWindow()
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("no picture")
    window.backgrounds.paste()
    assert window.banner.text == "There is no picture on the clipboard."
    red = QImage(64, 48, QImage.Format.Format_RGB32)
    red.fill(Qt.GlobalColor.red)
    clipboard.setImage(red)
    desk.qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    (kept,) = (desk.folder / "own").glob("Pasted *.png")
    assert tuple(read_bgr(kept)[5, 5]) == (0, 0, 255)
    clipboard.setMimeData(urls(beach))
    desk.qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 3)
    assert desk.settings.effect == image(desk.folder / "own" / "beach.png")
    clipboard.clear()


def test_removed_picture_can_be_restored(desk: Desk, beach: Path, garden: Path) -> None:
    own = paint(desk.folder / "own" / "beach.png")
    window = desk.open(Settings(effect=image(own)))
    wait_for_tiles(desk, "Garden", "beach")
    desk.qtbot.keyClick(window.panel.pictures.tiles[garden], Qt.Key.Key_Delete)  # pictures that ship stay
    desk.qtbot.keyClick(window.panel.pictures.tiles[own], Qt.Key.Key_Delete)
    wait_for_tiles(desk, "Garden")
    assert not own.exists()
    assert desk.settings.effect == EffectSettings("blur")
    assert window.banner.text == "'beach' was removed."
    assert window.banner.property("severity") == "notice"
    desk.qtbot.mouseClick(window.banner.findChild(QPushButton, "action"), Qt.MouseButton.LeftButton)
    wait_for_tiles(desk, "Garden", "beach")
    desk.qtbot.waitUntil(lambda: desk.settings.effect == image(own))
    assert own.exists() and window.banner.text == ""
    # A picture that is not restored is deleted at the next start.
    window.panel.pictures.tiles[own].remove.trigger()
    wait_for_tiles(desk, "Garden")
    desk.close()
    desk.open()
    wait_for_tiles(desk, "Garden")
    assert list((desk.folder / "own").iterdir()) == []


def test_broken_picture_gives_one_message_and_keeps_choice(desk: Desk, garden: Path, broken: Path) -> None:
    window = desk.open(Settings(effect=image(garden)))

    def is_shown(sentence: str) -> bool:
        return window.banner.text == sentence

    for path, sentence in (
        (broken, f"'{broken}' is not a picture that Backdrop can read."),
        (broken.with_name("gone.png"), f"There is no file '{broken.with_name('gone.png')}'."),
    ):
        window.backgrounds.loader.add_files([path])
        desk.qtbot.waitUntil(partial(is_shown, sentence))
        assert window.banner.property("severity") == "warning"
    assert desk.engine.settings == [Settings(effect=image(garden))]
    wait_for_tiles(desk, "Garden")
    assert window.panel.pictures.tiles[garden].isChecked()
    desk.click_tile("none")
    assert window.banner.text == ""


def test_missing_picture_is_reported_and_choice_stays(desk: Desk, garden: Path) -> None:
    window = desk.open()
    wait_for_tiles(desk, "Garden")
    garden.unlink()
    desk.qtbot.mouseClick(window.panel.pictures.tiles[garden], Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: window.banner.text == f"There is no file '{garden}'.")
    assert window.panel.gallery.tiles["blur"].isChecked()
    assert window.panel.pages["blur"].isVisible()
    assert desk.engine.settings == [Settings()]


def test_last_chosen_picture_wins(desk: Desk, beach: Path, broken: Path) -> None:
    window = desk.open()
    window.backgrounds.choose(broken)
    window.backgrounds.choose(beach)
    desk.qtbot.waitUntil(lambda: len(desk.engine.settings) == 2)
    desk.qtbot.wait(20)
    assert window.banner.text == ""
    assert desk.settings.effect == image(beach)


def test_discarded_check_emits_nothing(desk: Desk, beach: Path) -> None:
    window = desk.open()
    window.backgrounds.choose(beach)
    desk.click_tile("none")
    desk.qtbot.wait(50)
    assert desk.settings.effect.name == "none"


def test_shipped_pictures_are_found_after_move(desk: Desk, garden: Path) -> None:
    before = image(Path("/before/assets/backgrounds/garden.jpg"))
    assert desk.library.settled(before) == image(garden)
    elsewhere = image(Path("/home/ada/garden.jpg"))
    assert desk.library.settled(elsewhere) == elsewhere
    assert desk.library.settled(EffectSettings("blur")) == EffectSettings("blur")


def test_broken_files_added_with_good_one_are_all_named(desk: Desk, beach: Path, broken: Path) -> None:
    window = desk.open()
    gone = broken.with_name("gone.png")
    window.backgrounds.loader.add_files([broken, beach, gone])
    desk.qtbot.waitUntil(lambda: desk.settings.effect.name == "image")
    QApplication.processEvents()
    assert window.banner.text == (
        f"'{broken}' is not a picture that Backdrop can read. There is no file '{gone}'."
    )
    assert window.banner.property("severity") == "warning"
    desk.click_tile("blur")
    assert window.banner.text == ""


def test_many_broken_files_are_named_in_one_sentence(desk: Desk, tmp_path: Path) -> None:
    window = desk.open()
    files = [tmp_path / f"file{number}.png" for number in range(5)]
    window.backgrounds.loader.add_files(files)
    desk.qtbot.waitUntil(lambda: bool(window.banner.text))
    names = ", ".join(file.name for file in files)
    assert window.banner.text == f"These files cannot be used: {names}."
    assert desk.engine.settings == [Settings()]


def test_decoder_that_raises_anything_costs_only_its_file(
    desk: Desk, beach: Path, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = desk.open()
    library, add = BackgroundLibrary, BackgroundLibrary.add_file

    def failing(self: BackgroundLibrary, path: Path) -> object:
        if path == broken:
            raise MemoryError
        return add(self, path)

    monkeypatch.setattr(library, "add_file", failing)
    window.backgrounds.loader.add_files([broken, beach])
    desk.qtbot.waitUntil(lambda: desk.settings.effect.name == "image")
    QApplication.processEvents()
    assert window.banner.text == f"'{broken}' is not a picture that Backdrop can read."
