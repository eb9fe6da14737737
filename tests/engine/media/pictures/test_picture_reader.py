"""Photos of phones, cameras and the web: every kind, upright, in sRGB, and nothing hidden shows."""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFile

from app.engine.core.errors import BackdropError
from app.engine.media.pictures.picture_reader import decode_image, picture_kind, read_image
from tests.heic import write_heic
from tests.profiles import ADOBE_RGB, DISPLAY_P3, Profile, icc, in_srgb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CORNERS = [(220, 30, 30), (30, 200, 30), (30, 30, 210), (200, 200, 200)]  # RGB; left to right, top to bottom


def corners(width_px: int = 120, height_px: int = 80) -> Image.Image:
    """Four flat quarters."""
    small = Image.new("RGB", (2, 2))
    small.putdata(CORNERS)
    return small.resize((width_px, height_px), Image.Resampling.NEAREST)


def seen(bgr: np.ndarray) -> list[tuple[int, ...]]:
    """The colours (RGB) of the four quarters."""
    height, width = bgr.shape[:2]
    places = [(y, x) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)]
    return [tuple(int(v) for v in bgr[place][::-1]) for place in places]


def assert_close(
    found: Sequence[tuple[int, ...]], wanted: Sequence[tuple[int, ...]], levels: int = 4
) -> None:
    assert np.abs(np.subtract(found, wanted)).max() <= levels, (found, wanted)


# Kinds


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "AVIF", "GIF"])
@pytest.mark.parametrize("name", ["me.jfif", "me", "me.mp4", "ME.TXT", "me.heic"])
def test_picture_is_read_whatever_its_name(tmp_path: Path, form: str, name: str) -> None:
    corners().save(tmp_path / name, form)
    assert picture_kind(tmp_path / name) == "still"
    assert_close(seen(read_image(tmp_path / name)), CORNERS, 8)


@pytest.mark.parametrize("tiles", [(1, 1), (2, 2), (1, 4)])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_heic_of_phone_is_joined_and_upright(tmp_path: Path, tiles: tuple[int, int], turns: int) -> None:
    picture = np.asarray(corners(256, 128))[..., ::-1]
    path = write_heic(tmp_path / "IMG_0001.HEIC", np.ascontiguousarray(picture), tiles, turns)
    read = read_image(path)
    assert_close(seen(read), seen(np.rot90(picture, turns)), 6)
    assert read.shape == np.rot90(picture, turns).shape


def test_first_frame_of_moving_picture_is_read_as_picture(tmp_path: Path) -> None:
    frames = [corners(), Image.new("RGB", (120, 80))]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    assert picture_kind(tmp_path / "a.webp") == "moving"
    assert_close(seen(read_image(tmp_path / "a.webp")), CORNERS, 0)


def test_phone_photo_with_preview_is_still(tmp_path: Path) -> None:
    corners().save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[Image.new("RGB", (30, 20))])
    assert picture_kind(tmp_path / "a.jpg") == "still"
    assert_close(seen(read_image(tmp_path / "a.jpg")), CORNERS, 8)


@pytest.mark.parametrize(
    "content", [b"dear reader", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"II*\0"]
)
def test_other_file_is_no_picture(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert picture_kind(path) is None
    with pytest.raises(BackdropError, match=r"'.*a.jpg' is not a picture that Backdrop can read\."):
        read_image(path)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_cut_off_picture_is_refused(tmp_path: Path, form: str) -> None:
    corners(600, 400).save(tmp_path / "a", form)
    data = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(BackdropError, match="is not a picture that Backdrop can read"):
        read_image(tmp_path / "a")


def tiff(pixels: np.ndarray, order: str, far: bool) -> bytes:
    """A plain TIFF of RGB; `far`: its directory stands behind the pixels."""
    height, width = pixels.shape[:2]
    entries = 9
    length = 2 + 12 * entries + 4 + 6
    data = pixels.tobytes()
    directory_at, pixels_at = (8 + len(data), 8) if far else (8, 8 + length)
    bits_at = directory_at + length - 6
    tags = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, bits_at), (259, 3, 1, 1), (262, 3, 1, 2),
        (273, 4, 1, pixels_at), (277, 3, 1, 3), (278, 4, 1, height), (279, 4, 1, len(data)),
    ]  # fmt: skip
    directory = struct.pack(f"{order}H", entries)
    for tag, kind, count, value in tags:
        short = kind == 3 and count == 1
        packed = struct.pack(f"{order}HH", value, 0) if short else struct.pack(f"{order}I", value)
        directory += struct.pack(f"{order}HHI", tag, kind, count) + packed
    directory += struct.pack(f"{order}I", 0) + struct.pack(f"{order}3H", 8, 8, 8)
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, directory_at)
    return head + (data + directory if far else directory + data)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("far", [True, False])
@pytest.mark.parametrize("size", [(80, 120), (2400, 2700)])
def test_tiff_is_read_wherever_its_directory_stands(
    tmp_path: Path, order: str, far: bool, size: tuple[int, int]
) -> None:
    pixels = np.asarray(corners(*size[::-1]))
    (tmp_path / "a.tif").write_bytes(tiff(pixels, order, far))
    assert np.array_equal(read_image(tmp_path / "a.tif"), pixels[..., ::-1])


# Orientation and size


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_photo_is_made_upright(tmp_path: Path, form: str, orientation: int) -> None:
    # What a camera stores for an upright scene: the inverse of what a viewer does.
    wanted = np.asarray(corners())
    stored = {
        1: wanted, 2: np.fliplr(wanted), 3: np.rot90(wanted, 2), 4: np.flipud(wanted),
        5: wanted.transpose(1, 0, 2), 6: np.rot90(wanted, 1), 7: np.rot90(wanted.transpose(1, 0, 2), 2),
        8: np.rot90(wanted, -1),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "a", form, exif=exif, quality=95)
    read = read_image(tmp_path / "a")
    assert read.shape == wanted.shape
    assert_close(seen(read), CORNERS, 8)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize(("orientation", "shape"), [(1, (200, 300, 3)), (6, (450, 300, 3))])
def test_picture_is_decoded_no_larger_than_needed(
    tmp_path: Path, form: str, orientation: int, shape: tuple[int, ...]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    corners(1200, 800).save(tmp_path / "a", form, exif=exif)
    assert read_image(tmp_path / "a", (300, 150)).shape == shape
    assert read_image(tmp_path / "a", (3000, 150)).shape[::-1][1:] in {(1200, 800), (800, 1200)}


def test_jpeg_is_decoded_at_an_eighth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corners(1600, 800).save(tmp_path / "a.jpg")
    decoded: list[tuple[int, int]] = []
    load = ImageFile.ImageFile.load

    def noted(image: ImageFile.ImageFile) -> object:
        pixels = load(image)
        decoded.append(image.size)
        return pixels

    monkeypatch.setattr(ImageFile.ImageFile, "load", noted)
    assert read_image(tmp_path / "a.jpg", (100, 50)).shape == (50, 100, 3)
    assert decoded[0] == (200, 100)


# Colours


@pytest.mark.parametrize("profile", [DISPLAY_P3, ADOBE_RGB], ids=["P3", "Adobe"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_colour_profile_is_converted_to_srgb(tmp_path: Path, profile: Profile, form: str) -> None:
    corners().save(tmp_path / "a", form, icc_profile=icc(profile), quality=98)
    wanted = [tuple(in_srgb(rgb, profile)) for rgb in CORNERS]
    assert_close(seen(read_image(tmp_path / "a")), wanted, 8)
    assert np.abs(np.subtract(wanted, CORNERS)).max() > 20  # The profile matters.


def test_colour_profile_of_transparent_and_palette_pictures_counts(tmp_path: Path) -> None:
    wanted = [tuple(in_srgb(rgb, ADOBE_RGB)) for rgb in CORNERS]
    for name, picture in (("rgba", corners().convert("RGBA")), ("palette", corners().convert("P"))):
        picture.save(tmp_path / name, "PNG", icc_profile=icc(ADOBE_RGB))
        plain = seen(np.asarray(picture.convert("RGB"))[..., ::-1])
        wanted = [tuple(in_srgb((r, g, b), ADOBE_RGB)) for r, g, b in plain]
        assert_close(seen(read_image(tmp_path / name)), wanted)


@pytest.mark.parametrize("profile", [b"rubbish", icc(ADOBE_RGB)[:200], b""])
def test_damaged_profile_is_ignored(tmp_path: Path, profile: bytes) -> None:
    corners().save(tmp_path / "a.png", icc_profile=profile)
    assert_close(seen(read_image(tmp_path / "a.png")), CORNERS, 0)


@pytest.mark.parametrize("mode", ["L", "1", "I;16", "F", "CMYK", "P"])
def test_picture_of_other_modes_has_its_colours(tmp_path: Path, mode: str) -> None:
    grey = np.repeat(np.array([[0, 255]], np.uint8), 40, 0).repeat(40, 1)
    if mode == "I;16":
        picture = Image.fromarray(grey.astype(np.uint16) * 257)
    elif mode == "F":
        picture = Image.fromarray(grey.astype(np.float32) / 255)
    else:
        picture = Image.fromarray(grey).convert("RGB").convert(mode)
    picture.save(tmp_path / "a.tif")
    read = read_image(tmp_path / "a.tif")
    assert read.shape == (40, 80, 3)
    assert read[20, 10].max() <= 3 and read[20, 70].min() >= 252


def test_sixteen_bit_colour_keeps_its_levels(tmp_path: Path) -> None:
    wanted = np.asarray(corners())[..., ::-1]
    for suffix in (".png", ".tif"):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(cv2.imencode(suffix, wanted.astype(np.uint16) * 257)[1].tobytes())
        assert np.array_equal(read_image(path), wanted)


# Transparency


def hidden() -> Image.Image:
    """Opaque blue on the left, half opaque in the middle, on the right hidden red."""
    rgba = np.zeros((40, 120, 4), np.uint8)
    rgba[:, :40] = (0, 0, 255, 255)
    rgba[:, 40:80] = (0, 0, 255, 128)
    rgba[:, 80:] = (255, 0, 0, 0)
    return Image.fromarray(rgba)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "AVIF"])
def test_transparent_picture_is_white_where_nothing_is(tmp_path: Path, form: str) -> None:
    options = {"lossless": True, "exact": True} if form == "WEBP" else {"quality": 100}
    hidden().save(tmp_path / "a", form, **options)
    left, middle, right = (read_image(tmp_path / "a")[20, x].astype(int) for x in (20, 60, 100))
    assert np.abs(left - (255, 0, 0)).max() <= 8
    assert np.abs(middle - (255, 127, 127)).max() <= 8
    assert np.abs(right - 255).max() <= 3


def test_transparent_colour_of_palette_and_grey_is_white(tmp_path: Path) -> None:
    palette = Image.new("P", (20, 20), 1)
    palette.putpalette([0, 0, 255, 255, 0, 0])
    palette.save(tmp_path / "a.gif", transparency=1)
    palette.save(tmp_path / "b.png", transparency=1)
    Image.new("L", (20, 20), 7).save(tmp_path / "c.png", transparency=7)
    Image.new("RGB", (20, 20), (255, 0, 0)).save(tmp_path / "d.png", transparency=(255, 0, 0))
    Image.new("LA", (20, 20), (7, 0)).save(tmp_path / "e.png")
    for name in ("a.gif", "b.png", "c.png", "d.png", "e.png"):
        assert read_image(tmp_path / name).min() == 255, name


# Limits


def test_picture_in_memory_is_decoded_and_checked() -> None:
    data = io.BytesIO()
    corners().save(data, "PNG")
    assert_close(seen(decode_image(data.getvalue(), "http://camera/a.png")), CORNERS, 0)
    with pytest.raises(BackdropError, match=r"camera/a\.png' is not a picture"):
        decode_image(data.getvalue()[:100], "http://camera/a.png")


def test_strips_of_large_picture_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (301, 97, 4), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    whole = read_image(tmp_path / "a.png")
    monkeypatch.setattr("app.engine.media.pictures.picture_reader._STRIP_PX", 1000)
    assert np.array_equal(read_image(tmp_path / "a.png"), whole)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits", "group4"])
def test_damaged_tiff_prints_nothing(capfd: pytest.CaptureFixture[str], compression: str) -> None:
    data = io.BytesIO()
    corners().convert("1" if compression == "group4" else "RGB").save(data, "TIFF", compression=compression)
    chance = np.random.default_rng(0)
    for _ in range(20):
        damaged = np.frombuffer(data.getvalue(), np.uint8).copy()
        damaged[chance.integers(8, damaged.size, 12)] = chance.integers(0, 256, 12)
        with suppress(BackdropError):
            decode_image(damaged.tobytes(), "in.tif")
    assert capfd.readouterr() == ("", "")
