"""When each syllable of a line is sung: the cheapest walk through the grid, found by dynamic programming.

The grid is sixteenths (finer where a line would not fit, and at very slow tempos). What a placement costs, in points:

* an unstressed syllable stronger than its stressed neighbour: 12 x difference in weight; as strong: 9 x
* a heavy syllable off the strong beats: 0.3 x weight x (5 - strength); a light one on beat 1 or the accent: 0.5;
  any on a sixteenth off the eighths: 0.3
* a length away from the wanted one: 2 x (ratio + 1/ratio - 2), half more where it is too short or inside a word
* a note held over a stronger beat than its own: 0.7 a level, less for heavy ones in styles that push
* a last note shorter than wanted: 1.2 x (ratio - 1)
* the first heavy syllable away from where lines of this tune begin: 0.8 a beat; the last heavy one away from where
  this tune's lines (and its rhyme) land: 2 and 2 a beat
* onsets the tune already has: a reward, as given
* in a pushed line the last syllable earns 2.5 an eighth ahead of an accent, where a breach of order costs 3 at most
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from songwright.composer.prosody import STRESSED, Sung
from songwright.music.rhythm import strength
from songwright.values.time import Meter

SIXTEENTH = 120
_FAR = 1e9


@dataclass(frozen=True)
class Frame:
    """Where a line may be sung. earliest <= window <= latest: ticks; window is the bar line its window opens with.

    pace: wanted ticks of an average syllable. shortest: least ticks of a note. hold: wanted ticks of the last note.
    first, landing: where the first and the last heavy syllable should fall, ticks from the window (None = free).
    liked: onset in ticks from the window -> reward. push: the style's liking for syncopation, 0..1. pushed: the last
    syllable would like to come an eighth ahead of an accent.
    """

    meter: Meter
    earliest: int
    window: int
    latest: int
    pace: float
    shortest: int
    hold: int
    first: int | None
    landing: int | None
    liked: Mapping[int, float]
    push: float
    pushed: bool = False


@dataclass(frozen=True)
class Placed:
    """A syllable with its time: start and length in ticks."""

    sung: Sung
    start: int
    length: int


def place(sung: Sequence[Sung], frame: Frame) -> tuple[Placed, ...]:
    """Start and length for every syllable, in order, without overlap, inside the frame.

    A frame too short for even the finest notes still gets them, evenly.
    """
    count = len(sung)
    room = frame.latest - frame.earliest
    usual = min(SIXTEENTH, max(frame.shortest, 60))
    for grid in (grid for grid in (SIXTEENTH, 60, 30, 15) if grid <= usual):
        comfortable = -(-frame.shortest // grid) if grid == usual else 1
        for least in range(comfortable, 0, -1):
            if count * least * grid <= room:
                return _search(sung, frame, grid, least)
    edges = [frame.earliest + room * i // count for i in range(count + 1)]
    return tuple(Placed(s, a, b - a) for s, a, b in zip(sung, edges, edges[1:], strict=False))


def _search(sung: Sequence[Sung], frame: Frame, grid: int, least: int) -> tuple[Placed, ...]:
    """The dynamic programme over (syllable, slot)."""
    slots = (frame.latest - frame.earliest) // grid
    ticks = [frame.earliest + grid * slot for slot in range(slots + 1)]
    levels = [strength(tick, frame.meter) for tick in ticks]
    count = len(sung)
    widest = [max(_widest(frame, item, grid), least) for item in sung]
    heavy = [i for i, item in enumerate(sung) if item.weight >= STRESSED]
    table: list[list[float]] = []
    back: list[list[int]] = []
    for i, item in enumerate(sung):
        first = i == (heavy[0] if heavy else 0)
        final = i == (heavy[-1] if heavy else count - 1)
        ahead = [frame.pushed and i == count - 1 and strength(tick + 240, frame.meter) >= 4 for tick in ticks]
        own = [
            _place_cost(item, tick, level, frame, first, final) - (2.5 if early else 0.0)
            for tick, level, early in zip(ticks, levels, ahead, strict=True)
        ]
        row, origin = [_FAR] * (slots + 1), [0] * (slots + 1)
        low, high = i * least, slots - (count - i) * least
        if i == 0:
            for slot in range(low, high + 1):
                row[slot] = own[slot]
        else:
            step = _Step(sung, i, frame, grid, levels)
            step.allow(ahead)
            _relax(row, origin, table[-1], own, (low, high), (least, widest[i - 1]), step)
        table.append(row)
        back.append(origin)
    return _traced(sung, frame, grid, ticks, table, back, least)


class _Step:
    """What it costs to go from one syllable to the next, with everything that can be known before."""

    def __init__(self, sung: Sequence[Sung], i: int, frame: Frame, grid: int, levels: Sequence[int]) -> None:
        here, after = sung[i - 1], sung[i]
        inside = after.syllabic in ("middle", "end")
        wanted = max(frame.pace * here.length, grid)
        self.levels = list(levels)
        self.columns = list(levels)
        self.by_gap = [0.0]
        for gap in range(1, len(levels) + 1):
            ratio = gap * grid / wanted
            sharp = 3.0 if inside or ratio < 1.0 else 2.0
            self.by_gap.append(sharp * (ratio + 1.0 / ratio - 2.0))
        self.by_level = [[_order_cost(here, after, a, b) for b in range(6)] for a in range(6)]
        for row in self.by_level:  # a seventh column: ahead of an accent
            row.append(min(3.0, row[2]))
        self.hold_cost = 0.7 * max(0.1, 1.0 - 1.8 * frame.push) if here.weight >= STRESSED else 0.8

    def allow(self, ahead: Sequence[bool]) -> None:
        """Lets the next syllable come ahead of an accent at these slots."""
        self.columns = [6 if early else level for level, early in zip(self.levels, ahead, strict=True)]


def _relax(
    row: list[float], origin: list[int], before: list[float], own: list[float],
    bounds: tuple[int, int], gaps: tuple[int, int], step: _Step,
) -> None:  # fmt: skip
    """Fills one row of the table: the best predecessor for each slot."""
    levels, columns, hold = step.levels, step.columns, step.hold_cost
    by_gap, by_level = step.by_gap, step.by_level
    (low, high), (least, widest) = bounds, gaps
    for start in range(0, high + 1 - least):
        base = before[start]
        if base >= _FAR:
            continue
        level = levels[start]
        costs = by_level[level]
        peak = level
        for gap in range(1, min(widest, high - start) + 1):
            slot = start + gap
            if gap >= least and slot >= low:
                cost = base + by_gap[gap] + costs[columns[slot]] + own[slot] + hold * (peak - level)
                if cost < row[slot]:
                    row[slot] = cost
                    origin[slot] = start
            if levels[slot] > peak:
                peak = levels[slot]


def _widest(frame: Frame, item: Sung, grid: int) -> int:
    """The longest a note may last, in slots: two beats, more before a pause."""
    beats = 2 + 2 * min(item.pause, 1)
    return max(beats * frame.meter.beat_ticks, int(3 * frame.pace)) // grid


def _order_cost(here: Sung, after: Sung, level: int, next_level: int) -> float:
    """Heavier syllables want stronger beats than their neighbours."""
    heavier = here.weight - after.weight
    if -0.3 < heavier < 0.3:
        return 0.0
    rise = (level - next_level) if heavier > 0 else (next_level - level)
    size = heavier if heavier > 0 else -heavier
    return 0.0 if rise > 0 else (9.0 if rise == 0 else 12.0) * size


def _place_cost(item: Sung, tick: int, level: int, frame: Frame, first: bool, final: bool) -> float:
    cost = 0.3 * item.weight * (5 - level)
    if item.weight < 0.3 and level >= 4:
        cost += 0.5
    if level <= 1:
        cost += 0.3
    here = tick - frame.window
    if first and frame.first is not None:
        cost += 0.8 * abs(here - frame.first) / frame.meter.beat_ticks
    if final and frame.landing is not None:
        off = abs(here - frame.landing) / frame.meter.beat_ticks
        cost += 0.0 if off == 0 else 2.0 + 2.0 * off
    return cost - frame.liked.get(here, 0.0)


def _traced(
    sung: Sequence[Sung], frame: Frame, grid: int, ticks: Sequence[int],
    table: list[list[float]], back: list[list[int]], least: int,
) -> tuple[Placed, ...]:  # fmt: skip
    """Reads the best walk back from the end, where the last note wants to be held."""
    room = max(frame.hold, grid)
    best, slot = _FAR * 2, 0
    for here, cost in enumerate(table[-1]):
        length = min(frame.latest - ticks[here], room)
        if cost < _FAR and length >= least * grid:
            total = cost + 1.2 * (room / length - 1.0)
            if total < best:
                best, slot = total, here
    path = [slot]
    for i in range(len(sung) - 1, 0, -1):
        path.append(back[i][path[-1]])
    starts = [ticks[s] for s in reversed(path)]
    ends = [*starts[1:], min(frame.latest, starts[-1] + room)]
    return tuple(
        Placed(item, start, _length(item, end - start, frame))
        for item, start, end in zip(sung, starts, ends, strict=True)
    )


def _length(item: Sung, gap: int, frame: Frame) -> int:
    """How much of the time to the next onset is sung: before a pause the note gives way to a short rest."""
    rest = frame.meter.beat_ticks // 2 if not frame.meter.is_compound else frame.meter.unit_ticks
    if item.pause and gap - rest >= max(2 * SIXTEENTH, frame.shortest):
        return gap - rest
    return gap
