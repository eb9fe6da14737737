"""Deinterlace the frames of broadcasts, DV and old cameras."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av.filter import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator

_TICK = Fraction(1, 25)


class Deinterlacer:
    """Makes whole frames of interlaced ones, one for one. Frames before the first such pass through.

    The filter looks at the next frame too, so that frames come one later.
    """

    def __init__(self) -> None:
        self._count = 0
        self._graph: Graph | None = None
        self._fits: tuple[int, int, str] | None = None
        self._times: deque[tuple[int | None, Fraction | None, int]] = deque()

    def apply(self, frame: av.VideoFrame) -> Iterator[av.VideoFrame]:
        """Take the next decoded frame; give those that are ready."""
        if self._graph is None and not frame.interlaced_frame:
            yield frame
            return
        fits = frame.width, frame.height, frame.format.name
        if fits != self._fits:
            yield from self.finish()
            self._graph, self._fits = self._built(frame), fits
        assert self._graph is not None
        self._times.append((frame.pts, frame.time_base, frame.duration))
        self._count += 1
        frame.pts, frame.time_base = self._count, _TICK  # The filter drops frames with odd times.
        self._graph.push(frame)
        yield from self._ready()

    def finish(self) -> Iterator[av.VideoFrame]:
        """Give the frames that are left, at the end of the stream or before a change of it."""
        if self._graph is not None:
            self._graph.push(None)
            yield from self._ready()
        self._graph = self._fits = None

    def _built(self, frame: av.VideoFrame) -> Graph:
        graph = Graph()
        source = graph.add(
            "buffer",
            video_size=f"{frame.width}x{frame.height}",
            pix_fmt=frame.format.name,
            time_base=str(_TICK),
            pixel_aspect="1/1",
            colorspace=str(int(frame.colorspace)),
            range=str(int(frame.color_range)),
        )
        # Frames that are not marked as interlaced stay as they are.
        filters = [source, graph.add("bwdif", mode="send_frame", deint="interlaced"), graph.add("buffersink")]
        graph.link_nodes(*filters).configure()
        return graph

    def _ready(self) -> Iterator[av.VideoFrame]:
        assert self._graph is not None
        while True:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(frame, av.VideoFrame)
            frame.pts, frame.time_base, frame.duration = self._times.popleft()
            yield frame
