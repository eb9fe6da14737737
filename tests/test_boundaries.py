"""The rules of import, held against the code itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STAGES = {"session", "matte", "effects", "compositor", "sources", "sinks"}


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


@pytest.mark.parametrize("path", files("app"), ids=lambda p: str(p.relative_to(ROOT)))
def test_app_imports_neither_training_nor_models(path: Path) -> None:
    assert not roots(path) & {"torch", "onnx", "models"}
    if "ui" not in path.relative_to(ROOT).parts:
        assert "PySide6" not in roots(path)


@pytest.mark.parametrize("path", files("app/engine"), ids=lambda p: p.name)
def test_engine_imports_nothing_above_it(path: Path) -> None:
    above = {name for name in imports(path) if name.startswith("app.") and not name.startswith("app.engine")}
    assert not above


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_stages_do_not_import_each_other(stage: str) -> None:
    others = {f"app.engine.{other}" for other in (STAGES | {"pipeline", "worker"}) - {stage}}
    assert not imports(ROOT / "app" / "engine" / f"{stage}.py") & others


@pytest.mark.parametrize("path", files("models"), ids=lambda p: p.name)
def test_models_import_nothing_of_the_app(path: Path) -> None:
    assert not roots(path) & {"app", "PySide6"}


def test_the_command_starts_without_qt_torch_or_onnx() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['PySide6', 'torch', 'onnx']));"
        "from app.__main__ import main; sys.exit(main(['devices', '--json']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
