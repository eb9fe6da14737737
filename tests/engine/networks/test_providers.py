"""A provider is offered only if it runs, and nothing is printed where it does not."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import onnxruntime as ort
import pytest

import app.engine.networks.providers as providers
import app.engine.networks.segmenter as segmenter
import app.engine.networks.session as session
from app.engine.core.errors import NO_MESSAGE, Message
from app.engine.core.types import Frame
from app.engine.media.demo import Demo
from app.engine.networks.providers import CUDA, Accelerator, candidates, problem_of
from app.engine.networks.segmenter import Segmenter
from tests.networks import write_network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.engine.core.settings import Provider

ROOT = Path(__file__).resolve().parents[3]
has_cuda = CUDA.provider in ort.get_available_providers()
every = pytest.mark.parametrize("accelerator", providers.ACCELERATORS, ids=lambda one: one.key)


@pytest.fixture(autouse=True)
def tried_anew() -> Iterator[None]:
    problem_of.cache_clear()
    yield
    problem_of.cache_clear()


@every
def test_missing_driver_is_the_problem(monkeypatch: pytest.MonkeyPatch, accelerator: Accelerator) -> None:
    monkeypatch.setattr(ort, "get_available_providers", lambda: [accelerator.provider, providers.CPU])
    monkeypatch.setattr(providers, "driver_present", lambda accelerator: False)
    assert problem_of(accelerator) == f"{accelerator.maker}'s driver is not installed"
    assert accelerator not in candidates("auto") and candidates(accelerator.key) == []


@every
def test_build_without_it_is_the_problem(monkeypatch: pytest.MonkeyPatch, accelerator: Accelerator) -> None:
    monkeypatch.setattr(ort, "get_available_providers", lambda: [providers.CPU])
    assert problem_of(accelerator) == "this onnxruntime is built without it"
    assert providers.usable_providers() == ["CPU"] and providers.built_in() == []


@every
def test_session_that_fails_is_the_problem(monkeypatch: pytest.MonkeyPatch, accelerator: Accelerator) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise RuntimeError("CUDA failure 35: CUDA driver version is insufficient")

    monkeypatch.setattr(ort, "get_available_providers", lambda: [accelerator.provider, providers.CPU])
    monkeypatch.setattr(providers, "driver_present", lambda accelerator: True)
    monkeypatch.setattr(ort, "InferenceSession", refuse)
    assert problem_of(accelerator) == "the driver and the graphics card refuse it"


@every
def test_accelerator_is_a_candidate_only_if_it_works(
    monkeypatch: pytest.MonkeyPatch, accelerator: Accelerator
) -> None:
    monkeypatch.setattr(
        providers, "problem_of", lambda one: NO_MESSAGE if one is accelerator else Message("it is broken")
    )
    assert candidates(accelerator.key) == [accelerator] and candidates("cpu") == []
    assert candidates("auto") == ([accelerator] if accelerator.is_automatic else [])
    other = next(one for one in providers.ACCELERATORS if one is not accelerator)
    assert candidates(other.key) == []


@pytest.mark.parametrize("problem", ["", "NVIDIA's driver is not installed"])
@every
def test_notice_says_that_the_chosen_provider_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accelerator: Accelerator, problem: str
) -> None:
    monkeypatch.setattr(segmenter, "problem_of", lambda one: Message(problem) if problem else NO_MESSAGE)
    monkeypatch.setattr(session, "candidates", lambda key: [])
    loaded = Segmenter(write_network(tmp_path / "tiny.onnx"), cast("Provider", accelerator.key))
    reason = problem or "the graphics card has no room for this network"
    assert loaded.provider == "CPU"
    assert loaded.notice == f"{accelerator.title} cannot be used, so the network runs on the CPU: {reason}."


@pytest.mark.parametrize("chosen", ["auto", "cpu"])
def test_there_is_no_notice_if_no_accelerator_was_chosen(tmp_path: Path, chosen: Provider) -> None:
    assert Segmenter(write_network(tmp_path / "tiny.onnx"), chosen).notice == ""


@pytest.mark.parametrize(
    ("installed", "runtimes"),
    [
        (["numpy", "onnxruntime-gpu"], ["onnxruntime-gpu"]),
        (["onnxruntime_openvino", "onnxruntime-gpu", "onnxruntime-extensions"], 2),
        (["OnnxRuntime", "onnxruntime-directml"], 2),
        (["onnx", "onnxruntimelike"], []),
    ],
)
def test_every_installed_onnxruntime_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: list[str], runtimes: int | list[str]
) -> None:
    for name in installed:
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    found = providers.installed_runtimes()
    assert found == runtimes if isinstance(runtimes, list) else len(found) == runtimes


@pytest.mark.skipif(
    "OpenVINOExecutionProvider" not in ort.get_available_providers(),
    reason="this onnxruntime is built without OpenVINO",
)
def test_openvino_gives_the_alpha_of_the_cpu(tmp_path: Path) -> None:
    path, frame = write_network(tmp_path / "tiny.onnx"), Frame(0, 0.0, Demo(320, 192).frame(0))
    on_openvino = Segmenter(path, "openvino")
    assert (on_openvino.provider, on_openvino.notice) == ("OpenVINO", "")
    assert np.allclose(on_openvino.infer(frame), Segmenter(path, "cpu").infer(frame), atol=1e-3)


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
        "print(driver_present(CUDA), usable_providers(), loaded.provider); print(loaded.notice)"
    )
    environment = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first == "True ['CPU'] CPU"
    assert second.startswith("CUDA cannot be used, so the network runs on the CPU: its libraries cannot")
