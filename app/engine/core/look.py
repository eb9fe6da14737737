"""What every look has: its parameters, and whether they change anything.

A look improves the picture of the person or of the room. It is applied after the matte, so that the network
sees the frame as the camera gave it, and before the composite.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from app.engine.core.errors import BackdropError
    from app.engine.core.face import Face
    from app.engine.core.parameters import Parameter, Values
    from app.engine.core.types import Alpha, Frame, Picture


class Look(ABC):
    """A look. Built again when one of its own values changes; off while all have their defaults.

    The keys of the parameters are unique among all looks.
    """

    title: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]

    def __init__(self, values: Values) -> None:
        """`values` holds every parameter, checked. Raises BackdropError, for example for a broken file."""
        self._values = values

    @classmethod
    def is_on_with(cls, values: Values) -> bool:
        """Whether these values, of all parameters, change anything."""
        return any(values[parameter.key] != parameter.default for parameter in cls.parameters)

    @property
    def values(self) -> Values:
        """The values that it was built with."""
        return self._values

    @property
    def needs_matte(self) -> bool:
        """Whether it treats the person and the room differently."""
        return True

    @property
    def problem(self) -> BackdropError | None:
        """The error of a look that works in part or not at all, for example without its network."""
        return None

    def reset(self) -> None:  # noqa: B027  # Most looks have no memory.
        """Forget earlier frames: the scene or the size has changed."""

    def _number(self, key: str) -> float:
        return float(self._values[key])


class PictureLook(Look):
    """A look that makes a picture of a picture."""

    is_before_brightening: ClassVar[bool] = False
    """Whether it gets the frame before it is brightened for poor light; then it comes before all others."""
    keeps_means: ClassVar[bool] = False
    """Whether the mean of 8 x 8 pixels hardly changes, so that the frame's small versions serve on."""

    @abstractmethod
    def apply(self, picture: Picture, frame: Frame, alpha: Alpha) -> Picture:
        """The picture with the look.

        picture: H x W x 3, the result of the looks before. frame: as the network saw it, of the same size;
        not brightened if `is_before_brightening`. alpha: H x W, 0..1, of this frame; all 1 if no look needs a
        matte. None of them is written or kept.
        Returns a new H x W x 3 picture, which the look does not keep.
        """


class FaceLook(Look):
    """A look that changes a face. Without a face the picture stays."""

    keeps_means: ClassVar[bool] = False
    """As of `PictureLook`."""

    @classmethod
    def is_on_with(cls, values: Values) -> bool:
        """Whether the first parameter, the strength, is not 0: hue and warmth change nothing alone."""
        return values[cls.parameters[0].key] != 0.0

    @abstractmethod
    def improve(self, picture: Picture, face: Face, alpha: Alpha) -> Picture:
        """The picture with the look.

        picture: H x W x 3, the result of the looks before. face: found in the frame as the network saw it.
        alpha: H x W, 0..1, of this frame. None of them is written or kept.
        Returns a new H x W x 3 picture, which the look does not keep.
        """
