"""Which chord people let follow which: a small table of counts, by mode and kind of section.

A chord is a state: its degree above the tonic (0..11) and one of three kinds. The chance of the next one is the mean
of what followed the last two, what followed the last one, and what opens songs at all (an interpolated n-gram,
Jelinek & Mercer 1980).
Draws are made in whole numbers, so they are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from songwright.composer.settings import Grammar
from songwright.music.harmony import degree_name, roman_chord
from songwright.music.pitch import pitch_class
from songwright.values.plan import Key
from songwright.values.score import Chord
from songwright.values.seed import Luck

MODES = ("major", "minor")
KINDS = ("verse", "prechorus", "chorus", "bridge")
KINDS_OF_CHORD = ("major", "minor", "diminished")
STATES = 12 * len(KINDS_OF_CHORD)
_MINOR, _DIMINISHED = ("min", "min7", "min6"), ("dim", "dim7", "m7b5")
_MODE_OF = {"major": 0, "mixolydian": 0, "minor": 1, "dorian": 1}
_TRIPLE, _PAIR, _ANY = 6, 3, 1  # shares of the three memories
_OWN = 4  # how much likelier a chord is that the style's own grammar uses
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")


def state_of(chord: Chord, tonic: int) -> int:
    """The state of a chord in a key: 3 x degree + kind."""
    kind = 1 if chord.quality in _MINOR else 2 if chord.quality in _DIMINISHED else 0
    return 3 * ((chord.root - tonic) % 12) + kind


class Successions:
    """The counts. arrays: first (modes, kinds, states), pairs (modes, kinds, states, states), triples."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._first, self._pairs, self._triples = arrays["first"], arrays["pairs"], arrays["triples"]

    def weights(self, before: Sequence[int], mode: int, kind: int) -> list[int]:
        """Whole-number weights of all states after the states before (the last two count)."""
        opening = [int(n) + 1 for n in self._first[mode].sum(axis=0)]
        if not before:
            own = [int(n) for n in self._first[mode, kind]]
            return _blend([(9, own), (1, opening)])
        pair = [int(n) for n in self._pairs[mode, kind, before[-1]]]
        wide = [int(n) for n in self._pairs[mode, :, before[-1]].sum(axis=0)]
        rows = [(_PAIR, pair), (_PAIR, wide), (_ANY, opening)]
        if len(before) > 1:
            triple = [int(n) for n in self._triples[mode, before[-2], before[-1]]]
            rows.append((_TRIPLE, triple))
        return _blend(rows)

    def coloured(self, before: Sequence[int], mode: int, kind: int, favoured: Collection[int]) -> list[int]:
        """The weights where a style's own chords are likelier."""
        weights = self.weights(before, mode, kind)
        return [weight * (_OWN if state in favoured else 1) for state, weight in enumerate(weights)]

    def chance(self, states: Sequence[int], mode: int, kind: int, favoured: Collection[int] = ()) -> float:
        """The chance of a phrase; favoured: states of a style's own chords."""
        chance = 1.0
        for place, state in enumerate(states):
            before = states[:place]
            weights = (
                self.coloured(before, mode, kind, favoured) if favoured else self.weights(before, mode, kind)
            )
            chance *= weights[state] / sum(weights)
        return chance


def _blend(rows: Sequence[tuple[int, Sequence[int]]]) -> list[int]:
    """Rows of counts as one row: each is a share of its own sum, all in whole numbers."""
    rows = [(share, row) for share, row in rows if sum(row)]
    whole = 1
    for _, row in rows:
        whole *= sum(row)
    scaled = [(share * whole // sum(row), row) for share, row in rows]
    return [sum(scale * row[state] for scale, row in scaled) for state in range(STATES)]


def learned_phrase(
    table: Successions, grammar: Grammar, mode: str, kind: str, bars: int, luck: Luck
) -> list[list[str]]:
    """A phrase of numerals, one a bar, drawn from the table; chords the style's own grammar uses are likelier."""
    own = own_numerals(grammar, mode, kind)
    states: list[int] = []
    for _ in range(bars):
        weights = table.coloured(states, _MODE_OF[mode], KINDS.index(kind), own)
        point = luck.integer(0, sum(weights) - 1)
        for state, weight in enumerate(weights):
            point -= weight
            if point < 0:
                states.append(state)
                break
    return [[own.get(state) or plain_numeral(state, mode)] for state in states]


def own_numerals(grammar: Grammar, mode: str, kind: str) -> dict[int, str]:
    """State -> how the style writes that chord: first in the functions, then in its phrases for such sections."""
    key = Key("C", mode)
    found: dict[int, str] = {}
    tokens = [numeral for numerals, _ in grammar.functions.values() for numeral in numerals]
    tokens += [
        t for phrase in grammar.phrases[kind] for bar in phrase for t in bar if t not in grammar.functions
    ]
    for token in tokens:
        if "/" not in token:
            found.setdefault(state_of(roman_chord(token, key), 0), token)
    return found


def plain_numeral(state: int, mode: str) -> str:
    """A chord without colour, as numerals of the mode write it: (7, major) is V, a semitone under it bV."""
    degree, kind = divmod(state, 3)
    key = Key("C", mode)
    for sign in ("", "b", "#"):
        for place, numeral in enumerate(_NUMERALS):
            if pitch_class(degree_name(f"{sign}{place + 1}", key)) == degree:
                return sign + (numeral if kind == 0 else numeral.lower()) + ("o" if kind == 2 else "")
    raise ValueError(state)
