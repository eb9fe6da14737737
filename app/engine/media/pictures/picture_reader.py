"""Read still pictures: upright, in sRGB, white where they are transparent."""

from __future__ import annotations

import ctypes
import importlib
import io
import logging
import struct
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, Literal

import cv2
import numpy as np
import pi_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.media.pictures.files import check_file, check_size
from app.engine.media.pictures.geometry import turned_by_exif

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.engine.core.types import Picture

LARGEST_PICTURE_PX = 250_000_000
# Pillow's other formats are rare, and some start other programs. All are named: else Pillow loads the others.
_PLUGINS = (
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    WebPImagePlugin.WebPImageFile,
    GifImagePlugin.GifImageFile,
    BmpImagePlugin.BmpImageFile,
    TiffImagePlugin.TiffImageFile,
    AvifImagePlugin.AvifImageFile,
)
_FORMATS = (*(str(plugin.format) for plugin in _PLUGINS), "HEIF")
_MOVING = {"GIF", "PNG", "WEBP", "AVIF"}  # Not TIFF, MPO and HEIF: those hold pages and previews.
_HEAD_BYTES = 16
_STRIP_PX = 4_000_000
_EXIF_ORIENTATION = 0x0112

warnings.filterwarnings("ignore", category=UserWarning, module="PIL")  # Damage that the picture survives.
# Twice as many pixels are an error of Pillow's, for frames that a GIF says are larger than the whole.
Image.MAX_IMAGE_PIXELS = LARGEST_PICTURE_PX // 2
pi_heif.register_heif_opener()
# Pillow and libtiff print what is damaged; our error says it. libtiff is found through Pillow, which names
# its file differently on each system; on Windows it is a part of Pillow and cannot be reached.
logging.getLogger("PIL").setLevel(logging.CRITICAL)
with suppress(OSError, AttributeError):
    ctypes.CDLL(importlib.import_module("PIL._imaging").__file__).TIFFSetErrorHandler(None)


def read_image(path: Path, cover_px: tuple[int, int] | None = None) -> Picture:
    """Decode a picture file, or the first frame of a moving one, to H x W x 3 BGR.

    cover_px: width and height that the picture has to cover; a larger one is made smaller, with its sides in
    the same ratio. Raises BackdropError.
    """
    with opened(path) as image:
        return _decoded(image, path, cover_px)


def read_with_alpha(path: Path, largest_px: tuple[int, int]) -> Picture:
    """Decode a picture file, such as a logo, to H x W x 4 BGRA with straight alpha.

    largest_px: width and height in which a larger picture is fitted. Raises BackdropError.
    """
    with opened(path) as image:
        check_size(path, *image.size, LARGEST_PICTURE_PX)
        image.load()
        alpha = np.full(image.size[::-1], 255, np.uint8)
        if image.has_transparency_data:
            image = image.convert("RGBA")
            alpha, image = np.asarray(image.getchannel("A")), image.convert("RGB")
        upright = turned_by_exif(np.dstack([as_bgr(image), alpha]), _orientation(image))
    scale = min(1.0, largest_px[0] / upright.shape[1], largest_px[1] / upright.shape[0])
    size = max(1, round(scale * upright.shape[1])), max(1, round(scale * upright.shape[0]))
    if size == upright.shape[1::-1]:
        return upright
    return np.asarray(cv2.resize(upright, size, interpolation=cv2.INTER_AREA), np.uint8)


def decode_image(data: bytes, name: str) -> Picture:
    """Decode a picture file in memory. name: for errors. Raises BackdropError."""
    with _told(name), _identified(io.BytesIO(data)) as image:
        return _decoded(image, name)


def _decoded(image: Image.Image, path: Path | str, cover_px: tuple[int, int] | None = None) -> Picture:
    check_size(path, *image.size, LARGEST_PICTURE_PX)
    if cover_px is not None:
        image.draft(image.mode, _smaller(image, cover_px))  # Only JPEG decodes to a smaller size.
    image.load()
    bgr = as_bgr(image)
    if cover_px is not None and (size := _smaller(image, cover_px)) != image.size:
        bgr = np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), np.uint8)
    return turned_by_exif(bgr, _orientation(image))


def picture_kind(path: Path) -> Literal["still", "moving"] | None:
    """What a file's content is; None if it is no picture. Reads little more than the file's header."""
    try:
        with opened(path) as image:
            moves = image.format in _MOVING and getattr(image, "is_animated", False)
            return "moving" if moves else "still"
    except BackdropError:
        return None


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """A picture file with its header read. Errors in the block are reported as those of the file."""
    check_file(path)
    with _told(path), path.open("rb") as file, _identified(file) as image:
        yield image


def _identified(file: BinaryIO) -> Image.Image:
    """Read the header of a picture file.

    As Image.open does, but without its check of the size: each reader has a limit and a message of its own.
    """
    head = file.read(_HEAD_BYTES)
    for name in _FORMATS:
        make, accepts = Image.OPEN[name]
        if accepts is None or accepts(head) is True:
            file.seek(0)
            with suppress(SyntaxError, IndexError, TypeError, struct.error):  # It is of another format.
                return make(file, "")
    raise UnidentifiedImageError


@contextmanager
def _told(path: Path | str) -> Iterator[None]:
    """Convert every error to BackdropError."""
    try:
        yield
    except (BackdropError, MemoryError):
        raise
    except Exception as error:  # Damaged files make Pillow raise errors of nearly every class.
        if isinstance(error, OSError) and error.errno:
            raise BackdropError(
                "'{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
            ) from error
        raise BackdropError("'{path}' is not a picture that Backdrop can read.", path=path) from error


def as_bgr(image: Image.Image) -> Picture:
    """A decoded picture as H x W x 3 BGR, in sRGB and over white.

    Converted strip by strip: a picture of 250 megapixels takes 1 GB in Pillow, too much for a copy.
    """
    bgr = np.empty((image.height, image.width, 3), np.uint8)
    to_srgb = _to_srgb(image)
    rows = max(1, _STRIP_PX // image.width)
    for top in range(0, image.height, rows):
        bottom = min(image.height, top + rows)
        bgr[top:bottom] = _strip(image.crop((0, top, image.width, bottom)), to_srgb)
    return bgr


def over_white(bgra: Picture) -> Picture:
    """H x W x 4 with straight alpha as H x W x 3, over white."""
    # In negative, white is 0.
    negative = cv2.bitwise_not(bgra[..., :3])
    alpha = np.ascontiguousarray(bgra[..., 3])
    shown = cv2.multiply(negative, cv2.merge([alpha] * 3), scale=1 / 255)
    return np.asarray(cv2.bitwise_not(shown), np.uint8)


def _strip(strip: Image.Image, to_srgb: ImageCms.ImageCmsTransform | None) -> Picture:
    alpha = None
    if strip.mode in ("I", "F") or strip.mode.startswith("I;16"):
        strip = _as_bytes(strip)
    elif strip.has_transparency_data:
        with_alpha = strip.convert("RGBA")
        alpha, strip = with_alpha.getchannel("A"), with_alpha.convert("RGB")
    if strip.mode not in ("L", "RGB", "CMYK"):
        strip = strip.convert("RGB")
    if to_srgb is not None and strip.mode == to_srgb.input_mode:
        strip = ImageCms.applyTransform(strip, to_srgb) or strip
    bgr = cv2.cvtColor(np.asarray(strip.convert("RGB")), cv2.COLOR_RGB2BGR)
    if alpha is not None:
        return over_white(np.dstack([bgr, np.asarray(alpha)]))
    return np.asarray(bgr, np.uint8)


def _as_bytes(grey: Image.Image) -> Image.Image:
    """A grey picture of 16 or 32 bits, or of floats from 0 to 1, in 8 bits."""
    values = np.array(grey, np.float32)
    values *= np.float32(255 if grey.mode == "F" else 1 / 257)
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def _to_srgb(image: Image.Image) -> ImageCms.ImageCmsTransform | None:
    """The conversion from the picture's colour profile; None if it has none, or that of sRGB."""
    data = image.info.get("icc_profile")
    if not data:
        return None
    mode = image.mode if image.mode in ("L", "CMYK") and not image.has_transparency_data else "RGB"
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        if "sRGB" in ImageCms.getProfileDescription(profile):
            return None
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(profile, srgb, mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None  # A damaged profile, or one for other pictures: viewers ignore it too.


def _smaller(image: Image.Image, cover_px: tuple[int, int]) -> tuple[int, int]:
    """The least size, no larger than the picture, that covers `cover_px` once the picture is upright."""
    width, height = cover_px if _orientation(image) < 5 else cover_px[::-1]  # From 5 on on its side.
    scale = min(1.0, max(width / image.width, height / image.height))
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _orientation(image: Image.Image) -> int:
    """EXIF's orientation, 1 to 8. Pillow turns TIFF by itself when it decodes it, and then says 1."""
    try:
        value = image.getexif().get(_EXIF_ORIENTATION, 1)
    except Exception:  # Damaged EXIF data make Pillow raise errors of nearly every class.
        return 1
    return value if value in range(1, 9) else 1
