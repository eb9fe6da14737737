"""Make the Linux folder of build.spec smaller: strip libraries and remove those that nothing needs."""

from __future__ import annotations

import platform
import re
import subprocess
from pathlib import Path

Entry = tuple[str, str, str]
"""PyInstaller's entry: target path, source path, and BINARY, EXTENSION or SYMLINK."""

# Libraries whose symbol tables are a large part of the file.
_STRIPPED = r"^av/|^numpy/|libpython|lib-dynload|libicu(?!data)"


def slimmed(binaries: list[Entry], work: Path) -> list[Entry]:
    """The binaries to ship. Stripped copies go to `work`. Without binutils, the list stays as it is."""
    try:
        return without_orphans(stripped(binaries, work) if platform.machine() == "x86_64" else binaries)
    except FileNotFoundError as missing:
        print(f"build.spec: {missing.filename} is not installed; the folder stays larger.")
        return binaries


def without_orphans(binaries: list[Entry]) -> list[Entry]:
    """The binaries without libraries that nothing links to. Extensions and plug-ins always stay."""
    files = {dest: source for dest, source, kind in binaries if kind != "SYMLINK"}
    libraries = {dest for dest in files if "/" not in dest or re.search(r"/lib/|\.libs/", dest)}
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
    """The binaries, with stripped copies of those that `_STRIPPED` names."""
    result = []
    for dest, source, kind in binaries:
        file = source
        if kind != "SYMLINK" and re.search(_STRIPPED, dest):
            file = str(work / dest.replace("/", "_"))
            subprocess.run(["strip", "--strip-unneeded", "-o", file, source], check=True)
        result.append((dest, file, kind))
    return result
