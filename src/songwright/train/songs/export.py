"""The composer's network as a file: whole numbers, plain operators, what was heard before kept outside."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from songwright.errors import EngineUnavailable, ShelfError
from songwright.music.tokens import NAMES
from songwright.runtime.session import Network
from songwright.train.nets.integer import LEVELS, LONGEST, OPERATORS, UNIT, IntegerComposer

GIVEN = ("tokens", "positions", "mask", "wanted")
MADE = ("logits", "new_keys", "new_values")
_OPSET = 18
_CLOSED = -(2.0**25)


def past_names(layers: int) -> list[str]:
    """The inputs that hold what was heard before, in order."""
    return [f"{what}_{n}" for what in ("keys", "values") for n in range(layers)]


def composer_onnx(net: IntegerComposer, notes: Mapping[str, str] | None = None) -> bytes:
    """The bytes of an .onnx file: inputs and outputs as IntegerComposer.forward has them; past by `past_names`.

    The vocabulary, the unit of the logits, the most positions and `notes` are written into it. Raises
    EngineUnavailable where the exporter is not installed, ShelfError where file and network differ in one bit.
    """
    try:
        import onnx
    except ImportError as problem:
        raise EngineUnavailable("the ONNX exporter", "pip install 'songwright[train]'") from problem
    names = past_names(len(net.layers))
    axes: dict[str, dict[int, str]] = {
        "tokens": {0: "batch", 1: "count"}, "positions": {0: "batch", 1: "count"},
        "mask": {0: "batch", 1: "count", 2: "heard"}, "wanted": {0: "asked"},
    }  # fmt: skip
    axes |= {name: {0: "batch", 3 if name.startswith("keys") else 2: "past"} for name in names}
    traced = io.BytesIO()
    for name, node in OPERATORS.items():
        torch.onnx.register_custom_op_symbolic(name, node, _OPSET)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns where a shape becomes a number; compared below
        torch.onnx.export(
            net, example(net, 2, 3, 5), traced, dynamo=False, opset_version=_OPSET, do_constant_folding=False,
            input_names=[*GIVEN, *names], output_names=list(MADE), dynamic_axes=axes,
        )  # fmt: skip
    model = onnx.load_from_string(traced.getvalue())
    _forget_where(model)
    told = {"vocabulary": json.dumps(NAMES), "unit": str(UNIT), "longest": str(LONGEST), **(notes or {})}
    for key, value in sorted(told.items()):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    data = model.SerializeToString(deterministic=True)
    if not same(net, data):
        raise ShelfError("export", "the file differs from the network")
    return data


def _forget_where(model: Any) -> None:
    """Take out the exporter's notes of which line of code, on which machine, each node came from."""
    graph = model.graph
    for thing in (*graph.node, *graph.value_info, *graph.input, *graph.output, graph):
        thing.ClearField("metadata_props")
        thing.ClearField("doc_string")


def example(net: IntegerComposer, batch: int, count: int, past: int) -> tuple[torch.Tensor, ...]:
    """Arrays to trace and compare with, the same every time: `count` tokens behind `past` places, the last closed."""
    generator = torch.Generator().manual_seed(3)
    keys = (batch, net.kv_heads, net.size, past)
    values = (batch, net.kv_heads, past, net.size)
    tokens = torch.randint(0, len(NAMES), (batch, count), generator=generator)
    positions = (past + torch.arange(count))[None].expand(batch, -1).contiguous()
    mask = torch.full((batch, count, past + count), 0.0)
    mask[:, :, past:] = torch.triu(torch.full((count, count), _CLOSED), 1)
    mask[:, :, past - 1] = _CLOSED
    kept = [
        torch.randint(-LEVELS, LEVELS + 1, shape, generator=generator).to(torch.int8)
        for shape in [keys] * len(net.layers) + [values] * len(net.layers)
    ]
    return tokens, positions, mask, torch.arange(batch * count), *kept


def same(net: IntegerComposer, data: bytes) -> bool:
    """Whether file and network give the same bits, one token at a time and many."""
    session = Network(data, "composer")
    for batch, count, past in ((1, 1, 64), (3, 7, 20)):
        arrays = example(net, batch, count, past)
        with torch.no_grad():
            wanted = net(*arrays)
        names = [*GIVEN, *past_names(len(net.layers))]
        found = session.run({name: array.numpy() for name, array in zip(names, arrays, strict=True)})
        if not all(
            np.array_equal(found[name], want.numpy()) for name, want in zip(MADE, wanted, strict=True)
        ):
            return False
    return True
