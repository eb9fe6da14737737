"""Process-wide settings that make the walk cheap."""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache

import cv2

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h of glibc
_KEPT_BYTES = 256 << 20
_LARGEST_KEPT_BYTES = 32 << 20  # the most glibc allows; a picture of 3840 x 2160 has 25 MB


@lru_cache(maxsize=1)
def tune_process() -> None:
    """Make OpenCV use one thread, and the allocator keep the memory of freed pictures for the next frame.

    OpenCV's threads finish a frame a little sooner and cost half as much again in CPU time. Memory returned
    to the system after each frame comes back page by page: at 1280x720 that took 4 of 14 ms.
    """
    cv2.setNumThreads(1)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):  # glibc's; others do without
            libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
            libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT_BYTES)


def return_memory() -> None:
    """Give the system back what the allocator keeps: after a network or a size that is no longer used.

    Each leaves holes that the next does not fit into: in a minute of changes a process grew to three times
    its size. It takes some milliseconds, and the next frame some more.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "malloc_trim"):
            libc.malloc_trim(0)
