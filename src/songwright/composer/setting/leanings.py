"""What people do more often than the network under its likes, and what less: learned, not thought out.

Every length and every pitch inside a line is a choice with something before it; how likely people choose so beside how
likely this composer does is a density ratio (Sugiyama, Suzuki & Kanamori 2012), found by a logistic regression that
tells notes of the corpus from notes of the composer to the same words. Its weights are added to the likes, which brings
the composer's notes to people's. `recipes/learn_leanings.py` learns them. Whole numbers, 1024 to a nat.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np

from songwright.composer.setting.ear import STEPS, WAYS

_LENGTHS = (80, 120, 160, 240, 320, 360, 480, 720, 960, 1440)  # ticks, lower bounds of classes
_L, _S, _W, _LEVELS, _JUMPS = len(_LENGTHS) + 1, len(STEPS) + 1, len(WAYS) + 1, 6, 25
LENGTHS: Mapping[str, int] = {"length_at": _L * _LEVELS, "two_lengths": (_L + 1) * _L, "to_level": _LEVELS**2}
"""Tables that weigh a length, and how many classes they have."""
PITCHES: Mapping[str, int] = {
    "degree_at": 2 * 12 * _LEVELS, "fits_at": 2 * _LEVELS, "opening": _JUMPS, "step_to": 2 * _JUMPS,
    "two_steps": (_S + 1) * _S, "three_ways": (_W + 1) ** 2 * _W, "step_and_fit": 4 * _S,
}  # fmt: skip
"""Tables that weigh a pitch."""
_BEAT = 3  # strength from which on a place is a felt beat


def _starts(tables: Mapping[str, int]) -> dict[str, int]:
    return dict(zip(tables, accumulate(tables.values(), initial=0), strict=False))


_LENGTH_FROM, _PITCH_FROM = _starts(LENGTHS), _starts(PITCHES)


def length_class(ticks: int) -> int:
    """The class of a length."""
    return bisect_right(_LENGTHS, ticks)


def of_length(level: int, before: int | None, ticks: int, to: int) -> tuple[int, ...]:
    """The classes of a note that lasts so many ticks, as numbers in the row of all `LENGTHS`.

    level, to: strength of its place and of the one it leads to, 0..5. before: ticks of the note before it in its line,
    None for none. A note lasts until the next one where less than a beat of silence lies between.
    """
    own, earlier = length_class(ticks), 0 if before is None else length_class(before) + 1
    start = _LENGTH_FROM
    return (
        start["length_at"] + own * _LEVELS + level,
        start["two_lengths"] + earlier * _L + own,
        start["to_level"] + level * _LEVELS + to,
    )


def of_pitch(degree: int, minor: bool, level: int, fits: bool) -> tuple[int, int]:
    """The classes of a pitch wherever it comes from, in the row of all `PITCHES`. degree: semitones over the tonic.

    level: strength of its place, 0..5. fits: whether it is a tone of its chord.
    """
    start = _PITCH_FROM
    return start["degree_at"] + (12 * minor + degree) * _LEVELS + level, start["fits_at"] + 2 * level + fits


def of_opening(jump: int) -> int:
    """The class of a line's first pitch, so many semitones above the last of the line before."""
    return _PITCH_FROM["opening"] + _jump(jump)


def of_step(jumps: Sequence[int], level: int, fits: bool, fitted: bool) -> tuple[int, ...]:
    """The classes of a step to a pitch inside a line. jumps: semitones, those before it in the line first.

    fits, fitted: whether the pitch and the one before are tones of their chords.
    """
    start, jump = _PITCH_FROM, jumps[-1]
    own, way = bisect_right(STEPS, jump), bisect_right(WAYS, jump)
    earlier = bisect_right(STEPS, jumps[-2]) + 1 if len(jumps) > 1 else 0
    ways = [0, 0, *(bisect_right(WAYS, one) + 1 for one in jumps[-3:-1])]
    return (
        start["step_to"] + 2 * _jump(jump) + (level >= _BEAT),
        start["two_steps"] + earlier * _S + own,
        start["three_ways"] + (ways[-2] * (_W + 1) + ways[-1]) * _W + way,
        start["step_and_fit"] + 4 * own + 2 * fits + fitted,
    )


def _jump(semitones: int) -> int:
    return max(-12, min(12, semitones)) + 12


class Leanings:
    """The weights. lengths, pitches: what each class is worth, 1024 to a nat."""

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        """arrays: lengths and pitches, whole numbers. ValueError where they are of another shape."""
        sizes = {"lengths": sum(LENGTHS.values()), "pitches": sum(PITCHES.values())}
        if {name: np.shape(array) for name, array in arrays.items()} != {n: (s,) for n, s in sizes.items()}:
            raise ValueError("leanings of another version")
        self._lengths, self._pitches = ([int(one) for one in arrays[name]] for name in sizes)

    def length(self, level: int, before: int | None, ticks: int, to: int) -> int:
        """What speaks for a length; see `of_length`."""
        return sum(self._lengths[one] for one in of_length(level, before, ticks, to))

    def pitch(self, degree: int, minor: bool, level: int, fits: bool) -> int:
        """What speaks for a pitch wherever it comes from; see `of_pitch`."""
        return sum(self._pitches[one] for one in of_pitch(degree, minor, level, fits))

    def opening(self, jump: int) -> int:
        """What speaks for a line's first pitch; see `of_opening`."""
        return self._pitches[of_opening(jump)]

    def step(self, jumps: Sequence[int], level: int, fits: bool, fitted: bool) -> int:
        """What speaks for a step inside a line; see `of_step`."""
        return sum(self._pitches[one] for one in of_step(jumps, level, fits, fitted))
