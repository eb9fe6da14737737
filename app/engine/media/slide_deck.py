"""Slides whose pages are drawn on a thread of their own, the neighbours of the shown page ahead."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np

from app.engine.core.errors import BackdropError, any_reason
from app.engine.core.image_ops import contain
from app.engine.media.slide_pages import open_pages

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.types import Picture

_USUAL_PX = 720, 1280
"""Height and width of the first page before a size is known."""
_PAPER_GREY = 236

Key = tuple[int, int, int]
"""A page from 0, and the height and width of its picture."""


class SlideDeck:
    """The pages of one PDF or folder. `picture` returns at once; the thread ends when all is drawn."""

    def __init__(self, path: Path) -> None:
        """Open the slides. Raises BackdropError if there is nothing to show."""
        self._path = path
        self._pages = open_pages(path)
        self.count = self._pages.count
        self.problem: BackdropError | None = None
        """Why the page asked for last is blank; None if it is not."""
        self._lock = threading.Lock()
        self._drawn: dict[Key, Picture] = {}
        self._problems: dict[int, BackdropError] = {}
        self._shown: Picture | None = None
        self._wanted: Key = (0, *_USUAL_PX)
        self._thread: threading.Thread | None = None

    def prepare(self, page: int) -> None:
        """Draw a page in this call, at the size asked for last, unless it is drawn already. Blocks."""
        key: Key = (self._index(page), *self._wanted[1:])
        if key not in self._drawn:
            self._keep(key, self._draw(key))

    def picture(self, page: int, height_px: int, width_px: int, waits: bool = False) -> Picture:
        """Page `page`, from 1, H x W x 3 BGR, read-only; beyond the last page the last one.

        Until it is drawn, the page before it stays. `waits`: draw it in this call.
        """
        with self._lock:
            self._wanted = key = (self._index(page), height_px, width_px)
            drawn = self._drawn.get(key)
        if drawn is None and waits:
            drawn = self._draw(key)
            self._keep(key, drawn)
        self.problem = self._problems.get(key[0]) if drawn is not None else self.problem
        if not waits:
            self._wake()
        self._shown = self._fitted(height_px, width_px) if drawn is None else drawn
        return self._shown

    def _index(self, page: int) -> int:
        return min(max(page, 1), self.count) - 1

    def _fitted(self, height_px: int, width_px: int) -> Picture:
        """What was shown before at this size; without anything, or with another size, black."""
        if self._shown is not None and self._shown.shape[:2] == (height_px, width_px):
            return self._shown
        nearest = next((p for (index, *_), p in self._drawn.items() if index == self._wanted[0]), None)
        if nearest is None:
            nearest = np.zeros((1, 1, 3), np.uint8)
        return _read_only(contain(nearest, width_px, height_px))

    def _draw(self, key: Key) -> Picture:
        index, height_px, width_px = key
        try:
            picture = self._pages.picture(index, height_px, width_px)
            self._problems.pop(index, None)
        except Exception as error:
            self._problems[index] = (
                error
                if isinstance(error, BackdropError)
                else BackdropError(
                    "Page {page} of '{path}' cannot be shown: {reason}.",
                    page=index + 1,
                    path=self._path,
                    reason=any_reason(error),
                )
            )
            picture = np.full((height_px, width_px, 3), _PAPER_GREY, np.uint8)
        return _read_only(picture)

    def _keep(self, key: Key, picture: Picture) -> None:
        """Keep a page, and of the others only the wanted one and its neighbours."""
        with self._lock:
            kept = {key, self._wanted, *self._neighbours()}
            self._drawn = {k: p for k, p in {**self._drawn, key: picture}.items() if k in kept}

    def _neighbours(self) -> list[Key]:
        index, height_px, width_px = self._wanted
        near = (index + 1, index - 1)
        return [(i, height_px, width_px) for i in near if 0 <= i < self.count]

    def _missing(self) -> Key | None:
        return next((key for key in (self._wanted, *self._neighbours()) if key not in self._drawn), None)

    def _wake(self) -> None:
        with self._lock:
            if self._thread is None and self._missing() is not None:
                self._thread = threading.Thread(target=self._work, name="backdrop-slides", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                key = self._missing()
                if key is None:
                    self._thread = None
                    return
            self._keep(key, self._draw(key))


_decks: WeakValueDictionary[tuple[Path, int, int], SlideDeck] = WeakValueDictionary()
_opening = threading.Lock()


def open_deck(path: Path) -> SlideDeck:
    """The deck of a PDF or folder, the same one as long as anything uses it and the file stays the same.

    So a change of the page, which builds the effect again, opens nothing. Raises BackdropError.
    """
    with _opening:
        try:
            state = path.stat()
            key = path, state.st_mtime_ns, state.st_size
        except OSError:
            return SlideDeck(path)  # Reports what is wrong.
        deck = _decks.get(key)
        if deck is None:
            _decks[key] = deck = SlideDeck(path)
        return deck


def _read_only(picture: Picture) -> Picture:
    picture.setflags(write=False)
    return picture
