"""Random changes of settings, for long runs."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import msgspec

from app.engine.core.settings import EffectSettings, MatteSettings, OutputSettings, SourceSettings
from app.engine.networks.catalogue import network_files

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.settings import Settings

_SMALLEST_PX = 64


class RandomSettings:
    """Changes effect, matte, network, frame size and recording; the same changes in each run."""

    def __init__(self, initial: Settings, clip: Path, recordings: Path) -> None:
        """`clip`: a video for the background; `recordings`: a folder whose old files are deleted."""
        self._initial, self._clip, self._recordings = initial, str(clip), recordings
        self._chance = random.Random(0)

    def change(self, settings: Settings, number: int) -> Settings:
        """The settings with change `number`."""
        chance = self._chance
        effect = chance.choice(
            [
                EffectSettings("blur", {"strength": chance.random()}),
                EffectSettings("colour", {"colour": f"#{chance.randrange(1 << 24):06x}"}),
                EffectSettings("video", {"file": self._clip}),
                EffectSettings("transparent"),
                EffectSettings("none"),
            ]
        )
        changes: dict[str, object] = {"effect": effect}
        changes["matte"] = MatteSettings(chance.random(), chance.random(), chance.random() < 0.5)
        if chance.random() < 0.3:
            name = chance.choice(list(network_files()))
            changes["network"] = msgspec.structs.replace(settings.network, name=name)
        if chance.random() < 0.1:
            changes["source"] = SourceSettings("demo", *chance.choice(self._sizes_px()))
        changes["output"] = OutputSettings(
            recording=self._new_recording(number) if chance.random() < 0.3 else ""
        )
        return msgspec.structs.replace(settings, **changes)

    def _sizes_px(self) -> list[tuple[int, int]]:
        """The first width and height, half of both, and another shape."""
        width, height = self._initial.source.width_px, self._initial.source.height_px
        half = max(_SMALLEST_PX, width // 2), max(_SMALLEST_PX, height // 2)
        return [(width, height), half, (width, height * 4 // 3)]

    def _new_recording(self, number: int) -> str:
        """A name for the next recording; all but the last one are deleted, which may still be open."""
        for path in sorted(self._recordings.iterdir())[:-1]:
            path.unlink()
        return str(self._recordings / f"{number:09}.mp4")
