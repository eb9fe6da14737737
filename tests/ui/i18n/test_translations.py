"""The translations: complete, compiled, chosen by the language of the system."""

from __future__ import annotations

import ast
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import TYPE_CHECKING

import PySide6
import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QSlider

from app.engine.core.errors import Message
from app.engine.core.paths import assets_folder
from app.engine.core.types import Stats
from app.engine.looks.registry import LOOKS, PARAMETERS, PRESETS
from app.engine.pipeline.effects import EFFECTS
from app.ui.i18n.engine_messages import SENTENCES, translated
from app.ui.i18n.install import install_translations
from app.ui.i18n.labels import (
    BACKGROUND_TITLES,
    EFFECT_TITLES,
    LOOK_LABELS,
    PARAMETER_LABELS,
    PRESET_TITLES,
)
from app.ui.widgets.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.ui.desk import Desk

FOLDER = assets_folder() / "translations"
TS = FOLDER / "backdrop_zh_CN.ts"
LUPDATE, LRELEASE = (Path(PySide6.__path__[0]) / name for name in ("lupdate", "lrelease"))


def messages(path: Path) -> dict[tuple[str, str], str]:
    """Context and source to translation; unfinished ones fail."""
    found = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            source, translation = message.findtext("source", ""), message.find("translation")
            assert translation is not None and translation.get("type") is None and translation.text, source
            found[context.findtext("name", ""), source] = translation.text
    return found


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    assert install_translations(qapp, QLocale("zh_CN"))
    yield
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()


def test_every_text_is_translated_with_its_placeholders() -> None:
    for (_, source), translation in messages(TS).items():
        assert sorted(re.findall(r"\{\w+\}", source)) == sorted(re.findall(r"\{\w+\}", translation)), source
        assert source.replace("&&", "").count("&") == translation.count("&"), source


@pytest.mark.skipif(not LUPDATE.exists(), reason="this PySide6 has no lupdate")
def test_every_text_of_the_code_is_in_ts_file(tmp_path: Path) -> None:
    copy = tmp_path / TS.name
    copy.write_bytes(TS.read_bytes())
    code = sorted(str(p) for p in (assets_folder().parent / "app" / "ui").rglob("*.py"))
    command = [str(LUPDATE), *code, "-ts", str(copy), "-no-obsolete", "-locations", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"lupdate does not run here: {done.stderr[:200]}")
    assert set(messages(copy)) == set(messages(TS))


@pytest.mark.skipif(not LRELEASE.exists(), reason="this PySide6 has no lrelease")
def test_qm_file_matches_ts_file(tmp_path: Path) -> None:
    built = tmp_path / "built.qm"
    done = subprocess.run([LRELEASE, TS, "-qm", built], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"lrelease does not run here: {done.stderr[:200]}")
    assert built.read_bytes() == TS.with_suffix(".qm").read_bytes()


def test_engine_titles_are_in_list_for_translators() -> None:
    assert {effect.title for effect in EFFECTS.values()} <= set(EFFECT_TITLES)
    assert {p.label for effect in EFFECTS.values() for p in effect.parameters} <= set(PARAMETER_LABELS)
    assert {p.label for p in PARAMETERS.values()} == set(LOOK_LABELS)
    assert set(PRESETS) == set(PRESET_TITLES)
    assert {look.title for look in LOOKS} <= {*SENTENCES, "Colour"}, "a look without a title fails"
    ours = {p.stem.replace("-", " ").capitalize() for p in (assets_folder() / "backgrounds").iterdir()}
    assert ours == set(BACKGROUND_TITLES)


def templates_in(path: Path) -> set[str]:
    """The template of each message and error made in a file; a template is a plain string."""
    templates = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        if getattr(node.func, "id", "") in ("Message", "BackdropError", "SinkEndedError", "WriteError"):
            assert not isinstance(node.args[0], ast.JoinedStr), f"{path}:{node.lineno} needs named places"
            if isinstance(node.args[0], ast.Constant):
                templates.add(str(node.args[0].value))
    return templates


NEVER_SHOWN = {
    # No control of the window causes these.
    "{label} must be a number from {low} to {high}, not {value}.",
    "{label} must be a text, not {value}.",
    "{label} must be one of {choices}, not {value}.",
    "'{text}' is not a colour: write it as #RRGGBB, for example #00b140.",
    "There is no effect '{name}': choose one of {choices}.",
    "There is no look '{name}': choose one of {choices}.",
    # `ctl` and commands show these, in English.
    "'{text}' is not who is shown: write everyone, main or a number.",
    "'{text}' is not a look: write NAME=VALUE, or one of {presets}.",
    "'{text}' needs a number after the equals sign.",
    "'{suffix}' is not a video of the kind {content}.",
    "",
}


def test_every_message_of_the_engine_is_in_the_list_for_translators() -> None:
    app = assets_folder().parent / "app"
    files = [*(app / "engine").rglob("*.py"), app / "autostart.py"]
    templates = set().union(*map(templates_in, files))
    assert len(templates) > 60
    assert templates - NEVER_SHOWN - set(SENTENCES) == set()


def test_every_message_that_doctor_shows_in_the_welcome_is_in_the_list_for_translators() -> None:
    templates = templates_in(assets_folder().parent / "app" / "commands" / "doctor.py")
    # OpenCV is not among the findings that the welcome shows.
    assert {t for t in templates if "breaks the window" not in t} <= set(SENTENCES)


def test_the_list_for_translators_has_no_message_that_the_code_does_not_make() -> None:
    app = assets_folder().parent / "app"
    code = "".join(path.read_text(encoding="utf-8") for path in app.rglob("*.py") if "i18n" not in path.parts)
    text = re.sub(r'"\s+"', "", code)
    levels = {"Fastest", "Balanced", "Best"}
    system = {"Permission denied", "No such file or directory", "Not a directory"}
    assert {s for s in SENTENCES if str(s) not in text} - levels - system == set()


@pytest.mark.parametrize(
    ("message", "chinese_text"),
    [
        (Message("The camera '{title}' was unplugged.", title="A"), "摄像头“A”已被拔出。"),
        (
            Message(
                "The camera '{name}' cannot be opened: {reason}.",
                name="A",
                reason=Message("another program uses it"),
            ),
            "无法打开摄像头“A”：另一个程序正在使用它。",
        ),
        (
            Message("'{path}' cannot be read: {reason}.", path="/a", reason=Message("Not a directory")),
            "无法读取“/a”：不是文件夹。",
        ),
        (
            Message(
                "{reason}. Until then the demo plays.",
                reason=Message("none found: {advice}", advice=Message("plug one in")),
            ),
            "没有找到：请接上一个。在此之前播放演示。",
        ),
        (
            Message("{level} suits this computer, with {ms} ms per frame", level=Message("Balanced"), ms=8),
            "“均衡”适合这台电脑，每帧 8 毫秒",
        ),
        ("Nobody knows this one.", "Nobody knows this one."),
        (Message("A name with {braces}"), "A name with {braces}"),
        ("", ""),
    ],
)
def test_messages_of_the_engine_in_chinese(chinese: None, message: str, chinese_text: str) -> None:
    assert translated(message) == chinese_text


def test_banner_is_translated_and_can_be_dismissed(desk: Desk, chinese: None) -> None:
    window = desk.open()
    desk.deliver_stats(Stats(message=Message("The camera '{title}' was unplugged.", title="A")))
    assert window.banner.text == "摄像头“A”已被拔出。"
    window.banner.dismissed.emit()
    desk.deliver_stats(Stats(message=Message("The camera '{title}' was unplugged.", title="A")))
    assert window.banner.text == ""
    desk.close()


def test_window_is_translated_to_chinese(desk: Desk, chinese: None) -> None:
    window = desk.open()
    assert window.panel.gallery.tiles["blur"].text() == "模糊"
    assert window.panel.camera.accessibleName() == "摄像头"
    assert window.panel.power.text() == "显示我的画面(&M)"
    assert window.status.full == "正在启动…"
    desk.close()


@pytest.mark.parametrize("name", ["de_DE", "zh_TW"])
def test_untranslated_language_falls_back_to_english(qapp: QApplication, name: str) -> None:
    assert not install_translations(qapp, QLocale(name))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_is_cut_at_double_font_size(
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
        window.panel.looks.heading.click()
        desk.qtbot.wait(50)
        for kind in (QAbstractButton, QComboBox, QLabel, QSlider):
            for widget in window.panel.findChildren(kind):
                if widget.isVisibleTo(window.panel) and widget.objectName() != "qt_scrollarea_viewport":
                    assert widget.width() >= widget.minimumSizeHint().width(), widget
                    assert widget.height() >= widget.minimumSizeHint().height(), widget
        desk.close()
    finally:
        qapp.setFont(before)
