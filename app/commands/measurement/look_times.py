"""Time each look for `bench --looks`: what it adds to a frame."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.commands.measurement.timing import Times, time_in_turns
from app.engine.builder import face_finder
from app.engine.core.settings import EffectSettings
from app.engine.looks.light import PortraitLight, Vignette
from app.engine.looks.registry import LOOKS
from app.engine.looks.stage import Looks
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.pipeline import Parts, Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.engine.core.look import Look
    from app.engine.core.parameters import Values
    from app.engine.core.types import Picture
    from app.engine.networks.segmenter import Segmenter

_STAGES = "adjust", "face", "look", "effect", "composite"
"""The stages whose time a look changes."""
_TABLE_SIZE = 33


def look_figures(
    segmenter: Segmenter, effect: str, pictures: Sequence[Picture], frames: int
) -> list[dict[str, object]]:
    """The milliseconds that each look adds to a frame of these pictures, timed in turns with no look."""
    with tempfile.TemporaryDirectory() as folder:
        rows = dict(_rows(Path(folder)))
        pipelines = []
        for values in ({}, *rows.values()):
            looks, built = Looks(values), build_effect(EffectSettings(effect))
            parts = Parts(segmenter, built, looks=looks, faces=face_finder(looks))
            pipelines.append(Pipeline(parts).process)
    without, *times = time_in_turns(pipelines, pictures, frames)
    height, width = pictures[0].shape[:2]
    return [
        {
            "size": f"{width}x{height}",
            "frames": frames,
            "effect": effect,
            "look": title,
            "values": rows[title],
            "added_ms": round(_cost_ms(each) - _cost_ms(without), 3),
        }
        for title, each in zip(rows, times, strict=True)
    ]


def look_table(figures: list[dict[str, object]]) -> Iterator[str]:
    """The lines of a table."""
    yield "{size}, {effect}, {frames} frames each, in turns; milliseconds that a look adds".format(
        **figures[0]
    )
    for row in figures:
        yield f"{row['look']:<44}{row['added_ms']:>8.2f}"


def _rows(folder: Path) -> Iterator[tuple[str, Values]]:
    """The values of each look by its title, and of those that are fused."""
    for look in LOOKS:
        yield look.title, _half(look, folder)
    fused = [look for look in LOOKS if look.title == "Colour"] + [PortraitLight, Vignette]
    values: Values = {}
    for look in fused:
        values |= _half(look, folder)
    yield ", ".join(look.title for look in fused), values
    yield "all", {key: value for look in LOOKS for key, value in _half(look, folder).items()}


def _half(look: type[Look], folder: Path) -> Values:
    """Half of each slider; for a file, a table made for this."""
    values: Values = {}
    for parameter in look.parameters:
        if parameter.kind == "slider":
            values[parameter.key] = parameter.high / 2
        elif parameter.kind == "file":
            values[parameter.key] = str(_table(folder / "bench.cube"))
    return values


def _table(path: Path) -> Path:
    steps = np.linspace(0.0, 1.0, _TABLE_SIZE) ** 1.1
    lines = [f"{red:.5f} {green:.5f} {0.9 * blue:.5f}" for blue in steps for green in steps for red in steps]
    path.write_text("\n".join([f"LUT_3D_SIZE {_TABLE_SIZE}", *lines]), encoding="utf-8")
    return path


def _cost_ms(times: Times) -> float:
    """The mean of the stages that looks change, without the tenth of the frames at each end."""
    stages = [times.stages[stage] for stage in _STAGES if stage in times.stages]
    costs = np.sort(np.sum(stages, axis=0))
    tenth = len(costs) // 10
    return float(costs[tenth : len(costs) - tenth].mean())
