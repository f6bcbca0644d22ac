"""A trained generator as one ONNX file: what `runtime.jukebox` runs, without PyTorch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from songwright.runtime.jukebox.generator import INPUTS, OUTPUT, notes_of
from songwright.runtime.jukebox.labels import NO_ROOT, PLAYERS, QUALITIES, SECTIONS, SYMBOLS
from songwright.runtime.jukebox.telling import FRAME, GLOBALS, MODES, SUB, WHOLE
from songwright.train import onnx_file
from songwright.train.nets.flow import Flow

_TRACED, _COMPARED = 40, 94
EXACT = 1e-3
"""How far a file in floating point may be from the network, relative to the spread of velocities."""


class _Velocity(nn.Module):
    """The network with everything it is told as arguments in the order of INPUTS."""

    def __init__(self, net: Flow) -> None:
        super().__init__()
        self.net = net

    def forward(self, noisy: Tensor, moment: Tensor, kept: Tensor, keep: Tensor, *told: Tensor) -> Tensor:
        return self.net(noisy, moment, kept, keep, dict(zip((*FRAME, *WHOLE), told, strict=True)))[0]


def generator_file(net: Flow, names: Mapping[str, Sequence[str]], latents_id: str = "") -> bytes:
    """The generator as an .onnx file, in floating point. names, latents_id: as `runtime.jukebox.Sampler` has them.

    Raises ShelfError where the file is not the network's equal.
    """
    one = _Velocity(net.cpu().float().eval())
    notes = {"notes": json.dumps(notes_of(names, net.config.latents, latents_id, net.centre.tolist(),
                                          net.spread.tolist()))}  # fmt: skip
    axes = {name: {0: "rows"} for name in INPUTS}
    for name in ("noisy", "kept", "keep", *FRAME, OUTPUT):
        axes[name] = {0: "rows", 1: "frames"}
    data = onnx_file.to_file(one, something(net, _TRACED), (OUTPUT,), axes, notes, half=False)
    worst = onnx_file.difference(one, data, something(net, _COMPARED), "generator")
    onnx_file.checked(worst, EXACT)
    return data


def something(net: Flow, frames: int, rows: int = 2) -> dict[str, Tensor]:
    """Noise and chance conditions, as the network takes them: to try it on."""
    draw = torch.Generator().manual_seed(3)
    config = net.config
    most = {"phone": len(SYMBOLS), "root": NO_ROOT + 1, "bass": NO_ROOT + 1, "quality": len(QUALITIES),
            "section": len(SECTIONS) + 1}  # fmt: skip
    wide = {"phone": (SUB,), "place": (SUB,), "players": (len(PLAYERS),)}
    made = {
        name: torch.randn((rows, frames, 2 * config.latents), generator=draw) for name in ("noisy", "kept")
    }
    made["moment"] = torch.linspace(0.2, 0.8, rows)
    made["keep"] = (torch.rand((rows, frames, 2), generator=draw) < 0.3).float()
    for name in FRAME:
        shape = (rows, frames, *wide.get(name, ()))
        if name in most:
            made[name] = torch.randint(0, most[name], shape, generator=draw)
        else:
            made[name] = torch.rand(shape, generator=draw)
    for name in GLOBALS:
        count = getattr(config, f"{name}s") + 1
        made[name] = torch.softmax(torch.randn((rows, count), generator=draw), -1)
    made["mode"] = torch.arange(rows) % len(MODES)
    made["tempo"] = torch.linspace(-0.5, 0.5, rows)
    return {name: made[name] for name in INPUTS}
