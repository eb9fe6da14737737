"""The settings, one structure per stage. They are frozen: a change replaces the whole."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Provider = Literal["auto", "cpu", "cuda", "tensorrt", "migraphx", "directml", "coreml", "openvino"]

PixelFormat = Literal["auto", "MJPG", "YUYV"]

WhoIsShown = Literal["everyone", "main", "chosen"]

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The source and the camera format to request.

    `spec`: 'auto' (first camera, else the demo), 'camera' (first camera), 'camera:ID', 'demo', the path of a
    file or the URL of a stream.
    """

    spec: str = "auto"
    width_px: Annotated[int, msgspec.Meta(ge=64, le=7680)] = 1280
    height_px: Annotated[int, msgspec.Meta(ge=64, le=4320)] = 720
    fps: Annotated[float, msgspec.Meta(ge=1, le=240)] = 30.0
    pixel_format: PixelFormat = "auto"
    """'auto': MJPG above 640x480 if the camera has it, because USB 2 is too slow for YUYV then."""


class NetworkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The network and where it runs.

    `name`: a network, or 'auto' for the best one that this computer can run.
    """

    name: str = "bisenet"
    provider: Provider = "auto"
    threads: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1


class AdjustmentSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Adjustments of the frame before all other stages; see adjust.py."""

    auto_frame: bool = False
    """Auto framing. `zoom` has no effect then."""
    zoom: Annotated[float, msgspec.Meta(ge=1.0, le=3.0)] = 1.0
    mirror: bool = False
    rotation: Literal[0, 90, 180, 270] = 0
    """Degrees, clockwise."""
    brighten: Share = 0.0
    """Strength of brightening in poor light."""


class MatteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From raw alpha to the matte; see matte.py."""

    steadiness: Share = 0.6
    """Strength of the smoothing over time."""
    sharpness: Share = 0.4
    """How narrow the soft edge becomes."""
    follow_edges: bool = True
    """Align alpha to the edges in the frame."""
    # The file keeps the name of the first version, so that existing settings stay valid.
    remove_uncertain: bool = msgspec.field(default=True, name="drop_doubtful")
    """Remove uncertain parts; see component_filter.py."""
    room_memory: bool = True
    """Let the remembered room decide where the network is unsure; see room_memory.py."""
    people: WhoIsShown = "everyone"
    """Who is shown; see app/engine/people. 'main': the most important people. 'chosen': as the user has
    clicked; until then as 'main', because who was chosen is kept nowhere."""
    people_count: Annotated[int, msgspec.Meta(ge=1, le=12)] = 1
    """How many people 'main' shows."""
    shift: Annotated[float, msgspec.Meta(ge=-1.0, le=1.0)] = 0.0
    """Position of the soft edge: below 0 closer to the person, above 0 farther out."""


class CompositorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From person and background to the composite; see compositor.py."""

    light_wrap: Share = 0.0
    """Strength of the background's light on the person's edge; 0 for none."""


class EffectSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The effect: its name and the values of its parameters by key."""

    name: str = "blur"
    values: dict[str, float | str] = {}


LookValues = dict[str, float | str]
"""The values of looks by the name of the parameter; see app/engine/looks. Those not named are off."""


class PresenterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the person stands, the name tag and the logo: the values by the key of their parameter.

    Those not named have their defaults; see app/engine/pipeline/presenter.
    """

    place: dict[str, float | str] = {}
    tag: dict[str, float | str] = {}
    logo: dict[str, float | str] = {}


class OutputSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outputs besides the preview; '' for each that is off."""

    virtual_camera: str = ""
    """'auto', or a device such as /dev/video10."""
    recording: str = ""
    """A new video file."""
    record_microphone: bool = False
    """Whether a recording has the sound of the microphone. It is opened for a recording and never else.

    Without it, a recording of a video has the video's own sound.
    """
    microphone: str = "default"
    """The name of the microphone, or 'default' for the one that the system prefers."""
    release_camera: bool = True
    """Close the camera while the preview is hidden and no consumer reads the virtual camera."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings. Immutable: replaced as a whole."""

    is_on: bool = True
    """Whether the user is shown. If not, the camera is closed and all outputs get the off placeholder."""
    source: SourceSettings = SourceSettings()
    adjustments: AdjustmentSettings = AdjustmentSettings()
    network: NetworkSettings = NetworkSettings()
    matte: MatteSettings = MatteSettings()
    effect: EffectSettings = EffectSettings()
    looks: LookValues = {}
    compositor: CompositorSettings = CompositorSettings()
    presenter: PresenterSettings = PresenterSettings()
    output: OutputSettings = OutputSettings()
