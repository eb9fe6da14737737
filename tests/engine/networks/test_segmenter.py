"""The contract of a network's file, and the errors of files that break it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.core.errors import BackdropError
from app.engine.networks.segmenter import Segmenter, working_size
from tests.frames import still
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path


@given(st.integers(16, 4320), st.integers(16, 7680), st.integers(4096, 400_000))
def test_working_size_is_multiple_of_stride(height: int, width: int, pixels: int) -> None:
    working_height, working_width = working_size(height, width, pixels)
    assert working_height % 32 == working_width % 32 == 0
    assert working_height >= 32 and working_width >= 32


def test_working_size_keeps_aspect_ratio() -> None:
    assert working_size(720, 1280, 46080) == (160, 288)
    assert working_size(1280, 720, 46080) == (288, 160)
    assert working_size(480, 640, 46080) == (192, 256)


@pytest.mark.parametrize("scale", [2 / 255, -1 / 255])
def test_network_output_is_clipped_to_0_1(tmp_path: Path, scale: float) -> None:
    segmenter = Segmenter(write_network(tmp_path / "tiny.onnx", scale=scale))
    bgr = np.zeros((96, 128, 3), np.uint8)
    bgr[:, 64:, 2] = 255
    alpha = segmenter.infer(still(bgr))
    assert alpha.min() == 0 and alpha.max() == (1 if scale > 0 else 0)


@pytest.mark.parametrize("size", [(720, 1280), (96, 128), (301, 200)])
def test_segmenter_alpha_depends_on_frame(tmp_path: Path, size: tuple[int, int]) -> None:
    segmenter = Segmenter(write_network(tmp_path / "tiny.onnx"))
    bgr = np.zeros((*size, 3), np.uint8)
    bgr[:, size[1] // 2 :, 2] = 255
    bgr.setflags(write=False)
    alpha = segmenter.infer(still(bgr))
    assert alpha.shape == working_size(*size, 9216) and alpha.dtype == np.float32
    assert (alpha[:, :4] == 0).all() and (alpha[:, -4:] == 1).all()
    assert segmenter.provider == "CPU" and segmenter.info.title == "Tiny" and segmenter.info.fgiou_val is None


@pytest.mark.parametrize("scale", [float("nan"), float("inf")])
def test_broken_matte_is_refused(tmp_path: Path, scale: float) -> None:
    segmenter = Segmenter(write_network(tmp_path / "tiny.onnx", scale=scale))
    with pytest.raises(BackdropError, match="The network 'tiny' gave a broken matte"):
        segmenter.infer(still(np.full((64, 64, 3), 7, np.uint8)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"input_name": "image"}, "must have one input 'frame'"),
        ({"output_name": "mask"}, "must have one output 'alpha'"),
        ({"license": None}, "does not say its license in its metadata"),
        ({"working_pixels": "many"}, "has a bad number in its metadata"),
        ({"working_pixels": "12"}, "has a bad number in its metadata"),
    ],
)
def test_network_that_breaks_contract_is_reported(
    tmp_path: Path, changes: dict[str, str | None], sentence: str
) -> None:
    path = write_network(tmp_path / "odd.onnx", **changes)  # type: ignore[arg-type]
    with pytest.raises(BackdropError, match=f"'odd.onnx' {sentence}"):
        Segmenter(path)


def test_missing_empty_and_truncated_files_are_reported(tmp_path: Path) -> None:
    with pytest.raises(BackdropError, match="cannot be read: No such file"):
        Segmenter(tmp_path / "missing.onnx")
    whole = write_network(tmp_path / "tiny.onnx").read_bytes()
    for size in (0, 10, len(whole) // 2):
        (tmp_path / "cut.onnx").write_bytes(whole[:size])
        with pytest.raises(BackdropError, match=r"'cut\.onnx'"):
            Segmenter(tmp_path / "cut.onnx")


def test_network_file_must_match_sha256_of_card(tmp_path: Path) -> None:
    path = write_network(tmp_path / "tiny.onnx")
    card = tmp_path / "tiny.md"
    card.write_text(f"# Tiny\n\nsha256: {hashlib.sha256(path.read_bytes()).hexdigest()}\n")
    assert Segmenter(path).info.name == "tiny"
    for wrong in ("# Tiny\n\nsha256: " + "0" * 64 + "\n", "# Tiny, no hash\n"):
        card.write_text(wrong)
        with pytest.raises(BackdropError, match=r"'tiny\.onnx' is not what its model card describes"):
            Segmenter(path)


def test_network_output_all_person_is_refused(tmp_path: Path) -> None:
    segmenter = Segmenter(write_network(tmp_path / "tiny.onnx"))
    red = np.zeros((64, 96, 3), np.uint8)
    red[..., 2] = 255
    with pytest.raises(BackdropError, match="took the whole picture for the person"):
        segmenter.infer(still(red))
    red[:, :48] = 0
    assert segmenter.infer(still(red)).min() == 0
