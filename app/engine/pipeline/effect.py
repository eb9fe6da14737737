"""What every effect has: its parameters, and the method that makes the background."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from app.engine.core.errors import BackdropError
    from app.engine.core.parameters import Parameter, Values
    from app.engine.core.types import Alpha, Frame, Picture


class Effect(ABC):
    """An effect. Built again for each change of its values; may cache only what depends on the size."""

    name: ClassVar[str]
    title: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    needs_matte: ClassVar[bool] = True
    """False only for the effect that shows the camera unchanged."""
    replaces_room: ClassVar[bool] = True
    """False if the background has the room's colours, so that they do not stand out at the outline."""
    takes_shade: ClassVar[bool] = True
    """False if the background must keep its exact colour: looks do not darken it."""
    is_private: ClassVar[bool] = False
    """True if it may be used only while the user has chosen it, not for a thumbnail: it gets no tile."""
    has_memory: ClassVar[bool] = False
    """True if the background depends on the frames before, or two must not be made at the same time."""

    def __init__(self, values: Values, waits: bool = False) -> None:
        """`values` holds every parameter, checked. `waits`: each frame may take any time, as for files."""
        self._values, self._waits = values, waits

    def room_halvings(self, height_px: int) -> int:
        """The least number of halvings with which it reads a frame; 0 if it reads `frame.bgr`.

        Looks then change the colours of the halved frame alone, which takes less time.
        """
        return 0

    @property
    def problem(self) -> BackdropError | None:
        """The error of a background that still works in part."""
        return None

    @property
    def pages(self) -> int:
        """How many pages there are to turn; 0 for an effect without pages."""
        return 0

    def restart(self) -> None:  # noqa: B027  # Most effects have no memory.
        """Begin again, as if newly built: for files, whose results must not depend on each other."""

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
        fitted = self._fitted
        if fitted is None or fitted.shape != frame.bgr.shape:
            fitted = self.fitted(*frame.bgr.shape[:2])
            fitted.setflags(write=False)
            self._fitted = fitted  # Whole at once: another thread may be here with another frame.
        return fitted
