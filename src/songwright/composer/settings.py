"""What a style asks of the composer: its tables [harmony] and [melody], read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from songwright.music.harmony import roman_chord
from songwright.music.tables import Table
from songwright.values.plan import Key
from songwright.values.shelf import Style
from songwright.values.wishes import COMPOSERS

Bars = tuple[tuple[str, ...], ...]
FUNCTIONS = ("T", "S", "D")
MAX_PHRASE_BARS = 16
_LETTER = re.compile(r"[A-G]'{0,3}")
_PHRASES = ("verse", "prechorus", "chorus", "bridge", "half", "close", "end")
# Where a style has no grammar of its own for a mode, the nearest one that has the same third serves.
_NEAREST_MODE = {"mixolydian": "major", "dorian": "minor", "major": "mixolydian", "minor": "dorian"}


@dataclass(frozen=True)
class Grammar:
    """How phrases are made in one mode.

    functions: "T", "S", "D" -> (numerals, weights). phrases: "verse" .. "bridge" and the cadences "half", "close",
    "end" -> alternatives, each bar by bar, each bar one or more functions or numerals. weights: how likely each is.
    """

    functions: Mapping[str, tuple[tuple[str, ...], tuple[float, ...]]]
    phrases: Mapping[str, tuple[Bars, ...]]
    weights: Mapping[str, tuple[float, ...]]

    @property
    def home(self) -> str:
        """The chord a song ends on: where the first of the endings arrives."""
        return self.phrases["end"][0][-1][-1]


@dataclass(frozen=True)
class HarmonySettings:
    """sevenths, walks, applied: chances 0..1 as the style file explains. grammars: mode -> grammar.

    learned: 0..1, how many phrases are drawn from progressions people wrote (see `learned`) instead of the templates.
    """

    sevenths: float
    walks: float
    applied: float
    grammars: Mapping[str, Grammar]
    learned: float = 0.0

    def grammar(self, mode: str) -> Grammar:
        """The grammar of a mode, or of its nearest relative."""
        return self.grammars.get(mode) or self.grammars[_NEAREST_MODE[mode]]


@dataclass(frozen=True)
class MelodySettings:
    """How a style sings; figures 0..1 as the style file explains. pace_ms: comfortable syllables. forms: by kind.

    composer: who sets its words, "network" or "crafted".
    """

    pentatonic: float
    leaps: float
    repeats: float
    syncopation: float
    melisma: float
    lift: int
    pace_ms: tuple[float, float]
    starts: tuple[str, ...]
    forms: Mapping[str, tuple[str, ...]]
    composer: str = "network"


def harmony_settings(style: Style) -> HarmonySettings:
    """The [harmony] table of a style. Raises ShelfError that names file, table and field."""
    table = Table(style.id, "harmony", style.tables.get("harmony"))
    chances = {name: table.number(name, 0, 1) for name in ("sevenths", "walks", "applied")}
    learned = table.number("learned", 0, 1, 0.0)
    modes = [mode for mode in _NEAREST_MODE if table.has(mode)]
    if not {"major", "mixolydian"} & set(modes) or not {"minor", "dorian"} & set(modes):
        raise table.wrong(
            "major, minor", "are missing: each style needs a grammar for major and for minor keys"
        )
    grammars = {mode: _grammar(table.table(mode), mode) for mode in modes}
    table.close(tuple(_NEAREST_MODE))
    return HarmonySettings(**chances, learned=learned, grammars=grammars)


def _grammar(table: Table, mode: str) -> Grammar:
    functions = {}
    for name in FUNCTIONS:
        weights = table.table(name)
        for numeral in weights.rest():
            if len(_bars(table, mode, name, numeral)) != 1 or numeral in FUNCTIONS or " " in numeral:
                raise table.wrong(name, f"should hold single chords, not {numeral!r}")
        functions[name] = {numeral: weights.number(numeral, 0.001, 1000) for numeral in weights.rest()}
        if not functions[name]:
            raise table.wrong(name, "should hold weights of numerals, such as { I = 5, vi = 2 }")
    phrases = {}
    shares = {}
    for field in _PHRASES:
        entries = table.take(field, None)
        if not isinstance(entries, list) or not entries:
            raise table.wrong(field, "should be a list of phrases")
        phrases[field] = tuple(_bars(table, mode, field, _phrase_text(entry)) for entry in entries)
        shares[field] = tuple(_phrase_weight(table, field, entry) for entry in entries)
    table.close()
    return Grammar({n: (tuple(w), tuple(w.values())) for n, w in functions.items()}, phrases, shares)


def _phrase_text(entry: Any) -> Any:
    """A phrase is written as text, or as a pair of text and weight."""
    return entry[0] if isinstance(entry, list) and len(entry) == 2 else entry


def _phrase_weight(table: Table, field: str, entry: Any) -> float:
    weight = entry[1] if isinstance(entry, list) else 1.0
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0.001 <= weight <= 1000:
        raise table.wrong(field, f'should give a weight in 0.001..1000, as in ["I | IV", 2], not {weight!r}')
    return float(weight)


def _bars(table: Table, mode: str, field: str, text: Any) -> Bars:
    bars = tuple(tuple(bar.split()) for bar in text.split("|")) if isinstance(text, str) else ()
    if not bars or not all(bars):
        raise table.wrong(field, f"should hold chords with bar lines, 'I | IV | V', not {str(text)[:50]!r}")
    if len(bars) > MAX_PHRASE_BARS or any(len(bar) > 4 for bar in bars):
        raise table.wrong(
            field, f"should have up to {MAX_PHRASE_BARS} bars of up to four chords: {text[:50]!r}"
        )
    for token in (token for bar in bars for token in bar if token not in FUNCTIONS):
        try:
            roman_chord(token, Key("C", mode))
        except ValueError as problem:
            raise table.wrong(field, f"is wrong: {problem}") from None
    return bars


def melody_settings(style: Style) -> MelodySettings:
    """The [melody] table of a style. Raises ShelfError that names file, table and field."""
    table = Table(style.id, "melody", style.tables.get("melody"))
    pace = table.take("pace_ms", None)
    numbers = isinstance(pace, list) and all(type(n) in (int, float) for n in pace)
    if not numbers or len(pace) != 2 or not 90 <= pace[0] < pace[1] <= 2000:
        raise table.wrong("pace_ms", "should be [shortest, longest] in ms, 90..2000")
    forms = {}
    for kind in ("verse", "chorus", "bridge"):
        forms[kind] = table.texts(kind, (), None)
        for form in forms[kind]:
            if not form.split() or not all(_LETTER.fullmatch(letter) for letter in form.split()):
                raise table.wrong(kind, f'should be a list of line forms, "A A\' B C", not {form[:40]!r}')
    settings = MelodySettings(
        **{
            name: table.number(name, 0, 1)
            for name in ("pentatonic", "leaps", "repeats", "syncopation", "melisma")
        },
        lift=int(table.number("lift", 0, 12)),
        pace_ms=(float(pace[0]), float(pace[1])),
        starts=table.texts("starts", ("on", "late"), None),
        forms=forms,
        composer=table.choice("composer", COMPOSERS[1:], "network"),
    )
    table.close()
    return settings
