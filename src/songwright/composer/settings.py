"""What a style asks of the composer: its tables [harmony] and [melody], read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from songwright.errors import ShelfError
from songwright.music.harmony import roman_chord
from songwright.values.plan import Key
from songwright.values.shelf import Style

Bars = tuple[tuple[str, ...], ...]
FUNCTIONS = ("T", "S", "D")
_PHRASES = ("verse", "prechorus", "chorus", "bridge", "half", "close", "end")
# Where a style has no grammar of its own for a mode, the nearest one that has the same third serves.
_NEAREST_MODE = {"mixolydian": "major", "dorian": "minor", "major": "mixolydian", "minor": "dorian"}


@dataclass(frozen=True)
class Grammar:
    """How phrases are made in one mode.

    functions: "T", "S", "D" -> (numerals, weights). phrases: "verse" .. "bridge" and the cadences "half", "close",
    "end" -> alternatives, each bar by bar, each bar one or more functions or numerals.
    """

    functions: Mapping[str, tuple[tuple[str, ...], tuple[float, ...]]]
    phrases: Mapping[str, tuple[Bars, ...]]


@dataclass(frozen=True)
class HarmonySettings:
    """sevenths, walks, applied: chances 0..1 as the style file explains. grammars: mode -> grammar."""

    sevenths: float
    walks: float
    applied: float
    grammars: Mapping[str, Grammar]

    def grammar(self, mode: str) -> Grammar:
        """The grammar of a mode, or of its nearest relative."""
        return self.grammars.get(mode) or self.grammars[_NEAREST_MODE[mode]]


@dataclass(frozen=True)
class MelodySettings:
    """How a style sings; figures 0..1 as the style file explains. pace_ms: comfortable syllables. forms: by kind."""

    pentatonic: float
    leaps: float
    repeats: float
    syncopation: float
    melisma: float
    lift: int
    pace_ms: tuple[float, float]
    starts: tuple[str, ...]
    forms: Mapping[str, tuple[str, ...]]


def _wrong(style: Style, table: str, field: str, problem: str) -> ShelfError:
    return ShelfError(f"style {style.id}", f"[{table}] {field}: {problem}")


def _number(style: Style, table: str, field: str, high: float = 1.0) -> float:
    value = style.tables.get(table, {}).get(field)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= high:
        raise _wrong(style, table, field, f"should be a number 0..{high:g}, not {value!r}")
    return float(value)


def _bars(style: Style, mode: str, field: str, text: Any) -> Bars:
    bars = tuple(tuple(bar.split()) for bar in text.split("|")) if isinstance(text, str) else ()
    if not bars or not all(bars):
        raise _wrong(
            style, f"harmony.{mode}", field, f"{text!r} should be chords with bar lines, 'I | IV | V'"
        )
    for token in (token for bar in bars for token in bar if token not in FUNCTIONS):
        try:
            roman_chord(token, Key("C", mode))
        except ValueError as problem:
            raise _wrong(style, f"harmony.{mode}", field, str(problem)) from None
    return bars


def _grammar(style: Style, mode: str, table: Mapping[str, Any]) -> Grammar:
    functions = {}
    for name in FUNCTIONS:
        weights = table.get(name)
        if not isinstance(weights, Mapping) or not weights:
            raise _wrong(style, f"harmony.{mode}", name, "should be weights of numerals, { I = 5, vi = 2 }")
        for numeral in weights:
            _bars(style, mode, name, numeral)
        functions[name] = (tuple(weights), tuple(float(weight) for weight in weights.values()))
    phrases = {}
    for field in _PHRASES:
        texts = table.get(field)
        if not isinstance(texts, list) or not texts:
            raise _wrong(style, f"harmony.{mode}", field, "should be a list of phrases")
        phrases[field] = tuple(_bars(style, mode, field, text) for text in texts)
    return Grammar(functions, phrases)


def harmony_settings(style: Style) -> HarmonySettings:
    """The [harmony] table of a style. Raises ShelfError that names file, table and field."""
    table = style.tables.get("harmony", {})
    modes = [mode for mode in _NEAREST_MODE if isinstance(table.get(mode), Mapping)]
    if not {"major", "mixolydian"} & set(modes) or not {"minor", "dorian"} & set(modes):
        raise _wrong(
            style, "harmony", "major, minor", "each style needs a grammar for major and for minor keys"
        )
    return HarmonySettings(
        sevenths=_number(style, "harmony", "sevenths"),
        walks=_number(style, "harmony", "walks"),
        applied=_number(style, "harmony", "applied"),
        grammars={mode: _grammar(style, mode, table[mode]) for mode in modes},
    )


def melody_settings(style: Style) -> MelodySettings:
    """The [melody] table of a style. Raises ShelfError that names file, table and field."""
    table = style.tables.get("melody", {})
    pace = table.get("pace_ms")
    if not isinstance(pace, list) or len(pace) != 2 or not 90 <= pace[0] < pace[1] <= 2000:
        raise _wrong(style, "melody", "pace_ms", "should be [shortest, longest] in ms, 90..2000")
    starts = table.get("starts")
    if not isinstance(starts, list) or not starts or not set(starts) <= {"on", "late"}:
        raise _wrong(style, "melody", "starts", 'should be a list of "on" and "late"')
    forms = {}
    for kind in ("verse", "chorus", "bridge"):
        texts = table.get(kind)
        if (
            not isinstance(texts, list)
            or not all(isinstance(t, str) and t.split() for t in texts)
            or not texts
        ):
            raise _wrong(style, "melody", kind, 'should be a list of line forms, "A A\' B C"')
        forms[kind] = tuple(texts)
    return MelodySettings(
        pentatonic=_number(style, "melody", "pentatonic"),
        leaps=_number(style, "melody", "leaps"),
        repeats=_number(style, "melody", "repeats"),
        syncopation=_number(style, "melody", "syncopation"),
        melisma=_number(style, "melody", "melisma"),
        lift=int(_number(style, "melody", "lift", 12)),
        pace_ms=(float(pace[0]), float(pace[1])),
        starts=tuple(starts),
        forms=forms,
    )
