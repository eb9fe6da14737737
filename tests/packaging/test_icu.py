"""Qt's ICU data, made smaller: what Qt calls gives the same results."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assets.packaging.smaller import icu

# Sorts words and numbers, opens converters, and names time zones.
PROBE = """
import functools
from PySide6.QtCore import QCollator, QLocale, QStringDecoder, QTimeZone

LANGUAGES = "en_US zh_CN zh_TW de_DE fr_FR fr_CA es_ES ja_JP ar_EG he_IL fa_IR ru_RU ko_KR it_IT pt_BR"
WORDS = "zebra Äpfel apfel Öl oel ñandú nube côte coté 北京 上海 重庆 あいう アイウ אבא בית شجرة بيت 10 9"
DAYLIGHT = QTimeZone.TimeType.DaylightTime
ISO_8859 = [f"iso-8859-{part}" for part in (*range(2, 9), 10, 13, 14, 15)]
WINDOWS = [f"windows-{page}" for page in (874, *range(1250, 1259))]
OTHERS = "ibm866 koi8-r koi8-u macintosh x-mac-cyrillic gbk gb18030 gb2312 big5 big5-hkscs euc-jp euc-kr"

for name in LANGUAGES.split():
    locale = QLocale(name)
    collator = QCollator(locale)
    collator.setNumericMode(True)
    print(name, *sorted(WORDS.split(), key=functools.cmp_to_key(collator.compare)))
    for zone in map(QTimeZone, (b"Europe/Berlin", b"Asia/Shanghai", b"America/New_York")):
        print(*(zone.displayName(DAYLIGHT, kind, locale) for kind in QTimeZone.NameType))
    print(locale.toUpper("straße iı"), locale.toLower("ÉİΣ"))
print(QLocale("tr_TR").toUpper("iı"))
assert all(QStringDecoder(label).isValid() for label in [*ISO_8859, *WINDOWS, *OTHERS.split(), "shift_jis"])
print([line.split()[-1] for line in open("/proc/self/maps") if "libicudata" in line][0])
"""


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("root.res", True),
        ("coll/root.res", True),
        ("coll/ucadata.icu", True),
        ("coll/zh_Hant.res", True),
        ("zone/de_AT.res", True),
        ("sv.res", False),
        ("coll/sv_FI.res", False),
        ("brkitr/cjdict.dict", False),
        ("curr/en.res", False),
        ("currencyNumericCodes.res", True),
        ("units.res", True),
        ("gb18030.cnv", True),
        ("ibm-866_P100-1995.cnv", True),
        ("ibm-867_P100-1998.cnv", False),
        ("ibm-1047_P100-1995.cnv", False),
    ],
)
def test_item_of_icu_is_kept(item: str, expected: bool) -> None:
    assert icu.is_kept(item) is expected


@pytest.mark.slow
def test_qt_gives_the_same_results_with_smaller_icu(tmp_path: Path) -> None:
    try:
        qt = importlib.import_module("PySide6.QtCore")
    except ImportError as error:
        pytest.skip(f"Qt cannot be loaded: {error}")
    folder = Path(qt.QLibraryInfo.path(qt.QLibraryInfo.LibraryPath.LibrariesPath))
    library = next(folder.glob("libicudata.so.*"), None)
    if library is None:
        pytest.skip("this Qt has no ICU data of its own")
    try:
        result = icu.smaller(library, tmp_path)
    except FileNotFoundError as missing:
        pytest.skip(f"{missing.filename} is not installed")
    assert result.stat().st_size < 8_000_000
    shutil.copy(result, tmp_path)
    *before, used_before = probe(folder)
    *after, used_after = probe(tmp_path)
    assert (Path(used_before).parent, Path(used_after).parent) == (folder, tmp_path)
    assert after == before


def probe(folder: Path) -> list[str]:
    environment = os.environ | {"LD_LIBRARY_PATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
