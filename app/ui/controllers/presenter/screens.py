"""Choose a screen or a window as the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings
from app.engine.pipeline.presenter.screen import Screen
from app.engine.screens.screens import list_targets, parse_spec
from app.settings import without_screen
from app.ui.i18n.engine_messages import translated
from app.ui.views.presenter.screen_chooser import NONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.screens.grabber import Target
    from app.ui.controllers.backgrounds import BackgroundController
    from app.ui.controllers.picture_check import OnChecked
    from app.ui.models.app_model import AppModel
    from app.ui.services.task_runner import TaskRunner
    from app.ui.views.presenter.screen_chooser import ScreenChooser


class ScreenController(QObject):
    """Connects the list of screens and windows with the settings."""

    def __init__(
        self,
        model: AppModel,
        chooser: ScreenChooser,
        backgrounds: BackgroundController,
        tasks: TaskRunner,
        parent: QObject,
        find_targets: Callable[[], list[Target]] = list_targets,
    ) -> None:
        super().__init__(parent)
        self._model, self._chooser, self._backgrounds = model, chooser, backgrounds
        self._tasks, self._find_targets = tasks, find_targets
        chooser.targets_wanted.connect(self._list)
        chooser.chosen.connect(lambda spec: self.choose(spec))
        backgrounds.refused.connect(self._show)
        model.changed.connect(self._show)
        self._show()

    def choose(self, spec: str, on_checked: OnChecked = lambda error: None) -> None:
        """Check a screen or window and show it, or '' for none; `on_checked` gets the error or None."""
        effect = self._model.settings.effect
        if spec == NONE:
            self._backgrounds.forget()
            self._model.use_effect(without_screen(effect))
            on_checked(None)
            return
        try:
            spec = ":".join(parse_spec(spec))
        except BackdropError as error:
            on_checked(error)
            return
        self._backgrounds.choose_effect(
            EffectSettings(Screen.name, {**effect.values, "screen": spec}), on_checked
        )

    def _list(self) -> None:
        self._tasks.run(self._find_targets, self._chooser.show_targets, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self._chooser.show_problem(translated(getattr(error, "message", str(error))))

    def _show(self) -> None:
        effect = self._model.settings.effect
        is_shown = effect.name == Screen.name
        self._chooser.show_spec(str(effect.values.get("screen", "screen:1")) if is_shown else NONE)
