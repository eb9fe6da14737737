"""What is known of one frame on its way through the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.pipeline.auto_framing import FULL

if TYPE_CHECKING:
    from app.engine.core.types import Alpha, Frame, Unlit
    from app.engine.pipeline.auto_framing import View
    from app.engine.pipeline.matte import FineAlpha


@dataclass(slots=True)
class Work:
    """What is known of one frame on its way. It belongs to the part of the pipeline that holds it."""

    frame: Frame
    """Adjusted once `begin` has returned."""
    scene: tuple[object, ...] = ()
    unlit: Unlit | None = None
    view: View = FULL
    raw: Alpha | None = None
    fine: FineAlpha | None = None
