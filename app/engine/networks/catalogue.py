"""The catalogue of networks: those that ship with Backdrop and the user's own."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from app.engine.core.errors import BackdropError
from app.engine.core.paths import assets_folder, user_networks_folder

if TYPE_CHECKING:
    from pathlib import Path

AUTO = "auto"
"""The name that stands for the network that suits this computer; see auto_select.py."""
Kind = Literal["alpha", "parts", "people"]
_KINDS: dict[Kind, bytes] = {  # How metadata_props of onnx.proto says it.
    "parts": b"\n\x04kind\x12\x05parts",
    "people": b"\n\x04kind\x12\x06people",
}
_METADATA_BYTES = 1_000_000
LEVELS = {"fastest": "sinet", "balanced": "bisenet", "best": "bisenet_large"}
"""The levels that users choose from, fastest first, and their networks."""


def network_files(kind: Kind = "alpha") -> dict[str, Path]:
    """Name (of the file without .onnx) to path; a user's file replaces a shipped one of the same name.

    kind: "alpha" for the networks that find the person, "parts" for those that find the parts of a face,
    "people" for those that tell people apart.
    """
    folders = (assets_folder() / "models", user_networks_folder())
    paths = (path for folder in folders for path in sorted(folder.glob("*.onnx")))
    return {path.stem: path for path in paths if kind_of(path) == kind}


def kind_of(path: Path) -> Kind:
    """What a network's file finds, by its metadata; "alpha" if it does not say it or cannot be read."""
    try:
        about = path.stat()
        return _kind(path, about.st_size, about.st_mtime_ns)
    except OSError:
        return "alpha"


@lru_cache
def _kind(path: Path, size_bytes: int, modified_at_ns: int) -> Kind:
    with path.open("rb") as file:
        # A session takes fifty times as long. The metadata are near the end of the file.
        file.seek(max(0, size_bytes - _METADATA_BYTES))
        end = file.read()
    return next((kind for kind, said in _KINDS.items() if said in end), "alpha")


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
