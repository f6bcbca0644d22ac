"""The composer's network in whole numbers: near the trained one, and the same bits however it is run."""

import json
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from songwright.errors import BriefError, ShelfError
from songwright.music.tokens import NAMES
from songwright.values.seed import Seed

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from songwright.train.nets import composer  # noqa: E402
from songwright.train.nets.integer import EXACT, IntegerComposer, whole  # noqa: E402
from songwright.train.songs import export, release  # noqa: E402


def lively(seed: int = 0, **changes) -> composer.Composer:
    """A network nobody trained, louder than a fresh one, so that its logits differ by nats."""
    torch.manual_seed(seed)
    net = composer.Composer(replace(composer.SIZES["tiny"], **changes)).eval()
    with torch.no_grad():
        for name, weight in net.named_parameters():
            weight.mul_(1 + 0.3 * torch.randn_like(weight)) if "norm" in name else weight.mul_(12)
    return net


def rows(count: int, length: int, seed: int = 1) -> list[np.ndarray]:
    luck = Seed(seed).luck()
    return [np.array([luck.integer(0, len(NAMES) - 1) for _ in range(length)]) for _ in range(count)]


@pytest.fixture(scope="module")
def net() -> composer.Composer:
    return lively()


@pytest.fixture(scope="module")
def integer(net) -> IntegerComposer:
    return whole(net, rows(4, 60))


@pytest.fixture(scope="module")
def file(integer) -> bytes:
    return export.composer_onnx(integer, {"note": "for a test"})


def read(integer, row: np.ndarray) -> torch.Tensor:
    tokens = torch.from_numpy(row)[None]
    count = tokens.shape[1]
    mask = torch.triu(torch.full((count, count), -(2.0**25)), 1)[None]
    keys = [torch.zeros(1, integer.kv_heads, integer.size, 0)] * len(integer.layers)
    values = [torch.zeros(1, integer.kv_heads, 0, integer.size)] * len(integer.layers)
    with torch.no_grad():
        return integer(tokens, torch.arange(count)[None], mask, torch.arange(count), *keys, *values)[0]


@pytest.mark.parametrize("changes", [{}, {"width": 64, "heads": 4, "kv_heads": 2, "hidden": 96, "layers": 3}])
def test_whole_numbers_lose_little(changes):
    net = lively(2, **changes)
    row = rows(1, 80, seed=5)[0]
    with torch.no_grad():
        wanted = net(torch.from_numpy(row)[None])[0, :, : len(NAMES)]
    found = read(whole(net, rows(4, 60)), row) / 1024
    assert wanted.std() > 0.5
    assert (found - wanted).abs().mean() < 0.06 * wanted.std()
    assert (found.argmax(-1) == wanted.argmax(-1)).float().mean() > 0.9


def test_no_sum_can_leave_what_float32_holds(integer):
    for layer in integer.layers:
        for product in (layer.asking, layer.telling, layer.opening, layer.closing):
            weight = product.weight.to(torch.int64)
            assert int(weight.abs().max()) <= 127
            assert product.reach * int(weight.abs().sum(dim=0).max()) < EXACT
            assert product.reach >= 127
        # the longest query and key there can be: a normed head times its gains, and half a step of rounding each
        norms = layer.gains.flatten(1).abs().amax(1).double()
        q, k = float(norms[: layer.heads].max()), float(norms[layer.heads :].max())
        half = layer.size**0.5 / 2
        assert (q * 1.001 + half) * (k * 1.001 + half) <= EXACT / 2


def test_extreme_rows_stay_exact(integer):
    layer = integer.layers[0]
    worst = torch.sign(layer.closing.weight[:, 3].float()) * layer.closing.reach
    found = layer.closing(worst[None])
    assert torch.equal(found.double(), worst[None].double() @ layer.closing.weight.double())


def session(data: bytes, threads: int, level: str, parallel: bool):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = threads
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, level)
    mode = onnxruntime.ExecutionMode
    options.execution_mode = mode.ORT_PARALLEL if parallel else mode.ORT_SEQUENTIAL
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("level", ["ORT_DISABLE_ALL", "ORT_ENABLE_BASIC", "ORT_ENABLE_ALL"])
@pytest.mark.parametrize("parallel", [False, True])
def test_the_file_gives_the_networks_bits_in_every_setting(integer, file, threads, level, parallel):
    running = session(file, threads, level, parallel)
    names = [*export.GIVEN, *export.past_names(len(integer.layers))]
    for batch, count, past in ((1, 1, 9), (3, 40, 64)):
        arrays = export.example(integer, batch, count, past)
        with torch.no_grad():
            wanted = integer(*arrays)
        given = {name: array.numpy() for name, array in zip(names, arrays, strict=True)}
        found = running.run(list(export.MADE), given)
        for want, got in zip(wanted, found, strict=True):
            np.testing.assert_array_equal(got, want.numpy())
    assert found[0].dtype == np.int32
    assert found[0].std() > 300


def test_only_operators_without_choice_are_used(file):
    used = {node.op_type for node in onnx.load_from_string(file).graph.node}
    arithmetic = used - {
        "Cast", "Concat", "Constant", "ConstantOfShape", "Equal", "Expand", "Gather", "Identity", "Reshape", "Shape",
        "Slice", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze", "Where",
    }  # fmt: skip
    exact = {"Add", "Sub", "Mul", "Div", "Sqrt", "Round", "Floor", "Neg", "Clip", "Max", "Min"}
    assert arithmetic <= exact | {"ReduceMax", "ReduceSum", "MatMul"}


def test_square_roots_divisions_and_sums_are_of_doubles(file):
    model = onnx.shape_inference.infer_shapes(onnx.load_from_string(file))
    kinds = {item.name: item.type.tensor_type.elem_type for item in model.graph.value_info}
    asked = [node for node in model.graph.node if node.op_type in ("Sqrt", "ReduceSum", "Div")]
    assert len(asked) > 5
    whole_numbers = (onnx.TensorProto.DOUBLE, onnx.TensorProto.INT64)
    assert all(kinds[node.output[0]] in whole_numbers for node in asked)


def test_the_file_tells_its_words_and_not_where_it_was_made(file, net):
    notes = {entry.key: entry.value for entry in onnx.load_from_string(file).metadata_props}
    assert json.loads(notes["vocabulary"]) == list(NAMES)
    assert notes["note"] == "for a test"
    assert b'File "/' not in file and b".py" not in file
    assert export.composer_onnx(whole(net, rows(4, 60)), {"note": "for a test"}) == file


def test_a_composer_goes_to_the_shelf_with_its_card(net, tmp_path):
    parts = {"train": rows(5, 50), "valid": rows(2, 50, seed=8), "test": rows(1, 50, seed=9)}
    figures = release.put_on_shelf(net, parts, tmp_path, {"size": "tiny", "steps": 3}, lambda line: None)
    card = tomllib.loads((tmp_path / "composer.toml").read_text(encoding="utf-8"))
    assert card["bytes"] == (tmp_path / "composer.onnx").stat().st_size
    assert card["data"]["songs"] == 5 and card["training"] == {"size": "tiny", "steps": 3}
    made, source = figures["valid"]["whole"]["found"], figures["valid"]["float"]["found"]
    assert abs(made / source - 1) < 0.02
    assert card["held_out"]["valid_whole_found"] == pytest.approx(made, abs=1e-4)
    assert 0.85 < figures["agreement"] <= 1


def test_what_is_no_checkpoint_is_named(tmp_path):
    (tmp_path / "checkpoint.pt").write_bytes(b"no checkpoint")
    with pytest.raises(ShelfError, match="is no checkpoint of a composer of size tiny"):
        release.from_checkpoint(tmp_path / "checkpoint.pt", tmp_path, tmp_path, "tiny", print)
    with pytest.raises(BriefError, match="huge"):
        release.from_checkpoint(tmp_path / "checkpoint.pt", tmp_path, tmp_path, "huge", print)
