"""Process-wide settings of the memory allocator and of OpenCV's threads."""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache
from typing import Any

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h of glibc
_KEPT_BYTES = 256 << 20
_LARGEST_KEPT_BYTES = 32 << 20  # The maximum of glibc. A picture of 3840 x 2160 has 25 MB.


@lru_cache(maxsize=1)
def tune_memory() -> None:
    """Make the allocator keep the memory of freed pictures for the next frame, in a single arena.

    Memory that is returned after each frame comes back page by page: at 1280x720 that took 4 of 14 ms.
    An arena per thread keeps the maximum of that thread, and not all of it can be returned: with
    networks and sizes in turns a process held 80 to 136 MB; with one arena it holds 45. To be
    called before threads start, because a thread keeps its arena.
    """
    libc = _libc()
    if hasattr(libc, "mallopt"):  # glibc only.
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT_BYTES)


@lru_cache(maxsize=1)
def tune_process() -> None:
    """Make OpenCV use one thread, and tune memory.

    With more threads a frame is finished a little sooner and costs 1.5 times the CPU time.
    """
    import cv2

    tune_memory()
    cv2.setNumThreads(1)


def return_memory() -> None:
    """Return the memory that the allocator keeps, after a change of network or size.

    This takes some milliseconds, and makes the next frame slower.
    """
    libc = _libc()
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _libc() -> Any:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
