"""The microphone of recordings: which one, and whether at all, which is asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ui.models.app_model import AppModel
    from app.ui.services.task_runner import TaskRunner
    from app.ui.views.panel import Panel

Role = QMessageBox.ButtonRole


class MicrophoneController(QObject):
    """Asks at the first recording, and lists the microphones when the user opens their list."""

    def __init__(
        self,
        model: AppModel,
        panel: Panel,
        tasks: TaskRunner,
        find_microphones: Callable[[], list[str]],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._model, self._tasks, self._find, self._window = model, tasks, find_microphones, window
        panel.microphone.chosen.connect(lambda name: model.use_field("output", "microphone", name))
        panel.microphone.opened.connect(lambda: tasks.run(find_microphones, panel.microphone.show_names))

    def decide(self, begin: Callable[[], None], cancel: Callable[[], None]) -> None:
        """Call `begin` for a recording, or `cancel` if the user wants none.

        Asks before the first one whether it has sound, unless there is no microphone.
        """
        stored = self._model.stored
        if stored.output.record_microphone or stored.window.is_asked_about_microphone:
            begin()
            return
        self._tasks.run(
            self._find, lambda names: self._ask(begin, cancel) if names else begin(), lambda _: begin()
        )

    def _ask(self, begin: Callable[[], None], cancel: Callable[[], None]) -> None:
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("Record"))
        box.setText(self.tr("Record the sound of the microphone too?"))
        box.setInformativeText(
            self.tr("Backdrop listens during recordings only. You can change this later under Advanced.")
        )
        wanted = box.addButton(self.tr("With microphone"), Role.AcceptRole)
        unwanted = box.addButton(self.tr("Without microphone"), Role.DestructiveRole)
        box.setEscapeButton(box.addButton(self.tr("Cancel"), Role.RejectRole))
        box.setDefaultButton(wanted)

        def on_finished(_: int) -> None:
            clicked = box.clickedButton()
            if clicked not in (wanted, unwanted):
                cancel()
                return
            self._model.set_records_microphone(clicked is wanted)
            begin()

        box.finished.connect(on_finished)
        box.open()
