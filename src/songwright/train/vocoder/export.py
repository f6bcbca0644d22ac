"""A trained vocoder as an ONNX file: what the singer loads, without PyTorch."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from songwright.errors import EngineUnavailable, ShelfError
from songwright.singer.fullband import DIMENSIONS
from songwright.train.nets.vocoder import AIR, VocoderNet
from songwright.train.onnx_file import forget_where
from songwright.train.voice.export import OPSET, halve

INPUTS, OUTPUTS = ("cepstra", "air_db", "f0", "voiced"), ("pulse", "turn", "hiss")
TOLERANCE = 0.02
"""How far a curve of the file may be from the network's (natural logarithm of amplitude, radians)."""


class _OnePhrase(nn.Module):
    """The network for one phrase: (T, ...) in, (T, BINS) out."""

    def __init__(self, network: VocoderNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, cepstra: Tensor, air_db: Tensor, f0: Tensor, voiced: Tensor) -> tuple[Tensor, ...]:
        return tuple(curve[0] for curve in self.network(cepstra[None], air_db[None], f0[None], voiced[None]))


def to_onnx(network: VocoderNet, notes: Mapping[str, str]) -> bytes:
    """The network as the bytes of an .onnx file, large weights in half precision; notes go into its metadata.

    Raises EngineUnavailable where the exporter is not installed, ShelfError where file and network differ.
    """
    try:
        import onnx
    except ImportError as problem:
        raise EngineUnavailable("the ONNX exporter", "pip install 'songwright[train]'") from problem
    whole = _OnePhrase(network.cpu().float()).eval()
    length = torch.export.Dim("frames", min=2, max=1_000_000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns about its own parts
        program = torch.onnx.export(
            whole,
            tuple(_example(40).values()),
            dynamo=True,
            opset_version=OPSET,
            verbose=False,
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_shapes=({0: length},) * len(INPUTS),
        )
    model = program.model_proto
    forget_where(model)
    for key, value in sorted(notes.items()):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    halve(model)
    file = io.BytesIO()
    onnx.save(model, file)
    worst = difference(network, file.getvalue())
    if worst > TOLERANCE:
        raise ShelfError("export", f"the file differs from the network by {worst:.1e}")
    return file.getvalue()


def difference(network: VocoderNet, data: bytes) -> float:
    """The largest difference of any curve between file and network, on 201 frames of noise around the mean voice."""
    from songwright.runtime.session import Network

    example = _example(201)
    features = network.centre + network.spread * torch.cat([example["cepstra"], example["air_db"]], -1)
    example["cepstra"], example["air_db"] = features[:, :DIMENSIONS], features[:, DIMENSIONS:]
    with torch.no_grad():
        wanted = _OnePhrase(network)(*example.values())
    made = Network(data, "export").run({name: value.numpy() for name, value in example.items()})
    pairs = zip(OUTPUTS, wanted, strict=True)
    return max(float(np.max(np.abs(made[name] - want.numpy()))) for name, want in pairs)


def put(data: bytes, path: Path, card: Mapping[str, object]) -> None:
    """Write path.onnx and its card path.toml, with length and SHA-256 of the file."""
    told = {**card, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    lines = [f"{key} = {_toml(value)}" for key, value in told.items()]
    for place, content in ((path.with_suffix(".onnx"), data), (path.with_suffix(".toml"), None)):
        aside = place.with_name(place.name + ".part")
        aside.write_bytes(("\n".join(lines) + "\n").encode() if content is None else content)
        aside.replace(place)


def _toml(value: object) -> str:
    """A value as TOML writes it: text in quotes, truth in lower case, numbers as they are."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def _example(frames: int) -> dict[str, Tensor]:
    """Frames of noise, as the network takes them."""
    generator = torch.Generator().manual_seed(5)
    return {
        "cepstra": torch.randn(frames, DIMENSIONS, generator=generator),
        "air_db": torch.randn(frames, AIR, generator=generator),
        "f0": torch.full((frames,), 200.0),
        "voiced": (torch.rand(frames, generator=generator) > 0.3).float(),
    }
