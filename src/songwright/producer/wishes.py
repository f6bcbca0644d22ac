"""Are the wishes of a brief possible at all? Each one that is not gets a line that says what would work."""

from __future__ import annotations

import re
from collections.abc import Mapping

from songwright.errors import BriefError
from songwright.music.rhythm import parse_meter
from songwright.producer.settings import TempoSettings
from songwright.values.brief import COLOURS, SongBrief
from songwright.values.score import Score
from songwright.values.seed import MAX_SEED, Seed
from songwright.values.time import TICKS_PER_QUARTER, Meter
from songwright.values.wishes import COMPOSERS

TEMPO_BPM = (30.0, 300.0)
DURATION_S = (10.0, 600.0)
TEMPERATURE = (0.5, 1.5)
MAX_TITLE = 120
_TEXTS = (
    "lyrics", "title", "style", "genre", "persona", "language", "key", "meter", "voice", "engine", "chords",
)  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
_SHORTEST_BAR, _LONGEST_BAR = 2 * TICKS_PER_QUARTER, 6 * TICKS_PER_QUARTER
_PREFERRED_SPAN = 0.03


def check_ranges(brief: SongBrief) -> None:
    """Raises BriefError for a number out of its range, or for something that is no number, no text, no tune."""
    _check_kinds(brief)
    _within("tempo_bpm", brief.tempo_bpm, TEMPO_BPM, "quarter notes a minute")
    _within("duration_s", brief.duration_s, DURATION_S, "seconds")
    if brief.seed is not None and (type(brief.seed) is not int or not 0 <= brief.seed <= MAX_SEED):
        raise BriefError("seed", f"{brief.seed!r} is no seed.", "Give a whole number from 0 to 2**63 - 1.")
    _within("temperature", brief.temperature, TEMPERATURE, "(1 = as it was learned)")
    if brief.composer not in (None, *COMPOSERS):
        raise BriefError("composer", f"there is no composer {brief.composer!r}.", "Known: network, crafted.")
    if brief.language is not None and not _LANGUAGE.fullmatch(brief.language):
        raise BriefError("language", f"{brief.language[:30]!r} is no language tag.", "Write en or en-US.")


def _check_kinds(brief: SongBrief) -> None:
    for name in _TEXTS:
        value = getattr(brief, name)
        if not isinstance(value, str) and (value is not None or name == "lyrics"):
            raise BriefError(name, "should be text.")
    for name in ("melody", "first_phrase"):
        if not isinstance(getattr(brief, name), Score | None):
            raise BriefError(name, "should be a tune.", "Read one: songwright.melody(FILE).")
    if not isinstance(brief.character, Mapping | None):
        raise BriefError("character", "should be names with amounts.", 'Write {"gravel": 0.4}.')


def _within(field: str, value: float | None, bounds: tuple[float, float], unit: str) -> None:
    if value is None:
        return
    low, high = bounds
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        shown = f"{value:g}" if number else repr(value)
        raise BriefError(field, f"{shown} is out of range.", f"Give {low:g} to {high:g} {unit}.")


def check_character(character: Mapping[str, float], field: str) -> None:
    """Raises BriefError for a colour nobody knows, or an amount outside 0..1."""
    for name, value in character.items():
        if name not in COLOURS:
            raise BriefError(field, f"there is no colour {name!r}.", f"Known: {', '.join(sorted(COLOURS))}.")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise BriefError(field, f"{name} = {value!r} is out of range.", "Give a number from 0 to 1.")


def choose_meter(asked: str | None, tempo: TempoSettings) -> Meter:
    """The meter asked for, if bars of it can be felt; else the style's habit. Raises BriefError."""
    return tempo.meters[0] if asked is None else meter_of(asked)


def meter_of(asked: str) -> Meter:
    """The meter someone wrote, if bars of it can be felt. Raises BriefError."""
    try:
        meter = parse_meter(asked)
    except ValueError as problem:
        raise BriefError("meter", f"{problem}.") from problem
    if not _SHORTEST_BAR <= meter.bar_ticks <= _LONGEST_BAR:
        raise BriefError(
            "meter", f"bars of {meter} are too short or too long for a song.", "Ask for 2/4 to 6/4."
        )
    return meter


def preferred_tempo(tempo: TempoSettings, seed: Seed) -> float:
    """A whole tempo within 3 % of the style's, drawn by luck."""
    luck = seed.child("tempo").luck()
    drawn = tempo.nominal * (1 + luck.uniform(-_PREFERRED_SPAN, _PREFERRED_SPAN))
    return float(round(min(tempo.high, max(tempo.low, drawn))))


def check_title(title: str) -> str:
    """A title on one line, without control characters. Raises BriefError when it is empty or enormous."""
    line = " ".join("".join(c if c.isprintable() else " " for c in title).split())
    if not line or len(line) > MAX_TITLE:
        raise BriefError("title", "should be one line of text.", f"Give 1 to {MAX_TITLE} characters.")
    return line
