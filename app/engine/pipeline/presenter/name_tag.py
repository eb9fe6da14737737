"""The name tag: a name and a line below it, on a plate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from app.engine.core.errors import BackdropError
from app.engine.core.parameters import Parameter, checked_values, parse_colour
from app.engine.pipeline.presenter.fonts import FAMILIES, font_file_for, load_font
from app.engine.pipeline.presenter.geometry import CORNERS, rounded_mask

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.parameters import Values
    from app.engine.core.types import Picture
    from app.engine.pipeline.presenter.fonts import Font

TAG = (
    Parameter("name", "Name", "text", ""),
    Parameter("title", "Line below the name", "text", ""),
    Parameter("shown", "Show the name tag", "switch", 1.0),
    Parameter("corner", "Corner", "choice", "bottom-left", choices=CORNERS),
    Parameter("size", "Size", "slider", 0.055, 0.025, 0.15, 0.005),
    Parameter("font", "Font", "choice", "sans", choices=FAMILIES),
    Parameter("colour", "Colour of the text", "colour", "#ffffff"),
    Parameter("plate", "Colour of the plate", "colour", "#1d2433"),
)
"""`size` is the height of the name's letters as a share of the picture's height."""
_TITLE_SIZE = 0.64  # By the name's size. So are the three below.
_PADDING, _GAP, _ROUNDING = 0.55, 0.22, 0.35
_PLATE_OPACITY = 0.85
_WIDEST = 0.7  # By the picture's width. Longer names get smaller letters, and are cut at last.
_LEAST_PX, _LEAST_SHRINK = 8.0, 0.6
_LONGEST_CHARACTERS = 120


class _Line(NamedTuple):
    """One line of text, its font and its size by the name's size."""

    text: str
    file: Path | None
    size: float

    def font(self, size_px: float) -> Font:
        """The font for a size of the name."""
        return load_font(self.file, max(6, round(size_px * self.size)))


class NameTag:
    """Draws the tag for a picture's size. Without a name there is none."""

    def __init__(self, values: Values) -> None:
        """`values` may lack keys. Blocks to find fonts. Raises BackdropError for an invalid value."""
        self._values = checked_values(TAG, values)
        family = str(self._values["font"])
        lines = [" ".join(str(self._values[key]).split())[:_LONGEST_CHARACTERS] for key in ("name", "title")]
        self._missing = ""
        self._lines: list[_Line] = []
        for index, line in enumerate(lines):
            file, missing = font_file_for(line, family, is_bold=not index)
            self._missing += missing
            line = "".join(c for c in line if c not in missing).strip()
            if line:
                self._lines.append(_Line(line, file, _TITLE_SIZE if index else 1.0))
        self._text_bgr = parse_colour(str(self._values["colour"]))
        self._plate_bgr = parse_colour(str(self._values["plate"]))
        self.corner = str(self._values["corner"])
        self.is_shown = bool(self._values["shown"])

    @property
    def is_there(self) -> bool:
        """Whether there is a text to show."""
        return bool(self._lines)

    @property
    def problem(self) -> BackdropError | None:
        """The error of characters that no font of this computer has; they are left out."""
        if not self._missing:
            return None
        return BackdropError(
            "No font on this computer has the characters {characters} of the name tag: "
            "install one that has them, such as Noto Sans CJK for Chinese, Japanese and Korean.",
            characters="".join(dict.fromkeys(self._missing)),
        )

    def drawn(self, height_px: int, width_px: int) -> Picture:
        """The tag for a picture of this size, H x W x 4 BGRA, straight alpha."""
        size_px = max(_LEAST_PX, float(self._values["size"]) * height_px)
        widest = max(self._extent(line, size_px)[0] for line in self._lines)
        room_px = _WIDEST * width_px - 2 * _PADDING * size_px
        size_px = max(_LEAST_PX, size_px * min(1.0, max(_LEAST_SHRINK, room_px / max(1, widest))))
        room_px = _WIDEST * width_px - 2 * _PADDING * size_px
        lines = [self._cut(line, size_px, room_px) for line in self._lines]
        extents = [self._extent(line, size_px) for line in lines]
        padding, gap = round(_PADDING * size_px), round(_GAP * size_px)
        width = max(w for w, _ in extents) + 2 * padding
        height = sum(h for _, h in extents) + gap * (len(extents) - 1) + 2 * padding
        text = Image.new("L", (width, height))
        draw = ImageDraw.Draw(text)
        top = padding
        for line, (_, line_height) in zip(lines, extents, strict=True):
            draw.text((padding, top), line.text, 255, line.font(size_px))
            top += line_height + gap
        share = np.asarray(text, np.float32) / 255
        plate = rounded_mask(height, width, _ROUNDING * size_px) * _PLATE_OPACITY
        alpha = share + plate * (1 - share)
        weight = (share / np.maximum(alpha, 1e-6))[..., None]
        colours = weight * np.asarray(self._text_bgr) + (1 - weight) * np.asarray(self._plate_bgr)
        return np.asarray(np.rint(np.dstack([colours, 255 * alpha])), np.uint8)

    def _extent(self, line: _Line, size_px: float) -> tuple[int, int]:
        """The width and height of a line in pixels; the same height for any text of usual letters."""
        _, _, right, bottom = line.font(size_px).getbbox(line.text)
        return round(right), max(round(bottom), round(1.15 * size_px * line.size))

    def _cut(self, line: _Line, size_px: float, room_px: float) -> _Line:
        """The line, its end replaced by an ellipsis if it is wider than the room."""
        text = line.text
        while len(text) > 1 and self._extent(line, size_px)[0] > room_px:
            text = text[:-1]
            line = line._replace(text=f"{text.rstrip()}…")
        return line
