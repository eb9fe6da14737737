"""Make the Linux folder of build.spec smaller: strip libraries, reduce ICU's data, remove orphans."""

from __future__ import annotations

import platform
import re
import subprocess
from functools import partial
from pathlib import Path

from assets.packaging.smaller import icu

Entry = tuple[str, str, str]
"""PyInstaller's entry: target path, source path, and BINARY, EXTENSION or SYMLINK."""

# Libraries whose symbol tables are a large part of the file.
_STRIPPED = r"^av/|^numpy/|^PIL/|^_?pi_heif|^pypdfium2_raw/|libpython|lib-dynload|libicu(?!data)"


def slimmed(binaries: list[Entry], work: Path) -> list[Entry]:
    """The binaries to ship. Changed copies go to `work`. A step whose tool is not installed is left out."""
    for step in (partial(stripped, work=work), partial(with_smaller_icu, work=work), without_orphans):
        try:
            binaries = step(binaries)
        except FileNotFoundError as missing:
            print(f"build.spec: {missing.filename} is not installed; the folder stays larger.")
    return binaries


def without_orphans(binaries: list[Entry]) -> list[Entry]:
    """The binaries without libraries that nothing links to. Extensions and plug-ins always stay."""
    files = {dest: source for dest, source, kind in binaries if kind != "SYMLINK"}
    extensions = {dest for dest, _, kind in binaries if kind == "EXTENSION"}
    libraries = {dest for dest in files if "/" not in dest or re.search(r"/lib/|\.libs/", dest)} - extensions
    needed: set[str] = set()
    todo = {dest for dest in files if dest not in libraries or "libpython" in dest}
    while todo:
        needed |= todo
        names = {name for dest in todo for name in linked(files[dest])}
        todo = {dest for dest in files if Path(dest).name in names} - needed
    return [(dest, source, kind) for dest, source, kind in binaries if dest in needed or source in needed]


def linked(file: str) -> list[str]:
    """The libraries that a file links to directly; ldd would list indirect ones too."""
    headers = subprocess.run(["objdump", "-p", file], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^ +NEEDED +(\S+)", headers, re.MULTILINE)


def stripped(binaries: list[Entry], work: Path) -> list[Entry]:
    """The binaries, on x86-64 with stripped copies of those that `_STRIPPED` names."""
    if platform.machine() != "x86_64":
        return binaries
    result = []
    for dest, source, kind in binaries:
        file = source
        if kind != "SYMLINK" and re.search(_STRIPPED, dest):
            file = str(work / dest.replace("/", "_"))
            subprocess.run(["strip", "--strip-unneeded", "-o", file, source], check=True)
        result.append((dest, file, kind))
    return result


def with_smaller_icu(binaries: list[Entry], work: Path) -> list[Entry]:
    """The binaries, with a smaller copy of Qt's ICU data."""
    return [
        (dest, str(icu.smaller(Path(source), work)), kind)
        if kind != "SYMLINK" and re.search(r"/libicudata\.so\.\d+$", dest)
        else (dest, source, kind)
        for dest, source, kind in binaries
    ]
