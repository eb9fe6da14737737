"""The catalogue of networks: those that ship with Backdrop and the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.core.paths import assets_folder, user_networks_folder

if TYPE_CHECKING:
    from pathlib import Path

AUTO = "auto"
"""The name that stands for the network that suits this computer; see auto_select.py."""
LEVELS = {"fastest": "sinet", "balanced": "bisenet", "best": "bisenet_large"}
"""The levels that users choose from, fastest first, and their networks."""


def network_files() -> dict[str, Path]:
    """Name (of the file without .onnx) to path; a user's file replaces a shipped one of the same name."""
    folders = (assets_folder() / "models", user_networks_folder())
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.onnx"))}


def network_file(name: str) -> Path:
    """The file of a network. Raises BackdropError with the list of names."""
    files = network_files()
    if name not in files:
        raise BackdropError(
            "There is no network '{name}': there is {networks}.",
            name=name,
            networks=", ".join(files) or "none",
        )
    return files[name]
