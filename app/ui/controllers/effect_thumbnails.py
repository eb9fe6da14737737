"""Live thumbnails on the effect tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.engine.core.errors import BackdropError
from app.engine.core.image_ops import cover
from app.engine.core.settings import EffectSettings
from app.engine.pipeline.compositor import composite
from app.engine.pipeline.effects import EFFECTS, build_effect
from app.ui.services.images import as_image

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.engine.core.types import Thumbnail
    from app.ui.services.task_runner import TaskRunner
    from app.ui.views.backgrounds.effect_gallery import EffectGallery
    from app.ui.views.backgrounds.scene_artwork import Values

_SIZE_PX = 192, 128


class EffectThumbnails(QObject):
    """Makes the thumbnails on a worker thread, one set at a time.

    Effects that show the room get none: a shared screen would show the room.
    """

    def __init__(self, gallery: EffectGallery, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._gallery, self._tasks = gallery, tasks
        self._is_busy = self._is_seen = False

    def show(self, look: Thumbnail | None, values: Values, is_seen: bool) -> None:
        """Show thumbnails of the newest frame; while the user is off, show the drawn scenes."""
        self._is_seen = is_seen
        if not is_seen:
            self._gallery.show_live({})
        elif look is not None and not self._is_busy:
            self._is_busy = True
            self._tasks.run(lambda: small_pictures(look, list(self._gallery.tiles), values), self._on_made)

    def _on_made(self, pictures: dict[str, QImage]) -> None:
        self._is_busy = False
        self._gallery.show_live(pictures if self._is_seen else {})


def small_pictures(look: Thumbnail, effects: list[str], values: Values) -> dict[str, QImage]:
    """The composite of each effect for a small frame; effects that fail or show the room are left out."""
    made = {}
    for name in effects:
        if not EFFECTS[name].needs_matte:
            continue
        try:
            effect = build_effect(EffectSettings(name, values))
        except BackdropError:
            continue
        background = effect.background(look.frame, look.alpha)
        picture = composite(look.frame, look.alpha, background, effect.replaces_room)
        made[name] = as_image(cover(picture, *_SIZE_PX))
    return made
