"""Export: the contract, equality with PyTorch, the model card; and `models.evaluate` on exported files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
import torch

from models import build, evaluate, export
from models.data.dataset import read_index
from models.evaluation import onnx_models
from models.training import checkpoint
from tests.models.checks import randomise_norms
from tests.networks import write_network

if TYPE_CHECKING:
    from pathlib import Path

    from models.networks.layers import Network

SIZES = ((96, 160), (160, 288), (288, 512))


def random_network(name: str) -> Network:
    """A network with random weights and batch norms."""
    torch.manual_seed(3)
    return randomise_norms(build(name))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "net.onnx"
    export.export("sinet", random_network("sinet"), path)
    return path


# Exporting BiSeNet and STDC at full width takes long; test_bisenet.py and test_stdc.py export narrow ones.
@pytest.mark.slow_after_first
@pytest.mark.parametrize("name", ["bisenet", "sinet", "sinet_published", "stdc"])
def test_exported_file_equals_pytorch_at_three_sizes(name: str, tmp_path: Path) -> None:
    network = random_network(name)
    export.export(name, network, tmp_path / "net.onnx")
    session = onnx_models.open_session(str(tmp_path / "net.onnx"))
    rng = np.random.default_rng(1)
    for height, width in SIZES:
        frame = rng.integers(0, 256, (1, height, width, 3), np.uint8)
        (alpha,) = session.run(None, {"frame": frame})
        with torch.inference_mode():
            true = network(network.normalise(torch.from_numpy(frame))).logits.softmax(1)[:, 1].numpy()
        assert true.max() - true.min() > 0.05, "the test network gives the same alpha everywhere"
        np.testing.assert_allclose(alpha, true, atol=1e-3, rtol=0)


def test_exported_file_follows_the_contract(exported: Path) -> None:
    model = onnx.load(exported)
    onnx.checker.check_model(model, full_check=True)
    assert not any(tensor.external_data for tensor in model.graph.initializer)
    session = onnx_models.open_session(str(exported))
    (frame,), (alpha,) = session.get_inputs(), session.get_outputs()
    assert (frame.name, frame.type, frame.shape) == ("frame", "tensor(uint8)", [1, "H", "W", 3])
    assert (alpha.name, alpha.type) == ("alpha", "tensor(float)")
    assert alpha.shape[1:] == ["H", "W"]
    metadata = session.get_modelmeta().custom_metadata_map
    assert set(metadata) == {
        *("name", "title", "version", "license", "trained_on"),
        *("working_pixels", "fgiou_val", "parameters"),
    }
    assert metadata["name"] == "sinet" and metadata["title"] == "SINet (fast)" and metadata["version"] == "1"
    assert int(metadata["working_pixels"]) == 46080 and int(metadata["parameters"]) == 84_896
    assert metadata["fgiou_val"] == "" and metadata["license"] and metadata["trained_on"]


def test_alpha_of_huge_logits_is_finite_and_0_to_1() -> None:
    network = random_network("sinet")
    with torch.no_grad():
        network.classify.weight.mul_(1e6)  # type: ignore[operator, union-attr]
    graph = export.to_onnx(network, {}).SerializeToString()
    session = onnx_models.open_session(graph)
    frame = np.random.default_rng(0).integers(0, 256, (1, 96, 160, 3), np.uint8)
    (alpha,) = session.run(None, {"frame": frame})
    assert np.isfinite(alpha).all() and alpha.min() >= 0 and alpha.max() <= 1


def test_batch_norm_after_a_convolution_is_folded(exported: Path) -> None:
    graph = onnx.load(exported).graph
    producers = {name: node.op_type for node in graph.node for name in node.output}
    after = {producers[node.input[0]] for node in graph.node if node.op_type == "BatchNormalization"}
    assert "Conv" not in after


def test_file_that_differs_from_pytorch_is_not_written(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = exported.read_bytes()
    monkeypatch.setattr(export, "to_onnx", lambda *_: onnx.load(exported))
    monkeypatch.setattr(export, "difference", lambda *_: float("nan"))
    with pytest.raises(export.ExportError, match="nothing was written"):
        export.export("sinet", random_network("sinet"), exported)
    assert exported.read_bytes() == before
    assert [path.name for path in exported.parent.glob("*.partial")] == []


def test_difference_detects_a_changed_weight() -> None:
    network = random_network("sinet")
    model = export.to_onnx(network, {})
    assert export.difference(model, network, SIZES[:1]) < 1e-4
    with torch.no_grad():
        network.classify.weight.mul_(1.2)  # type: ignore[operator, union-attr]
    assert export.difference(model, network, SIZES[:1]) > 1e-3


@pytest.mark.slow
def test_command_measures_and_updates_the_model_card(data: Path, tmp_path: Path) -> None:
    source, out, card = tmp_path / "c.pt", tmp_path / "net.onnx", tmp_path / "net.md"
    network = random_network("sinet")
    checkpoint.save(source, {**checkpoint.describe("sinet", network), "weights": network.state_dict()})
    card.write_text(f"# Mine\n\n{export.BEGIN}\nold\n{export.END}\n\nBy hand.\n\nsha256: 00\n")
    assert export.main([str(source), str(out), "--data", str(data)]) == 0
    text = card.read_text()
    assert f"sha256: {hashlib.sha256(out.read_bytes()).hexdigest()}\n" in text
    assert "old" not in text and "# Mine" in text and "By hand." in text
    assert "| alpha | 2 |" in text and "| beta | 1 |" in text
    session = onnx_models.open_session(str(out))
    assert 0 <= float(session.get_modelmeta().custom_metadata_map["fgiou_val"]) <= 1
    # Without --data the figures stay and the checksum changes.
    assert export.main([str(source), str(out)]) == 0
    assert "| alpha | 2 |" in card.read_text()
    assert hashlib.sha256(out.read_bytes()).hexdigest() in card.read_text()


def test_evaluate_prints_a_table_and_writes_the_sheet(
    data: Path, exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "worst.png"
    assert evaluate.main([str(exported), "--data", str(data), "--sheet", str(sheet)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["alpha", "beta", "mean of sources"]
    assert sheet.stat().st_size > 1000


def test_evaluate_compares_networks(
    exported: Path, data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    red = write_network(tmp_path / "red.onnx")
    assert evaluate.main([str(exported), "--data", str(data), "--against", str(red)]) == 0
    header, _, first, second = capsys.readouterr().out.strip().splitlines()
    assert header.startswith("| network | ") and header.endswith("| mean of sources |")
    assert first.startswith(f"| {exported.stem} |") and second.startswith("| red |")
    assert first.split("|")[2:] != second.split("|")[2:]
    assert evaluate.main([str(exported), "--data", str(data), "--against", str(tmp_path / "no.onnx")]) == 1


def test_evaluate_gives_true_masks_the_best_scores(data: Path) -> None:
    entries = read_index(data, "val")

    def red_is_person(frame: np.ndarray) -> np.ndarray:
        return np.asarray(frame[..., 2] > frame[..., 0], np.float32)

    results = evaluate.evaluate(red_is_person, 160 * 120 * 4, entries)
    summaries = evaluate.summarise_sources(results)
    assert {source: summary.photos for source, summary in summaries.items()} == {"alpha": 2, "beta": 1}
    assert all(summary.fgiou > 0.97 and summary.boundary_f > 0.97 for summary in summaries.values())


@pytest.mark.slow
def test_checkpoint_and_exported_file_have_equal_scores(data: Path, tmp_path: Path) -> None:
    network = random_network("sinet")
    checkpoint.save(
        tmp_path / "c.pt", {**checkpoint.describe("sinet", network), "weights": network.state_dict()}
    )
    export.export("sinet", network, tmp_path / "c.onnx")
    entries = read_index(data, "val")
    tables = []
    for name in ("c.pt", "c.onnx"):
        predictor, pixels = onnx_models.open_model(tmp_path / name)
        assert pixels == 46080
        tables.append(
            evaluate.table(evaluate.summarise_sources(evaluate.evaluate(predictor, pixels, entries)))
        )
    assert tables[0] == tables[1]


def test_other_files_give_a_one_line_error(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(b"not a graph")
    for path in (other, tmp_path / "none.onnx", tmp_path / "none.pt"):
        assert evaluate.main([str(path), "--data", str(data)]) == 1
        error = capsys.readouterr().err
        assert path.name in error and error.count("\n") == 1
