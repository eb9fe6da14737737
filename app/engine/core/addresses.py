"""Stream addresses without their passwords, for everything that is shown or logged.

The settings keep the whole address, because it is needed to connect again; their file is private.
"""

from __future__ import annotations

import re

_HIDDEN = "***"
# The scheme of two letters or more, unlike Windows' drives. A path made of an address has only one slash.
_START = r"\b[a-z][a-z0-9+.-]+:[/\\]{1,3}"
_ADDRESS = re.compile(rf"({_START})([^\s'\"<>]+)", re.IGNORECASE)
_WHOLE = re.compile(rf"\s*({_START})(.*)", re.IGNORECASE)
# Cameras also take these in the path, as in rtsp://host/user=me&password=x.
_SECRET_VALUE = re.compile(
    r"([\w.%\[\]-]*(?:pass|pwd|token|secret|key|auth|sig|cred|user|usr|login|account|session|jwt|streamid)[\w.%\[\]-]*"
    r"|\b(?:u|p|pw|sid|code))(=|%3d)[^&;/?#\s'\"]*",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """The text with every address in it (scheme://...) shown without user, password, token and key."""
    if ":/" not in text and ":\\" not in text:
        return text
    whole = _WHOLE.fullmatch(text)
    if whole:  # A password may hold spaces and quotes.
        return _shown(whole)
    return _ADDRESS.sub(_shown, text)


def _shown(address: re.Match[str]) -> str:
    scheme, rest = address.groups()
    return scheme + _SECRET_VALUE.sub(rf"\1\2{_HIDDEN}", _without_user(rest))


def _without_user(rest: str) -> str:
    """What follows the scheme, without `user:password@`."""
    authority = re.split(r"[/\\?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        return rest[authority.rindex("@") + 1 :]
    # A password with a slash in it: what follows the colon is no port.
    _, colon, port = authority.rpartition(":")
    if colon and "@" in rest and not authority.startswith("[") and not port.isdigit():
        return rest[rest.rindex("@") + 1 :]
    return rest
