"""The demo as a video file, for computers without a display."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import app.display_check
from app.commands import demo_movie
from app.engine.core.settings import AdjustmentSettings, EffectSettings, Settings
from tests.clips import seen

if TYPE_CHECKING:
    from tests.commands.conftest import Run

MISSING = "No window can be shown: there is no display."


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """No display, and a video of half a second."""
    monkeypatch.setattr(app.display_check, "missing_display", lambda: MISSING)
    monkeypatch.setattr(demo_movie, "_SECONDS", 0.5)


def halves(path: Path) -> tuple[np.ndarray, np.ndarray]:
    _, picture = seen(path)[-1]
    assert picture.shape == (540, 1920, 3)
    return picture[:, :960], picture[:, 960:]


def test_demo_movie_shows_before_and_after(run: Run, at_home: Path) -> None:
    status, out, err = run()
    assert (status, err) == (0, f"{MISSING}\n")
    path = at_home / "backdrop-demo.mp4"
    line = rf"The demo, before and after side by side, is in '{re.escape(str(path))}': \d+ frames per second"
    assert re.fullmatch(line + r" at 1280x720\.\n", out)
    assert len(seen(path)) == 15
    before, after = halves(path)
    assert np.abs(before.astype(int) - after).mean() > 1
    assert [p.name for p in at_home.iterdir()] == ["backdrop-demo.mp4"]


def test_demo_movie_uses_effect_options(run: Run) -> None:
    assert run("--background", "#00b140")[0] == 0
    _, after = halves(Path("backdrop-demo.mp4"))
    green = np.abs(after.astype(int) - (64, 177, 0)).max(axis=2) < 12
    assert 0.05 < green.mean() < 1


@pytest.mark.slow
def test_demo_movie_shows_transparency_as_checkerboard(run: Run) -> None:
    assert run("--effect", "transparent")[0] == 0
    before, after = halves(Path("backdrop-demo.mp4"))
    colourless = np.ptp(after.astype(int), axis=2) < 12
    assert colourless.mean() > (np.ptp(before.astype(int), axis=2) < 12).mean()


def test_demo_movie_falls_back_to_temporary_folder(
    run: Run, at_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (at_home / "backdrop-demo.mp4").mkdir()  # no file can replace it
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    status, out, err = run()
    assert status == 0
    lines = err.splitlines()
    assert lines[0] == MISSING
    assert lines[1] == (
        f"'backdrop-demo.mp4' cannot be written: it is a folder. It goes to '{tmp_path}' instead."
    )
    assert f"'{tmp_path / 'backdrop-demo.mp4'}'" in out
    assert len(seen(tmp_path / "backdrop-demo.mp4")) == 15
    assert list((at_home / "backdrop-demo.mp4").iterdir()) == [] and len(list(at_home.iterdir())) == 1


def test_demo_movie_uses_the_adjustments_of_the_settings(at_home: Path) -> None:
    settings = Settings(effect=EffectSettings("none"), adjustments=AdjustmentSettings(mirror=True))
    assert demo_movie.run(settings) == 0
    before, after = halves(at_home / "backdrop-demo.mp4")
    assert np.abs(before[:, ::-1].astype(int) - after).mean() < 3
