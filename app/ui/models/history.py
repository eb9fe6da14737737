"""Undo and redo of the settings."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject

from app.settings import without_screen
from app.ui.models.app_model import as_profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.settings import Settings
    from app.ui.models.app_model import AppModel

_STEPS = 20
_ONE_CHANGE_S = 1.0
"""Changes of the same setting within this time are one step, such as a slider that is dragged."""


class History(QObject):
    """The settings of the last 20 changes.

    Undo changes neither whether the user is shown nor what a profile leaves out: it never opens the camera.
    Nor does it show the screen again.
    """

    def __init__(self, model: AppModel, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(model)
        self._model, self._now_s = model, now_s
        self._shown = as_profile(model.settings)
        self._before: deque[Settings] = deque(maxlen=_STEPS)
        self._after: deque[Settings] = deque(maxlen=_STEPS)
        self._changed_paths: set[tuple[str, ...]] = set()
        self._changed_at_s = -_ONE_CHANGE_S
        model.changed.connect(self._on_changed)

    def undo(self) -> None:
        """Use the settings before the last change; nothing if there is none."""
        self._use(self._before, self._after)

    def redo(self) -> None:
        """Use the settings before the last undo; nothing if there was none, or a change since."""
        self._use(self._after, self._before)

    def _use(self, taken: deque[Settings], kept: deque[Settings]) -> None:
        if not taken:
            return
        kept.append(self._shown)
        self._shown = taken.pop()
        self._changed_paths = set()
        self._model.use(_with_present(self._shown, self._model.settings))

    def _on_changed(self) -> None:
        now = as_profile(self._model.settings)
        if now == self._shown:
            return
        paths = _changed(msgspec.to_builtins(self._shown), msgspec.to_builtins(now))
        now_s = self._now_s()
        is_same = paths == self._changed_paths and now_s - self._changed_at_s < _ONE_CHANGE_S
        if not is_same:
            self._before.append(self._shown)
        self._after.clear()
        self._shown, self._changed_paths, self._changed_at_s = now, paths, now_s


def _with_present(settings: Settings, present: Settings) -> Settings:
    """The settings, with the present values of what `as_profile` leaves out."""
    effect, tag = settings.effect, settings.presenter.tag
    if present.effect.name != effect.name:
        effect = without_screen(effect)
    if "page" in present.effect.values:
        effect = msgspec.structs.replace(
            effect, values={**effect.values, "page": present.effect.values["page"]}
        )
    if "shown" in present.presenter.tag:
        tag = {**tag, "shown": present.presenter.tag["shown"]}
    presenter = msgspec.structs.replace(settings.presenter, tag=tag)
    return msgspec.structs.replace(settings, is_on=present.is_on, effect=effect, presenter=presenter)


def _changed(before: object, now: object, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """The paths of all values that differ."""
    if isinstance(before, dict) and isinstance(now, dict):
        keys = before.keys() | now.keys()
        return set().union(*(_changed(before.get(key), now.get(key), (*path, str(key))) for key in keys))
    return {path} if before != now else set()
