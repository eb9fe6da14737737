"""What the stages pass to each other: frames, mattes, composites, statistics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.engine.core.errors import NO_MESSAGE, Message

Picture = npt.NDArray[np.uint8]
"""H x W x 3 BGR, or H x W x 4 BGRA with straight alpha, 0 to 255."""

Alpha = npt.NDArray[np.float32]
"""H x W, 0 background to 1 person. float32, because cv2.blendLinear takes it and enlarging it costs
the same as uint8."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a source: H x W x 3 BGR uint8, with its capture time (time.monotonic, seconds).

    `scene` counts the openings of sources: frames of different scenes are unrelated.
    """

    index: int
    captured_at: float
    bgr: Picture
    scene: int = 0
    pyramid: dict[int | tuple[int, int], Picture] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Smaller versions by number of halvings or by size; `app.engine.core.pyramid` makes each once."""


@dataclass(frozen=True, slots=True)
class Matte:
    """The matte of one frame: alpha at the frame's size."""

    alpha: Alpha


@dataclass(frozen=True, slots=True)
class Unlit:
    """A frame before it was brightened: its picture, and the new level, 0 to 255, of each of 256 levels."""

    picture: Picture
    levels: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shade:
    """What darkens a composite.

    person, background: the brightness of each pixel, H x W, 0 to 255; None for 255 everywhere. edge: 0..1,
    how much darker the room has become against the person; the room's share in the person's edge follows.
    """

    person: npt.NDArray[np.uint8] | None = None
    background: npt.NDArray[np.uint8] | None = None
    edge: float = 1.0


NO_SHADE = Shade()


@dataclass(frozen=True, slots=True)
class Composite:
    """A finished picture: BGR, or BGRA with a transparent background.

    A placeholder contains no pixel of the camera.
    """

    index: int
    captured_at: float
    picture: Picture
    is_placeholder: bool = False


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small frame and its alpha at the same size, for thumbnails of the effects."""

    frame: Frame
    alpha: Alpha


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Where a person is, for the user's own preview: it holds no pixel.

    number: never used for somebody else. polygons: n x 2 each, x and y as shares of the picture.
    """

    number: int
    is_shown: bool
    polygons: tuple[npt.NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class CaptureFormat:
    """The format of a camera. `pixel_format` is a four-letter code such as MJPG; '' for any."""

    width_px: int
    height_px: int
    fps: float
    pixel_format: str = ""

    def __str__(self) -> str:
        size = f"{self.width_px}x{self.height_px}"
        return " ".join(filter(None, [size, self.pixel_format, f"at {self.fps:g} frames per second"]))


class OutputId(NamedTuple):
    """Which output: the field of `OutputSettings` and its value."""

    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.field} {self.value}"


@dataclass(frozen=True, slots=True)
class Stats:
    """Statistics of the engine over about the last second. Times in milliseconds."""

    fps: float = 0.0
    latency_ms: float = 0.0
    stage_ms: dict[str, float] = field(default_factory=dict)
    drops: int = 0
    source: str = ""
    is_demo: bool = False
    asked: CaptureFormat | None = None
    """The requested camera format; `got` is the actual one. None if the source is not a camera."""
    got: CaptureFormat | None = None
    network: str = ""
    network_name: str = ""
    provider: str = ""
    outputs: tuple[str, ...] = ()
    """Titles of the outputs that take composites now."""
    ended_outputs: tuple[OutputId, ...] = ()
    """Outputs that have ended for good, such as a recording on a full disk."""
    output_faults: dict[OutputId, Message] = field(default_factory=dict)
    """Why an output does not work at present."""
    consumers: int | None = None
    """The number of consumers of the virtual camera; None if unknown, or if it is not open."""
    consumer_names: tuple[str, ...] = ()
    """The names of consumers, as far as this user may see them."""
    output_drops: int = 0
    """Composites that an output dropped because its queue was full."""
    is_camera_released: bool = False
    """Whether the camera is closed because nothing uses it."""
    pages: int = 0
    """How many pages the slides have; 0 without slides."""
    savings: int = 0
    """How many steps of computing time are saved because the computer is busy; see load_control.py."""
    room_lesson: str = "none"
    """How far learning the room is; see room_lesson.py."""
    message: Message = NO_MESSAGE
    """The first fault as a sentence for the user; empty if there is none."""
    notice: Message = NO_MESSAGE
    """What the user should know although everything works, such as a provider that cannot be used."""
