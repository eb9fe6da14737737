"""A camera in PipeWire's graph, through ctypes on libpipewire-0.3 (MIT licence).

It needs no kernel module, no root and no further package. PipeWire calls back on a thread of its own, which
holds the loop's lock then.
"""

from __future__ import annotations

import ctypes as c
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.devices import libpipewire, spa_pod

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from app.engine.devices.spa_pod import VideoFormat

_DIRECTION_OUTPUT, _ANY_TARGET = 1, 0xFFFFFFFF
_MAP_BUFFERS, _DRIVER = 1 << 2, 1 << 3
_CONNECTING, _STREAMING = 1, 3
_EVENTS_VERSION = 2
# The portal for cameras lists nodes with this class and this role. A suspended node forgets the format, so
# that the next consumer may choose another one.
_PROPERTIES = b"""{ media.class = Video/Source, media.role = Camera, node.name = backdrop,
    node.description = Backdrop, media.name = Backdrop, node.virtual = true,
    session.suspend-timeout-seconds = 1 }"""


class PipeWireStream:
    """One video source in the graph. The consumers choose among the offered formats.

    `format` is what they have agreed on, None before; `is_streaming` tells whether a consumer takes frames.
    """

    def __init__(self, formats: Sequence[VideoFormat], rates_fps: Sequence[int]) -> None:
        """Connect, and offer the formats in order of preference, each at any of the rates.

        Raises BackdropError if PipeWire is not installed or not running.
        """
        self._library = libpipewire.library()
        self._state = _CONNECTING
        self.format: VideoFormat | None = None
        # PipeWire keeps pointers to these.
        self._callbacks = libpipewire.StateChanged(self._on_state), libpipewire.ParamChanged(self._on_param)
        self._events = libpipewire.Events(
            version=_EVENTS_VERSION, state_changed=self._callbacks[0], param_changed=self._callbacks[1]
        )
        self._stream = None
        self._loop = self._library.pw_thread_loop_new(b"backdrop", None)
        with self._locked():
            self._stream = self._library.pw_stream_new_simple(
                self._library.pw_thread_loop_get_loop(self._loop),
                b"Backdrop",
                self._library.pw_properties_new_string(_PROPERTIES),
                c.addressof(self._events),
                None,
            )
            offered, _kept = _pointers([spa_pod.offered_format(offer, rates_fps) for offer in formats])
            refused = self._stream is None or self._library.pw_stream_connect(
                self._stream, _DIRECTION_OUTPUT, _ANY_TARGET, _MAP_BUFFERS | _DRIVER, offered, len(offered)
            )
        if refused:
            self.close()
            raise BackdropError("PipeWire is not running.")
        self._library.pw_thread_loop_start(self._loop)

    @property
    def is_streaming(self) -> bool:
        """Whether a consumer takes frames."""
        return self._state == _STREAMING

    @property
    def is_lost(self) -> bool:
        """Whether the connection to the daemon has ended."""
        return self._state < _CONNECTING

    def send(self, agreed: VideoFormat, picture: npt.NDArray[np.uint8], time_ns: int) -> bool:
        """Copy one picture into a free buffer, with its time (CLOCK_MONOTONIC).

        `picture`: the planes of `agreed`, contiguous. False if no buffer is free or the format has changed.
        """
        with self._locked():
            if agreed != self.format or not self.is_streaming:
                return False
            buffer = self._library.pw_stream_dequeue_buffer(self._stream)
            if not buffer:
                return False
            content = buffer.contents.buffer.contents
            data = content.datas[0]
            chunk = data.chunk.contents
            chunk.offset, chunk.size, chunk.stride = 0, 0, agreed.row_bytes
            if data.data and picture.nbytes <= data.capacity:
                c.memmove(data.data, picture.ctypes.data, picture.nbytes)
                chunk.size = picture.nbytes
            for meta in content.metas[: content.meta_count]:
                if meta.type == spa_pod.META_HEADER and meta.data:
                    header = struct.pack("<IIqqQ", 0, 0, time_ns, 0, 0)
                    c.memmove(meta.data, header, min(len(header), meta.size))
            self._library.pw_stream_queue_buffer(self._stream, buffer)
        return True

    def close(self) -> None:
        """Leave the graph."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        self._library.pw_thread_loop_stop(loop)
        if self._stream is not None:
            self._library.pw_stream_destroy(self._stream)
        self._library.pw_thread_loop_destroy(loop)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._library.pw_thread_loop_lock(self._loop)
        try:
            yield
        finally:
            self._library.pw_thread_loop_unlock(self._loop)

    def _on_state(self, _: object, old: int, new: int, reason: bytes | None) -> None:
        self._state = new

    def _on_param(self, _: object, param: int, pod: int | None) -> None:
        if param != spa_pod.PARAM_FORMAT:
            return
        self.format = None
        if not pod:
            return
        size_bytes = c.cast(pod, c.POINTER(c.c_uint32))[0]
        self.format = agreed = spa_pod.parsed_format(c.string_at(pod, size_bytes + 8))
        if agreed is not None:
            buffers = spa_pod.wanted_buffers(agreed.picture_bytes, agreed.row_bytes)
            params, _kept = _pointers([buffers, spa_pod.wanted_header()])
            self._library.pw_stream_update_params(self._stream, params, len(params))


def _pointers(pods: Sequence[bytes]) -> tuple[c.Array[c.c_void_p], list[c.Array[c.c_char]]]:
    """A C array of pointers to PODs, and the PODs, which must live as long as the array is used."""
    kept = [c.create_string_buffer(pod, len(pod)) for pod in pods]
    return (c.c_void_p * len(kept))(*[c.addressof(pod) for pod in kept]), kept
