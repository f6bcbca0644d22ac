"""Could one tell? A classifier that learned from real drummers listens to ours, on the same written hits.

The classifier is a GRU over windows of hits with their velocities and latenesses; half of what it is shown was played
by people, half by the network, on performances nobody was fitted to. 50 % right is guessing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from songwright.performer.drummer import LATE_BINS, LATE_STEP_S, PAST, VELOCITY_BINS, late_bin, play
from songwright.runtime.session import Network
from songwright.train.drums.fit import inputs_of
from songwright.train.drums.groove import Take
from songwright.values.seed import Seed

WINDOW = 32
EPOCHS = 12


@dataclass(frozen=True)
class Likeness:
    """Our playing beside theirs on the same hits.

    told_apart: share of windows the classifier names rightly. by_habit_told_apart: the same of hits drawn one by one
    from how each drum was played: what the classifier is able to hear. velocity_error, late_error_ms: mean distance
    to what the drummer did (MIDI velocity, milliseconds). spreads: standard deviations of ours and theirs.
    """

    told_apart: float
    by_habit_told_apart: float
    velocity_error: float
    late_error_ms: float
    velocity_spread_ours: float
    velocity_spread_theirs: float
    late_spread_ms_ours: float
    late_spread_ms_theirs: float


def replay(network: Network, takes: Sequence[Take], seed: Seed) -> list[Take]:
    """The same written hits played by the network."""
    out = []
    for take in takes:
        velocity, late_s = play(
            network, take.hits, seed.child(take.id).luck(), take.style, take.bpm, take.loudness
        )
        bins = np.clip(velocity * VELOCITY_BINS, 0, VELOCITY_BINS - 1).astype(np.int64)
        out.append(replace(take, velocity=bins, late=late_bin(late_s)))
    return out


def by_habit(learn: Sequence[Take], takes: Sequence[Take], seed: Seed) -> list[Take]:
    """The same written hits, each drawn by itself from how its drum was played in `learn`."""
    kinds = _together(learn, "hits.drum") * 3 + _together(learn, "hits.meant")
    played = {name: _together(learn, name) for name in ("velocity", "late")}
    out = []
    for take in takes:
        luck = seed.child(take.id).luck()
        drawn = {name: np.zeros(len(take.hits), np.int64) for name in played}
        for n, kind in enumerate((take.hits.drum * 3 + take.hits.meant).tolist()):
            heard = np.flatnonzero(kinds == kind)
            for name, values in played.items():
                drawn[name][n] = values[heard[int(luck.uniform() * len(heard))]] if len(heard) else 15
        out.append(replace(take, **drawn))
    return out


def compare(network: Network, learn: Sequence[Take], check: Sequence[Take], seed: int = 3) -> Likeness:
    """Teach a classifier on `learn`, ask it about `check` (neither may be what the network was fitted to)."""
    root = Seed(seed)
    ours = [replay(network, half, root.child(name)) for name, half in (("learn", learn), ("check", check))]
    habit = [
        by_habit(learn, half, root.child("habit", name))
        for name, half in (("learn", learn), ("check", check))
    ]
    told = [_told_apart((learn, a), (check, b), seed) for a, b in (ours, habit)]
    theirs_v, theirs_l = _together(check, "velocity"), _together(check, "late")
    ours_v, ours_l = _together(ours[1], "velocity"), _together(ours[1], "late")
    loud, ms = 127 / VELOCITY_BINS, 1000 * LATE_STEP_S
    return Likeness(
        *told,
        float(np.abs(theirs_v - ours_v).mean() * loud), float(np.abs(theirs_l - ours_l).mean() * ms),
        float(ours_v.std() * loud), float(theirs_v.std() * loud), float(ours_l.std() * ms), float(theirs_l.std() * ms),
    )  # fmt: skip


def _together(takes: Sequence[Take], name: str) -> np.ndarray:
    return np.concatenate([attrgetter(name)(take) for take in takes]).astype(float)


class _Listener(nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.gru = nn.GRU(inputs, 64, batch_first=True, bidirectional=True)
        self.out = nn.Linear(128, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(self.gru(x)[0].mean(dim=1))[:, 0]


def _told_apart(
    learn: tuple[Sequence[Take], Sequence[Take]], check: tuple[Sequence[Take], Sequence[Take]], seed: int
) -> float:
    torch.manual_seed(seed)
    x, y = _windows(learn)
    listener = _Listener(x.shape[2])
    optimiser = torch.optim.AdamW(listener.parameters(), lr=3e-3, weight_decay=0.01)
    for epoch in range(EPOCHS):
        order = np.argsort(Seed(seed).child("epoch", str(epoch)).luck().noise(len(x)))
        for at in range(0, len(order), 64):
            rows = torch.from_numpy(order[at : at + 64])
            loss = functional.binary_cross_entropy_with_logits(listener(x[rows]), y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    x, y = _windows(check)
    with torch.no_grad():
        right = (listener(x) > 0) == (y > 0.5)
    return float(right.float().mean())


def _windows(pair: tuple[Sequence[Take], Sequence[Take]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Windows of hits with what was played, (windows, WINDOW, features), and who played: 1 people, 0 the network."""
    rows, who = [], []
    for label, takes in ((1.0, pair[0]), (0.0, pair[1])):
        for take in takes:
            played = np.stack([take.velocity / VELOCITY_BINS, take.late / LATE_BINS], axis=1)
            table = np.hstack([inputs_of(take)[:, :-PAST], played]).astype(np.float32)
            for at in range(0, len(table) - WINDOW + 1, WINDOW):
                rows.append(table[at : at + WINDOW])
                who.append(label)
    return torch.from_numpy(np.stack(rows)), torch.tensor(who)
