"""Networks that travel as files: run as they were made, refuse what is damaged."""

import hashlib

import numpy as np
import pytest

from songwright.errors import ShelfError
from songwright.io.shelf import HouseShelf
from songwright.runtime.session import Network, is_available

onnx = pytest.importorskip("onnx")


@pytest.fixture(scope="module")
def doubler() -> bytes:
    """A network that doubles what it is given."""
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])],
        "doubler",
        [helper.make_tensor_value_info("x", kind, ["time"])],
        [helper.make_tensor_value_info("y", kind, ["time"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, {"speakers": "kathleen"})
    return model.SerializeToString()


def test_a_network_runs(doubler):
    network = Network(doubler)
    assert is_available()
    assert network.metadata["speakers"] == "kathleen"
    result = network.run({"x": np.arange(3, dtype=np.float32)})
    np.testing.assert_array_equal(result["y"], [0.0, 2.0, 4.0])


def test_wrong_names_are_told(doubler):
    with pytest.raises(ShelfError, match="wants x; was given z"):
        Network(doubler, "doubler").run({"z": np.zeros(3, np.float32)})


@pytest.mark.parametrize("data", [b"", b"not a network", b"\x08\x09"])
def test_a_damaged_network_is_named(data):
    with pytest.raises(ShelfError, match="singer: is damaged"):
        Network(data, "singer")


def test_the_shelf_checks_the_fingerprint(tmp_path, doubler):
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "doubler.onnx").write_bytes(doubler)
    card = folder / "doubler.toml"
    card.write_text(f'sha256 = "{hashlib.sha256(doubler).hexdigest()}"', encoding="utf-8")
    assert HouseShelf(tmp_path).network("doubler") == doubler
    card.write_text('sha256 = "00"', encoding="utf-8")
    with pytest.raises(ShelfError, match=r"doubler\.onnx is damaged"):
        HouseShelf(tmp_path).network("doubler")
    with pytest.raises(ShelfError, match=r"stranger\.toml cannot be read|stranger\.toml"):
        HouseShelf(tmp_path).network("stranger")
