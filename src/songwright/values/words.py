"""Words as they are sung: a line, its words, their syllables, their phones."""

from __future__ import annotations

from dataclasses import dataclass, field

from songwright.values.wire import SPARSE


@dataclass(frozen=True)
class Syllable:
    """One syllable of a word.

    text: its letters as shown in a score. phones: as in `text.phones`, exactly one of them a vowel
    (or a syllabic consonant where a word has no vowel: "hmm"). stress: 0 none, 1 primary, 2 secondary.
    """

    text: str
    phones: tuple[str, ...]
    stress: int = 0


@dataclass(frozen=True)
class Word:
    """A word of the lyrics: as written (`text`, with its punctuation), and as sung (`syllables`, at least one)."""

    text: str
    syllables: tuple[Syllable, ...]
    is_function_word: bool = False


@dataclass(frozen=True)
class GivenNote:
    """A note of a tune that was given for a line.

    start_tick: from the bar line where the line's window begins, below 0 in an upbeat. pitch: MIDI. syllable: which
    of the line's syllables it carries, counted from 0; the same one again holds it on (melisma).
    """

    start_tick: int
    length_ticks: int
    pitch: int
    syllable: int


@dataclass(frozen=True)
class LyricLine:
    """A line of the lyrics, and the bars it fills inside its section.

    index: counts sung lines through the whole song from 0. start_bar: bar inside the section where the line's
    window begins (0-based). bars: length of that window. rhyme: lines of a section with the same letter rhyme
    ("" = rhymes with none). echo: words in round brackets, answered by the backing voices. language: where it is
    another than the song's ("de"), else "". notes: the tune it must be sung on, () = the composer's.
    """

    index: int
    text: str
    words: tuple[Word, ...]
    start_bar: int = 0
    bars: int = 2
    rhyme: str = ""
    echo: tuple[Word, ...] = ()
    language: str = ""
    notes: tuple[GivenNote, ...] = field(default=(), metadata=SPARSE)
