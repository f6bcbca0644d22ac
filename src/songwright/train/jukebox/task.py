"""`songwright train jukebox`: from rendered pieces and a codec to a generator, on any machine, in any size."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from songwright.errors import BriefError, ShelfError
from songwright.runtime.codec import LATENT_HZ
from songwright.train import spread
from songwright.train.codec.task import load_codec, placed
from songwright.train.jukebox.latents import Coded, read_latents
from songwright.train.jukebox.training import FlowTask, Recipe
from songwright.train.nets.codec import CodecNet
from songwright.train.nets.flow import GLOBALS, SIZES, Flow
from songwright.train.run import Budget, train
from songwright.values.seed import Seed

Tell = Callable[[str], None]
CONFIG = "jukebox.json"


def train_jukebox(
    renders: Path, codec: Path, out: Path, size: str, budget: Budget, recipe: Recipe, device: str = "cpu",
    tell: Tell = lambda line: None,
) -> dict[str, Any]:  # fmt: skip
    """Learn to make the pieces of a folder of shards from what is told of them; goes on where it stopped.

    codec: folder written by `train codec`. size: one of `nets.flow.SIZES`. Writes out/latents (pieces as the codec has
    them), out/run (checkpoint, log), jukebox.json (size, names of genres, personas, voices) and figures.json. Of
    processes that learn together (`train.spread`) the first writes and returns the figures, the others nothing.
    """
    if size not in SIZES:
        raise BriefError("size", f"{size!r} is no size", f"Take one of {', '.join(SIZES)}.")
    with spread.spread(device) as place:
        first, together = spread.rank() == 0, spread.world()
        tell = tell if first else _silent
        pieces, held, latents = _coded(renders, out / "latents", placed(load_codec(codec), place), tell)
        names = known_names(pieces)
        seed = Seed(1).child("jukebox", size)
        torch.manual_seed(seed.child("weights").key() % 2**31)
        net = _built(size, latents, names)
        net.learn_scale(torch.from_numpy(some_frames(pieces)))
        task = FlowTask(net.to(place), pieces, held, names, recipe, seed)
        if first:
            told = {"size": size, "latents": latents, "names": names}
            (out / CONFIG).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        state = train(task, out / "run", budget, tell)
    if not first:
        return {}
    net.eval()
    with torch.no_grad():
        figures: dict[str, Any] = {f"held_{name}": round(value, 4) for name, value in task.check().items()}
    figures |= {
        "size": size, "parameters": sum(p.numel() for p in net.parameters()), "steps": state.step,
        "seconds": round(state.seconds, 1), "device": device, "processes": together, "batch": recipe.batch,
        "frames": recipe.frames,
        "hours": round(sum(len(piece.latents) for piece in pieces) / LATENT_HZ / 3600, 3),
    }  # fmt: skip
    (out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def _coded(renders: Path, folder: Path, coder: CodecNet, tell: Tell) -> tuple[list[Coded], list[Coded], int]:
    """The pieces to learn from, those held out, and how many latents a stem has. The first process codes for all."""
    for turn in (True, False):
        if (spread.rank() == 0) == turn:
            found = [read_latents(renders, folder, coder, split, tell) for split in ("train", "valid")]
        spread.wait()
    return found[0], found[1], coder.config.latents


def _silent(line: str) -> None:
    """The first process speaks for all."""


def _built(size: str, latents: int, names: Mapping[str, Sequence[str]]) -> Flow:
    """A fresh generator that knows these names."""
    counts = {f"{name}s": len(names[name]) for name in GLOBALS}
    return Flow(replace(SIZES[size], latents=latents, **counts))


def load_jukebox(folder: Path) -> tuple[Flow, dict[str, list[str]]]:
    """The generator of a run, its averaged weights, and the names it knows. Raises ShelfError where there is none."""
    try:
        told = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        net = _built(told["size"], told["latents"], told["names"])
        kept = torch.load(folder / "run" / "checkpoint.pt", map_location="cpu", weights_only=True)
        net.load_state_dict(kept["averages"]["flow"])
    except (OSError, ValueError, KeyError, RuntimeError) as problem:
        raise ShelfError(str(folder), f"holds no run of `train jukebox` ({problem})") from problem
    return net.eval(), told["names"]


def known_names(pieces: Sequence[Coded]) -> dict[str, list[str]]:
    """The genres, personas and voices that are heard, by alphabet."""
    return {name: sorted({str(piece.about[name]) for piece in pieces}) for name in GLOBALS}


def some_frames(pieces: Sequence[Coded]) -> np.ndarray:
    """Every seventh frame of up to 500 pieces, to take mean and spread from: float32 (N, 2 latents)."""
    chosen = pieces[:: max(1, len(pieces) // 500)]
    return np.concatenate([np.asarray(piece.latents[::7], np.float32) for piece in chosen])
