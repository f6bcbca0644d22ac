"""How alike two tunes are, whatever their key and tempo.

A tune is read as steps from note to note: the interval in semitones, and whether it lasts longer or shorter
than the step before (as a ratio). Likeness is one minus the edit distance of the two readings over the longer
one (Levenshtein 1966; for music Mongeau & Sankoff 1990, here with plain weights): an interval off costs half a
step, a rhythm off the other half. 1 = the same tune, 0.2..0.5 = strangers in the same style.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from songwright.values.score import Note

Step = tuple[int, int, int]


def steps(notes: Sequence[Note]) -> list[Step]:
    """A tune as (interval, gap to the next onset, gap before): semitones and ticks, one less than notes."""
    found: list[Step] = []
    for here, after in pairwise(notes):
        gap = max(1, after.start_tick - here.start_tick)
        found.append((after.pitch - here.pitch, gap, found[-1][1] if found else gap))
    return found


def _same_rhythm(a: Step, b: Step) -> bool:
    """True where both steps speed up or slow down alike (ratio within a quarter of each other)."""
    left, right = a[1] * b[2], b[1] * a[2]
    return 4 * abs(left - right) <= max(left, right)


def _unlike(a: Step, b: Step) -> float:
    interval = min(2, abs(a[0] - b[0])) / 2 if a[0] * b[0] >= 0 else 1.0
    return 0.5 * interval + (0.0 if _same_rhythm(a, b) else 0.5)


def likeness(first: Sequence[Note], second: Sequence[Note]) -> float:
    """How alike two tunes are, 0..1; two empty tunes are alike, a tune and silence are not."""
    a, b = steps(first), steps(second)
    if not a or not b:
        return 1.0 if len(first) == len(second) else 0.0
    row = [float(j) for j in range(len(b) + 1)]
    for i, left in enumerate(a, start=1):
        diagonal, row[0] = row[0], float(i)
        for j, right in enumerate(b, start=1):
            best = min(diagonal + _unlike(left, right), row[j] + 1.0, row[j - 1] + 1.0)
            diagonal, row[j] = row[j], best
    return 1.0 - row[-1] / max(len(a), len(b))


def longest_shared_run(first: Sequence[Note], second: Sequence[Note]) -> int:
    """The most notes in a row that two tunes share, by interval and rhythm, in any key and tempo."""
    a, b = steps(first), steps(second)
    best, row = 0, [0] * (len(b) + 1)
    for left in a:
        fresh = [0] * (len(b) + 1)
        for j, right in enumerate(b):
            if left[0] == right[0] and (row[j] == 0 or _same_rhythm(left, right)):
                fresh[j + 1] = row[j] + 1
                best = max(best, fresh[j + 1])
        row = fresh
    return best + 1 if best else 0
