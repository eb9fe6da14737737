"""What is known of one frame on its way through the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Frame, Matte, Unlit
    from app.engine.pipeline.auto_framing import View

Scene = tuple[object, ...]


@dataclass(slots=True)
class Draft:
    """One frame on its way through the steps of a pipeline, each of which adds its result.

    scene: what tells it apart from unrelated frames. view: the part of the camera's picture. unlit: the frame
    before it was brightened. raw: the network's alpha, at its size. refined: the same, filtered. matte: at
    the frame's size.
    """

    frame: Frame
    scene: Scene
    view: View
    unlit: Unlit | None
    needs_matte: bool
    raw: Alpha | None = None
    refined: Alpha | None = None
    matte: Matte | None = None
