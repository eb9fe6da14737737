"""Process-wide settings that make the walk cheap, and memory go back to the system."""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache
from typing import Any

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h of glibc
_KEPT_BYTES = 256 << 20
_LARGEST_KEPT_BYTES = 32 << 20  # the most glibc allows; a picture of 3840 x 2160 has 25 MB


@lru_cache(maxsize=1)
def tune_memory() -> None:
    """Make the allocator keep the memory of freed pictures for the next frame, and all of it in one place.

    Memory returned to the system after each frame comes back page by page: at 1280x720 that took 4 of 14 ms.
    An arena for each thread keeps the most that thread ever had, and not all of it can be given back: with
    other networks and sizes in turns a process held 80 to 136 MB where with one arena it holds 45. To be
    called before there are threads, since those that have an arena keep it.
    """
    libc = _libc()
    if hasattr(libc, "mallopt"):  # glibc's; others do without
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT_BYTES)


@lru_cache(maxsize=1)
def tune_process() -> None:
    """Make OpenCV use one thread, and tune memory.

    OpenCV's threads finish a frame a little sooner and cost half as much again in CPU time.
    """
    import cv2

    tune_memory()
    cv2.setNumThreads(1)


def return_memory() -> None:
    """Give the system back what the allocator keeps: after a network or a size that is no longer used.

    It takes some milliseconds, and the next frame some more.
    """
    libc = _libc()
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _libc() -> Any:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
