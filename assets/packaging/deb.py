"""Make a .deb of the folder that build.spec builds: `python -m assets.packaging.deb dist/backdrop FOLDER`.

Needs Debian's dpkg-deb. Prints the path of the package.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from app import __version__
from assets.packaging import layout

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
Description: {summary}
{description}
"""


def main(frozen: Path, folder: Path) -> Path:
    """Make the package and return its path."""
    machine = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    architecture = machine.stdout.strip()
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / f"backdrop_{__version__}_{architecture}.deb"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "root"
        layout.stage(frozen, root)
        size_kb = sum(path.lstat().st_size for path in root.rglob("*")) // 1024
        control = _CONTROL.format(
            version=__version__,
            architecture=architecture,
            size_kb=size_kb,
            libc=platform.libc_ver()[1],
            depends=_DEPENDS,
            summary=layout.SUMMARY,
            description="\n".join(f" {line}" for line in layout.DESCRIPTION),
        )
        layout.write(root / "DEBIAN/control", control.encode())
        root.chmod(0o755)
        build = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(package)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    return package


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2])))
