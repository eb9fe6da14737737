"""Camera pixels for the user's own preview. No output takes them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from app.engine.core.image_ops import halve
from app.engine.core.mailbox import Mailbox
from app.engine.core.pyramid import halved
from app.engine.core.types import Frame, Outline, Thumbnail

if TYPE_CHECKING:
    from app.engine.pipeline.pipeline import Processed

_THUMBNAIL_S, _SPARING_S, _THUMBNAIL_HALVINGS = 1.0, 2.0, 2
_BEFORES = 3  # Slots, so that the frame of the newest composite is still there.


class OwnView:
    """The frames of the newest composites, and a small one about once a second."""

    def __init__(self) -> None:
        self.before: Mailbox[Frame] = Mailbox(_BEFORES)
        self.thumbnail: Mailbox[Thumbnail] = Mailbox()
        self.people: Mailbox[tuple[Outline, ...]] = Mailbox()
        self._thumbnail_at = -math.inf
        self.is_sparing = False
        """Whether thumbnails come half as often, to spare the battery."""

    def show(self, processed: Processed, is_previewed: bool, is_compared: bool) -> None:
        """Put the frame into `before` if it is compared, and at times into `thumbnail` if it is previewed."""
        frame, matte = processed.frame, processed.matte
        if is_compared:
            self.before.put(frame)
        interval_s = _SPARING_S if self.is_sparing else _THUMBNAIL_S
        if matte is not None and is_previewed and frame.captured_at > self._thumbnail_at + interval_s:
            self._thumbnail_at = frame.captured_at
            small = replace(frame, bgr=halved(frame, _THUMBNAIL_HALVINGS))
            self.thumbnail.put(Thumbnail(small, halve(matte.alpha, _THUMBNAIL_HALVINGS)))

    def close(self) -> None:
        """Wake all that wait for a frame."""
        self.before.close()
        self.thumbnail.close()
        self.people.close()
