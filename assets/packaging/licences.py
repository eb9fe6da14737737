"""Collect the licences of everything in a package: `python -m assets.packaging.licences FOLDER`.

Run it in the environment that the package is built from. It fails if a licence is missing.
"""

from __future__ import annotations

import re
import shutil
import sys
import sysconfig
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
TEXTS = Path(__file__).parent / "texts"
_IS_LICENCE = re.compile(
    r"\.dist-info/licenses/|(LICEN[CS]E|COPYING|NOTICE|ThirdPartyNotices)[^/]*(?<!\.pyc)$", re.IGNORECASE
)

# Packages that contain no licence text, with the texts that apply.
_WITHOUT_TEXT = {
    "pyside6-essentials": ("LGPL-3", "GPL-3"),
    "shiboken6": ("LGPL-3", "GPL-3"),
    "flatbuffers": ("Apache-2.0",),
}
# PyAV contains FFmpeg and the libraries that FFmpeg links to, without their licence texts.
_IN_PYAV = {
    "FFmpeg": (r"libav|libsw", "LGPL-3 (built with --enable-version3)"),
    "x264": (r"libx264", "GPL-2 or later"),
    "x265": (r"libx265", "GPL-2 or later"),
    "SVT-AV1": (r"libSvtAv1", "BSD-3-Clause-Clear"),
    "dav1d": (r"libdav1d", "BSD-2-Clause"),
    "libvpx": (r"libvpx", "BSD-3-Clause"),
    "libwebp": (r"libwebp|libsharpyuv", "BSD-3-Clause"),
    "oneVPL": (r"libvpl", "MIT"),
    "Opus": (r"libopus", "BSD-3-Clause"),
    "LAME": (r"libmp3lame", "LGPL-2 or later"),
    "OpenCORE": (r"libopencore", "Apache-2.0"),
    "GnuTLS": (r"libgnutls", "LGPL-2.1 or later"),
    "Nettle": (r"libnettle|libhogweed", "LGPL-3 or GPL-2, or later"),
    "GMP": (r"libgmp", "LGPL-3 or GPL-2, or later"),
    "libunistring": (r"libunistring", "LGPL-3 or GPL-2, or later"),
    "ALSA": (r"libasound", "LGPL-2.1 or later"),
    "X11": (r"libxcb|libXau|libXdmcp|libX11", "MIT"),
    "libdrm": (r"libdrm", "MIT"),
    "zlib, bzip2, xz, iconv, C++ and Fortran run-time": (
        r"libz|zlib|libbz2|liblzma|libiconv|libstdc|libgcc|libwinpthread|msvcp|vcruntime|libc\+\+",
        "zlib, bzip2, 0BSD, LGPL-2.1, GPL-3 with the run-time exception",
    ),
}


# Prefixes of the Debian packages whose libraries PyInstaller may copy from the build system.
_SYSTEM_PACKAGES = """
    libxcb libx11 libxau libxdmcp libxkbcommon libstdc++6 libgcc-s1 zlib1g libffi libfontconfig1 libfreetype6
    libexpat1 libbrotli libpng16 libdbus-1 libsystemd0 libbsd0 libmd0 libbz2 liblzma5 libglib2 libgcrypt20
    libgpg-error0 liblz4 libzstd1 libcap2 libwayland libuuid1 libpcre2 libgssapi-krb5 libkrb5 libk5crypto3
    libcom-err2 libkeyutils1
"""


def shipped() -> Iterator[Distribution]:
    """Yield Backdrop's direct and indirect requirements on this system, each once, by name."""
    found: dict[str, Distribution] = {}
    todo = list(distribution("backdrop").requires or [])
    while todo:
        requirement = Requirement(todo.pop())
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            sys.exit(f"{requirement} is not installed: install Backdrop into this environment first.")
        todo += found[name].requires or []
    yield from (found[name] for name in sorted(found))


def texts_of(package: Distribution) -> list[Path]:
    """The licence files of a package. Exits if there are none."""
    files = [
        Path(str(package.locate_file(file))) for file in package.files or [] if _IS_LICENCE.search(str(file))
    ]
    name = re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()
    files += [TEXTS / f"{text}.txt" for text in _WITHOUT_TEXT.get(name, ())]
    files = [file for file in files if file.is_file()]
    return files or sys.exit(f"{name} contains no licence: add its text to {__file__}.")


def in_pyav() -> list[str]:
    """One line for each library in PyAV. Exits if a library is not in the table."""
    files = {
        Path(str(file)).name
        for file in distribution("av").files or []
        if re.search(r"av\.libs/|\.dylibs/", str(file))
    }
    unknown = [f for f in files if not any(re.match(pattern, f) for pattern, _ in _IN_PYAV.values())]
    if unknown:
        sys.exit(f"PyAV contains {', '.join(sorted(unknown))}: add the licences to {__file__}.")
    there = {n: text for n, (pattern, text) in _IN_PYAV.items() if any(re.match(pattern, f) for f in files)}
    return [f"{name}: {text}" for name, text in there.items()]


def of_the_system() -> Iterator[tuple[str, Path]]:
    """Yield the Debian packages whose libraries a Linux package may contain, with their copyright files."""
    prefixes = tuple(_SYSTEM_PACKAGES.split())
    for folder in sorted(Path("/usr/share/doc").glob("*")):
        text = folder / "copyright"
        if folder.name.startswith(prefixes) and "-dev" not in folder.name and text.is_file():
            yield folder.name, text


def pythons_own() -> Path:
    """Python's licence file. Its place depends on the system."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places = (
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path("/usr/share/doc") / version / "copyright",
    )
    return next((place for place in places if place.is_file()), None) or sys.exit(
        "Python's licence is missing."
    )


def main(folder: Path) -> None:
    """Copy all licence texts into a folder and write an overview."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    overview = [
        "What Backdrop's packages contain, and under which licences. Backdrop itself: MIT (LICENSE).",
        "",
        "FFmpeg comes with x264 and x265, whose licence is the GPL: a package as a whole may be passed on",
        "under the terms of the GPL, version 3 or later, only. Backdrop's own code stays MIT. The sources of",
        "each library are where its project publishes them, in the version named here or in the lock file;",
        "the list of parts (SBOM) beside a package names every file. OpenCV and NumPy in Linux packages are",
        "built from the sources of the versions named here, unchanged, by opencv.sh and numpy.sh in",
        "assets/packaging/smaller; of Qt's ICU data, icu.py there keeps a part.",
        "",
        "The trained networks are data, not part of that program: some of the photos they were trained on",
        "are for research use only, as the cards beside them (assets/models) say.",
        "",
    ]
    shutil.copy(ROOT / "LICENSE", folder / "LICENSE")
    for package in shipped():
        name, metadata = package.metadata["Name"], package.metadata.json
        into = folder / f"{name}-{package.version}"
        into.mkdir()
        for number, text in enumerate(texts_of(package)):
            shutil.copy(
                text, into / (text.name if not (into / text.name).exists() else f"{number}-{text.name}")
            )
        expression = metadata.get("license_expression") or metadata.get("license") or "see its text"
        overview.append(f"{name} {package.version}: {str(expression).splitlines()[0]}")
    overview += ["", "Inside PyAV:", *in_pyav()]
    for text in TEXTS.glob("*.txt"):
        shutil.copy(text, folder / text.name)
    shutil.copy(pythons_own(), folder / "Python-LICENSE.txt")
    overview += ["", f"Python {sys.version.split()[0]}: PSF-2.0 (Python-LICENSE.txt)"]
    overview.append("PyInstaller's boot loader: GPL-2 or later, with an exception for the programs it starts")
    if sys.platform == "linux":
        for name, text in of_the_system():
            shutil.copy(text, folder / f"debian-{name}.txt")
        overview.append("Libraries of the build system: the files debian-*.txt")
    (folder / "OVERVIEW.txt").write_text("\n".join(overview) + "\n", encoding="utf-8")
    print(f"{len(list(folder.rglob('*')))} files in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
