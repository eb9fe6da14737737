"""`bench`: what it times, and the pipelines it compares with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from app.commands import bench
from app.commands.measurement import memory, timing
from app.commands.measurement.peers import Floor, LinuxFakeBackground, landscape_network
from app.commands.measurement.timing import Times, time_in_turns
from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings
from app.engine.core.types import Alpha, Frame
from app.engine.looks.registry import LOOKS, PARAMETERS
from app.engine.pipeline.effects import EFFECTS
from tests.frames import still

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Run


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that measures memory takes a second to start."""
    monkeypatch.setattr(bench, "engine_memory_mb", lambda *a: 12.3)


def several_networks(monkeypatch: pytest.MonkeyPatch, folder: Path, names: tuple[str, ...]) -> None:
    files = dict.fromkeys(names, folder / "bisenet.onnx")
    monkeypatch.setattr(bench, "network_files", lambda: files)
    monkeypatch.setattr(bench, "network_file", files.__getitem__)


def test_bench_times_every_pair_and_the_references(
    run: Run, monkeypatch: pytest.MonkeyPatch, user_networks: Path, no_memory: None
) -> None:
    several_networks(monkeypatch, user_networks, ("sinet", "other"))
    sizes, effects, models = ["160x96", "96x64"], ["blur", "image"], ["sinet", "other"]
    arguments = ["bench", "--frames", "3", "--size", *sizes, "--effect", *effects, "--network", *models]
    status, out, _ = run(*arguments, "--json")
    assert status == 0
    found = json.loads(out)
    assert [(f["size"], f["network"], f["effect"]) for f in found] == [
        (size, model, effect) for size in sizes for model in models for effect in effects
    ]
    for figures in found:
        assert figures["x_lf_like"] > 0 and figures["x_floor"] > 0
        assert figures["cpu_s_per_s_at_30_fps"] > 0 and figures["peak_memory_mb"] == 12.3
        stages = {name: list(peer["stages"]) for name, peer in figures["peers"].items()}
        assert stages == {
            "LF-like": ["network", "mask", "blur", "blend", "whole"],
            "floor": ["network", "enlarge", "blend", "whole"],
        }
    status, out, _ = run(*arguments)
    titles = [line.split("  ")[0] for line in out.splitlines()]
    assert titles.count("LF-like, sinet") == titles.count("image, other on CPU") == len(sizes)
    assert "160x96, 3 frames each" in out and "96x64, 3 frames each" in out


def test_bench_all_covers_every_size_effect_and_network(
    run: Run, monkeypatch: pytest.MonkeyPatch, user_networks: Path, no_memory: None
) -> None:
    assert bench._SIZES == ((640, 360), (1280, 720), (1920, 1080), (3840, 2160))
    monkeypatch.setattr(bench, "_SIZES", ((96, 64), (64, 64)))
    several_networks(monkeypatch, user_networks, ("bisenet", "sinet", "third"))
    status, out, _ = run("bench", "--all", "--frames", "1", "--json")
    assert status == 0
    pairs = [(name, "bisenet") for name in EFFECTS if name != "screen"] + [
        ("blur", "sinet"),
        ("blur", "third"),
    ]
    wanted = [(size, *pair) for size in ("96x64", "64x64") for pair in pairs]
    assert [(f["size"], f["effect"], f["network"]) for f in json.loads(out)] == wanted


def test_bench_looks_has_a_row_for_each(run: Run, user_networks: Path) -> None:
    status, out, err = run("bench", "--looks", "--frames", "2", "--size", "96x64", "160x96", "--json")
    assert status == 0, err
    found = json.loads(out)
    assert [f["size"] for f in found] == ["96x64"] * (len(found) // 2) + ["160x96"] * (len(found) // 2)
    titles = [f["look"] for f in found][: len(found) // 2]
    assert titles[: len(LOOKS)] == [look.title for look in LOOKS]
    assert titles[len(LOOKS) :] == ["Colour, Portrait light, Vignette", "all"]
    assert set(found[-1]["values"]) == set(PARAMETERS)
    status, out, _ = run("bench", "--looks", "--frames", "1", "--size", "96x64")
    assert status == 0 and out.startswith("96x64, blur, 1 frames each") and "Calm picture" in out


def lap(stage: str) -> None:
    """Ignore the stage."""


def frame_of(height: int = 60, width: int = 80) -> Frame:
    bgr = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    bgr.setflags(write=False)
    return Frame(0, 0.0, bgr)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_references_keep_person_and_change_background(value: float) -> None:
    def infer(frame: Frame) -> Alpha:
        return np.full((9, 16), value, np.float32)

    frame = frame_of()
    behind = np.full_like(frame.bgr, 77)
    fake, floor = LinuxFakeBackground(infer)(frame, lap), Floor(infer, behind)(frame, lap)
    if value:
        assert np.array_equal(fake, frame.bgr) and np.array_equal(floor, frame.bgr)
    else:
        assert np.array_equal(floor, behind)
        assert fake.std() < frame.bgr.std() / 5, "the room is not blurred"


def test_reference_mask_extends_slightly_beyond_person() -> None:
    def infer(frame: Frame) -> Alpha:
        alpha = np.zeros((60, 80), np.float32)
        alpha[20:40, 30:50] = 1
        return alpha

    frame = frame_of()
    picture = LinuxFakeBackground(infer)(frame, lap)
    kept = (picture == frame.bgr).all(2)
    assert kept[25:35, 35:45].all() and not kept[:10].any()


def write_landscape(path: Path, width: int = 256) -> Path:
    """A network with the inputs and outputs of MediaPipe's landscape network; pure red is the person."""
    picked = helper.make_tensor("channels", TensorProto.INT64, [2], [2, 0])
    strength = helper.make_tensor("strength", TensorProto.FLOAT, [1], [40.0])
    nodes = [
        helper.make_node("Gather", ["in", "channels"], ["picked"], axis=3),
        helper.make_node("Mul", ["picked", "strength"], ["out"]),
    ]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 144, width, depth])
        for name, depth in (("in", 3), ("out", 2))
    ]
    graph = helper.make_graph(nodes, "red", ends[:1], ends[1:], [picked, strength])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path


def test_landscape_network_input_and_output_match_documentation(
    run: Run, tmp_path: Path, no_memory: None
) -> None:
    path = write_landscape(tmp_path / "net.onnx")
    bgr = np.zeros((90, 160, 3), np.uint8)
    bgr[:, :80, 2] = bgr[:, 80:, 0] = 255
    alpha = landscape_network(path, 1)(still(bgr))
    assert alpha.shape == (144, 256) and alpha.dtype == np.float32
    assert alpha[:, :120].min() > 0.99 and alpha[:, 136:].max() < 0.01
    status, out, _ = run("bench", "--frames", "1", "--size", "96x64", "--peer", path)
    assert status == 0 and "LF-like, landscape" in out
    for wrong in (write_landscape(tmp_path / "wide.onnx", 128), tmp_path / "none.onnx"):
        status, _, err = run("bench", "--frames", "1", "--peer", wrong)
        assert status == 1 and wrong.name in err and err.count("\n") == 1
    with pytest.raises(BackdropError, match="is not MediaPipe's landscape network"):
        landscape_network(tmp_path / "wide.onnx", 1)


def test_timed_pipelines_take_turns_on_same_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "_WARM_UP_FRAMES", 0)
    seen: list[tuple[str, int]] = []

    def walk(name: str) -> timing.RunPipeline:
        return lambda frame, lap: seen.append((name, int(frame.bgr[0, 0, 0])))

    pictures = [np.full((1, 1, 3), value, np.uint8) for value in range(3)]
    times = time_in_turns([walk("a"), walk("b")], pictures, 7)
    first = [0, 1, 2, 0, 1]
    turns = [("a", first), ("b", first), ("a", [2, 0]), ("b", [2, 0])]
    assert seen == [(name, value) for name, values in turns for value in values]
    assert [own.frames for own in times] == [7, 7]


def test_timing_figures_match_hand_calculation() -> None:
    times = Times({"network": [2.0, 4.0, 6.0], "whole": [5.0, 10.0, 5.0]}, [0.01, 0.02, 0.03])
    assert times.figures() == {
        "stages": {
            "network": {"median_ms": 4.0, "p95_ms": 5.8},
            "whole": {"median_ms": 5.0, "p95_ms": 9.5},
        },
        "fps": 150.0,
        "cpu_s_per_s_at_30_fps": 0.6,
    }


def test_ratio_is_median_of_cheapest_frames_per_turn() -> None:
    whole = {"whole": [1.0] * 15}
    own = Times(whole, [2, 9, 9, 9, 9, 3, 9, 9, 9, 9, 100, 100, 100, 100, 100])
    other = Times(whole, [1, 5, 5, 5, 5, 2, 5, 5, 5, 5, 10, 10, 10, 10, 10])
    assert own.ratio_to(other) == 2.0  # of 2, 1.5 and 10


@pytest.mark.slow
def test_bench_memory_is_of_separate_process(user_networks: Path) -> None:
    filler = np.ones(400 << 20, np.uint8)  # this process's, which a child would count in its own
    found = memory.engine_memory_mb(user_networks / "bisenet.onnx", 1, EffectSettings(), 160, 96)
    here = memory.peak_memory_mb()
    assert found is not None and here is not None
    assert 20 < found < here - 200 and filler[-1] == 1
