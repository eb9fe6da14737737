"""Batches from worker processes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from models.data.dataset import DataError
from models.data.loader import BatchShape, Stream

if TYPE_CHECKING:
    from pathlib import Path


def test_unreadable_photo_in_a_worker_raises_data_error(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "d")
    (tmp_path / "d" / "alpha" / "images" / "0.webp").write_bytes(b"")
    stream = Stream(tmp_path / "d", lambda step: BatchShape(1, 32, 32), 32 * 32, seed=1)
    with pytest.raises(DataError, match=r"0\.webp"):
        next(iter(stream))
    stream.close()
