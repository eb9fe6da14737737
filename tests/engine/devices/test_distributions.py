"""The advice fits the system that it is given on."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import pytest

from app.engine.devices import distributions
from app.engine.devices.distributions import distribution, how_to_get_loopback, loopback_commands

if TYPE_CHECKING:
    from pathlib import Path


def let_system_be(monkeypatch: pytest.MonkeyPatch, release: dict[str, str] | None) -> None:
    def read() -> dict[str, str]:
        if release is None:
            raise OSError(2, "No such file")
        return release

    monkeypatch.setattr(platform, "freedesktop_os_release", read)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A computer without v4l2loopback that does not tell of Secure Boot."""
    for name in ("_MODULE", "_OSTREE", "_SECURE_BOOT"):
        monkeypatch.setattr(distributions, name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("release", "manager"),
    [
        ({"ID": "debian"}, "sudo apt install v4l2loopback-dkms"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt install"),
        ({"ID": "pop", "ID_LIKE": "ubuntu debian"}, "sudo apt install"),
        ({"ID": "raspbian", "ID_LIKE": "debian"}, "sudo apt install"),
        ({"ID": "fedora"}, "sudo dnf install akmod-v4l2loopback"),
        ({"ID": "nobara", "ID_LIKE": "fedora"}, "rpmfusion.org/free/fedora/"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "rpmfusion.org/free/el/"),
        ({"ID": "rhel", "ID_LIKE": "fedora"}, "rpmfusion.org/free/el/"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "sudo pacman -S --needed v4l2loopback-dkms"),
        ({"ID": "endeavouros", "ID_LIKE": "arch"}, "sudo pacman"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, "sudo zypper install"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "sudo zypper install"),
        ({"ID": "gentoo"}, "sudo emerge"),
        ({"ID": "void"}, "sudo xbps-install"),
        ({"ID": "nixos"}, "boot.extraModulePackages"),
        ({"ID": "mageia"}, "with your package manager"),
        ({}, "with your package manager"),
        (None, "with your package manager"),
    ],
)
def test_advice_fits_distribution(
    monkeypatch: pytest.MonkeyPatch, release: dict[str, str] | None, manager: str
) -> None:
    let_system_be(monkeypatch, release)
    advice = how_to_get_loopback()
    assert manager in advice
    used = {each for each in ("apt", "dnf", "pacman", "zypper", "emerge") if f"sudo {each} " in advice}
    assert used <= ({"dnf"} if "rpmfusion" in manager else set(manager.split()))
    assert not loopback_commands() or loopback_commands()[-1].startswith("sudo modprobe v4l2loopback")


def test_layered_system_gets_its_own_commands(monkeypatch: pytest.MonkeyPatch, bare: Path) -> None:
    let_system_be(monkeypatch, {"ID": "bazzite", "ID_LIKE": "fedora"})
    assert "dnf" in how_to_get_loopback()
    (bare / "_OSTREE").touch()
    assert "rpm-ostree install akmod-v4l2loopback" in how_to_get_loopback()
    assert "dnf" not in how_to_get_loopback()


@pytest.mark.parametrize(
    ("content", "is_told"), [(None, True), (b"\6\0\0\0\1", True), (b"\6\0\0\0\0", False)]
)
def test_secure_boot_is_mentioned_unless_it_is_off(
    monkeypatch: pytest.MonkeyPatch, bare: Path, content: bytes | None, is_told: bool
) -> None:
    let_system_be(monkeypatch, {"ID": "ubuntu"})
    if content is not None:
        (bare / "_SECURE_BOOT").write_bytes(content)
    assert ("Secure Boot" in how_to_get_loopback()) == is_told


def test_loaded_module_gets_one_more_device(monkeypatch: pytest.MonkeyPatch, bare: Path) -> None:
    let_system_be(monkeypatch, {"ID": "fedora"})
    (bare / "_MODULE").mkdir()
    assert how_to_get_loopback() == "run sudo v4l2loopback-ctl add -x 1 -n Backdrop"


@pytest.mark.parametrize("family", ["debian", "fedora", "rhel", "arch", "suse"])
def test_libraries_of_a_window_have_a_command(monkeypatch: pytest.MonkeyPatch, family: str) -> None:
    let_system_be(monkeypatch, {"ID": family})
    assert distribution().libraries.startswith("sudo ") and "cursor" in distribution().libraries
