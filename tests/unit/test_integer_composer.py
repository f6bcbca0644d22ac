"""The composer's network in whole numbers: near the trained one, and the same bits however it is run."""

import json
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from songwright.errors import BriefError, ShelfError
from songwright.music.tokens import NAMES
from songwright.runtime.decoder import Decoder
from songwright.values.seed import Seed

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from songwright.train.nets import composer  # noqa: E402
from songwright.train.nets.integer import EXACT, LEVELS, IntegerComposer, whole  # noqa: E402
from songwright.train.songs import export, release  # noqa: E402


def lively(seed: int = 0, **changes) -> composer.Composer:
    """A network nobody trained, louder than a fresh one, so that its logits differ by nats."""
    torch.manual_seed(seed)
    net = composer.Composer(replace(composer.SIZES["tiny"], **changes)).eval()
    with torch.no_grad():
        for name, weight in net.named_parameters():
            weight.mul_(1 + 0.1 * torch.randn_like(weight)) if "norm" in name else weight.mul_(4)
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
    keys = [torch.zeros(1, integer.kv_heads, integer.size, 0, dtype=torch.int8)] * len(integer.layers)
    values = [torch.zeros(1, integer.kv_heads, 0, integer.size, dtype=torch.int8)] * len(integer.layers)
    with torch.no_grad():
        return integer(tokens, torch.arange(count)[None], mask, torch.arange(count), *keys, *values)[0]


@pytest.mark.parametrize("changes", [{}, {"width": 64, "heads": 4, "kv_heads": 2, "hidden": 96, "layers": 3}])
def test_whole_numbers_lose_little(changes):
    net = lively(2, **changes)
    row = rows(1, 80, seed=5)[0]
    with torch.no_grad():
        wanted = net(torch.from_numpy(row)[None])[0, :, : len(NAMES)]
    found = read(whole(net, rows(4, 60)), row) / 1024
    assert wanted.std() > 0.4
    assert (found - wanted).abs().mean() < 0.06 * wanted.std()
    assert (found.argmax(-1) == wanted.argmax(-1)).float().mean() > 0.9


def test_no_sum_can_leave_what_its_kind_of_number_holds(integer):
    for layer in integer.layers:
        for product in (layer.asking, layer.telling, layer.opening, layer.closing):
            weight = product.weight.to(torch.int64)
            assert int(weight.abs().max()) == LEVELS
            # older processors add pairs of products in 16 bits
            assert 2 * 255 * int(weight.abs().max()) < 2**15
            assert 255 * int(weight.abs().sum(dim=0).max()) < EXACT
    assert integer.norm.reach * int(integer.head.weight.abs().sum(dim=0, dtype=torch.int64).max()) < EXACT
    assert (integer.bound * integer.grid) ** 2 * integer.embedding.shape[1] < 2**53


def test_the_stream_stays_in_its_bound(integer):
    """However loud a layer speaks, squares of the stream are added exactly."""
    x = torch.full((1, 1, integer.embedding.shape[1]), integer.bound * integer.grid)
    fine = x.double()
    assert float((fine * fine).sum()) < 2**53
    layer = integer.layers[0]
    loudest = torch.where(layer.closing.weight[:, 3] > 0, 255, 0).to(torch.uint8)[None]
    moved = (layer.closing(torch.stack((loudest, loudest))) * layer.closed_scale[:, 0]).sum(0).abs().max()
    assert moved <= layer.bound()


def test_the_largest_products_are_exact_where_they_run():
    """Every input and weight as large as it may be: no processor's 8-bit instructions saturate."""
    helper, kind = onnx.helper, onnx.TensorProto
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["a", "b"], ["c"])],
        "largest",
        [helper.make_tensor_value_info("a", kind.UINT8, [4, 704])],
        [helper.make_tensor_value_info("c", kind.INT32, [4, 48])],
        [onnx.numpy_helper.from_array(np.full((704, 48), LEVELS, np.int8), "b")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    found = session(model.SerializeToString(), 1, "ORT_ENABLE_ALL", False).run(
        None, {"a": np.full((4, 704), 255, np.uint8)}
    )
    np.testing.assert_array_equal(found[0], 704 * 255 * LEVELS)


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
    assert found[0].std() > 200


def test_only_operators_without_choice_are_used(file):
    used = {node.op_type for node in onnx.load_from_string(file).graph.node}
    arithmetic = used - {
        "Cast", "Concat", "Constant", "ConstantOfShape", "Equal", "Expand", "Gather", "Identity", "Reshape", "Shape",
        "Slice", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze", "Where",
    }  # fmt: skip
    exact = {"Add", "Sub", "Mul", "Div", "Sqrt", "Round", "Floor", "Neg", "Clip", "Max", "Min"}
    assert arithmetic <= exact | {"ReduceMax", "ReduceSum", "MatMul", "MatMulInteger", "QuantizeLinear"}


def test_square_roots_divisions_and_sums_have_no_choice(file):
    model = onnx.shape_inference.infer_shapes(onnx.load_from_string(file))
    kinds = {item.name: item.type.tensor_type.elem_type for item in model.graph.value_info}
    constants = {
        node.output[0]: onnx.numpy_helper.to_array(node.attribute[0].t)
        for node in model.graph.node
        if node.op_type == "Constant"
    }
    integers, double = (onnx.TensorProto.INT32, onnx.TensorProto.INT64), onnx.TensorProto.DOUBLE
    used = {kind: [node for node in model.graph.node if node.op_type == kind] for kind in ("Sqrt", "Div")}
    assert all(len(nodes) > 4 for nodes in used.values())
    assert all(kinds[node.output[0]] in (double, *integers) for nodes in used.values() for node in nodes)
    makers = {name: node for node in model.graph.node for name in node.output}
    for node in model.graph.node:
        if node.op_type == "ReduceSum" and kinds[node.output[0]] not in (double, *integers):
            # float32 is added only in pairs, over an axis two long, or where it is whole numbers up to 255
            maker = makers[node.input[0]]
            small = maker.op_type == "Cast" and makers[maker.input[0]].op_type == "QuantizeLinear"
            assert small or constants[node.input[1]].tolist() == [0]
        if node.op_type == "QuantizeLinear":
            assert np.frexp(constants[node.input[1]])[0] == 0.5  # divided by a power of two


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
    assert Decoder((tmp_path / "composer.onnx").read_bytes()).digest() == card["digest"]
    assert 0.85 < figures["agreement"] <= 1


def test_what_is_no_checkpoint_is_named(tmp_path):
    (tmp_path / "checkpoint.pt").write_bytes(b"no checkpoint")
    with pytest.raises(ShelfError, match="is no checkpoint of a composer of size tiny"):
        release.from_checkpoint(tmp_path / "checkpoint.pt", tmp_path, tmp_path, "tiny", print)
    with pytest.raises(BriefError, match="huge"):
        release.from_checkpoint(tmp_path / "checkpoint.pt", tmp_path, tmp_path, "huge", print)
