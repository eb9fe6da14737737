"""`ctl`: one line of JSON, an exit status, and one sentence for an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Run


ROOT = Path(__file__).resolve().parents[2]


class Backdrop:
    """Replaces the open window."""

    def __init__(self) -> None:
        self.reply: dict[str, Any] | None = {"ok": True, "on": True}
        self.requests: list[dict[str, Any]] = []

    def ask(self, request: dict[str, Any]) -> dict[str, Any] | None:
        self.requests.append(request)
        return self.reply


@pytest.fixture
def backdrop(monkeypatch: pytest.MonkeyPatch) -> Backdrop:
    made = Backdrop()
    monkeypatch.setattr("app.commands.ctl.ask", made.ask)
    return made


def test_requests(run: Run, backdrop: Backdrop) -> None:
    for request in ("on", "off", "toggle", "snapshot", "next", "previous", "status", "list"):
        status, out, err = run("ctl", request)
        assert (status, json.loads(out), err) == (0, {"ok": True, "on": True}, "")
        assert out.count("\n") == 1
    assert run("ctl", "effect", "blur")[0] == 0
    assert run("ctl", "page", "7")[0] == 0
    assert backdrop.requests.pop() == {"command": "page", "name": "7"}
    for word in ("show", "hide"):
        assert run("ctl", "tag", word)[0] == 0
        assert backdrop.requests.pop() == {"command": "tag", "name": word}
    assert backdrop.requests[-2:] == [{"command": "list"}, {"command": "effect", "name": "blur"}]


def test_refused_request_is_one_sentence(run: Run, backdrop: Backdrop) -> None:
    backdrop.reply = {"ok": False, "message": "There is no effect 'x'."}
    assert run("ctl", "effect", "x") == (1, "", "There is no effect 'x'.\n")


def test_ctl_without_running_backdrop_fails(run: Run, backdrop: Backdrop) -> None:
    backdrop.reply = None
    assert run("ctl", "status") == (1, "", "Backdrop is not running: open its window first.\n")


@pytest.mark.parametrize(
    "argv",
    [["ctl"], ["ctl", "dance"], ["ctl", "effect"], ["ctl", "page"], ["ctl", "tag"], ["ctl", "tag", "up"]],
)
def test_ctl_usage_error_is_one_sentence(run: Run, backdrop: Backdrop, argv: list[str]) -> None:
    status, out, err = run(*argv)
    assert (status, out) == (2, "") and err.count("\n") == 1
    assert backdrop.requests == []


def test_page_is_turned_without_loading_libraries(tmp_path: Path) -> None:
    code = (
        "import sys; from app.__main__ import main; main(['ctl', 'next']);"
        "print(sorted({'cv2', 'numpy', 'onnxruntime', 'av', 'PySide6'} & sys.modules.keys()))"
    )
    home = {**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    home |= {"XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=home, capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
