"""What makes the Linux folder of build.spec smaller: without what nobody reads, calls or links to."""

from __future__ import annotations

import platform
import re
import struct
import subprocess
from pathlib import Path

Entry = tuple[str, str, str]
"""PyInstaller's: where a file goes, where it comes from, and BINARY, EXTENSION or SYMLINK."""

# Libraries whose symbols take most of the file.
_STRIPPED = r"^av/|^numpy/|libpython|lib-dynload|libicu(?!data)"
# Nothing of Backdrop uses these, but others are linked to them: ICU's tables (Qt has its own for all that a
# window shows, and without them sorts names by their letters' numbers), the encoders of HEVC and AV1
# (Backdrop writes H.264), and Kerberos, by which QtNetwork could sign in somewhere.
_HOLLOW = r"libicudata|libx265|libSvtAv1Enc|libgssapi_krb5"
# What ICU takes for data with nothing in it: UDataInfo and an empty table, as in its own stubdata.cpp; and
# `xor eax, eax; ret`: FFmpeg asks x265 what it offers, and hears "nothing".
_EMPTY = struct.pack(
    "<HBBHHBBBB4s4s4s8xII", 32, 218, 39, 20, 0, 0, 0, 2, 0, b"ToCP", b"\1\0\0\0", bytes(4), 0, 0
)
_RETURN_NOTHING = b"\x31\xc0\xc3"


def slimmed(binaries: list[Entry], work: Path) -> list[Entry]:
    """Without what is not needed; made files go to `work`. Where binutils are missing it stays larger."""
    try:
        return without_orphans(smaller(binaries, work) if platform.machine() == "x86_64" else binaries)
    except FileNotFoundError as missing:
        print(f"build.spec: without {missing.filename} the folder stays larger.")
        return binaries


def without_orphans(binaries: list[Entry]) -> list[Entry]:
    """Without the libraries that only dropped ones needed. Extensions and plug-ins are needed in any case."""
    files = {dest: source for dest, source, kind in binaries if kind != "SYMLINK"}
    libraries = {dest for dest in files if "/" not in dest or re.search(r"/lib/|\.libs/", dest)}
    needed: set[str] = set()
    todo = {dest for dest in files if dest not in libraries or "libpython" in dest}
    while todo:
        needed |= todo
        asked = {name for dest in todo for name in linked(files[dest])}
        todo = {dest for dest in files if Path(dest).name in asked} - needed
    return [(dest, source, kind) for dest, source, kind in binaries if dest in needed or source in needed]


def linked(file: str) -> list[str]:
    """The names of the libraries that a file itself asks for; not, as ldd lists them, what those ask for."""
    told = subprocess.run(["objdump", "-p", file], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^ +NEEDED +(\S+)", told, re.MULTILINE)


def symbols(of: str, file: str) -> set[tuple[str, str]]:
    """The names of a library that nm lists with an option, each with its version or ''."""
    listed = subprocess.run(["nm", "-D", of, file], capture_output=True, text=True, check=True).stdout
    parts = (line.split()[-1].replace("@@", "@").partition("@") for line in listed.splitlines())
    return {(name, version) for name, _, version in parts}


def hollowed(name: str, source: str, users: list[str], work: Path) -> str:
    """A library that has the names which its users ask for, and nothing behind them."""
    (work / "empty.bin").write_bytes(_EMPTY if "icu" in name else _RETURN_NOTHING)
    asked = symbols("--defined-only", source) & set().union(*(symbols("--undefined-only", u) for u in users))
    names = [f"--defsym={symbol}=_binary_empty_bin_start" for symbol, _ in sorted(asked)]
    versions = "".join(f"{version} {{ {symbol}; }};\n" for version, symbol in _by_version(asked).items())
    (work / "versions").write_text(versions)
    subprocess.run(["ld", "-r", "-b", "binary", "empty.bin", "-o", "empty.o"], cwd=work, check=True)
    as_code = ["--rename-section", ".data=.text,alloc,load,readonly,code,contents"]
    subprocess.run(["objcopy", *as_code, "empty.o"], cwd=work, check=True)
    scripts = ["--version-script=versions"] if versions else []
    link = ["ld", "-shared", "-soname", name, *scripts, *names, "empty.o", "-o", name]
    subprocess.run(link, cwd=work, check=True)
    return str(work / name)


def _by_version(symbols: set[tuple[str, str]]) -> dict[str, str]:
    """Each version's names, as the linker takes them."""
    versions = sorted({version for _, version in symbols if version})
    return {v: "; ".join(sorted(name for name, version in symbols if version == v)) for v in versions}


def stripped(dest: str, source: str, work: Path) -> str:
    """A library without what only debuggers read."""
    made = work / dest.replace("/", "_")
    subprocess.run(["strip", "--strip-unneeded", "-o", str(made), source], check=True)
    return str(made)


def smaller(binaries: list[Entry], work: Path) -> list[Entry]:
    """With each library as small as it can be."""
    made = []
    for dest, source, kind in binaries:
        if kind != "SYMLINK" and re.search(_HOLLOW, dest):
            name = Path(dest).name
            users = [f for _, f, what in binaries if what != "SYMLINK" and name in linked(f)]
            source = hollowed(name, source, users, work)
        elif kind != "SYMLINK" and re.search(_STRIPPED, dest):
            source = stripped(dest, source, work)
        made.append((dest, source, kind))
    return made
