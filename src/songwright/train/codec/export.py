"""A trained codec as two ONNX files, encoder and decoder: what `runtime.codec` runs, without PyTorch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from songwright.runtime.codec import MELS
from songwright.train import onnx_file
from songwright.train.nets.codec import CodecNet
from songwright.train.vocoder.export import put

TOLERANCE = 0.003
"""How far the files may be from the networks: root mean square, relative to theirs; -50 dB (weights are in 16 bits, and
a loud bin is the exponential of what the last layer says)."""
_TRACED, _COMPARED = 40, 94


class _OneEncoder(nn.Module):
    """The encoder for one sound: (T, MELS) in, (T / 2, latents) out."""

    def __init__(self, net: CodecNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, mel: Tensor) -> Tensor:
        return self.net.latents(mel[None])[0]


class _OneDecoder(nn.Module):
    """The decoder for one sound: (T, latents) in, (2 T, BINS) out."""

    def __init__(self, net: CodecNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, latents: Tensor) -> Tensor:
        return self.net.decoded(latents[None])[0]


def encoder_file(net: CodecNet, notes: Mapping[str, str]) -> bytes:
    """The encoder as an .onnx file. Raises ShelfError where it is not the network's equal."""
    one = _OneEncoder(net.cpu().float().eval())
    axes = {"mel": {0: "frames"}, "latents": {0: "latent_frames"}}
    data = onnx_file.to_file(one, {"mel": _noise(_TRACED, MELS)}, ("latents",), axes, notes)
    if not net.config.groups:  # a step more or less is no small difference
        onnx_file.checked(onnx_file.apart(one, data, {"mel": _noise(_COMPARED, MELS)}, "encoder"), TOLERANCE)
    return data


def decoder_file(net: CodecNet, notes: Mapping[str, str]) -> bytes:
    """The decoder as an .onnx file. Raises ShelfError where it is not the network's equal."""
    one = _OneDecoder(net.cpu().float().eval())
    axes = {"latents": {0: "latent_frames"}, "magnitude": {0: "frames"}}
    width = net.config.latents
    data = onnx_file.to_file(one, {"latents": _noise(_TRACED, width)}, ("magnitude",), axes, notes)
    onnx_file.checked(onnx_file.apart(one, data, {"latents": _noise(_COMPARED, width)}, "decoder"), TOLERANCE)
    return data


def save_codec(net: CodecNet, folder: Path, card: Mapping[str, object]) -> dict[str, object]:
    """Write codec-encoder.onnx and codec-decoder.onnx with a card each; their sizes in bytes."""
    notes = {
        "latents": str(net.config.latents),
        "groups": str(net.config.groups),
        "latents_id": latents_id(net),
    }
    written: dict[str, object] = {}
    for name, made in (
        ("codec-encoder", encoder_file(net, notes)),
        ("codec-decoder", decoder_file(net, notes)),
    ):
        put(made, folder / name, {"id": name, **card})
        written[f"{name}_bytes"] = len(made)
    return written


def latents_id(net: CodecNet) -> str:
    """The fingerprint of an encoder (with its steps): latents of two codecs that share it are the same. SHA-256."""
    digest = hashlib.sha256()
    steps = {} if net.steps is None else net.steps.state_dict(prefix="steps.")
    for name, value in sorted((net.encoder.state_dict() | steps).items()):
        digest.update(name.encode() + value.detach().cpu().numpy().tobytes())
    return digest.hexdigest()


def _noise(frames: int, width: int) -> Tensor:
    return torch.randn((frames, width), generator=torch.Generator().manual_seed(3))
