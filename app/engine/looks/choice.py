"""Choose looks by text, as commands and `ctl` do: NAME=VALUE, a preset, or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.looks.registry import PARAMETERS, PRESETS, checked, preset_called

if TYPE_CHECKING:
    from app.engine.core.parameters import Values

NONE = "none"
"""The word for no look at all."""


def with_choice(values: Values, text: str) -> Values:
    """The values after a choice: NAME=VALUE changes one, a preset replaces all, `none` switches all off.

    A file's path becomes absolute. Numbers and names are not checked. Raises BackdropError for other texts.
    """
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        preset = {} if key.casefold() == NONE else preset_called(key)
        if preset is None:
            raise BackdropError(
                "'{text}' is not a look: write NAME=VALUE, or one of {presets}.",
                text=text,
                presets=", ".join([*PRESETS, NONE]),
            )
        return preset
    key = key.replace("-", "_")
    kind = PARAMETERS[key].kind if key in PARAMETERS else ""
    if kind == "slider":
        return {**values, key: _number(text, value)}
    return {**values, key: str(Path(value).absolute()) if kind == "file" and value else value}


def with_absolute_path(text: str) -> str:
    """The same choice for a program in another folder: a file's path becomes absolute."""
    key, equals, value = text.partition("=")
    parameter = PARAMETERS.get(key.strip().replace("-", "_"))
    if parameter is None or parameter.kind != "file" or not value.strip():
        return text
    return f"{key}{equals}{Path(value.strip()).absolute()}"


def without_defaults(values: Values) -> Values:
    """The values that differ from their defaults."""
    return {
        key: value
        for key, value in values.items()
        if key not in PARAMETERS or value != PARAMETERS[key].default
    }


def usable(values: Values) -> Values:
    """The values without those that a settings file of another version, or a wrong one, has."""
    kept: Values = {}
    for key, value in values.items():
        try:
            checked({key: value})
        except BackdropError:
            continue
        kept[key] = value
    return kept


def preset_of(values: Values) -> str | None:
    """The title of the preset that these values are, '' if all are off; None if they are neither."""
    wanted = without_defaults(values)
    return next((title for title, own in {"": {}, **PRESETS}.items() if own == wanted), None)


def _number(text: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise BackdropError("'{text}' needs a number after the equals sign.", text=text) from None
