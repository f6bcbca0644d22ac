"""`songwright train judge`: from rendered pieces to a network that judges a generator, and never teaches it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from songwright.errors import BriefError, ShelfError
from songwright.io.shelf import HouseShelf
from songwright.train.judge.excerpts import KINDS, Heard, Hearing, Manner, hearings, read_heard
from songwright.train.judge.listener import Listener
from songwright.train.judge.measuring import accuracy, told
from songwright.train.judge.training import JudgeTask
from songwright.train.nets.judge import SIZES, WHOLE_HEADS, Judge
from songwright.train.renders.shards import Rendered, read_renders
from songwright.train.run import Budget, train
from songwright.values.seed import Seed

Tell = Callable[[str], None]
CONFIG = "judge.json"


def train_judge(
    renders: Path, out: Path, size: str, budget: Budget, manner: Manner, rate: float = 2e-3, half: bool = False,
    beside: Path | None = None, tell: Tell = lambda line: None,
) -> dict[str, Any]:  # fmt: skip
    """Learn to judge from a folder of shards, which should not be the one a generator learns from; goes on where a run
    with the same `out` stopped.

    size: one of `nets.judge.SIZES`. beside: the generator's shards, whose held-out pieces the judge is measured on too.
    All but the validation part of `renders` is learned, and more of it when the run goes on. Writes out/heard (what it
    listens to), out/run (checkpoint, log), judge.json (size, names: all of the house) and figures.json. Raises
    BriefError for a size nobody knows, ShelfError for folders without pieces.
    """
    if size not in SIZES:
        raise BriefError("size", f"{size!r} is no size", f"Take one of {', '.join(SIZES)}.")
    pieces, held = [*read_renders(renders, "train"), *_tested(renders)], read_renders(renders, "valid")
    names = _names(pieces)
    learned = _heard(pieces, None, out / "heard", tell)
    checked = _heard(held, [Hearing(kind) for kind in KINDS], out / "heard", tell)
    seed = Seed(1).child("judge", size)
    torch.manual_seed(seed.child("weights").key() % 2**31)
    net = _built(size, names)
    task = JudgeTask(net, learned, checked, names, manner, rate, half, seed)
    (out / CONFIG).write_text(json.dumps({"size": size, "names": names}, indent=1) + "\n", encoding="utf-8")
    state = train(task, out / "run", budget, tell)
    listener = Listener(net, names)
    figures: dict[str, Any] = {
        "size": size, "parameters": sum(p.numel() for p in net.parameters()), "steps": state.step,
        "seconds": round(state.seconds, 1), "pieces": len(pieces),
        "hours": round(sum(piece.seconds for piece in pieces) / 3600, 3),
    }  # fmt: skip
    figures |= told(accuracy(listener, held), "own")
    if beside is not None:
        figures |= told(accuracy(listener, read_renders(beside, "valid")), "beside")
    (out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def _heard(
    pieces: Sequence[Rendered], ways: Sequence[Hearing] | None, folder: Path, tell: Tell
) -> list[Heard]:
    """Pieces as they are heard; ways None = those of learning."""
    out: list[Heard] = []
    for number, piece in enumerate(pieces):
        if number % 50 == 0:
            tell(f"{number} of {len(pieces)} pieces heard")
        out += read_heard(piece, hearings(piece.name) if ways is None else ways, folder)
    return out


def _names(pieces: Sequence[Rendered]) -> dict[str, list[str]]:
    """Everybody of the house, and whoever else is heard, so that more pieces make no other network."""
    shelf = HouseShelf()
    house = {"genre": [s.id for s in shelf.styles()], "persona": [p.id for p in shelf.personas()]}
    return {
        name: sorted({*ids, *(str(piece.about[name]) for piece in pieces)}) for name, ids in house.items()
    }


def _tested(renders: Path) -> list[Rendered]:
    try:
        return read_renders(renders, "test")
    except ShelfError:  # few shards have none
        return []


def _built(size: str, names: Mapping[str, Sequence[str]]) -> Judge:
    return Judge(replace(SIZES[size], **{f"{name}s": len(names[name]) for name in WHOLE_HEADS}))


def load_judge(folder: Path) -> Listener:
    """The judge of a run, finished or not: its averaged weights. Raises ShelfError where there is none."""
    try:
        found = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        net = _built(found["size"], found["names"])
        kept = torch.load(folder / "run" / "checkpoint.pt", map_location="cpu", weights_only=True)
        net.load_state_dict(kept["averages"]["judge"])
    except (OSError, ValueError, KeyError, RuntimeError) as problem:
        raise ShelfError(str(folder), f"holds no run of `train judge` ({problem})") from problem
    return Listener(net, found["names"])
