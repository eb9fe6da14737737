"""Networks that separate a person from the background: built, trained, measured and exported here.

`models` and `app` share no code, only exported .onnx files (see README.md beside this file).
Adding a network takes one file and one line in `REGISTRY`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.networks.layers import Network

# "module:function" instead of the function itself, so that importing the package does not import torch.
REGISTRY: dict[str, str] = {
    "bisenet": "models.networks.bisenet:bisenet",
    "bisenet_large": "models.networks.bisenet:bisenet_large",
    "bisenet_resnet18": "models.networks.bisenet:bisenet_resnet18",
    "bisenet_xception39": "models.networks.bisenet:bisenet_xception39",
    "sinet": "models.networks.sinet:sinet",
    "sinet_published": "models.networks.sinet:sinet_published",
    "stdc": "models.networks.stdc:stdc",
    "stdc1": "models.networks.stdc:stdc1",
    "stdc2": "models.networks.stdc:stdc2",
}


class BuildError(ValueError):
    """There is no such network, or none with such options; the message says what there is."""


def build(name: str, **options: Any) -> Network:
    """A new network with random weights. Raises BuildError.

    `options` go to the builder named in `REGISTRY`.
    """
    options = complete_options(name, options)
    try:
        return _builder(name)(**options)
    except ValueError as error:
        raise BuildError(f"cannot build {name}: {error}") from None


def complete_options(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """All options of a network's builder: those given, the others at their defaults. Raises BuildError."""
    known = {key: p.default for key, p in inspect.signature(_builder(name)).parameters.items()}
    for key, value in options.items():
        if key not in known:
            raise BuildError(f"{name} has no option {key!r}; it has: {', '.join(known) or 'none'}")
        if isinstance(value, str) != isinstance(known[key], str):
            wanted = "a word" if isinstance(known[key], str) else "a number"
            raise BuildError(f"the option {key} of {name} is {wanted}, not {value!r}")
    return {**known, **options}


def read_options(texts: Iterable[str]) -> dict[str, int | float | str]:
    """NAME=VALUE as the options of `build`, numbers as such. Raises BuildError."""
    options: dict[str, int | float | str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise BuildError(f"an option is NAME=VALUE, not {text!r}")
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
