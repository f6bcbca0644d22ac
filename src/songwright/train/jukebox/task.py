"""`songwright train jukebox`: from rendered pieces and a codec to a generator, on any machine, in any size."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from songwright.errors import BriefError, ShelfError
from songwright.runtime.codec import LATENT_HZ
from songwright.train import spread
from songwright.train.codec.export import latents_id
from songwright.train.codec.task import load_codec, placed
from songwright.train.jukebox.batches import Recipe, WindowTask
from songwright.train.jukebox.earlier import begin, names_on, read_earlier
from songwright.train.jukebox.export import data_of, save_generator
from songwright.train.jukebox.latents import Coded, Coder, coded, read_latents
from songwright.train.jukebox.training import FlowTask
from songwright.train.nets.codec import CodecNet
from songwright.train.nets.flow import GLOBALS, SIZES, Flow
from songwright.train.run import Budget, train
from songwright.values.seed import Seed

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Kind:
    """A way to make sound that is learned from coded pieces.

    name: of its file (NAME.json) and of its luck. counted: which number of the codec it depends on, "latents" or
    "groups". net: a fresh network of what NAME.json says. begin: what it takes from pieces and codec before it learns.
    """

    name: str
    sizes: Mapping[str, Any]
    counted: str
    code: Coder
    net: Callable[[Mapping[str, Any]], nn.Module]
    begin: Callable[[Any, Sequence[Coded], CodecNet], None]
    task: type[WindowTask]


def train_jukebox(
    renders: Path, codec: Path, out: Path, size: str, budget: Budget, recipe: Recipe, device: str = "cpu",
    tell: Tell = lambda line: None, start: Path | None = None, also: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Learn to make the pieces of a folder of shards from what is told of them; goes on where it stopped.

    codec: folder written by `train codec`. size: one of `nets.flow.SIZES`. start: folder of another run of this size to
    begin from, or a hub folder; it may have been told less of each frame, and know fewer names. also: another folder
    of shards, from which only what is learned is taken: what is held out is the first's. Writes out/latents (pieces as
    the codec has them), out/run (checkpoint, log), jukebox.json (size, names of genres, personas, voices), figures.json
    and, as the shelf wants it, jukebox.onnx with its card. Of processes that learn together (`train.spread`) the first
    writes and returns the figures, the others nothing.
    """
    figures = train_kind(JUKEBOX, renders, codec, out, size, budget, recipe, device, tell, start, also)
    if figures:
        net, told = load_kind(JUKEBOX, out)
        about = {key: told["data"][key] for key in ("source", "commercial_use")}
        figures = save_generator(net, told, told["latents_id"], out, about, figures)
    return figures


def train_kind(
    kind: Kind, renders: Path, codec: Path, out: Path, size: str, budget: Budget, recipe: Recipe,
    device: str = "cpu", tell: Tell = lambda line: None, start: Path | None = None, also: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """`train_jukebox` for any way to make sound. Raises BriefError for a size, codec or start that will not do."""
    if size not in kind.sizes:
        raise BriefError("size", f"{size!r} is no size", f"Take one of {', '.join(kind.sizes)}.")
    with spread.spread(device) as place:
        first, together = spread.rank() == 0, spread.world()
        tell = tell if first else _silent
        coder = placed(load_codec(codec), place)
        if not getattr(coder.config, kind.counted):
            raise BriefError("codec", f"{codec} writes no codes.", "Train one with --groups 8.")
        pieces, held = _coded(renders, also, out / "latents", coder, kind.code, tell)
        earlier = None if start is None else read_earlier(start, kind.name, kind.task.name)
        names = (
            known_names(pieces) if earlier is None else names_on(earlier.told["names"], known_names(pieces))
        )
        told = {
            "size": size, "latents": coder.config.latents, "groups": coder.config.groups,
            "latents_id": latents_id(coder), "names": names,
        }  # fmt: skip
        seed = Seed(1).child(kind.name, size)
        torch.manual_seed(seed.child("weights").key() % 2**31)
        net = kind.net(told)
        kind.begin(net, pieces, coder)
        if earlier is not None and start is not None:
            begin(net, told, earlier, start)
        before = earlier.steps if earlier else 0
        task = kind.task(net.to(place), pieces, held, names, recipe, seed)
        notes = told | {"steps_before": before, "data_before": earlier.data if earlier else {}}
        if first:
            _note(out / f"{kind.name}.json", notes, data_of(renders, also))
        state = train(task, out / "run", budget, tell)
        net.eval()
        with torch.no_grad():
            figures: dict[str, Any] = {f"held_{name}": round(v, 4) for name, v in task.check().items()}
    if not first:
        return {}
    _note(out / f"{kind.name}.json", notes, data_of(renders, also))  # its cards may be there by now
    figures |= {
        "size": size, "parameters": sum(p.numel() for p in net.parameters()), "steps": state.step,
        "steps_before": before, "seconds": round(state.seconds, 1), "device": device, "processes": together,
        "batch": recipe.batch, "frames": recipe.frames,
        "hours": round(sum(len(piece.latents) for piece in pieces) / LATENT_HZ / 3600, 3),
    }  # fmt: skip
    (out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def _note(path: Path, notes: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    path.write_text(json.dumps({**notes, "data": data}, indent=1) + "\n", encoding="utf-8")


def _coded(
    renders: Path, also: Path | None, folder: Path, coder: CodecNet, code: Coder, tell: Tell
) -> tuple[list[Coded], list[Coded]]:
    """The pieces to learn from, and those held out. The first process codes for all."""
    for turn in (True, False):
        if (spread.rank() == 0) == turn:
            pieces, held = (
                read_latents(renders, folder, coder, split, tell, code) for split in ("train", "valid")
            )
            if also is not None:
                pieces = pieces + read_latents(also, folder / "also", coder, "train", tell, code)
        spread.wait()
    return pieces, held


def _silent(line: str) -> None:
    """The first process speaks for all."""


def _built(told: Mapping[str, Any]) -> Flow:
    """A fresh generator that knows these names."""
    counts = {f"{name}s": len(told["names"][name]) for name in GLOBALS}
    return Flow(replace(SIZES[told["size"]], latents=told["latents"], **counts))


def load_jukebox(folder: Path) -> tuple[Flow, dict[str, list[str]]]:
    """The generator of a run, its averaged weights, and the names it knows. Raises ShelfError where there is none."""
    net, told = load_kind(JUKEBOX, folder)
    return net, told["names"]


def load_kind(kind: Kind, folder: Path) -> tuple[Any, dict[str, Any]]:
    """The network of a run with its averaged weights, or of a hub folder, and what it was built with.

    "data" there is what it learned from, as `data_of` has it, "data_before" what the one it began from did. Raises
    ShelfError where there is none.
    """
    earlier = read_earlier(folder, kind.name, kind.task.name)
    try:
        net = kind.net(earlier.told)
        net.load_state_dict(earlier.weights)
    except (KeyError, RuntimeError) as problem:
        raise ShelfError(str(folder), f"holds no run of `train {kind.name}` ({problem})") from problem
    return net.eval(), earlier.told | {"data": earlier.data, "data_before": earlier.data_before}


def known_names(pieces: Sequence[Coded]) -> dict[str, list[str]]:
    """The genres, personas and voices that are heard, by alphabet."""
    return {name: sorted({str(piece.about[name]) for piece in pieces}) for name in GLOBALS}


def some_frames(pieces: Sequence[Coded]) -> np.ndarray:
    """Every seventh frame of up to 500 pieces, to take mean and spread from: float32 (N, 2 latents)."""
    chosen = pieces[:: max(1, len(pieces) // 500)]
    return np.concatenate([np.asarray(piece.latents[::7], np.float32) for piece in chosen])


def _learn_scale(net: Flow, pieces: Sequence[Coded], coder: CodecNet) -> None:
    net.learn_scale(torch.from_numpy(some_frames(pieces)))


JUKEBOX = Kind("jukebox", SIZES, "latents", coded, _built, _learn_scale, FlowTask)
