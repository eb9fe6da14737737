"""Make a .rpm of the folder that build.spec builds: `python -m assets.packaging.rpm dist/backdrop FOLDER`.

Needs rpmbuild. Prints the path of the package.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app import __version__
from assets.packaging import layout

# Libraries that the desktop provides, by the names of their files, which are the same on Fedora and openSUSE.
_REQUIRES = (
    "libEGL.so.1",
    "libGL.so.1",
    "libX11.so.6",
    "libxcb.so.1",
    "libxkbcommon.so.0",
    "libdbus-1.so.3",
    "libfontconfig.so.1",
    "libglib-2.0.so.0",
    "libgssapi_krb5.so.2",
    "libzstd.so.1",
    "libstdc++.so.6",
)
_SPEC = """\
Name: backdrop
Version: {version}
Release: 1
Summary: {summary}
License: GPL-3.0-or-later
{requires}
AutoReqProv: no
%global debug_package %{{nil}}
%global __os_install_post %{{nil}}
%global _build_id_links none
%global _binary_payload w6.xzdio

%description
{description}

%files
/usr/bin/backdrop
/usr/lib/backdrop
/usr/lib/systemd/user/backdrop.service
/usr/share/applications/backdrop.desktop
/usr/share/icons/hicolor/*/apps/backdrop.*
/usr/share/metainfo/{id}.metainfo.xml
/usr/share/doc/backdrop
/usr/share/man/man1/backdrop.1.gz

%changelog
* {date} The Backdrop developers <backdrop@packages.invalid> - {version}-1
- See CHANGELOG.md.
"""


def spec() -> str:
    """The spec file."""
    requires = [*_REQUIRES, f"libc.so.6(GLIBC_{platform.libc_ver()[1]})"]
    return _SPEC.format(
        version=__version__,
        summary=layout.SUMMARY.capitalize(),
        description="\n".join(layout.DESCRIPTION),
        # The mark of 64-bit libraries.
        requires="\n".join(
            f"Requires: {name}{'(64bit)' if '(' in name else '()(64bit)'}" for name in requires
        ),
        id=layout.ID,
        date=time.strftime("%a %b %d %Y", time.gmtime()),
    )


def main(frozen: Path, folder: Path) -> Path:
    """Make the package and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        layout.stage(frozen, work / "root")
        (work / "backdrop.spec").write_text(spec(), encoding="utf-8")
        build = [
            "rpmbuild",
            "-bb",
            "--quiet",
            f"--buildroot={work / 'root'}",
            *("--define", f"_topdir {work / 'rpm'}"),
            *("--define", f"_rpmdir {work / 'made'}"),
            str(work / "backdrop.spec"),
        ]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        made = next((work / "made").rglob("*.rpm"))
        package = folder / made.name
        package.write_bytes(made.read_bytes())
    return package


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2])))
