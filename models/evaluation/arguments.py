"""The options of `models.evaluate --composed` and `--video`."""

from __future__ import annotations

import argparse
from pathlib import Path


def composed_parser(description: str | None) -> argparse.ArgumentParser:
    """The options of `--composed`."""
    parser = _new("--composed", description, "NAME.png per frame")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--data", type=Path, help="folder with index.csv, for the people")
    source.add_argument("--read", type=Path, metavar="DIR", help="folder of frames that --write wrote")
    parser.add_argument("--split", default="val", help="split of the data (default: %(default)s)")
    parser.add_argument(
        "--backgrounds", type=Path, metavar="DIR", help="folder of background images (.webp) without people"
    )
    parser.add_argument(
        "--teacher-alphas",
        type=Path,
        metavar="DIR",
        help="folder of a matting teacher's alphas of the photos, as --alphas of models.fuse",
    )
    parser.add_argument("--frames", type=int, default=100, help="number of frames (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--seats",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of frames, 0 to 1, whose person touches a drawn seat (default: %(default)s)",
    )
    parser.add_argument("--write", type=Path, metavar="DIR", help="only write the frames to this folder")
    parser.add_argument(
        "--sheet", type=Path, help="write the ten worst frames of the first network to this image"
    )
    parser.add_argument("--json", action="store_true", help="print the metrics of every frame as JSON")
    parser.add_argument("--threads", type=int, default=1, help="threads (default: %(default)s)")
    return parser


def video_parser(description: str | None) -> argparse.ArgumentParser:
    """The options of `--video`."""
    parser = _new("--video", description, "VIDEO.mkv per sequence and clip")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--data", type=Path, help="folder with index.csv to compose sequences from")
    source.add_argument("--read", type=Path, metavar="DIR", help="folder of sequences that --write wrote")
    parser.add_argument("--split", default="val")
    parser.add_argument(
        "--behind",
        nargs="+",
        default=[],
        metavar="CLIP[@LEFT,TOP,RIGHT,BOTTOM]",
        help="clips without people, or windows of them, as the background of every other sequence",
    )
    parser.add_argument(
        "--backgrounds",
        type=Path,
        metavar="DIR",
        help="folder of background images (.webp) in place of those of --data",
    )
    parser.add_argument(
        "--hand-held",
        type=float,
        default=0.5,
        metavar="SHARE",
        help="share of the sequences before images with a hand-held camera (default: %(default)s)",
    )
    parser.add_argument(
        "--last", type=int, metavar="N", help="measure only the last N frames of each sequence"
    )
    parser.add_argument(
        "--sequences", type=int, default=20, help="number of sequences (default: %(default)s)"
    )
    parser.add_argument(
        "--frames", type=int, default=60, help="frames of each sequence and clip (default: %(default)s)"
    )
    parser.add_argument(
        "--size", type=_size, default=(360, 640), metavar="WIDTHxHEIGHT", help="default: 640x360"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, metavar="DIR", help="only write the sequences to this folder")
    parser.add_argument(
        "--clips", type=Path, metavar="DIR", help="folder of real clips, for the change along the flow"
    )
    parser.add_argument("--json", action="store_true", help="print the metrics of every frame as JSON")
    parser.add_argument("--threads", type=int, default=1)
    return parser


def _new(command: str, description: str | None, alphas: str) -> argparse.ArgumentParser:
    """The options that both commands have. alphas: the name of a file with alphas."""
    parser = argparse.ArgumentParser(prog=f"python -m models.evaluate {command}", description=description)
    parser.add_argument(
        "networks", type=Path, nargs="*", help="exported .onnx files, checkpoints or baselines"
    )
    parser.add_argument(
        "--alphas",
        type=_named_folder,
        action="append",
        default=[],
        metavar="NAME=DIR",
        help=f"folder with alphas from another program, a grey {alphas} (repeatable)",
    )
    return parser


def _named_folder(text: str) -> tuple[str, Path]:
    """Read an argument NAME=DIR. Raises argparse.ArgumentTypeError."""
    name, equals, folder = text.partition("=")
    if not (name and equals and folder):
        raise argparse.ArgumentTypeError(f"{text} must be NAME=DIR")
    return name, Path(folder)


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(number) for number in text.split("x"))
    except ValueError:
        width = height = 0
    if not (64 <= width <= 3840 and 64 <= height <= 2160):
        raise argparse.ArgumentTypeError(f"{text} must be WIDTHxHEIGHT, from 64x64 to 3840x2160")
    return height, width
