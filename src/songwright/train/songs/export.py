"""The composer's network as an ONNX file with its past: one token in, the next logits and a longer past out."""

from __future__ import annotations

import io
import json
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from songwright.errors import EngineUnavailable, ShelfError
from songwright.music.tokens import NAMES
from songwright.runtime.session import Network
from songwright.train.nets.composer import Composer

INPUTS = ("tokens", "past_keys", "past_values")
OUTPUTS = ("logits", "keys", "values")
TOLERANCE = 1e-3
_OPSET = 18


class _Step(nn.Module):
    """The network's step as a module of its own."""

    def __init__(self, net: Composer) -> None:
        super().__init__()
        self.net = net

    def forward(self, tokens: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor):
        return self.net.step(tokens, past_keys, past_values)


def composer_onnx(net: Composer) -> bytes:
    """The bytes of an .onnx file.

    tokens (batch, T) int64, past_keys and past_values (layers, batch, kv_heads, P, size) float32, P >= 0 -> logits
    (batch, T, rows), keys and values with P + T places. The vocabulary is written into it. Raises EngineUnavailable
    where the exporter is not installed, ShelfError where file and network differ.
    """
    try:
        import onnx
    except ImportError as problem:
        raise EngineUnavailable("the ONNX exporter", "pip install 'songwright[train]'") from problem
    net = net.eval()
    example = _example(net, 2, 5)
    axes = {"tokens": {0: "batch", 1: "count"}, "past_keys": {1: "batch", 3: "past"},
            "past_values": {1: "batch", 3: "past"}}  # fmt: skip
    traced = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns where a shape becomes a number; compared below
        torch.onnx.export(
            _Step(net), example, traced, dynamo=False, opset_version=_OPSET, input_names=list(INPUTS),
            output_names=list(OUTPUTS), dynamic_axes=axes,
        )  # fmt: skip
    model = onnx.load_from_string(traced.getvalue())
    entry = model.metadata_props.add()
    entry.key, entry.value = "vocabulary", json.dumps(NAMES)
    file = io.BytesIO()
    onnx.save(model, file)
    data = file.getvalue()
    worst = difference(net, data)
    if worst > TOLERANCE:
        raise ShelfError("export", f"the file differs from the network by {worst:.1e}")
    return data


def _example(net: Composer, batch: int, past: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Arrays to trace and compare with, the same every time."""
    generator = torch.Generator().manual_seed(3)
    config = net.config
    shape = (config.layers, batch, config.kv_heads, past, config.width // config.heads)
    tokens = torch.randint(0, len(NAMES), (batch, 4), generator=generator)
    return tokens, torch.randn(shape, generator=generator), torch.randn(shape, generator=generator)


def difference(net: Composer, data: bytes) -> float:
    """The largest difference of logits between network and file, with a past and without."""
    session = Network(data, "composer")
    worst = 0.0
    for past in (0, 7):
        arrays = _example(net, 1, past)
        with torch.no_grad():
            wanted = net.step(*arrays)[0].numpy()
        found = session.run({n: a.numpy() for n, a in zip(INPUTS, arrays, strict=True)})["logits"]
        worst = max(worst, float(np.abs(wanted - found).max()))
    return worst


def save_composer(net: Composer, path: Path) -> dict[str, float | int]:
    """Writes the file; its size and how far it is from the network."""
    data = composer_onnx(net)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {"bytes": len(data), "difference": difference(net, data)}
