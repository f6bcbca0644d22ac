"""Bars that add up: upbeats, bars split by a repeat sign, changes of meter, and bar lines a file does not show."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from songwright.io.written import Measure, Written
from songwright.music.upbeat import upbeat
from songwright.values.time import Meter

_FAR = 1 << 60


@dataclass(frozen=True)
class Stretch:
    """A stretch of one meter and one signature, on a grid whose bars are all full.

    pieces: (first file tick, end, shift): a file tick inside a piece stands `shift` later on the grid, where the
    stretch begins at 0. padded: bars that had to be filled up with silence.
    """

    meter: Meter
    fifths: int | None
    mode: str
    pieces: tuple[tuple[int, int, int], ...]
    bars: int
    padded: int

    def place(self, tick: int) -> int | None:
        """Where a file tick stands on the grid; None outside the stretch."""
        n = bisect_right(self.pieces, (tick, _FAR, 0)) - 1
        first, end, shift = self.pieces[n] if n >= 0 else (0, 0, 0)
        return tick + shift if first <= tick < end else None


def stretches(written: Written) -> tuple[Stretch, ...]:
    """The song cut where meter or signature change, each part on its own full bars."""
    measures = written.measures if written.barred else _with_upbeat(written)
    groups: list[list[Measure]] = []
    for measure in measures:
        sign = (measure.meter, measure.fifths, measure.mode)
        last = groups[-1][-1] if groups else None
        if last is not None and sign == (last.meter, last.fifths, last.mode):
            groups[-1].append(measure)
        else:
            groups.append([measure])
    return tuple(_stretch(group) for group in groups)


def _stretch(measures: Sequence[Measure]) -> Stretch:
    """Bars set on a grid: short bars share one where they can, else are filled up with silence."""
    meter = measures[0].meter
    bar = meter.bar_ticks
    pieces, padded = [], 0
    at = max(0, bar - measures[0].ticks)  # a short first bar is an upbeat
    for n, measure in enumerate(measures):
        off = at % bar
        if n and off and measure.ticks != bar - off and off + measure.ticks > bar:
            at += bar - off
            padded += 1
        pieces.append((measure.tick, measure.tick + measure.ticks, at - measure.tick))
        at += measure.ticks
        if measure.ticks > bar and at % bar:
            at += bar - at % bar
            padded += 1
    return Stretch(meter, measures[0].fifths, measures[0].mode, tuple(pieces), -(-at // bar), padded)


def _with_upbeat(written: Written) -> tuple[Measure, ...]:
    """Bars of a file without bar lines, moved so that its first note is the upbeat it most likely is."""
    if not written.measures:
        return ()
    meter = written.measures[0].meter
    first_change = next((m.tick for m in written.measures if m.meter != meter), None)
    lead = upbeat([(t.tick, t.ticks) for t in written.voice], written.others, meter, first_change)
    if lead == 0:
        return written.measures
    moved: list[Measure] = []
    first = written.measures[0]
    moved.append(Measure(0, lead, meter, first.fifths, first.mode))
    end = written.measures[-1].tick + written.measures[-1].ticks
    tick = lead
    while tick < end:
        source = next(m for m in reversed(written.measures) if m.tick <= tick)
        ticks = source.meter.bar_ticks
        nearest = next((m.tick for m in written.measures if m.tick > tick and m.meter != source.meter), None)
        if nearest is not None:
            ticks = min(ticks, nearest - tick)
        moved.append(Measure(tick, ticks, source.meter, source.fifths, source.mode))
        tick += ticks
    return tuple(moved)
