"""The timed trial of execution providers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import pytest

from app.engine.networks.provider_trial import fastest_session

if TYPE_CHECKING:
    import onnxruntime as ort


class Session:
    """A session that takes `ms` for a frame; it fails from run `fails_at` on."""

    def __init__(self, provider: str, ms: float, fails_at: int = 1000) -> None:
        self.provider, self._ms, self._fails_at = provider, ms, fails_at
        self.runs = 0

    def get_providers(self) -> list[str]:
        return [self.provider]

    def get_inputs(self) -> list[Any]:
        return [type("Input", (), {"name": "frame"})]

    def run(self, outputs: None, inputs: dict[str, Any]) -> None:
        assert inputs["frame"].shape == (1, 160, 288, 3)
        self.runs += 1
        if self.runs >= self._fails_at:
            raise RuntimeError("out of memory")
        time.sleep(self._ms / 1e3)


@pytest.mark.parametrize(
    ("accelerators", "wanted"),
    [
        ([Session("A", 200)], "CPU"),
        ([Session("A", 1)], "A"),
        ([Session("A", 20), Session("B", 1)], "B"),
        ([Session("A", 1, fails_at=1), Session("B", 20)], "B"),
        ([Session("A", 1, fails_at=5)], "CPU"),
        ([Session("A", 48)], "CPU"),
    ],
)
def test_trial_takes_the_fastest_that_runs(accelerators: list[Session], wanted: str) -> None:
    sessions = [Session("CPU", 50), *accelerators]
    chosen = fastest_session(cast("list[ort.InferenceSession]", sessions))
    assert chosen.get_providers() == [wanted]
