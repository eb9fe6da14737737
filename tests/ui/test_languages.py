"""The translations: whole, as compiled, and chosen by the system's language."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QSlider

from app.engine.assets import assets_folder
from app.engine.effects import EFFECTS
from app.ui.languages import install_translations
from app.ui.theme import apply_theme
from app.ui.words import BACKGROUND_TITLES, EFFECT_TITLES, PARAMETER_LABELS
from tests.ui.desk import Desk

FOLDER = assets_folder() / "translations"
TS = FOLDER / "backdrop_zh_CN.ts"
LUPDATE, LRELEASE = (Path(PySide6.__path__[0]) / name for name in ("lupdate", "lrelease"))


def messages(path: Path) -> dict[tuple[str, str], str]:
    """Context and source to translation; unfinished ones fail."""
    found = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation.get("type") is None and translation.text, message.find("source").text
            found[context.find("name").text, message.find("source").text] = translation.text
    return found


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    assert install_translations(qapp, QLocale("zh_CN"))
    yield
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()


def test_every_sentence_is_translated_and_keeps_its_places() -> None:
    for (_, source), translation in messages(TS).items():
        assert re.findall(r"\{\w+\}", source) == re.findall(r"\{\w+\}", translation), source
        assert source.replace("&&", "").count("&") == translation.count("&"), source


@pytest.mark.skipif(not LUPDATE.exists(), reason="this PySide6 has no lupdate")
def test_no_sentence_of_the_code_is_left_out(tmp_path: Path) -> None:
    copy = tmp_path / TS.name
    copy.write_bytes(TS.read_bytes())
    code = sorted(str(p) for p in (assets_folder().parent / "app" / "ui").glob("*.py"))
    command = [LUPDATE.with_name("lupdate"), *code, "-ts", copy, "-no-obsolete", "-locations", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"lupdate does not run here: {done.stderr[:200]}")
    assert set(messages(copy)) == set(messages(TS))


@pytest.mark.skipif(not LRELEASE.exists(), reason="this PySide6 has no lrelease")
def test_what_is_compiled_is_what_is_written(tmp_path: Path) -> None:
    built = tmp_path / "built.qm"
    done = subprocess.run([LRELEASE, TS, "-qm", built], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"lrelease does not run here: {done.stderr[:200]}")
    assert built.read_bytes() == TS.with_suffix(".qm").read_bytes()


def test_the_engines_titles_are_known_to_the_translators() -> None:
    assert {effect.title for effect in EFFECTS.values()} <= set(EFFECT_TITLES)
    assert {p.label for effect in EFFECTS.values() for p in effect.parameters} <= set(PARAMETER_LABELS)
    ours = {p.stem.replace("-", " ").capitalize() for p in (assets_folder() / "backgrounds").iterdir()}
    assert ours == set(BACKGROUND_TITLES)


def test_the_window_in_chinese(desk: Desk, chinese: None) -> None:
    window = desk.open()
    assert window.panel.gallery.tiles["blur"].text() == "模糊"
    assert window.panel.camera.accessibleName() == "摄像头"
    assert window.panel.power.text() == "显示我的画面(&M)"
    assert window.status.full == "正在启动…"
    desk.close()


@pytest.mark.parametrize("name", ["de_DE", "zh_TW"])
def test_other_languages_are_english(qapp: QApplication, name: str) -> None:
    assert not install_translations(qapp, QLocale(name))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_is_cut_at_twice_the_size(
    desk: Desk, qapp: QApplication, language: str, request: pytest.FixtureRequest
) -> None:
    if language == "zh":
        request.getfixturevalue("chinese")
    before = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(2 * before.pointSizeF())
    qapp.setFont(larger)
    apply_theme(qapp)
    try:
        window = desk.open()
        window.panel.advanced.heading.click()
        desk.qtbot.wait(50)
        for kind in (QAbstractButton, QComboBox, QLabel, QSlider):
            for widget in window.panel.findChildren(kind):
                if widget.isVisibleTo(window.panel) and widget.objectName() != "qt_scrollarea_viewport":
                    assert widget.width() >= widget.minimumSizeHint().width(), widget
                    assert widget.height() >= widget.minimumSizeHint().height(), widget
        desk.close()
    finally:
        qapp.setFont(before)
