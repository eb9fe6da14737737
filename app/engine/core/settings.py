"""The settings, one structure per stage. They are frozen: a change replaces the whole."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

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
