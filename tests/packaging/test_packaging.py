"""Packages: icons, manual page, menu entry, lock file, list of parts."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from app import __version__
from app.__main__ import COMMANDS, main
from app.engine.pipeline.effects import EFFECTS
from assets.packaging import manual, parts
from assets.packaging.smaller import slim
from tests.networks import write_network

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "assets" / "packaging" / "linux"
METAINFO = next(LINUX.glob("*.metainfo.xml"))


def run_tool(*command: str | Path) -> str:
    """The output of a system tool. Skips the test if the tool is missing."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_manual_page_lists_every_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    page = manual.page().replace("\\-", "-")
    for name in COMMANDS:
        assert f".SH BACKDROP {name.upper()}" in page
        with pytest.raises(SystemExit):
            main([name, "--help"])
        for option in re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out):
            assert option in page
    assert "--self-test" in page


def test_manual_page_is_valid_roff(tmp_path: Path) -> None:
    path = tmp_path / "backdrop.1"
    path.write_text(manual.page(), encoding="utf-8")
    assert run_tool("groff", "-man", "-Tutf8", "-ww", "-z", path) == ""


def test_menu_entry_is_valid() -> None:
    assert run_tool("desktop-file-validate", LINUX / "backdrop.desktop") == ""


def test_metainfo_is_valid_and_has_this_version() -> None:
    release = ET.parse(METAINFO).getroot().find("releases/release")
    assert release is not None and release.get("version") == __version__
    run_tool("appstreamcli", "validate", "--no-net", METAINFO)


def test_version_stands_in_one_place() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in project and 'attr = "app.__version__"' in project
    assert not re.search(r"^version = ", project.split("[tool.")[0], re.MULTILINE)


def test_unlinked_libraries_are_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    links = {"ext.so": ["libused.so"], "libused.so": ["libdeep.so"]}
    monkeypatch.setattr(slim, "linked", lambda file: links.get(file, []))
    names = ("libused.so", "libdeep.so", "liborphan.so")
    extensions = [("pkg/ext.so", "ext.so", "EXTENSION"), ("_alone.so", "_alone.so", "EXTENSION")]
    binaries = [*extensions, *((name, name, "BINARY") for name in names)]
    result = [dest for dest, _, _ in slim.without_orphans(binaries)]
    assert result == ["pkg/ext.so", "_alone.so", "libused.so", "libdeep.so"]


def test_lock_file_has_every_requirement_with_hashes() -> None:
    locked = (ROOT / "assets" / "packaging" / "requirements.txt").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = re.search(r"^dependencies = \[(.+?)^\]", project, re.MULTILINE | re.DOTALL)
    assert needed is not None
    for name in re.findall(r'^    "([\w-]+)', needed[1], re.MULTILINE):
        assert re.search(rf"^{name.lower()}==", locked, re.MULTILINE), (
            f"{name}: see assets/README.md, 'uv pip compile'"
        )
    for entry in re.split(r"^(?=\w)", locked, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry


def test_wheel_and_packaged_program_ship_the_same_assets() -> None:
    spec = (ROOT / "build.spec").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    installed = set(re.findall(r'^"share/backdrop/(assets[\w/]*)"', project, re.MULTILINE))
    frozen = set(re.findall(r'\("assets/[^"]+", "(assets[\w/]*)"\)', spec))
    assert installed == frozen


def test_list_of_parts_names_every_library_and_network(tmp_path: Path) -> None:
    inside = tmp_path / "backdrop" / "_internal"
    (inside / "lib").mkdir(parents=True)
    network = write_network(inside / "half.onnx")
    for name in ("lib/libz.so.1", "lib/_x.abi3.so", "notes.txt", "Qt.dll"):
        (inside / name).write_bytes(name.encode())
    (inside / "libz.so").symlink_to("lib/libz.so.1")
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps({"components": [{"type": "library", "name": "numpy"}]}))
    for _ in range(2):
        parts.main(listed, inside.parent)
        found = json.loads(listed.read_text())["components"]
        assert [part["name"] for part in found] == [
            "numpy",
            "_internal/Qt.dll",
            "tiny",
            "_internal/lib/_x.abi3.so",
            "_internal/lib/libz.so.1",
        ]
    assert found[2]["hashes"][0]["content"] == hashlib.sha256(network.read_bytes()).hexdigest()
    assert found[2]["licenses"]


def test_icon_files_contain_every_size(tmp_path: Path) -> None:
    try:
        icons = importlib.import_module("assets.packaging.icons")
    except ImportError as error:
        pytest.skip(f"Qt cannot be loaded: {error}")
    pictures = {size: b"\x89PNG" + bytes(size) for size in (16, 256)}
    made = icons.ico(pictures)
    assert struct.unpack_from("<HHH", made) == (0, 1, 2)
    for number, (size, data) in enumerate(pictures.items()):
        entry = struct.unpack_from("<BBBBHHII", made, 6 + 16 * number)
        assert entry[0] == size % 256
        assert made[entry[7] : entry[7] + entry[6]] == data
    made = icons.icns({b"ic07": b"abc"})
    assert made == b"icns" + struct.pack(">I", 19) + b"ic07" + struct.pack(">I", 11) + b"abc"


def test_icons_are_drawn_without_a_qt_application(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication\n"
        "from assets.packaging import icons\n"
        "icons.main(Path(sys.argv[1])); sys.exit(QCoreApplication.instance() is not None)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True)
    assert (tmp_path / "backdrop-512.png").stat().st_size > 10_000


def test_help_names_every_effect(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert all(name in out for name in EFFECTS)
