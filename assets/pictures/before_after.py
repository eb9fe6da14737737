"""Make the README's moving picture: `python -m assets.pictures.before_after [FILE.webp]`.

A line moves over the demo and back: the camera's picture on its right, what others see on its left.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from app.engine.builder import load_segmenter
from app.engine.core.paths import assets_folder
from app.engine.core.settings import EffectSettings, NetworkSettings, Settings
from app.engine.core.types import Frame
from app.engine.media.demo import FPS, PERIOD_FRAMES, Demo
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.pipeline import Parts, Pipeline

if TYPE_CHECKING:
    from app.engine.core.types import Picture

FILE = Path(__file__).resolve().parents[1] / "before-after.webp"
_EFFECTS = (
    ("blur", ""),
    ("image", "leaf-shadows.jpg"),
)
_WIDTH_PX, _HEIGHT_PX = 1280, 720
_SHOWN_PX = 640, 360
_EVERY = 5
"""The pipeline gets every frame of the demo; every fifth is shown."""
_LINE_BGR = (255, 255, 255)


def moving_picture() -> list[Picture]:
    """One period of the demo, a sweep of the line per effect, as small BGR pictures."""
    settings = Settings(network=NetworkSettings("bisenet_large"))
    segmenter = load_segmenter(settings.network)
    demo, shown = Demo(_WIDTH_PX, _HEIGHT_PX), []
    part_frames = PERIOD_FRAMES // len(_EFFECTS)
    for number, (name, file) in enumerate(_EFFECTS):
        values: dict[str, float | str] = {"file": str(assets_folder() / "backgrounds" / file)} if file else {}
        effect = build_effect(EffectSettings(name, values), waits=True)
        pipeline = Pipeline(
            Parts(segmenter, effect, settings.matte, settings.compositor, settings.adjustments)
        )
        for index in range(part_frames):
            frame = demo.frame(number * part_frames + index)
            after = pipeline.process(Frame(index, index / FPS, frame)).composite.picture
            if index % _EVERY == 0:
                share = 0.5 - 0.5 * math.cos(2 * math.pi * index / part_frames)
                shown.append(beside(frame, np.asarray(after[..., :3]), share))
    return shown


def beside(before: Picture, after: Picture, share: float) -> Picture:
    """Both pictures in one: `after` in the left share of the width, a line, and `before`."""
    small = [cv2.resize(picture, _SHOWN_PX, interpolation=cv2.INTER_AREA) for picture in (before, after)]
    at = round(share * (_SHOWN_PX[0] + 4)) - 2
    picture = small[0].copy()
    picture[:, : max(at, 0)] = small[1][:, : max(at, 0)]
    cv2.line(picture, (at, 0), (at, _SHOWN_PX[1]), _LINE_BGR, 2)
    return np.asarray(picture, np.uint8)


def main(path: Path) -> None:
    """Write the moving picture."""
    pictures = [Image.fromarray(np.ascontiguousarray(picture[..., ::-1])) for picture in moving_picture()]
    pictures[0].save(
        path,
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 * _EVERY / FPS / 1.6),
        loop=0,
        quality=58,
        kmin=2,
        kmax=4,
        method=6,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FILE)
