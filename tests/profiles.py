"""Colour profiles (ICC) of cameras and phones, made by hand, and what their colours are in sRGB."""

from __future__ import annotations

import struct

import numpy as np

# Colorants under D50, in XYZ, one row each for red, green and blue; and gamma.
DISPLAY_P3 = [[0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407]], 2.2
ADOBE_RGB = [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]], 2.2
_SRGB = [[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410]]
Profile = tuple[list[list[float]], float]


def icc(profile: Profile) -> bytes:
    """The profile as a file of version 2."""
    colorants, gamma = profile
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    texts = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"Made\0" + bytes(79),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": _xyz([0.9642, 1.0, 0.8249]),
    }
    tags = texts | {
        name: data
        for colour, xyz in zip(b"rgb", colorants, strict=True)
        for name, data in ((bytes([colour]) + b"XYZ", _xyz(xyz)), (bytes([colour]) + b"TRC", curve))
    }
    table, content = struct.pack(">I", len(tags)), b""
    at = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, at + len(content), len(data))
        content += data + bytes(-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s", at + len(content), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    head += struct.pack(">3i", 63190, 65536, 54061)
    return head + bytes(128 - len(head)) + table + content


def in_srgb(rgb: tuple[int, int, int], profile: Profile) -> list[int]:
    """A colour of a profile, 0 to 255 each, as (red, green, blue) of sRGB."""
    colorants, gamma = profile
    xyz = (np.array(rgb) / 255) ** gamma @ np.array(colorants)
    linear = np.clip(xyz @ np.linalg.inv(np.array(_SRGB)), 0, 1)
    signal = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return [int(v) for v in np.rint(255 * signal)]


def _xyz(values: list[float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in values))
