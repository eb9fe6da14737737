"""What to install on each Linux distribution: one table, chosen by /etc/os-release."""

from __future__ import annotations

import platform
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.engine.core.errors import NO_MESSAGE, Message

LOAD = "sudo modprobe v4l2loopback exclusive_caps=1 card_label=Backdrop"
"""The shell command that makes a virtual camera where v4l2loopback is installed."""
ADD = "sudo v4l2loopback-ctl add -x 1 -n Backdrop"
"""The shell command that adds a virtual camera if v4l2loopback is already loaded."""

_RPM_FUSION = "https://mirrors.rpmfusion.org/free/{0}/rpmfusion-free-release-$(rpm -E %{1}).noarch.rpm"
_XCB_OF_RPM = (
    "libxcb libxkbcommon libxkbcommon-x11 xcb-util-cursor xcb-util-wm xcb-util-image xcb-util-keysyms "
    "xcb-util-renderutil"
)
_XCB_OF_DEBIAN = (
    "libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 "
    "libxcb-shape0 libxcb-xinerama0 libxcb-xkb1"
)

_NIXOS_LINES = (
    "boot.extraModulePackages = [ config.boot.kernelPackages.v4l2loopback ]; "
    'boot.kernelModules = [ "v4l2loopback" ]; '
    'boot.extraModprobeConfig = "options v4l2loopback exclusive_caps=1 card_label=Backdrop";'
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """The shell commands of one family of distributions."""

    name: str
    loopback: tuple[str, ...] = ()
    """The commands that install v4l2loopback and load it, in order. Empty if commands alone cannot do it."""
    libraries: str = ""
    """The command that installs the system libraries that the window needs."""
    advice: Message = NO_MESSAGE
    """What to do for a virtual camera if `loopback` is empty."""


_GENERAL = Distribution(
    "Linux",
    advice=Message(
        "install the package v4l2loopback (often called v4l2loopback-dkms) with your package manager, "
        "then run {load}",
        load=LOAD,
    ),
)
DISTRIBUTIONS = {
    "debian": Distribution(
        "Debian or Ubuntu",
        ("sudo apt install v4l2loopback-dkms", LOAD),
        "sudo apt install libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 "
        + _XCB_OF_DEBIAN,
    ),
    "fedora": Distribution(
        "Fedora",
        (
            f"sudo dnf install {_RPM_FUSION.format('fedora', 'fedora')}",
            "sudo dnf install akmod-v4l2loopback",
            "sudo akmods",
            LOAD,
        ),
        f"sudo dnf install mesa-libEGL mesa-libGL dbus-libs fontconfig {_XCB_OF_RPM}",
    ),
    "rhel": Distribution(
        "Red Hat Enterprise Linux",
        (
            "sudo dnf install epel-release",
            f"sudo dnf install {_RPM_FUSION.format('el', 'rhel')}",
            "sudo dnf install akmod-v4l2loopback",
            "sudo akmods",
            LOAD,
        ),
        f"sudo dnf install mesa-libEGL mesa-libGL dbus-libs fontconfig {_XCB_OF_RPM}",
    ),
    "arch": Distribution(
        "Arch Linux",
        ("sudo pacman -S --needed v4l2loopback-dkms linux-headers", LOAD),
        f"sudo pacman -S --needed libglvnd mesa dbus fontconfig {_XCB_OF_RPM}",
    ),
    "suse": Distribution(
        "openSUSE",
        ("sudo zypper install v4l2loopback-kmp-default", LOAD),
        "sudo zypper install Mesa-libEGL1 Mesa-libGL1 libxkbcommon0 libdbus-1-3 fontconfig "
        f"libxkbcommon-x11-0 {_XCB_OF_DEBIAN}",
    ),
    "gentoo": Distribution("Gentoo", ("sudo emerge --ask media-video/v4l2loopback", LOAD)),
    "void": Distribution("Void Linux", ("sudo xbps-install -S v4l2loopback", LOAD)),
    "nixos": Distribution(
        "NixOS",
        advice=Message(
            "add {lines} to configuration.nix, then run sudo nixos-rebuild switch", lines=_NIXOS_LINES
        ),
    ),
}
# Fedora systems that are installed as one image (OSTree), where rpm-ostree adds packages.
_FEDORA_ATOMIC = Distribution(
    "Fedora Atomic",
    (
        f"sudo rpm-ostree install {_RPM_FUSION.format('fedora', 'fedora')}",
        "sudo rpm-ostree install akmod-v4l2loopback",
        "systemctl reboot",
    ),
)
_FAMILY_OF = {"ubuntu": "debian", "centos": "rhel", "opensuse": "suse", "sles": "suse", "archlinux": "arch"}
_SECURE_BOOT = Path("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c")
_MODULE, _OSTREE = Path("/sys/module/v4l2loopback"), Path("/run/ostree-booted")


def distribution() -> Distribution:
    """This system's entry in the table, by its ID or one of its ID_LIKE; a general entry if there is none."""
    try:
        release = platform.freedesktop_os_release()
    except (OSError, ValueError):
        return _GENERAL
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    for name in names:
        family = name.casefold().split("-")[0]
        family = _FAMILY_OF.get(family, family)
        if family == "fedora" and _OSTREE.exists():
            return _FEDORA_ATOMIC
        if family in DISTRIBUTIONS:
            return DISTRIBUTIONS[family]
    return _GENERAL


def loopback_commands() -> tuple[str, ...]:
    """The shell commands that make a virtual camera on this Linux; empty if there are none for it."""
    return (ADD,) if _MODULE.exists() else distribution().loopback


def how_to_get_loopback() -> Message:
    """How to get a virtual camera on this Linux, as the end of a sentence."""
    commands = loopback_commands()
    if not commands:
        return distribution().advice
    if len(commands) == 1:
        return Message("run {command}", command=commands[0])
    text = Message("run {first}, then {second}", first=" && ".join(commands[:-1]), second=commands[-1])
    if secure_boot() is False:
        return text
    return Message(
        "{advice} (with Secure Boot: choose a password when asked, restart, and enrol the key with it)",
        advice=text,
    )


def secure_boot() -> bool | None:
    """Whether Secure Boot is on, so that only signed kernel modules load; None if unknown."""
    with suppress(OSError):
        return _SECURE_BOOT.read_bytes()[-1:] == b"\1"
    return None
