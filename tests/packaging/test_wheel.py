"""The wheel, built from the source distribution alone, installed where there are no sources."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import av
import cv2
import pytest

from app import __version__
from assets.packaging.wheel import ROOT, build
from tests.clips import person, write_clip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("setuptools") is None, reason="setuptools is not installed"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def backdrop(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed from the wheel beside the libraries of this environment."""
    folder = tmp_path_factory.mktemp("bare") / "my environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    install = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "-q"]
    subprocess.run([*install, "--no-deps", "--no-index", str(built[1])], check=True)
    # The libraries, but not Backdrop as this environment has it: .pth files count only in the first folder.
    (packages,) = folder.rglob("site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_paths()["purelib"])
    return scripts / "backdrop"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Another folder than that of the sources."""
    (tmp_path / "Meine Bilder").mkdir()
    return tmp_path / "Meine Bilder"


def run(backdrop: Path, home: Path, *words: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "ORT_DISABLE_TELEMETRY": "1"}
    for name in ("CONFIG", "DATA", "CACHE"):
        environment[f"XDG_{name}_HOME"] = str(home / name)
    done = subprocess.run([backdrop, *words], cwd=home, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_version_is_that_of_the_sources(backdrop: Path, home: Path) -> None:
    assert run(backdrop, home, "--version").split()[-1] == __version__


def test_program_is_the_installed_one(backdrop: Path, home: Path) -> None:
    python = backdrop.with_name("python")
    code = "import app; print(app.__file__)"
    where = subprocess.run([python, "-c", code], cwd=home, capture_output=True, text=True, check=True).stdout
    assert Path(where.strip()).is_relative_to(backdrop.parent.parent)


def test_clip_and_picture_are_processed_from_any_folder(backdrop: Path, home: Path) -> None:
    write_clip(home / "talk.mp4", 4)
    cv2.imwrite(str(home / "me.png"), person(0))
    run(backdrop, home, "process", "talk.mp4", "me.png", "out")
    with av.open(str(home / "out" / "talk.mp4")) as video:
        assert sum(1 for _ in video.decode(video=0)) == 4
    assert cv2.imread(str(home / "out" / "me.png")) is not None


def test_networks_and_window_work(backdrop: Path, home: Path) -> None:
    listed = run(backdrop, home, "devices")
    assert all(name in listed for name in ("bisenet", "sinet", "bisenet_large"))
    assert "Backdrop works here" in run(backdrop, home, "--self-test")


def test_wheel_has_every_module_and_asset_and_no_tests(built: tuple[Path, Path]) -> None:
    source, wheel = built
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "app").rglob("*.py")}
    assert modules <= names
    shipped = {name.partition("share/backdrop/")[2] for name in names if "share/backdrop/" in name}
    for folder in ("models/*.onnx", "backgrounds/*.jpg", "translations/*.qm", "icons/*.svg"):
        found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "assets").glob(folder)}
        assert found and found <= shipped
    assert not any(name.startswith(("tests/", "models/", "assets/")) for name in names)
    with tarfile.open(source) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert modules <= inside and {"pyproject.toml", "LICENSE", "README.md"} <= inside
