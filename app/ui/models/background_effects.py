"""Effects that need a file: which one a file needs, and the effect with or without it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.engine.core.settings import EffectSettings
from app.engine.media.file_kinds import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from app.engine.pipeline.effects import EFFECTS

_AFTER_REMOVAL = "blur"


def file_keys(effect: str) -> list[str]:
    """The keys of an effect's parameters that are files."""
    return [p.key for p in EFFECTS[effect].parameters if p.kind == "file"] if effect in EFFECTS else []


def effect_for(path: Path) -> str:
    """The effect that shows a file as the background."""
    return "video" if path.suffix.lower() in VIDEO_SUFFIXES else "image"


def can_be_used(name: str, values: dict[str, float | str]) -> bool:
    """Whether the values name the file that an effect needs, if it needs one."""
    files = [str(values.get(key, "")) for key in file_keys(name)]
    return all(file and effect_for(Path(file)) == name for file in files)


def with_picture(effect: EffectSettings, path: Path) -> EffectSettings:
    """The effect with a picture or video as background; the other values stay for later."""
    name = effect_for(path)
    return EffectSettings(name, {**effect.values, file_keys(name)[0]: str(path)})


def without_picture(effect: EffectSettings) -> EffectSettings:
    """The effect after its picture was removed; it hides the room."""
    keys = file_keys(effect.name)
    kept = {key: value for key, value in effect.values.items() if key not in keys}
    return EffectSettings(_AFTER_REMOVAL if keys else effect.name, kept)


def picture_filter() -> str:
    """The filter of the file dialog, in Qt's notation."""
    patterns = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES | VIDEO_SUFFIXES))
    pictures = QCoreApplication.translate("Pictures", "Pictures and videos")
    everything = QCoreApplication.translate("Pictures", "All files")
    return f"{pictures} ({patterns});;{everything} (*)"
