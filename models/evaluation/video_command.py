"""`python -m models.evaluate --video [NETWORKS]`: measure the errors and the stability of alphas over time.

Composed sequences have true alphas. On real clips only the change along the optical flow can be measured.
Alphas of networks are enlarged bilinearly. Alphas from another program are read from video files.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from tqdm import tqdm

from models.data.dataset import DataError, Pixels, read_backgrounds, read_images, read_index
from models.data.sequences import Footage, Material, make_sequences
from models.evaluation.arguments import video_parser
from models.evaluation.baselines import BASELINES, BaselineError, baseline_predictor
from models.evaluation.onnx_models import ModelError, open_model
from models.evaluation.predict import Alpha, predict
from models.evaluation.video_files import read_footage, read_video, read_window, write_footage
from models.evaluation.video_metrics import FrameMeasure, means, measure_video, warped_changes

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

# From the name and the frames of a video to its alphas.
VideoPredictor = Callable[[str, Sequence[Pixels]], list[Alpha]]
_CLIP_SUFFIXES = {".mp4", ".mkv", ".mov", ".webm", ".avi"}
# Factors as in matting papers: Lin et al., "Robust High-Resolution Video Matting", WACV 2022, section 5.
_SCALES = {"mad": 1e3, "mse": 1e3, "gradient": 1e-3, "connectivity": 1e-3, "dtssd": 1e2, "flow": 1e3}
_TITLES = ("MAD x1000", "MSE x1000", "gradient / 1000", "connectivity / 1000", "dtSSD x100", "flow x1000")


def network_predictor(path: Path, threads: int) -> VideoPredictor:
    """Apply a network or a baseline to each frame. Raises ModelError, BaselineError."""
    if path.stem in BASELINES:
        predictor = baseline_predictor(path, threads)
        return lambda name, frames: [predictor(frame) for frame in frames]
    predictor, pixels = open_model(path, threads)
    return lambda name, frames: [predict(predictor, frame, pixels) for frame in frames]


def file_predictor(folder: Path) -> VideoPredictor:
    """Read alphas from `folder`/NAME.mkv, grey. Calls raise DataError if number or size differ."""

    def read(name: str, frames: Sequence[Pixels]) -> list[Alpha]:
        path = folder / f"{name}.mkv"
        alphas = read_video(path, grey=True, limit=len(frames))
        if len(alphas) != len(frames) or alphas[0].shape != frames[0].shape[:2]:
            (height, width), (down, across) = frames[0].shape[:2], alphas[0].shape
            raise DataError(
                f"{path} has {len(alphas)} alphas of {across}x{down}, "
                f"but the video has {len(frames)} frames of {width}x{height}"
            )
        return [as_alpha(alpha) for alpha in alphas]

    return read


def as_alpha(levels: Pixels) -> Alpha:
    """Convert uint8, 0 to 255, to float32, 0 to 1."""
    return np.asarray(levels / 255, np.float32)


def measure_sequences(
    footage: Iterable[Footage], predictors: Mapping[str, VideoPredictor], last: int | None = None
) -> dict[str, dict[str, list[FrameMeasure]]]:
    """Measure the last frames, None for all, by predictor, then by sequence. Raises DataError."""
    results: dict[str, dict[str, list[FrameMeasure]]] = {name: {} for name in predictors}
    for video in footage:
        true = [as_alpha(alpha) for alpha in video.alphas]
        for name, predictor in predictors.items():
            measures = measure_video(predictor(video.name, video.frames), true)
            results[name][video.name] = measures[-(last or len(measures)) :]
    return results


def measure_clips(
    paths: Iterable[Path], limit: int, predictors: Mapping[str, VideoPredictor]
) -> dict[str, dict[str, list[float]]]:
    """Change along the flow of each frame but the first, by predictor, then by clip. Raises DataError."""
    results: dict[str, dict[str, list[float]]] = {name: {} for name in predictors}
    for path in paths:
        frames = read_video(path, limit=limit)
        changes = warped_changes(frames, [predictor(path.stem, frames) for predictor in predictors.values()])
        for name, change in zip(predictors, changes, strict=True):
            results[name][path.stem] = change
    return results


def summarise(
    sequences: Mapping[str, Sequence[FrameMeasure]], clips: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """Means over all frames, without the factors of the table; only metrics that were measured."""
    frames = [frame for measures in sequences.values() for frame in measures]
    summary = means(frames) if frames else {}
    # A mean of means, because clips differ in length.
    return summary | ({"flow": float(np.mean([np.mean(c) for c in clips.values()]))} if clips else {})


def table(summaries: Mapping[str, Mapping[str, float]]) -> str:
    """Markdown table; lower is better in every column."""
    shown = next(iter(summaries.values()))
    titles = [title for title, key in zip(_TITLES, _SCALES, strict=True) if key in shown]
    lines = [f"| alphas | {' | '.join(titles)} |", "|---" * (len(titles) + 1) + "|"]
    for name, summary in summaries.items():
        cells = [f"{summary[key] * scale:.2f}" for key, scale in _SCALES.items() if key in summary]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit status."""
    parser = video_parser(__doc__)
    options = parser.parse_args(arguments)
    if options.sequences < 1 or options.frames < 2 or (options.last is not None and options.last < 1):
        parser.error("--sequences and --last must be at least 1 and --frames at least 2")
    if not 0 <= options.hand_held <= 1:
        parser.error("--hand-held must be from 0 to 1")
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(options.threads)
    try:
        footage = tqdm(_footage(options), "sequences", disable=None)
        predictors = {path.stem: network_predictor(path, options.threads) for path in options.networks}
        predictors |= {name: file_predictor(folder) for name, folder in options.alphas}
        if options.write:
            for video in footage:
                write_footage(options.write, video)
            return 0
        if not predictors:
            raise DataError("there is nothing to measure; name networks or --alphas")
        sequences = measure_sequences(footage, predictors, options.last)
        paths = tqdm(_clips(options.clips), "clips", disable=None)
        clips = measure_clips(paths, options.frames, predictors)
    except (ModelError, DataError, BaselineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    summaries = {name: summarise(sequences[name], clips[name]) for name in predictors}
    if options.json:
        details = {name: _details(summaries[name], sequences[name], clips[name]) for name in predictors}
        print(json.dumps(details))
    else:
        print(table(summaries))
    return 0


def _footage(options: argparse.Namespace) -> Iterable[Footage]:
    if options.read:
        return read_footage(options.read)
    if not options.data:
        if options.write or not options.clips:
            raise DataError("name the sequences with --data or --read")
        return []
    entries = read_index(options.data, options.split)
    clips = [read_window(text, options.frames) for text in options.behind]
    images = read_images(options.backgrounds) if options.backgrounds else read_backgrounds(options.data)
    material = Material(entries, images, clips, options.hand_held)
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
