"""Chords as musicians write them down: "C G Am F", "| C | Am G |", "I V vi IV"; and the key they lie in.

Bars are parted by "|"; without it every chord fills a bar. Chords of one bar share it: two meet at its second accent,
more share it evenly. "." (or "/") holds the chord before for one more share, "%" says the bar before again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import fsum

from songwright.music.harmony import chord_pitches, parse_chord, roman_chord
from songwright.music.pitch import SCALES, key_on, pitch_class
from songwright.music.rhythm import groups
from songwright.values.plan import Key
from songwright.values.score import Chord
from songwright.values.time import Meter

HOLD = "."
_HOLDS = frozenset((".", "/", "N.C.", "NC", "n.c."))
_SEPARATORS = frozenset(("-", "–", "—", ",", "→"))
_ROMAN = re.compile(r"[b#]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?![A-Za-z]*[jd]im)")
_HEAD = re.compile(r"([A-G](?:##|bb|#|b|♯|♭)?)([^/]*)(/.*)?")
# What is written with more colours than songwright plays -> the nearest it does.
_NEAREST = {
    "maj9": "maj7", "maj13": "maj7", "maj11": "maj7", "M9": "maj7", "maj7#11": "maj7", "m9": "m7", "m11": "m7",
    "m13": "m7", "min9": "m7", "11": "9", "13": "9", "7sus4": "sus4", "7sus": "sus4", "9sus4": "sus4", "7b9": "7",
    "7#9": "7", "7b5": "7", "7#5": "7", "7#11": "7", "7b13": "7", "9#5": "9", "6/9": "6", "69": "6", "6add9": "6",
    "mmaj7": "m", "mM7": "m", "madd9": "m", "add4": "maj", "add11": "maj", "sus2sus4": "sus4", "sus24": "sus4",
    "maj6": "6", "2": "add9", "4": "sus4", "(add9)": "add9", "min7b5": "m7b5", "m7-5": "m7b5", "dom9": "9",
    "aug7": "7", "+7": "7", "7+": "7", "b5": "maj", "m6/9": "m6", "min6": "m6",
}  # fmt: skip


def bars_of(text: str) -> tuple[str, ...]:
    """The bars of a row of chords, each as its chords with blanks between. Raises ValueError for what is no chord."""
    text = text.replace("‖", "|").replace("♯", "#").replace("♭", "b")
    text = re.sub(r"[\[\],]", " ", text)
    cells = re.split(r"\|+", text.replace("|:", "|").replace(":|", "|"))
    barred = len(cells) > 1
    bars: list[str] = []
    for cell in cells:
        tokens = [token for token in cell.split() if token not in _SEPARATORS]
        if barred and tokens:
            bars.append(_again(bars) if tokens == ["%"] else " ".join(_checked(token) for token in tokens))
        elif not barred:
            bars += [_again(bars) if token == "%" else _checked(token) for token in tokens]
    return tuple(bars)


def _again(bars: Sequence[str]) -> str:
    if not bars:
        raise ValueError("'%' says the bar before again, but there is none before")
    return bars[-1]


def _checked(token: str) -> str:
    """A token as it is kept: a hold, or a chord that can be read."""
    if token in _HOLDS:
        return HOLD
    read_chord(token, Key("C"))
    return token


def is_numeral(token: str) -> bool:
    """True where a chord is told by its degree ("vi", "bVII", "V7/vi"), so that it follows the key."""
    return _ROMAN.match(token) is not None


def read_chord(token: str, key: Key, start_tick: int = 0, length_ticks: int = 0) -> Chord:
    """One chord, by name or by degree of a key. Raises ValueError with one line."""
    if is_numeral(token):
        return roman_chord(token, key, start_tick, length_ticks)
    if token[:1] == "H":
        raise ValueError(f"{token!r} is no chord here: the German H is written B, the German B is written Bb")
    try:
        return parse_chord(token, start_tick, length_ticks)
    except ValueError:
        return parse_chord(nearest(token), start_tick, length_ticks)


def nearest(token: str) -> str:
    """The chord that is played for a name with more colours than songwright has: "Cmaj9" is "Cmaj7"."""
    match = _HEAD.fullmatch(token.strip())
    if match is None:
        return token
    colour = match.group(2) or ""
    whole = colour + (match.group(3) or "")
    if whole in _NEAREST:  # "6/9" is no bass note
        return match.group(1) + _NEAREST[whole].replace("maj", "", _NEAREST[whole] == "maj")
    known = _NEAREST.get(colour)
    return (
        token
        if known is None
        else match.group(1) + ("" if known == "maj" else known) + (match.group(3) or "")
    )


def chords_in(bar: str, key: Key, meter: Meter, start_tick: int, before: Chord | None = None) -> list[Chord]:
    """The chords of one bar where they stand. before: what a bar that begins with "." holds on."""
    tokens = bar.split()
    held = HOLD in tokens
    edges = (
        [meter.bar_ticks * i // len(tokens) for i in range(len(tokens) + 1)]
        if held
        else edges_of(len(tokens), meter)
    )
    found: list[Chord] = []
    for token, here, after in zip(tokens, edges, edges[1:], strict=False):
        at, ticks = start_tick + here, after - here
        if token != HOLD:
            found.append(read_chord(token, key, at, ticks))
        elif found:
            last = found[-1]
            found[-1] = Chord(last.start_tick, last.length_ticks + ticks, last.root, last.quality, last.bass,
                              last.root_name, last.bass_name)  # fmt: skip
        elif before is not None:
            found.append(Chord(at, ticks, before.root, before.quality, before.bass, before.root_name,
                               before.bass_name))  # fmt: skip
        else:
            found.append(roman_chord("i" if key.mode in ("minor", "dorian") else "I", key, at, ticks))
    return found


def edges_of(count: int, meter: Meter) -> list[int]:
    """Ticks inside a bar where so many chords begin, and its end."""
    if count == 1:
        return [0, meter.bar_ticks]
    beats = meter.bar_ticks // meter.beat_ticks
    parts = groups(meter)
    if count == 2:
        first = sum(parts[: (len(parts) + 1) // 2]) if len(parts) > 1 else max(1, beats - 1)
        middle = first * meter.beat_ticks if beats > 1 else meter.bar_ticks // 2
        return [0, middle, meter.bar_ticks]
    return [meter.bar_ticks * i // count for i in range(count + 1)]


def strangers(chords: Iterable[Chord], key: Key) -> tuple[Chord, ...]:
    """The chords with a note outside the key, each once; minor keys may raise their seventh degree."""
    found: dict[tuple[int, str], Chord] = {}
    for chord in chords:
        if not set(chord_pitches(chord)) <= _allowed(key):
            found.setdefault((chord.root, chord.quality), chord)
    return tuple(found.values())


def _allowed(key: Key) -> set[int]:
    tonic = pitch_class(key.tonic)
    inside = {(tonic + step) % 12 for step in SCALES[key.mode]}
    return inside | {(tonic + 11) % 12} if key.mode == "minor" else inside


def key_of_chords(chords: Sequence[Chord]) -> Key:
    """The key a row of chords lies in: most of their notes inside, its tonic chord where the row begins and ends.

    Points of a key: twice the share of chord notes (by length) inside it, two fifths of a point each for its tonic
    chord at the beginning and at the end, a quarter if it comes at all; church modes start a tenth of a point behind.
    """
    if not chords:
        return Key("C")
    whole = max(1, sum(chord.length_ticks for chord in chords))
    keys = [key_on(tonic, mode) for mode in ("major", "minor", "mixolydian", "dorian") for tonic in range(12)]

    def points(key: Key) -> float:
        inside = set(_allowed(key))
        tonic = pitch_class(key.tonic)
        minor = key.mode in ("minor", "dorian")
        shares = [
            chord.length_ticks * sum(pc in inside for pc in chord_pitches(chord)) / len(chord_pitches(chord))
            for chord in chords
        ]
        home = [
            chord.root == tonic and (chord.quality in ("min", "min7", "min6")) == minor for chord in chords
        ]
        found = 2.0 * fsum(shares) / whole + 0.4 * home[0] + 0.4 * home[-1] + 0.25 * any(home)
        return found - (0.1 if key.mode in ("mixolydian", "dorian") else 0.0)

    return max(keys, key=points)
