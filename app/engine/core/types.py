"""What the stages hand to each other, and the settings that steer them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""H x W x 3 BGR, or H x W x 4 BGRA with straight alpha, 0 to 255."""

Alpha = npt.NDArray[np.float32]
"""H x W, 0 background to 1 person. float32, because cv2.blendLinear takes it as it is and enlarging it costs
the same as uint8."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One camera picture: H x W x 3 BGR uint8, with the moment it was captured (time.monotonic, seconds).

    `scene` counts the openings of sources: frames of different scenes have nothing to do with each other.
    """

    index: int
    captured_at: float
    bgr: Picture
    scene: int = 0
    views: dict[int | tuple[int, int], Picture] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Smaller pictures of it, by halvings or by size; `app.engine.core.pyramid` makes each once."""


@dataclass(frozen=True, slots=True)
class Matte:
    """Where the person is in one frame: alpha has that frame's height and width."""

    alpha: Alpha


@dataclass(frozen=True, slots=True)
class Composite:
    """A finished picture (BGR, or BGRA when the background is transparent).

    `private` marks a privacy card: no pixel of it comes from the camera.
    """

    index: int
    captured_at: float
    picture: Picture
    private: bool = False


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A frame, small, and its alpha of the same size: for small pictures of what each effect would show."""

    frame: Frame
    alpha: Alpha


@dataclass(frozen=True, slots=True)
class CaptureFormat:
    """How a camera gives its pictures. `pixel_format` is its four letters, such as MJPG; '' for any."""

    width_px: int
    height_px: int
    fps: float
    pixel_format: str = ""

    def __str__(self) -> str:
        size = f"{self.width_px}x{self.height_px}"
        return " ".join(filter(None, [size, self.pixel_format, f"at {self.fps:g} frames per second"]))


@dataclass(frozen=True, slots=True)
class Stats:
    """How the engine is doing, over about the last second. Times in milliseconds."""

    fps: float = 0.0
    latency_ms: float = 0.0
    stage_ms: dict[str, float] = field(default_factory=dict)
    drops: int = 0
    source: str = ""
    is_demo: bool = False
    asked: CaptureFormat | None = None
    """What the camera was asked for, and in `got` what it gives; None where the source is no camera."""
    got: CaptureFormat | None = None
    network: str = ""
    network_name: str = ""
    provider: str = ""
    outputs: tuple[str, ...] = ()
    """Those that take pictures now."""
    ended_outputs: tuple[str, ...] = ()
    """Those that are done for good, such as a recording on a full disk."""
    consumers: int | None = None
    """How many programs read the virtual camera; None where that cannot be told, or it is not open."""
    consumer_names: tuple[str, ...] = ()
    """Those of them that this user may know of."""
    output_drops: int = 0
    """Pictures that an output meant to get and had no room for."""
    is_resting: bool = False
    """Whether the camera is closed because nobody watches."""
    message: str = ""
    """Empty while all is well; else one sentence for the user."""


Provider = Literal["auto", "cpu", "cuda"]

PixelFormat = Literal["auto", "MJPG", "YUYV"]

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to look at, and what to ask a camera for.

    `spec`: 'auto' (first camera, else the demo), 'camera' (first camera), 'camera:ID', 'demo', the path of a
    file or the URL of a stream.
    """

    spec: str = "auto"
    width_px: Annotated[int, msgspec.Meta(ge=64, le=7680)] = 1280
    height_px: Annotated[int, msgspec.Meta(ge=64, le=4320)] = 720
    fps: Annotated[float, msgspec.Meta(ge=1, le=240)] = 30.0
    pixel_format: PixelFormat = "auto"
    """'auto' is MJPG above 640x480 where the camera has it, since more does not fit through USB 2."""


class NetworkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which network finds the person, and on what it runs.

    `name`: a network's, or 'auto' for the best that suits the machine.
    """

    name: str = "bisenet"
    provider: Provider = "auto"
    threads: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1


class AdjustmentSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is done to the camera's picture before anything else sees it; see adjust.py."""

    auto_frame: bool = False
    """Follow the person, and come as close as suits. `zoom` does nothing then."""
    zoom: Annotated[float, msgspec.Meta(ge=1.0, le=3.0)] = 1.0
    mirror: bool = False
    rotation: Literal[0, 90, 180, 270] = 0
    """Degrees, clockwise."""
    brighten: Share = 0.0
    """How much of what good light would add is added in poor light."""


class MatteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How raw alpha becomes the matte; see matte.py."""

    steadiness: Share = 0.6
    sharpness: Share = 0.4
    follow_edges: bool = True
    drop_doubtful: bool = True
    main_person_only: bool = False
    shift: Annotated[float, msgspec.Meta(ge=-1.0, le=1.0)] = 0.0
    """Where the soft edge lies: below 0 closer to the person, above 0 farther out."""


class CompositorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How person and background become one picture; see compositor.py."""

    light_wrap: Share = 0.0
    """How much of a replaced background's light falls on the person's rim."""


class EffectSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands behind the person: an effect's name and the values of its parameters by key."""

    name: str = "blur"
    values: dict[str, float | str] = {}


class OutputSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where composites go besides the preview; '' for each that is off."""

    virtual_camera: str = ""
    """'auto', or a device such as /dev/video10."""
    recording: str = ""
    """A video file that is not there yet."""
    release_camera: bool = True
    """Close the camera while nobody watches, neither the window nor a program that reads the virtual one."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the user chose. Changed only by replacing it whole."""

    is_on: bool = True
    """Whether the user is shown; while not, the camera is closed and all outputs get a card."""
    source: SourceSettings = SourceSettings()
    adjustments: AdjustmentSettings = AdjustmentSettings()
    network: NetworkSettings = NetworkSettings()
    matte: MatteSettings = MatteSettings()
    effect: EffectSettings = EffectSettings()
    compositor: CompositorSettings = CompositorSettings()
    output: OutputSettings = OutputSettings()
