"""Segmentation networks: build, train, measure and export them.

`models` and `app` share no code, only exported .onnx files (see README.md in this folder).
To add a network, add a file in `networks` and a line in `REGISTRY`.
"""

from __future__ import annotations

import inspect
import os
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from models.networks.layers import Network

# onnxruntime reads it when it is first imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

# Builders by name, as "module:function" so that importing the package does not import torch.
REGISTRY: dict[str, str] = {
    "bisenet": "models.networks.bisenet:bisenet",
    "bisenet_large": "models.networks.bisenet:bisenet_large",
    "bisenet_resnet18": "models.networks.bisenet:bisenet_resnet18",
    "bisenet_xception39": "models.networks.bisenet:bisenet_xception39",
    "deeplab": "models.networks.classic.deeplab:deeplab",
    "deeplab_published": "models.networks.classic.deeplab:deeplab_published",
    "densenet": "models.networks.classic.densenet:densenet",
    "densenet56_published": "models.networks.classic.densenet:densenet56_published",
    "densenet67_published": "models.networks.classic.densenet:densenet67_published",
    "densenet103_published": "models.networks.classic.densenet:densenet103_published",
    "deeplabv3": "models.networks.classic.deeplabv3:deeplabv3",
    "deeplabv3_published": "models.networks.classic.deeplabv3:deeplabv3_published",
    "deeplabv3plus_published": "models.networks.classic.deeplabv3:deeplabv3plus_published",
    "face_parts": "models.networks.face_parts:face_parts",
    "face_parts_teacher": "models.networks.face_parts:face_parts_teacher",
    "people": "models.networks.people:people",
    "mask_rcnn": "models.networks.instance.plain:mask_rcnn",
    "masklab": "models.networks.instance.masklab:masklab",
    "pspnet": "models.networks.classic.pspnet:pspnet",
    "pspnet_published": "models.networks.classic.pspnet:pspnet_published",
    "refinemask": "models.networks.instance.refinemask:refinemask",
    "refinenet": "models.networks.classic.refinenet:refinenet",
    "refinenet_published": "models.networks.classic.refinenet:refinenet_published",
    "sinet": "models.networks.sinet:sinet",
    "sinet_published": "models.networks.sinet:sinet_published",
    "stdc": "models.networks.stdc:stdc",
    "stdc1": "models.networks.stdc:stdc1",
    "stdc2": "models.networks.stdc:stdc2",
}

# They give persons with masks instead of one alpha; `models.instance` trains, measures and exports them.
INSTANCE_NETWORKS = ("mask_rcnn", "masklab", "refinemask")


class BuildError(ValueError):
    """The network or one of its options does not exist; the message lists the valid ones."""


def build(name: str, **options: Any) -> Network:
    """Build a network with random weights. Raises BuildError.

    options: arguments of the builder in `REGISTRY`.
    """
    options = complete_options(name, options)
    try:
        return _builder(name)(**options)
    except ValueError as error:
        raise BuildError(f"cannot build {name}: {error}") from None


def complete_options(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """All options of a network's builder: the given ones and the defaults. Raises BuildError."""
    defaults = {key: p.default for key, p in inspect.signature(_builder(name)).parameters.items()}
    for key, value in options.items():
        if key not in defaults:
            raise BuildError(f"{name} has no option {key!r}; it has: {', '.join(defaults) or 'none'}")
        if isinstance(value, str) != isinstance(defaults[key], str):
            kind = "a word" if isinstance(defaults[key], str) else "a number"
            raise BuildError(f"the option {key} of {name} must be {kind}, not {value!r}")
    return {**defaults, **options}


def read_options(texts: Iterable[str]) -> dict[str, int | float | str]:
    """Parse NAME=VALUE texts as options of `build`; numbers become int or float. Raises BuildError."""
    options: dict[str, int | float | str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise BuildError(f"an option must be NAME=VALUE, not {text!r}")
        options[name] = value
        for kind in (float, int):
            with suppress(ValueError):
                options[name] = kind(value)
    return options


def _builder(name: str) -> Callable[..., Network]:
    if name not in REGISTRY:
        raise BuildError(f"no network named {name!r}; there are: {', '.join(sorted(REGISTRY))}")
    module, function = REGISTRY[name].split(":")
    builder: Callable[..., Network] = getattr(import_module(module), function)
    return builder
