"""Small whole files of every kind that Backdrop reads, to be damaged."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageCms
from PIL.ExifTags import IFD, Base

from app.engine.core.settings import NetworkSettings
from app.engine.networks.auto_select import Measured, _machine
from tests.clips import person, write_clip
from tests.engine.looks.tables import write_cube
from tests.films import Tone, write_film
from tests.flashes import flash_clip, trimmed
from tests.heic import write_heic
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path

_WIDTH, _HEIGHT = 64, 48


def picture_seeds(folder: Path) -> None:
    """Still pictures of each format, with and without transparency, profiles and EXIF data."""
    rgb = Image.fromarray(np.ascontiguousarray(person(0, _WIDTH, _HEIGHT)[..., ::-1]))
    rgba = rgb.copy()
    rgba.putalpha(Image.linear_gradient("L").resize(rgb.size))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    exif = _exif()
    rgb.save(folder / "plain.jpg", exif=exif, icc_profile=profile)
    rgb.save(folder / "progressive.jpg", progressive=True)
    rgb.convert("CMYK").save(folder / "cmyk.jpg")
    rgba.save(folder / "alpha.png", exif=exif, icc_profile=profile)
    rgb.convert("P").save(folder / "palette.png", transparency=1)
    Image.fromarray(np.arange(_WIDTH * _HEIGHT, dtype=np.uint16).reshape(_HEIGHT, _WIDTH)).save(
        folder / "grey16.png"
    )
    rgba.save(folder / "lossy.webp", exif=exif, icc_profile=profile)
    rgba.save(folder / "lossless.webp", lossless=True)
    rgb.convert("P").save(folder / "still.gif", transparency=0)
    rgb.save(folder / "plain.bmp")
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"):
        rgb.save(folder / f"{compression}.tif", compression=compression, exif=exif)
    rgba.save(folder / "still.avif", exif=exif)
    write_heic(folder / "tiles.heic", person(0, 128, 128), (2, 2), turns=1)


def exif_seeds(folder: Path) -> None:
    """Pictures that are little more than their EXIF data."""
    dot = Image.new("RGB", (1, 1))
    for suffix in ("jpg", "png", "webp", "tif", "avif"):
        dot.save(folder / f"dot.{suffix}", exif=_exif())


def moving_seeds(folder: Path) -> None:
    """Moving pictures of each format."""
    frames = [Image.fromarray(np.ascontiguousarray(person(i, 32, 24)[..., ::-1])) for i in range(4)]
    first, *others = [frame.convert("RGBA") for frame in frames]
    for suffix in ("gif", "webp", "png", "avif"):
        first.save(folder / f"moving.{suffix}", save_all=True, append_images=others, duration=[20, 40, 0, 90])
    first.save(folder / "cover.png", save_all=True, append_images=others, default_image=True)


def video_seeds(folder: Path) -> None:
    """Videos of each container, most with sound, subtitles or tags."""
    size = _HEIGHT, _WIDTH
    for name in ("front.mp4", "plain.mkv", "broadcast.ts"):
        fast = {"movflags": "faststart"} if name.endswith("mp4") else {}
        flash_clip(
            folder / name, 0.4, (0.1,), size=size, offset_s=5 * name.endswith("ts"), container_options=fast
        )
    flash_clip(
        folder / "fragments.mp4", 0.4, (0.1,), size=size, container_options={"movflags": "frag_keyframe"}
    )
    flash_clip(folder / "plain.avi", 0.4, (0.1,), size=size, codec="mpeg4", sound="mp3")
    flash_clip(folder / "ogg.ogv", 0.4, (0.1,), size=size, codec="libvpx", sound="libopus")
    whole = flash_clip(folder.parent / "whole.mp4", 0.6, (0.1,), size=size, options={"g": "5"})
    trimmed(whole, folder / "trimmed.mov", 0.25)
    tags = {"title": "Film", "location": "+48.1/", "creation_time": "2020-01-01T00:00:00Z"}
    for suffix, codec in (
        (".webm", "libopus"),
        (".flv", "mp3"),
        (".wmv", "wmav2"),
        (".mpg", "mp2"),
        (".mkv", "flac"),
    ):
        write_film(folder / f"film{suffix}", Tone(codec, to_s=0.3), seconds=0.3, tags=tags)
    chapters = [
        {"id": 1, "start": 0, "end": 1, "time_base": Fraction(1, 10), "metadata": {"title": "One"}},
        {"id": 2, "start": 1, "end": 3, "time_base": Fraction(1, 10), "metadata": {}},
    ]
    tones = Tone("aac", to_s=0.3, tags={"language": "deu"}), Tone("ac3", to_s=0.2)
    write_film(folder / "tracks.mkv", *tones, seconds=0.3, tags=tags, chapters=chapters)
    write_film(folder / "tracks.mov", Tone("pcm_s16le", to_s=0.2), seconds=0.2, tags=tags)

    def small(index: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return person(index, _WIDTH, _HEIGHT)

    write_clip(folder / "turned.mp4", 6, small, rotation=90, pixel_aspect=Fraction(4, 3))
    write_clip(folder / "joint.mkv", 6, small, codec="ffv1", matrix=1)
    write_clip(folder / "mjpeg.avi", 6, small, codec="mjpeg", pixels="yuvj420p", tagged=False)


def network_seeds(folder: Path) -> None:
    """Networks that keep the contract, and some with odd texts and numbers."""
    write_network(folder / "tiny.onnx")
    for number, pixels in enumerate(("1e9", "-1", "", "４０９６", "4_096", "9" * 5000)):
        write_network(folder / f"pixels-{number}.onnx", working_pixels=pixels)
    write_network(folder / "not-a-share.onnx", fgiou_val="nan", title="{0} %s \0 \n" * 100)
    write_network(folder / "most-pixels.onnx", working_pixels="4000000")
    for scale in (float("nan"), 1e38, -1.0):
        write_network(folder / f"scale-{scale}.onnx", scale=scale)
    write_network(folder / "rated.onnx", fgiou_val="0.97", working_pixels="20000", title="<b>Ä</b>")


def card_seeds(folder: Path) -> None:
    """Model cards of a network `../tiny.onnx`, two of them right."""
    digest = hashlib.sha256(write_network(folder.parent / "tiny.onnx").read_bytes()).hexdigest()
    for name, said in (("right", digest), ("wrong", "0" * 64), ("ticks", f"`{digest}`")):
        (folder / f"{name}.md").write_text(f"# A network\n\n- a list\n\nsha256: {said}\n\nMore text.\n")


def settings_seeds(folder: Path) -> None:
    """Settings files in several encodings."""
    everything = {
        "is_on": True,
        "source": {"spec": "demo", "width_px": 640, "height_px": 480, "fps": 30.0, "pixel_format": "MJPG"},
        "adjustments": {"zoom": 1.5, "mirror": True, "rotation": 90, "brighten": 0.5, "auto_frame": False},
        "network": {"name": "bisenet", "provider": "cpu", "threads": 2},
        "matte": {"steadiness": 0.5, "sharpness": 0.5, "shift": -0.5, "drop_doubtful": True},
        "effect": {"name": "colour", "values": {"colour": "#00b140", "strength": 0.5}},
        "compositor": {"light_wrap": 0.25},
        "looks": {"exposure": 0.5, "vignette": 0.25, "calm": 1.0},
        "output": {"virtual_camera": "auto", "recording": "", "microphone": "default"},
        "window": {"closes_to_tray": True, "is_welcomed": True},
        "profile": "Büro",
        "profiles": {"Büro": {"effect": {"name": "blur", "values": {"strength": 0.5}}}, "": {}},
    }
    text = json.dumps(everything, indent=2, ensure_ascii=False)
    (folder / "usual.json").write_text(text, encoding="utf-8")
    (folder / "mark.json").write_text(text, encoding="utf-8-sig")
    (folder / "wide.json").write_text(text, encoding="utf-16")
    for name in ("blur", "lens", "colour", "transparent", "picture", "video"):
        values = {"strength": 0.5, "colour": "#102030", "file": "beach.jpg"}
        (folder / f"{name}.json").write_text(json.dumps({"effect": {"name": name, "values": values}}))


def table_seeds(folder: Path) -> None:
    """Colour tables."""
    table = write_cube(folder / "plain.cube", lambda bgr: bgr)
    text = table.read_text(encoding="utf-8")
    (folder / "domain.cube").write_text(f"DOMAIN_MIN 0 0 0\nDOMAIN_MAX 1.5 1.5 1.5\n{text}", encoding="utf-8")


def measurement_seeds(folder: Path) -> None:
    """A stored measurement of this computer, and one of another."""
    milliseconds = {"sinet": 3.5, "bisenet": 9.5, "bisenet_large": 14.25}
    for name, machine in (("here", _machine(NetworkSettings())), ("there", {"processor": "6502"})):
        stored = Measured(machine, milliseconds)
        (folder / f"{name}.json").write_text(
            json.dumps({"machine": stored.machine, "ms": stored.ms}, indent=2)
        )


def request_seeds(folder: Path) -> None:
    """Requests of `ctl`."""
    for command in ("on", "off", "toggle", "status", "list", "show"):
        (folder / f"{command}.json").write_text(json.dumps({"command": command}) + "\n")
    for command, name in (
        ("effect", "blur"),
        ("effect", "beach"),
        ("profile", "Büro"),
        ("look", "meeting"),
        ("look", "exposure=0.3"),
        ("effect", "picture"),
    ):
        (folder / f"{command}-{name}.json").write_text(json.dumps({"command": command, "name": name}) + "\n")


def reply_seeds(folder: Path) -> None:
    """Replies to `ctl`."""
    state = {"ok": True, "on": True, "effect": "blur", "fps": 29.9, "outputs": ["Backdrop"], "message": ""}
    names = {"ok": True, "effects": ["blur"], "backgrounds": ["Beach"], "profiles": []}
    for name, reply in (("state", state), ("names", names), ("refusal", {"ok": False, "message": "No."})):
        (folder / f"{name}.json").write_text(json.dumps(reply) + "\n")


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Orientation], exif[Base.DateTime] = 6, "2020:01:02 03:04:05"
    exif[Base.ImageDescription], exif[Base.Artist], exif[Base.Copyright] = "A room", "Ä", "C"
    exif.get_ifd(IFD.Exif).update({Base.DateTimeOriginal: "2020:01:02 03:04:05", Base.OffsetTime: "+01:00"})
    exif.get_ifd(IFD.GPSInfo).update({1: "N", 2: (48.0, 8.0, 1.5), 3: "E", 4: (11.0, 34.0, 1.0)})
    return exif
