"""Make Qt's ICU data smaller with ICU's own tools, in the way ICU describes for custom data.

`icupkg` removes items, `genccode` and gcc make a library of the rest. Qt calls four parts of ICU: converters,
collation, time zones, upper and lower case. What these need stays, in Backdrop's languages. Qt has its own
tables for all else (dates, numbers, line breaks). `icupkg` fails if a kept item needs a removed one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Languages of the window, and those that it is likely to get. In others, Qt sorts in ICU's default order.
LANGUAGES = ("ar", "de", "en", "es", "fa", "fr", "he", "iw", "it", "ja", "ko", "pt", "ru", "zh")

# What Qt does not call: line breaks, currencies, names of languages and regions, spelled numbers,
# transliteration, units, names of hosts and users, names of characters, look-alikes, emoji, normal forms.
_UNUSED = re.compile(
    r"(brkitr|curr|lang|rbnf|region|translit|unit)/|.*\.spp$|.*\.nrm$|(unames|confusables|uemoji|ulayout)\."
)
# A locale's own items: de.res, coll/zh_Hant.res. The rest of *.res is common to all languages.
_OF_A_LOCALE = re.compile(r"(?:coll/|zone/)?([a-z]{2,3})(?:_\w+)?\.res$")
# The encodings of web pages (encoding.spec.whatwg.org), for text that another program puts on the clipboard.
_CONVERTERS = re.compile(
    r"ibm-(866|912|913|914|915|1089|9005|5012|921|923|878|1168)_|iso-8859_1[04]-"  # ISO 8859, KOI8
    r"|ibm-(5346|5347|5348|5349|5350|9447|9448|9449|5354)_|windows-874|macos-(0_2|7_3)-"
    r"|gb18030|windows-936|ibm-(1386|1383)_|windows-950|ibm-(1373|1375)_"  # Chinese
    r"|euc-jp|jisx-212|ibm-(5478_|943_P15A)|windows-949|ibm-(1363_P11B|970_)"  # Japanese, Korean
)


def is_kept(item: str) -> bool:
    """Whether an item of ICU's data stays, such as `coll/de.res` or `gb18030.cnv`."""
    if _UNUSED.match(item):
        return False
    if item.endswith(".cnv"):
        return bool(_CONVERTERS.match(item))
    locale = _OF_A_LOCALE.match(item)
    return locale is None or locale[1] in LANGUAGES


def smaller(library: Path, work: Path) -> Path:
    """A smaller copy of `libicudata.so.NN` in the folder `work/icu`, with the same name and symbol.

    Raises FileNotFoundError if a tool is missing, CalledProcessError if a kept item needs a removed one.
    """
    package = f"icudt{library.name.rpartition('.')[2]}"
    # The tools take the names of all items from the name of the file, so it stays the same.
    part = work / "icu" / f"{package}l.dat"
    whole = part.parent / "whole" / part.name
    whole.parent.mkdir(parents=True, exist_ok=True)
    run("objcopy", "-O", "binary", "--only-section=.rodata", library, whole)
    removed = [item for item in run("icupkg", "-l", whole).split() if not is_kept(item)]
    listed = whole.with_name("removed.txt")
    listed.write_text("\n".join(removed) + "\n", encoding="utf-8")
    run("icupkg", "-r", listed, whole, part)
    run("genccode", "-q", "-a", "gcc", "-e", package, "-d", part.parent, part)
    result = part.with_name(library.name)
    soname = f"-Wl,-soname,{library.name}"
    run("gcc", "-shared", "-nostdlib", soname, "-o", result, part.with_name(f"{package}l_dat.S"))
    return result


def run(tool: str, *arguments: str | Path) -> str:
    """The output of a tool. Raises FileNotFoundError and CalledProcessError."""
    # Debian keeps two of ICU's tools in a folder that only root's PATH contains.
    place = shutil.which(tool, path=f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin")
    return subprocess.run([place or tool, *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout
