"""The library of backgrounds: those that ship with Backdrop and the user's own. Blocks on the disk."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.atomic_files import atomic_write, part_of
from app.engine.core.errors import BackdropError, any_reason, disk_reason
from app.engine.core.image_ops import cover
from app.engine.core.paths import assets_folder, thumbnails_folder, user_backgrounds_folder
from app.engine.core.settings import EffectSettings
from app.engine.media.file_kinds import IMAGE_SUFFIXES, VIDEO_SUFFIXES, is_picture
from app.engine.media.looping_video import LoopingVideo
from app.engine.media.pictures.picture_reader import picture_kind, read_image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.engine.core.types import Picture

log = logging.getLogger(__name__)

_SUFFIXES = IMAGE_SUFFIXES | VIDEO_SUFFIXES
_LONGEST_NAME_BYTES = 255
THUMBNAIL_PX = 224, 140


@dataclass(frozen=True, slots=True)
class Background:
    """A picture or video of the library. `is_own`: the user added it and can remove it."""

    path: Path
    title: str
    is_own: bool
    is_video: bool = False
    """Whether it moves."""


class BackgroundLibrary:
    """The backgrounds and their thumbnails. Every method may raise BackdropError."""

    def __init__(self, ours: Path | None = None, own: Path | None = None, cache: Path | None = None) -> None:
        """The folders of the shipped and the user's backgrounds and of the thumbnails; None: default."""
        self._ours = ours or assets_folder() / "backgrounds"
        self._own = own or user_backgrounds_folder()
        self._cache = cache or thumbnails_folder()
        self._removed = self._own / "removed"

    def backgrounds(self) -> list[Background]:
        """All backgrounds: the shipped ones first, each kind sorted by name."""
        ours = [Background(path, _title(path), False, _moves(path)) for path in _pictures_in(self._ours)]
        return ours + [Background(path, path.stem, True, _moves(path)) for path in _pictures_in(self._own)]

    def add_file(self, path: Path) -> Background:
        """Copy a picture or video into the library if it can be read."""
        try:
            _first_picture(path)
        except BackdropError:
            raise
        except Exception as error:
            raise BackdropError(
                "'{path}' cannot be read: {reason}.", path=path, reason=any_reason(error)
            ) from error
        # In the library a file's name tells its kind.
        fitting, usual = (IMAGE_SUFFIXES, ".jpg") if is_picture(path) else (VIDEO_SUFFIXES, ".mp4")
        if picture_kind(path) == "moving":
            fitting, usual = _SUFFIXES, ".gif"
        name = path.name if path.suffix.lower() in fitting else f"{path.name}{usual}"
        return self._add(name, lambda target: shutil.copyfile(path, target))

    def add_encoded(self, data: bytes, name: str) -> Background:
        """Add a picture from the bytes of its file."""
        return self._add(name, lambda target: target.write_bytes(data))

    def remove(self, path: Path) -> None:
        """Remove one of the user's pictures; until `forget_removed` it can be restored."""
        with _os_errors_as_backdrop_errors(path):
            self._removed.mkdir(parents=True, exist_ok=True)
            path.replace(self._removed / path.name)

    def restore(self, path: Path) -> None:
        """Restore a removed picture."""
        with _os_errors_as_backdrop_errors(path):
            (self._removed / path.name).replace(path)

    def forget_removed(self) -> None:
        """Delete the removed pictures."""
        shutil.rmtree(self._removed, ignore_errors=True)

    def settled(self, effect: EffectSettings) -> EffectSettings:
        """The effect with the present path of a shipped picture, if Backdrop was moved since."""
        file = str(effect.values.get("file", ""))
        here = self._ours / Path(file).name
        if not file or Path(file).parent.name != self._ours.name or Path(file).exists() or not here.exists():
            return effect
        return EffectSettings(effect.name, {**effect.values, "file": str(here)})

    def thumbnails(self, backgrounds: list[Background]) -> list[Picture | None]:
        """A thumbnail of each, BGR; None if it cannot be read. Deletes all other thumbnails."""
        places = [self._thumbnail_path(background.path) for background in backgrounds]
        pictures = [_thumbnail(b.path, place) for b, place in zip(backgrounds, places, strict=True)]
        for stale in set(self._cache.glob("*.png")) - set(places):
            with suppress(OSError):
                stale.unlink(missing_ok=True)
        return pictures

    def _add(self, name: str, write: Callable[[Path], object]) -> Background:
        target = next(path for path in _names_like(self._own / name) if not path.exists())
        with _os_errors_as_backdrop_errors(target):
            self._own.mkdir(parents=True, exist_ok=True)
            with part_of(target) as part:
                write(part)
                part.replace(target)
        return Background(target, target.stem, True, _moves(target))

    def _thumbnail_path(self, path: Path) -> Path:
        try:
            state = path.stat()
        except OSError:
            return self._cache / "gone"
        known_by = f"{path}|{state.st_mtime_ns}|{state.st_size}|{THUMBNAIL_PX}"
        return self._cache / f"{hashlib.sha256(os.fsencode(known_by)).hexdigest()[:24]}.png"


def _pictures_in(folder: Path) -> list[Path]:
    # Not Path.is_file, which raises for a link into a folder that the user may not read.
    pictures = [p for p in folder.glob("*") if p.suffix.lower() in _SUFFIXES and os.path.isfile(p)]  # noqa: PTH113
    return sorted(pictures, key=lambda p: p.stem.lower())


def _moves(path: Path) -> bool:
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return True
    try:
        return picture_kind(path) == "moving"
    except Exception:  # One background never hides the others.
        return False


def _title(path: Path) -> str:
    return path.stem.replace("-", " ").capitalize()


def _names_like(path: Path) -> Iterator[Path]:
    """The path, and the same with numbers; a name that is too long is cut."""
    for number in ("", *(f" {count}" for count in range(2, 10_000))):
        room = _LONGEST_NAME_BYTES - len(os.fsencode(f"{number}{path.suffix}"))
        stem = path.stem
        if len(os.fsencode(stem)) > room:
            stem = os.fsencode(stem)[:room].decode(errors="ignore")
        yield path.with_name(f"{stem}{number}{path.suffix}")


def _thumbnail(path: Path, kept_at: Path) -> Picture | None:
    """The thumbnail, from the cache if it is there; None if the picture cannot be read."""
    with suppress(Exception):  # Missing or damaged.
        return read_image(kept_at)
    try:
        small = cover(_first_picture(path), *THUMBNAIL_PX)
        done, data = cv2.imencode(".png", small)
    except Exception as error:  # One picture never hides the others.
        log.info("'%s' has no thumbnail: %s", path, error)
        return None
    if done:
        with suppress(OSError):  # Without the cache the next start is only slower.
            atomic_write(kept_at, np.asarray(data).tobytes())
    return small


def _first_picture(path: Path) -> Picture:
    """The picture, or the first frame of a video."""
    return read_image(path, THUMBNAIL_PX) if is_picture(path) else LoopingVideo(path).first


@contextmanager
def _os_errors_as_backdrop_errors(path: Path) -> Iterator[None]:
    """Convert OSError to BackdropError."""
    try:
        yield
    except OSError as error:
        raise BackdropError(
            "'{path}' cannot be changed: {reason}.", path=path, reason=disk_reason(error)
        ) from error
