"""Whether an MPEG transport or program stream ends inside a packet. Neither states its size or its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SYNC = 0x47  # The first byte of a transport packet.
# From the start of one packet to the next, and how much of it a whole file has after its last sync byte: M2TS
# has four bytes before each packet, and some recordings have sixteen after it.
_SPACINGS = {188: 188, 192: 188, 204: 204}
_FEWEST_PACKETS, _MOST_PACKETS = 4, 32
_START_CODE = b"\x00\x00\x01"
_PACK, _END = 0xBA, 0xB9
_PACK_START = _START_CODE + bytes([_PACK])
_TAIL_BYTES = 1 << 18  # More than two packets of a program stream, of which each has up to 65,541 bytes.


def ends_inside_packet(path: Path) -> bool:
    """Whether the last packet is cut; False if the end of the file is not understood. Raises OSError."""
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(max(0, length - _TAIL_BYTES))
        tail = file.read()
    return _is_transport_cut(tail) or _is_program_cut(tail)


def _is_transport_cut(tail: bytes) -> bool:
    for spacing, whole in _SPACINGS.items():
        packets = min(_MOST_PACKETS, len(tail) // spacing)
        if packets < _FEWEST_PACKETS:
            return False
        for last in range(1, spacing + 1):  # The length of the last packet.
            if all(tail[-last - spacing * number] == _SYNC for number in range(packets)):
                return last != whole
    return False


def _is_program_cut(tail: bytes) -> bool:
    at = tail.find(_PACK_START)
    while at >= 0:
        end = _end_of_chain(tail, at)
        if end >= len(tail):
            return end > len(tail)
        at = tail.find(_PACK_START, at + 1)
    return False


def _end_of_chain(tail: bytes, at: int) -> int:
    """Where the packets from `at` on end; after the end of `tail` if the last one is cut."""
    while at < len(tail) and _START_CODE.startswith(tail[at : at + 3]):
        head = tail[at : at + 14].ljust(14, b"\0")
        kind = head[3]
        if kind == _END:
            at += 4
        elif kind == _PACK:
            # MPEG-2's has a stuffing length in its last byte; MPEG-1's is shorter.
            at += 14 + (head[13] & 7) if head[4] >> 6 == 1 else 12
        elif kind > _PACK or at + 4 > len(tail):
            at += 6 + int.from_bytes(head[4:6], "big")
        else:
            break  # A start code of the pictures: this was no packet.
    return at
