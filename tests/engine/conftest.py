"""Fixtures of the tests of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.engine.networks.segmenter import Segmenter
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network's file whose alpha is the red channel."""
    return write_network(tmp_path_factory.mktemp("networks") / "tiny.onnx")


@pytest.fixture
def segmenter(tiny: Path) -> Segmenter:
    return Segmenter(tiny)
