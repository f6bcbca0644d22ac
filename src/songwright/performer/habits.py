"""What a singer habitually does, read from a performance's curves and set beside figures of trained singers.

Published: vibrato 5.5 to 6.5 turns a second and 34 to 123 cents either way in lieder (Prame 1994, 1997), 5 to 6.5 in
popular styles; step from note to note 60 to 150 ms (Sundberg 1979; Saitou et al. 2005); breath groups of 2 to 10 s
(Watson & Hixon 1985; Hoit et al. 1996).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from songwright.performer.layers import line_of, times_s, vibrato_cents
from songwright.values.performance import SungNote, SungPart, SungPhrase

_LEAP_ST = 1.5  # smaller steps drown in overshoot
_JOINED_S = 0.06
_HEARD_CENTS = 15.0


@dataclass(frozen=True)
class Habit:
    """One habit: what it is, its unit, every instance found, and the range that is published (low, high)."""

    name: str
    unit: str
    found: tuple[float, ...]
    published: tuple[float, float]

    @property
    def within(self) -> float:
        """Share of instances inside the published range, 0..1; 0 if there are none."""
        low, high = self.published
        return float(np.mean([low <= value <= high for value in self.found])) if self.found else 0.0

    def row(self) -> dict[str, object]:
        """The habit as a row of a table: count, 5th, 50th and 95th percentile, share within."""
        points = np.percentile(self.found, (5, 50, 95)) if self.found else (np.nan,) * 3
        low, high = self.published
        shown = [round(float(p), 3) for p in points] if self.found else [None] * 3
        return {
            "habit": self.name, "unit": self.unit, "count": len(self.found), "p05": shown[0], "median": shown[1],
            "p95": shown[2], "published": f"{low:g} to {high:g}", "within": round(self.within, 3),
        }  # fmt: skip


def habits(parts: Iterable[SungPart]) -> tuple[Habit, ...]:
    """The habits of some sung parts: vibrato rate, depth and delay, steps from note to note, phrases and breaths."""
    rates, depths, delays, steps, lengths, breaths = ([] for _ in range(6))
    for part in parts:
        for phrase in part.phrases:
            for rate, depth, delay in _swings(phrase):
                rates.append(rate)
                depths.append(depth)
                delays.append(delay)
            steps += _steps(phrase)
            lengths.append(phrase.offset_s - phrase.onset_s)
            if phrase.breath_s > 0.0:
                breaths.append(phrase.breath_s)
    return (
        Habit("vibrato rate", "Hz", tuple(rates), (5.0, 6.5)),
        Habit("vibrato depth", "cents", tuple(depths), (30.0, 80.0)),
        Habit("vibrato delay", "s", tuple(delays), (0.25, 1.0)),
        Habit("step from note to note", "s", tuple(steps), (0.060, 0.150)),
        Habit("phrase", "s", tuple(lengths), (1.0, 10.0)),
        Habit("breath", "s", tuple(breaths), (0.15, 0.8)),
    )


def _swings(phrase: SungPhrase) -> list[tuple[float, float, float]]:
    """Rate (Hz), depth (cents) and delay after the vowel (s) of each vibrato, read from the curve."""
    t = times_s(phrase)
    curve = vibrato_cents(phrase.vibrato, t)
    out = []
    for swing in phrase.vibrato:
        first, last = np.searchsorted(t, (swing.onset_s, swing.offset_s))
        piece = curve[first:last]
        crossings = np.flatnonzero(np.diff(np.signbit(piece)))
        loud = np.flatnonzero(np.abs(piece) > _HEARD_CENTS)
        if len(crossings) < 3 or not len(loud):
            continue
        rate = 0.5 * (len(crossings) - 1) * phrase.rate_hz / (crossings[-1] - crossings[0])
        peaks = [np.abs(piece[a:b]).max() for a, b in pairwise(crossings)]
        note = max((n.onset_s for n in phrase.notes if n.onset_s <= swing.onset_s), default=phrase.onset_s)
        out.append((float(rate), float(np.max(peaks)), float(t[first + loud[0]] - note)))
    return out


def _steps(phrase: SungPhrase) -> list[float]:
    """Seconds from 10 to 90 % of each step between notes that are sung in one."""
    t, line = times_s(phrase), line_of(phrase)
    out = []
    for a, b in pairwise(phrase.notes):
        if abs(b.pitch - a.pitch) >= _LEAP_ST and b.onset_s - a.offset_s < _JOINED_S:
            span = _step_s(a, b, t, line)
            if span is not None:
                out.append(span)
    return out


def _step_s(a: SungNote, b: SungNote, t: np.ndarray, line: Sequence[float]) -> float | None:
    """Seconds from 10 to 90 % of the way from one note to the next; None where the curve never goes it."""
    begin, end = np.searchsorted(t, (0.5 * (a.onset_s + a.offset_s), 0.5 * (b.onset_s + b.offset_s)))
    way = (np.asarray(line[begin:end]) - a.pitch) / (b.pitch - a.pitch)
    done = np.flatnonzero(way >= 0.9)
    before = np.flatnonzero(way[: done[0]] <= 0.1) if len(done) else done
    if not len(before):
        return None
    return (_crossing(way, int(done[0]), 0.9) - _crossing(way, int(before[-1]) + 1, 0.1)) * (t[1] - t[0])


def _crossing(way: np.ndarray, after: int, level: float) -> float:
    """Where, in frames, a curve passes a level between the frame before `after` and that frame."""
    low, high = float(way[after - 1]), float(way[after])
    return after - 1 + (level - low) / (high - low)
