"""The interface of a microphone, and the microphones of this system."""

from __future__ import annotations

import importlib
import time
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from app.engine.core.errors import BackdropError

Samples = npt.NDArray[np.float32]
"""Mono sound, from -1 to 1."""

RATE_HZ = 48000
_BLOCK_SAMPLES = 480  # 10 ms, which is also the precision of a block's time.
DEFAULT = "default"


class SoundBlock(NamedTuple):
    """A block of samples. captured_at: when the first one was recorded (time.monotonic, seconds)."""

    samples: Samples
    captured_at: float


class Microphone(ABC):
    """A source of mono sound of RATE_HZ. Each method may block and may raise BackdropError."""

    title: str

    @abstractmethod
    def open(self) -> None:
        """Start recording."""

    @abstractmethod
    def read(self) -> SoundBlock:
        """Wait for the next block of samples."""

    @abstractmethod
    def close(self) -> None:
        """Stop recording; does nothing if it is not open."""


class SystemMicrophone(Microphone):
    """A microphone of this system, through PulseAudio or PipeWire, CoreAudio or WASAPI.

    The constructor opens nothing, and `soundcard` is first imported by `open`: importing it already connects
    to the sound server.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        """name: one of `list_microphones`, or 'default' for the system's default microphone."""
        self.title = name
        self._recorder: Any = None

    def open(self) -> None:
        soundcard = _soundcard()
        try:
            found = soundcard.all_microphones()
            if self.title == DEFAULT and found:
                device = soundcard.default_microphone()
            else:
                device = next((device for device in found if device.name == self.title), None)
        except Exception as error:  # soundcard raises errors of many classes, AssertionError too.
            raise _unusable(self.title, error) from error
        if device is None:
            if not found:
                raise BackdropError("No microphone was found.")
            names = ", ".join(f"'{device.name}'" for device in found)
            raise BackdropError(
                "There is no microphone '{name}': the ones found are {names}.", name=self.title, names=names
            )
        try:
            recorder = device.recorder(RATE_HZ, channels=1, blocksize=_BLOCK_SAMPLES)
            recorder.__enter__()
        except Exception as error:
            raise _unusable(self.title, error) from error
        self._recorder = recorder

    def read(self) -> SoundBlock:
        try:
            samples = np.asarray(self._recorder.record(_BLOCK_SAMPLES), np.float32).reshape(-1)
        except Exception as error:
            raise BackdropError("The microphone '{title}' is gone.", title=self.title) from error
        return SoundBlock(samples, time.monotonic() - len(samples) / RATE_HZ)

    def close(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            try:
                recorder.__exit__(None, None, None)
            except Exception as error:
                raise BackdropError("The microphone '{title}' is gone.", title=self.title) from error


def list_microphones() -> list[str]:
    """The names of the microphones of this system. Raises BackdropError."""
    soundcard = _soundcard()
    try:
        return [str(device.name) for device in soundcard.all_microphones()]
    except Exception as error:
        raise _unusable(DEFAULT, error) from error


def _soundcard() -> Any:
    try:
        return importlib.import_module("soundcard")
    except Exception as error:  # soundcard or libpulse is missing, or the sound server refuses.
        raise BackdropError(
            "No microphone can be used: there is no sound system that Backdrop can reach."
        ) from error


def _unusable(name: str, error: Exception) -> BackdropError:
    return BackdropError(
        "The microphone '{name}' cannot be used: {reason}.",
        name=name,
        reason=str(error) or type(error).__name__,
    )
