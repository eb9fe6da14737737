"""Find a setting of the panel by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStringListModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QCompleter, QWidget

from app.ui.widgets.basic import plain
from app.ui.widgets.collapsible import Collapsible

if TYPE_CHECKING:
    from app.ui.views.panel import Panel


class SettingsSearch(QObject):
    """The search field lists the controls whose names hold the typed letters; a choice shows that control."""

    def __init__(self, panel: Panel, window: QWidget) -> None:
        super().__init__(panel)
        self._panel, self._field = panel, panel.search
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self.show_control)
        self._field.setCompleter(completer)
        self._field.textEdited.connect(self._list)
        self._field.returnPressed.connect(self._show_first)
        QShortcut(QKeySequence.StandardKey.Find, window).activated.connect(self._begin)

    def show_control(self, name: str) -> None:
        """Open the section of the control with that name, scroll to it and give it the focus."""
        control = self._controls().get(name)
        if control is None:
            return
        self._field.clear()
        for section in _sections_around(control):
            section.heading.setChecked(True)
        # A section that has just opened has its place only after its layout was made.
        self._panel.body.adjustSize()
        control.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._panel.scroll_to(control)

    def _begin(self) -> None:
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def _list(self, text: str) -> None:
        self._names.setStringList(sorted(self._controls()))

    def _show_first(self) -> None:
        typed = self._field.text().strip().casefold()
        names = sorted(self._controls(), key=lambda name: (not name.casefold().startswith(typed), name))
        found = next((name for name in names if typed and typed in name.casefold()), "")
        self.show_control(found)

    def _controls(self) -> dict[str, QWidget]:
        """All controls of the panel that can be reached, by the names that screen readers give them."""
        found: dict[str, QWidget] = {}
        for widget in self._panel.body.findChildren(QWidget):
            name = widget.accessibleName()
            if isinstance(widget, QAbstractButton) and not name:
                name = plain(widget.text())
            is_reached = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled()
            if name and is_reached and not _is_hidden(widget):
                found.setdefault(name, widget)
        return found


def _sections_around(widget: QWidget) -> list[Collapsible]:
    sections = []
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, Collapsible) and widget is not parent.heading:
            sections.append(parent)
        parent = parent.parentWidget()
    return sections


def _is_hidden(widget: QWidget) -> bool:
    """Whether a widget stays hidden even if all sections around it are open."""
    bodies = {section.body for section in _sections_around(widget)}
    here: QWidget | None = widget
    while here is not None and not here.isWindow():
        if here.isHidden() and here not in bodies:
            return True
        here = here.parentWidget()
    return False
