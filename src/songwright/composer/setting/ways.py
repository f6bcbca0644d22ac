"""How much room the lines of a tune have, as lanes: bounds that hold wherever the tune is sung again.

A lane keeps a breath free before the next line and inside lines that last long, lets the last syllable land on a
beat and be held there. Where a line is too full for that, its wishes are given up one by one; the words never are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum

from songwright.composer.frames import Room, pulse_ticks, shortest_ticks, ticks_of_ms
from songwright.composer.progression import tune_owner
from songwright.composer.prosody import STRESSED, Sung
from songwright.music.rhythm import BEAT, HALF_BEAT, OFF_GRID, strength
from songwright.music.tokens import GRID
from songwright.music.tokens.lanes import Lane, Stretch, lane
from songwright.values.plan import SongPlan

LONGEST_BREATH_MS = 8900.0  # nobody sings longer without a breath
SHORTEST_BREATH_MS = 160.0
_HELD_MS = 350.0
_SLOW_WORD_MS = 900.0  # a line of few words does not fill a long window
EIGHTH, _SIXTEENTH, _QUARTER = 6, 3, 12  # places

Bounds = Mapping[tuple[str, int], tuple[int, int]]


def bounds(plan: SongPlan, places: Sequence[Room]) -> Bounds:
    """(tune, line) -> ticks from the window between which the line may sound, wherever the tune is sung."""
    start: dict[tuple[str, int], int] = {}
    stop: dict[tuple[str, int], int] = {}
    for room in places:
        name = (tune_owner(room.section), room.number)
        start[name] = max(start.get(name, -plan.meter.bar_ticks), room.earliest - room.window)
        stop[name] = min(stop.get(name, room.latest - room.window), room.latest - room.window)
    breath = -(-int(ticks_of_ms(plan, SHORTEST_BREATH_MS)) // GRID) * GRID
    for here, after in pairwise(places):
        a, b = ((tune_owner(room.section), room.number) for room in (here, after))
        start[b] = max(start[b], here.window + stop[a] + breath - after.window)
    return {name: (start[name], stop[name]) for name in start}


@dataclass(frozen=True)
class _Rung:
    """What is asked of a line at once. grid, short, hold: places. landing: strength of the last syllable's place."""

    grid: int
    short: int
    hold: int
    landing: int


def line_lane(
    plan: SongPlan, room: Room, bound: tuple[int, int], base: int, head: Sequence[int], marks: Sequence[int],
    grid: int = 0,
) -> Lane | None:  # fmt: skip
    """The lane of a line in places from tick `base` (a bar line); None where the words do not fit even so.

    grid: places a syllable would like to begin on multiples of, 0 for the finest.

    The wishes are given up one by one where words find no room or would have to hurry.
    """
    first = -(-(room.window + bound[0] - base) // GRID)
    last = (room.window + bound[1] - base) // GRID
    sung = room.sung
    joined = tuple(item.syllabic in ("middle", "end") for item in sung)
    stretches = _stretches(plan, sung, max(first, 0), last)
    latest: Lane | None = None
    for rung in _rungs(plan, sung, grid):
        least = [rung.short] * len(sung)
        least[-1] = max(rung.hold, rung.short)
        landings = None
        if rung.landing > OFF_GRID:
            places = range(max(first, 0), last)
            landings = frozenset(p for p in places if strength(p * GRID, plan.meter) >= rung.landing)
        found = lane(head, marks, joined, stretches, least, rung.grid, landings)
        if found is None:
            continue
        if not _hurried(found, sung):
            return found
        if latest is not None and rung.landing == OFF_GRID:
            return latest
        if latest is None or found.onsets[-1][-1] > latest.onsets[-1][-1]:
            latest = found
    return latest


def _hurried(way: Lane, sung: Sequence[Sung]) -> bool:
    """Whether the words would have to run faster than eighths to land as late as they may."""
    return way.onsets[-1][-1] - way.onsets[0][0] < EIGHTH * fsum(item.length for item in sung[:-1])


def _rungs(plan: SongPlan, sung: Sequence[Sung], coarse: int) -> tuple[_Rung, ...]:
    """From all one would like to all one must have."""
    grid = _SIXTEENTH if shortest_ticks(plan) <= _SIXTEENTH * GRID else EIGHTH
    held = -(-int(ticks_of_ms(plan, _HELD_MS)) // (GRID * EIGHTH)) * EIGHTH
    beat = min(plan.meter.beat_ticks // GRID, _QUARTER)
    whole = max(beat, held)
    falling = len(sung) > 1 and sung[-1].weight < STRESSED and sung[-1].syllabic == "end"
    landing, hold = (HALF_BEAT, max(EIGHTH, whole // 2 // EIGHTH * EIGHTH)) if falling else (BEAT, whole)
    short = grid
    rungs = (
        [_Rung(coarse, coarse, hold, landing), _Rung(coarse, coarse, EIGHTH, HALF_BEAT)]
        if coarse > grid
        else []
    )
    return (
        *rungs,
        _Rung(grid, short, hold, landing),
        _Rung(grid, short, hold, HALF_BEAT),
        _Rung(grid, short, EIGHTH, HALF_BEAT),
        _Rung(grid, short, short, OFF_GRID),
        _Rung(_SIXTEENTH, _SIXTEENTH, _SIXTEENTH, OFF_GRID),
        _Rung(1, 2, 2, OFF_GRID),
        _Rung(1, 1, 1, OFF_GRID),
    )


def _stretches(plan: SongPlan, sung: Sequence[Sung], first: int, last: int) -> list[Stretch]:
    """A line in breaths: one, or several where it lasts longer than a breath does."""
    slowest = min(change.bpm for change in plan.tempo_map.changes) / plan.tempo_map.start_bpm
    breath_ms = LONGEST_BREATH_MS * slowest
    limit = int(ticks_of_ms(plan, breath_ms)) // GRID
    count = len(sung)
    whole = Stretch(0, count, first, min(last, first + limit))
    if last - first <= limit or count * _SLOW_WORD_MS <= breath_ms:
        return [whole]
    cuts = _cuts(sung, -(-(last - first) // limit))
    if not cuts:
        return [whole]
    rest = (
        -(-max(pulse_ticks(plan), int(ticks_of_ms(plan, 2 * SHORTEST_BREATH_MS))) // (GRID * EIGHTH)) * EIGHTH
    )
    edges = [0, *cuts, count]
    total = fsum(item.length for item in sung)
    found, start, spoken = [], first, 0.0
    for a, b in pairwise(edges):
        spoken += fsum(item.length for item in sung[a:b])
        end = first + int((last - first) * spoken / total)
        found.append(Stretch(a, b, start, min(end - (rest if b < count else 0), start + limit)))
        start = end
    return found


def _cuts(sung: Sequence[Sung], pieces: int) -> list[int]:
    """Where a long line breathes: before these syllables, at its commas if it can."""
    count = len(sung)
    cuts: list[int] = []
    for n in range(1, pieces):
        wanted = count * n / pieces
        borders = [
            i for i in range(1, count)
            if sung[i].syllabic in ("single", "begin") and i > (cuts[-1] if cuts else 0)
        ]  # fmt: skip
        if borders:
            cuts.append(min(borders, key=lambda i: (abs(i - wanted) - 2 * sung[i - 1].pause, i)))
    return cuts
