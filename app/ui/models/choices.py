"""The choices for cameras and networks. Listing them blocks on devices and disks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError, any_reason
from app.engine.devices.cameras import list_cameras
from app.engine.networks.catalogue import AUTO, LEVELS, network_files
from app.engine.networks.segmenter import Segmenter

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list. `problem` says why it cannot be used; '' if it can."""

    key: str
    title: str
    problem: str = ""


def camera_choices() -> list[Choice]:
    """The cameras; the keys are the `spec` of the source settings."""
    cameras = list_cameras()
    names = [camera.name for camera in cameras]
    return [
        Choice(
            f"camera:{camera.id}",
            f"{camera.name} ({camera.node or camera.index})" if names.count(camera.name) > 1 else camera.name,
        )
        for camera in cameras
    ]


def network_choices() -> list[Choice]:
    """The networks: our levels from fastest to best, then the user's own."""
    files = {name: path for name, path in network_files().items() if path.is_file()}
    levels = {name: level for level, name in LEVELS.items() if name in files}
    ours = [Choice(AUTO, AUTO), *(Choice(name, level) for name, level in levels.items())]
    own = [_described(name, path, path.stat().st_mtime) for name, path in files.items() if name not in levels]
    return ours + own


@lru_cache
def _described(name: str, path: Path, modified_at: float) -> Choice:
    """The choice for a network; its title is in the file."""
    try:
        return Choice(name, Segmenter(path, "cpu").info.title)
    except BackdropError as error:
        return Choice(name, name, error.message)
    except Exception as error:  # One network never hides the others.
        return Choice(name, name, any_reason(error))
