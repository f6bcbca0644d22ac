"""Words and tunes for the bench of the singer: thirty lines no voice was ever tuned on, each with its own tune.

The lines open well-known poems whose copyright has ended (first printed 1648 to 1926). Tunes are a walk by a fixed
seed, so the same voice always sings the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from songwright.text.phones import is_vowel
from songwright.text.speech import Pronouncer
from songwright.values.plan import Key
from songwright.values.score import Chord, Note, Part, Score, ScoreLine, Section
from songwright.values.seed import Luck, Seed
from songwright.values.time import Meter, TempoMap
from songwright.values.words import Syllable, Word

LINES = (
    "The sun was shining on the sea",
    "I wandered lonely as a cloud",
    "Tell me not in mournful numbers",
    "Water water everywhere nor any drop to drink",
    "Because I could not stop for death he kindly stopped for me",
    "The woods are lovely dark and deep",
    "Two roads diverged in a yellow wood",
    "Once upon a midnight dreary while I pondered weak and weary",
    "It was many and many a year ago in a kingdom by the sea",
    "Shall I compare thee to a summer's day",
    "She walks in beauty like the night",
    "The curfew tolls the knell of parting day",
    "I must go down to the seas again to the lonely sea and the sky",
    "Half a league onward rode the six hundred",
    "O captain my captain our fearful trip is done",
    "Hope is the thing with feathers that perches in the soul",
    "Tiger tiger burning bright in the forests of the night",
    "My heart leaps up when I behold a rainbow in the sky",
    "The owl and the pussycat went to sea in a beautiful pea green boat",
    "Under a spreading chestnut tree the village smithy stands",
    "Listen my children and you shall hear",
    "Gather ye rosebuds while ye may old time is still a flying",
    "A thing of beauty is a joy forever",
    "If you can keep your head when all about you",
    "Come live with me and be my love",
    "The fog comes on little cat feet",
    "I think that I shall never see a poem lovely as a tree",
    "Home is the sailor home from sea and the hunter home from the hill",
    "The wind was a torrent of darkness among the gusty trees",
    "When you are old and gray and full of sleep",
)
"""Never used to choose anything in the singer; for that there is `TUNING_LINES`."""

TUNING_LINES = (
    "The river runs to the sea and I feel it now",
    "Down the long and dusty road I carry all my days",
    "Sing me home when the morning light is breaking",
    "She left a letter on the kitchen table",
    "Every night I hear the whistle of the train",
    "Hold my hand before the summer fades away",
    "Thunder on the mountain shakes the window glass",
    "Give me just a little more of yesterday",
    "Jack built a good boat with thick oak boards",
    "Choose whichever path you wish to follow",
    "Both of us would rather measure twice",
    "They never asked us why the bridge was burning",
)
ALTO_RANGE, BARITONE_RANGE = (57, 74), (45, 62)
"""A3 to D5 and A2 to D4."""
TEMPO_BPM = 90.0
SWAPPED = 3
"""Content words that differ between a line and one that sounds like it."""
_QUARTER = 480
_LENGTHS = (_QUARTER // 2, _QUARTER // 2, _QUARTER, _QUARTER, 2 * _QUARTER)
_REST = 720
_METER = Meter(4, 4)


def tune_for(lines: Sequence[str], low: int, high: int, pronouncer: Pronouncer, seed: Seed) -> Score:
    """A score with one lead part: every line on a walk between low and high (MIDI), a breath between lines."""
    notes: list[Note] = []
    told: list[ScoreLine] = []
    tick = 2 * _QUARTER
    for index, text in enumerate(lines):
        luck = seed.child("tune", index).luck()
        line = _line(pronouncer.words(text), index, tick, low, high, luck)
        notes += line
        told.append(ScoreLine(index, text, "verse-1", line[0].start_tick, line[-1].end_tick))
        tick = line[-1].end_tick + _REST
    bar = _METER.bar_ticks
    length = -(-tick // bar) * bar
    return Score(
        title="Bench",
        key=Key("C"),
        meter=_METER,
        tempo_map=TempoMap.constant(TEMPO_BPM),
        sections=(Section("verse-1", "verse", "Verse", 0, length, 0.55),),
        chords=(Chord(0, length, 0, "maj", 0, "C"),),
        lines=tuple(told),
        parts=(Part("lead", "Voice", "lead", "voice", "lead", tuple(notes)),),
        length_ticks=length,
    )


def _line(words: Sequence[Word], index: int, tick: int, low: int, high: int, luck: Luck) -> list[Note]:
    """The notes of a line: steps and small leaps inside the range, the last note long."""
    pitch = luck.integer(low, high)
    notes: list[Note] = []
    for word in words:
        for place, syllable in enumerate(word.syllables):
            length = luck.choice(_LENGTHS)
            pitch = min(high, max(low, pitch + luck.integer(-5, 5)))
            notes.append(
                Note(
                    f"lead/verse-1/{index}.{len(notes)}",
                    tick,
                    length,
                    pitch,
                    0.7,
                    syllable,
                    _syllabic(place, len(word.syllables)),
                    index,
                    word.text if place == 0 else "",
                )
            )
            tick += length
    last = notes[-1]
    notes[-1] = Note(
        last.id,
        last.start_tick,
        2 * _QUARTER,
        last.pitch,
        0.7,
        last.syllable,
        last.syllabic,
        index,
        last.word,
    )
    return notes


def _syllabic(place: int, count: int) -> str:
    """Where a syllable stands in its word, as MusicXML calls it."""
    if count == 1:
        return "single"
    return "begin" if place == 0 else "end" if place == count - 1 else "middle"


def near_lines(
    words: Sequence[Word], lexicon: dict[int, list[tuple[str, tuple[str, ...]]]], seed: Seed, count: int = 5
) -> list[list[tuple[str, ...]]]:
    """Lines that sound nearly like this one: three of its content words each swapped for others one phone away.

    lexicon: as from `neighbours`. Returns `count` lines, each a list of words, each a tuple of phones.
    """
    plain = [_phones(word.syllables) for word in words]
    near = [
        []
        if word.is_function_word or len(w) < 3
        else [p for _, p in lexicon.get(len(w), []) if _one_apart(w, p)]
        for word, w in zip(words, plain, strict=True)
    ]
    open_words = [i for i, options in enumerate(near) if options]
    lines: list[list[tuple[str, ...]]] = []
    for number in range(count):
        luck = seed.child("near", number).luck()
        changed = list(plain)
        places = list(open_words)
        for _ in range(min(SWAPPED, len(places))):
            place = places.pop(luck.integer(0, len(places) - 1))
            changed[place] = luck.choice(near[place])
        lines.append(changed)
    return lines


def neighbours(
    lexicon: dict[str, tuple[tuple[str, ...], ...]],
) -> dict[int, list[tuple[str, tuple[str, ...]]]]:
    """The words of a dictionary by their number of phones, first pronunciation, stress taken off."""
    found: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
    for word in sorted(lexicon):
        phones = tuple(phone.rstrip("012") for phone in lexicon[word][0])
        if word.isalpha() and len(word) <= 9:
            found.setdefault(len(phones), []).append((word, phones))
    return found


def _phones(syllables: Sequence[Syllable]) -> tuple[str, ...]:
    return tuple(phone for syllable in syllables for phone in syllable.phones)


def _one_apart(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Exactly one phone is another, and a vowel stays a vowel."""
    apart = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(apart) == 1 and is_vowel(apart[0][0]) == is_vowel(apart[0][1])
