"""Baselines: input, output and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from models.data.dataset import read_index
from models.evaluation.baselines import (
    BASELINES,
    Baseline,
    BaselineError,
    baseline_predictor,
    feed,
    find_baseline,
    read,
)
from models.evaluation.metrics import measure

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def half_red(height: int, width: int) -> NDArray[np.uint8]:
    """A photo whose left half is red and whose right half is blue."""
    photo = np.zeros((height, width, 3), np.uint8)
    photo[:, : width // 2, 2] = photo[:, width // 2 :, 0] = 255
    return photo


def red_is_person(baseline: Baseline, fed: NDArray[np.float32]) -> NDArray[np.float32]:
    """The output of a network for which red is person and everything else background."""
    channels = fed[0] if baseline.layout == "NHWC" else fed[0].transpose(1, 2, 0)
    pixels = channels * np.array(baseline.std) + np.array(baseline.mean)
    red = pixels[..., 0 if baseline.order == "RGB" else 2] / 255
    if baseline.reading == "logits last":
        return np.asarray(np.stack([-40 * (red - 0.5), 40 * (red - 0.5)], -1)[None], np.float32)
    if baseline.reading == "probability last":
        return np.asarray(red[None, ..., None], np.float32)
    return np.stack([1 - red, red])[None].astype(np.float32)


@pytest.mark.parametrize("name", sorted(BASELINES))
@pytest.mark.parametrize("shape", [(120, 160), (90, 320), (320, 90), (720, 1280)])
def test_feed_and_read_keep_positions(name: str, shape: tuple[int, int]) -> None:
    baseline, photo = BASELINES[name], half_red(*shape)
    fed = feed(baseline, photo)
    assert fed.dtype == np.float32
    assert fed.shape == (1, *baseline.size, 3) if baseline.layout == "NHWC" else (1, 3, *baseline.size)
    alpha = read(baseline, red_is_person(baseline, fed), shape)
    assert alpha.shape == shape and alpha.dtype == np.float32 and 0 <= alpha.min() <= alpha.max() <= 1
    middle, margin = shape[1] // 2, shape[1] // 16
    assert alpha[:, : middle - margin].min() > 0.9 and alpha[:, middle + margin :].max() < 0.1


def test_letterbox_keeps_the_aspect_ratio() -> None:
    photo = np.full((300, 100, 3), 255, np.uint8)
    boxed = feed(BASELINES["pphumanseg_lite"], photo)[0, 0]
    assert set(np.unique(boxed)) == {0.0, 1.0}
    columns = (boxed == 1).any(0).nonzero()[0]
    assert len(columns) == 75 and abs(columns.mean() - 198.5) < 1
    assert set(np.unique(feed(BASELINES["mediapipe_landscape"], photo))) == {1.0}


def test_feed_does_not_write_to_the_photo() -> None:
    photo = half_red(60, 80)
    photo.setflags(write=False)
    for baseline in BASELINES.values():
        feed(baseline, photo)


def test_alpha_of_huge_logits_is_finite() -> None:
    baseline = BASELINES["mediapipe_landscape"]
    output = np.zeros((1, *baseline.size, 2), np.float32)
    output[..., 0], output[0, :72, :, 0] = 1e30, -1e30
    alpha = read(baseline, output, (72, 128))
    assert np.isfinite(alpha).all() and alpha[:30].min() > 0.99 and alpha[40:].max() < 0.01


def test_output_of_another_size_is_rejected() -> None:
    with pytest.raises(BaselineError, match="expected \\(320, 320\\)"):
        read(BASELINES["sinet_published_320"], np.zeros((1, 2, 160, 160), np.float32), (60, 80))


def write_landscape(path: Path) -> None:
    """Write a network with mediapipe_landscape's input and output for which red is person."""
    channels = helper.make_tensor("channels", TensorProto.INT64, [2], [2, 0])
    nodes = [
        helper.make_node("Gather", ["in", "channels"], ["red_blue"], axis=3),
        helper.make_node("Mul", ["red_blue", "strength"], ["out"]),
    ]
    strength = helper.make_tensor("strength", TensorProto.FLOAT, [1], [40.0])
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 144, 256, depth])
        for name, depth in (("in", 3), ("out", 2))
    ]
    graph = helper.make_graph(nodes, "red", ends[:1], ends[1:], [channels, strength])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)


def test_baseline_is_chosen_by_file_name(tmp_path: Path) -> None:
    write_landscape(tmp_path / "mediapipe_landscape.onnx")
    alpha = baseline_predictor(tmp_path / "mediapipe_landscape.onnx")(half_red(90, 160))
    assert alpha.shape == (90, 160)
    assert alpha[:, :70].min() > 0.99 and alpha[:, 90:].max() < 0.01


def test_other_files_are_rejected(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match=r"unet.onnx is not a baseline; there are: mediapipe_landscape"):
        find_baseline(tmp_path / "unet.onnx")
    broken = tmp_path / "mediapipe_selfie.onnx"
    broken.write_bytes(b"text")
    for path in (broken, tmp_path / "mediapipe_landscape.onnx"):
        with pytest.raises(BaselineError, match=f"cannot load .*{path.name}"):
            baseline_predictor(path)


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_real_baselines_segment_people(name: str, shared: Path) -> None:
    path = shared / "peers" / f"{name}.onnx"
    if not path.is_file() or not (shared / "data" / "index.csv").is_file():
        pytest.skip(f"../shared lacks {name}.onnx or the data")
    predictor = baseline_predictor(path)
    entries = [entry for entry in read_index(shared / "data", "val") if entry.source == "eg1800"][:6]
    scores = []
    for entry in entries:
        image, mask = entry.read()
        alpha = predictor(image)
        assert alpha.shape == image.shape[:2] and alpha.dtype == np.float32
        assert alpha.min() >= 0 and alpha.max() <= 1
        scores.append(measure(alpha, mask, boundary=False).fgiou)
    # The median, because one label is wrong. A wrong input range gives far lower scores.
    assert np.median(scores) > 0.9
