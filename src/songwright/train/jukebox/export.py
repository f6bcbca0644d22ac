"""A trained generator as one ONNX file: what `runtime.jukebox` runs, without PyTorch; and back again.

Products with the layers' weights are of whole numbers: weights in 7 bits and a scale for each column (so that sums fit
into 16 bits on processors without special instructions), what they are multiplied with in 8 bits, scaled as it comes.
Everything else, the first and last layer above all, stays in floating point.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from songwright.errors import ShelfError
from songwright.runtime.jukebox.generator import INPUTS, OUTPUT, notes_of
from songwright.runtime.jukebox.labels import NO_ROOT, PLAYERS, QUALITIES, SECTIONS, STRIKERS, SYMBOLS, TONES
from songwright.runtime.jukebox.telling import FRAME, GLOBALS, MODES, SUB, WHOLE
from songwright.train import onnx_file
from songwright.train.nets.flow import Config, Flow
from songwright.train.vocoder.export import put
from songwright.train.voice.export import halve
from songwright.values.brief import CHARACTER

LICENCE = "Apache-2.0 (weights); learned from songs the studio rendered"
RECIPE = "recipes/README.md; recipes/export_jukebox.py"
ABOUT = "Makes voice and band of a song as latents of the codec: from a score, from lyrics, or from nothing."
_TRACED, _COMPARED = 40, 94
_TURNED = ".T"
EXACT = 1e-3
"""How far a file in floating point may be from the network, relative to the spread of velocities."""
NEAR = 0.06
"""How far velocities of a file in whole numbers may be from the network's: root mean square, relative to theirs."""


class _Velocity(nn.Module):
    """The network with everything it is told as arguments in the order of INPUTS."""

    def __init__(self, net: Flow) -> None:
        super().__init__()
        self.net = net

    def forward(self, noisy: Tensor, moment: Tensor, kept: Tensor, keep: Tensor, *told: Tensor) -> Tensor:
        return self.net(noisy, moment, kept, keep, dict(zip((*FRAME, *WHOLE), told, strict=True)))[0]


def generator_file(
    net: Flow, names: Mapping[str, Sequence[str]], latents_id: str = "", whole: bool = True
) -> bytes:
    """The generator as an .onnx file. names, latents_id: as `runtime.jukebox.generator.Sampler` has them.

    whole: the layers in whole numbers; else all in floating point. Raises ShelfError where the file is not the
    network's equal.
    """
    net = net.cpu().float().eval()
    one, axes = _Velocity(net), {name: {0: "rows"} for name in INPUTS}
    for name in ("noisy", "kept", "keep", *FRAME, OUTPUT):
        axes[name] = {0: "rows", 1: "frames"}
    notes = notes_of(names, net.config.latents, latents_id, net.centre.tolist(), net.spread.tolist())
    written = {"notes": json.dumps(notes), "heads": str(net.config.heads)}
    data = onnx_file.to_file(one, something(net, _TRACED), (OUTPUT,), axes, written, half=False)
    onnx_file.checked(onnx_file.difference(one, data, something(net, _COMPARED), "generator"), EXACT)
    if whole:
        data = in_whole_numbers(data)
        onnx_file.checked(apart(net, data), NEAR)
    return data


def save_generator(
    net: Flow, told: Mapping[str, Any], codec_id: str, out: Path, about: Mapping[str, Any],
    learned: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Write out/jukebox.onnx and its card jukebox.toml; figures of the file.

    told: size and names. codec_id: fingerprint of the codec. about: source, commercial_use. learned: figures of a run.
    """
    data = generator_file(net, told["names"], codec_id)
    figures = {
        "size": told["size"], **learned, "parameters": sum(p.numel() for p in net.parameters()),
        "rounding": round(apart(net, data), 5),
    }  # fmt: skip
    named = {"id": "jukebox", "name": "Jukebox", "about": ABOUT, "licence": LICENCE, "recipe": RECIPE}
    put(data, out / "jukebox", {**named, **about, **figures})
    return {**figures, "bytes": len(data)}


def data_of(*renders: Path | None) -> dict[str, Any]:
    """What a card tells of folders of rendered pieces: source, commercial_use, pieces, licences, languages.

    Where one has no card yet nothing is promised: commercial_use is False, and there are no pieces.
    """
    try:
        cards = [
            json.loads((folder / "card.json").read_text(encoding="utf-8")) for folder in renders if folder
        ]
        found = [
            f"{card['name']}, {sum(card['hours'].values()):.2f} h, seed {card['seed']}" for card in cards
        ]
        licences = {one["licence"] for card in cards for one in card["ingredients"]}
        languages = {name for card in cards for name in card.get("counts", {}).get("language", ())}
        return {"source": "; ".join(found), "commercial_use": all(card["commercial_use"] for card in cards),
                "pieces": sum(card["pieces"] for card in cards),
                "licences": sorted(licences), "languages": sorted(languages)}  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return {"source": "songwright renders", "commercial_use": False, "pieces": 0, "licences": [],
                "languages": []}  # fmt: skip


def learned_from(before: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """What a card tells of a network that learned from one thing (empty: from nothing), then from another.

    A source that is named on both sides is named once.
    """
    if not before or not data.get("pieces"):
        return dict(data)
    new = [one for one in data["source"].split("; ") if one not in before["source"].split("; ")]
    return {
        "source": "; ".join((before["source"], *new)),
        "commercial_use": before["commercial_use"] and data["commercial_use"],
        "pieces": before["pieces"] + (data["pieces"] if new else 0),
        "licences": sorted({*before["licences"], *data["licences"]}),
        "languages": sorted({*before["languages"], *data["languages"]}),
    }


def apart(net: Flow, data: bytes) -> float:
    """How far a file's velocities are from the network's: root mean square, relative to theirs."""
    return onnx_file.apart(_Velocity(net), data, something(net, _COMPARED), "generator")


def in_whole_numbers(data: bytes) -> bytes:
    """The same file with the layers' weights in 7 bits, other large weights in 16."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model = onnx.load_model_from_string(data)
    notes = {entry.key: entry.value for entry in model.metadata_props}
    _lay_out(model)
    onnx.helper.set_model_props(
        model, {"onnx.quant.pre_process": "onnxruntime.quant"}
    )  # nothing is left to do
    chosen = [node.name for node in model.graph.node if node.op_type == "MatMul" and "/layers." in node.name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generator.onnx"
        quantize_dynamic(model, path, ["MatMul"], per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
                         nodes_to_quantize=chosen)  # fmt: skip
        model = onnx.load(path)
    onnx.helper.set_model_props(model, notes)
    onnx_file.forget_where(model)
    halve(model)
    return model.SerializeToString(deterministic=True)


def _lay_out(model: Any) -> None:
    """Turn weights as products want them, once and for all; NAME becomes NAME.T."""
    graph = model.graph
    weights = {item.name: item for item in graph.initializer}
    for node in list(graph.node):
        if node.op_type == "Transpose" and node.input[0] in weights:
            _turn(weights[node.input[0]])
            for user in graph.node:
                for place, name in enumerate(user.input):
                    if name == node.output[0]:
                        user.input[place] = node.input[0] + _TURNED
            graph.node.remove(node)
        elif node.op_type == "Gemm" and node.input[1] in weights:
            _turn(weights[node.input[1]])
            node.input[1] += _TURNED
            next(item for item in node.attribute if item.name == "transB").i = 0


def _turn(item: Any) -> None:
    from onnx import numpy_helper

    turned = np.ascontiguousarray(numpy_helper.to_array(item).T)
    item.CopyFrom(numpy_helper.from_array(turned, item.name + _TURNED))


def from_file(data: bytes) -> tuple[Flow, dict[str, Any]]:
    """The network back from a file of `generator_file`, and the notes in it. Raises ShelfError where it is none.

    Weights come as they are in the file, rounded; the heads, which a file has not, know nothing.
    """
    import onnx
    from onnx import numpy_helper

    try:
        model = onnx.load_model_from_string(data)
        written = {entry.key: entry.value for entry in model.metadata_props}
        notes = json.loads(written["notes"])
        held = {item.name: numpy_helper.to_array(item) for item in model.graph.initializer}
        weights = _weights(held)
        for node in model.graph.node:  # of equal weights the exporter keeps one
            if node.op_type == "Identity" and node.input[0] in weights:
                weights[node.output[0]] = weights[node.input[0]]
        state = {name.removeprefix("net."): value for name, value in weights.items()}
        net = Flow(_config_of(state, int(written["heads"]), notes))
        lost, _ = net.load_state_dict(state, strict=False)
    except Exception as problem:  # the reader raises types of its own
        raise ShelfError("jukebox", "is no generator of sound") from problem
    if lost := [name for name in lost if not name.startswith("heads.")]:
        raise ShelfError("jukebox", f"lacks {lost[0]}")
    return net.eval(), notes


def _weights(held: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    """Weights by name in float32, each the right way round."""
    found: dict[str, Tensor] = {}
    for name, value in held.items():
        if name.endswith(("_scale", "_zero_point")):
            continue
        plain = name.removesuffix("_half").removesuffix("_quantized")
        value = value.astype(np.float32)
        if name.endswith("_quantized"):
            value = (value - held[f"{plain}_zero_point"].astype(np.float32)) * held[f"{plain}_scale"]
        turned = plain.endswith(_TURNED)
        found[plain.removesuffix(_TURNED)] = torch.from_numpy(
            np.ascontiguousarray(value.T if turned else value)
        )
    return found


def _config_of(state: dict[str, Tensor], heads: int, notes: Mapping[str, Any]) -> Config:
    """What network these weights are of; centre and spread are put beside them."""
    state["centre"], state["spread"] = (torch.tensor(notes[name]) for name in ("centre", "spread"))
    layers = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("layers."))
    hidden, width = state["layers.0.gate.weight"].shape
    counts = {f"{name}s": len(notes["names"][name]) for name in GLOBALS}
    return Config(width, layers, heads, hidden, int(notes["latents"]), **counts)


def something(net: Flow, frames: int, rows: int = 2) -> dict[str, Tensor]:
    """Noise and chance conditions, as the network takes them: to try it on."""
    draw = torch.Generator().manual_seed(3)
    config = net.config
    most = {"phone": len(SYMBOLS), "root": NO_ROOT + 1, "bass": NO_ROOT + 1, "quality": len(QUALITIES),
            "section": len(SECTIONS) + 1}  # fmt: skip
    wide = {
        "phone": (SUB,),
        "place": (SUB,),
        "players": (len(PLAYERS),),
        "struck": (SUB, len(STRIKERS)),
        "tones": (TONES,),
    }
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
    made["character"] = torch.rand((rows, len(CHARACTER) + 1), generator=draw)
    made["mode"] = torch.arange(rows) % len(MODES)
    made["tempo"] = torch.linspace(-0.5, 0.5, rows)
    return {name: made[name] for name in INPUTS}
