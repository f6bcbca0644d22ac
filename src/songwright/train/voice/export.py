"""The trained network as a file that sings anywhere: ONNX, its weights rounded to half precision on disk."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

import numpy as np
import torch

from songwright.errors import EngineUnavailable, ShelfError
from songwright.singer import conditioning, fullband
from songwright.train.nets import acoustic

OPSET = 18
INPUTS = ("phones", "numbers", "speaker", "noise")
OUTPUTS = ("cepstra", "bap", "voicing")
TOLERANCE = 1e-3
"""How far the file may be from the network, relative to the spread of each output."""


def to_onnx(network: acoustic.Acoustic, speakers: Sequence[str]) -> bytes:
    """The network as the bytes of an .onnx file; `speakers` names the rows of its table, in order.

    Takes and gives what `nets.acoustic.Exported` says, for any number of frames. Raises EngineUnavailable where
    the exporter is not installed, ShelfError where file and network differ by more than TOLERANCE.
    """
    try:
        import onnx
    except ImportError as problem:
        raise EngineUnavailable("the ONNX exporter", "pip install 'songwright[train]'") from problem
    network = _rounded(network).eval()
    example = inputs(network.config, 64)
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # the tracing exporter: a second instead of a minute, and weights keep their names (constants unfolded)
        torch.onnx.export(
            acoustic.Exported(network), tuple(example.values()), file, dynamo=False, opset_version=OPSET,
            do_constant_folding=False, input_names=list(INPUTS), output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "frames"} for name in INPUTS + OUTPUTS if name != "speaker"},
        )  # fmt: skip
    model = onnx.load_model_from_string(file.getvalue())
    for key, value in (
        ("speakers", speakers), ("symbols", conditioning.SYMBOLS), ("numbers", conditioning.NUMBERS),
        ("rate_hz", (fullband.RATE_HZ,)), ("hop", (fullband.HOP,)),
    ):  # fmt: skip
        entry = model.metadata_props.add()
        entry.key, entry.value = key, ",".join(str(item) for item in value)
    halve(model)
    data = model.SerializeToString()
    worst = difference(network, data)
    if worst > TOLERANCE:
        raise ShelfError("export", f"the file differs from the network by {worst:.1e} of the spread")
    return data


def from_onnx(data: bytes) -> acoustic.Acoustic:
    """The network back from a file that `to_onnx` made, ready to learn on. ShelfError where it is none."""
    import onnx
    from onnx import numpy_helper

    weights = {
        item.name.removesuffix("_half").removeprefix("network."): torch.tensor(
            numpy_helper.to_array(item)
        ).float()
        for item in onnx.load_model_from_string(data).graph.initializer
    }
    try:
        speakers, voice = weights["speakers"].shape
        width, _, kernel = weights["blocks.0.look.weight"].shape
        depth = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("blocks."))
        expansion = weights["blocks.0.widen.bias"].shape[0] // width
        config = acoustic.Config(
            speakers, width, depth, expansion, kernel, weights["embed.weight"].shape[1], voice
        )
        network = acoustic.Acoustic(config)
        weights.setdefault("made", network.made)
        lost, _ = network.load_state_dict(weights, strict=False)
    except (KeyError, ValueError, RuntimeError) as problem:
        raise ShelfError("network", "is no singing network of this version") from problem
    if lost:
        raise ShelfError("network", f"lacks {lost[0]}")
    return network


def inputs(config: acoustic.Config, frames: int) -> dict[str, torch.Tensor]:
    """Something to sing, for trying a network: arrays as the exported network takes them."""
    generator = torch.Generator().manual_seed(5)
    count = len(conditioning.SYMBOLS)
    shape = (frames, conditioning.NEIGHBOURS)
    return {
        "phones": torch.randint(0, count, shape, generator=generator),
        "numbers": torch.rand((frames, len(conditioning.NUMBERS)), generator=generator),
        "speaker": torch.nn.functional.one_hot(torch.tensor(0), config.speakers).float(),
        "noise": torch.randn((frames, conditioning.NOISE), generator=generator),
    }


def difference(network: acoustic.Acoustic, data: bytes, frames: int = 251) -> float:
    """The largest difference between file and network, relative to the spread of each output."""
    from songwright.runtime.session import Network

    example = inputs(network.config, frames)
    with torch.no_grad():
        wanted = acoustic.Exported(network)(*example.values())
    made = Network(data, "export").run({name: value.numpy() for name, value in example.items()})
    cepstra, air = (network.spread[: fullband.DIMENSIONS], network.spread[fullband.DIMENSIONS : -1])
    spreads = (cepstra.cpu().numpy(), air.cpu().numpy(), 1.0)
    return max(
        float(np.max(np.abs(made[name] - want.numpy()) / spread))
        for name, want, spread in zip(OUTPUTS, wanted, spreads, strict=True)
    )


def _rounded(network: acoustic.Acoustic) -> acoustic.Acoustic:
    """The same network with the large weights it will have in the file."""
    copy = acoustic.Acoustic(network.config)
    state = {
        key: value.half().float() if value.ndim >= 2 and value.numel() >= 256 else value.float()
        for key, value in network.state_dict().items()
    }
    copy.load_state_dict(state)
    return copy


def halve(model: object) -> None:
    """Store the large weights in half precision; a Cast brings each back when the file is loaded."""
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph  # type: ignore[attr-defined]
    casts = []
    for item in graph.initializer:
        if item.data_type == TensorProto.FLOAT and len(item.dims) >= 2 and np.prod(item.dims) >= 256:
            name = item.name
            small = numpy_helper.from_array(numpy_helper.to_array(item).astype(np.float16), f"{name}_half")
            item.CopyFrom(small)
            casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    for node in reversed(casts):
        graph.node.insert(0, node)
