"""Open the file of a network: verified, on the chosen execution provider."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

import onnxruntime as ort

from app.engine.core.errors import BackdropError, disk_reason
from app.engine.networks.provider_trial import fastest_session
from app.engine.networks.providers import CPU, candidates, requested

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.settings import Provider

log = logging.getLogger(__name__)

_LARGEST_FILE_BYTES = 200_000_000
_EXTERNAL_DATA = b"\n\x08location\x12"  # How external_data of onnx.proto names another file.
_NO_FOLDER = "/nonexistent"


def open_session(path: Path, provider: Provider, threads: int) -> ort.InferenceSession:
    """A session of a network's file. Raises BackdropError if it is missing, changed or damaged."""
    data = _read_verified(path)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Spinning threads use a whole core between frames.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # External data that the check misses is looked for in a folder that does not exist.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", _NO_FOLDER)
    try:
        return _session(data, options, provider)
    except Exception as error:  # onnxruntime raises its own types, without a common base
        raise BackdropError(
            "'{name}' cannot be loaded: it is damaged, or not a network.", name=path.name
        ) from error


def _session(data: bytes, options: ort.SessionOptions, provider: Provider) -> ort.InferenceSession:
    """A session on the chosen provider, or for 'auto' on the fastest; the CPU's if none takes the network."""
    sessions = []
    for accelerator in candidates(provider):
        try:
            # Not onnxruntime's own fallback, which prints; it stays for a GPU that fails later.
            session = ort.InferenceSession(data, options, providers=requested(accelerator), enable_fallback=0)
            session.enable_fallback()
            sessions.append(session)
        except Exception:
            log.info("%s does not take the network", accelerator.title, exc_info=True)
    if sessions and provider != "auto":
        return sessions[0]
    on_cpu = ort.InferenceSession(data, options, providers=[CPU], enable_fallback=0)
    return fastest_session([on_cpu, *sessions]) if sessions else on_cpu


def _read_verified(path: Path) -> bytes:
    """The bytes of the file, after comparing their sha256 with the model card beside it, if there is one."""
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            limit_mb = _LARGEST_FILE_BYTES // 1_000_000
            raise BackdropError(
                "'{name}' is too large for a network: Backdrop takes up to {limit_mb} MB.",
                name=path.name,
                limit_mb=limit_mb,
            )
        data = path.read_bytes()
    except OSError as error:
        raise BackdropError(
            "The network '{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
        ) from error
    card = path.with_suffix(".md")
    if card.is_file():
        expected = [
            line.split(":", 1)[1].strip().strip("`")
            for line in card.read_text(encoding="utf-8", errors="replace").splitlines()
            if line.lower().startswith("sha256:")
        ]
        if expected != [hashlib.sha256(data).hexdigest()]:
            raise BackdropError(
                "'{name}' is not what its model card describes: please install it again.", name=path.name
            )
    if _EXTERNAL_DATA in data:
        raise BackdropError(
            "'{name}' keeps its weights in another file: export it as a single one.", name=path.name
        )
    return data
