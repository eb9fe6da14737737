"""Labels from teachers: selection by agreement, and the data folder they become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models import label
from models.data.dataset import read_index
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.evaluation.predict import Predictor


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Photos of red people, on which teachers agree, of a dim one, on which they do not, and of nobody."""
    folder = tmp_path / "photos" / "more"
    folder.mkdir(parents=True)
    for name, red, columns in (("clear", 255, 64), ("other", 250, 96), ("dim", 140, 64), ("nobody", 0, 64)):
        photo = np.zeros((96, 160, 3), np.uint8)
        photo[:, :columns, 2] = red
        cv2.imwrite(str(folder / f"{name}.png"), photo)
    cv2.imwrite(str(folder / "small.webp"), np.full((64, 64, 3), (0, 0, 255), np.uint8))
    return tmp_path / "photos"


@pytest.fixture
def teachers(tmp_path: Path) -> list[str]:
    """Two networks: one finds a person from half of full red on, the other only near full red."""
    return [
        str(write_network(tmp_path / "soft.onnx", scale=1 / 255)),
        str(write_network(tmp_path / "strict.onnx", scale=1 / 400)),
    ]


def test_photos_with_agreement_become_training_data(
    photos: Path, teachers: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, sheet = tmp_path / "labels", tmp_path / "sheet.png"
    arguments = [str(photos), str(out), "--teachers", *teachers, "--source", "mine", "--sheet", str(sheet)]
    assert label.main(arguments) == 0
    assert "3 of 5 photos kept" in capsys.readouterr().out
    entries = read_index(out, "train")
    assert [entry.name for entry in entries] == ["clear", "other", "small"]
    image, mask = entries[0].read()
    assert image.shape == (96, 160, 3) and mask.shape == (96, 160)
    assert (mask[:, :56] > 180).all() and (mask[:, 72:] == 0).all()
    assert len(np.unique(mask)) <= 16
    assert cv2.imread(str(sheet)) is not None


def test_agreement_is_the_lowest_iou_of_two_teachers(photos: Path) -> None:
    def teacher(columns: int) -> Predictor:
        def run(photo: NDArray[np.uint8]) -> NDArray[np.float32]:
            alpha = np.zeros(photo.shape[:2], np.float32)
            alpha[:, :columns] = 1
            return alpha

        return run

    labelled = label.label(photos / "more" / "clear.png", [teacher(80), teacher(100), teacher(80)])
    assert labelled.agreement == pytest.approx(0.8)
    assert labelled.share == pytest.approx(0.5)
    assert (labelled.mask[:, :80] == 255).all(), "all three teachers see the person"
    # One of three sees it: 1/3, steepened to 1/6, which lies in the middle of two of the 16 levels.
    assert np.isin(labelled.mask[:, 80:100], (34, 51)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"photos": "none"}, "there are no photos"),
        ({"out": "photos"}, "is not empty"),
        ({"teacher": "none.onnx"}, "cannot load"),
    ],
)
def test_wrong_arguments_give_an_error(
    photos: Path,
    teachers: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str],
    message: str,
) -> None:
    arguments = [str(tmp_path / change.get("photos", "photos")), str(tmp_path / change.get("out", "labels"))]
    teacher = str(tmp_path / change["teacher"]) if "teacher" in change else teachers[0]
    assert label.main([*arguments, "--teachers", teacher]) == 1
    assert message in capsys.readouterr().err
