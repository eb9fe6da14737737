"""PDF files for tests: one page of a flat colour for each colour given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RED, GREEN, BLUE = "1 0 0", "0 1 0", "0 0 1"
_LOCK = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
    b"11" * 32,
    b"22" * 32,
)


def write_pdf(
    path: Path, colours: tuple[str, ...], size_pt: tuple[int, int] = (160, 90), is_locked: bool = False
) -> Path:
    """Write a PDF with a page for each colour ('red green blue', 0 to 1). Locked: by a password."""
    width, height = size_pt
    kids = " ".join(f"{3 + 2 * i} 0 R" for i in range(len(colours)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(colours)} >>",
    ]
    for i, colour in enumerate(colours):
        drawing = f"{colour} rg 0 0 {width} {height} re f"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents {4 + 2 * i} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream")
    data, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode()
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    lock = _LOCK if is_locked else b""
    data += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, lock)
    path.write_bytes(data + b"startxref\n%d\n%%%%EOF\n" % start)
    return path
