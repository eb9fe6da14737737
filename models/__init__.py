"""Networks that separate a person from the background: built, trained, measured and exported here.

`models` and `app` share no code, only exported .onnx files (see README.md beside this file).
Adding a network takes one file and one line in `REGISTRY`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.layers import Network

# "module:function" instead of the function itself, so that importing the package does not import torch.
REGISTRY: dict[str, str] = {
    "bisenet": "models.bisenet:bisenet",
    "bisenet_large": "models.bisenet:bisenet_large",
    "bisenet_resnet18": "models.bisenet:bisenet_resnet18",
    "bisenet_xception39": "models.bisenet:bisenet_xception39",
    "sinet": "models.sinet:sinet",
    "sinet_published": "models.sinet:sinet_published",
    "stdc": "models.stdc:stdc",
    "stdc1": "models.stdc:stdc1",
    "stdc2": "models.stdc:stdc2",
}


def build(name: str, **options: Any) -> Network:
    """A new network with random weights.

    `options` go to the builder named in `REGISTRY`. Raises ValueError, listing the names, for an unknown one.
    """
    if name not in REGISTRY:
        raise ValueError(f"no network named {name!r}; there are: {', '.join(sorted(REGISTRY))}")
    module, function = REGISTRY[name].split(":")
    builder: Callable[..., Network] = getattr(import_module(module), function)
    return builder(**options)
