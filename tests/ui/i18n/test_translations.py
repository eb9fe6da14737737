"""The translations: whole, as compiled, and chosen by the system's language."""

from __future__ import annotations

import ast
import itertools
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QSlider

from app.engine.capture.supervisor import _no_answer
from app.engine.core.paths import assets_folder
from app.engine.core.types import Stats
from app.engine.devices.cameras import NO_CAMERA
from app.engine.pipeline.effects import EFFECTS
from app.ui.i18n.engine_messages import SENTENCES, sentence
from app.ui.i18n.install import install_translations
from app.ui.i18n.labels import BACKGROUND_TITLES, EFFECT_TITLES, PARAMETER_LABELS
from app.ui.widgets.theme import apply_theme
from tests.engine.faults import WENT_WRONG
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
        assert sorted(re.findall(r"\{\w+\}", source)) == sorted(re.findall(r"\{\w+\}", translation)), source
        assert source.replace("&&", "").count("&") == translation.count("&"), source


@pytest.mark.skipif(not LUPDATE.exists(), reason="this PySide6 has no lupdate")
def test_no_sentence_of_the_code_is_left_out(tmp_path: Path) -> None:
    copy = tmp_path / TS.name
    copy.write_bytes(TS.read_bytes())
    code = sorted(str(p) for p in (assets_folder().parent / "app" / "ui").rglob("*.py"))
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


def sentences_in(path: Path) -> set[str]:
    """The text of each error made in a file, with a number for what is filled in."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        text = node.args[0] if name in ("BackdropError", "SinkEndedError") else None
        if isinstance(text, ast.Constant):
            found.add(str(text.value))
        elif isinstance(text, ast.JoinedStr):
            places = itertools.count()
            parts = [v.value if isinstance(v, ast.Constant) else f"{{{next(places)}}}" for v in text.values]
            found.add("".join(parts))
    return found


NEVER_SHOWN = {
    # what the window's controls cannot ask for
    "{0} must be a number from {1} to {2}, not {3}.",
    "{0} must be a text, not {1}.",
    "'{0}' is not a colour: write it as #RRGGBB, for example #00b140.",
    "There is no effect '{0}': choose one of {1}.",
    "'{0}' is not a video of the kind {1}.",
}


def test_every_sentence_of_the_engine_is_known_to_the_translators() -> None:
    app = assets_folder().parent / "app"
    files = [*(app / "engine").rglob("*.py"), app / "autostart.py"]
    said = set().union(*map(sentences_in, files))
    assert len(said) > 40
    assert said - NEVER_SHOWN <= set(SENTENCES)
    assert {NO_CAMERA, _no_answer("auto"), _no_answer("{0}"), WENT_WRONG} <= set(SENTENCES)


@pytest.mark.parametrize(
    ("text", "chinese_text"),
    [
        ("The camera 'A' was unplugged.", "摄像头“A”已被拔出。"),
        (
            "The camera 'A' cannot be opened: another program uses it.",
            "无法打开摄像头“A”：另一个程序正在使用它。",
        ),
        ("'/a' cannot be read: Permission denied.", "无法读取“/a”：权限不足。"),
        ("none found: plug one in. Until then the demo plays.", "没有找到：请接上一个。在此之前播放演示。"),
        ("Balanced suits this computer, at 8 ms a picture", "“均衡”适合这台电脑，每帧 8 毫秒"),
        ("Nobody knows this one.", "Nobody knows this one."),
        ("", ""),
    ],
)
def test_the_engines_sentences_in_chinese(chinese: None, text: str, chinese_text: str) -> None:
    assert sentence(text) == chinese_text


def test_the_banner_speaks_chinese_and_can_be_waved_off(desk: Desk, chinese: None) -> None:
    window = desk.open()
    desk.tell(Stats(message="The camera 'A' was unplugged."))
    assert window.banner.text == "摄像头“A”已被拔出。"
    window.banner.dismissed.emit()
    desk.tell(Stats(message="The camera 'A' was unplugged."))
    assert window.banner.text == ""
    desk.close()


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
