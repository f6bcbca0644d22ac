"""Walking bass: the way from one chord to the next in steady notes, as an upright player finds it.

A run of walking notes is one search (Viterbi) for the cheapest line from the note before to the note it leads to.
Points, lower is better:

* on a strong beat: chord tone 0, scale tone 0.7; between beats scale tones are free, chord tones cost 0.1
* outside the scale: 2.5, but 0.25 a semitone beside the target just before it (the chromatic approach)
* just before the target: a scale step 0, its fifth above 0.1 (a dominant), another chord tone 0.6, else 1.6
* moving by a semitone 0.2, 2 semitones 0, 3 or 4 0.1, 5 to 7 0.35, an octave 0.9, staying 1.4, anything else 2.5
* away from the middle of the hand: 0.07 a semitone beyond a fifth
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songwright.values.seed import Luck

_MOVES = (1.4, 0.2, 0.0, 0.1, 0.1, 0.35, 0.35, 0.35, 2.5, 2.5, 2.5, 2.5, 0.9)
_MOOD = 0.5  # how much luck may turn the way


@dataclass(frozen=True)
class Stride:
    """One note to find. tones, scale: pitch classes of its chord. strong: it falls on a strong beat."""

    tones: frozenset[int]
    scale: frozenset[int]
    strong: bool


def walk(
    strides: Sequence[Stride], before: int, target: int, low: int, high: int, luck: Luck
) -> tuple[int, ...]:
    """Pitches of a run of walking notes inside low..high, from the note `before` to the note `target` after them."""
    home = low + 9
    columns: list[dict[int, tuple[float, int]]] = [{before: (0.0, -1)}]
    for i, stride in enumerate(strides):
        last = i == len(strides) - 1
        column: dict[int, tuple[float, int]] = {}
        for pitch in range(low, high + 1):
            here = _place(pitch, stride, target if last else None) + luck.uniform(0.0, _MOOD)
            here += 0.07 * max(0, abs(pitch - home) - 7)
            if last:
                here += _move(pitch, target)
            column[pitch] = min(
                (cost + _move(was, pitch) + here, was) for was, (cost, _) in columns[-1].items()
            )
        columns.append(column)
    pitch = min(columns[-1], key=lambda p: (columns[-1][p][0], p))
    line = [pitch]
    for column in reversed(columns[2:]):
        pitch = column[pitch][1]
        line.append(pitch)
    return tuple(line[::-1])


def _move(one: int, other: int) -> float:
    span = abs(one - other)
    return _MOVES[span] if span < len(_MOVES) else 4.0


def _place(pitch: int, stride: Stride, target: int | None) -> float:
    """How ill a note sits over its chord, and before its target."""
    pc = pitch % 12
    if target is not None:
        away = abs(pitch - target)
        if away == 1:
            return 0.0 if pc in stride.scale else 0.25
        if away == 2 and pc in stride.scale:
            return 0.0
        if (pitch - target) % 12 == 7:
            return 0.1
        return 0.6 if pc in stride.tones else 1.6
    if pc not in stride.scale and pc not in stride.tones:
        return 2.5
    if stride.strong:
        return 0.0 if pc in stride.tones else 0.7
    return 0.1 if pc in stride.tones else 0.0
