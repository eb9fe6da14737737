"""Losses, measures, a short run and the export of the network for parts of the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
import torch

from models import build
from models.evaluation.onnx_models import open_session
from models.evaluation.parts_metrics import confusion, f1, mean_f1
from models.evaluation.parts_sheet import sheet
from models.export import ExportError
from models.face import evaluate, export, pack, train
from models.networks.face_parts import PARTS
from models.networks.layers import Outputs
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.simple.face import FaceTrainer
from models.training.simple.parts_losses import outlines, parts_losses
from tests.models.checks import randomise_norms

if TYPE_CHECKING:
    from pathlib import Path

    from models.networks.layers import Network

SMALL: dict[str, int | float | str] = {"width": 0.125, "at8": 1, "at16": 1, "at32": 1, "coarse": 8, "fine": 8}


def small_network() -> Network:
    torch.manual_seed(3)
    return randomise_norms(build("face_parts", **SMALL))


@pytest.mark.parametrize("name", ["face_parts", "face_parts_teacher"])
def test_network_gives_logits_of_half_the_size(name: str) -> None:
    network = build(name).eval()
    with torch.inference_mode():
        outputs = network(torch.zeros(1, 3, 64, 96))
    assert outputs.logits.shape == (1, len(PARTS), 32, 48) and not outputs.auxiliary


def test_losses_fall_to_nearly_zero_for_right_logits() -> None:
    torch.manual_seed(0)
    parts = torch.randint(0, len(PARTS), (2, 8, 8)).repeat_interleave(8, 1).repeat_interleave(8, 2)
    right = 30.0 * torch.nn.functional.one_hot(parts[:, ::2, ::2], len(PARTS)).permute(0, 3, 1, 2).float()
    coarse = right[:, :, ::4, ::4]
    edge = 60.0 * torch.nn.functional.max_pool2d(outlines(parts)[:, None], 1) - 30.0
    good = parts_losses(Outputs(right, (coarse,), edge), parts.to(torch.uint8))
    bad = parts_losses(Outputs(-right, (-coarse,), -edge), parts.to(torch.uint8))
    assert set(good) == {"segmentation", "dice", "auxiliary", "detail"}
    assert all(float(value) < 0.01 for value in good.values())
    assert all(float(value) > 0.5 for value in bad.values())


def test_outlines_are_where_neighbours_differ() -> None:
    parts = torch.zeros(1, 4, 4, dtype=torch.uint8)
    parts[0, :, 2:] = 5
    assert torch.equal(outlines(parts)[0], torch.tensor([[0.0, 1.0, 0.0, 0.0]] * 4))


def test_f1_counts_pixels_of_all_faces() -> None:
    skin, eyes = PARTS.index("skin"), PARTS.index("eyes")
    true = np.full((2, 2), skin, np.uint8)
    found = true.copy()
    found[0, 0] = eyes
    scores = f1(confusion([(true, found), (true, true)]))
    assert scores["skin"] == pytest.approx(2 * 7 / (8 + 7))
    assert np.isnan(scores["eyes"]), "no face has eyes"
    assert mean_f1(scores) == pytest.approx(scores["skin"])


def test_learning_lowers_the_loss_and_a_run_goes_on() -> None:
    torch.manual_seed(0)
    config = TrainingConfig(
        network="face_parts", options=SMALL, minutes=1.0, learning_rate=5e-3, warmup_steps=1, clip=50.0
    )
    trainer = FaceTrainer(config, None)
    frames = torch.zeros(4, 64, 64, 3, dtype=torch.uint8)
    frames[:, 16:48, 16:48] = 200
    parts = torch.zeros(4, 64, 64, dtype=torch.uint8)
    parts[:, 16:48, 16:48] = PARTS.index("skin")
    losses = [sum(trainer.learn(frames, parts).values()) for _ in range(20)]
    assert losses[-1] < 0.7 * losses[0]
    again = FaceTrainer(config, trainer.state())
    assert again.step == 20 and again.samples == 80
    for name, value in trainer.average.state.items():
        assert torch.equal(again.average.state[name], value)
    assert again.learn(frames, parts) == trainer.learn(frames, parts)


def test_new_run_takes_what_fits_of_another_network() -> None:
    torch.manual_seed(0)
    stdc = build("stdc", width=0.125)
    state = checkpoint.describe("stdc", stdc, {"width": 0.125})
    config = TrainingConfig(network="face_parts", options={**SMALL, "at8": 2}, minutes=1.0)
    trainer = FaceTrainer(config, None)
    assert trainer.start_from({**state, "average": stdc.state_dict()}) > 100
    name = "backbone.stages.0.1.fourth.0.weight"
    assert torch.equal(trainer.network.state_dict()[name], stdc.state_dict()[name])


@pytest.mark.slow_after_first
def test_commands_pack_train_evaluate_and_export(
    faces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed, run, out = tmp_path / "faces.npz", tmp_path / "run", tmp_path / "tiny.onnx"
    assert pack.main([str(packed), "--data", str(faces)]) == 0
    arguments = [str(packed), "--data", str(faces), "--run", str(run), "--minutes", "0.01", "--batch", "2"]
    assert train.main([*arguments, "--precision", "float32"]) == 0
    assert (run / "curve.csv").read_text().startswith("step,")
    assert train.main(arguments) == 0, "it is over"
    last, drawn = run / "last.pt", tmp_path / "sheet.png"
    assert evaluate.main([str(last), "--data", str(faces), "--sheet", str(drawn)]) == 0
    assert drawn.is_file() and "| skin |" in capsys.readouterr().out
    assert export.main([str(last), str(out), "--data", str(faces)]) == 0
    metadata = {p.key: p.value for p in onnx.load(out).metadata_props}
    assert metadata["kind"] == "parts" and metadata["classes"].split(",") == list(PARTS)
    assert "| skin |" in out.with_suffix(".md").read_text()
    assert evaluate.main([str(out), "--data", str(faces)]) == 0


def test_missing_files_are_one_line(tmp_path: Path, faces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    none = str(tmp_path / "none")
    assert train.main([none, "--data", str(faces), "--run", str(tmp_path), "--minutes", "1"]) == 1
    assert evaluate.main([none, "--data", str(faces)]) == 1
    assert export.main([none, str(tmp_path / "a.onnx"), "--data", str(faces)]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 3 and all(line.startswith("error: ") for line in errors)


def test_exported_graph_equals_pytorch(faces: Path, tmp_path: Path) -> None:
    network = small_network()
    path = tmp_path / "net.onnx"
    export.export("net", network, path, faces, eight_bit=False)
    frame = np.random.default_rng(0).integers(0, 256, (1, 128, 96, 3), np.uint8)
    (parts,) = open_session(str(path)).run(["parts"], {"frame": frame})
    with torch.inference_mode():
        true = network(network.normalise(torch.from_numpy(frame))).logits.softmax(1).numpy()
    assert parts.shape == (1, len(PARTS), 64, 48) and np.abs(parts - true).max() < 1e-3


def test_different_graph_is_not_written(faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "difference", lambda model, network: 0.5)
    with pytest.raises(ExportError, match="differs from PyTorch"):
        export.export("net", small_network(), tmp_path / "net.onnx", faces)
    assert not (tmp_path / "net.onnx").exists()


def test_sheet_shows_all_faces() -> None:
    face, parts = np.zeros((8, 8, 3), np.uint8), np.ones((8, 8), np.uint8)
    assert sheet([(face, parts, parts)] * 7).shape == (16, 8 * 3 * 5, 3)
