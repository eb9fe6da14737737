"""What every effect has: its parameters and their checks, and the method that makes the background."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Frame, Picture

Values = dict[str, float | str]
"""The values of the parameters, by key."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an effect; its control and its check are made from this description."""

    key: str
    label: str
    kind: Literal["slider", "colour", "file"]
    default: float | str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05

    def checked(self, value: float | str) -> float | str:
        """The value, if it is valid. Raises BackdropError otherwise."""
        if self.kind == "slider":
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
        return value


def parse_colour(text: str) -> tuple[int, int, int]:
    """'#RRGGBB' as (blue, green, red), 0 to 255 each. Raises BackdropError for anything else."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise BackdropError("'{text}' is not a colour: write it as #RRGGBB, for example #00b140.", text=text)
    red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
    return blue, green, red


class Effect(ABC):
    """An effect. Built again for each change of its values; may cache only what depends on the size."""

    name: ClassVar[str]
    title: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    needs_matte: ClassVar[bool] = True
    """False only for the effect that shows the camera unchanged."""
    replaces_room: ClassVar[bool] = True
    """False if the background has the room's colours, so that they do not stand out at the outline."""

    def __init__(self, values: Values, waits: bool = False) -> None:
        """`values` holds every parameter, checked. `waits`: each frame may take any time, as for files."""
        self._values, self._waits = values, waits

    @property
    def problem(self) -> BackdropError | None:
        """The error of a background that still works in part."""
        return None

    @abstractmethod
    def background(self, frame: Frame, alpha: Alpha) -> Picture | None:
        """The background for this frame, at its size; None for transparency.

        alpha: H x W, 0..1, of this frame. Neither is written.
        """


class Still(Effect):
    """A background that depends only on the frame's size: made once per size, read-only."""

    _fitted: Picture | None = None

    @abstractmethod
    def fitted(self, height_px: int, width_px: int) -> Picture:
        """The background for this size."""

    def background(self, frame: Frame, alpha: Alpha) -> Picture | None:
        if self._fitted is None or self._fitted.shape != frame.bgr.shape:
            self._fitted = self.fitted(*frame.bgr.shape[:2])
            self._fitted.setflags(write=False)
        return self._fitted
