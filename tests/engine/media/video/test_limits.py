"""Files that are too large are refused before decoding, and no file makes Backdrop fetch another."""

from __future__ import annotations

import socket
import struct
import threading
import zlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import ImageFile

import app.engine.networks.session as session
from app.engine.core.errors import BackdropError
from app.engine.media.pictures.picture_reader import read_image
from app.engine.media.video.reader import VideoReader
from app.engine.networks.segmenter import Segmenter
from tests.clips import write_clip
from tests.networks import write_network


def huge_png(path: Path, width_px: int = 50_000, height_px: int = 50_000) -> Path:
    """A header of a few bytes that claims a huge picture."""
    head = struct.pack(">4sIIBBBBB", b"IHDR", width_px, height_px, 8, 2, 0, 0, 0)
    size = b"\0\0\0\x0d" + head + struct.pack(">I", zlib.crc32(head))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + size + b"\0\0\0\x64IDAT" + bytes(100))
    return path


def test_huge_picture_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda *a: pytest.fail("it was read"))
    with pytest.raises(
        BackdropError, match="is too large, 50000 x 50000 pixels: Backdrop takes up to 250 meg"
    ):
        read_image(huge_png(tmp_path / "huge.png"))


def test_huge_video_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.media.video.reader.LARGEST_PX", 1000)
    with pytest.raises(BackdropError, match="is too large, 160 x 96 pixels"):
        VideoReader(write_clip(tmp_path / "clip.mp4", 2))


def test_playlist_file_fetches_nothing(tmp_path: Path) -> None:
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)

        def serve() -> None:
            try:
                server.accept()[0].close()
                asked.set()
            except OSError:
                return

        thread = threading.Thread(target=serve)
        thread.start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        # Without ENDLIST, libav would read the playlist again a hundred times, once per second.
        entries = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://{address}/a.ts\n"
        playlists = {
            "list.m3u8": f"{entries}#EXT-X-ENDLIST\n",
            "list.ffconcat": f"ffconcat version 1.0\nfile http://{address}/a.ts\n",
        }
        for name, text in playlists.items():
            (tmp_path / name).write_text(text)
            with pytest.raises(BackdropError), VideoReader(tmp_path / name) as reader:
                next(reader.frames())
        server.shutdown(socket.SHUT_RDWR)
        thread.join(20)
    assert not asked.is_set()


def external(path: Path) -> Path:
    """A network whose weights are in another file."""
    model = onnx.load(str(write_network(path)))
    scale = model.graph.initializer[1]
    scale.CopyFrom(onnx.numpy_helper.from_array(np.full(1, 1 / 255, np.float32), "scale"))
    onnx.save(model, str(path), save_as_external_data=True, location="weights.bin", size_threshold=0)
    assert (path.parent / "weights.bin").stat().st_size
    return path


def test_network_reads_no_external_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = external(tmp_path / "split.onnx")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BackdropError, match=r"'split\.onnx' keeps its weights in another file"):
        Segmenter(path)
    monkeypatch.setattr(session, "_EXTERNAL_DATA", b"written in a way that was not thought of")
    with pytest.raises(BackdropError, match="cannot be loaded"):
        Segmenter(path)


def test_huge_network_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.onnx"
    with path.open("wb") as file:
        file.truncate(300_000_000)  # no disk is used
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail("it was read"))
    with pytest.raises(
        BackdropError, match=r"'huge\.onnx' is too large for a network: Backdrop takes up to 200 MB"
    ):
        Segmenter(path)
