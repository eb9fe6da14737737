"""Linux packages: a .deb, a .rpm and a PKGBUILD of a small folder have every file in its place."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from app import __version__

pytest.importorskip("PySide6.QtGui", exc_type=ImportError)

from assets.packaging import arch, deb, flatpak, rpm

PLACES = (
    "/usr/bin/backdrop",
    "/usr/lib/backdrop/backdrop",
    "/usr/lib/backdrop/_internal/library.so",
    "/usr/lib/systemd/user/backdrop.service",
    "/usr/share/applications/backdrop.desktop",
    "/usr/share/icons/hicolor/scalable/apps/backdrop.svg",
    "/usr/share/icons/hicolor/16x16/apps/backdrop.png",
    "/usr/share/icons/hicolor/512x512/apps/backdrop.png",
    "/usr/share/metainfo/io.github.backdrop.Backdrop.metainfo.xml",
    "/usr/share/doc/backdrop/copyright",
    "/usr/share/man/man1/backdrop.1.gz",
)


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A folder as build.spec builds it, with little in it."""
    folder = tmp_path / "frozen" / "backdrop"
    (folder / "_internal" / "licences").mkdir(parents=True)
    (folder / "_internal" / "licences" / "OVERVIEW.txt").write_text("every part")
    (folder / "_internal" / "library.so").write_bytes(b"\x7fELF")
    (folder / "backdrop").write_text("#!/bin/sh\necho started\n")
    (folder / "backdrop").chmod(0o755)
    return folder


def need(tool: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")


def output(*command: str | Path, folder: Path | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_deb_has_every_file_and_starts(frozen: Path, tmp_path: Path) -> None:
    need("dpkg-deb")
    package = deb.main(frozen, tmp_path / "dist")
    listed = output("dpkg-deb", "--contents", package)
    assert [place for place in PLACES if f".{place}" not in listed] == []
    assert f"Version: {__version__}" in output("dpkg-deb", "--info", package)
    output("dpkg-deb", "-x", package, tmp_path / "root")
    assert output(tmp_path / "root" / "usr/bin/backdrop") == "started\n"


def test_rpm_has_every_file_and_states_what_it_needs(frozen: Path, tmp_path: Path) -> None:
    need("rpmbuild")
    package = rpm.main(frozen, tmp_path / "dist")
    listed = output("rpm", "-qlp", package).splitlines()
    assert [place for place in PLACES if place not in listed] == []
    needed = output("rpm", "-qp", "--requires", package)
    assert "libEGL.so.1()(64bit)" in needed and "libc.so.6(GLIBC_" in needed
    owners = output("rpm", "-qp", "--qf", "[%{FILEUSERNAME}:%{FILEMODES:octal} %{FILENAMES}\n]", package)
    assert "root:100755 /usr/lib/backdrop/backdrop\n" in owners
    assert "root:100644 /usr/lib/backdrop/_internal/library.so\n" in owners


def test_pkgbuild_makes_a_package_of_the_files_of_the_deb(frozen: Path, tmp_path: Path) -> None:
    for tool in ("dpkg-deb", "makepkg", "bsdtar"):
        need(tool)
    work = tmp_path / "arch"
    package = deb.main(frozen, work)
    assert arch.main(package, work, "2.35") == work / "PKGBUILD"
    command = ["makepkg", "--nodeps", "--nosign"]
    if os.geteuid() == 0:  # makepkg refuses to run as root.
        need("runuser")
        for folder in (work, *work.parents):
            if folder == Path("/tmp"):
                break
            folder.chmod(0o777)
        command = ["runuser", "-u", "nobody", "--", "env", f"HOME={work}", *command]
    output(*command, folder=work)
    made = next(work.glob("backdrop-*.pkg.tar.*"))
    listed = output("bsdtar", "-tf", made)
    assert [place for place in PLACES if place[1:] not in listed.splitlines()] == []
    assert f"pkgver = {__version__}-1" in output("bsdtar", "-xOf", made, ".PKGINFO")


def test_pkgbuild_names_the_checksum_of_the_deb(tmp_path: Path) -> None:
    package = tmp_path / "backdrop.deb"
    package.write_bytes(b"abc")
    text = arch.main(package, tmp_path, "2.35").read_text(encoding="utf-8")
    assert "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" in text
    assert output("bash", "-n", tmp_path / "PKGBUILD") == ""


def test_flatpak_manifest_is_read_by_the_builder(tmp_path: Path) -> None:
    package = tmp_path / "backdrop_1_amd64.deb"
    package.write_bytes(b"abc")
    path = flatpak.main(package, tmp_path)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert not [permission for permission in written["finish-args"] if "network" in permission]
    need("flatpak-builder")
    read = json.loads(output("flatpak-builder", "--show-manifest", path, folder=tmp_path))
    assert read["id"] == path.stem and read["finish-args"] == written["finish-args"]
    assert read["modules"][0]["build-commands"] == written["modules"][0]["build-commands"]


def test_flatpak_commands_put_every_file_in_its_place(frozen: Path, tmp_path: Path) -> None:
    for tool in ("dpkg-deb", "ar"):
        need(tool)
    package = deb.main(frozen, tmp_path / "work")
    package.rename(package.with_name("backdrop.deb"))
    app = tmp_path / "app"
    for command in flatpak.manifest(package.with_name("backdrop.deb"))["modules"][0]["build-commands"]:  # type: ignore[index]
        output("sh", "-ec", str(command).replace("/app/", f"{app}/"), folder=tmp_path / "work")
    assert output(app / "bin/backdrop") == "started\n"
    assert (app / "share/applications/backdrop.desktop").exists()
    assert (app / "share/icons/hicolor/scalable/apps/backdrop.svg").exists()
