"""The user's own pictures: used once they have proved to be good, read off the window's thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.engine.effects import EFFECTS, build_effect
from app.engine.filters import cover
from app.engine.media import read_image
from app.engine.types import EffectSettings
from app.ui.errands import Errands
from app.ui.preview import as_image

_THUMBNAIL_PX = 192, 128


def file_keys(effect: str) -> list[str]:
    """The keys of an effect's parameters that are files."""
    return [p.key for p in EFFECTS[effect].parameters if p.kind == "file"] if effect in EFFECTS else []


class PictureCheck(QObject):
    """Tries effects that need a file; of several under way, only the last counts."""

    accepted = Signal(object)
    """EffectSettings that can be built."""
    refused = Signal(object, object)
    """EffectSettings that cannot, and the error that says why."""
    thumbnail_ready = Signal(str, QImage)
    """An effect's name and a small picture of its file."""

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._newest = 0

    def check(self, effect: EffectSettings) -> None:
        """Find out whether the effect can be used; the answer comes as a signal."""
        self._newest += 1
        number = self._newest

        def accept(_: object) -> None:
            if number == self._newest:
                self.accepted.emit(effect)
                self.load_thumbnails(effect)

        def refuse(error: Exception) -> None:
            if number == self._newest:
                self.refused.emit(effect, error)

        self._errands.run(partial(build_effect, effect), accept, refuse)

    def forget(self) -> None:
        """Whatever is being tried no longer counts: the user has moved on."""
        self._newest += 1

    def load_thumbnails(self, effect: EffectSettings) -> None:
        """Read the small pictures of all files among the values, whichever effect they belong to."""
        for name in EFFECTS:
            for key in file_keys(name):
                path = str(effect.values.get(key, ""))
                if path:
                    self._errands.run(partial(_thumbnail, path), partial(self.thumbnail_ready.emit, name))


def _thumbnail(path: str) -> QImage:
    return as_image(cover(read_image(Path(path)), *_THUMBNAIL_PX))
