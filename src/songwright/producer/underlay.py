"""Words under given notes: which line is sung on which run of notes, and which syllable on which note.

A unit is a note that bears a syllable, with the notes that hold it on. Lines are laid over units by dynamic
programming: a line wants as many units as it has syllables and wants to begin where the tune breathes. Inside a line
syllables take units one by one; too many units become melismas (a syllable keeps the notes that stand weakest and
move least), too many syllables split the longest notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songwright.music.rhythm import strength
from songwright.values.time import Meter
from songwright.values.words import GivenNote, Word

NEVER = 1e6
_MELISMA, _SPLIT = 0.7, 1.1  # points for a unit too many, a syllable too many
_OPENS_INSIDE = 1.6  # points for a line that begins where the tune goes on
_GRAIN = 60

Tone = tuple[int, int, int]  # start tick, length in ticks, MIDI pitch


@dataclass(frozen=True)
class Unit:
    """A note and what holds it on. opens: how clearly a phrase begins here, 0..3."""

    tones: tuple[Tone, ...]
    opens: float = 0.0

    @property
    def start(self) -> int:
        """The tick at which it begins."""
        return self.tones[0][0]

    @property
    def end(self) -> int:
        """The tick at which it is over."""
        return self.tones[-1][0] + self.tones[-1][1]


def runs(units: Sequence[Unit], counts: Sequence[int]) -> tuple[float, tuple[tuple[int, int], ...]]:
    """Which units each line takes, (first, after the last), and the points against it; counts: syllables a line."""
    n, m = len(units), len(counts)
    if m == 0 or m > n:
        return NEVER, ()
    whole = max(1, sum(counts))
    best = [[NEVER] * (n + 1) for _ in range(m + 1)]
    back = [[0] * (n + 1) for _ in range(m + 1)]
    best[0][0] = 0.0
    sung = 0
    for i, count in enumerate(counts):
        sung += count
        expected, slack = n * sung // whole, n // 3 + 24
        for j in range(max(i + 1, expected - slack), min(n - (m - i - 1), expected + slack) + 1):
            row, least, origin = best[i], NEVER, 0
            for k in range(max(i, j - 3 * count - 12), j):
                if row[k] < least:
                    cost = row[k] + misfit(j - k, count) + (0.0 if k == 0 else _OPENS_INSIDE - units[k].opens)
                    if cost < least:
                        least, origin = cost, k
            best[i + 1][j], back[i + 1][j] = least, origin
    if best[m][n] >= NEVER:
        return NEVER, ()
    spans, j = [], n
    for i in range(m, 0, -1):
        spans.append((back[i][j], j))
        j = back[i][j]
    return best[m][n], tuple(reversed(spans))


def misfit(units: int, syllables: int) -> float:
    """Points against so many syllables on so many units."""
    away = units - syllables
    return _MELISMA * away + 0.05 * away * away if away >= 0 else -_SPLIT * away + 0.04 * away * away


def phrases(units: Sequence[Unit], most: int = 12) -> list[tuple[int, int]]:
    """The tune cut into lines of about eight units where it breathes."""
    n = len(units)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(NEVER, 0)] * n
    for end in range(1, n + 1):
        for start in range(max(0, end - most), end):
            size = end - start - 7.5
            opening = 2.2 - units[start].opens if start else 0.0
            cost = best[start][0] + opening + 0.06 * size * size
            if cost < best[end][0]:
                best[end] = (cost, start)
    spans, end = [], n
    while end > 0:
        spans.append((best[end][1], end))
        end = best[end][1]
    return spans[::-1]


def underlay(
    units: Sequence[Unit], words: Sequence[Word], window: int, meter: Meter, shortest: int
) -> tuple[GivenNote, ...] | None:
    """The notes of a line with their syllables, ticks counted from `window`; None where there is no time for all.

    shortest: ticks of the shortest note that can be sung.
    """
    weights = [_weight(syllable.stress, len(word.syllables)) for word in words for syllable in word.syllables]
    count = len(weights)
    fitted = list(units)
    if count > len(fitted):
        fitted = [Unit((tone,)) for unit in fitted for tone in unit.tones]
    while count > len(fitted):
        longest = max(range(len(fitted)), key=lambda i: (fitted[i].tones[0][1], -i))
        halves = _split(fitted[longest].tones[0], shortest)
        if halves is None:
            return None
        fitted[longest : longest + 1] = [Unit((half,)) for half in halves]
    owners = _owners(fitted, weights, meter) if count < len(fitted) else range(count)
    return tuple(
        GivenNote(start - window, length, pitch, owner)
        for unit, owner in zip(fitted, owners, strict=True)
        for start, length, pitch in unit.tones
    )


def _weight(stress: int, syllables: int) -> float:
    """How heavy a syllable is, 0..1."""
    return {1: 1.0 if syllables > 1 else 0.8, 2: 0.5}.get(stress, 0.0)


def _split(tone: Tone, shortest: int) -> tuple[Tone, Tone] | None:
    """A note as two on its pitch: a dotted one 2:1, else in halves; None where they would be too short to sing."""
    start, length, pitch = tone
    first = length * 2 // 3 if length % 720 == 0 or length % 360 == 0 else length // 2
    first -= first % _GRAIN if first >= 2 * _GRAIN else 0
    if min(first, length - first) < shortest:
        first = length // 2
    if min(first, length - first) < shortest:
        return None
    return (start, first, pitch), (start + first, length - first, pitch)


def _owners(units: Sequence[Unit], weights: Sequence[float], meter: Meter) -> list[int]:
    """Which syllable each unit carries, where there are more units than syllables."""
    n, s = len(units), len(weights)
    best = [[NEVER] * n for _ in range(s)]
    opened = [[False] * n for _ in range(s)]
    best[0][0] = _opening(units[0], weights[0], meter)
    opened[0][0] = True
    for j in range(1, n):
        for i in range(max(0, s - (n - j)), min(s - 1, j) + 1):
            hold = best[i][j - 1] + _holding(units, j, weights[i], meter)
            fresh = best[i - 1][j - 1] + _opening(units[j], weights[i], meter) if i else NEVER
            opened[i][j] = fresh <= hold
            best[i][j] = min(fresh, hold)
    owners, i = [0] * n, s - 1
    for j in range(n - 1, -1, -1):
        owners[j] = i
        if opened[i][j]:
            i -= 1
    return owners


def _opening(unit: Unit, weight: float, meter: Meter) -> float:
    """Points for a syllable that begins on a unit: heavy ones want strong beats."""
    level = strength(unit.start, meter)
    return 0.2 * weight * (5 - level) + 0.06 * (1.0 - weight) * level


def _holding(units: Sequence[Unit], j: int, weight: float, meter: Meter) -> float:
    """Points for a unit that only holds a syllable on: strong, long or far ones would rather bear their own."""
    start, length, pitch = units[j].tones[0]
    leap = abs(pitch - units[j - 1].tones[-1][2])
    cost = 0.3 * strength(start, meter) + 0.12 * min(leap, 7) + 0.4 * min(length, 960) / 480
    return cost + 0.4 * (1.0 - weight) + (2.0 if units[j].opens >= 1.0 else 0.0)
