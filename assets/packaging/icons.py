"""Write the icon in every size and format: `python -m assets.packaging.icons FOLDER`."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).resolve().parents[1] / "icons" / "backdrop.svg"
SIZES_PX = (16, 24, 32, 48, 64, 128, 256, 512)
_ICO_PX = (16, 24, 32, 48, 64, 256)
_ICNS_PX = {b"icp4": 16, b"icp5": 32, b"icp6": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512}


def png(size_px: int) -> bytes:
    """The drawing as a square PNG."""
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub says bytes, PySide6 takes str only
    return bytes(data.data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """Windows' format: a table of PNGs by size in pixels, then the PNGs."""
    offset = 6 + 16 * len(pictures)
    table = b""
    for size_px, data in pictures.items():
        table += struct.pack("<BBBBHHII", size_px % 256, size_px % 256, 0, 0, 1, 32, len(data), offset)
        offset += len(data)
    return struct.pack("<HHH", 0, 1, len(pictures)) + table + b"".join(pictures.values())


def icns(pictures: dict[bytes, bytes]) -> bytes:
    """macOS format: each PNG after its kind and length."""
    body = b"".join(kind + struct.pack(">I", 8 + len(data)) + data for kind, data in pictures.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def main(folder: Path) -> None:
    """Write all icon files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pngs = {size_px: png(size_px) for size_px in SIZES_PX}
    for size_px, data in pngs.items():
        (folder / f"backdrop-{size_px}.png").write_bytes(data)
    (folder / "backdrop.ico").write_bytes(ico({size_px: pngs[size_px] for size_px in _ICO_PX}))
    (folder / "backdrop.icns").write_bytes(icns({kind: pngs[size] for kind, size in _ICNS_PX.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
