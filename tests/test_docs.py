"""What the documentation says is so: its links and paths exist, and its commands are understood or done."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.__main__ import main, parser_for
from app.engine.core.settings import NetworkSettings
from app.engine.core.types import Composite, Frame
from app.engine.pipeline import effects
from tests.clips import person, write_clip
from tests.networks import write_network

ROOT = Path(__file__).resolve().parents[1]
DOCS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "models/README.md"]

# Done for real, on small files.
DONE = ("process", "devices", "doctor")
# What is only parsed, and what does it for real elsewhere.
PARSED = {
    "app": "windows, cameras and long runs: tests/ui, tests/commands, tests/devices, .ci/package",
    "pip": ".ci/run installs by the README's line, .ci/package from the lock file",
    "python3": ".ci/run runs the README's line",
    "pytest": ".ci/run",
    "tests.engine.faults": "tests/engine/test_faults.py tries each of them",
    "models": "tests/models",
    "assets": "tests/packaging; licences and deb: .ci/package",
    "ruff": ".ci/run",
    "mypy": ".ci/run",
    "pyinstaller": ".ci/package",
    "dist/backdrop/backdrop": ".ci/package",
    "xvfb-run": ".ci/package",
    "tests/devices/build.sh": ".ci/run",
    "tests/devices/run.sh": ".ci/run",
    ".ci/package": ".ci/run",
    ".ci/run": "CI",
    "assets/packaging/opencv.sh": ".ci/package",
    "torchrun": "tests/models/training/test_distributed.py trains two processes",
    "uv": "by hand, for a new lock file",
    "cyclonedx-py": ".ci/package --release",
    "sudo": "by hand: it changes the system",
}


def commands(doc: str) -> list[list[str]]:
    """Every command in the bash blocks of a page, in words."""
    found = []
    for block in re.findall(r"```bash\n(.*?)```", (ROOT / doc).read_text(encoding="utf-8"), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\|\|", line):
                words = shlex.split(part, comments=True)
                if words and not re.fullmatch(r"\w+=\S+", words[0]):
                    found.append(words)
    return found


ALL = [(doc, words) for doc in DOCS for words in commands(doc)]


def kind(words: list[str]) -> tuple[str, list[str]]:
    """What runs, in the words of PARSED, and its arguments."""
    words = list(words)
    while words[0] == "xvfb-run" or words[0].startswith("-"):
        words.pop(0)
    if Path(words[0]).name in ("python", "python3") and words[1] == "-m" and words[2] != "venv":
        return words[2], words[3:]
    return words[0], words[1:]


@pytest.mark.parametrize(("doc", "words"), ALL, ids=lambda v: " ".join(v) if isinstance(v, list) else v)
def test_each_command_is_understood(doc: str, words: list[str]) -> None:
    name, arguments = kind(words)
    if name == "app":
        parser_for(arguments).parse_args(arguments)
        return
    room = name.split(".")[0] if name.startswith(("models.", "assets.")) else name
    assert room in PARSED, f"{doc}: say in PARSED how '{' '.join(words)}' is tried"
    if "." in name and not name.startswith(".") and "/" not in name:
        module = importlib.util.find_spec(name)
        assert module is not None and module.origin, f"{doc}: there is no module {name}"
        source = Path(module.origin).read_text(encoding="utf-8")
        # Some options are made from the fields of what they set.
        also = (
            ("models/evaluate_video.py", "models/training/config.py", "models/training/losses.py")
            if room == "models"
            else ()
        )
        source += "".join((ROOT / file).read_text(encoding="utf-8") for file in also)
        for option in (a for a in arguments if a.startswith("--")):
            field = option.removeprefix("--").replace("-", "_")
            assert re.search(rf'"{option}"|^    {field}: ', source, re.MULTILINE), f"{name} has no {option}"
    elif name.startswith((".", "tests/")):
        assert subprocess.run(["bash", "-n", ROOT / name], check=False).returncode == 0


def test_the_commands_on_files_do_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "own"
    write_network(own / f"{NetworkSettings().name}.onnx")
    monkeypatch.setattr("app.engine.networks.catalogue.user_networks_folder", lambda: own)
    for room in ("gui", "doctor"):
        monkeypatch.setattr(f"app.commands.{room}.settings_file", lambda: tmp_path / "settings.json")
    for name in ("me.jpg", "a.jpg", "b.jpg", "beach.jpg", "photos/c.jpg"):
        Path(name).parent.mkdir(exist_ok=True)
        cv2.imwrite(name, person(0))
    write_clip(Path("talk.mp4"), 5, sounds=("aac",))
    write_clip(Path("waves.mp4"), 3)
    done = 0
    for _, words in ALL:
        name, arguments = kind(words)
        # The other names come from a reader's own folders, and `grey` from who follows CONTRIBUTING.
        if name == "app" and arguments and arguments[0] in DONE and "seqs/*.mkv" not in arguments:
            assert main(arguments) == 0 or arguments[0] == "doctor", words
            done += 1
    assert done >= 7
    for made in ("me-blurred.jpg", "out.mp4", "out/a.jpg", "out/c.jpg", "me.png", "matte.mkv"):
        assert Path(made).stat().st_size > 0, made


@pytest.mark.parametrize("doc", DOCS)
def test_no_link_is_dead(doc: str) -> None:
    text = (ROOT / doc).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    missing = [link for link in links if not ((ROOT / doc).parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("doc", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_every_path_that_is_named_exists(doc: str) -> None:
    text = (ROOT / doc).read_text(encoding="utf-8")
    named = re.findall(r"`((?:app|models|assets|tests|\.ci|\.github)/[\w./-]*)`", text)
    wanted = [path for path in named if "NAME" not in path and path != "app/engine/stills.py"]
    assert len(wanted) > 2 or doc == "SECURITY.md"
    assert [path for path in wanted if not (ROOT / path).exists()] == []


def examples() -> list[str]:
    """The pieces of Python in CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(r"^ *```python\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return [re.sub("^   ", "", example, flags=re.MULTILINE) for example in found]


def test_the_example_of_an_effect_does_what_it_says() -> None:
    room = dict(vars(effects))  # it is to be written into that file
    exec(examples()[0], room)
    grey = room["Grey"]({"brightness": 0.5})
    frame = Frame(1, 0.0, np.full((4, 6, 3), (200, 200, 200), np.uint8))
    background = grey.background(frame, np.zeros((4, 6), np.float32))
    assert background.shape == (4, 6, 3) and (background == 100).all()


def test_the_example_of_an_output_does_what_it_says(tmp_path: Path) -> None:
    room: dict[str, Any] = {}
    exec(examples()[1], room)
    stills = room["Stills"](str(tmp_path / "stills"))
    stills.open(4, 6)
    for index in range(2):
        stills.send(Composite(index, 0.0, np.full((4, 6, 3), index, np.uint8)))
    stills.close()
    assert [path.name for path in sorted((tmp_path / "stills").iterdir())] == ["000001.png", "000002.png"]
