from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from models import INSTANCE_NETWORKS
from models.networks.instance.boundary_region import training_region
from models.networks.instance.network import InstanceNetwork, MaskOutputs
from models.networks.instance.refinemask import TRAINING_WIDTH
from models.training.config import TrainingConfig
from models.training.instance.losses import stage_losses
from models.training.instance.trainer import DETECTOR, InstanceTrainer


def _figures() -> tuple[torch.Tensor, torch.Tensor]:
    """Two frames of two coloured figures each, who overlap, in front of a grey wall."""
    people = np.zeros((2, 96, 128), np.uint8)
    for number, (x, height) in enumerate(((35, 60), (75, 80)), 1):
        for frame in people:
            cv2.circle(frame, (x, 96 - height), 12, number, -1)
            cv2.ellipse(frame, (x, 96), (22, height - 10), 0, 0, 360, number, -1)
    people[1] = people[0, :, ::-1]
    colours = np.array([(128, 128, 128), (30, 40, 220), (40, 200, 60)], np.uint8)
    noise = np.random.default_rng(0).integers(0, 20, (*people.shape, 3), np.uint8)
    return torch.from_numpy(colours[people] + noise), torch.from_numpy(people)


def _trainer(name: str, steps: int, freeze: str = "") -> InstanceTrainer:
    config = TrainingConfig(
        network=name, steps=steps, learning_rate=2e-3, warmup_steps=5, average=0.9, freeze=freeze
    )
    return InstanceTrainer(config)


@pytest.mark.slow
@pytest.mark.parametrize("name", INSTANCE_NETWORKS)
def test_trainer_on_two_frames_lowers_every_loss(name: str) -> None:
    trainer = _trainer(name, 16)
    batch = _figures()
    losses = [trainer.learn(*batch) for _ in range(16)]
    assert trainer.progress() == 1 and trainer.samples == 32
    for key in losses[0]:
        first, last = (np.mean([step[key] for step in part]) for part in (losses[:3], losses[-3:]))
        # The score's first loss is low, because untrained regions are nearly all negative.
        assert last < (1.2 if key in ("score", "box") else 0.9) * first, f"{key}: {first:.3f} to {last:.3f}"


@pytest.mark.slow
def test_trainer_with_a_frozen_detector_changes_the_mask_head_alone() -> None:
    trainer = _trainer("mask_rcnn", 2, DETECTOR)
    before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
    losses = trainer.learn(*_figures())
    changed = {
        name.split(".")[0]
        for name, value in trainer.network.state_dict().items()
        if not torch.equal(value, before[name])
    }
    assert changed == {"mask"} and set(losses) == {"mask1"}


@pytest.mark.slow
def test_trainer_from_a_state_continues_with_the_same_weights() -> None:
    trainer = _trainer("masklab", 4)
    trainer.learn(*_figures())
    state = trainer.state()
    again = InstanceTrainer(trainer.config, {**state, "options": {}})
    assert again.step == 1
    assert all(torch.equal(value, state["weights"][n]) for n, value in again.network.state_dict().items())


@pytest.mark.slow
def test_start_from_bisenet_takes_its_backbone() -> None:
    trainer = _trainer("mask_rcnn", 1)
    given = {
        name.replace("pyramid.", "", 1): torch.full_like(value, 2)
        for name, value in trainer.network.state_dict().items()
        if name.startswith("pyramid.backbone.")
    }
    assert trainer.start_from({"average": given, "mean": (0, 0, 0), "std": (1, 1, 1)}) == len(given) > 100
    assert isinstance(trainer.network, InstanceNetwork)
    assert all((p == 2).all() for p in trainer.network.pyramid.backbone.stem.parameters())


def test_stage_losses_after_28_count_near_edges_alone() -> None:
    generator = torch.Generator().manual_seed(0)
    sizes = (14, 28, 56)
    targets = [(torch.rand(2, 1, s, s, generator=generator) > 0.5).float() for s in sizes]
    targets[1][:], targets[2][:] = 0, 0
    targets[1][..., :14], targets[2][..., :28] = 1, 1
    sure = [8 * (2 * target - 1) for target in targets]
    region = training_region(targets[1], sure[1].sigmoid(), TRAINING_WIDTH)
    wrong_far = torch.where(region > 0, sure[2], -sure[2])
    ones = torch.ones(2)
    far = stage_losses(MaskOutputs((sure[0], sure[1], wrong_far)), targets, ones, refines=True)
    whole = stage_losses(MaskOutputs((sure[0], sure[1], wrong_far)), targets, ones, refines=False)
    assert far[2] < 0.01 < whole[2]


def test_stage_losses_of_a_region_with_weight_0_is_0() -> None:
    stages = (torch.randn(1, 1, 28, 28),)
    (loss,) = stage_losses(MaskOutputs(stages), [torch.ones(1, 1, 28, 28)], torch.zeros(1), refines=False)
    assert loss == 0
