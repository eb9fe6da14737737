"""Effects that need a file: which one a file needs, and the effect with or without it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.engine.core.settings import EffectSettings
from app.engine.media.file_kinds import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from app.engine.pipeline.effects import EFFECTS

_AFTER_REMOVAL = "blur"
_PICTURE, _SLIDES = "file", "slides"
"""The keys of a picture or video, and of slides."""


def file_keys(effect: str) -> list[str]:
    """The keys of an effect's parameters that are files."""
    return [p.key for p in EFFECTS[effect].parameters if p.kind == "file"] if effect in EFFECTS else []


def effect_for(path: Path) -> str:
    """The effect that shows a file as the background."""
    return "video" if path.suffix.lower() in VIDEO_SUFFIXES else "image"


def can_be_used(name: str, values: dict[str, float | str]) -> bool:
    """Whether the values name the file that an effect needs, if it needs one."""
    files = [str(values.get(key, "")) for key in file_keys(name)]
    return all(file and name in (_SLIDES, effect_for(Path(file))) for file in files)


def with_picture(effect: EffectSettings, path: Path) -> EffectSettings:
    """The effect with a picture or video as background; the other values stay for later."""
    name = effect_for(path)
    return EffectSettings(name, {**effect.values, file_keys(name)[0]: str(path)})


def without_picture(effect: EffectSettings) -> EffectSettings:
    """The effect after its picture was removed; it hides the room."""
    kept = {key: value for key, value in effect.values.items() if key != _PICTURE}
    return EffectSettings(_AFTER_REMOVAL if _PICTURE in file_keys(effect.name) else effect.name, kept)


def with_slides(effect: EffectSettings, path: Path) -> EffectSettings:
    """The effect with a PDF or folder as slides, at its first page; the other values stay for later."""
    return EffectSettings(_SLIDES, {**effect.values, _SLIDES: str(path), "page": 1.0})


def picture_filter() -> str:
    """The filter of the file dialog, in Qt's notation."""
    patterns = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES | VIDEO_SUFFIXES))
    pictures = QCoreApplication.translate("Pictures", "Pictures and videos")
    everything = QCoreApplication.translate("Pictures", "All files")
    return f"{pictures} ({patterns});;{everything} (*)"
