"""Where the files of an installed Backdrop lie on Linux, for every kind of package."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

from assets.packaging import icons, manual

ROOT = Path(__file__).resolve().parents[2]
LINUX = Path(__file__).parent / "linux"
ID = "io.github.backdrop.Backdrop"
SUMMARY = "virtual background for the webcam"
DESCRIPTION = (
    "Finds the person in the webcam's picture and blurs or replaces the room behind them,",
    "on an ordinary processor. Call programs see the result as a camera.",
)


def stage(frozen: Path, root: Path) -> None:
    """Arrange the files below `root` as they will be installed."""
    share = root / "usr/share"
    shutil.copytree(frozen, root / "usr/lib/backdrop", symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/backdrop").symlink_to("../lib/backdrop/backdrop")
    drawn = root / "icons"
    icons.main(drawn)
    for size_px in icons.SIZES_PX:
        copy(
            drawn / f"backdrop-{size_px}.png", share / f"icons/hicolor/{size_px}x{size_px}/apps/backdrop.png"
        )
    shutil.rmtree(drawn)
    copy(icons.DRAWING, share / "icons/hicolor/scalable/apps/backdrop.svg")
    copy(LINUX / "backdrop.desktop", share / "applications/backdrop.desktop")
    copy(LINUX / f"{ID}.metainfo.xml", share / f"metainfo/{ID}.metainfo.xml")
    copy(LINUX / "v4l2loopback.conf", share / "doc/backdrop/examples/v4l2loopback.conf")
    copy(frozen / "_internal/licences/OVERVIEW.txt", share / "doc/backdrop/copyright")
    unit = (ROOT / "assets/systemd/backdrop.service").read_text(encoding="utf-8")
    write(
        root / "usr/lib/systemd/user/backdrop.service", unit.replace("%h/.local/bin/", "/usr/bin/").encode()
    )
    write(share / "man/man1/backdrop.1.gz", gzip.compress(manual.page().encode(), mtime=0))
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(
                0o755 if path.is_dir() or (os.access(path, os.X_OK) and path.name == "backdrop") else 0o644
            )


def copy(source: Path, target: Path) -> None:
    """Copy a file and create its folder."""
    write(target, source.read_bytes())


def write(target: Path, data: bytes) -> None:
    """Write a file and create its folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
