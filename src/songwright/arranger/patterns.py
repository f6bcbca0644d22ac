"""Rhythms written as rows of steps, as on a drum machine: "x...x...x...x..." is four on the floor.

A row has a whole number of bars. Blanks and bar lines ("|") are for the eye. "." is silence; "-" lets the
note before it sound on (across the bar line too); every other sign is an event whose meaning belongs to the player
who reads it. A pattern is written for one meter; `fitted` lays it out for any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from songwright.values.score import Score
from songwright.values.seed import Luck
from songwright.values.time import TICKS_PER_QUARTER, Meter

REST, HOLD = ".", "-"
SIXTEENTH = TICKS_PER_QUARTER // 4
# Which beats of a common-time bar a bar of another length is made of: a waltz is "one, two, four".
_BEATS = {1: (0,), 2: (0, 1), 3: (0, 1, 3), 4: (0, 1, 2, 3), 5: (0, 1, 3, 0, 1), 7: (0, 1, 2, 3, 0, 1, 3)}
_COMPOUND_BEATS = {1: (0,), 2: (0, 1), 3: (0, 1, 1), 4: (0, 1, 0, 1), 5: (0, 1, 1, 0, 1)}
# Where the steps of a straight beat fall when the beat has three eighths: halves become a shuffle.
_SHUFFLED = {2: (0, 2), 4: (0, 2, 4, 5), 8: (0, 2, 4, 6, 8, 9, 10, 11)}


@dataclass(frozen=True)
class Pattern:
    """A rhythm for one kind of bar.

    meter: what it is written for. steps: steps a bar. enters: energy 0..1 from which on it is played.
    kinds: sections it is for (empty = any). rows: name -> its bars, each `steps` signs long. weight: how likely it is
    beside others that enter at the same energy.
    """

    name: str
    meter: Meter
    steps: int
    enters: float
    kinds: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]
    weight: float = 1.0

    def bar(self, row: str, number: int) -> str:
        """What a row plays in a bar, counted from where the pattern began."""
        bars = self.rows[row]
        return bars[number % len(bars)]


@dataclass(frozen=True)
class Event:
    """A sign of a row where it sounds, in ticks."""

    start: int
    end: int
    sign: str


def bars_of(text: str, steps: int) -> tuple[str, ...]:
    """A written row cut into bars. Raises ValueError when it is no whole number of bars."""
    signs = "".join(text.split()).replace("|", "")
    if not signs or len(signs) % steps:
        raise ValueError(f"has {len(signs)} steps, which is no whole number of bars of {steps}")
    return tuple(signs[i : i + steps] for i in range(0, len(signs), steps))


def fitted(pattern: Pattern, meter: Meter, holds: bool) -> Pattern:
    """The pattern laid out for another meter, beat by beat. holds: stretched notes sound on (not for drums)."""
    if _same_bar(pattern.meter, meter):
        return pattern
    rows = {
        name: tuple(_fit_bar(bar, pattern.meter, meter, holds) for bar in bars)
        for name, bars in pattern.rows.items()
    }
    steps = len(next(iter(rows.values()))[0])
    return replace(pattern, meter=meter, steps=steps, rows=rows)


def chosen(
    patterns: Sequence[Pattern],
    meter: Meter,
    energy: float,
    kind: str,
    luck: Luck,
    holds: bool = True,
    relaxed: bool = False,
) -> Pattern:
    """The pattern for a section: made for its meter if there is one, and the liveliest its energy allows.

    Patterns that enter at the same energy are alternatives: one made for the section's kind comes first, else luck
    chooses. holds: see `fitted`. relaxed: half-time, for tempos where hands could not follow.
    """
    mine = [p for p in patterns if _same_bar(p.meter, meter)]
    if not mine:
        mine = [p for p in patterns if p.meter.is_compound == meter.is_compound]
        if not meter.is_compound and meter.bar_ticks % (3 * TICKS_PER_QUARTER):
            mine = [p for p in mine if p.meter.beats == 4]
        elif not meter.is_compound and any(p.meter.beats == 3 for p in mine):
            mine = [p for p in mine if p.meter.beats == 3]
        mine = mine or [p for p in patterns if p.meter == Meter(4, 4)] or list(patterns)
    known = [p for p in mine if not p.kinds or kind in p.kinds] or mine
    known = [p for p in known if p.enters <= energy] or [min(known, key=lambda p: p.enters)]
    top = max(p.enters for p in known)
    known = [p for p in known if p.enters == top]
    best = [p for p in known if kind in p.kinds] or known
    even = all(p.weight == best[0].weight for p in best)
    drawn = luck.choice(best) if even else luck.weighted(best, [p.weight for p in best])
    pattern = fitted(drawn, meter, holds)
    return _half_time(pattern) if relaxed else pattern


def too_fast(score: Score, half_time_bpm: float) -> bool:
    """True where hands could not play the style's rhythms as fast as that; they are then taken in half-time."""
    return score.tempo_map.start_bpm >= half_time_bpm


def events(pattern: Pattern, row: str, start: int, end: int, meter: Meter) -> list[Event]:
    """The row played from tick `start` (a bar line) to `end`, with held notes at their full length."""
    step = meter.bar_ticks // pattern.steps
    found: list[Event] = []
    open_at, sign, at, number = start, REST, start, 0
    while at < end:
        for i, mark in enumerate(pattern.bar(row, number)):
            tick = at + i * step
            if mark == HOLD or tick >= end:
                continue
            if sign != REST:
                found.append(Event(open_at, tick, sign))
            open_at, sign = tick, mark
        at += meter.bar_ticks
        number += 1
    if sign != REST and open_at < end:
        found.append(Event(open_at, end, sign))
    return found


def _half_time(pattern: Pattern) -> Pattern:
    """Every step twice as long: one written bar fills two."""
    rows = {
        name: tuple(
            wide[i : i + pattern.steps]
            for bar in bars
            for wide in ["".join(sign + (REST if sign == REST else HOLD) for sign in bar)]
            for i in (0, pattern.steps)
        )
        for name, bars in pattern.rows.items()
    }
    return replace(pattern, rows=rows)


def _same_bar(one: Meter, other: Meter) -> bool:
    return one.bar_ticks == other.bar_ticks and one.is_compound == other.is_compound


def _fit_bar(bar: str, source: Meter, target: Meter, holds: bool) -> str:
    """One bar for another meter; the result divides the new bar evenly."""
    beat = source.beat_ticks if source.is_compound else TICKS_PER_QUARTER
    count = source.bar_ticks // beat
    cell = len(bar) // count
    if target.is_compound:
        order = (_COMPOUND_BEATS if source.is_compound else _BEATS).get(
            target.beats // 3, tuple(range(count))
        )
        cells = [bar[(i % count) * cell : (i % count + 1) * cell] for i in order]
        wide = [c if source.is_compound else _shuffled(c, holds) for c in cells]
        return "".join(wide)
    if target.bar_ticks % TICKS_PER_QUARTER == 0 and not source.is_compound:
        beats = target.bar_ticks // TICKS_PER_QUARTER
        order = _BEATS.get(beats) or tuple(range(beats))
        if source.beats == 3:
            order = tuple(range(beats))
        return "".join(bar[(i % count) * cell : (i % count + 1) * cell] for i in order)
    return _cut(bar, source, target)


def _cut(bar: str, source: Meter, target: Meter) -> str:
    """As many sixteenths of the bar as an uneven meter has, begun again where it is longer."""
    step = min(SIXTEENTH, target.unit_ticks)
    signs = []
    for tick in range(0, target.bar_ticks, step):
        place = tick % source.bar_ticks * len(bar)
        exact = place % source.bar_ticks == 0
        sign = bar[place // source.bar_ticks]
        signs.append(sign if exact or sign in (REST, HOLD) else HOLD)
    return "".join(signs)


def _shuffled(cell: str, holds: bool) -> str:
    """A straight beat as a beat of three eighths."""
    if len(cell) % 3 == 0:
        return cell
    if len(cell) == 1:
        cell += HOLD
    places = _SHUFFLED[len(cell)]
    wide = [""] * (len(cell) * 3 // 2)
    for place, sign in zip(places, cell, strict=True):
        wide[place] = sign
    last = REST
    for i, sign in enumerate(wide):
        last = sign or (HOLD if holds and last != REST else REST)
        wide[i] = last
    return "".join(wide)
