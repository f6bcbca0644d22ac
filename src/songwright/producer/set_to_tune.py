"""Sets a lyric sheet to a given tune: which section sings which stretch of it, line by line, note by note.

Three ways are tried, and the one kept that bends tune and words least: sections on sections of the same kind, all
words on the whole tune once, and the whole tune again for every so many sections (strophes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from songwright.errors import BriefError
from songwright.producer.form import Block, syllables
from songwright.producer.tune_source import Source, Stanza
from songwright.producer.underlay import NEVER, Unit, runs, underlay
from songwright.producer.windows import Layout
from songwright.values.plan import Key
from songwright.values.time import Meter
from songwright.values.words import GivenNote, LyricLine

SHORTEST_MS = 95.0
_KIND_BONUS = 0.5  # points for keeping verses verses and choruses choruses
_MOST_SECTIONS = 12  # in one strophe
_REACH = (24, 103)  # what voices have sung at all


@dataclass(frozen=True)
class _Stretch:
    """Some sections (by place) on some stanzas of the tune, and the units of each line."""

    places: tuple[int, ...]
    stanzas: tuple[Stanza, ...]
    spans: tuple[tuple[int, int], ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        """All units sung here."""
        return tuple(unit for stanza in self.stanzas for unit in stanza.units)


@dataclass(frozen=True)
class Fitting:
    """What a setting moved: semitones up, the key it lands in, ticks of the shortest note that can be sung."""

    steps: int
    key: Key
    shortest: int
    chords: bool = True  # the file's own are taken over


def set_to_tune(blocks: Sequence[Block], source: Source, fitting: Fitting) -> tuple[Block, ...]:
    """The blocks with notes under their lines and bars of their own. Raises BriefError where there is no way."""
    sung = [i for i, block in enumerate(blocks) if block.lines]
    stanzas = tuple(stanza for stanza in source.stanzas if stanza.units)
    ways = [
        _by_kind(blocks, sung, stanzas),
        *(_strophes(blocks, sung, stanzas, n) for n in _sizes(len(sung))),
    ]
    points, stretches = min(ways, key=lambda way: way[0])
    if points >= NEVER:
        units = sum(len(stanza.units) for stanza in stanzas)
        lines = sum(len(blocks[i].lines) for i in sung)
        raise BriefError(
            "melody",
            f"{lines} lines cannot be laid under {units} notes.",
            "Give fewer lines, or a longer tune.",
        )
    done = list(blocks)
    for stretch in stretches:
        for place, block in zip(stretch.places, _set(blocks, stretch, source, fitting), strict=True):
            done[place] = block
    return tuple(done)


def _sizes(count: int) -> list[int]:
    """How many sections one round of the tune may carry: all of them first."""
    return [count, *(n for n in range(1, min(count, _MOST_SECTIONS + 1)))]


def _counts(blocks: Sequence[Block], places: Sequence[int]) -> list[int]:
    return [syllables(line) for place in places for line in blocks[place].lines]


def _by_kind(
    blocks: Sequence[Block], sung: Sequence[int], stanzas: Sequence[Stanza]
) -> tuple[float, list[_Stretch]]:
    """Verses on verses, choruses on choruses: the n-th on the n-th, or on the last of its kind."""
    kinds = {stanza.kind for stanza in stanzas}
    if len(kinds) < 2 or not {blocks[i].kind for i in sung} <= kinds:
        return NEVER, []
    seen: dict[str, int] = {}
    points, found = -_KIND_BONUS, []
    for place in sung:
        kind = blocks[place].kind
        own = [stanza for stanza in stanzas if stanza.kind == kind]
        stanza = own[min(seen.get(kind, 0), len(own) - 1)]
        seen[kind] = seen.get(kind, 0) + 1
        cost, spans = runs(stanza.units, _counts(blocks, [place]))
        points += cost
        found.append(_Stretch((place,), (stanza,), spans))
    return (points, found) if points < NEVER else (NEVER, [])


def _strophes(
    blocks: Sequence[Block], sung: Sequence[int], stanzas: Sequence[Stanza], size: int
) -> tuple[float, list[_Stretch]]:
    """The whole tune for every `size` sections."""
    units = tuple(unit for stanza in stanzas for unit in stanza.units)
    points, found = 0.0, []
    for first in range(0, len(sung), size):
        places = tuple(sung[first : first + size])
        cost, spans = runs(units, _counts(blocks, places))
        points += cost
        if points >= NEVER:
            return NEVER, []
        found.append(_Stretch(places, tuple(stanzas), spans))
    return points, found


def _set(blocks: Sequence[Block], stretch: _Stretch, source: Source, fitting: Fitting) -> list[Block]:
    """The blocks of one stretch with their notes, bars and chords."""
    bar = source.meter.bar_ticks
    units, spans = stretch.units, list(stretch.spans)
    lines: list[list[tuple[LyricLine, int, tuple[GivenNote, ...], int]]] = []
    at = 0
    for place in stretch.places:
        lines.append([])
        for line in blocks[place].lines:
            first, after = spans[at]
            window = window_bar(units[first].start, units[after - 1].end, bar)
            lines[-1].append((line, window, sung_notes(line, units[first:after], window, source.meter, fitting),
                              units[after - 1].end))  # fmt: skip
            at += 1
    end = stretch.stanzas[-1].first_bar + stretch.stanzas[-1].bars
    opening = min(stretch.stanzas[0].first_bar, lines[0][0][1])
    if units[0].start >= opening * bar + bar // 2 and lines[0][0][1] == opening + 1:
        opening += 1  # the upbeat sounds in the bar before
    starts = [opening, *(group[0][1] for group in lines[1:]), end]
    return [
        _block(blocks[place], group, first, max(after - first, 1), source, fitting)
        for place, group, first, after in zip(stretch.places, lines, starts, starts[1:], strict=False)
    ]


def _block(
    block: Block, group: Sequence[tuple[LyricLine, int, tuple[GivenNote, ...], int]], first: int, bars: int,
    source: Source, fitting: Fitting,
) -> Block:  # fmt: skip
    bar = source.meter.bar_ticks
    placed = []
    for line, window, notes, end in group:
        size = max(1, -(-end // bar) - window)
        start = min(window - first, bars - 1)
        late = (window - first - start) * bar  # where lines share the last bar
        moved = tuple(replace(note, start_tick=note.start_tick + late) for note in notes) if late else notes
        placed.append(replace(line, start_bar=start, bars=min(size, bars - start), notes=moved))
    chords = source.bars_of_chords(first, bars, fitting.key, fitting.steps) if fitting.chords else ()
    layout = Layout(tuple(line.bars for line in placed), bars)
    return replace(block, lines=tuple(placed), given=layout, chords=chords)


def window_bar(start: int, end: int, bar: int) -> int:
    """The bar in which a line's window begins: that of its first note, or the next one after an upbeat."""
    here = start // bar
    upbeat = 2 * (start % bar) >= bar and end > (here + 1) * bar
    return here + 1 if upbeat else here


def sung_notes(
    line: LyricLine, units: Sequence[Unit], window: int, meter: Meter, fitting: Fitting
) -> tuple[GivenNote, ...]:
    """A line on its units. Raises BriefError where its syllables find no time."""
    notes = underlay(units, line.words or line.echo, window * meter.bar_ticks, meter, fitting.shortest)
    if notes is None:
        time = sum(tone[1] // fitting.shortest for unit in units for tone in unit.tones)
        raise BriefError(
            "melody",
            f"{line.text[:40]!r} has {syllables(line)} syllables, but its stretch of the tune has time for {time}.",
            "Give fewer words, or a slower tempo.",
        )
    return tuple(replace(note, pitch=in_reach(note.pitch + fitting.steps)) for note in notes)


def in_reach(pitch: int) -> int:
    """The pitch, moved by octaves where no human voice reaches it (below C1 or above G7)."""
    low, high = _REACH
    return low + (pitch - low) % 12 if pitch < low else high - (high - pitch) % 12 if pitch > high else pitch


def transposition(pitches: Sequence[int], low: int, high: int) -> int:
    """Semitones that bring a tune into a range: as few notes outside as can be, then as little moved as can be.

    A whole octave counts as little as two semitones, since it keeps the key.
    """

    def cost(steps: int) -> tuple[int, int, float]:
        outside = sum(not low <= pitch + steps <= high for pitch in pitches)
        octaves = (steps + (6 if steps > 0 else -6)) // 12 if steps > 0 else -((-steps + 6) // 12)
        moved = 2 * abs(octaves) + abs(steps - 12 * octaves)
        middle = sum(pitches) / len(pitches) + steps - (low + high) / 2
        return outside, moved, abs(middle)

    return min(range(-48, 49), key=cost)
