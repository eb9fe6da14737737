"""Fixtures of the tests of commands: a network in the user's folder, and a function that runs a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from app.__main__ import main
from app.engine.core.settings import NetworkSettings
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def user_networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a network that has the default network's name; its alpha is the red channel."""
    folder = tmp_path_factory.mktemp("user") / "models"
    write_network(folder / f"{NetworkSettings().name}.onnx")
    return folder


@pytest.fixture(autouse=True)
def at_home(user_networks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, settings and current directory for the test. Returns the current directory."""
    monkeypatch.setattr("app.engine.networks.catalogue.user_networks_folder", lambda: user_networks)
    monkeypatch.setattr("app.commands.gui.settings_file", lambda: tmp_path / "config" / "settings.json")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; return its status, its output and its errors."""

    def run(*argv: str | Path) -> tuple[int, str, str]:
        try:
            status = main([str(a) for a in argv])
        except SystemExit as end:  # argparse
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return run
