"""Networks as .onnx files: traced, without a trace of where, large weights in half precision."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from songwright.errors import EngineUnavailable, ShelfError
from songwright.train.voice.export import OPSET, halve


def to_file(
    net: torch.nn.Module,
    example: Mapping[str, torch.Tensor],
    outputs: Sequence[str],
    axes: Mapping[str, Mapping[int, str]],
    notes: Mapping[str, str],
    half: bool = True,
) -> bytes:
    """A network as the bytes of an .onnx file. example: its inputs by name, in order. axes: those that may vary.

    notes: go into its metadata. half: store large weights in 16 bits. Raises EngineUnavailable where the exporter is
    not installed.
    """
    try:
        import onnx
    except ImportError as problem:
        raise EngineUnavailable("the ONNX exporter", "pip install 'songwright[train]'") from problem
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns where a shape becomes a number; compared afterwards
        torch.onnx.export(
            net, tuple(example.values()), file, dynamo=False, opset_version=OPSET, do_constant_folding=False,
            input_names=list(example), output_names=list(outputs), dynamic_axes={k: dict(v) for k, v in axes.items()},
        )  # fmt: skip
    model = onnx.load_model_from_string(file.getvalue())
    forget_where(model)
    for key, value in sorted(notes.items()):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    if half:
        halve(model)
    return model.SerializeToString(deterministic=True)


def forget_where(model: Any) -> None:
    """Take out the exporter's notes of which line of code, on which machine, each node came from."""
    graph = model.graph
    for thing in (*graph.node, *graph.value_info, *graph.input, *graph.output, graph):
        thing.ClearField("metadata_props")
        thing.ClearField("doc_string")


def difference(net: torch.nn.Module, data: bytes, example: Mapping[str, torch.Tensor], name: str) -> float:
    """The largest difference between file and network on an example, relative to the spread of each output."""
    pairs = _outputs(net, data, example, name)
    return max(float(np.abs(made - want).max() / max(want.std(), 1e-9)) for made, want in pairs)


def apart(net: torch.nn.Module, data: bytes, example: Mapping[str, torch.Tensor], name: str) -> float:
    """How far file and network are apart on an example: root mean square, relative to that of each output."""
    pairs = _outputs(net, data, example, name)
    return max(
        float(np.sqrt(np.mean((made - want) ** 2) / max(np.mean(want**2), 1e-18))) for made, want in pairs
    )


def _outputs(
    net: torch.nn.Module, data: bytes, example: Mapping[str, torch.Tensor], name: str
) -> list[tuple[np.ndarray, np.ndarray]]:
    """What the file makes and what the network makes, for each output."""
    from songwright.runtime.session import Network

    with torch.no_grad():
        wanted = net(*example.values())
    network = Network(data, name)
    made = network.run({key: value.numpy() for key, value in example.items()})
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    return [(made[key], want.numpy()) for key, want in zip(network.outputs, wanted, strict=True)]


def checked(worst: float, tolerance: float) -> float:
    """The difference, if it is no more than the tolerance. Raises ShelfError."""
    if not worst <= tolerance:
        raise ShelfError("export", f"the file differs from the network by {worst:.1e} of the spread")
    return worst
