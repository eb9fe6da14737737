"""Name a codec that PyAV has no decoder for."""

from __future__ import annotations

import re
import threading

import av
import av.logging

_describing = threading.Lock()  # The level of the log is one for the whole process.


def codec_name(container: av.container.InputContainer, stream_index: int) -> str:
    """The codec of a stream by FFmpeg's name, else by the four letters in the file; '' if neither is known.

    PyAV gives no codec context for such a stream, so this reads FFmpeg's description of the file.
    """
    with _describing:
        level = av.logging.get_level()
        av.logging.set_level(av.logging.INFO)
        try:
            described: str = container.dumps_format()  # type: ignore[attr-defined]  # not in PyAV's stubs
        finally:
            av.logging.set_level(level)
    line = re.search(rf"Stream #0:{stream_index}\b.*?: \w+: (.+)", described)
    if line is None:
        return ""
    name = line[1].split(",")[0].split(" ")[0]
    letters = re.search(r"\((.{4}) / 0x[0-9A-F]{8}\)", line[1])
    if name not in ("none", "unknown"):
        return name
    return letters[1].strip() if letters else ""
