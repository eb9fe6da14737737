"""The welcome dialog: what is present, what is missing, and what to do in the call program."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.i18n.engine_messages import translated
from app.ui.widgets.basic import heading, quiet
from app.ui.widgets.screen_fit import available_size

if TYPE_CHECKING:
    from app.ui.services.task_runner import TaskRunner

_POLL_MS = 50
_WIDTH_PX, _WIDTH_LETTERS = 520, 72
_SHOWN = ("camera", "virtual-camera", "network", "speed")


class Finding(Protocol):
    """The result of one check, as in `app.commands.doctor`."""

    @property
    def id(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def text(self) -> str: ...
    @property
    def commands(self) -> tuple[str, ...]: ...


Examine = Callable[[], Iterable[Finding]]


def examine_all() -> Iterable[Finding]:
    """The findings of `doctor`. Blocks on devices and disks."""
    from app.commands.doctor import examine

    return examine()


class Step(QWidget):
    """One finding: whether it is good, and what to do if not."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.sign, self.text = QLabel("…", self), QLabel(title, self)
        self.sign.setFixedWidth(self.sign.fontMetrics().horizontalAdvance("✓…") + 4)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)

    def show_finding(self, finding: Finding) -> None:
        """Show the result of the check."""
        self.sign.setText("✓" if finding.ok else "!")
        self.sign.setProperty("role", "good" if finding.ok else "bad")
        self.sign.style().unpolish(self.sign)
        self.sign.style().polish(self.sign)
        text = translated(finding.text)
        text = text[0].upper() + text[1:]
        self.text.setText(self.tr("{what}: {told}.").format(what=self.title, told=text.rstrip(".。")))


class Welcome(QDialog):
    """Shows the findings and what to do in the call program."""

    seen = Signal()

    def __init__(
        self,
        tasks: TaskRunner,
        examine: Examine = examine_all,
        parent: QWidget | None = None,
        is_first: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Welcome to Backdrop"))
        self.setObjectName("welcome")
        self._tasks, self._examine = tasks, examine
        titles = (self.tr("Camera"), self.tr("Virtual camera"), self.tr("Network"), self.tr("Speed"))
        self.steps = {what: Step(title, self) for what, title in zip(_SHOWN, titles, strict=True)}
        self.fix = QPushButton(self.tr("&Copy the command"), self)
        self.fix.hide()
        self.again = QPushButton(self.tr("Check a&gain"), self)
        self.done_button = QPushButton(self.tr("&Start") if is_first else self.tr("C&lose"), self)
        self.done_button.setDefault(True)
        self._command = ""
        self._is_closed = False
        self._findings: queue.SimpleQueue[Finding] = queue.SimpleQueue()
        self._timer = QTimer(self, interval=_POLL_MS)
        self.has_virtual_camera: bool | None = None
        """Whether a virtual camera was found; None if that is not known yet."""
        self._lay_out()
        self.steps["network"].hide()  # Shown only if there is a problem.
        self._timer.timeout.connect(self._show_queued)
        self.fix.clicked.connect(self._copy)
        self.again.clicked.connect(self.examine)
        self.done_button.clicked.connect(self.accept)
        self.finished.connect(lambda _: self._on_finished())

    def _lay_out(self) -> None:
        content = QWidget()
        content.setObjectName("panel_body")
        column = self._column = QVBoxLayout(content)
        column.setContentsMargins(28, 24, 28, 0)
        column.setSpacing(14)
        title = heading(self.tr("Hides the room behind you, in any call"), self)
        title.setWordWrap(True)
        column.addWidget(title)
        for what, step in self.steps.items():
            column.addWidget(step)
            if what == "virtual-camera":
                column.addWidget(self.fix, 0, Qt.AlignmentFlag.AlignLeft)
        self.ending = QLabel(self.tr("Choose Backdrop as the camera in your call."), self)
        self.ending.setWordWrap(True)
        self.ending.setProperty("role", "heading")
        column.addSpacing(6)
        column.addWidget(self.ending)
        note = quiet(
            QLabel(
                self.tr(
                    "Nothing leaves this computer. If something fails, others see a plain picture, "
                    "never your room."
                ),
                self,
            )
        )
        note.setWordWrap(True)
        column.addWidget(note)
        column.addStretch()
        buttons = QHBoxLayout()
        buttons.setContentsMargins(28, 14, 28, 20)
        buttons.addWidget(self.again)
        buttons.addStretch()
        buttons.addWidget(self.done_button)
        scroll = self._scroll = QScrollArea(self)
        scroll.setObjectName("panel_scroll")
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(buttons)
        self._buttons = buttons
        width_px = max(_WIDTH_PX, _WIDTH_LETTERS * self.fontMetrics().averageCharWidth())
        self.resize(min(width_px, available_size(self).width()), 0)
        content.installEventFilter(self)
        self._grow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._grow()
        return False

    def _grow(self) -> None:
        """Grow until all of the content is seen, or to the height of the screen. It never shrinks."""
        content_px = self._column.totalHeightForWidth(self.width())
        height_px = min(content_px + self._buttons.sizeHint().height(), available_size(self).height())
        if height_px > self.height():
            self.resize(self.width(), height_px)

    def examine(self) -> None:
        """Check everything again and show the results."""
        self.again.setEnabled(False)
        for step in self.steps.values():
            step.sign.setText("…")
            step.text.setText(step.title)
        self._timer.start()
        self._tasks.run(self._collect, lambda _: self._on_checked(), lambda _: self._on_failed())

    def _collect(self) -> None:
        """Queue each finding as it comes, on a worker thread: the last one may take seconds.

        No signal of the dialog, because Qt may delete the dialog while the thread emits it.
        """
        with suppress(
            KeyboardInterrupt
        ):  # A check in a process of its own was ended together with the program.
            for finding in self._examine():
                if self._is_closed:
                    return
                self._findings.put(finding)

    def _show_queued(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._on_found(self._findings.get_nowait())

    def _on_found(self, finding: Finding) -> None:
        if finding.id not in self.steps:
            return
        self.steps[finding.id].show_finding(finding)
        if finding.id == "network":
            self.steps["network"].setVisible(not finding.ok)
        if finding.id == "virtual-camera":
            self._command = " && ".join(finding.commands)
            self.fix.setVisible(bool(self._command))
            self.has_virtual_camera = finding.ok
            self.fix.setText(self.tr("&Copy the command"))
            self._show_ending(finding.ok)

    def _on_checked(self) -> None:
        if not self._is_closed:
            self._timer.stop()
            self._show_queued()
            self.again.setEnabled(True)

    def _on_failed(self) -> None:
        self.has_virtual_camera = bool(self.has_virtual_camera)
        self._on_checked()
        for step in () if self._is_closed else self.steps.values():
            step.sign.setText("!")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._command)
        self.fix.setText(self.tr("&Copied: paste it into a terminal"))

    def _show_ending(self, has_virtual_camera: bool) -> None:
        choose = self.tr("Choose Backdrop as the camera in your call.")
        without = self.tr("Once there is a virtual camera, choose Backdrop as the camera in your call.")
        self.ending.setText(choose if has_virtual_camera else without)

    def _on_finished(self) -> None:
        self._is_closed = True
        self.seen.emit()
