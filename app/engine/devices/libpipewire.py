"""libpipewire-0.3 (MIT licence) through ctypes: its structures and functions, and whether its daemon runs."""

from __future__ import annotations

import ctypes as c
import functools
import os
import socket
import sys
from pathlib import Path
from typing import Any

from app.engine.core.errors import BackdropError

_LIBRARY = "libpipewire-0.3.so.0"


class Chunk(c.Structure):
    """struct spa_chunk."""

    _fields_ = [("offset", c.c_uint32), ("size", c.c_uint32), ("stride", c.c_int32), ("flags", c.c_int32)]


class Data(c.Structure):
    """struct spa_data."""

    _fields_ = [
        ("type", c.c_uint32),
        ("flags", c.c_uint32),
        ("descriptor", c.c_int64),
        ("map_offset", c.c_uint32),
        ("capacity", c.c_uint32),
        ("data", c.c_void_p),
        ("chunk", c.POINTER(Chunk)),
    ]


class Meta(c.Structure):
    """struct spa_meta."""

    _fields_ = [("type", c.c_uint32), ("size", c.c_uint32), ("data", c.c_void_p)]


class SpaBuffer(c.Structure):
    """struct spa_buffer."""

    _fields_ = [
        ("meta_count", c.c_uint32),
        ("data_count", c.c_uint32),
        ("metas", c.POINTER(Meta)),
        ("datas", c.POINTER(Data)),
    ]


class Buffer(c.Structure):
    """struct pw_buffer."""

    _fields_ = [("buffer", c.POINTER(SpaBuffer)), ("user_data", c.c_void_p), ("size", c.c_uint64)]


StateChanged = c.CFUNCTYPE(None, c.c_void_p, c.c_int, c.c_int, c.c_char_p)
ParamChanged = c.CFUNCTYPE(None, c.c_void_p, c.c_uint32, c.c_void_p)


class Events(c.Structure):
    """struct pw_stream_events."""

    _fields_ = [
        ("version", c.c_uint32),
        ("destroy", c.c_void_p),
        ("state_changed", StateChanged),
        ("control_info", c.c_void_p),
        ("io_changed", c.c_void_p),
        ("param_changed", ParamChanged),
        ("add_buffer", c.c_void_p),
        ("remove_buffer", c.c_void_p),
        ("process", c.c_void_p),
        ("drained", c.c_void_p),
        ("command", c.c_void_p),
        ("trigger_done", c.c_void_p),
    ]


_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "pw_init": (None, [c.c_void_p, c.c_void_p]),
    "pw_thread_loop_new": (c.c_void_p, [c.c_char_p, c.c_void_p]),
    "pw_thread_loop_get_loop": (c.c_void_p, [c.c_void_p]),
    "pw_thread_loop_start": (c.c_int, [c.c_void_p]),
    "pw_thread_loop_stop": (None, [c.c_void_p]),
    "pw_thread_loop_destroy": (None, [c.c_void_p]),
    "pw_thread_loop_lock": (None, [c.c_void_p]),
    "pw_thread_loop_unlock": (None, [c.c_void_p]),
    "pw_properties_new_string": (c.c_void_p, [c.c_char_p]),
    "pw_stream_new_simple": (c.c_void_p, [c.c_void_p, c.c_char_p, c.c_void_p, c.c_void_p, c.c_void_p]),
    "pw_stream_connect": (
        c.c_int,
        [c.c_void_p, c.c_int, c.c_uint32, c.c_int, c.POINTER(c.c_void_p), c.c_uint32],
    ),
    "pw_stream_update_params": (c.c_int, [c.c_void_p, c.POINTER(c.c_void_p), c.c_uint32]),
    "pw_stream_dequeue_buffer": (c.POINTER(Buffer), [c.c_void_p]),
    "pw_stream_queue_buffer": (c.c_int, [c.c_void_p, c.POINTER(Buffer)]),
    "pw_stream_destroy": (None, [c.c_void_p]),
}


@functools.cache
def library() -> c.CDLL:
    """libpipewire, initialised. Raises BackdropError if it is not installed."""
    if sys.platform != "linux":
        raise BackdropError("PipeWire exists on Linux only.")
    try:
        loaded = c.CDLL(_LIBRARY)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        raise BackdropError("PipeWire is not installed.") from None
    loaded.pw_init(None, None)
    return loaded


def is_running() -> bool:
    """Whether the library is installed and the daemon takes connections."""
    try:
        library()
    except BackdropError:
        return False
    folder = os.environ.get("PIPEWIRE_RUNTIME_DIR") or os.environ.get("XDG_RUNTIME_DIR") or "/"
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(Path(folder, os.environ.get("PIPEWIRE_REMOTE") or "pipewire-0")))
        except OSError:
            return False
    return True
