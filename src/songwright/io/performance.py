"""A sung performance as a file a person can read and edit: JSON, phrase by phrase.

    {"songwright_performance": 1, "title": ..., "seed": ..., "duration_s": ..., "sung": [
      {"id": "lead", "voice": ..., "phrases": [
        {"id": ..., "text": "Little lantern", "breath_s": 0.3,
         "phones": [{"symbol": "L", "onset_s": 1.9, "offset_s": 1.97, "note_id": ..., "line": 0}, ...],
         "pitch": [[1.9, 57.0], [2.1, 57.2], ...],
         "vibrato": [{"onset_s": 2.4, "offset_s": 3.1, "rate_hz": [5.6, 6.0], "depth_cents": [40.0, 52.0], ...}],
         "unrest": {"drift_cents": 3.5, "jitter_cents": 2.0, "seed": 12},
         "energy_db": [[1.9, -1.0], ...], "effort": [...], "breathiness": [...]}]}]}

All times are seconds from the start of the song. Curves are points [time, value] with a smooth line between: `pitch`
in semitones (MIDI, 60 = middle C) without vibrato and unrest, `energy_db` about -12..6, `effort` and `breathiness`
0..1. Only id, phones and pitch must be there. Points are chosen so that a written pitch comes back within 1 cent.
"""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from songwright.dsp.breakpoints import drawn_through, thinned
from songwright.errors import ShelfError, why
from songwright.performer.layers import line_of, sung_hz, times_s
from songwright.text.phones import PHONES
from songwright.values.performance import (
    Performance,
    SungNote,
    SungPart,
    SungPhone,
    SungPhrase,
    Unrest,
    Vibrato,
)
from songwright.values.seed import MAX_SEED
from songwright.values.wire import from_plain, to_plain

FORMAT = "songwright_performance"
VERSION = 1
RATE_HZ = 200.0
LONGEST_S = 1800.0
_WIDTH = 118
_MAX_BYTES = 64 * 2**20
# How far a curve may lie from what was performed, and to how many digits its points are written.
_TOLERANCE = {"pitch": (0.006, 3), "energy_db": (0.06, 2), "effort": (0.004, 3), "breathiness": (0.004, 3)}
_RANGES = {
    "pitch": (12.0, 108.0),
    "energy_db": (-60.0, 12.0),
    "effort": (0.0, 1.0),
    "breathiness": (0.0, 1.0),
}
_USUAL = {"energy_db": 0.0, "effort": 0.45, "breathiness": 0.05}

Points = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class SungFile:
    """What a performance file holds: the performance (sung parts only), its title and its seed 0..2**63-1."""

    performance: Performance
    title: str
    seed: int


@dataclass(frozen=True, kw_only=True)
class _Phrase:
    """A phrase as it stands in the file."""

    id: str
    text: str = ""
    breath_s: float = 0.0
    notes: tuple[SungNote, ...] = ()
    phones: tuple[SungPhone, ...]
    pitch: Points
    vibrato: tuple[Vibrato, ...] = ()
    unrest: Unrest = field(default_factory=Unrest)
    energy_db: Points = ()
    effort: Points = ()
    breathiness: Points = ()


@dataclass(frozen=True)
class _Part:
    """A sung part as it stands in the file."""

    id: str
    voice: str
    phrases: tuple[_Phrase, ...]
    role: str = "lead"
    stem: str = "lead"
    character: Mapping[str, float] = field(default_factory=dict)
    gain_db: float = 0.0
    pan: float = 0.0
    formant_scale: float = 1.0


def performance_text(performance: Performance, title: str, seed: int) -> str:
    """The sung part of a performance as the text of a file; the same performance gives the same text."""
    document = {
        FORMAT: VERSION,
        "title": title,
        "seed": seed,
        "duration_s": round(performance.duration_s, 4),
        "sung": [_plain_part(part) for part in performance.sung],
    }
    return _pretty(document) + "\n"


def read_performance(path: Path) -> SungFile:
    """Read a performance file. Raises ShelfError with the place that does not fit."""
    item = str(path)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ShelfError(item, "is larger than 64 MiB; that is no performance")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ShelfError(item, "there is no such file") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ShelfError(item, f"cannot be read ({why(problem)})") from None
    return parse_performance(text, item)


def parse_performance(text: str, item: str) -> SungFile:
    """The performance in the text of a file. item: what it is called in a ShelfError, where something does not fit."""
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or FORMAT not in document:
            raise ValueError(f"it has no {FORMAT!r}; write one with `songwright sing --write-performance`")
        if document[FORMAT] != VERSION:
            raise ValueError(f"{FORMAT} {document[FORMAT]!r} is not known here, only {VERSION}")
        title, seed = document.get("title", ""), document.get("seed", 0)
        duration_s = _in_range("duration_s", document.get("duration_s"), 0.1, LONGEST_S)
        if not isinstance(title, str) or type(seed) is not int or not 0 <= seed <= MAX_SEED:
            raise ValueError("title should be text, seed a whole number")
        parts = from_plain(tuple[_Part, ...], document.get("sung", []), "sung")
        return SungFile(Performance((), tuple(_part(part) for part in parts), duration_s), title, seed)
    except (ValueError, RecursionError, OverflowError) as problem:
        raise ShelfError(item, f"is no performance: {' '.join(str(problem).split())}") from None


def _plain_part(part: SungPart) -> dict[str, Any]:
    """A part as tables and lists, its phrases last."""
    phrases = [to_plain(_written(phrase)) for phrase in part.phrases]
    plain = to_plain(replace(part, phrases=()))
    plain.pop("phrases")
    return plain | {"phrases": phrases}


def _written(phrase: SungPhrase) -> _Phrase:
    """A phrase as it stands in the file: curves as few points, times to a tenth of a millisecond."""
    t = times_s(phrase)
    curves = {"pitch": line_of(phrase)} | {name: getattr(phrase, name) for name in _USUAL}
    return _Phrase(
        id=phrase.id,
        phones=tuple(
            replace(p, onset_s=round(p.onset_s, 4), offset_s=round(p.offset_s, 4)) for p in phrase.phones
        ),
        text=phrase.text,
        breath_s=round(phrase.breath_s, 3),
        notes=tuple(
            replace(n, onset_s=round(n.onset_s, 4), offset_s=round(n.offset_s, 4)) for n in phrase.notes
        ),
        vibrato=tuple(
            replace(v, onset_s=round(v.onset_s, 4), offset_s=round(v.offset_s, 4)) for v in phrase.vibrato
        ),
        unrest=phrase.unrest,
        **{name: _points(t, curve, *_TOLERANCE[name]) for name, curve in curves.items()},
    )


def _points(t: np.ndarray, curve: np.ndarray, tolerance: float, digits: int) -> Points:
    """A curve as points [time, value]; one point where it is flat."""
    kept = thinned(curve, tolerance)
    if np.ptp(curve) <= tolerance:
        kept = kept[:1]
    return tuple((round(float(t[n]), 5), round(float(curve[n]), digits)) for n in kept)


def _part(part: _Part) -> SungPart:
    """A part from the file, checked."""
    place = f"part {part.id!r}"
    for name, low, high in (("gain_db", -60.0, 24.0), ("pan", -1.0, 1.0), ("formant_scale", 0.7, 1.5)):
        _in_range(f"{place}, {name}", getattr(part, name), low, high)
    for name, value in part.character.items():
        _in_range(f"{place}, character {name}", value, 0.0, 1.0)
    if not part.stem.isidentifier():
        raise ValueError(f"{place}: stem {part.stem!r} should be one plain word")
    phrases = tuple(_phrase(phrase) for phrase in part.phrases)
    return SungPart(
        part.id, part.role, part.voice, part.stem, phrases, dict(part.character), part.gain_db, part.pan,
        part.formant_scale,
    )  # fmt: skip


def _phrase(phrase: _Phrase) -> SungPhrase:
    """A phrase from the file, checked, with its curves at `RATE_HZ`."""
    place = f"phrase {phrase.id!r}"
    _check_phones(phrase.phones, place)
    _check_vibrato(phrase, place)
    _in_range(f"{place}, breath_s", phrase.breath_s, 0.0, 3.0)
    for number, note in enumerate(phrase.notes):
        for name in ("onset_s", "offset_s", "pitch"):
            _in_range(f"{place}, note {number}, {name}", getattr(note, name), -LONGEST_S, LONGEST_S)
    onset_s, offset_s = phrase.phones[0].onset_s, phrase.phones[-1].offset_s
    frames = max(math.ceil((offset_s - onset_s) * RATE_HZ - 1e-6), 4)
    t = onset_s + np.arange(frames) / RATE_HZ
    if not phrase.pitch:
        raise ValueError(f"{place}: pitch is empty")
    line = _curve(phrase.pitch, t, "pitch", place)
    return SungPhrase(
        phrase.id,
        onset_s,
        RATE_HZ,
        phrase.phones,
        sung_hz(line, t, phrase.vibrato, phrase.unrest),
        *(_curve(getattr(phrase, name), t, name, place) for name in _USUAL),
        breath_s=phrase.breath_s,
        text=phrase.text,
        notes=phrase.notes,
        vibrato=phrase.vibrato,
        unrest=phrase.unrest,
    )


def _check_phones(phones: Sequence[SungPhone], place: str) -> None:
    """Phones are known sounds, in order, and last some time."""
    if not phones:
        raise ValueError(f"{place}: phones is empty")
    before_s = 0.0
    for n, phone in enumerate(phones):
        here = f"{place}, phone {n} ({phone.symbol})"
        if phone.symbol not in PHONES:
            close = difflib.get_close_matches(phone.symbol.upper(), PHONES, n=1, cutoff=0.3)
            raise ValueError(
                f"{here}: there is no such sound" + (f"; did you mean {close[0]}?" if close else "")
            )
        _in_range(f"{here}, onset_s", phone.onset_s, before_s - 1e-4, LONGEST_S)
        _in_range(f"{here}, offset_s", phone.offset_s, phone.onset_s + 1e-4, LONGEST_S)
        before_s = phone.offset_s


def _check_vibrato(phrase: _Phrase, place: str) -> None:
    """Vibrato and unrest stay human."""
    for n, swing in enumerate(phrase.vibrato):
        here = f"{place}, vibrato {n}"
        _in_range(f"{here}, onset_s", swing.onset_s, 0.0, LONGEST_S)
        _in_range(f"{here}, offset_s", swing.offset_s, swing.onset_s, LONGEST_S)
        for name, values, high in (
            ("rate_hz", swing.rate_hz, 12.0),
            ("depth_cents", swing.depth_cents, 400.0),
        ):
            if not values:
                raise ValueError(f"{here}, {name} is empty")
            for value in values:
                _in_range(f"{here}, {name}", value, 0.0, high)
        for name in ("rise_s", "fall_s"):
            _in_range(f"{here}, {name}", getattr(swing, name), 0.0, 60.0)
    for name in ("drift_cents", "jitter_cents"):
        _in_range(f"{place}, unrest {name}", getattr(phrase.unrest, name), 0.0, 100.0)
    _in_range(f"{place}, unrest seed", phrase.unrest.seed, 0, MAX_SEED)


def _curve(points: Points, t: np.ndarray, name: str, place: str) -> np.ndarray:
    """The curve through points at times t."""
    if not points:
        return np.full(len(t), _USUAL[name])
    before_s = -math.inf
    for n, point in enumerate(points):
        here = f"{place}, {name} point {n}"
        if len(point) != 2:
            raise ValueError(f"{here} should be [seconds, value]")
        _in_range(f"{here}, its time", point[0], 0.0, LONGEST_S)
        if point[0] <= before_s:
            raise ValueError(f"{here}: times should rise")
        _in_range(here, point[1], *_RANGES[name])
        before_s = point[0]
    times, values = np.array(points).T
    return drawn_through(times, values, t)


def _in_range(place: str, value: Any, low: float, high: float) -> float:
    """The value, or a ValueError that says where it is and what would fit."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{place} should be {low:g} to {high:g}, not {value!r}")
    return float(value)


def _pretty(value: Any, indent: int = 0) -> str:
    """JSON in which whatever fits stands on one line, and rows of numbers are filled to the width of a page."""
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if indent + len(flat) <= _WIDTH or not isinstance(value, list | dict) or not value:
        return flat
    pad = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [
            f"{pad}{json.dumps(key, ensure_ascii=False)}: {_pretty(v, indent + 1)}"
            for key, v in value.items()
        ]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    if all(isinstance(item, list) for item in value):
        return "[\n" + _filled([json.dumps(item) for item in value], pad) + "\n" + " " * indent + "]"
    return "[\n" + ",\n".join(pad + _pretty(item, indent + 1) for item in value) + "\n" + " " * indent + "]"


def _filled(items: Sequence[str], pad: str) -> str:
    """Items in rows as wide as the page."""
    rows = [pad + items[0]]
    for item in items[1:]:
        if len(rows[-1]) + len(item) + 2 <= _WIDTH:
            rows[-1] += ", " + item
        else:
            rows[-1] += ","
            rows.append(pad + item)
    return "\n".join(rows)
