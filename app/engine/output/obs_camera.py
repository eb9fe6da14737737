"""OBS's virtual camera on Windows, through its shared memory. Not yet seen on a real machine."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.devices.spa_pod import PixelFormat, VideoFormat
from app.engine.devices.windows_objects import OBS_CLASS, named_objects
from app.engine.output.pipewire_camera import planes
from app.engine.output.sinks import Sink

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.types import Composite
    from app.engine.devices.windows_objects import Handle, NamedObjects

NAME = "OBSVirtualCamVideo"
_FRAMES, _FRAME_HEADER_BYTES, _ALIGNMENT = 3, 32, 32
# write_idx, read_idx, state, three offsets, type, width, height, 4 bytes of padding, interval, 8 reserved.
_HEADER = struct.Struct("<3I3I3I4xQ32x")
_INDEXES_AND_STATE, _WRITE_INDEX = struct.Struct("<3I"), struct.Struct("<I")
_STARTING, _READY, _STOPPING = 1, 2, 3
_INTERVAL = 333_333  # 30 fps, in units of 100 ns.


class ObsCamera(Sink):
    """The camera "OBS Virtual Camera" of OBS 26 and later, which must not send itself meanwhile.

    The size of the first picture stays until it is closed. OBS does not tell whether somebody watches.
    """

    title = "OBS Virtual Camera"

    has_fixed_size = True

    def __init__(self, objects: Callable[[], NamedObjects] = named_objects) -> None:
        self._objects = objects
        self._mapping: Handle | None = None
        self._format = VideoFormat(PixelFormat.NV12, 2, 2, 30)
        self._offsets: list[int] = []
        self._index = 0
        self._sent_ns = 0

    def missing(self) -> BackdropError | None:
        try:
            if self._objects().is_registered(OBS_CLASS):
                return None
        except BackdropError as error:
            return error
        return BackdropError("OBS's virtual camera is not installed: install OBS Studio.")

    def open(self, height_px: int, width_px: int) -> None:
        missing = self.missing()
        if missing:
            raise missing
        objects = self._objects()
        if objects.memory_exists(NAME):
            raise BackdropError(
                "OBS's virtual camera is in use: stop it in OBS, or close the other program that sends to it."
            )
        self._format = VideoFormat(
            PixelFormat.NV12, max(2, width_px // 2 * 2), max(2, height_px // 2 * 2), 30
        )
        self._offsets, size_bytes = layout(self._format.picture_bytes)
        try:
            self._mapping = objects.create_memory(NAME, size_bytes)
        except OSError as error:
            raise BackdropError(
                "The virtual camera '{path}' cannot be used: {reason}.",
                path=self.title,
                reason=disk_reason(error),
            ) from error
        self._index = self._sent_ns = 0
        size = self._format.width_px, self._format.height_px
        _HEADER.pack_into(self._mapping.memory, 0, 0, 0, _STARTING, *self._offsets, 0, *size, _INTERVAL)

    def send(self, composite: Composite) -> None:
        if self._mapping is None:
            raise BackdropError("The virtual camera '{title}' is not open.", title=self.title)
        memory = self._mapping.memory
        nv12 = planes(composite.picture, self._format)
        self._index = (self._index + 1) & 0xFFFFFFFF
        # A reader takes the frame of read_idx, never the one that is being written.
        _WRITE_INDEX.pack_into(memory, 0, self._index)
        offset = self._offsets[self._index % _FRAMES]
        self._sent_ns = max(self._sent_ns + 1, round(composite.captured_at * 1e9))
        begin = offset + _FRAME_HEADER_BYTES
        memory[begin : begin + nv12.nbytes] = nv12.reshape(-1).data
        struct.pack_into("<Q", memory, offset, self._sent_ns)
        _INDEXES_AND_STATE.pack_into(memory, 0, self._index, self._index, _READY)

    def close(self) -> None:
        mapping, self._mapping = self._mapping, None
        if mapping is not None:
            _WRITE_INDEX.pack_into(mapping.memory, 8, _STOPPING)
            mapping.close()


def layout(frame_bytes: int) -> tuple[list[int], int]:
    """The offsets of the three frames' headers, and the size of the mapping."""
    offsets, end = [], _HEADER.size
    for _ in range(_FRAMES):
        begin = -(-end // _ALIGNMENT) * _ALIGNMENT
        offsets.append(begin)
        end = begin + _FRAME_HEADER_BYTES + frame_bytes
    return offsets, -(-end // _ALIGNMENT) * _ALIGNMENT
