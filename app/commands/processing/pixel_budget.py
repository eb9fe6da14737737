"""A limit of the pixels of all pictures that are processed at once, because each pixel takes 20 bytes."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.media.pictures.picture_reader import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class PixelBudget:
    """Lets pictures in while their pixels together are within a limit; a larger one is alone."""

    def __init__(self, limit_px: int) -> None:
        self._limit_px = limit_px
        self._used_px = 0
        self._changed = threading.Condition()

    @contextmanager
    def of(self, path: Path) -> Iterator[None]:
        """Wait until the picture fits in, and hold its share for the block."""
        share_px = self._size_px(path)
        with self._changed:
            self._changed.wait_for(lambda: self._used_px + share_px <= self._limit_px)
            self._used_px += share_px
        try:
            yield
        finally:
            with self._changed:
                self._used_px -= share_px
                self._changed.notify_all()

    def _size_px(self, path: Path) -> int:
        try:
            with opened(path) as image:
                width, height = image.size
        except BackdropError:
            return 0  # Whoever reads it tells why it cannot be read.
        return min(width * height, self._limit_px)
