"""`songwright train codec`: from rendered pieces to a codec, on any machine, in any size."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from songwright.errors import BriefError, ShelfError
from songwright.train import spread
from songwright.train.codec.crops import Crops, Manner, read_recordings
from songwright.train.codec.export import save_codec
from songwright.train.codec.training import CodecTask, Recipe
from songwright.train.jukebox import hub
from songwright.train.jukebox.export import data_of, learned_from
from songwright.train.nets.codec import SIZES, CodecNet
from songwright.train.renders.shards import read_renders
from songwright.train.run import Budget, State, read_checkpoint, train
from songwright.values.seed import Seed

Tell = Callable[[str], None]
CONFIG = "codec.json"
_CROPS = 64


def train_codec(
    shards: Path, out: Path, size: str, budget: Budget, manner: Manner, recipe: Recipe, groups: int = 0,
    recordings: Path | None = None, device: str = "cpu", tell: Tell = lambda line: None, start: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Learn to code the pieces of a folder of shards; going on where a run with the same `out` stopped.

    size: one of `nets.codec.SIZES`. groups: 0 for continuous latents, else codes a frame. recordings: a folder of
    sounds of other kinds that are heard too. start: folder of a run to begin from: of the same size, with as many
    groups or with none (its latents then learn to be codes). Writes out/run (checkpoint, log), codec.json, both .onnx
    files with cards and figures.json. Raises BriefError for a size or device that is not there. Of processes that
    learn together (`train.spread`) the first writes and returns the figures, the others nothing.
    """
    net = build(size, groups) if start is None else begun(start, size, groups).train()
    fresh = start is None and not (out / "run" / "checkpoint.pt").exists()
    seed = Seed(1).child("codec", size, groups)
    with spread.spread(device) as place:
        net = placed(net, place)
        own = seed.child("crops", spread.rank())
        pieces = read_renders(shards, "train")
        heard_too = read_recordings(recordings)
        crops = Crops(pieces, heard_too, manner, own)
        held = Crops(read_renders(shards, "valid"), [], Manner(8, 32_768), Seed(2).child("check"))
        if fresh:
            net.encoder.learn(_first_mel(net, Crops(pieces, [], manner, Seed(1).child("codec", "encoder"))))
        if groups and (fresh or (start is not None and not load_codec(start).config.groups)):
            learn_axes(net, Crops(pieces, [], manner, seed.child("axes")))
        task = CodecTask(net, crops, held, recipe, seed)
        out.mkdir(parents=True, exist_ok=True)
        first, together = spread.rank() == 0, {"processes": spread.world()}
        if first:
            (out / CONFIG).write_text(json.dumps({"size": size, "groups": groups}) + "\n", encoding="utf-8")
        state = train(task, out / "run", budget, tell if first else _silent)
    steps, known = (0, {}) if start is None else history(start)
    learned = learned_from(known, data_of(shards)) | {"heard_too": known.get("heard_too", "")}
    more = {"recordings": len(heard_too), "steps_before": steps, "learned": learned}
    return _finished(task, out, shards, manner, state, together | more) if first else {}


def history(run: Path) -> tuple[int, dict[str, Any]]:
    """How many steps a run, or the codec of a hub folder, has learned and from what, those it began from included.

    From what is {} where a run has no figures yet, or its renders had no card.
    """
    if (run / hub.WEIGHTS).is_file():
        return hub.codec_history(run)
    kept = read_checkpoint(run / "run" / "checkpoint.pt")
    path = run / "figures.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return int(kept["step"]) + int(told.get("steps_before", 0)), dict(told.get("learned", {}))


def _finished(
    task: CodecTask, out: Path, shards: Path, manner: Manner, state: State, more: Mapping[str, Any]
) -> dict[str, Any]:
    """Measure, export and describe a codec that has learned. more: figures of the run."""
    net = task.networks["codec"].eval()
    place = next(net.parameters()).device
    with torch.no_grad():
        figures: dict[str, Any] = {f"held_{name}": round(value, 4) for name, value in task.check().items()}
    figures |= {
        **json.loads((out / CONFIG).read_text(encoding="utf-8")),
        "parameters": sum(p.numel() for p in net.parameters()), "steps": state.step,
        "seconds": round(state.seconds, 1), "device": place.type, "batch": manner.batch, "frames": manner.frames,
        **more,
    }  # fmt: skip
    about = {
        "name": "Codec",
        "licence": "Apache-2.0 (weights)",
        "source": _source(shards),
        "recipe": "recipes/README.md",
    }
    card = {name: value for name, value in figures.items() if name != "learned"}
    figures |= save_codec(net, out, {**about, **card})
    (out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def _silent(line: str) -> None:
    """The first process speaks for all."""


def build(size: str, groups: int = 0) -> CodecNet:
    """A fresh codec of a size. Raises BriefError for a size nobody knows."""
    if size not in SIZES:
        raise BriefError("size", f"{size!r} is no size", f"Take one of {', '.join(SIZES)}.")
    torch.manual_seed(Seed(1).child("weights", size, groups).key() % 2**31)
    return CodecNet(replace(SIZES[size], groups=groups))


def load_codec(folder: Path) -> CodecNet:
    """The codec of a run: its averaged weights; or that of a hub folder. Raises ShelfError where there is none."""
    if (folder / hub.WEIGHTS).is_file():
        return hub.load_codec(folder)
    try:
        told = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        net = build(told["size"], told["groups"])
        kept = read_checkpoint(folder / "run" / "checkpoint.pt")
        net.load_state_dict(kept["averages"]["codec"])
    except (OSError, ValueError, KeyError, RuntimeError, ShelfError) as problem:
        raise ShelfError(str(folder), f"holds no run of `train codec` ({problem})") from problem
    return net.eval()


def begun(start: Path, size: str, groups: int) -> CodecNet:
    """The codec of another run, to learn on; continuous latents get steps that know nothing yet.

    Raises BriefError where it is of another size.
    """
    before, net = load_codec(start), build(size, groups)
    if replace(before.config, groups=before.config.groups or groups) != net.config:
        raise BriefError("start", f"{start} is of another size", "Give the size it has.")
    net.load_state_dict(before.state_dict(), strict=before.config.groups == groups)
    return net


def learn_axes(net: CodecNet, crops: Crops) -> None:
    """Let fresh steps begin along the axes of what this codec makes of the first crops."""
    net.steps.learn_axes(net.encoder(_first_mel(net, crops)).flatten(0, 1))


@torch.no_grad()
def _first_mel(net: CodecNet, crops: Crops) -> torch.Tensor:
    """Log mel of the first crops, (crops, windows, MELS)."""
    place = next(net.parameters()).device
    return torch.cat([net.mel(torch.from_numpy(crops.at(n)).to(place)) for n in range(_CROPS)])


def placed(net: CodecNet, device: str) -> CodecNet:
    """The network on a device. Raises BriefError where there is none such."""
    try:
        return net.to(device)
    except (RuntimeError, AssertionError) as problem:
        raise BriefError(
            "device", f"{device!r} is not there", "Take cpu, or cuda where there is one."
        ) from problem


def _source(shards: Path) -> str:
    """What the pieces are, from their card."""
    try:
        card = json.loads((shards / "card.json").read_text(encoding="utf-8"))
        return f"{card['name']}, {sum(card['hours'].values()):.2f} h, seed {card['seed']}"
    except (OSError, ValueError, KeyError):
        return "songwright renders"
