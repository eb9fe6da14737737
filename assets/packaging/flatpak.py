"""Write a Flatpak manifest: `python -m assets.packaging.flatpak FILE.deb FOLDER`.

With the .deb beside it, `flatpak-builder build io.github.backdrop.Backdrop.json` builds the same files.
`flatpak-builder --show-manifest` accepts it; it was never built, as its runtime is a download.
Prints the path.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from assets.packaging import layout

_PERMISSIONS = (
    "--share=ipc",
    "--socket=wayland",
    "--socket=fallback-x11",
    "--socket=pulseaudio",
    # Cameras and v4l2loopback devices.
    "--device=all",
    # The virtual camera is a node in the user's own PipeWire.
    "--filesystem=xdg-run/pipewire-0",
    "--filesystem=xdg-videos",
    "--filesystem=xdg-pictures",
)
"""No network: streams by URL do not work in the sandbox."""
_COMMANDS = (
    "ar x backdrop.deb data.tar.xz && tar -xf data.tar.xz && rm backdrop.deb data.tar.xz",
    "mkdir -p /app/lib /app/bin /app/share",
    "cp -a usr/lib/backdrop /app/lib/",
    "ln -s ../lib/backdrop/backdrop /app/bin/backdrop",
    "cp -a usr/share/applications usr/share/icons usr/share/metainfo /app/share/",
)


def manifest(deb: Path) -> dict[str, object]:
    """The manifest that builds the files of a .deb."""
    return {
        "id": layout.ID,
        "runtime": "org.freedesktop.Platform",
        "runtime-version": "24.08",
        "sdk": "org.freedesktop.Sdk",
        "command": "backdrop",
        "rename-desktop-file": "backdrop.desktop",
        "rename-icon": "backdrop",
        "finish-args": list(_PERMISSIONS),
        "modules": [
            {
                "name": "backdrop",
                "buildsystem": "simple",
                "build-options": {"strip": False, "no-debuginfo": True},
                "build-commands": list(_COMMANDS),
                "sources": [
                    {
                        "type": "file",
                        "path": deb.name,
                        "sha256": hashlib.sha256(deb.read_bytes()).hexdigest(),
                        "dest-filename": "backdrop.deb",
                    }
                ],
            }
        ],
    }


def main(deb: Path, folder: Path) -> Path:
    """Write the manifest and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{layout.ID}.json"
    path.write_text(json.dumps(manifest(deb), indent=2) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2])))
