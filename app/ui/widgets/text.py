"""Names of any length and content, made safe for menus, tool tips and wrapped text."""

from __future__ import annotations

import html
import re

_MENU_LETTERS = 40
_WORD_LETTERS = 32
_TOOL_TIP_LETTERS = 160


def shortened(text: str, letters: int) -> str:
    """The text on one line, with its middle left out if it has more letters."""
    line = " ".join(text.split())
    if len(line) <= letters:
        return line
    start = (letters - 1) * 2 // 3
    return f"{line[:start]}…{line[-(letters - 1 - start) :]}"


def menu_text(name: str) -> str:
    """A name as the text of a menu entry."""
    return shortened(name, _MENU_LETTERS).replace("&", "&&")


def tool_tip(text: str) -> str:
    """A text as a tool tip, which Qt would show as HTML if it looks like it."""
    shown = shortened(text, _TOOL_TIP_LETTERS)
    return f"<p>{html.escape(shown)}</p>" if "<" in shown else shown


def wrappable(text: str) -> str:
    """The text with long names shortened and with places to wrap inside paths."""
    short = re.sub(r"[^\s/\\]+", lambda name: shortened(name[0], _WORD_LETTERS), text)
    return re.sub(r"([/\\])", "\\1\u200b", short)
