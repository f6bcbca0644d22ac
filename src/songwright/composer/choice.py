"""Which of several tunes for a section is kept: the one a listener would remember.

Points against a tune (lower is better):

* its mean cost a note (see `melody`)
* a middle pitch away from where the section should lie: 1 a semitone beyond three quarters, or as many as asked
* a range away from 7..10 semitones in a verse, 8..13 elsewhere, or from an asked one: 0.3 a semitone
* a highest note heard more than three times: 0.15 each; in a chorus one that never comes in its second half: 0.5
* lines of one letter less alike than 0.55: 2 x what is missing; neighbours of different letters more alike
  than 0.7: 2 x what is too much
* in a chorus, each line (three at most) with a leap of a fourth or more earns 0.25; none at all costs 0.6
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from songwright.music.form import median
from songwright.music.likeness import likeness
from songwright.values.score import Note


class Line(Protocol):
    """A line of a tune: notes as (tick, length, pitch, ...)."""

    @property
    def notes(self) -> Sequence[tuple[int, int, int, int, float]]:
        """The line's notes."""
        ...


def points_against(
    lines: Sequence[Line],
    letters: Sequence[str],
    kind: str,
    centre: float,
    mean_cost: float,
    ranges: tuple[int, int] | None = None,
    near: float = 0.75,
) -> float:
    """How little a tune would be remembered.

    centre: where the section should lie, MIDI. ranges: semitones it should span, None for the rules' own.
    near: semitones it may lie away.
    """
    tunes = [_as_notes(line) for line in lines]
    pitches = [note.pitch for tune in tunes for note in tune]
    points = mean_cost + max(0.0, abs(median(pitches) - centre) - near)
    low, high = ranges or ((7, 10) if kind == "verse" else (8, 13))
    span = max(pitches) - min(pitches)
    points += 0.3 * (max(0, low - span) + max(0, span - high))
    points += _climax(tunes, kind) + _economy(tunes, letters)
    return points + (_hooks(tunes) if kind == "chorus" else 0.0)


def _as_notes(line: Line) -> list[Note]:
    return [Note("", tick, length, pitch) for tick, length, pitch, *_ in line.notes]


def _climax(tunes: Sequence[Sequence[Note]], kind: str) -> float:
    top = max(note.pitch for tune in tunes for note in tune)
    tops = [j for j, tune in enumerate(tunes) for note in tune if note.pitch == top]
    points = 0.15 * max(0, len(tops) - 3)
    return points + (0.5 if kind == "chorus" and 2 * tops[-1] < len(tunes) - 1 else 0.0)


def _economy(tunes: Sequence[Sequence[Note]], letters: Sequence[str]) -> float:
    """Same letters should be heard as one idea, different ones as two."""
    points = 0.0
    for j in range(1, len(tunes)):
        same = [i for i in range(j) if letters[i][0] == letters[j][0]]
        if same:
            points += 2.0 * max(0.0, 0.55 - likeness(tunes[same[0]], tunes[j]))
        if letters[j - 1][0] != letters[j][0]:
            points += 2.0 * max(0.0, likeness(tunes[j - 1], tunes[j]) - 0.7)
    return points


def _hooks(tunes: Sequence[Sequence[Note]]) -> float:
    leaping = sum(any(after.pitch - here.pitch >= 5 for here, after in pairwise(tune)) for tune in tunes)
    return 0.6 if leaping == 0 else -0.25 * min(leaping, 3)
