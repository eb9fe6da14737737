"""Fetch a picture from a camera in the network, from the address that the user named."""

from __future__ import annotations

import http.client
import urllib.request
from urllib.parse import unquote, urlsplit

import av

from app.engine.core.errors import BackdropError

_ANSWER_S = 10.0
_LARGEST_BYTES = 64 << 20


def fetch_snapshot(url: str) -> bytes:
    """The picture file behind an address of HTTP. Raises BackdropError if there is none."""
    try:
        return _by_libav(url) if url.lower().startswith("https:") else _by_python(url)
    except (av.FFmpegError, OSError, ValueError, IndexError, http.client.HTTPException) as error:
        raise BackdropError("'{path}' is not a picture that Backdrop can read.", path=url) from error


def _by_python(url: str) -> bytes:
    """libav takes an answer that does not state its length for broken off."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    plain = parts._replace(netloc=place).geturl()
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    if parts.username is not None:
        passwords.add_password(None, plain, unquote(parts.username), unquote(parts.password or ""))
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),  # Cameras stand in the own network.
        urllib.request.HTTPBasicAuthHandler(passwords),
        urllib.request.HTTPDigestAuthHandler(passwords),
    )
    with opener.open(plain, timeout=_ANSWER_S) as answer:
        if answer.headers.get_content_maintype() == "multipart":
            raise ValueError("a stream, which has no end")
        return bytes(answer.read(_LARGEST_BYTES))


def _by_libav(url: str) -> bytes:
    """Packages have no Python module for https."""
    with av.open(url, timeout=_ANSWER_S, metadata_errors="replace") as container:
        return b"".join(bytes(packet) for packet in container.demux(video=0))
