"""`reset`: removes what Backdrop has stored, and nothing else."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from app import autostart
from app.__main__ import main
from app.commands import reset
from app.engine.core.paths import cache_folder, settings_file, user_backgrounds_folder, user_networks_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with settings, a background, a network, a thumbnail, and files of others."""
    if sys.platform != "linux":
        pytest.skip("the folders are named by XDG's variables here")
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setattr(reset, "ask", lambda request: None)
    for path in (
        settings_file(),
        user_backgrounds_folder() / "beach.jpg",
        user_networks_folder() / "mine.onnx",
        cache_folder() / "thumbnails" / "beach.webp",
        tmp_path / "config" / "other" / "settings.json",
        tmp_path / "Videos" / "Backdrop.mp4",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    return tmp_path


def files(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


KEPT = ["Videos/Backdrop.mp4", "config/other/settings.json"]


def test_reset_with_yes_removes_everything_of_backdrop(home: Path) -> None:
    autostart.start_with_system(True)
    assert main(["reset", "--yes"]) == 0
    assert files(home) == KEPT
    assert not (home / "config" / "backdrop").exists() and not (home / "data" / "backdrop").exists()


def test_second_reset_says_that_there_is_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["reset", "--yes"])
    assert main(["reset"]) == 0
    assert capsys.readouterr().out.endswith("There is nothing to remove.\n")


@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), (" Yes\n", 0), ("n\n", 1), ("\n", 1), ("", 1)])
def test_reset_removes_only_after_yes(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, status: int
) -> None:
    before = files(home)
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert main(["reset"]) == status
    assert files(home) == (before if status else KEPT)
    printed = capsys.readouterr().out
    assert str(home / "config" / "backdrop") in printed and str(home / "other") not in printed


def test_reset_without_terminal_removes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(home)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert main(["reset"]) == 1
    assert files(home) == before and "--yes" in capsys.readouterr().err


def test_reset_beside_an_open_window_removes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(home)
    monkeypatch.setattr(reset, "ask", lambda request: {"ok": True})
    assert main(["reset", "--yes"]) == 1
    assert files(home) == before and "close its window" in capsys.readouterr().err


def test_reset_of_a_linked_folder_keeps_what_the_link_names(home: Path) -> None:
    real = home / "dotfiles"
    (home / "config" / "backdrop").rename(real)
    (home / "config" / "backdrop").symlink_to(real)
    assert main(["reset", "--yes"]) == 0
    assert not (home / "config" / "backdrop").is_symlink() and (real / "settings.json").exists()


def test_folder_that_cannot_be_removed_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.rmtree", fail)
    assert main(["reset", "--yes"]) == 1
    error = capsys.readouterr().err
    assert "cannot be removed" in error and "Traceback" not in error
