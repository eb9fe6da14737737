"""`python -m models.evaluate --video [NETWORKS]`: the accuracy and steadiness of alphas over time.

Accuracy and steadiness on composed sequences with known alpha; steadiness along the flow on real clips.
Networks are enlarged bilinearly. Alphas that another program made of the same pictures come as videos.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import torch
from tqdm import tqdm

from models.data.dataset import DataError, Pixels, read_index, read_rooms
from models.data.sequences import Footage, Material, make_sequences
from models.evaluation.baselines import BASELINES, BaselineError, peer_predictor
from models.evaluation.onnx_models import ModelError, open_model
from models.evaluation.predict import Alpha, predict
from models.evaluation.video_files import read_behind, read_footage, read_video, write_footage
from models.evaluation.video_metrics import FrameMeasure, means, measure_video, warped_changes

AlphaSource = Callable[[str, Sequence[Pixels]], list[Alpha]]  # a video's name and frames -> its alphas
_CLIP_SUFFIXES = {".mp4", ".mkv", ".mov", ".webm", ".avi"}
# As matting papers print them: Lin et al., "Robust High-Resolution Video Matting", WACV 2022, section 5.
_SCALES = {"mad": 1e3, "mse": 1e3, "gradient": 1e-3, "connectivity": 1e-3, "dtssd": 1e2, "flow": 1e3}
_TITLES = ("MAD x1000", "MSE x1000", "gradient / 1000", "connectivity / 1000", "dtSSD x100", "flow x1000")


def network_alphas(path: Path, threads: int) -> AlphaSource:
    """A network of ours or a baseline, frame by frame. Raises ModelError, BaselineError."""
    if path.stem in BASELINES:
        predictor = peer_predictor(path, threads)
        return lambda name, frames: [predictor(frame) for frame in frames]
    predictor, pixels = open_model(path, threads)
    return lambda name, frames: [predict(predictor, frame, pixels) for frame in frames]


def file_alphas(folder: Path) -> AlphaSource:
    """Alphas in `folder`/NAME.mkv, grey, one for each frame; it raises DataError where they do not fit."""

    def read(name: str, frames: Sequence[Pixels]) -> list[Alpha]:
        path = folder / f"{name}.mkv"
        alphas = read_video(path, grey=True, most=len(frames))
        if len(alphas) != len(frames) or alphas[0].shape != frames[0].shape[:2]:
            (height, width), (down, across) = frames[0].shape[:2], alphas[0].shape
            raise DataError(
                f"{path} has {len(alphas)} alphas of {across}x{down}, "
                f"but the video has {len(frames)} frames of {width}x{height}"
            )
        return [as_alpha(alpha) for alpha in alphas]

    return read


def as_alpha(levels: Pixels) -> Alpha:
    """uint8 0 to 255 as float32 0 to 1."""
    return np.asarray(levels / 255, np.float32)


def measure_sequences(
    footage: Iterable[Footage], alpha_sources: Mapping[str, AlphaSource]
) -> dict[str, dict[str, list[FrameMeasure]]]:
    """Measures of every frame, by source of alphas, then by sequence. Raises DataError."""
    found: dict[str, dict[str, list[FrameMeasure]]] = {name: {} for name in alpha_sources}
    for video in footage:
        true = [as_alpha(alpha) for alpha in video.alphas]
        for name, source in alpha_sources.items():
            found[name][video.name] = measure_video(source(video.name, video.frames), true)
    return found


def measure_clips(
    paths: Iterable[Path], frames: int, alpha_sources: Mapping[str, AlphaSource]
) -> dict[str, dict[str, list[float]]]:
    """Change along the flow, of each frame but the first, by source, then by clip. Raises DataError."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in alpha_sources}
    for path in paths:
        pictures = read_video(path, most=frames)
        changes = warped_changes(pictures, [source(path.stem, pictures) for source in alpha_sources.values()])
        for name, change in zip(alpha_sources, changes, strict=True):
            found[name][path.stem] = change
    return found


def summarise(
    sequences: Mapping[str, Sequence[FrameMeasure]], clips: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """Means over all frames, unscaled; only of what was measured."""
    frames = [frame for measures in sequences.values() for frame in measures]
    summary = means(frames) if frames else {}
    # A mean of means, for clips are of different lengths.
    return summary | ({"flow": float(np.mean([np.mean(c) for c in clips.values()]))} if clips else {})


def table(summaries: Mapping[str, Mapping[str, float]]) -> str:
    """Markdown table; less is better everywhere."""
    shown = next(iter(summaries.values()))
    titles = [title for title, key in zip(_TITLES, _SCALES, strict=True) if key in shown]
    lines = [f"| alphas | {' | '.join(titles)} |", "|---" * (len(titles) + 1) + "|"]
    for name, summary in summaries.items():
        cells = [f"{summary[key] * scale:.2f}" for key, scale in _SCALES.items() if key in summary]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.sequences < 1 or options.frames < 2:
        parser.error("--sequences is at least 1 and --frames at least 2")
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(options.threads)
    try:
        footage = tqdm(_footage(options), "sequences", disable=None)
        alpha_sources = {path.stem: network_alphas(path, options.threads) for path in options.networks}
        alpha_sources |= {name: file_alphas(folder) for name, folder in options.alphas}
        if options.write:
            for video in footage:
                write_footage(options.write, video)
            return 0
        if not alpha_sources:
            raise DataError("there is nothing to measure: name networks, or --alphas")
        sequences = measure_sequences(footage, alpha_sources)
        clips = measure_clips(
            tqdm(_clips(options.clips), "clips", disable=None), options.frames, alpha_sources
        )
    except (ModelError, DataError, BaselineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    summaries = {name: summarise(sequences[name], clips[name]) for name in alpha_sources}
    if options.json:
        print(
            json.dumps(
                {name: _details(summaries[name], sequences[name], clips[name]) for name in alpha_sources}
            )
        )
    else:
        print(table(summaries))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.evaluate", description=__doc__)
    parser.add_argument("--video", action="store_true", required=True)
    parser.add_argument("networks", type=Path, nargs="*", help="exported .onnx, checkpoints or peers")
    parser.add_argument(
        "--alphas",
        type=_named_folder,
        action="append",
        default=[],
        metavar="NAME=DIR",
        help="alphas made elsewhere: NAME.mkv, grey, for each sequence and clip (repeatable)",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--data", type=Path, help="compose sequences from this folder with index.csv")
    where.add_argument("--read", type=Path, metavar="DIR", help="measure the sequences that --write wrote")
    parser.add_argument("--split", default="val")
    parser.add_argument(
        "--behind",
        nargs="+",
        default=[],
        metavar="CLIP[@LEFT,TOP,RIGHT,BOTTOM]",
        help="clips, or windows of clips, without people: behind every other person",
    )
    parser.add_argument("--sequences", type=int, default=20, help="how many (default %(default)s)")
    parser.add_argument("--frames", type=int, default=60, help="of each, and of clips (default %(default)s)")
    parser.add_argument("--size", type=_size, default=(360, 640), metavar="WIDTHxHEIGHT")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, metavar="DIR", help="write the sequences and measure nothing")
    parser.add_argument("--clips", type=Path, metavar="DIR", help="real clips, for the change along the flow")
    parser.add_argument("--json", action="store_true", help="every frame's measures, as JSON")
    parser.add_argument("--threads", type=int, default=1)
    return parser


def _named_folder(text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not (name and equals and folder):
        raise argparse.ArgumentTypeError(f"{text} is not NAME=DIR")
    return name, Path(folder)


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(number) for number in text.split("x"))
    except ValueError:
        width = height = 0
    if not (64 <= width <= 3840 and 64 <= height <= 2160):
        raise argparse.ArgumentTypeError(f"{text} is not WIDTHxHEIGHT, from 64x64 to 3840x2160")
    return height, width


def _footage(options: argparse.Namespace) -> Iterable[Footage]:
    if options.read:
        return read_footage(options.read)
    if not options.data:
        if options.write or not options.clips:
            raise DataError("sequences are composed from --data, or read from --read")
        return []
    entries, rooms = read_index(options.data, options.split), read_rooms(options.data)
    clips = [read_behind(text, options.frames) for text in options.behind]
    material = Material(entries, rooms, clips)
    return make_sequences(material, options.sequences, options.frames, options.size, options.seed)


def _clips(folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    clips = sorted(path for path in folder.glob("*") if path.suffix.lower() in _CLIP_SUFFIXES)
    if not clips:
        raise DataError(f"there is no clip in {folder}")
    return clips


def _details(
    summary: Mapping[str, float],
    sequences: Mapping[str, Sequence[FrameMeasure]],
    clips: Mapping[str, Sequence[float]],
) -> dict[str, object]:
    by_sequence = {name: [asdict(frame) for frame in frames] for name, frames in sequences.items()}
    return {"mean": summary, "sequences": by_sequence, "clips": clips}
