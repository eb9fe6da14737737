"""`backdrop bench`: time the pipeline on this computer, next to two reference pipelines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.arguments.option_types import frame_size, whole
from app.commands.demo_clip import demo_clip
from app.commands.measurement.look_times import look_figures, look_table
from app.commands.measurement.memory import engine_memory_mb
from app.commands.measurement.peers import Floor, Infer, LinuxFakeBackground, landscape_network
from app.commands.measurement.timing import RunPipeline, time_in_turns
from app.engine.core.memory import tune_process
from app.engine.core.paths import assets_folder
from app.engine.core.settings import EffectSettings, NetworkSettings
from app.engine.media.demo import PERIOD_FRAMES, Demo
from app.engine.networks.catalogue import network_file, network_files
from app.engine.networks.segmenter import Segmenter
from app.engine.pipeline.effects import EFFECTS, build_effect
from app.engine.pipeline.pipeline import Parts, Pipeline

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from app.engine.core.types import Picture

_SIZES = (640, 360), (1280, 720), (1920, 1080), (3840, 2160)
_CLIP_PX = 1280, 720
_MOST_PICTURES, _MOST_BYTES = 30, 64 << 20  # Made beforehand, so that making them is not timed.
# The screen's picture is taken beside the frames, on a thread of its own.
_EFFECTS = [name for name, effect in EFFECTS.items() if not effect.is_private]


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    default = NetworkSettings()
    parser = subparsers.add_parser(
        "bench", help="time each stage on this computer, next to two reference pipelines"
    )
    parser.add_argument(
        "--size",
        nargs="+",
        metavar="WIDTHxHEIGHT",
        type=frame_size,
        default=[_CLIP_PX],
        help="frame sizes (default: 1280x720)",
    )
    parser.add_argument(
        "--effect",
        nargs="+",
        default=["blur"],
        choices=_EFFECTS,
        metavar="EFFECT",
        help=f"{', '.join(_EFFECTS)} (default: blur)",
    )
    parser.add_argument(
        "--network",
        "--model",
        nargs="+",
        default=[default.name],
        metavar="NAME",
        help=f"networks (default: {default.name})",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help=f"sizes {', '.join(f'{width}x{height}' for width, height in _SIZES)}; each effect, and blur "
        "with each network",
    )
    parser.add_argument(
        "--frames",
        metavar="N",
        type=whole(1, 100_000),
        default=100,
        help="frames to time for each (default: %(default)s)",
    )
    parser.add_argument(
        "--threads", metavar="N", type=whole(1, 16), default=default.threads, help="threads of the network"
    )
    parser.add_argument(
        "--peer",
        metavar="FILE",
        help="MediaPipe's landscape network, for the reference pipeline that uses it",
    )
    parser.add_argument(
        "--looks", action="store_true", help="time the looks instead: what each adds to a frame"
    )
    parser.add_argument("--json", action="store_true", help="print JSON: a list if there are several")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Time what the arguments name and print the figures."""
    pairs = [(effect, network) for network in args.network for effect in args.effect]
    if args.all:
        pairs = [(effect, args.network[0]) for effect in _EFFECTS]
        pairs += [("blur", network) for network in network_files() if network != args.network[0]]
    tune_process()
    segmenters = {network: Segmenter(network_file(network), "auto", args.threads) for _, network in pairs}
    peer = landscape_network(Path(args.peer), args.threads) if args.peer else None
    figures: list[dict[str, object]] = []
    for width, height in _SIZES if args.all else args.size:
        if args.looks:
            effect, network = pairs[0]
            found = look_figures(segmenters[network], effect, _pictures(width, height), args.frames)
        else:
            found = measure(width, height, args.frames, pairs, segmenters, args.threads, peer)
        if not args.json:
            lines = look_table(found) if args.looks else as_text(found)
            print(*([] if not figures else [""]), *lines, sep="\n")
        figures += found
    if args.json:
        print(json.dumps(figures[0] if len(figures) == 1 else figures, indent=2))
    return 0


def measure(
    width_px: int,
    height_px: int,
    frames: int,
    pairs: list[tuple[str, str]],
    segmenters: dict[str, Segmenter],
    threads: int,
    landscape: Infer | None,
) -> list[dict[str, object]]:
    """Figures of each pair of effect and network at one size, interleaved with the reference pipelines."""
    pictures = _pictures(width_px, height_px)
    infer = segmenters[pairs[0][1]].infer
    peers: dict[str, RunPipeline] = {
        LinuxFakeBackground.name: LinuxFakeBackground(landscape or infer),
        Floor.name: Floor(infer, pictures[0]),
    }
    own_pipelines: list[RunPipeline] = [
        Pipeline(Parts(segmenters[network], build_effect(_effect(effect)))).process
        for effect, network in pairs
    ]
    *ours, fake, floor = time_in_turns([*own_pipelines, *peers.values()], pictures, frames)
    beside = {name: times.figures() for name, times in zip(peers, (fake, floor), strict=True)}
    beside[LinuxFakeBackground.name]["network"] = "landscape" if landscape else pairs[0][1]
    beside[Floor.name]["network"] = pairs[0][1]
    return [
        {
            "size": f"{width_px}x{height_px}",
            "frames": frames,
            "effect": effect,
            "network": network,
            "provider": segmenters[network].provider,
            "network_threads": threads,
            **times.figures(),
            "peak_memory_mb": engine_memory_mb(
                network_file(network), threads, _effect(effect), width_px, height_px
            ),
            "x_lf_like": times.ratio_to(fake),
            "x_floor": times.ratio_to(floor),
            "peers": beside,
        }
        for (effect, network), times in zip(pairs, ours, strict=True)
    ]


def _effect(name: str) -> EffectSettings:
    """An effect with its default values; if it needs a picture or a video, the demo's."""
    keys = [p.key for p in EFFECTS[name].parameters if p.kind == "file"]
    if not keys:
        return EffectSettings(name)
    file = demo_clip(*_CLIP_PX) if name == "video" else assets_folder() / "demo" / "astronaut.jpg"
    return EffectSettings(name, {key: str(file) for key in keys})


def _pictures(width_px: int, height_px: int) -> list[Picture]:
    demo = Demo(width_px, height_px)
    count = max(4, min(_MOST_PICTURES, _MOST_BYTES // (3 * width_px * height_px)))
    return [demo.frame(i * PERIOD_FRAMES // count) for i in range(count)]


def as_text(found: list[dict[str, object]]) -> Iterator[str]:
    """The lines of a table of several pairs at one size."""
    first = found[0]
    yield "{size}, {frames} frames each, in turns; milliseconds, {network_threads} thread(s)".format(**first)
    yield f"{'':<32}{'median':>8}{'95%':>8}{'cores':>8}{'MB':>8}{'x LF':>8}{'x floor':>8}"
    for figures in found:
        memory = "" if figures["peak_memory_mb"] is None else f"{figures['peak_memory_mb']:.0f}"
        ratios = f"{figures['x_lf_like']:>8.2f}{figures['x_floor']:>8.2f}"
        title = "{effect}, {network} on {provider}".format(**figures)
        yield from _rows(title, figures, f"{memory:>8}{ratios}")
    peers = first["peers"]
    assert isinstance(peers, dict)
    for name, figures in peers.items():
        yield from _rows(f"{name}, {figures['network']}", figures, "")
    yield "cores: seconds of one core per second of video at 30 frames per second; x: ratios of that cost"


def _rows(title: str, figures: dict[str, object], rest: str) -> Iterator[str]:
    stages = figures["stages"]
    assert isinstance(stages, dict)
    whole = stages["whole"]
    cores = figures["cpu_s_per_s_at_30_fps"]
    yield f"{title:<32}{whole['median_ms']:>8.2f}{whole['p95_ms']:>8.2f}{cores:>8.3f}{rest}"
    parts = [f"{name} {t['median_ms']:.2f}" for name, t in stages.items() if name != "whole"]
    if parts:
        yield f"  {', '.join(parts)}"
