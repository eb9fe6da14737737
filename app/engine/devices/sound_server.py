"""The library `soundcard`, kept connected to PulseAudio or PipeWire.

soundcard connects once, while it is imported, and never again. Where no server answers, each attempt to
import it leaves a thread behind; after the server has ended, its next request aborts the whole program.
"""

from __future__ import annotations

import atexit
import ctypes as c
import importlib
import sys
import threading
from typing import Any

from app.engine.core.errors import BackdropError

_LIBRARY = "libpulse.so.0"
_READY = 4
"""PA_CONTEXT_READY. States below it are those of a connection that is being made."""
_NAME = "Backdrop"

_lock = threading.Lock()


def connected_soundcard() -> Any:
    """The module `soundcard`, connected. Raises BackdropError if no sound system can be reached."""
    with _lock:
        try:
            if sys.platform == "linux":
                return _connected_to_server()
            return importlib.import_module("soundcard")
        except Exception as error:  # soundcard raises errors of many classes, AssertionError too.
            raise BackdropError(
                "No microphone can be used: there is no sound system that Backdrop can reach."
            ) from error


def _connected_to_server() -> Any:
    pulse: Any = sys.modules.get("soundcard.pulseaudio")
    if pulse is not None and pulse._pulse._pa_context_get_state(pulse._pulse.context) == _READY:
        return sys.modules["soundcard"]
    if not _answers():
        raise ConnectionError("no sound server answers")
    soundcard = importlib.import_module("soundcard")
    if pulse is None:
        pulse = soundcard.pulseaudio
        _ignore_operations_that_never_began(pulse._PulseAudio)
    else:
        # The old connection is not freed: a recorder on another thread may still use it.
        pulse._pulse = pulse._PulseAudio()
        atexit.register(pulse._pulse._shutdown)
    pulse.set_name(_NAME)  # What the system shows as the program that listens.
    return soundcard


def _ignore_operations_that_never_began(connection: Any) -> None:
    """On a lost connection, libpulse returns no operation, and aborts the program if that is released."""
    release = connection._pa_operation_unref

    def release_if_any(self: Any, operation: Any) -> None:
        if operation:
            release(self, operation)

    connection._pa_operation_unref = release_if_any


def _answers() -> bool:
    """Whether a sound server takes connections; libpulse starts one where the system is set up so."""
    library = c.CDLL(_LIBRARY)
    for name in ("pa_mainloop_new", "pa_mainloop_get_api", "pa_context_new"):
        getattr(library, name).restype = c.c_void_p
    loop = c.c_void_p(library.pa_mainloop_new())
    interface = c.c_void_p(library.pa_mainloop_get_api(loop))
    context = c.c_void_p(library.pa_context_new(interface, _NAME.encode()))
    try:
        state = 0 if library.pa_context_connect(context, None, 0, None) >= 0 else None
        while state is not None and state < _READY:
            if library.pa_mainloop_iterate(loop, 1, None) < 0:
                return False
            state = library.pa_context_get_state(context)
        return state == _READY
    finally:
        library.pa_context_disconnect(context)
        library.pa_context_unref(context)
        library.pa_mainloop_free(loop)
