"""FC-DenseNet: published structure, outputs, export."""

from __future__ import annotations

import pytest
import torch

from models import BuildError, build
from models.networks.classic.densenet import DenseBlock
from tests.models import checks


@pytest.mark.slow_after_first
@pytest.mark.parametrize("stem_stride", [4, 2])
def test_densenet_does_what_every_network_must(stem_stride: int) -> None:
    torch.manual_seed(0)
    options = {"growth": 4, "first": 8, "layers": 2, "stem_stride": stem_stride}
    checks.check_outputs(build("densenet", **options), [], None)
    # Dropout may hide all that a parameter does, so its gradient is looked for without.
    network = build("densenet", **options)
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout2d):
            module.p = 0.0
    checks.check_every_parameter_gets_a_gradient(network)
    checks.check_export(build("densenet", **options))


@pytest.mark.parametrize(("name", "millions"), [("56", 1.37), ("67", 3.46), ("103", 9.32)])
def test_published_densenets_have_the_published_parameters(name: str, millions: float) -> None:
    with torch.device("meta"):
        network = build(f"densenet{name}_published")
    # The paper's table 2: 1.5, 3.5 and 9.4 M with 11 classes.
    assert network.count_parameters() / 1e6 == pytest.approx(millions, abs=0.01)


def test_dense_block_gives_what_its_layers_add_and_each_layer_sees_all_before() -> None:
    block = DenseBlock(8, 3, 4)
    assert block(torch.randn(2, 8, 6, 6)).shape == (2, 12, 6, 6)
    assert [layer[0].num_features for layer in block.layers] == [8, 12, 16]  # type: ignore[index]


@pytest.mark.parametrize("options", [{"stem_stride": 3}, {"layers": 0}])
def test_densenet_of_wrong_options_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(BuildError):
        build("densenet", **options)
