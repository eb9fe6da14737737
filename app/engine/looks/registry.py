"""The looks. A new look is one class and one line in LOOKS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.looks.calm import Calm
from app.engine.looks.colour import Colour, ColourTable, WhiteBalance
from app.engine.looks.face.eyes import ClearEyes
from app.engine.looks.face.light import FaceLight
from app.engine.looks.face.lips import Lips
from app.engine.looks.face.touch_up import TouchUp
from app.engine.looks.light import PortraitLight, Vignette
from app.engine.looks.sharpen import Sharpen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.engine.core.look import Look
    from app.engine.core.parameters import Parameter, Values

LOOKS: tuple[type[Look], ...] = (
    Calm,  # First: all that follow brighten, and noise with it.
    TouchUp,
    ClearEyes,
    Lips,
    FaceLight,
    Sharpen,
    WhiteBalance,
    Colour,
    PortraitLight,
    ColourTable,
    Vignette,
)
"""In the order in which they are applied."""

PARAMETERS: dict[str, Parameter] = {p.key: p for look in LOOKS for p in look.parameters}
"""Every parameter of every look, by its key."""

PRESETS: dict[str, Values] = {
    "Natural": {"white_balance": 0.4, "exposure": 0.05, "vibrance": 0.2, "contrast": 0.1},
    "Meeting": {
        "white_balance": 0.4,
        "person_light": 0.4,
        "room_dimmed": 0.3,
        "contrast": 0.1,
        "vibrance": 0.15,
        "sharpen": 0.15,
        "vignette": 0.25,
    },
    "Dark room": {
        "calm": 1.0,
        "white_balance": 0.5,
        "exposure": 0.9,
        "person_light": 0.5,
        "contrast": 0.1,
        "vibrance": 0.2,
    },
}
"""The values of a preset by its title; all others have their defaults."""


def preset_called(text: str) -> Values | None:
    """The values of the preset with this title, in any case; None if there is none."""
    wanted = text.casefold().replace("-", " ").replace("_", " ").strip()
    return next((dict(values) for title, values in PRESETS.items() if title.casefold() == wanted), None)


def checked(values: Values) -> Values:
    """The values of all parameters, with defaults for those that are missing.

    Raises BackdropError for an unknown name or an invalid value.
    """
    for key in values:
        if key not in PARAMETERS:
            raise BackdropError(
                "There is no look '{name}': choose one of {choices}.", name=key, choices=", ".join(PARAMETERS)
            )
    return {key: p.checked(values.get(key, p.default)) for key, p in PARAMETERS.items()}


def build(values: Values, present: Iterable[Look] = ()) -> list[Look]:
    """The looks that are on with these values, in order.

    A look of `present` whose own values are the same is kept, with its memory. Raises BackdropError for an
    unknown name, an invalid value or a file that cannot be used.
    """
    every = checked(values)
    kept = {type(look): look for look in present}
    looks: list[Look] = []
    for kind in LOOKS:
        own = {parameter.key: every[parameter.key] for parameter in kind.parameters}
        if kind.is_on_with(own):
            before = kept.get(kind)
            looks.append(before if before is not None and before.values == own else kind(own))
    return looks
