"""Nobody sings for ever: notes give way so that a breath comes in time.

A breath is a rest, or a mark after a note that is long enough to give it, as engravers write it: whoever sings then
takes it from that note.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from songwright.composer.frames import Room, ticks_of_ms
from songwright.composer.lead import SungLine
from songwright.composer.progression import tune_owner
from songwright.composer.tune import TuneLine
from songwright.music.tokens import GRID
from songwright.values.plan import SongPlan
from songwright.values.score import Note

LONGEST_MS = 8900.0
BREATH_MS = 160.0
MARK = "breath"
_EIGHTH = 240  # ticks

Notes = list[tuple[int, int, int, int, float]]
Marks = frozenset[tuple[int, int]]
"""Notes after which a breath is taken inside their line: number of the line, number of the note in it."""
Fits = Callable[[int, int, bool], bool]


def _anywhere(tick: int, pitch: int, ends: bool) -> bool:
    return True


def breath_ticks(plan: SongPlan) -> int:
    """The shortest breath a singer needs, on the grid of tokens."""
    return -(-int(ticks_of_ms(plan, BREATH_MS)) // GRID) * GRID


def limit_ticks(plan: SongPlan) -> int:
    """How long one breath lasts at most, on the grid of tokens, wherever the song is slowest."""
    slowest = min(change.bpm for change in plan.tempo_map.changes) / plan.tempo_map.start_bpm
    return int(ticks_of_ms(plan, LONGEST_MS * slowest)) // GRID * GRID


def sung_since(sung: Sequence[SungLine], start: int, breath: int) -> int:
    """Where the breath began in which a line at a tick after these starts; rests inside lines are not counted on."""
    for room, line in reversed(sung):
        tick, length, *_ = line.notes[-1]
        if start - (room.window + tick + length) >= breath or gives(length, breath):
            break
        start = room.window + line.notes[0][0]
    return start


def gives(length: int, breath: int) -> bool:
    """Whether a note can be shortened by a breath and still be heard as what it is."""
    return length >= 2 * breath


def with_marks(
    plan: SongPlan, sung: Sequence[SungLine], notes: Sequence[Note], inside: Marks = frozenset()
) -> tuple[Note, ...]:
    """The notes of these lines, with a breath mark wherever one line's last note gives the breath before the next, and
    inside lines where they are taken (see `with_breaths`)."""
    breath, marked = breath_ticks(plan), list(notes)
    first = 0
    for n, (_, line) in enumerate(sung):
        after = first + len(line.notes)
        gives_way = {first + k for number, k in inside if number == n}
        if after < len(notes) and notes[after].start_tick - notes[after - 1].end_tick < breath:
            gives_way |= {after - 1} if gives(notes[after - 1].length_ticks, breath) else set()
        for k in gives_way:
            marks = f"{notes[k].articulation} {MARK}".strip()
            marked[k] = replace(notes[k], articulation=marks)
        first = after
    return tuple(marked)


def with_breaths(
    plan: SongPlan, sung: Sequence[SungLine], fits: Fits = _anywhere
) -> tuple[list[SungLine], Marks]:
    """The same lines, with a breath wherever singing would last longer than one does, at a comma if there is one.

    Between lines a long note gives the breath, and inside lines, where those are that do. Elsewhere a rest is cut from
    notes. Lines that are short enough are left as they are. A single note longer than a breath is cut. A line that
    comes again with its words ends as it did, as early as any of the two must.
    fits: whether a pitch may begin at a tick of the song, and, third, as the end of a line.
    """
    limit, breath = limit_ticks(plan), breath_ticks(plan)
    found: list[SungLine] = []
    marks: set[tuple[int, int]] = set()
    since = end = -limit
    for number, (room, line) in enumerate(sung):
        start = room.window + line.notes[0][0]
        if not found or start - end >= breath or gives(found[-1][1].notes[-1][1], breath):
            since = start
        elif room.window + line.notes[-1][0] + line.notes[-1][1] - since > limit:
            before, theirs = found[-1]
            found[-1] = (before, _ended(theirs, start - breath - before.window))
            since = start
        notes, given, since = _broken(room, line, limit, breath, since - room.window, fits)
        found.append((room, line if notes == list(line.notes) else replace(line, notes=tuple(notes))))
        marks |= {(number, k) for k in given}
        end = room.window + notes[-1][0] + notes[-1][1]
        since += room.window
    return _alike(found), frozenset(marks)


def _alike(sung: Sequence[SungLine]) -> list[SungLine]:
    """The lines; of those that differ in the length of the last note alone, all with the shortest."""

    def name(room: Room, line: TuneLine) -> tuple[object, ...]:
        tick, _, *rest = line.notes[-1]
        return (
            tune_owner(room.section),
            room.number,
            room.line.bars,
            line.words,
            line.notes[:-1],
            tick,
            *rest,
        )

    ends: dict[tuple[object, ...], int] = {}
    for room, line in sung:
        own = name(room, line)
        ends[own] = min(ends.get(own, line.notes[-1][1]), line.notes[-1][1])
    return [(room, _ended(line, line.notes[-1][0] + ends[name(room, line)])) for room, line in sung]


def _broken(
    room: Room, line: TuneLine, limit: int, breath: int, since: int, fits: Fits
) -> tuple[Notes, set[int], int]:
    """The notes of a line with its rests, which of them give a breath, and where singing began that lasts to its end.

    since: where singing began, ticks from the window.
    """
    notes = [(tick, min(length, limit), *rest) for tick, length, *rest in line.notes]
    given: set[int] = set()
    n = 0
    while n < len(notes):
        tick, length = notes[n][:2]
        if n and tick - (notes[n - 1][0] + notes[n - 1][1]) >= breath:
            since = tick
        if tick + length - since > limit:
            place = _border(room, notes, n, since, breath)
            if place:
                if gives(notes[place - 1][1], breath):
                    given.add(place - 1)
                else:
                    notes[place - 1] = _shorter(notes[place - 1], notes[place][0] - breath)
                    missing = breath - (notes[place][0] - notes[place - 1][0] - notes[place - 1][1])
                    notes[place] = _later(notes[place], missing)
                since = notes[place][0]
                n = place
                continue
            since = _squeeze(room, notes, n, since, since + limit, fits)
        n += 1
    return notes, given, since


def _squeeze(room: Room, notes: Notes, n: int, since: int, until: int, fits: Fits) -> int:
    """Let the word that is sung at note n end in time: its last note gives way, then the longest one before it that can
    without a pitch beginning where it does not fit; the note that opens the breath begins later where it can. Where
    none can, what does not fit takes the nearest pitch of its line that does.

    since: where singing began, until: where it must end, ticks from the window. Returns where it begins now.
    """
    last = n
    for k in range(n + 1, len(notes)):
        if room.sung[notes[k][3]].syllabic in ("single", "begin") and notes[k][3] != notes[n][3]:
            break
        last = k
    notes[last] = _shorter(notes[last], until)
    excess = -(-(notes[last][0] + notes[last][1] - until) // GRID) * GRID
    inside = [k for k in range(last) if notes[k][0] >= since]
    if excess <= 0 or not inside:
        return since
    longest, *others = sorted(inside, key=lambda k: -notes[k][1])
    able = [longest, *(k for k in others if notes[k][1] - GRID >= excess)]
    ways = [_cut(notes, k, last, excess, late) for k in able for late in (notes[k][0] == since, False)]

    opens = notes[inside[0]][0] == since
    whole = (way for way in ways if not _strange(room, notes, way, fits))
    notes[:] = next(whole, None) or _refitted(room, notes, ways[1], fits)
    return notes[inside[0]][0] if opens else since


def _strange(room: Room, notes: Notes, way: Notes, fits: Fits) -> list[int]:
    """Which notes begin elsewhere on a way, where their pitch does not fit."""
    moved = (k for k, (new, old) in enumerate(zip(way, notes, strict=True)) if new[0] != old[0])
    return [k for k in moved if not fits(room.window + way[k][0], way[k][2], k == len(way) - 1)]


def _refitted(room: Room, notes: Notes, way: Notes, fits: Fits) -> Notes:
    """The way, with the nearest pitch of its line that fits for each that does not."""
    found = list(way)
    pitches = {note[2] for note in notes}
    for k in _strange(room, notes, way, fits):
        tick, length, pitch, *rest = way[k]
        borne = [other for other in pitches if fits(room.window + tick, other, k == len(way) - 1)]
        found[k] = (
            tick,
            length,
            min(borne, key=lambda other, own=pitch: (abs(other - own), other), default=pitch),
            *rest,
        )
    return found


def _cut(notes: Notes, which: int, last: int, excess: int, late: bool) -> Notes:
    """The notes with one shorter, that begins later or, else, is over earlier, as are those after it up to the last."""
    found = list(notes)
    tick, length, *rest = notes[which]
    excess = min(excess, length - GRID)
    found[which] = (tick + excess * late, length - excess, *rest)
    if not late:
        for k in range(which + 1, last + 1):
            found[k] = (notes[k][0] - excess, *notes[k][1:])
    return found


def _border(room: Room, notes: Notes, n: int, since: int, breath: int) -> int:
    """The last note up to n that may follow a breath; 0 for none.

    Where its neighbours have the time for one, then after notes that give one, then at commas.
    """
    best = (-1, 0)
    for place in range(1, n + 1):
        tick, which = notes[place][0], notes[place][3]
        if tick > since and which != notes[place - 1][3] and room.sung[which].syllabic in ("single", "begin"):
            before, length = notes[place - 1][:2]
            free = tick - before - max(length // 4, 1) + notes[place][1] // 2
            best = max(
                best,
                (4 * (free >= breath) + 2 * gives(length, breath) + (room.sung[which - 1].pause > 0), place),
            )
    return best[1]


def _shorter(note: tuple[int, int, int, int, float], end: int) -> tuple[int, int, int, int, float]:
    """The note up to an end, at least a quarter of what it was."""
    tick, length, *rest = note
    return (tick, max(_quarter(length), min(length, end - tick), 1), *rest)


def _later(note: tuple[int, int, int, int, float], ticks: int) -> tuple[int, int, int, int, float]:
    """The note begun later, by three quarters of itself at most."""
    tick, length, *rest = note
    late = max(0, min(ticks, length - max(1, _quarter(length))))
    return (tick + late, length - late, *rest)


def _quarter(length: int) -> int:
    """A quarter of a note at most and an eighth at most, on the grid of tokens where the note is."""
    return min(_EIGHTH, length // 4 if length % GRID else min(length, max(GRID, length // (4 * GRID) * GRID)))


def _ended(line: TuneLine, end: int) -> TuneLine:
    return replace(line, notes=(*line.notes[:-1], _shorter(line.notes[-1], end)))
