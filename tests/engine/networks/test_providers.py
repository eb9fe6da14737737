"""A provider is offered only if it runs, and nothing is printed where it does not."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import onnxruntime as ort
import pytest

import app.engine.networks.providers as providers
import app.engine.networks.segmenter as segmenter
from app.engine.core.errors import NO_MESSAGE, Message
from app.engine.networks.segmenter import Segmenter
from tests.networks import write_network

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
has_cuda = providers.CUDA in ort.get_available_providers()


@pytest.fixture(autouse=True)
def tried_anew() -> Iterator[None]:
    providers.cuda_problem.cache_clear()
    yield
    providers.cuda_problem.cache_clear()


@pytest.mark.skipif(not has_cuda, reason="this onnxruntime is built without CUDA")
def test_missing_driver_is_the_problem_of_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "cuda_driver_present", lambda: False)
    assert providers.cuda_problem() == "NVIDIA's driver is not installed"
    assert providers.usable_providers() == ["CPU"]
    assert providers.wanted_providers("cuda") == [providers.CPU]


def test_build_without_cuda_is_the_problem_of_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ort, "get_available_providers", lambda: [providers.CPU])
    monkeypatch.setattr(providers, "cuda_driver_present", lambda: True)
    assert providers.cuda_problem() == "this onnxruntime is built without it"
    assert providers.usable_providers() == ["CPU"]


def test_session_that_fails_is_the_problem_of_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise RuntimeError("CUDA failure 35: CUDA driver version is insufficient")

    monkeypatch.setattr(ort, "get_available_providers", lambda: [providers.CUDA, providers.CPU])
    monkeypatch.setattr(providers, "cuda_driver_present", lambda: True)
    monkeypatch.setattr(ort, "InferenceSession", refuse)
    assert providers.cuda_problem() == "the driver and the graphics card refuse it"


@pytest.mark.parametrize(
    ("problem", "wanted", "offered"),
    [("", ["CUDA", "CPU"], ["CUDA", "CPU"]), ("its libraries cannot be loaded", ["CPU"], ["CPU"])],
)
def test_cuda_is_asked_for_only_if_it_works(
    monkeypatch: pytest.MonkeyPatch, problem: str, wanted: list[str], offered: list[str]
) -> None:
    monkeypatch.setattr(providers, "cuda_problem", lambda: Message(problem))
    for chosen in ("auto", "cuda"):
        names = providers.wanted_providers(chosen)
        assert [name.removesuffix("ExecutionProvider") for name in names] == wanted
    assert providers.wanted_providers("cpu") == [providers.CPU]
    assert providers.usable_providers() == offered


@pytest.mark.parametrize(
    ("chosen", "problem", "notice"),
    [
        ("auto", "NVIDIA's driver is not installed", ""),
        ("cpu", "NVIDIA's driver is not installed", ""),
        (
            "cuda",
            "NVIDIA's driver is not installed",
            "CUDA cannot be used, so the network runs on the CPU: NVIDIA's driver is not installed.",
        ),
        (
            "cuda",
            "",
            "CUDA cannot be used, so the network runs on the CPU: "
            "the graphics card has no room for this network.",
        ),
    ],
)
def test_notice_says_that_the_chosen_provider_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str, problem: str, notice: str
) -> None:
    monkeypatch.setattr(segmenter, "cuda_problem", lambda: Message(problem) if problem else NO_MESSAGE)
    monkeypatch.setattr(segmenter, "wanted_providers", lambda provider: [providers.CPU])
    loaded = Segmenter(write_network(tmp_path / "tiny.onnx"), chosen)  # type: ignore[arg-type]
    assert (loaded.provider, loaded.notice) == ("CPU", notice)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="puts a library in the place of the driver's")
@pytest.mark.skipif(not has_cuda, reason="this onnxruntime is built without CUDA")
@pytest.mark.parametrize("library", ["m", "dl", "pthread"])
def test_driver_without_libraries_prints_nothing(tmp_path: Path, library: str) -> None:
    name = ctypes.util.find_library(library)
    places = [folder / str(name) for folder in Path("/").glob("*lib*/*") if (folder / str(name)).is_file()]
    if not places:
        pytest.skip(f"lib{library} was not found")
    shutil.copy(places[0], tmp_path / "libcuda.so.1")
    code = (
        "from app.engine.networks.providers import *; from app.engine.networks.segmenter import Segmenter\n"
        "from app.engine.core.paths import assets_folder\n"
        "loaded = Segmenter(assets_folder() / 'models' / 'sinet.onnx', 'cuda')\n"
        "print(cuda_driver_present(), usable_providers(), loaded.provider); print(loaded.notice)"
    )
    environment = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first == "True ['CPU'] CPU"
    assert second.startswith("CUDA cannot be used, so the network runs on the CPU: its libraries cannot")
