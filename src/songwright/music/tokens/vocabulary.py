"""Every token by name. The order is fixed: a token's id is its place, and weights depend on it; add at the end only.

kind: "frame" (song, bar, line ... marks), "condition", "form", "header" (what a line asks for), "pos", "mark", "pitch",
"dur", "chord", and "band" (bass, drum and comping patterns).
"""

from __future__ import annotations

from songwright.values.plan import SECTION_KINDS

GENRES = (
    "any", "art", "hymn", "carol", "folk", "traditional", "standard", "nursery", "spiritual", "sea", "pop", "rock",
    "country", "blues", "soul", "jazz", "electronic", "hiphop", "metal", "reggae", "latin", "musical", "gospel",
    "ballad", "other", "other2", "other3", "other4",
)  # fmt: skip
MOODS = (
    "any", "happy", "sad", "calm", "tender", "solemn", "proud", "dark", "playful", "angry", "longing", "hopeful",
)  # fmt: skip
LANGUAGES = ("any", "en", "de", "fr", "it", "es", "la", "sv", "pt", "nl")
METERS = (
    "2/2", "3/2", "4/2", "2/4", "3/4", "4/4", "5/4", "6/4", "7/4", "3/8", "6/8", "9/8", "12/8", "2/8", "4/8", "5/8",
    "7/8",
)  # fmt: skip
MODES = ("major", "minor", "dorian", "mixolydian")
TONICS = tuple(letter + sign for letter in "CDEFGAB" for sign in ("", "#", "b"))
TEMPO_EDGES = (45, 54, 63, 72, 84, 96, 108, 120, 138, 160, 190)
TEMPO_MIDDLES = (40, 50, 58, 67, 78, 90, 102, 114, 129, 149, 175, 220)
PERSONAS = ("any", *(f"{n:02d}" for n in range(32)))
REGISTERS = (-2, -1, 0, 1, 2)
CLOSES = ("none", "comma", "stop", "question")
RHYMES = ("none", *"ABCDEFGH")
MOST_SYLLABLES, PLACES, LONGEST = 64, 96, 96
GRID = 40  # ticks: a twelfth of a quarter note
STRESSES, WORD_PLACES, VOWELS = "012x", "bi", "aeioux"
DEGREES = tuple(sign + str(n) for n in range(1, 8) for sign in ("", "#", "b"))
OCTAVES = tuple(range(-4, 5))
ROOTS = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
QUALITIES = (
    "maj", "min", "dim", "aug", "7", "maj7", "min7", "sus4", "sus2", "add9", "6", "min6", "m7b5", "9", "dim7", "5",
)  # fmt: skip


def _table() -> tuple[tuple[str, str], ...]:
    """(name, kind) of every token, in order."""
    rows = [
        (name, "frame")
        for name in ("pad", "song", "end", "bar", "line", "/line", "hole", "fill", "/fill", "form", "/form")
    ]
    for what, values in (
        ("genre", GENRES), ("mood", MOODS), ("tempo", ("any", *range(len(TEMPO_MIDDLES)))), ("meter", METERS),
        ("mode", MODES), ("key", ("any", *TONICS)), ("lang", LANGUAGES), ("persona", PERSONAS),
        ("register", REGISTERS),
    ):  # fmt: skip
        rows += [(f"{what}:{value}", "condition") for value in values]
    rows += [(f"sec:{kind}", "form") for kind in SECTION_KINDS]
    rows += [(f"as:{n}", "form") for n in range(1, 33)]
    rows += [(f"nsyl:{n}", "header") for n in range(1, MOST_SYLLABLES + 1)]
    rows += [(f"rhyme:{letter}", "header") for letter in RHYMES]
    rows += [(f"close:{close}", "header") for close in CLOSES]
    rows += [(f"s:{s}{w}:{v}", "header") for s in STRESSES for w in WORD_PLACES for v in VOWELS]
    rows += [(f"pos:{n}", "pos") for n in range(PLACES)]
    rows += [(f"syl:{s}{w}", "mark") for s in STRESSES for w in WORD_PLACES]
    rows += [("mel", "mark"), ("tie", "mark")]
    rows += [(f"p:{degree}:{octave}", "pitch") for octave in OCTAVES for degree in DEGREES]
    rows += [(f"d:{n}", "dur") for n in range(1, LONGEST + 1)]
    rows += [(f"c:{root}:{quality}", "chord") for root in ROOTS for quality in QUALITIES]
    rows += [(f"over:{root}", "chord") for root in ROOTS]
    rows += [("bass", "band"), ("/bass", "band")]
    rows += [(f"b:{step:+d}", "band") for step in range(-12, 13)]
    rows += [(f"drum:{n}", "band") for n in range(256)]
    rows += [(f"comp:{n}", "band") for n in range(128)]
    return tuple(rows)


_ROWS = _table()
NAMES: tuple[str, ...] = tuple(name for name, _ in _ROWS)
KINDS: tuple[str, ...] = tuple(kind for _, kind in _ROWS)
VOCABULARY: dict[str, int] = {name: n for n, name in enumerate(NAMES)}


def kind_of(token: int) -> str:
    """The kind of a token id; IndexError for an id that is none."""
    if token < 0:
        raise IndexError(token)
    return KINDS[token]
