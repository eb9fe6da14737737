"""Make a .deb of the folder that build.spec builds: `python -m assets.packaging.deb dist/backdrop FOLDER`.

Needs Debian's dpkg-deb. Prints the path of the package.
"""

from __future__ import annotations

import gzip
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from app import __version__
from assets.packaging import icons, manual

ROOT = Path(__file__).resolve().parents[2]
LINUX = Path(__file__).parent / "linux"
ID = "io.github.backdrop.Backdrop"

# Libraries that the desktop provides and a package should not contain: graphics, fonts, message bus.
_DEPENDS = (
    "libegl1, libgl1, libx11-6, libxcb1, libxkbcommon0, libdbus-1-3, libfontconfig1, libglib2.0-0, "
    "libgssapi-krb5-2, libzstd1, libstdc++6"
)
_CONTROL = """\
Package: backdrop
Version: {version}
Architecture: {architecture}
Maintainer: The Backdrop developers <backdrop@packages.invalid>
Installed-Size: {size_kb}
Depends: libc6 (>= {libc}), {depends}
Suggests: v4l2loopback-dkms
Section: video
Priority: optional
Description: virtual background for the webcam
 Finds the person in the webcam's picture and blurs or replaces the room behind them,
 on an ordinary processor. Call programs see the result as a camera.
"""


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


def main(frozen: Path, folder: Path) -> Path:
    """Make the package and return its path."""
    machine = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    architecture = machine.stdout.strip()
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / f"backdrop_{__version__}_{architecture}.deb"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "root"
        stage(frozen, root)
        size_kb = sum(path.lstat().st_size for path in root.rglob("*")) // 1024
        libc = platform.libc_ver()[1]
        control = _CONTROL.format(
            version=__version__, architecture=architecture, size_kb=size_kb, libc=libc, depends=_DEPENDS
        )
        write(root / "DEBIAN/control", control.encode())
        root.chmod(0o755)
        build = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(package)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    return package


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2])))
