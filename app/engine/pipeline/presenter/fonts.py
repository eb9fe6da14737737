"""The fonts of this computer, and the one that has all characters of a text."""

from __future__ import annotations

import os
import sys
import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

# Bold and regular; the first pair that is there. DejaVu and Liberation: Linux; then Windows and macOS.
_FAMILIES: dict[str, tuple[tuple[str, str], ...]] = {
    "sans": (
        ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf"),
        ("LiberationSans-Bold.ttf", "LiberationSans-Regular.ttf"),
        ("NotoSans-Bold.ttf", "NotoSans-Regular.ttf"),
        ("segoeuib.ttf", "segoeui.ttf"),
        ("Arial Bold.ttf", "Arial.ttf"),
    ),
    "serif": (
        ("DejaVuSerif-Bold.ttf", "DejaVuSerif.ttf"),
        ("LiberationSerif-Bold.ttf", "LiberationSerif-Regular.ttf"),
        ("NotoSerif-Bold.ttf", "NotoSerif-Regular.ttf"),
        ("georgiab.ttf", "georgia.ttf"),
        ("Georgia Bold.ttf", "Georgia.ttf"),
    ),
    "mono": (
        ("DejaVuSansMono-Bold.ttf", "DejaVuSansMono.ttf"),
        ("LiberationMono-Bold.ttf", "LiberationMono-Regular.ttf"),
        ("NotoSansMono-Bold.ttf", "NotoSansMono-Regular.ttf"),
        ("consolab.ttf", "consola.ttf"),
        ("Courier New Bold.ttf", "Courier New.ttf"),
    ),
}
FAMILIES = tuple(_FAMILIES)
# For scripts that those lack, before all other fonts of the computer.
_MANY_SCRIPTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "msyh.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "malgun.ttf",
    "Arial Unicode.ttf",
)
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_CHECK_PX = 16
_NO_CHARACTER = "\U0010ffff"  # Unicode promises that no font has it.
_DRAWN_BY_OTHERS = ("C", "M", "Z")  # Categories without a shape of their own: controls, marks, spaces.


@lru_cache(maxsize=1)
def font_files() -> dict[str, Path]:
    """The font files of this computer by their names. Blocks on the disk, once."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for parent, _, names in os.walk(folder):
            for name in names:
                if Path(name).suffix.lower() in _SUFFIXES:
                    found.setdefault(name, Path(parent) / name)
    return found


@lru_cache(maxsize=64)
def font_file_for(text: str, family: str, is_bold: bool) -> tuple[Path | None, str]:
    """A font for a text, of the family if that has all characters, and the characters that it lacks.

    None stands for Pillow's own font, which has Latin letters only.
    """
    files = font_files()
    wanted = [pair[0 if is_bold else 1] for pair in _FAMILIES[family]]
    preferred = [files[name] for name in (*wanted, *_MANY_SCRIPTS) if name in files]
    others = sorted(set(files.values()) - set(preferred))
    best: tuple[Path | None, str] = None, text
    for file in (*preferred, None, *others):
        lacks = missing(file, text)
        if len(lacks) < len(best[1]) or not lacks:
            best = file, lacks
        if not lacks:
            break
    return best


def missing(file: Path | None, text: str) -> str:
    """The characters of a text that a font lacks; all of them if the font cannot be loaded."""
    shaped = [c for c in dict.fromkeys(text) if unicodedata.category(c)[0] not in _DRAWN_BY_OTHERS]
    try:
        font = load_font(file, _CHECK_PX)
        nothing = _drawn(font, _NO_CHARACTER)
        return "".join(c for c in shaped if _drawn(font, c) == nothing)
    except (OSError, ValueError):  # A damaged font, or one of bitmaps.
        return "".join(shaped)


def load_font(file: Path | None, size_px: int) -> Font:
    """A font at a size; None is Pillow's own. Raises OSError."""
    if file is None:
        return ImageFont.load_default(size_px)
    with file.open("rb") as stream:  # Pillow itself cannot open every name.
        return ImageFont.truetype(stream, size_px)


def _drawn(font: Font, character: str) -> bytes:
    image = Image.new("L", (2 * _CHECK_PX, 2 * _CHECK_PX))
    ImageDraw.Draw(image).text((_CHECK_PX // 2, _CHECK_PX // 4), character, 255, font)
    return image.tobytes()


def _folders() -> list[Path]:
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  # Path.home() raises without one.
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home))
        return [
            Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
            Path(local) / "Microsoft" / "Windows" / "Fonts",
        ]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    own = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "fonts"
    shared = ("/usr/share/fonts", "/usr/local/share/fonts", "/run/host/fonts", "/app/share/fonts")
    return [*map(Path, shared), own, home / ".fonts"]
