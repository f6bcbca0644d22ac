"""A drummer's hands: how hard and how early or late each written hit falls, as drummers were heard to play.

A small recurrent network (GRU, Cho et al. 2014) reads the hits one after the other and says how likely each
velocity and each lateness is; luck chooses. It was fitted to the Groove MIDI Dataset (Gillick et al., ICML 2019).
This module is what training and playing share: hits as numbers, and the walk through a section.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from songwright.performer.timing import Places
from songwright.runtime.session import Network, is_available
from songwright.values.context import Context
from songwright.values.seed import Luck, Seed
from songwright.values.time import TICKS_PER_QUARTER

DRUMS = ("kick", "snare", "side-stick", "hat-closed", "hat-open", "ride", "crash", "tom", "foot-hat")
STYLES = (
    "rock", "pop", "country", "punk", "funk", "soul", "hiphop", "jazz", "latin", "reggae", "gospel", "afro",
    "neworleans",
)  # fmt: skip
"""Who plays: the styles of the data set, its rare ones put with their kin."""
_PITCHES = {
    "kick": (35, 36), "snare": (38, 39, 40), "side-stick": (37,), "hat-closed": (22, 42), "hat-open": (26, 46),
    "ride": (51, 53, 59), "crash": (49, 52, 55, 57), "tom": (41, 43, 45, 47, 48, 50, 58), "foot-hat": (44,),
}  # fmt: skip
DRUM_OF = {pitch: n for n, name in enumerate(DRUMS) for pitch in _PITCHES[name]}
"""General MIDI drum -> number of the kind of drum; others (claps, shakers) are no part of a drummer's kit here."""
GRID = 12  # places in a quarter: sixteenths and triplets
_SEATS = (0, 3, 4, 6, 8, 9)
VELOCITY_BINS = 32
LATE_BINS = 31
LATE_STEP_S = 0.004
UNITS = 128
GHOST, ACCENT = 0.6, 1.25
"""A hit below / above this share of its drum's median is meant as a ghost / an accent."""


@dataclass(frozen=True, eq=False)
class Hits:
    """Hits in order of time and kind. place: written, in 1/GRID of a quarter from a bar line. drum: kind 0..8.

    meant: 0 ghost, 1 plain, 2 accent. bar: places in a bar.
    """

    place: np.ndarray
    drum: np.ndarray
    meant: np.ndarray
    bar: int = 4 * GRID

    def __len__(self) -> int:
        return len(self.place)


def meaning(strength: np.ndarray, drum: np.ndarray) -> np.ndarray:
    """Ghost, plain or accent (0, 1, 2) of each hit: its strength (any unit) against the median of its drum."""
    meant = np.ones(len(strength), np.int64)
    for kind in np.unique(drum):
        here = drum == kind
        ratio = strength[here] / max(float(np.median(strength[here])), 1e-6)
        meant[here] = np.where(ratio < GHOST, 0, np.where(ratio > ACCENT, 2, 1))
    return meant


def readings(hits: Hits, style: str, bpm: float, loudness: float, fill: bool = False) -> np.ndarray:
    """What the network reads of each hit beside its own past, (hits, `READINGS`) float32.

    loudness: 0..1, mean velocity / 127 of the passage.
    """
    count = len(hits)
    place, drum = hits.place.astype(np.int64), hits.drum.astype(np.int64)
    gap = np.diff(place, prepend=place[:1] - GRID)
    after = np.diff(place, append=place[-1:] + GRID)
    together = np.zeros((count, len(DRUMS)), np.float32)
    for moment in np.unique(place):
        here = place == moment
        together[here] = _one_hot(drum[here], len(DRUMS)).max(axis=0)
    ahead = _one_hot(np.append(drum[1:], drum[-1:]), len(DRUMS))
    seat = np.array([_SEATS.index(p) if p in _SEATS else len(_SEATS) for p in place % GRID])
    phase = 2 * np.pi * (place % hits.bar) / hits.bar
    common = [
        np.log(bpm / 120.0), loudness, float(fill), *_one_hot(np.array([STYLES.index(style)]), len(STYLES))[0]
    ]  # fmt: skip
    return np.hstack(
        [
            _one_hot(drum, len(DRUMS)), _one_hot(hits.meant, 3), together, ahead, _one_hot(seat, len(_SEATS) + 1),
            _one_hot(place // GRID % 4, 4), np.sin(phase)[:, None], np.cos(phase)[:, None],
            np.minimum(np.stack([gap, after, _since_same(place, drum)], axis=1), 4 * GRID) / GRID,
            (gap == 0)[:, None], np.tile(common, (count, 1)),
        ]
    ).astype(np.float32)  # fmt: skip


READINGS = len(DRUMS) * 3 + 3 + len(_SEATS) + 1 + 4 + 2 + 3 + 1 + 3 + len(STYLES)
PAST = 4
"""Beside these a hit hears velocity (0..1) and lateness (-1..1) of the hit before, and of its own drum's last."""


def past(velocity: np.ndarray, late: np.ndarray, drum: np.ndarray) -> np.ndarray:
    """What each hit hears of the hits before it, (hits, PAST); bins in, numbers -1..1 out. For training."""
    memory = _Memory()
    rows = np.zeros((len(drum), PAST), np.float32)
    for n in range(len(drum)):
        rows[n] = memory.of(int(drum[n]))
        memory.keep(int(drum[n]), int(velocity[n]), int(late[n]))
    return rows


class _Memory:
    """The last hit, and the last hit of each drum."""

    def __init__(self) -> None:
        self._last = (0.5, 0.0)
        self._of = dict.fromkeys(range(len(DRUMS)), (0.5, 0.0))

    def of(self, drum: int) -> tuple[float, float, float, float]:
        return (*self._last, *self._of[drum])

    def keep(self, drum: int, velocity: int, late: int) -> None:
        self._last = ((velocity + 0.5) / VELOCITY_BINS, 2.0 * late / (LATE_BINS - 1) - 1.0)
        self._of[drum] = self._last


def velocity_bin(velocity: np.ndarray) -> np.ndarray:
    """MIDI velocities 1..127 as bins."""
    return np.clip(np.asarray(velocity) * VELOCITY_BINS // 128, 0, VELOCITY_BINS - 1).astype(np.int64)


def late_bin(late_s: np.ndarray) -> np.ndarray:
    """Lateness in seconds as bins of `LATE_STEP_S`, the middle one on time; beyond 60 ms counts as 60 ms."""
    middle = LATE_BINS // 2
    return np.clip(np.round(np.asarray(late_s) / LATE_STEP_S) + middle, 0, LATE_BINS - 1).astype(np.int64)


def play(
    network: Network,
    hits: Hits,
    luck: Luck,
    style: str,
    bpm: float,
    loudness: float,
    temperature: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Play hits: velocity 0..1 and lateness in seconds of each, (hits,) float64 each.

    luck: three draws a hit. temperature: 0 the likeliest .. 1 as heard. Outputs of the network for one hit:
    velocity logits (1, 32), lateness logits for every velocity (1, 32, 31), and its next state.
    """
    read = readings(hits, style, bpm, loudness)
    state = np.zeros((1, UNITS), np.float32)
    memory = _Memory()
    velocity, late = np.zeros(len(hits)), np.zeros(len(hits))
    for n in range(len(hits)):
        drum = int(hits.drum[n])
        x = np.concatenate([read[n], np.array(memory.of(drum), np.float32)])[None]
        out = network.run({"x": x, "state": state})
        state = out["next_state"]
        hard = _choose(out["velocity"][0], luck, temperature)
        when = _choose(out["late"][0, hard], luck, temperature)
        memory.keep(drum, hard, when)
        inside = luck.uniform()
        velocity[n] = (hard + inside) / VELOCITY_BINS
        late[n] = (when - LATE_BINS // 2 + inside - 0.5) * LATE_STEP_S
    return velocity, late


def _choose(logits: np.ndarray, luck: Luck, temperature: float) -> int:
    """One bin by its probability."""
    draw = luck.uniform()
    if temperature <= 0:
        return int(np.argmax(logits))
    weights = np.exp((logits - logits.max()).astype(np.float64) / temperature)
    return int(min(np.searchsorted(np.cumsum(weights), draw * weights.sum()), len(logits) - 1))


@dataclass(frozen=True, eq=False)
class Drummer:
    """Somebody who plays the kit in a style. swing: where the song puts the off-beat eighth, 0.5 .. 0.67."""

    network: Network
    style: str
    bpm: float
    swing: float

    def hands(
        self,
        tick: np.ndarray,
        pitch: np.ndarray,
        level: np.ndarray,
        where: Places,
        bar_ticks: int,
        seed: Seed,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Levels and lateness (seconds) of a part's hits, (hits,) each, as this drummer would play them.

        tick, pitch, level: as written. Each section is played by itself, so that no section changes another. The
        mean level of each drum in a section stays what it was: the network says how it moves around it. What no
        drummer has on the kit keeps its level and is on time.
        """
        late = np.zeros(len(tick))
        level = level.copy()
        drum = np.array([DRUM_OF.get(int(p), -1) for p in pitch])
        for number in np.unique(where.section):
            here = np.flatnonzero((where.section == number) & (drum >= 0))
            if not len(here):
                continue
            place = np.round(where.inside[here] * GRID / TICKS_PER_QUARTER).astype(np.int64)
            here, place = _in_order(here, place, drum)
            hits = Hits(self._swung(place), drum[here], meaning(level[here], drum[here]), _places(bar_ticks))
            luck = seed.child(where.names[number], "drummer").luck()
            loudness = 0.30 + 0.35 * float(where.energy[here[0]])
            hard, when = play(self.network, hits, luck, self.style, self.bpm, loudness)
            late[here] = when - when.mean()
            level[here] = _moved(level[here], hard, drum[here])
        return level, late

    def _swung(self, place: np.ndarray) -> np.ndarray:
        """Places as a swinging drummer means them: the off-beat eighth is the last of a triplet."""
        return np.where((self.swing >= 0.6) & (place % GRID == GRID // 2), place + GRID // 6, place)


def drummer_of(style: str, bpm: float, swing: float, ctx: Context) -> Drummer | None:
    """The drummer of a style ("" = a machine or nobody: None); None too where networks cannot run."""
    if not style or not is_available():
        return None
    return Drummer(Network(ctx.shelf.network("drummer"), "drummer"), style, bpm, swing)


def _in_order(here: np.ndarray, place: np.ndarray, drum: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.lexsort((drum[here], place))
    return here[order], place[order]


def _places(ticks: int) -> int:
    return ticks * GRID // TICKS_PER_QUARTER


def _moved(level: np.ndarray, hard: np.ndarray, drum: np.ndarray) -> np.ndarray:
    """Levels that move as the velocities do, around the mean each drum had."""
    moved = level.copy()
    for kind in np.unique(drum):
        here = drum == kind
        moved[here] = hard[here] * (level[here].mean() / max(float(hard[here].mean()), 1e-3))
    return np.clip(moved, 0.02, 1.0)


def _since_same(place: np.ndarray, drum: np.ndarray) -> np.ndarray:
    """How long ago each drum was hit before, in places; a bar where it was not."""
    since = np.full(len(place), 4 * GRID)
    last: dict[int, int] = {}
    for n, (at, kind) in enumerate(zip(place.tolist(), drum.tolist(), strict=True)):
        since[n] = at - last.get(kind, at - 4 * GRID)
        last[kind] = at
    return since


def _one_hot(index: Sequence[int] | np.ndarray, size: int) -> np.ndarray:
    return np.eye(size, dtype=np.float32)[np.asarray(index, np.int64)]
