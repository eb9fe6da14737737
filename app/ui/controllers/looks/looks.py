"""The looks: what the user chooses, and live thumbnails of the presets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.engine.core.errors import BackdropError
from app.engine.core.image_ops import cover
from app.engine.core.settings import EffectSettings
from app.engine.core.types import NO_SHADE
from app.engine.looks.cube import read_cube
from app.engine.looks.registry import PARAMETERS, PRESETS
from app.engine.looks.stage import Looks
from app.engine.pipeline.compositor import composite
from app.engine.pipeline.effects import EFFECTS, build_effect
from app.ui.services.images import as_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from app.engine.core.types import Thumbnail
    from app.ui.models.app_model import AppModel
    from app.ui.services.task_runner import TaskRunner
    from app.ui.views.looks.look_section import LookSection

_SIZE_PX = 288, 164


class LookController(QObject):
    """Connects the section of the panel and the model.

    Files are checked and thumbnails are made on worker threads, one set of thumbnails at a time and only
    while the section is open.
    """

    def __init__(
        self,
        model: AppModel,
        section: LookSection,
        tasks: TaskRunner,
        warn: Callable[[Exception], None],
        parent: QObject,
    ) -> None:
        """`warn` shows why a file cannot be used."""
        super().__init__(parent)
        self._model, self._section, self._tasks, self._warn = model, section, tasks, warn
        self._is_busy = self._is_seen = False
        section.preset_chosen.connect(lambda title: model.use_looks(PRESETS.get(title, {})))
        section.value_changed.connect(self._on_value_changed)

    def show(self, thumbnail: Thumbnail | None, is_seen: bool) -> None:
        """Show thumbnails of the newest frame; while the user is off, show the drawn scenes."""
        self._is_seen = is_seen
        if not is_seen:
            self._section.gallery.show_live({})
        elif thumbnail is not None and not self._is_busy and self._section.heading.isChecked():
            self._is_busy = True
            effect = self._model.settings.effect
            self._tasks.run(lambda: preset_pictures(thumbnail, effect), self._on_made, self._on_failed)

    def _on_made(self, pictures: dict[str, QImage]) -> None:
        self._is_busy = False
        self._section.gallery.show_live(pictures if self._is_seen else {})

    def _on_failed(self, error: Exception) -> None:
        self._is_busy = False

    def _on_value_changed(self, key: str, value: float | str) -> None:
        if PARAMETERS[key].kind == "file" and value:
            path = Path(str(value))
            self._tasks.run(
                lambda: read_cube(path), lambda _: self._model.use_look(key, value), self._on_refused
            )
        else:
            self._model.use_look(key, value)

    def _on_refused(self, error: Exception) -> None:
        self._section.show_values(self._model.settings.looks)
        self._warn(error)


def preset_pictures(thumbnail: Thumbnail, effect: EffectSettings) -> dict[str, QImage]:
    """The composite of a small frame with each preset, and with none under ''.

    The room is never shown as it is, because others may see a shared screen: instead of it, and of pictures
    and videos, which take long to read, it is blurred.
    """
    frame, alpha = thumbnail.frame, thumbnail.alpha
    kind = EFFECTS.get(effect.name)
    if kind is None or not kind.needs_matte or any(p.kind == "file" for p in kind.parameters):
        effect = EffectSettings("blur")
    made = {}
    for title, values in {"": dict[str, float | str](), **PRESETS}.items():
        try:
            built, looks = build_effect(effect), Looks(values)
        except BackdropError:
            continue
        looked = looks.apply(frame, alpha)
        background = built.background(looked.room, alpha)
        shade = looked.shade if built.takes_shade else NO_SHADE
        picture = composite(looked.person, alpha, background, built.replaces_room, shade=shade)
        made[title] = as_image(cover(picture, *_SIZE_PX))
    return made
