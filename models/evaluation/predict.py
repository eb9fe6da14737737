"""Apply a network to a photo of any size. The app uses the same rule for its working size."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.networks.layers import SIZE_MULTIPLE

if TYPE_CHECKING:
    from models.networks.layers import Network

Alpha = NDArray[np.float32]
Predictor = Callable[[NDArray[np.uint8]], Alpha]  # frame uint8 [H, W, 3] BGR -> alpha [H, W]


def working_size(height: int, width: int, pixels: int) -> tuple[int, int]:
    """Height and width, multiples of 32, with about `pixels` pixels and the photo's aspect ratio."""
    working_height = max(1, round((pixels * height / width) ** 0.5 / SIZE_MULTIPLE)) * SIZE_MULTIPLE
    working_width = max(1, round((pixels * width / height) ** 0.5 / SIZE_MULTIPLE)) * SIZE_MULTIPLE
    return working_height, working_width


def resized(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resize `image` to (height, width): by area if either side shrinks, otherwise bilinear."""
    shrinks = size[0] < image.shape[0] or size[1] < image.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size[1], size[0]), interpolation=method), np.uint8)


def predict(network: Predictor, image: NDArray[np.uint8], pixels: int) -> Alpha:
    """Alpha of a photo at its size, float32 0 to 1. pixels: the network's working pixels."""
    height, width = image.shape[:2]
    alpha = network(resized(image, working_size(height, width, pixels)))
    return np.asarray(cv2.resize(alpha, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def torch_predictor(network: Network) -> Predictor:
    """A network in eval mode, on any device, as a function from frame to alpha."""
    device = next(network.parameters()).device

    def run(frame: NDArray[np.uint8]) -> Alpha:
        with torch.inference_mode():
            logits = network(network.normalise(torch.from_numpy(frame[None]).to(device))).logits
            return np.asarray(logits.softmax(1)[0, 1].cpu().numpy(), np.float32)

    return run
