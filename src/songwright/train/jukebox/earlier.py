"""What another run, or a folder of released weights, has learned: to go on from, and to play."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from songwright.errors import BriefError, ShelfError
from songwright.train.jukebox import hub
from songwright.train.jukebox.export import learned_from
from songwright.train.nets.flow import GLOBALS, SIZES, Config
from songwright.train.run import read_checkpoint

Names = Mapping[str, Sequence[str]]
_SHAPE = ("width", "layers", "heads", "hidden")


@dataclass(frozen=True)
class Earlier:
    """A network of before.

    told: what it was built with (size, latents, latents_id, names ...). weights: averaged over its last steps. steps:
    all it has taken, those it began from included. data: what it learned from, as `export.data_of` has it, and
    data_before what the one it began from did; empty where nobody wrote it down.
    """

    told: dict[str, Any]
    weights: dict[str, Tensor]
    steps: int
    data: Mapping[str, Any]
    data_before: Mapping[str, Any]


def read_earlier(folder: Path, name: str, network: str) -> Earlier:
    """The averaged weights of a run (NAME.json, its checkpoint's `network`), or those of a hub folder.

    Raises ShelfError where there is neither.
    """
    if (folder / hub.WEIGHTS).is_file() and name == "jukebox":
        return _released(folder)
    try:
        told = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        steps, own, before = (
            told.pop(key, none) for key, none in (("steps_before", 0), ("data", {}), ("data_before", {}))
        )
        kept = read_checkpoint(folder / "run" / "checkpoint.pt")
        data = learned_from(before, own)
        return Earlier(told, kept["averages"][network], int(steps) + int(kept["step"]), data, before)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ShelfError) as problem:
        raise ShelfError(str(folder), f"holds no run of `train {name}` ({problem})") from problem


def _released(folder: Path) -> Earlier:
    net, notes = hub.load_generator(folder)
    size = next((name for name, kind in SIZES.items() if _shape(kind) == _shape(net.config)), "")
    told = {"size": size, "latents": notes["latents"], "groups": 0} | {
        key: notes[key] for key in ("latents_id", "names")
    }
    learned = dict(notes.get("learned", {}))
    return Earlier(told, net.state_dict(), int(learned.pop("steps", 0)), learned, learned)


def _shape(config: Config) -> tuple[int, ...]:
    return tuple(getattr(config, name) for name in _SHAPE)


def names_on(before: Names, heard: Names) -> dict[str, list[str]]:
    """Names of a run that goes on from another: those of before in their order, then what is heard anew."""
    return {
        kind: [*before[kind], *(name for name in heard[kind] if name not in before[kind])] for kind in GLOBALS
    }


def begin(net: torch.nn.Module, told: Mapping[str, Any], earlier: Earlier, start: Path) -> None:
    """Give a fresh network what an earlier one knows.

    What that one was never told (new names, the last inputs, the character) says nothing at first, or stays as it is
    born. Raises BriefError where size, codec or names do not fit.
    """
    fits = {key: value for key, value in told.items() if key != "names"}
    if {key: value for key, value in earlier.told.items() if key != "names"} != fits:
        raise BriefError("start", f"{start} is of another size or codec.", "Give one that fits.")
    weights, own = dict(earlier.weights), net.state_dict()
    lacking = own["first.weight"].shape[1] - weights["first.weight"].shape[1]
    weights["first.weight"] = functional.pad(weights["first.weight"], (0, max(0, lacking)))
    for kind in GLOBALS:
        known, born = weights[f"{kind}.weight"], own[f"{kind}.weight"]
        weights[f"{kind}.weight"] = torch.cat((known, born[len(known) :]))
    net.load_state_dict(own | weights)
