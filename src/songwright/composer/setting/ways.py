"""How much room the lines of a tune have, as lanes: bounds that hold wherever the tune is sung again.

A lane keeps a breath free before the next line and inside crowded lines that last long. Where a line is too full for
its wishes, they are given up one by one; the words never are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum

from songwright.composer.breaths import LONGEST_MS, breath_ticks, limit_ticks
from songwright.composer.frames import Room, shortest_ticks, ticks_of_ms
from songwright.composer.prosody import Sung
from songwright.composer.setting.spine import Starts, name_of
from songwright.music.tokens import GRID
from songwright.music.tokens.lanes import Lane, Stretch, lane
from songwright.values.plan import SongPlan

_HELD_MS = 130.0
_DRAWN = 5, 2  # a syllable may last so much longer than the average: a breath must hold the longest word
_ROOMY = 3  # breaths a syllable: where there is as much, notes give way to breaths afterwards
_SLOW_WORD_MS = 900.0  # a line of few words does not fill a long window
QUARTER, EIGHTH, _SIXTEENTH = 12, 6, 3  # places
_LEAST_TICKS, _CROWDED_TICKS = 120, 312  # a syllable


@dataclass(frozen=True)
class Edge:
    """Where a line may sound, ticks from its window. start: where it begins. stop: its end at the latest.

    hold: up to where its last note may be held if that gives a breath. after: where the next line begins, None where
    none follows. beyond: where that one's room ends.
    """

    start: int
    stop: int
    hold: int
    after: int | None = None
    beyond: int | None = None


Bounds = Mapping[tuple[str, int], Edge]


def bounds(plan: SongPlan, places: Sequence[Room], starts: Starts) -> Bounds:
    """(tune, line) -> between which ticks the line may sound, wherever the tune is sung; starts: where lines begin.

    A line leaves a breath before the next. In tunes that are sung once crowded ones may last up to the next, if the
    words have room at all, and any may last beyond its window where the next begins late.
    """
    breath = breath_ticks(plan)
    often = Counter(name_of(room) for room in places)
    start: dict[tuple[str, int], int] = {}
    stop: dict[tuple[str, int], int] = {}
    hold: dict[tuple[str, int], int] = {}
    after: dict[tuple[str, int], int] = {}
    beyond: dict[tuple[str, int], int] = {}
    for before, room, following in zip((None, *places), places, (*places[1:], None), strict=False):
        name, given = name_of(room), bool(room.line.notes)
        begins = room.earliest - room.window if given else starts.get(name, 0)
        if before is not None and before.line.notes and not given:
            begins = max(begins, before.latest - room.window)
        latest = (room.latest if given else room.window_end) - room.window
        if following is not None and not given and often[name] == 1:
            latest += _beyond(plan, room, following, starts)
        start[name] = max(start.get(name, begins), begins)
        stop[name] = hold[name] = min(stop.get(name, latest), latest)
    for here, following in pairwise(places):
        name = name_of(here)
        begins = following.window + start[name_of(following)] - here.window
        after[name] = min(after.get(name, begins), begins)
        hold[name] = min(hold[name], begins)
        room = begins - breath - start[name]
        runs_on = often[name] == 1 and _LEAST_TICKS <= room / len(here.sung) < _CROWDED_TICKS
        stop[name] = min(stop[name], begins - breath * (not runs_on))
        beyond[name] = following.window_end - here.window
    return {
        name: Edge(start[name], stop[name], hold[name], after.get(name), beyond.get(name)) for name in start
    }


def _beyond(plan: SongPlan, room: Room, following: Room, starts: Starts) -> int:
    """How long a line may last beyond its window: up to where its section's next line begins, less than a bar on.

    Only in tunes sung once: where one is sung again, rules may set a neighbour elsewhere than luck would have it begin.
    """
    late = following.window + starts.get(name_of(following), 0) - room.window_end
    alone = following.line.notes or following.section.id != room.section.id
    return late if not alone and 0 < late < plan.meter.bar_ticks else 0


@dataclass(frozen=True)
class _Rung:
    """What is asked of a line at once, in places: grid, and how long a syllable and the last one are at least."""

    grid: int
    short: int
    hold: int


def line_lane(
    plan: SongPlan, room: Room, bound: tuple[int, int], base: int, head: Sequence[int], marks: Sequence[int],
    grid: int = 0,
) -> Lane | None:  # fmt: skip
    """The lane of a line in places from tick `base` (a bar line); None where the words do not fit even so.

    bound: ticks from the window between which it may sound. grid: places a syllable would like to begin on multiples
    of, 0 for the finest. The wishes are given up one by one where words find no room; the line begins where its room
    does, as far as the grid allows.
    """
    first = max(0, -(-(room.window + bound[0] - base) // GRID))
    last = (room.window + bound[1] - base) // GRID
    sung = room.sung
    joined = tuple(item.syllabic in ("middle", "end") for item in sung)
    stretches = _stretches(plan, sung, first, last)
    for rung in _rungs(plan, grid):
        least = [rung.short] * len(sung)
        least[-1] = rung.hold
        found = lane(head, marks, joined, stretches, least, rung.grid)
        if found is not None:
            begin = frozenset(found.onsets[0][:1])
            return found.narrowed([begin.__contains__, *[_anywhere] * (len(sung) - 1)]) or found
    return None


def _anywhere(_: int) -> bool:
    return True


def _rungs(plan: SongPlan, coarse: int) -> tuple[_Rung, ...]:
    """From all one would like to all one must have."""
    grid = _SIXTEENTH if shortest_ticks(plan) <= _SIXTEENTH * GRID else EIGHTH
    held = max(1, -(-int(ticks_of_ms(plan, _HELD_MS)) // GRID))
    return (
        *(_Rung(wish, wish, held) for wish in (coarse, EIGHTH) if grid < wish <= coarse),
        _Rung(grid, grid, held),
        _Rung(_SIXTEENTH, _SIXTEENTH, min(held, _SIXTEENTH)),
        _Rung(1, 2, 2),
        _Rung(1, 1, 1),
    )


def _stretches(plan: SongPlan, sung: Sequence[Sung], first: int, last: int) -> list[Stretch]:
    """A line in breaths: one, or several where it lasts longer than a breath does."""
    slowest = min(change.bpm for change in plan.tempo_map.changes) / plan.tempo_map.start_bpm
    breath_ms = LONGEST_MS * slowest
    limit = limit_ticks(plan) // GRID
    count = len(sung)
    whole = Stretch(0, count, first, min(last, first + limit))
    roomy = (last - first) * GRID >= count * max(EIGHTH * GRID, _ROOMY * breath_ticks(plan))
    roomy = roomy and _DRAWN[0] * _longest_word(sung) * (last - first) <= _DRAWN[1] * count * limit
    if last - first <= limit or count * _SLOW_WORD_MS <= breath_ms or roomy:
        return [whole if not roomy else Stretch(0, count, first, last)]
    cuts = _cuts(sung, -(-(last - first) // limit))
    if not cuts:
        return [whole]
    rest = -(-breath_ticks(plan) // (GRID * EIGHTH)) * EIGHTH
    edges = [0, *cuts, count]
    total = fsum(item.length for item in sung)
    found, start, spoken = [], first, 0.0
    for a, b in pairwise(edges):
        spoken += fsum(item.length for item in sung[a:b])
        end = first + int((last - first) * spoken / total)
        found.append(Stretch(a, b, start, min(end - (rest if b < count else 0), start + limit)))
        start = end
    return found


def _longest_word(sung: Sequence[Sung]) -> int:
    """How many syllables the longest word has."""
    starts = [n for n, item in enumerate(sung) if item.syllabic in ("single", "begin")]
    return max((b - a for a, b in pairwise([0, *starts, len(sung)])), default=1)


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
