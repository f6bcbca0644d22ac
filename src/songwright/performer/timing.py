"""When things really sound: ticks to seconds, swing, and the small lateness of hands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.values.score import Score
from songwright.values.seed import Seed
from songwright.values.time import TICKS_PER_QUARTER, Meter, TempoMap

_TABLE = 4096  # draws kept for one part in one section


@dataclass(frozen=True)
class Clock:
    """Turns many ticks into seconds at once, with the off-beats where the groove wants them.

    swing: where the off-beat eighth falls in its quarter, 0.5 straight .. 0.67 triplet. sixteenths: where the
    off-beat sixteenth falls in its eighth, as on the drum machines of hip-hop.
    """

    tempo_map: TempoMap
    meter: Meter
    swing: float
    sixteenths: float = 0.5

    def seconds(self, ticks: np.ndarray) -> np.ndarray:
        """Seconds at which written ticks sound (any shape)."""
        swung = self.swung(np.asarray(ticks, dtype=np.float64))
        starts = np.array([change.tick for change in self.tempo_map.changes], dtype=np.float64)
        pace = np.array([60.0 / (change.bpm * TICKS_PER_QUARTER) for change in self.tempo_map.changes])
        begun = np.concatenate(([0.0], np.cumsum(np.diff(starts) * pace[:-1])))
        span = np.maximum(np.searchsorted(starts, swung, side="right") - 1, 0)
        return begun[span] + (swung - starts[span]) * pace[span]

    def swung(self, ticks: np.ndarray) -> np.ndarray:
        """Ticks after swing: each quarter is bent so that its middle falls at `swing`; sixteenths go along.

        Meters counted in eighths (6/8, 7/8) have no off-beat eighth and stay as they are.
        """
        if self.meter.unit == 8 or self.swing == self.sixteenths == 0.5:
            return ticks
        beat = np.floor(ticks / TICKS_PER_QUARTER)
        place = ticks / TICKS_PER_QUARTER - beat
        if self.sixteenths != 0.5:
            half = np.floor(2.0 * place)
            inside, late = 2.0 * place - half, self.sixteenths
            inside = np.where(inside < 0.5, inside * 2.0 * late, late + (inside - 0.5) * 2.0 * (1.0 - late))
            place = 0.5 * (half + inside)
        bent = np.where(
            place < 0.5, place * 2.0 * self.swing, self.swing + (place - 0.5) * 2.0 * (1.0 - self.swing)
        )
        return (beat + bent) * TICKS_PER_QUARTER


@dataclass(frozen=True)
class Places:
    """Where notes stand in the form: section number, ticks into the section, energy of the section (arrays)."""

    section: np.ndarray
    inside: np.ndarray
    energy: np.ndarray
    names: tuple[str, ...]


def places(score: Score, ticks: np.ndarray) -> Places:
    """Where each tick stands in the form; a score without sections is one section of middling energy."""
    if not score.sections:
        return Places(np.zeros(len(ticks), int), ticks, np.full(len(ticks), 0.6), ("",))
    starts = np.array([section.start_tick for section in score.sections])
    number = np.clip(np.searchsorted(starts, ticks, side="right") - 1, 0, len(starts) - 1)
    energy = np.array([section.energy for section in score.sections])
    return Places(number, ticks - starts[number], energy[number], tuple(s.id for s in score.sections))


def draws(seed: Seed, where: Places, salt: np.ndarray, columns: int) -> np.ndarray:
    """Bell-shaped luck (deviation 1) for each note, shape (columns, notes).

    A draw depends on seed, section name, place inside the section and `salt` (pitch, or 0 for what a whole chord
    shares), not on how many notes came before: one section cannot change another.
    """
    out = np.zeros((columns, len(where.section)))
    slot = (where.inside.astype(np.int64) * 31 + salt.astype(np.int64) * 1009) % _TABLE
    for number in np.unique(where.section):
        here = where.section == number
        table = seed.child(where.names[number]).luck().noise(columns * 3 * _TABLE)
        bell = table.reshape(columns, 3, _TABLE).sum(axis=1)  # three uniforms of variance 1/3 each
        out[:, here] = bell[:, slot[here]]
    return out


@dataclass(frozen=True)
class Feel:
    """How a player stands to the beat. late_s: on average; loose_s: spread from moment to moment;

    apart_s: spread inside a chord.
    """

    late_s: float
    loose_s: float
    apart_s: float


_FEELS = {
    "drums": Feel(0.000, 0.0025, 0.0012),
    "bass": Feel(0.006, 0.0040, 0.0),
    "comping": Feel(0.002, 0.0055, 0.0020),
    "pad": Feel(-0.008, 0.0080, 0.0040),
    "answer": Feel(0.005, 0.0080, 0.0),
}
# A backbeat a hair late sits deeper; the kick stays on the grid as everybody's reference.
_SNARES = (37, 38, 39)
_KICK = 36


def lateness_s(
    role: str, instrument: str, pitches: np.ndarray, seed: Seed, where: Places, looseness: float
) -> np.ndarray:
    """Seconds each note comes after (before, if negative) its written time. looseness scales the human part."""
    feel = _FEELS.get(role, _FEELS["comping"])
    if "electronic" in instrument or "synth" in instrument or instrument == "lead-saw":
        looseness = 0.3 * looseness  # sequenced instruments keep the grid
    together = draws(seed.child("moment"), where, np.zeros(len(pitches)), 1)[0]
    single = draws(seed.child("finger"), where, pitches, 1)[0]
    late = feel.late_s * looseness + looseness * (
        feel.loose_s * np.clip(together, -2.5, 2.5) + feel.apart_s * np.clip(single, -2.5, 2.5)
    )
    if role == "drums":
        late = late + looseness * 0.003 * np.isin(pitches, _SNARES)
        late = np.where(pitches == _KICK, 0.5 * late, late)
    return late
