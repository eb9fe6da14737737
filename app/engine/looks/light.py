"""Light: a brighter person before a darker room, and darker corners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.core.parameters import Parameter
from app.engine.looks.colour import brighter
from app.engine.looks.tone import ToneLook

if TYPE_CHECKING:
    from app.engine.looks.tone import Levels

_PERSON_STOPS = 1.2
_ROOM_LOSS = 0.65  # Share of the room's brightness lost at full strength.
_CORNER_LOSS = 0.75


class PortraitLight(ToneLook):
    """Light on the person, and less in the room, from the matte alone."""

    title = "Portrait light"
    parameters = (
        Parameter("person_light", "Light on me", "slider", 0.0),
        Parameter("room_dimmed", "Darker background", "slider", 0.0),
    )

    def curve(self, levels: Levels, is_person: bool) -> Levels:
        if not is_person:
            return levels
        return brighter(levels, 2.0 ** (_PERSON_STOPS * self._number("person_light")))

    @property
    def room_gain(self) -> float:
        return 1.0 - _ROOM_LOSS * self._number("room_dimmed")


class Vignette(ToneLook):
    """Darker corners, of the person and of the background alike."""

    title = "Vignette"
    parameters = (Parameter("vignette", "Darker corners", "slider", 0.0),)

    @property
    def needs_matte(self) -> bool:
        return False

    @property
    def darkening(self) -> float:
        return _CORNER_LOSS * self._number("vignette")
