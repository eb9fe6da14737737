"""Painted people whose outlines are known, and a network that sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.motion import Motion
from app.engine.core.settings import MatteSettings
from app.engine.core.types import Frame
from app.engine.networks.people_network import PeopleMaps
from app.engine.people.people import People

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from app.engine.core.settings import WhoIsShown
    from app.engine.core.types import Alpha, Picture

HEIGHT, WIDTH = 192, 320
RED, GREEN, VIOLET, ORANGE = (40, 30, 200), (60, 180, 40), (200, 40, 160), (30, 140, 230)
"""Clothes, BGR."""
_RNG = np.random.default_rng(5)
ROOM = np.asarray(
    cv2.resize(_RNG.integers(90, 150, (24, 40, 1), np.uint8), (WIDTH, HEIGHT))[..., None].repeat(3, 2),
    np.uint8,
)
_CLOTH = np.asarray(
    cv2.resize(_RNG.integers(-25, 25, (24, 24), np.int16).astype(np.float32), (WIDTH, HEIGHT))
)


@dataclass(frozen=True)
class Body:
    """A person: a head above a body. x: its middle. width: of the body, in pixels."""

    colour: tuple[int, int, int]
    x: float
    width: float = 80.0
    top: float = 40.0

    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        """The whole outline, H x W."""
        rows, columns = np.mgrid[:HEIGHT, :WIDTH]
        radius = self.width / 4
        head = np.hypot(rows - self.top - radius, columns - self.x) < radius
        body = (np.abs(columns - self.x) < self.width / 2) & (rows > self.top + 1.6 * radius)
        return np.asarray(head | body, np.bool_)


class Scene:
    """One frame of people; those named later stand before the earlier ones."""

    def __init__(self, *bodies: Body, room: Picture = ROOM) -> None:
        self.bgr = room.copy()
        self.owner = np.zeros((HEIGHT, WIDTH), np.intp)
        self.bodies = bodies
        for number, body in enumerate(bodies, 1):
            mask = body.mask
            self.owner[mask] = number
            cloth = np.roll(_CLOTH, round(body.x), 1)[..., None] + np.array(body.colour)
            self.bgr[mask] = np.clip(cloth, 0, 255).astype(np.uint8)[mask]
        self.bgr.setflags(write=False)

    @property
    def alpha(self) -> Alpha:
        """Of all together, with a soft edge."""
        alpha = cv2.GaussianBlur((self.owner > 0).astype(np.float32), (0, 0), 0.8)
        return np.asarray(alpha, np.float32)

    def seen(self, body: Body) -> npt.NDArray[np.bool_]:
        """Where a person is seen."""
        return np.asarray(self.owner == 1 + self.bodies.index(body), np.bool_)


class Eyes:
    """A network for painted people: right about the scene that is set. It may have a fault."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.runs = 0
        self.fault: Callable[[], None] = lambda: None

    def infer(self, frame: Frame) -> PeopleMaps:
        """The true maps, by cells of 8 x 8."""
        self.runs += 1
        self.fault()
        height, width = HEIGHT // 8, WIDTH // 8
        owner = self.scene.owner[4::8, 4::8]
        centres, offsets = np.zeros((height, width), np.float32), np.zeros((2, height, width), np.float32)
        down, across = np.mgrid[:height, :width]
        for number in range(1, owner.max() + 1):
            rows, columns = np.nonzero(owner == number)
            if len(rows) < 4:
                continue
            kept = max(1, round(0.35 * len(rows)))
            x, y = columns[:kept].mean(), rows[:kept].mean()
            centres[round(y), round(x)] = 0.9
            theirs = owner == number
            offsets[0][theirs], offsets[1][theirs] = (x - across)[theirs], (y - down)[theirs]
        return PeopleMaps(centres, offsets)


class Film:
    """Shows scenes one after another to `People`, at 30 frames per second."""

    def __init__(
        self,
        mode: WhoIsShown = "main",
        count: int = 1,
        load: Callable[[], Eyes] | None = None,
        limit_s: float | None = None,
    ) -> None:
        self.eyes = Eyes()
        # It has what `People` uses of a network.
        self.people = People(load or (lambda: self.eyes), limit_s)  # type: ignore[arg-type]
        self.settings = MatteSettings(people=mode, people_count=count)
        self._motion = Motion()
        self.index = 0

    def show(self, *bodies: Body, room: Picture = ROOM, after_s: float = 1 / 30) -> tuple[Scene, Alpha]:
        """The scene of some people, and the alpha of those who are shown."""
        scene = self.eyes.scene = Scene(*bodies, room=room)
        self.now_s = getattr(self, "now_s", 0.0) + after_s
        self.index += 1
        grey = cv2.cvtColor(scene.bgr, cv2.COLOR_BGR2GRAY).astype(np.float32)
        frame, raw = Frame(self.index, self.now_s, scene.bgr), scene.alpha
        raw.setflags(write=False)
        return scene, self.people.keep(raw, frame, self._motion.step(grey), self.settings)

    def walk(self, frames: int, bodies: Callable[[float], Sequence[Body]]) -> list[tuple[Scene, Alpha]]:
        """Frames of people who move: `bodies` gets the share of the time, 0 to 1."""
        return [self.show(*bodies(index / (frames - 1))) for index in range(frames)]


def share_seen(scene: Scene, alpha: Alpha, body: Body) -> float:
    """The share of what is seen of a person that is shown, 0 to 1."""
    seen = scene.seen(body)
    return float((alpha[seen] > 0.3).mean()) if seen.sum() > 40 else 0.0
