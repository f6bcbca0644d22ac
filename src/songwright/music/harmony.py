"""Chords: what is in them, how they are written, and what a Roman numeral means in a key.

Numerals: upper case major, lower case minor; b and # before them; after them o, o7, m7b5, +, 7, maj7, 6, 9,
add9, sus2, sus4, 5. "/3" puts that degree of the key into the bass (I/3); "/V" borrows the chord from the key
of that degree (V7/vi is the dominant of vi). Degrees count in the major scale for major and mixolydian keys
(so the mixolydian seventh is bVII), in the natural minor scale for minor and dorian keys (so VII is a whole
step under the tonic).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from songwright.music.pitch import SCALES, letter_up, named, pitch_class, scale, spell
from songwright.values.plan import Key
from songwright.values.score import Chord

# quality -> (semitones above the root, scale steps above the root for spelling)
_TONES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "maj": ((0, 4, 7), (0, 2, 4)),
    "min": ((0, 3, 7), (0, 2, 4)),
    "dim": ((0, 3, 6), (0, 2, 4)),
    "aug": ((0, 4, 8), (0, 2, 4)),
    "7": ((0, 4, 7, 10), (0, 2, 4, 6)),
    "maj7": ((0, 4, 7, 11), (0, 2, 4, 6)),
    "min7": ((0, 3, 7, 10), (0, 2, 4, 6)),
    "sus4": ((0, 5, 7), (0, 3, 4)),
    "sus2": ((0, 2, 7), (0, 1, 4)),
    "add9": ((0, 4, 7, 14), (0, 2, 4, 1)),
    "6": ((0, 4, 7, 9), (0, 2, 4, 5)),
    "min6": ((0, 3, 7, 9), (0, 2, 4, 5)),
    "m7b5": ((0, 3, 6, 10), (0, 2, 4, 6)),
    "9": ((0, 4, 7, 10, 14), (0, 2, 4, 6, 1)),
    "dim7": ((0, 3, 6, 9), (0, 2, 4, 6)),
    "5": ((0, 7), (0, 4)),
}
INTERVALS = {quality: tones[0] for quality, tones in _TONES.items()}
STEPS = {quality: tones[1] for quality, tones in _TONES.items()}
_SYMBOLS = {"maj": "", "min": "m", "min7": "m7", "min6": "m6"}
_SPELLINGS = {
    "": "maj", "M": "maj", "maj": "maj", "major": "maj", "m": "min", "min": "min", "-": "min", "minor": "min",
    "o": "dim", "dim": "dim", "°": "dim", "+": "aug", "aug": "aug", "7": "7", "dom7": "7", "maj7": "maj7",
    "M7": "maj7", "Δ": "maj7", "m7": "min7", "min7": "min7", "-7": "min7", "sus": "sus4", "sus4": "sus4",
    "sus2": "sus2", "add9": "add9", "add2": "add9", "6": "6", "m6": "min6", "min6": "min6", "m7b5": "m7b5",
    "ø": "m7b5", "ø7": "m7b5", "9": "9", "o7": "dim7", "dim7": "dim7", "°7": "dim7", "5": "5",
}  # fmt: skip
_NUMERALS = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_ROMAN = re.compile(
    r"([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(o7|o|\+|m7b5|maj7|add9|sus2|sus4|7|6|9|5)?"
)
_SYMBOL = re.compile(r"([A-G](?:##|bb|#|b)?)([^/]*)(?:/([A-G](?:##|bb|#|b)?))?")


def chord_pitches(chord: Chord) -> tuple[int, ...]:
    """Pitch classes of a chord, root first (the bass note of a slash chord is not added)."""
    return tuple((chord.root + step) % 12 for step in INTERVALS[chord.quality])


def turns(chords: Sequence[Chord]) -> list[int]:
    """The ticks where other tones begin to sound, in order; chords: in order."""
    tones = [(chord.start_tick, {pitch % 12 for pitch in chord_pitches(chord)}) for chord in chords]
    return [start for (_, before), (start, here) in pairwise(tones) if here != before]


def chord_names(chord: Chord) -> tuple[str, ...]:
    """Note names of a chord, root first, spelled in thirds: F#m is F# A C#."""
    semitones, steps = _TONES[chord.quality]
    names = []
    for up, step in zip(semitones, steps, strict=True):
        pc = (chord.root + up) % 12
        try:
            names.append(named(letter_up(chord.root_name, step), pc))
        except ValueError:  # a third sign: write it as the ear hears it
            names.append(spell(pc, Key("C")))
    return tuple(names)


def chord_symbol(chord: Chord) -> str:
    """A chord as it stands above the words: "Am7/G"."""
    base = chord.root_name + _SYMBOLS.get(chord.quality, chord.quality)
    if chord.bass == chord.root:
        return base
    return f"{base}/{chord.bass_name or spell(chord.bass, Key('C'))}"


def parse_chord(text: str, start_tick: int = 0, length_ticks: int = 0) -> Chord:
    """The chord a musician wrote: "F#m7b5", "Bb/D", "Gsus4". Raises ValueError with one line."""
    match = _SYMBOL.fullmatch(text.strip().replace("♯", "#").replace("♭", "b"))
    quality = _SPELLINGS.get(match.group(2).strip("() ")) if match else None
    if match is None or quality is None:
        raise ValueError(f"{text!r} is no chord songwright knows, such as G, Am7, D7/F#, Bbmaj7, Csus4")
    root, bass = match.group(1), match.group(3) or match.group(1)
    return Chord(start_tick, length_ticks, pitch_class(root), quality, pitch_class(bass), root, bass)


def degree_name(degree: str, key: Key) -> str:
    """The note name of a degree ("3", "b7", "#4") in a key, counted as numerals are (see the module)."""
    sign, number = (degree[0], degree[1:]) if degree[:1] in "b#" else ("", degree)
    if not number.isdigit() or not 1 <= int(number) <= 7:
        raise ValueError(f"{degree!r} is no degree of a key (1..7 with b or #)")
    steps = SCALES["major" if key.mode in ("major", "mixolydian") else "minor"]
    place = int(number) - 1
    pc = (pitch_class(key.tonic) + steps[place] + {"b": -1, "#": 1, "": 0}[sign]) % 12
    try:
        return named(letter_up(key.tonic, place), pc)
    except ValueError:
        return spell(pc, key)


def roman_chord(numeral: str, key: Key, start_tick: int = 0, length_ticks: int = 0) -> Chord:
    """The chord a Roman numeral stands for in a key: ("V7/vi", C major) is E7, ("I/3", G major) is G/B.

    Borrowed chords are written as they stand (bVII, iv in major). Raises ValueError for what is no numeral.
    """
    head, _, tail = numeral.partition("/")
    if tail and not tail[-1].isdigit():  # an applied chord: of the key on that degree
        goal = roman_chord(tail, key)
        mode = "minor" if goal.quality in ("min", "min7", "min6", "dim") else "major"
        local = Key(goal.root_name, mode)
        chord = roman_chord(head, local, start_tick, length_ticks)
        return chord
    match = _ROMAN.fullmatch(head)
    if match is None:
        raise ValueError(f"{numeral!r} is no chord degree, such as I, vi, V7, bVII, V7/vi, I/3")
    sign, roman, suffix = match.group(1), match.group(2), match.group(3) or ""
    minor = roman.islower()
    quality = {"o": "dim", "o7": "dim7", "+": "aug", "": "min" if minor else "maj"}.get(suffix, suffix)
    if minor and suffix in ("7", "6"):
        quality = f"min{suffix}"
    name = degree_name(f"{sign}{_NUMERALS[roman.upper()] + 1}", key)
    bass = degree_name(tail, key) if tail else name
    return Chord(start_tick, length_ticks, pitch_class(name), quality, pitch_class(bass), name, bass)


def spell_over(pitch: int, chord: Chord, key: Key) -> str:
    """The name of a pitch over a chord: G# over E7, Ab over Fm, else as the key spells it."""
    names = dict(zip(chord_pitches(chord), chord_names(chord), strict=True))
    return names.get(pitch % 12) or spell(pitch, key)


def moved(chord: Chord, start_tick: int, length_ticks: int) -> Chord:
    """The same chord at another place."""
    return replace(chord, start_tick=start_tick, length_ticks=length_ticks)


def chord_scale(chord: Chord, key: Key) -> tuple[int, ...]:
    """Pitch classes that sound right over a chord, from its root up: the key, bent where the chord bends it.

    Over E7 in C major the G becomes G#, so scale lines do not rub against the chord.
    """
    tones = dict(zip(chord_pitches(chord), chord_names(chord), strict=True))
    inside = set(scale(key))
    bent = {letter_of: pc for pc, name in tones.items() if pc not in inside for letter_of in (name[0],)}
    kept = {pc for pc in inside if spell(pc, key)[0] not in bent or pc in tones}
    notes = kept | set(tones)
    return tuple(sorted(notes, key=lambda pc: (pc - chord.root) % 12))
