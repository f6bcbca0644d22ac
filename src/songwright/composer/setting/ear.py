"""How much a tune sounds like those people write: what is counted in it, weighed.

Intervals, lengths, places and degrees of notes, and how they follow each other, each class of them with a weight: a
linear discriminant (Fisher 1936) between songs of the corpus and what this composer made of their words. Of several
drafts the one that it takes most for a person's is rather kept, as in discriminator rejection sampling (Azadi et al.
2019), so that habits of the composer which nobody has named give way, too. `recipes/learn_ear.py` learns the weights.
Whole numbers, 1024 to a nat, so that the same draft is kept on every machine.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from songwright.music.harmony import chord_pitches
from songwright.music.rhythm import strength
from songwright.values.score import Chord
from songwright.values.time import Meter

UNIT = 1024
_LENGTHS = (40, 80, 120, 160, 240, 320, 360, 480, 720, 960, 1440)  # ticks, lower bounds of classes
STEPS = (-7, -4, -2, 0, 1, 3, 5, 8)  # semitones, lower bounds of classes
WAYS = (-2, 0, 1, 3)  # leap down, step down, the same, step up, leap up
_L, _S, _W, _LEVELS, _PLACES = len(_LENGTHS) + 1, len(STEPS) + 1, len(WAYS) + 1, 6, 16
_WIDEST = 12  # semitones: wider intervals count as this
SIZES: Mapping[str, int] = {
    "intervals": 2 * _WIDEST + 1, "lengths": _L, "levels": _LEVELS, "places": _PLACES, "degrees": 12,
    "over_chord": 12 * _LEVELS, "in_chord": 2 * _LEVELS, "two_levels": _LEVELS**2, "two_lengths": _L**2,
    "two_steps": _S**2, "three_ways": _W**3, "lengths_on_levels": _L * _LEVELS, "steps_to_levels": _S * _LEVELS,
}  # fmt: skip
"""What is counted: a name and how many classes it has."""
Tune = Sequence[tuple[int, int, int]]
"""Notes as (tick, length in ticks, MIDI pitch), in order."""


@dataclass(frozen=True)
class Where:
    """What a tune stands in. tonic: pitch class; chord_at: what sounds at a tick."""

    meter: Meter
    tonic: int
    chord_at: Callable[[int], Chord]


def counted(tune: Tune, where: Where) -> dict[str, list[int]]:
    """The classes of a tune's notes, a list for each of `SIZES`.

    Notes last until the next where less than a beat of silence lies between: breaths are cut later.
    """
    notes = _through(tune, where.meter.beat_ticks)
    levels = [strength(tick, where.meter) for tick, _, _ in notes]
    return _of_pitches(notes, levels, where) | _of_times(notes, levels, where.meter.bar_ticks)


def _through(tune: Tune, beat: int) -> Tune:
    """The notes sung through short silences."""
    found = [
        (tick, after - tick if 0 < after - tick - length < beat else length, pitch)
        for (tick, length, pitch), (after, _, _) in pairwise(tune)
    ]
    return [*found, *tune[-1:]]


def _of_pitches(notes: Tune, levels: Sequence[int], where: Where) -> dict[str, list[int]]:
    pitches = [pitch for _, _, pitch in notes]
    chords = [where.chord_at(tick) for tick, _, _ in notes]
    jumps = [b - a for a, b in pairwise(pitches)]
    steps = [bisect_right(STEPS, jump) for jump in jumps]
    ways = [bisect_right(WAYS, jump) for jump in jumps]
    over = [(pitch - chord.root) % 12 for pitch, chord in zip(pitches, chords, strict=True)]
    fits = [
        pitch % 12 in {p % 12 for p in chord_pitches(c)} for pitch, c in zip(pitches, chords, strict=True)
    ]
    return {
        "intervals": [max(-_WIDEST, min(_WIDEST, jump)) + _WIDEST for jump in jumps],
        "degrees": [(pitch - where.tonic) % 12 for pitch in pitches],
        "over_chord": [a * _LEVELS + b for a, b in zip(over, levels, strict=True)],
        "in_chord": [2 * level + borne for level, borne in zip(levels, fits, strict=True)],
        "two_steps": [a * _S + b for a, b in pairwise(steps)],
        "three_ways": [(a * _W + b) * _W + c for a, b, c in zip(ways, ways[1:], ways[2:], strict=False)],
        "steps_to_levels": [a * _LEVELS + b for a, b in zip(steps, levels[1:], strict=True)],
    }


def _of_times(notes: Tune, levels: Sequence[int], bar: int) -> dict[str, list[int]]:
    lengths = [bisect_right(_LENGTHS, length) for _, length, _ in notes]
    return {
        "lengths": lengths,
        "levels": list(levels),
        "places": [tick % bar * _PLACES // bar for tick, _, _ in notes],
        "two_levels": [a * _LEVELS + b for a, b in pairwise(levels)],
        "two_lengths": [a * _L + b for a, b in pairwise(lengths)],
        "lengths_on_levels": [a * _LEVELS + b for a, b in zip(lengths, levels, strict=True)],
    }


class Ear:
    """The weights: for each name of `SIZES` what its classes count for."""

    def __init__(self, tables: Mapping[str, np.ndarray]) -> None:
        """tables: whole numbers, 1024 to a nat. ValueError where they are not those of `SIZES`."""
        if {name: np.shape(table) for name, table in tables.items()} != {n: (s,) for n, s in SIZES.items()}:
            raise ValueError("weights of another ear")
        self._tables = {name: [int(weight) for weight in table] for name, table in tables.items()}

    def likes(self, tune: Tune, where: Where) -> int:
        """How much more a tune sounds like people's than others do: log odds up to a constant, 1024 to a nat."""
        total = 0
        for name, classes in counted(tune, where).items():
            table = self._tables[name]
            total += sum(table[one] for one in classes) // max(1, len(classes))
        return total
