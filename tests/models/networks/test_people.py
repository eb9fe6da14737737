"""Losses, grouping, figures, a training step and the export of the network for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
import torch

from models import build
from models.data.people.targets import Targets, make_targets
from models.evaluation.people.pixel_metrics import measure_people, persons, summary
from models.export import ExportError
from models.networks.people import OFFSET_UNIT_PX, People, people
from models.people.evaluate import sheet, torch_people
from models.people.export import difference, export, to_onnx
from models.training.config import TrainingConfig
from models.training.simple.people import PeopleTrainer
from models.training.simple.people_losses import people_losses
from tests.models.checks import randomise_norms

if TYPE_CHECKING:
    from pathlib import Path

    from models.data.dataset import Pixels


def two_people() -> Pixels:
    """Two people who touch; the second is in front."""
    shown = np.zeros((96, 160), np.uint8)
    shown[16:96, 24:80], shown[32:96, 72:128] = 1, 2
    return shown


def as_logits(targets: Targets) -> torch.Tensor:
    centres = np.where(targets.centres > 0.999, 12.0, -12.0).astype(np.float32)
    return torch.from_numpy(np.concatenate([centres[None], targets.offsets]))[None]


def batch(targets: Targets, count: int = 1) -> list[torch.Tensor]:
    return [torch.from_numpy(np.stack([np.asarray(each)] * count)) for each in targets]


def small_network() -> People:
    torch.manual_seed(3)
    network = people(channels=8)
    randomise_norms(network)
    return network.eval()


def test_network_gives_three_maps_of_an_eighth_of_the_size() -> None:
    with torch.inference_mode():
        outputs = build("people").eval()(torch.zeros(1, 3, 64, 96))
    assert outputs.logits.shape == (1, 3, 8, 12)


def test_losses_vanish_for_right_maps_and_not_for_wrong_ones() -> None:
    targets = make_targets(two_people())
    right = people_losses(as_logits(targets), *batch(targets))
    wrong = people_losses(-as_logits(targets), *batch(targets))
    assert all(float(value) < 1e-3 for value in right.values())
    assert all(float(value) > 0.5 for value in wrong.values())


def test_offsets_outside_people_do_not_count() -> None:
    targets = make_targets(two_people())
    logits = as_logits(targets)
    logits[0, 1:, ~torch.from_numpy(targets.inside)] = 9.0
    assert float(people_losses(logits, *batch(targets))["offsets"]) < 1e-3


def test_true_maps_give_the_true_persons() -> None:
    true = two_people()
    targets = make_targets(true)
    made = persons((targets.centres, targets.offsets * OFFSET_UNIT_PX), true > 0)
    measured = measure_people(made, true)
    assert measured.right > 0.97 and (measured.found, measured.made, measured.true) == (2, 2, 2)


def test_foreground_without_centres_is_one_person() -> None:
    true = two_people()
    maps = np.zeros((12, 20), np.float32), np.zeros((2, 12, 20), np.float32)
    made = persons(maps, true > 0)
    assert np.array_equal(made, (true > 0).astype(np.uint8))
    assert measure_people(made, true).right == pytest.approx(0.5, abs=0.1)


def test_figures_count_persons_that_are_missed_or_invented() -> None:
    true = two_people()
    left = np.where(true == 1, 1, 0).astype(np.uint8)
    nobody = np.zeros_like(true)
    scores = summary([measure_people(true, true), measure_people(left, true), measure_people(nobody, nobody)])
    assert scores["recall"] == pytest.approx(3 / 4) and scores["precision"] == 1
    assert scores["count"] == pytest.approx(2 / 3)


def test_training_steps_lower_the_losses() -> None:
    torch.manual_seed(1)
    config = TrainingConfig(network="people", options={"channels": 8}, minutes=1, batch=2, warmup_steps=1)
    trainer = PeopleTrainer(config, None)
    frames = torch.randint(0, 256, (2, 96, 160, 3), dtype=torch.uint8)
    targets = batch(make_targets(two_people()), 2)
    totals = [sum(trainer.learn(frames, *targets).values()) for _ in range(6)]
    assert totals[-1] < totals[0] and trainer.samples == 12


def test_exported_network_gives_the_same_and_names_its_kind(tmp_path: Path) -> None:
    network = small_network()
    frames = np.random.default_rng(0).integers(0, 256, (2, 96, 160, 3)).astype(np.uint8)
    scenes = [(frame, two_people()) for frame in frames]
    path = tmp_path / "people.onnx"
    export("people", network, path, scenes, eight_bit=False)
    model = onnx.load(path)
    assert difference(model, network) < 1e-3
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    assert metadata["kind"] == "people" and metadata["stride"] == "8"
    assert [output.name for output in model.graph.output] == ["centres", "offsets"]
    assert "sha256: " in path.with_suffix(".md").read_text()
    assert sheet(torch_people(network), scenes * 2).ndim == 3


def test_export_of_a_graph_that_differs_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = to_onnx(small_network())
    monkeypatch.setattr("models.people.export.to_onnx", lambda network: other)
    network = small_network()
    with torch.no_grad():
        for value in network.offset.parameters():
            value.add_(1.0)
    with pytest.raises(ExportError, match="differs"):
        export("people", network, tmp_path / "a.onnx", [(np.zeros((96, 160, 3), np.uint8), two_people())])
    assert not list(tmp_path.iterdir())
