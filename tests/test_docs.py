"""The documentation: links and paths exist, commands parse or run, examples work."""

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
from app.engine.looks import light
from app.engine.pipeline import effects
from tests.clips import person, write_clip
from tests.networks import write_network

ROOT = Path(__file__).resolve().parents[1]
FOLDER_READMES = [f"{folder}/README.md" for folder in ("app", "assets", "models", "tests")]
DOCS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", *FOLDER_READMES]

# Commands of Backdrop that run here, on small files. The others are only parsed.
RUN = ("process", "devices", "doctor")
# Programs of others, which are neither parsed nor run here.
PROGRAMS = {
    "cyclonedx-py",
    "dist/backdrop/backdrop",
    "git",
    "mypy",
    "pip",
    "pre-commit",
    "pyinstaller",
    "pytest",
    "python3",
    "ruff",
    "sudo",
    "torchrun",
    "uv",
}
# Options of `models` that are made from the fields of these classes.
OPTIONS_FROM_FIELDS = (
    "models/evaluation/arguments.py",
    "models/training/arguments.py",
    "models/training/config.py",
    "models/training/losses.py",
)


def commands(doc: str) -> list[list[str]]:
    """The commands in a document's bash blocks, each as a list of words."""
    result = []
    for block in re.findall(r"```bash\n(.*?)```", (ROOT / doc).read_text(encoding="utf-8"), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\|\|", line):
                words = shlex.split(part, comments=True)
                if words and not re.fullmatch(r"\w+=\S+", words[0]):
                    result.append(words)
    return result


ALL = [(doc, words) for doc in DOCS for words in commands(doc)]


def split_command(words: list[str]) -> tuple[str, list[str]]:
    """The program or Python module that a command runs, and its arguments."""
    words = list(words)
    while words[0] == "xvfb-run" or words[0].startswith("-"):
        words.pop(0)
    if Path(words[0]).name in ("python", "python3") and words[1] == "-m" and words[2] != "venv":
        return words[2], words[3:]
    return words[0], words[1:]


@pytest.mark.parametrize(("doc", "words"), ALL, ids=lambda v: " ".join(v) if isinstance(v, list) else v)
def test_documented_command_parses(doc: str, words: list[str]) -> None:
    name, arguments = split_command(words)
    if name == "app":
        parser_for(arguments).parse_args(arguments)
    elif name.startswith(("models.", "assets.", "tests.")):
        module = importlib.util.find_spec(name)
        assert module is not None and module.origin, f"{doc}: there is no module {name}"
        sources = [Path(module.origin)]
        if name.startswith("models."):
            sources += [ROOT / file for file in OPTIONS_FROM_FIELDS]
        source = "".join(path.read_text(encoding="utf-8") for path in sources)
        for option in (a for a in arguments if a.startswith("--")):
            field = option.removeprefix("--").replace("-", "_")
            assert re.search(rf'"{option}"|^    {field}: ', source, re.MULTILINE), f"{name} has no {option}"
    elif name.startswith((".ci/", "tests/", "assets/")):
        assert subprocess.run(["bash", "-n", ROOT / name], check=False).returncode == 0
    else:
        assert name in PROGRAMS, f"{doc}: '{' '.join(words)}' names an unknown program"


def test_documented_file_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    networks = tmp_path / "networks"
    write_network(networks / f"{NetworkSettings().name}.onnx")
    monkeypatch.setattr("app.engine.networks.catalogue.user_networks_folder", lambda: networks)
    for command in ("gui", "doctor"):
        monkeypatch.setattr(f"app.commands.{command}.settings_file", lambda: tmp_path / "settings.json")
    for name in ("me.jpg", "a.jpg", "b.jpg", "beach.jpg", "photos/c.jpg"):
        Path(name).parent.mkdir(exist_ok=True)
        cv2.imwrite(name, person(0))
    write_clip(Path("talk.mp4"), 5, sounds=("aac",))
    write_clip(Path("waves.mp4"), 3)
    count = 0
    for _, words in ALL:
        name, arguments = split_command(words)
        # Commands on `seqs/*.mkv` and the like need a data folder.
        needs_data = any(argument.endswith(("/*.mkv", "/*.png")) for argument in arguments)
        if name == "app" and arguments and arguments[0] in RUN and not needs_data:
            assert main(arguments) == 0 or arguments[0] == "doctor", words
            count += 1
    assert count >= 7
    for result in ("me-blurred.jpg", "out.mp4", "out/a.jpg", "out/c.jpg", "me.png", "matte.mkv"):
        assert Path(result).stat().st_size > 0, result


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("doc", DOCS)
def test_document_has_no_dead_links(doc: str) -> None:
    text = (ROOT / doc).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    missing = [link for link in links if not ((ROOT / doc).parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("doc", [doc for doc in DOCS if doc != "CHANGELOG.md"])
def test_document_names_existing_paths(doc: str) -> None:
    text = (ROOT / doc).read_text(encoding="utf-8")
    named = re.findall(r"`((?:app|models|assets|tests|\.ci|\.github)/[\w./-]*)`", text)
    paths = [path for path in named if "NAME" not in path and path != "app/engine/output/stills.py"]
    assert len(paths) > 2 or doc in {"SECURITY.md", "models/README.md"}
    assert [path for path in paths if not (ROOT / path).exists()] == []


def examples() -> list[str]:
    """The Python examples in CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```python\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return [re.sub("^   ", "", example, flags=re.MULTILINE) for example in blocks]


def test_effect_example_works() -> None:
    namespace = dict(vars(effects))  # the example is a part of that file
    exec(examples()[0], namespace)
    grey = namespace["Grey"]({"brightness": 0.5})
    frame = Frame(1, 0.0, np.full((4, 6, 3), (200, 200, 200), np.uint8))
    background = grey.background(frame, np.zeros((4, 6), np.float32))
    assert background.shape == (4, 6, 3) and (background == 100).all()


def test_look_example_works() -> None:
    namespace = dict(vars(light))  # the example is a part of that folder
    exec(examples()[1], namespace)
    negative = namespace["Negative"]({"negative": 1.0})
    assert negative.curve(np.array([0.0, 0.25, 1.0]), True).tolist() == [1.0, 0.75, 0.0]


def test_output_example_works(tmp_path: Path) -> None:
    namespace: dict[str, Any] = {}
    exec(examples()[2], namespace)
    stills = namespace["Stills"](str(tmp_path / "stills"))
    stills.open(4, 6)
    for index in range(2):
        stills.send(Composite(index, 0.0, np.full((4, 6, 3), index, np.uint8)))
    stills.close()
    assert [path.name for path in sorted((tmp_path / "stills").iterdir())] == ["000001.png", "000002.png"]
