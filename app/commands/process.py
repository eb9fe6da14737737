"""`backdrop process`: process pictures and videos."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.arguments.effect_options import add_effect_options, chosen_effect
from app.commands.arguments.look_options import add_look_options, chosen_looks
from app.commands.arguments.option_types import whole
from app.commands.arguments.people_options import add_people_option, chosen_people
from app.commands.arguments.presenter_options import (
    add_presenter_options,
    chosen_presenter,
    refuse_presenter,
)
from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from app.engine.core.settings import EffectSettings
    from app.engine.media.writing.video_formats import Content
    from app.engine.pipeline.pipeline import Parts

_DESCRIPTION = """\
Process pictures, videos and folders of them.

OUT for one picture is a picture. OUT for one video is a .mp4, .mkv, .mov or .webm file, or a folder, which
then holds numbered pictures. OUT for a folder or for several inputs is a folder, in which each result has the
name of its input; videos become .mp4 (alpha .mkv, foreground .webm). OUT is a folder if it is one already,
ends in a slash or has no suffix; it is made if needed. A file of the same name is replaced once the new one
is complete. Pictures and videos are told apart by their content; GIF, WebP, PNG and AVIF that move count as
videos. What is transparent in IN becomes white. A photo's colours become sRGB, those of HDR videos BT.709.
All sound tracks are kept, and copied if the format allows it; subtitles, chapters, title and dates are kept
too. The place, the camera and its settings, cover pictures and thumbnails are left out. What else cannot be
kept is told at the end. A video of odd width or height grows by one pixel in .mp4, .mkv and .mov, because
H.264 requires it. A file that cannot be processed is reported, and the others are processed; the exit status
is 0 only if all were."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "process",
        help="process pictures and videos",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", nargs="+", metavar="IN", help="a picture, a video or a folder of both")
    parser.add_argument("out", metavar="OUT", help="where the result goes")
    add_effect_options(parser, default=argparse.SUPPRESS)
    add_look_options(parser)
    add_presenter_options(parser)
    add_people_option(parser)
    parser.add_argument(
        "--output",
        choices=["composite", "alpha", "foreground"],
        default="composite",
        help="the composite; the matte in grey (.png, .mkv); or the person alone on transparency "
        "(.png, .webm, .mov) (default: %(default)s)",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="treat a damaged video as an error; otherwise what can be decoded of it is kept",
    )
    parser.add_argument(
        "--keep-location",
        action="store_true",
        help="keep the place where a picture or video was taken; it is left out otherwise",
    )
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=whole(1, 256),
        help="files to process at once (default: one per core); a single video uses all cores as well",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Process the inputs; return 1 if any of them failed."""
    from app.commands.processing.folder_files import left_out
    from app.commands.processing.process_all import process_all
    from app.commands.processing.process_files import FileProcessor
    from app.commands.processing.process_plan import plan
    from app.commands.processing.stages import usable_cores
    from app.engine.builder import face_finder, load_segmenter, people_finder
    from app.engine.core.memory import tune_process
    from app.engine.core.settings import MatteSettings, NetworkSettings, PresenterSettings
    from app.engine.looks.stage import Looks
    from app.engine.pipeline.effects import build_effect
    from app.engine.pipeline.pipeline import Parts, Pipeline
    from app.engine.pipeline.presenter.presenter import Presenter

    effect, content = wanted(args)
    look_settings, presenter_settings = chosen_looks(args, {}), chosen_presenter(args, PresenterSettings())
    matte = chosen_people(args, MatteSettings())
    jobs, errors = plan(args.inputs, args.out, content)
    for error in errors:
        print(error, file=sys.stderr)
    if not jobs:
        return 1
    network = NetworkSettings(name=args.network or NetworkSettings().name)
    tune_process()
    segmenter, cores = load_segmenter(network), usable_cores()
    at_once = min(args.jobs or cores, len(jobs))
    if segmenter.provider != "CPU":
        at_once = 1  # Not all accelerators allow two frames in one network at once.
    parts = []
    for looks in (Looks(look_settings) for _ in range(at_once)):
        presenter, faces = Presenter(presenter_settings), face_finder(looks)
        made, people = build_effect(effect, waits=True), people_finder(matte, limit_s=None)
        parts.append(
            Parts(segmenter, made, matte, looks=looks, presenter=presenter, faces=faces, people=people)
        )
    cores_each = max(1, cores // at_once)
    processors = [
        FileProcessor(Pipeline(each), content, args.strict, args.keep_location, cores_each) for each in parts
    ]
    started = time.perf_counter()
    with interruptible():
        done, pictures, notes = process_all(processors, jobs)
    seconds = time.perf_counter() - started
    if done:
        total = len(jobs) + len(errors)
        files = f"{total} files" if done == total else f"{done} of {total} files"
        what = f"'{jobs[0].target}'" if total == 1 else f"{files} in '{args.out}'"
        count = "1 picture" if pictures == 1 else f"{pictures} pictures"
        print(f"{what}: {count} in {seconds:.1f} s ({pictures / seconds:.1f} per second).")
    for note, targets in notes.items():
        others = len(targets) - 1
        more = "" if not others else " and 1 other" if others == 1 else f" and {others} others"
        print(f"'{targets[0]}'{more}: {note}")
    problems = [problem for each in parts for problem in problems_of(each)]
    for text in dict.fromkeys(str(problem) for problem in problems if problem is not None):
        print(text, file=sys.stderr)
    for folder in filter(os.path.isdir, args.inputs):
        if left := left_out(Path(folder)):
            print(left)
    return 0 if done == len(jobs) and not errors else 1


def problems_of(parts: Parts) -> list[BackdropError | None]:
    """What of the looks, the presenter and the finders of faces and people does not work."""
    finders = [finder for finder in (parts.faces, parts.people) if finder is not None]
    return [parts.looks.problem, parts.presenter.problem, *(finder.problem for finder in finders)]


def wanted(args: argparse.Namespace) -> tuple[EffectSettings, Content]:
    """The effect and content that the options select. Raises BackdropError if they contradict each other."""
    from app.engine.core.settings import EffectSettings

    content: Content = args.output
    if content == "composite":
        effect = chosen_effect(args, EffectSettings())
        return effect, "foreground" if effect.name == "transparent" else "composite"
    refuse_presenter(args, content)
    if content == "alpha" and (args.look or args.look_file):
        raise BackdropError("--output alpha has no colours: leave out --look and --look-file.")
    asked = args.effect not in (None, "transparent") or args.background or args.strength is not None
    asked = asked or args.page is not None
    if asked:
        raise BackdropError(
            "--output {content} has no background: leave out --effect, --strength, --background and --page.",
            content=content,
        )
    return EffectSettings("transparent"), content


@contextmanager
def interruptible() -> Iterator[None]:
    """Handle SIGTERM and SIGHUP like Ctrl-C, so that no incomplete file stays."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
