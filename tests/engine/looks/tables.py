"""Colour tables for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.engine.looks.cube import Colours


def write_cube(path: Path, change: Callable[[Colours], Colours], size: int = 17) -> Path:
    """Write a table that changes colours, N x 3 BGR, 0..1, as `change` does; red varies fastest."""
    steps = np.linspace(0.0, 1.0, size)
    blue, green, red = (plane.ravel() for plane in np.meshgrid(steps, steps, steps, indexing="ij"))
    new = change(np.stack([blue, green, red], axis=1))
    lines = [f"{r:.6f} {g:.6f} {b:.6f}" for b, g, r in new]
    head = ["# made by a test", 'TITLE "Test"', f"LUT_3D_SIZE {size}", ""]
    path.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")
    return path
