"""Write a PKGBUILD for Arch Linux: `python -m assets.packaging.arch FILE.deb FOLDER`.

With the .deb beside it, `makepkg` makes a package of the same files. Prints the path.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from app import __version__
from assets.packaging import layout

_PKGBUILD = """\
# Makes a package of the files of Backdrop's .deb: put both into one folder and run makepkg.
pkgname=backdrop
pkgver={version}
pkgrel=1
pkgdesc='{summary}'
arch=('x86_64')
license=('GPL-3.0-or-later')
depends=('glibc>={libc}' 'gcc-libs' 'dbus' 'fontconfig' 'glib2' 'krb5' 'libglvnd' 'libx11' 'libxcb'
         'libxkbcommon' 'zstd')
optdepends=('v4l2loopback-dkms: a camera for programs that cannot use PipeWire')
options=('!strip' '!debug')
source=('{deb}')
sha256sums=('{sha256}')
noextract=('{deb}')

package() {{
    bsdtar -xOf "$srcdir/{deb}" data.tar.xz | bsdtar -xf - -C "$pkgdir"
}}
"""


def main(deb: Path, folder: Path, libc: str) -> Path:
    """Write the PKGBUILD and return its path. libc: the oldest version of the C library that works."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "PKGBUILD"
    path.write_text(
        _PKGBUILD.format(
            version=__version__,
            summary=layout.SUMMARY.capitalize(),
            libc=libc,
            deb=deb.name,
            sha256=hashlib.sha256(deb.read_bytes()).hexdigest(),
        ),
        encoding="utf-8",
    )
    return path


if __name__ == "__main__":
    import platform

    print(main(Path(sys.argv[1]), Path(sys.argv[2]), platform.libc_ver()[1]))
