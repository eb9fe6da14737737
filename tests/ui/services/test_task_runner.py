"""Tasks on threads, and their results on the window's thread."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shiboken6

from app.ui.services.task_runner import TaskRunner

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[3]

# In a process of its own, because the fault would be a crash.
_DELETE_WHILE_TASKS_END = """
import sys, threading
import shiboken6
from PySide6.QtCore import QCoreApplication, QObject
from app.ui.services.task_runner import TaskRunner

app = QCoreApplication([])
sys.setswitchinterval(1e-6)
for _ in range(1000):
    window = QObject()
    tasks, go = TaskRunner(window), threading.Event()
    for _ in range(4):
        tasks.run(go.wait, print)
    go.set()
    shiboken6.delete(window)
    app.processEvents()
"""


def test_task_runs_on_thread_and_returns_on_window_thread(qapp: QApplication, qtbot: QtBot) -> None:
    tasks = TaskRunner()
    answers: list[tuple[str, str, bool]] = []
    here = threading.current_thread()

    def work() -> str:
        assert threading.current_thread() is not here
        return "done"

    def fail() -> str:
        raise ValueError("no")

    def note(kind: str, what: object) -> None:
        answers.append((kind, str(what), threading.current_thread() is here))

    tasks.run(work, lambda outcome: note("then", outcome), lambda error: note("otherwise", error))
    qtbot.waitUntil(lambda: len(answers) == 1)
    tasks.run(fail, lambda outcome: note("then", outcome), lambda error: note("otherwise", error))
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers == [("then", "done", True), ("otherwise", "no", True)]


def test_task_may_outlive_window(qapp: QApplication) -> None:
    tasks = TaskRunner()
    go = threading.Event()
    tasks.run(lambda: go.wait(5.0))
    shiboken6.delete(tasks)
    thread = next(t for t in threading.enumerate() if t.name == "backdrop-task")
    go.set()
    thread.join(5.0)
    assert not thread.is_alive()


@pytest.mark.slow
def test_window_deleted_while_tasks_end_does_not_crash() -> None:
    command = [sys.executable, "-c", _DELETE_WHILE_TASKS_END]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
