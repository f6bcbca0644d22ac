"""Chords under a tune that was given: those whose notes it sings, one after the other as songs do.

The bars are cut in two (where they are long enough), and the cheapest way through the chords of style and key is found
(Viterbi 1967). Points: a note outside the chord costs its length in beats, half as much again on a strong place and
where it rubs a semitone above a chord tone; a change inside a bar 1.2; a chord that seldom follows the one before
(`learned`) three eighths of a point for each halving of its chance; a chord that stays over a bar line half a point;
not beginning or ending at home 1. All in whole numbers of 1/64 point, so it is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songwright.composer.learned import KINDS, Successions, own_numerals, state_of
from songwright.composer.settings import Grammar
from songwright.music.chord_sheet import edges_of
from songwright.music.harmony import chord_pitches, roman_chord
from songwright.music.rhythm import BEAT, strength
from songwright.values.plan import SectionPlan, SongPlan
from songwright.values.score import Chord
from songwright.values.time import Meter

POINT = 64
_MODE_OF = {"major": 0, "mixolydian": 0, "minor": 1, "dorian": 1}
_PLAIN = {
    "major": ("I", "ii", "iii", "IV", "V", "vi"), "mixolydian": ("I", "ii", "IV", "v", "bVII", "vi"),
    "minor": ("i", "III", "iv", "v", "V", "VI", "VII"), "dorian": ("i", "III", "IV", "v", "VII"),
}  # fmt: skip
_UNTAUGHT = 1 * POINT  # any change of chord, where no table tells how usual it is


@dataclass(frozen=True)
class Taste:
    """What weighs, in 1/64 point: a change inside a bar, what songs usually do, a chord that stays over a bar line."""

    change: int = 77
    usual: int = 24
    stay: int = 32


TASTES = (Taste(), Taste(change=26, usual=16, stay=16), Taste(change=192), Taste(usual=8), Taste(stay=64))
"""The first is what the rules would do; a network chooses among all."""


@dataclass(frozen=True)
class _Choice:
    """A chord that may be chosen: its numeral, its notes, its state in the table, whether it is home."""

    numeral: str
    tones: frozenset[int]
    state: int
    home: bool


def has_tune(section: SectionPlan) -> bool:
    """Whether a section has notes that were given."""
    return bool(section.tune) or any(line.notes for line in section.lines)


def harmonised(
    section: SectionPlan, plan: SongPlan, grammar: Grammar, table: Successions | None, free: Sequence[Sequence[str]],
    taste: Taste,
) -> list[list[str]]:  # fmt: skip
    """A section's bars of numerals under its given notes; bars without any keep those of `free`."""
    meter = plan.meter
    sung = _sung(section, meter)
    halves = (
        edges_of(2, meter)[1] if meter.bar_ticks * 60.0 / (480.0 * plan.tempo_map.start_bpm) >= 1.2 else 0
    )
    kind = section.kind if section.kind in KINDS else "verse"
    choices = _choices(plan, grammar, kind)
    slots, fixed = [], []
    for bar in range(section.bars):
        start = bar * meter.bar_ticks
        silent = not any(tick < start + meter.bar_ticks and tick + ticks > start for tick, ticks, _ in sung)
        for first, after in ((0, halves), (halves, meter.bar_ticks)) if halves else ((0, meter.bar_ticks),):
            slots.append((start + first, start + after))
            fixed.append(free[bar][0] if silent and bar < len(free) else "")
    path = _cheapest(slots, fixed, sung, choices, _Usual(table, _MODE_OF[plan.key.mode], kind, taste), meter)
    per_bar = 2 if halves else 1
    bars = [list(dict.fromkeys(path[i : i + per_bar])) for i in range(0, len(path), per_bar)]
    if section is plan.sections[-1] and bars:
        bars[-1] = [grammar.home]
    return [
        list(free[n]) if not sung or (fixed[n * per_bar] and n < len(free)) else bar
        for n, bar in enumerate(bars)
    ]


def _sung(section: SectionPlan, meter: Meter) -> list[tuple[int, int, int]]:
    """(tick from the section's start, ticks, pitch) of all given notes."""
    notes = [(note.start_tick, note.length_ticks, note.pitch) for note in section.tune]
    for line in section.lines:
        window = line.start_bar * meter.bar_ticks
        notes += [(window + note.start_tick, note.length_ticks, note.pitch) for note in line.notes]
    return sorted(notes)


def _choices(plan: SongPlan, grammar: Grammar, kind: str) -> list[_Choice]:
    """The chords of the key and of the style's grammar, each once."""
    found: dict[int, _Choice] = {}
    own = own_numerals(grammar, plan.key.mode, kind)
    for numeral in (*own.values(), *_PLAIN[plan.key.mode]):
        chord = roman_chord(numeral, plan.key)
        state = state_of(chord, roman_chord(grammar.home, plan.key).root)
        plain = roman_chord(numeral.rstrip("7") if numeral[-1:] == "7" else numeral, plan.key)
        tones = frozenset(chord_pitches(_triad(plain)))
        found.setdefault(state, _Choice(numeral, tones, state, state == _home_state(plan, grammar)))
    return list(found.values())


def _triad(chord: Chord) -> Chord:
    """A chord without its colours, by which tunes are judged."""
    plain = {"min7": "min", "maj7": "maj", "7": "maj", "9": "maj", "add9": "maj", "6": "maj", "min6": "min"}
    return Chord(0, 0, chord.root, plain.get(chord.quality, chord.quality), chord.root, chord.root_name)


def _home_state(plan: SongPlan, grammar: Grammar) -> int:
    home = roman_chord(grammar.home, plan.key)
    return state_of(home, home.root)


@dataclass(frozen=True)
class _Usual:
    """How usual it is that one chord follows another."""

    table: Successions | None
    mode: int
    kind: str
    taste: Taste

    def rows(self, choices: Sequence[_Choice]) -> list[list[int]]:
        """Points of each choice after each choice."""
        if self.table is None:
            return [[0 if a is b else _UNTAUGHT for b in choices] for a in choices]
        rows = []
        for before in choices:
            weights = self.table.weights([before.state], self.mode, KINDS.index(self.kind))
            whole = sum(weights)
            rows.append([
                0 if after is before else self.taste.usual * _halvings(whole, weights[after.state])
                for after in choices
            ])  # fmt: skip
        return rows


def _halvings(whole: int, part: int) -> int:
    """How often a whole is halved until it is a part, rounded down, ten at most."""
    return min(10, (whole // max(1, part)).bit_length() - 1) if part else 10


def _cheapest(
    slots: Sequence[tuple[int, int]], fixed: Sequence[str], sung: Sequence[tuple[int, int, int]],
    choices: Sequence[_Choice], usual: _Usual, meter: Meter,
) -> list[str]:  # fmt: skip
    """The numeral of every slot on the cheapest way."""
    follow = usual.rows(choices)
    size = range(len(choices))
    best = [0 if choice.home else POINT for choice in choices]
    back: list[list[int]] = []
    for n, (start, end) in enumerate(slots):
        own = [
            POINT * 100 * (fixed[n] != choice.numeral) if fixed[n] and any(c.numeral == fixed[n] for c in choices)
            else _rub(choice, start, end, sung, meter)
            for choice in choices
        ]  # fmt: skip
        if n == 0:
            best = [best[i] + own[i] for i in size]
            back.append(list(size))
            continue
        inside = start % meter.bar_ticks > 0
        change, stay = (usual.taste.change, 0) if inside else (0, usual.taste.stay)
        rows, fresh = [], []
        for i in size:
            costs = [best[j] + follow[j][i] + (change if i != j else stay) for j in size]
            least = min(size, key=costs.__getitem__)
            rows.append(least)
            fresh.append(costs[least] + own[i])
        best = fresh
        back.append(rows)
    best = [cost + (0 if choices[i].home else POINT) for i, cost in enumerate(best)]
    here = min(size, key=best.__getitem__)
    path = [here]
    for rows in reversed(back[1:]):
        here = rows[here]
        path.append(here)
    return [choices[i].numeral for i in reversed(path)]


def _rub(choice: _Choice, start: int, end: int, sung: Sequence[tuple[int, int, int]], meter: Meter) -> int:
    """Points for notes that do not belong to a chord."""
    points = 0
    for tick, ticks, pitch in sung:
        inside = min(end, tick + ticks) - max(start, tick)
        if inside <= 0 or pitch % 12 in choice.tones:
            continue
        strong = strength(max(start, tick), meter) >= BEAT
        rubs = (pitch - 1) % 12 in choice.tones
        points += POINT * inside * (2 + strong + rubs) // (2 * meter.beat_ticks)
    return points
