"""Parameters of effects and of other parts of a composite: described once, for checks and for controls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from app.engine.core.errors import BackdropError

Values = dict[str, float | str]
"""The values of the parameters, by key."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; its control and its check are made from this description."""

    key: str
    label: str
    kind: Literal["slider", "colour", "file", "text", "choice", "switch"]
    """A switch is 0 or 1."""
    default: float | str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05
    choices: tuple[str, ...] = ()

    def checked(self, value: float | str) -> float | str:
        """The value, if it is valid. Raises BackdropError otherwise."""
        if self.kind in ("slider", "switch"):
            if isinstance(value, str) or not self.low <= value <= self.high:
                raise BackdropError(
                    "{label} must be a number from {low} to {high}, not {value}.",
                    label=self.label,
                    low=f"{self.low:g}",
                    high=f"{self.high:g}",
                    value=value,
                )
        elif not isinstance(value, str):
            raise BackdropError("{label} must be a text, not {value}.", label=self.label, value=value)
        elif self.kind == "colour":
            parse_colour(value)
        elif self.kind == "choice" and value not in self.choices:
            raise BackdropError(
                "{label} must be one of {choices}, not {value}.",
                label=self.label,
                choices=", ".join(self.choices),
                value=value,
            )
        return value


def checked_values(parameters: tuple[Parameter, ...], values: Values) -> Values:
    """A value for each parameter: those given, checked, and the defaults of the others."""
    return {p.key: p.checked(values.get(p.key, p.default)) for p in parameters}


def parse_colour(text: str) -> tuple[int, int, int]:
    """'#RRGGBB' as (blue, green, red), 0 to 255 each. Raises BackdropError for anything else."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise BackdropError("'{text}' is not a colour: write it as #RRGGBB, for example #00b140.", text=text)
    red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
    return blue, green, red
