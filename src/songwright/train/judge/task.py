"""`songwright train judge`: from rendered pieces to a network that judges a generator, and never teaches it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from songwright.errors import BriefError, ShelfError
from songwright.io.shelf import HouseShelf
from songwright.train.judge.excerpts import KINDS, Heard, Hearing, Manner, hearings, read_heard
from songwright.train.judge.listener import Listener
from songwright.train.judge.measuring import accuracy, told
from songwright.train.judge.singers import STRETCH, Sung, learned_singers, read_singers
from songwright.train.judge.training import JudgeTask
from songwright.train.nets.judge import SIZES, WHOLE_HEADS, Judge
from songwright.train.renders.shards import Rendered, read_renders
from songwright.train.run import Budget, read_checkpoint, train
from songwright.values.seed import Seed

Tell = Callable[[str], None]
CONFIG, SINGERS = "judge.json", "singers.npz"


def train_judge(
    renders: Path, out: Path, size: str, budget: Budget, manner: Manner, rate: float = 2e-3, half: bool = False,
    beside: Path | None = None, tell: Tell = lambda line: None,
) -> dict[str, Any]:  # fmt: skip
    """Learn to judge from a folder of shards, which should not be the one a generator learns from; goes on where a run
    with the same `out` stopped.

    size: one of `nets.judge.SIZES`. beside: the generator's shards, whose held-out pieces the judge is measured on too.
    All but the validation part of `renders` is learned, and more of it when the run goes on. Writes out/heard (what it
    listens to), out/run (checkpoint, log), judge.json (size, names: all of the house), singers.npz (whom it knows by
    the voice alone, learned anew at the end of every run) and figures.json. Raises BriefError for a size nobody knows,
    ShelfError for folders without pieces.
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
    listener = with_singers(Listener(net, names), learned, out / SINGERS)
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


def with_singers(listener: Listener, learned: Sequence[Heard], path: Path) -> Listener:
    """The same judge, who also knows everybody by the voice alone who is heard there (Heard.kind "solo").

    What it knows is written to `path`. Where nobody sings, as far as it hears, it knows nobody.
    """
    portraits: list[np.ndarray] = []
    sung: list[Sung] = []
    for one in (one for one in learned if one.kind == "solo"):
        for part in np.array_split(one.frames, max(1, round(len(one.frames) / STRETCH))):
            found = listener.portrait(part)
            if found is not None:
                portraits.append(found)
                sung.append(Sung.of(one.about))
    if not portraits:
        return listener
    singers = learned_singers(portraits, sung)
    singers.write(path)
    return listener.knowing(singers)


def load_judge(folder: Path) -> Listener:
    """The judge of a run, finished or not: its averaged weights. Before a run's end it knows nobody by the voice alone.

    Raises ShelfError where there is none."""
    try:
        found = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        net = _built(found["size"], found["names"])
        kept = read_checkpoint(folder / "run" / "checkpoint.pt")
        net.load_state_dict(kept["averages"]["judge"])
    except (OSError, ValueError, KeyError, RuntimeError, ShelfError) as problem:
        raise ShelfError(str(folder), f"holds no run of `train judge` ({problem})") from problem
    singers = folder / SINGERS
    return Listener(net, found["names"], read_singers(singers) if singers.is_file() else None)
