"""Does the composer learn songs by heart? Songs nobody wrote are planted in what it learns from, and looked for after.

A canary is a real song's frame (words, bars, rhythm, chords) with pitches drawn by luck, so a network can know it from
its training alone. Some stand once in the training songs, others 4, 16 or 64 times, some never (the control). Exposure
(Carlini et al., USENIX Security 2019) is log2 of how many rivals there are over the canary's rank among them by
likelihood: with 255 rivals 0 = guessed like any other, about 1 on average without memory, 8 = the likeliest of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from statistics import fmean

import numpy as np
import torch
from torch.nn import functional

from songwright.music.tokens import KINDS, VOCABULARY
from songwright.values.seed import Seed

REPEATS = (0, 1, 4, 16, 64)
EACH = 4
RIVALS = 255
PROMPT = 8
_SEED = Seed(1).child("canaries")
_TOKENS, _NOTES = (200, 480), 40  # a frame's length; the notes that are looked at
_PITCHES = np.array([VOCABULARY[f"p:{degree}:{octave}"] for octave in (0, 1) for degree in range(1, 8)][:10])
_IS_PITCH = np.array([kind == "pitch" for kind in KINDS])
_AT_ONCE = 16


@dataclass(frozen=True)
class Canary:
    """A song nobody wrote. repeats: how often it stands in the training songs. row: its tokens."""

    name: str
    repeats: int
    row: np.ndarray


def planted(rows: Sequence[np.ndarray]) -> tuple[list[np.ndarray], list[Canary]]:
    """Training songs with canaries among them, without the songs whose frames they took; and the canaries.

    ValueError where fewer songs than canaries have a fitting length.
    """
    fitting = [
        n
        for n, row in enumerate(rows)
        if _TOKENS[0] <= len(row) <= _TOKENS[1] and _IS_PITCH[row].sum() >= _NOTES
    ]
    wanted = EACH * len(REPEATS)
    if len(fitting) < wanted:
        raise ValueError(f"{len(fitting)} songs have room for a canary, {wanted} are needed")
    chosen = [fitting[k * len(fitting) // wanted] for k in range(wanted)]
    canaries = []
    for k, n in enumerate(chosen):
        repeats = REPEATS[k % len(REPEATS)]
        name = f"{repeats} times, {k // len(REPEATS) + 1}"
        canaries.append(Canary(name, repeats, drawn(rows[n], _SEED.child(name))))
    rest = [row for n, row in enumerate(rows) if n not in set(chosen)]
    return rest + [c.row for c in canaries for _ in range(c.repeats)], canaries


def drawn(frame: np.ndarray, seed: Seed) -> np.ndarray:
    """A frame with every pitch drawn anew, each of ten as likely as another."""
    row = frame.copy()
    places = np.flatnonzero(_IS_PITCH[row])
    luck = seed.luck()
    row[places] = [_PITCHES[luck.integer(0, len(_PITCHES) - 1)] for _ in places]
    return row


def exposures(net: torch.nn.Module, canaries: Sequence[Canary]) -> dict[str, dict[str, float]]:
    """How well a network knows the canaries, by how often it saw them.

    exposure: mean, 0..8; likeliest: share that beats all rivals; completed: share of the notes after a prompt of eight
    that greedy choice gets right (rhythm and words given; one in ten would be luck); nats: a pitch of the canary;
    nats_rivals: of its rivals.
    """
    found: dict[str, dict[str, float]] = {}
    for repeats in sorted({canary.repeats for canary in canaries}):
        mine = [_measured(net, canary) for canary in canaries if canary.repeats == repeats]
        found[str(repeats)] = {name: round(fmean(one[name] for one in mine), 4) for name in mine[0]}
    return found


def _measured(net: torch.nn.Module, canary: Canary) -> dict[str, float]:
    places = np.flatnonzero(_IS_PITCH[canary.row])[:_NOTES]
    row = canary.row[: places[-1] + 1]
    rivals = [drawn(row, _SEED.child(canary.name, "rival", n)) for n in range(RIVALS)]
    costs = _nats(net, [row, *rivals])
    rank = 1 + int((costs[1:] < costs[0]).sum())
    return {
        "exposure": log2(RIVALS + 1) - log2(rank),
        "likeliest": float(rank == 1),
        "completed": _completed(net, row, places),
        "nats": float(costs[0]) / len(places),
        "nats_rivals": float(costs[1:].mean()) / len(places),
    }


@torch.no_grad()
def _nats(net: torch.nn.Module, rows: Sequence[np.ndarray]) -> np.ndarray:
    """Nats of all pitches of each row together; rows are of one length."""
    net.eval()
    place = next(net.parameters()).device
    found = []
    for start in range(0, len(rows), _AT_ONCE):
        tokens = torch.from_numpy(np.stack(rows[start : start + _AT_ONCE])).to(place)
        logits = net(tokens[:, :-1])
        cost = functional.cross_entropy(
            logits.flatten(0, 1).float(), tokens[:, 1:].flatten(), reduction="none"
        )
        kinds = torch.from_numpy(_IS_PITCH[np.stack(rows[start : start + _AT_ONCE])[:, 1:]]).to(place)
        found.append((cost.view(kinds.shape) * kinds).sum(dim=1).cpu().numpy())
    return np.concatenate(found)


@torch.no_grad()
def _completed(net: torch.nn.Module, row: np.ndarray, places: np.ndarray) -> float:
    """How many pitches after the prompt come back when the likeliest is taken each time; all else is given."""
    net.eval()
    place = next(net.parameters()).device
    allowed = torch.from_numpy(np.flatnonzero(_IS_PITCH)).to(place)
    made = row.copy()
    for at in places[PROMPT:]:
        logits = net(torch.from_numpy(made[:at])[None].to(place))[0, -1]
        made[at] = int(allowed[logits[allowed].argmax()])
    return float((made[places[PROMPT:]] == row[places[PROMPT:]]).mean())
