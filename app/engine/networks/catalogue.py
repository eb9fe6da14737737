"""Which networks are there: those that ship with Backdrop, and the user's own."""

from __future__ import annotations

from pathlib import Path

from app.engine.core.errors import BackdropError
from app.engine.core.paths import assets_folder, user_networks_folder

AUTO = "auto"
"""The name that stands for the network that suits the machine; see auto_network.py."""
LEVELS = {"fastest": "sinet", "balanced": "bisenet", "best": "bisenet_large"}
"""What users choose among, from the cheapest to the best, and which network that is."""


def network_files() -> dict[str, Path]:
    """Name (the file's, without .onnx) to path; a user's file wins over ours of the same name."""
    folders = (assets_folder() / "models", user_networks_folder())
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.onnx"))}


def network_file(name: str) -> Path:
    """The file of a network. Raises BackdropError listing the names there are."""
    files = network_files()
    if name not in files:
        raise BackdropError(
            "There is no network '{name}': there is {networks}.",
            name=name,
            networks=", ".join(files) or "none",
        )
    return files[name]
