"""The start without a subcommand: the settings that the window gets, and the error without a display."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import cv2
import pytest

import app.display_check
from app.engine.core.settings import EffectSettings, NetworkSettings, Settings, SourceSettings
from app.settings import StoredSettings, load_settings, save_settings
from tests.clips import person

if TYPE_CHECKING:
    from app.engine.core.errors import Message
    from tests.commands.conftest import Run


messages: list[Message] = []
"""What the window is to say first."""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Settings, Path]]:
    """The arguments that the window gets; it closes at once with status 7."""
    calls: list[tuple[Settings, Path]] = []
    messages.clear()

    def run(settings: Settings, path: Path, is_minimised: bool, stored: Settings, told: list[Message]) -> int:
        calls.append((settings, path))
        messages.extend(told)
        return 7

    monkeypatch.setattr(app.display_check, "missing_display", lambda: None)
    # Not the real one: it imports Qt, whose system libraries may be missing here.
    monkeypatch.setitem(sys.modules, "app.ui.application", SimpleNamespace(run=run))
    return calls


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The settings file."""
    return tmp_path / "config" / "settings.json"


Opened = list[tuple[Settings, Path]]


def test_missing_settings_file_gives_defaults(run: Run, opened: Opened, kept: Path) -> None:
    assert run() == (7, "", "")
    assert opened == [(StoredSettings(), kept)]


def test_settings_of_a_newer_version_are_told_in_the_window_too(run: Run, opened: Opened, kept: Path) -> None:
    kept.parent.mkdir()
    kept.write_text('{"hologram": 1}', "utf-8")
    status, _, err = run()
    (message,) = messages
    assert (status, err) == (7, f"{message}\n")
    assert message.startswith(f"The settings in '{kept}' are not valid: ")
    assert message.endswith(f"default settings; yours are in '{kept}.bad'.")
    messages.clear()
    assert run() == (7, "", "") and not messages


def test_options_override_saved_settings(run: Run, opened: Opened, kept: Path) -> None:
    saved = Settings(effect=EffectSettings("blur", {"strength": 0.25}), source=SourceSettings(fps=15.0))
    save_settings(saved, kept)
    cv2.imwrite("wall.png", person(0))
    for argv in (
        ["--source", "demo"],
        ["--strength", "0.75"],
        ["--effect", "none"],
        ["--effect", "blur"],
        ["--background", "#102030"],
        ["--background", "wall.png"],
        ["--network", "sinet"],
        ["--model", "sinet"],
    ):
        assert run(*argv) == (7, "", "")
    got = [settings for settings, _ in opened]
    assert got[0].source == SourceSettings("demo", fps=15.0)
    assert got[0].effect == saved.effect
    assert got[1].effect == EffectSettings("blur", {"strength": 0.75})
    assert got[2].effect == EffectSettings("none")
    assert got[3].effect == saved.effect
    assert got[4].effect == EffectSettings("colour", {"colour": "#102030"})
    assert got[5].effect == EffectSettings("image", {"file": str(Path("wall.png").absolute())})
    assert got[6].network == NetworkSettings("sinet")
    assert load_settings(kept) == saved  # an option is not saved


def test_strength_alone_selects_blur(run: Run, opened: Opened, kept: Path) -> None:
    save_settings(Settings(effect=EffectSettings("colour", {"colour": "#102030"})), kept)
    assert run("--strength", "0.75")[0] == 7
    assert opened[0][0].effect == EffectSettings("blur", {"strength": 0.75})


def test_saved_background_is_used_again(run: Run, opened: Opened, kept: Path) -> None:
    cv2.imwrite("wall.png", person(0))
    saved = Settings(effect=EffectSettings("image", {"file": str(Path("wall.png").absolute())}))
    save_settings(saved, kept)
    assert run("--effect", "image")[0] == 7
    assert opened[0][0].effect == saved.effect


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--effect", "sparkle"], "There is no effect 'sparkle': choose one of "),
        (["--network", "unet"], "There is no network 'unet': there is "),
        (["--background", "gone.png"], "There is no file 'gone.png'."),
        (
            ["--effect", "none", "--strength", "0.5"],
            "--strength belongs to the effects blur and lens, not to",
        ),
    ],
)
def test_invalid_options_are_reported(run: Run, opened: Opened, argv: list[str], sentence: str) -> None:
    status, out, err = run(*argv)
    assert (status, out, opened) == (1, "", [])
    assert err.startswith(sentence) and err.count("\n") == 1


@pytest.mark.parametrize("text", ["{", '{"effekt": {}}', '{"effect": {"name": 3}}'])
def test_broken_settings_file_is_renamed(run: Run, opened: Opened, kept: Path, text: str) -> None:
    kept.parent.mkdir()
    kept.write_text(text)
    status, out, err = run()
    assert (status, out) == (7, "")
    assert opened == [(StoredSettings(), kept)]
    assert err.startswith(f"The settings in '{kept}' are not valid: ") and err.count("\n") == 1
    assert err.endswith(f"Backdrop starts with its default settings; yours are in '{kept}.bad'.\n")
    assert Path(f"{kept}.bad").read_text() == text and not kept.exists()
    # A second broken file does not replace the first.
    kept.write_text("[")
    run()
    assert Path(f"{kept}.bad").read_text() == text
    assert Path(f"{kept}.bad2").read_text() == "["
