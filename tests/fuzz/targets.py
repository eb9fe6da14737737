"""What is fuzzed: each target makes whole files and reads damaged ones."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from app.commands.processing.process_files import FileProcessor
from app.commands.processing.process_plan import FileJob
from app.commands.processing.result_files import write_picture
from app.engine.core.settings import EffectSettings, NetworkSettings
from app.engine.looks.cube import read_cube
from app.engine.looks.stage import Looks
from app.engine.media.file_kinds import is_picture
from app.engine.media.looping_video import LoopingVideo
from app.engine.media.moving_picture import MovingPicture
from app.engine.media.pictures.photo_metadata import kept_exif
from app.engine.media.pictures.picture_reader import picture_kind, read_image
from app.engine.media.video.reader import VideoReader
from app.engine.networks.auto_select import remembered
from app.engine.networks.segmenter import Segmenter
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.pipeline import Parts, Pipeline
from app.settings import load_stored, save_settings
from app.ui.models.background_library import BackgroundLibrary
from tests.fakes import FakeSegmenter
from tests.frames import still
from tests.fuzz import seeds
from tests.fuzz.control_socket import listening_window, read_reply, request

if TYPE_CHECKING:
    from collections.abc import Callable


_INPUTS = Path(__file__).parent / "inputs"
_SIZE_PX = 140, 80


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads files of others."""

    read: Callable[[Path], None]
    """Reads a file in a folder of its own. It may raise BackdropError and nothing else."""
    seeds: tuple[Callable[[Path], None], ...]
    """Each writes whole files into a folder."""
    is_text: bool = False
    prepare: Callable[[], object] | None = None
    """Does what may take long once, such as opening a window."""


def kept_inputs(name: str) -> list[Path]:
    """The inputs on which a target once failed."""
    return sorted((_INPUTS / name).glob("*"))


def _read_picture(path: Path) -> None:
    picture_kind(path)
    _check_picture(read_image(path))
    _check_picture(read_image(path, _SIZE_PX))


def _read_exif(path: Path) -> None:
    for suffix in (".jpg", ".png", ".webp", ".tif"):
        exif, _ = kept_exif(path, suffix, True)
        result = path.with_name(f"result{suffix}")
        write_picture(result, np.zeros((8, 8, 3), np.uint8), exif)
        _check_picture(read_image(result))


def _read_moving(path: Path) -> None:
    with MovingPicture(path) as reader:
        for _, picture in reader.frames():
            _check_picture(picture)


def _read_video(path: Path) -> None:
    with VideoReader(path) as reader:
        reader.colours, reader.frame_count, reader.fps  # noqa: B018
        for time_s, picture in reader.frames(lambda packet: None):
            assert time_s >= 0
            _check_picture(picture)
        str(reader.problem)


def _play(path: Path) -> None:
    player = LoopingVideo(path)
    for index in range(20):
        _check_picture(player.picture(index / 10, 48, 64, waits=True))


def _process(path: Path) -> None:
    """As `process` does, into a file of each kind in turns."""
    size = path.stat().st_size
    if is_picture(path):
        target, into = path.with_name(f"result{('.jpg', '.png', '.webp', '.tif')[size % 4]}"), "picture"
    else:
        target, into = path.with_name(f"result{('.mp4', '.mkv', '.webm', '.mov')[size % 4]}"), "video"
    processor = FileProcessor(_pipeline(), "composite", keeps_location=bool(size % 3))
    processor.do(FileJob(path, target, into))  # type: ignore[arg-type]  # one of its literals
    if into == "picture":
        _check_picture(read_image(target))
        return
    with av.open(str(target)) as result:
        assert sum(1 for _ in result.decode(video=0)) > 0


@lru_cache(maxsize=1)
def _pipeline() -> Pipeline:
    return Pipeline(Parts(FakeSegmenter(), build_effect(EffectSettings("colour"))))


def _infer(path: Path) -> None:
    segmenter = Segmenter(path, "cpu")
    segmenter.infer(still(np.zeros((48, 64, 3), np.uint8)))


def _check_card(path: Path) -> None:
    network = path.with_name(f"{path.stem}.onnx")
    shutil.copyfile(path.parent.parent / "seeds" / "tiny.onnx", network)
    Segmenter(network, "cpu")


def _load_settings(path: Path) -> None:
    kept = load_stored(path)
    save_settings(kept, path.with_name("saved.json"))
    assert load_stored(path.with_name("saved.json")) == kept
    build_effect(kept.effect)
    Looks(kept.looks)


def _read_table(path: Path) -> None:
    colours = read_cube(path).colours(np.array([[0.0, 0.5, 1.0], [1.0, 0.2, 0.0]]))
    assert np.isfinite(colours).all()


def _remember(path: Path) -> None:
    found = remembered(NetworkSettings(), path)
    assert found is None or found.name


def _list_backgrounds(path: Path) -> None:
    """The file as one of the user's backgrounds and as a stored thumbnail."""
    own, cache = path.parent / "own", path.parent / "cache"
    library = BackgroundLibrary(path.parent / "ours", own, cache)
    own.mkdir()
    shutil.copyfile(path, own / path.name)
    for _ in range(2):
        found = library.backgrounds()
        assert len(found) == 1
        for thumbnail in library.thumbnails(found):
            if thumbnail is not None:
                _check_picture(thumbnail)
        for stored in cache.glob("*.png"):
            shutil.copyfile(path, stored)
    library.add_file(path)


def _check_picture(picture: np.ndarray[Any, Any]) -> None:
    assert picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3 and picture.size


TARGETS = {
    "pictures": Target(_read_picture, (seeds.picture_seeds,)),
    "exif": Target(_read_exif, (seeds.exif_seeds,)),
    "moving": Target(_read_moving, (seeds.moving_seeds,)),
    "videos": Target(_read_video, (seeds.video_seeds,)),
    "player": Target(_play, (seeds.video_seeds, seeds.moving_seeds)),
    "process": Target(_process, (seeds.video_seeds, seeds.moving_seeds, seeds.exif_seeds)),
    "gallery": Target(_list_backgrounds, (seeds.picture_seeds, seeds.moving_seeds, seeds.video_seeds)),
    "networks": Target(_infer, (seeds.network_seeds,)),
    "cards": Target(_check_card, (seeds.card_seeds,), is_text=True),
    "settings": Target(_load_settings, (seeds.settings_seeds,), is_text=True),
    "tables": Target(_read_table, (seeds.table_seeds,), is_text=True),
    "measurements": Target(_remember, (seeds.measurement_seeds,), is_text=True),
    "requests": Target(request, (seeds.request_seeds,), is_text=True, prepare=listening_window),
    "replies": Target(read_reply, (seeds.reply_seeds,), is_text=True),
}
