"""Effects that need a file: used once it has proved to be good, tried off the window's thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.engine.capture.sources import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from app.engine.core.types import EffectSettings
from app.engine.pipeline.effects import EFFECTS, build_effect
from app.ui.services.task_runner import TaskRunner

_AFTER_REMOVAL = "blur"


def file_keys(effect: str) -> list[str]:
    """The keys of an effect's parameters that are files."""
    return [p.key for p in EFFECTS[effect].parameters if p.kind == "file"] if effect in EFFECTS else []


def effect_for(path: Path) -> str:
    """The effect that puts a file behind the person."""
    return "video" if path.suffix.lower() in VIDEO_SUFFIXES else "image"


def can_be_used(name: str, values: dict[str, float | str]) -> bool:
    """Whether an effect has the file that it needs, if it needs one."""
    files = [str(values.get(key, "")) for key in file_keys(name)]
    return all(file and effect_for(Path(file)) == name for file in files)


def with_picture(effect: EffectSettings, path: Path) -> EffectSettings:
    """The effect with a picture or video behind the person; the other values stay for later."""
    name = effect_for(path)
    return EffectSettings(name, {**effect.values, file_keys(name)[0]: str(path)})


def without_picture(effect: EffectSettings) -> EffectSettings:
    """What to show where the picture in use has been removed: the room stays hidden."""
    keys = file_keys(effect.name)
    kept = {key: value for key, value in effect.values.items() if key not in keys}
    return EffectSettings(_AFTER_REMOVAL if keys else effect.name, kept)


def picture_filter() -> str:
    """What a file dialog offers to open, in its own notation."""
    patterns = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES | VIDEO_SUFFIXES))
    pictures = QCoreApplication.translate("Pictures", "Pictures and videos")
    everything = QCoreApplication.translate("Pictures", "All files")
    return f"{pictures} ({patterns});;{everything} (*)"


class PictureCheck(QObject):
    """Tries effects that need a file; of several under way, only the last counts."""

    accepted = Signal(object)
    """EffectSettings that can be built."""
    refused = Signal(object, object)
    """EffectSettings that cannot, and the error that says why."""

    def __init__(self, errands: TaskRunner, parent: QObject | None = None) -> None:
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

        def refuse(error: Exception) -> None:
            if number == self._newest:
                self.refused.emit(effect, error)

        self._errands.run(partial(build_effect, effect), accept, refuse)

    def forget(self) -> None:
        """Whatever is being tried no longer counts: the user has moved on."""
        self._newest += 1
