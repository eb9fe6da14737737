"""A monkey that uses the window at random, from a seed: clicks, keys, wheel, sizes, drops, reports."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QWidget
from shiboken6 import isValid

from app.engine.core.errors import Message
from app.engine.core.types import OutputId, Stats
from tests.ui.views.backgrounds.test_background_gallery import drop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.desk import Desk

Key = Qt.Key
_KEYS = (
    *(Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End, Key.Key_PageDown),
    *(Key.Key_Tab, Key.Key_Backtab, Key.Key_Space, Key.Key_Return, Key.Key_Escape, Key.Key_Delete),
    *(Key.Key_B, Key.Key_N, Key.Key_M, Key.Key_D, Key.Key_0),
)
_LETTERS = (Key.Key_C, Key.Key_Q, Key.Key_V, Key.Key_T, Key.Key_G, Key.Key_A, Key.Key_P, Key.Key_I, Key.Key_R)


class Monkey:
    """Acts on the window of a desk. It never chooses 'None' nor the main switch."""

    def __init__(self, desk: Desk, seed: int, files: list[Path]) -> None:
        """`files`: good and broken ones to drop."""
        self._desk, self._files = desk, files
        self._random = random.Random(seed)
        self._window = desk.window
        # A menu of a button has an event loop of its own.
        self._menus = QTimer(self._window, interval=10)
        self._menus.timeout.connect(self._use_menu)
        self._menus.start()
        self._acts = [
            *[self._click] * 8,
            *[self._key] * 8,
            *[self._double_click] * 3,
            *[self._wheel] * 2,
            *[self._report] * 2,
            *(self._letter, self._resize, self._drop, self._paste, self._composite, self._minimise),
        ]

    def act(self) -> str:
        """Do one thing; return its name."""
        act = self._random.choice(self._acts)
        self._leave_dialogs()
        act()
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return act.__name__

    def stop(self) -> None:
        """Leave everything that is open."""
        self._menus.stop()
        QGuiApplication.clipboard().clear()  # Its data must not outlive the application.
        popup = QApplication.activePopupWidget()
        while popup is not None:
            popup.close()
            QApplication.processEvents()
            popup = QApplication.activePopupWidget()
        self._leave_dialogs()
        self._window.showNormal()

    def _may_use(self, widget: QWidget | None) -> bool:
        panel = self._window.panel
        return widget is not None and widget not in (panel.power, panel.gallery.tiles["none"])

    def _leave_dialogs(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                # The file dialog shows real files, which a key may delete.
                accepts = not isinstance(widget, QFileDialog) and self._random.random() < 0.5
                widget.done(QDialog.DialogCode.Accepted if accepts else QDialog.DialogCode.Rejected)

    def _use_menu(self) -> None:
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            actions = [action for action in menu.actions() if action.isEnabled() and action.menu() is None]
            menu.close()
            if actions and self._random.random() < 0.7:
                self._random.choice(actions).trigger()

    def _somewhere(self) -> tuple[QWidget, QPoint] | None:
        size = self._window.size()
        point = QPoint(self._random.randrange(size.width()), self._random.randrange(size.height()))
        widget = self._window.childAt(point)
        if widget is None or not self._may_use(widget):
            return None
        return widget, widget.mapFrom(self._window, point)

    def _click(self) -> None:
        place = self._somewhere()
        if place:
            button = Qt.MouseButton.RightButton if self._random.random() < 0.1 else Qt.MouseButton.LeftButton
            QTest.mouseClick(place[0], button, Qt.KeyboardModifier.NoModifier, place[1])

    def _double_click(self) -> None:
        place = self._somewhere()
        if place:
            left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            point = place[0].mapTo(self._window, place[1])
            QTest.mouseClick(place[0], left, none, place[1])
            QApplication.processEvents()
            # Whatever is there by now gets the second click; 'None' as well.
            second = self._window.childAt(point) or self._window
            QTest.mouseDClick(second, left, none, second.mapFrom(self._window, point))

    def _key(self) -> None:
        widget = QApplication.activePopupWidget() or QApplication.focusWidget() or self._window
        widget = widget.focusWidget() or widget
        key = self._random.choice(_KEYS)
        if not isValid(widget):  # Of a dialog that was left just now.
            return
        if key in (Key.Key_Space, Key.Key_Return) and not self._may_use(widget):
            return
        QTest.keyClick(widget, key)

    def _letter(self) -> None:
        QTest.keyClick(self._window, self._random.choice(_LETTERS), Qt.KeyboardModifier.AltModifier)

    def _wheel(self) -> None:
        place = self._somewhere()
        if place:
            widget, point = place
            event = QWheelEvent(
                QPointF(point),
                widget.mapToGlobal(QPointF(point)),
                QPoint(0, 0),
                QPoint(0, self._random.choice((-360, -120, 120))),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(widget, event)

    def _resize(self) -> None:
        self._window.resize(self._random.randrange(400, 1500), self._random.randrange(200, 900))

    def _minimise(self) -> None:
        self._window.showMinimized()
        QApplication.processEvents()
        self._window.come_forward()

    def _data(self) -> QMimeData:
        data = QMimeData()
        chosen = self._random.sample(self._files, self._random.randrange(1, len(self._files)))
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in chosen])
        return data

    def _drop(self) -> None:
        if self._has_few_pictures():
            drop(self._window, self._data())

    def _paste(self) -> None:
        if not self._has_few_pictures():
            return
        QGuiApplication.clipboard().setMimeData(self._data())
        self._window.backgrounds.paste()

    def _has_few_pictures(self) -> bool:
        """Each picture takes memory, and the test expects that memory does not grow."""
        return len(self._window.panel.pictures.tiles) < 8

    def _composite(self) -> None:
        size = self._random.choice(((90, 160), (480, 640), (720, 1280), (300, 100)))
        picture = np.full((*size, 3), self._random.randrange(256), np.uint8)
        self._desk.engine.show(picture)

    def _report(self) -> None:
        reason = Message("No virtual camera was found: {advice}.", advice="x " * self._random.randrange(99))
        output = self._desk.settings.output
        faults = {OutputId("virtual_camera", "auto"): reason} if self._random.random() < 0.3 else {}
        ended = (OutputId("recording", output.recording),) if self._random.random() < 0.1 else ()
        self._desk.deliver_stats(
            Stats(
                fps=self._random.choice((0.0, 29.7)),
                latency_ms=self._random.random() * 99,
                source="Camera " * self._random.randrange(9),
                consumers=self._random.choice((None, 0, 1)),
                consumer_names=("firefox",) if self._random.random() < 0.5 else (),
                message=reason if self._random.random() < 0.3 else Message(""),
                output_faults=faults,
                ended_outputs=ended,
                is_demo=self._random.random() < 0.3,
                is_camera_released=self._random.random() < 0.1,
            )
        )
