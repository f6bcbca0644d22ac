"""`songwright train jukebox`: from rendered pieces and a codec to a generator, on any machine, in any size."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from songwright.errors import BriefError, ShelfError
from songwright.train.codec.task import load_codec, placed
from songwright.train.jukebox.latents import Coded, read_latents
from songwright.train.jukebox.training import FlowTask, Recipe
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
    them), out/run (checkpoint, log), jukebox.json (size, names of genres, personas, voices) and figures.json.
    """
    if size not in SIZES:
        raise BriefError("size", f"{size!r} is no size", f"Take one of {', '.join(SIZES)}.")
    coder = placed(load_codec(codec), device)
    pieces, held = (
        read_latents(renders, out / "latents", coder, split, tell) for split in ("train", "valid")
    )
    names = known_names(pieces)
    latents = coder.config.latents
    seed = Seed(1).child("jukebox", size)
    torch.manual_seed(seed.child("weights").key() % 2**31)
    counts = {f"{name}s": len(names[name]) for name in GLOBALS}
    net = Flow(replace(SIZES[size], latents=latents, **counts))
    net.learn_scale(torch.from_numpy(some_frames(pieces)))
    net = net.to(device)
    task = FlowTask(net, pieces, held, names, recipe, seed)
    (out / CONFIG).write_text(
        json.dumps({"size": size, "latents": latents, "names": names}, indent=1) + "\n", encoding="utf-8"
    )
    state = train(task, out / "run", budget, tell)
    net.eval()
    with torch.no_grad():
        figures: dict[str, Any] = {f"held_{name}": round(value, 4) for name, value in task.check().items()}
    figures |= {
        "size": size, "parameters": sum(p.numel() for p in net.parameters()), "steps": state.step,
        "seconds": round(state.seconds, 1), "device": device, "batch": recipe.batch, "frames": recipe.frames,
        "hours": round(sum(len(piece.latents) for piece in pieces) * 0.032 / 3600, 3),
    }  # fmt: skip
    (out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def load_jukebox(folder: Path) -> tuple[Flow, dict[str, list[str]]]:
    """The generator of a run, its averaged weights, and the names it knows. Raises ShelfError where there is none."""
    try:
        told = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        counts = {f"{name}s": len(told["names"][name]) for name in GLOBALS}
        net = Flow(replace(SIZES[told["size"]], latents=told["latents"], **counts))
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
