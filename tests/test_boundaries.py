"""The rules of import, checked against the code."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Each folder may import from itself and from the folders named here, and from nothing else of ours.
ENGINE = {
    "core": set(),
    "devices": {"core"},
    "media": {"core"},
    "networks": {"core", "media"},
    "screens": {"core"},
    "capture": {"core", "devices", "media"},
    "looks": {"core"},
    "face": {"core", "networks"},
    "people": {"core", "networks"},
    "pipeline": {"core", "media", "networks", "looks", "face", "people", "screens"},
    "output": {"core", "devices", "media"},
}
MEDIA = {
    "pictures": set(),
    "video": {"pictures"},
    "writing": {"pictures", "video"},
}
COMMANDS: dict[str, set[str]] = {
    "measurement": set(),
    "arguments": set(),
    "processing": set(),
}
UI = {
    "models": {"i18n"},
    "i18n": set(),
    "widgets": {"models"},
    "services": {"models"},
    "views": {"models", "i18n", "widgets", "services"},
    "controllers": {"models", "i18n", "widgets", "services", "views"},
}
MODELS = {
    "networks": set(),
    "data": {"networks"},
    "training": {"networks", "data"},
    "evaluation": {"networks", "data", "training"},
    "face": {"networks", "data", "training", "evaluation", "export", "quantise"},
    "people": {"networks", "data", "training", "evaluation", "export", "quantise"},
    "instance": {"networks", "data", "training", "evaluation", "export"},
    "comparison": {"networks", "data", "training", "evaluation", "evaluate", "export", "latency", "summary"},
}
# Stages receive each other's results from the pipeline; they do not call each other.
STAGES = {
    "app.engine.networks.segmenter",
    "app.engine.pipeline.matte",
    "app.engine.pipeline.effects",
    "app.engine.pipeline.compositor",
    "app.engine.capture.sources",
    "app.engine.output.sinks",
}


def imports(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where things come from"
            found.add(node.module or "")
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def files(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"{folder} holds no code"
    return found


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", files("app"), ids=relative)
def test_app_imports_neither_training_nor_models(path: Path) -> None:
    assert not roots(path) & {"torch", "onnx", "models"}
    # display_check looks for Qt's libraries before Qt is loaded.
    if "ui" not in path.relative_to(ROOT).parts and path.name != "display_check.py":
        assert "PySide6" not in roots(path)


@pytest.mark.parametrize("path", files("app/engine"), ids=relative)
def test_engine_imports_nothing_above_it(path: Path) -> None:
    above = {name for name in imports(path) if name.startswith("app.") and not name.startswith("app.engine")}
    assert not above


@pytest.mark.parametrize("path", files("models"), ids=relative)
def test_models_import_nothing_of_the_app(path: Path) -> None:
    assert not roots(path) & {"app", "PySide6"}


FOLDERS = {
    "app.engine": ENGINE,
    "app.engine.media": MEDIA,
    "app.commands": COMMANDS,
    "app.ui": UI,
    "models": MODELS,
}


@pytest.mark.parametrize("package", FOLDERS)
def test_folders_import_only_from_the_folders_listed(package: str) -> None:
    allowed = FOLDERS[package]
    base = ROOT / package.replace(".", "/")
    folders = {folder.name for folder in base.iterdir() if (folder / "__init__.py").is_file()}
    assert folders == set(allowed), "a new folder says here what it may import"
    modules = {module_name(path) for path in files(str(base.relative_to(ROOT)))}
    for folder, others in allowed.items():
        for path in files(str((base / folder).relative_to(ROOT))):
            for name in imports(path) & modules:
                inside = name.removeprefix(f"{package}.").split(".")
                # A module beside the folders is above them; the package itself is only the registry.
                if name != package:
                    assert inside[0] == folder or inside[0] in others, f"{relative(path)} imports {name}"


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_stages_do_not_import_each_other(stage: str) -> None:
    others = STAGES | {"app.engine.pipeline.pipeline", "app.engine.engine"}
    path = ROOT / f"{stage.replace('.', '/')}.py"
    assert not imports(path) & (others - {stage})


@pytest.mark.parametrize("package", ["app", "models", "assets"])
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    paths = {module_name(path): path for path in files(package)}
    graph = {name: (imports(path) & paths.keys()) - {name, package} for name, path in paths.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' -> '.join(error.args[1])}")


def test_the_command_starts_without_qt_torch_or_onnx() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['PySide6', 'torch', 'onnx']));"
        "from app.__main__ import main; sys.exit(main(['devices', '--json']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_window_loads_nothing_that_only_rare_sources_and_doctor_need() -> None:
    code = (
        "import sys; import app.ui.application;"
        "print(*sorted({'http.client', 'ssl', 'urllib.request', 'importlib.metadata'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stdout.split(), "each costs every start of the window 10 to 60 ms"
