"""Note names, keys and scales: C# is 1, "F# minor" is a key, and every pitch has a right spelling in it.

Pitch classes are 0..11 (C = 0), MIDI pitches 0..127 (60 = middle C). Names carry # and b, doubled at
most ("F##").
"""

from __future__ import annotations

import re

from songwright.values.plan import Key

LETTERS = "CDEFGAB"
_NATURAL = dict(zip(LETTERS, (0, 2, 4, 5, 7, 9, 11), strict=True))
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
# Where a mode's signature stands on the line of fifths, against the major key on the same tonic.
_FIFTHS_OF_MODE = {"major": 0, "mixolydian": -1, "dorian": -2, "minor": -3}
_FIFTHS_OF_LETTER = dict(zip("FCGDAEB", range(-1, 6), strict=True))
_KEY = re.compile(r"\s*([A-Ga-g])\s*[- ]?\s*(##|bb|#|b|♯|♭|sharp|flat)?\s*[- ]?\s*([A-Za-z]*)\s*")
_MODE_WORDS = {
    "": "major", "M": "major", "maj": "major", "major": "major", "dur": "major", "ionian": "major",
    "m": "minor", "min": "minor", "minor": "minor", "moll": "minor", "aeolian": "minor",
    "dorian": "dorian", "dor": "dorian", "mixolydian": "mixolydian", "mix": "mixolydian",
}  # fmt: skip


def pitch_class(name: str) -> int:
    """The pitch class of a note name: "Bb" is 10. Raises ValueError for what is no note."""
    if not re.fullmatch(r"[A-G](#{1,2}|b{1,2})?", name):
        raise ValueError(f"{name!r} is no note name (A..G with # or b)")
    return (_NATURAL[name[0]] + name.count("#") - name[1:].count("b")) % 12


def accidental(name: str) -> int:
    """How far a name is raised: "F#" 1, "Bb" -1, "C" 0."""
    return name.count("#") - name[1:].count("b")


def named(letter: str, pc: int) -> str:
    """The name on this letter that sounds as pitch class `pc`: ("E", 3) is "Eb".

    Raises ValueError where it would need more than two signs.
    """
    raised = (pc - _NATURAL[letter] + 6) % 12 - 6
    if abs(raised) > 2:
        raise ValueError(f"pitch class {pc} cannot be written on {letter}")
    return letter + ("#" * raised if raised > 0 else "b" * -raised)


def letter_up(letter: str, steps: int) -> str:
    """The letter some steps up the alphabet of notes: ("A", 2) is "C"."""
    return LETTERS[(LETTERS.index(letter[0]) + steps) % 7]


def fifths(key: Key) -> int:
    """The key signature: sharps as positive, flats as negative numbers (G major 1, D minor -1)."""
    return _FIFTHS_OF_LETTER[key.tonic[0]] + 7 * accidental(key.tonic) + _FIFTHS_OF_MODE[key.mode]


def parse_key(text: str) -> Key:
    """The key a musician wrote: "G", "F# minor", "Bbm", "a-flat major", "D dorian".

    Keys with more than seven signs are respelled ("G# major" is Ab major). Raises ValueError with one line.
    """
    match = _KEY.fullmatch(text)
    word = match.group(3) if match else ""
    mode = _MODE_WORDS.get(word, _MODE_WORDS.get(word.lower())) if match else None
    if match is None or mode is None:
        raise ValueError(f"{text!r} is no key; write note and mode, such as G, F# minor, Bb major, D dorian")
    sign = {None: "", "♯": "#", "♭": "b", "sharp": "#", "flat": "b"}.get(match.group(2), match.group(2))
    key = Key(match.group(1).upper() + (sign or ""), mode)
    if abs(fifths(key)) <= 7:
        return key
    return key_on(pitch_class(key.tonic), mode)


def key_on(tonic: int, mode: str = "major") -> Key:
    """The key on a pitch class, in the spelling with the fewest signs (flats where it is even)."""
    spellings = [Key(letter + sign, mode) for letter in LETTERS for sign in ("b", "", "#")]
    fitting = [key for key in spellings if pitch_class(key.tonic) == tonic % 12]
    return min(fitting, key=lambda key: (abs(fifths(key)), fifths(key)))


def scale(key: Key) -> tuple[int, ...]:
    """The seven pitch classes of a key, from the tonic up (minor is natural minor)."""
    tonic = pitch_class(key.tonic)
    return tuple((tonic + step) % 12 for step in SCALES[key.mode])


def scale_names(key: Key) -> tuple[str, ...]:
    """The seven note names of a key, from the tonic up."""
    return tuple(named(letter_up(key.tonic, i), pc) for i, pc in enumerate(scale(key)))


def spell(pitch: int, key: Key) -> str:
    """The name of a pitch (class or MIDI) in a key: its scale name, else the sign the key leans to.

    Raised first, fourth (and in minor sixth and seventh) degrees are written as raised, others as lowered.
    """
    pc = pitch % 12
    degrees = dict(zip(scale(key), scale_names(key), strict=True))
    if pc in degrees:
        return degrees[pc]
    below = degrees.get((pc - 1) % 12)
    above = degrees.get((pc + 1) % 12)
    step = (pc - pitch_class(key.tonic)) % 12
    raised = step in (1, 6) + ((9, 11) if key.mode in ("minor", "dorian") else (11,))
    base = below if (raised and below) or not above else above
    name = named(base[0], pc) if base else key_on(pc).tonic
    return name if abs(accidental(name)) <= 1 else key_on(pc).tonic


def octave(midi: int, name: str) -> int:
    """The octave number of a spelled pitch in scientific notation: (60, "C") is 4, (60, "B#") is 3."""
    return (midi - accidental(name)) // 12 - 1
