"""Any words in any meter, key, tempo and style: does every song keep what was promised, whoever draws the notes?

The network is replaced by one that guesses: if songs are whole with it, they are whole with any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from songwright.bench.composer_measures import lead_notes
from songwright.bench.composer_validity import validity
from songwright.composer.compose import compose_with
from songwright.composer.setting import Network
from songwright.io.shelf import HouseShelf
from songwright.music.harmony import chord_pitches, chord_scale
from songwright.music.pitch import parse_key, pitch_class
from songwright.music.rhythm import parse_meter
from songwright.music.tokens import NAMES
from songwright.values.context import Context, Progress
from songwright.values.plan import SectionPlan, SongPlan
from songwright.values.score import Note, Score
from songwright.values.seed import Luck, Seed
from songwright.values.time import TempoMap
from songwright.values.wishes import Wishes
from songwright.values.words import LyricLine, Syllable, Word

METERS = (
    "4/4",
    "4/4",
    "3/4",
    "6/8",
    "2/4",
    "12/8",
    "5/4",
    "2/2",
    "3/8",
    "9/8",
    "7/8",
    "6/4",
    "7/4",
    "3/2",
    "11/8",
)
_KINDS = ("verse", "verse", "chorus", "chorus", "bridge", "prechorus", "outro", "intro")
_TONICS = ("C", "G", "D", "A", "E", "B", "F#", "C#", "F", "Bb", "Eb", "Ab", "Db", "Gb")
_MODES = ("major", "minor", "dorian", "mixolydian")
_VOWELS = ("AA", "EH", "IY", "OW", "UW", "AX")
_TEMPOS = (30.0, 300.0)


class Guess:
    """A network that knows nothing: every token is as likely as luck has it."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def open(self, prompt: Sequence[int], count: int = 1) -> _Guesses:
        """Rows that guess."""
        return _Guesses(len(prompt) and count, self._seed)

    def costs(self, rows: Sequence[Sequence[int]]) -> list[np.ndarray]:
        """All tokens cost the same."""
        return [np.ones(len(row), dtype=np.int32) for row in rows]


class _Guesses:
    def __init__(self, rows: int, seed: int) -> None:
        self._luck = Seed(seed).luck()
        self._rows = rows
        self.push([()] * rows)

    def push(self, tokens: Sequence[Sequence[int]]) -> None:
        """Hears nothing, guesses anew."""
        self.logits = (
            (2048 * self._luck.noise(self._rows * len(NAMES))).astype(np.int32).reshape(self._rows, -1)
        )


def random_plan(seed: Seed, styles: Sequence[str]) -> SongPlan:
    """A plan with words nobody wrote: lines of 1 to 40 syllables in windows of 1 to 8 bars."""
    luck = seed.luck()
    meter = parse_meter(luck.choice(METERS))
    style = luck.choice(styles)
    tempo = TempoMap.constant(round(luck.uniform(*_TEMPOS), 2))
    sections: list[SectionPlan] = []
    for number in range(luck.integer(1, 4)):
        again = [s for s in sections if s.lines and s.tune_of is None]
        if again and luck.chance(0.4):
            model = luck.choice(again)
            lines = tuple(
                _line(luck, _next_index(sections) + n, line.start_bar, line.bars, line.rhyme, line)
                for n, line in enumerate(model.lines)
            )
            kind, bars, tune = model.kind, model.bars, model.id
        else:
            lines, bar = (), luck.integer(0, 2)
            for n in range(luck.integer(1, 4)):
                length = luck.choice((1, 2, 2, 2, 2, 3, 4, 4, 8))
                lines += (
                    _line(luck, _next_index(sections) + n, bar, length, luck.choice(("", "A", "B")), None),
                )
                bar += length
            kind, bars, tune = luck.choice(_KINDS), bar + luck.integer(0, 2), None
        sections.append(SectionPlan(f"s-{number}", kind, kind, bars, 0.5, lines, tune))
    low = luck.integer(36, 62)
    length = tempo.seconds_at(sum(s.bars for s in sections) * meter.bar_ticks)
    return SongPlan(
        "Fuzz", style, style, "nobody", luck.choice(("en", "de", "fr", "xx")),
        parse_key(f"{luck.choice(_TONICS)} {luck.choice(_MODES)}"), meter, tempo, tuple(sections), (), "voice",
        low, low + luck.integer(9, 24), 0.5, length + 2.0, 2.0, luck.integer(0, 2**40),
    )  # fmt: skip


def _next_index(sections: Sequence[SectionPlan]) -> int:
    return sum(len(section.lines) for section in sections)


def _line(luck: Luck, index: int, bar: int, bars: int, rhyme: str, model: LyricLine | None) -> LyricLine:
    """A line of random words, now and then the very words of a model or as many syllables."""
    if model is not None and luck.chance(0.3):
        words = model.words
    else:
        wanted = luck.integer(1, 12) if luck.chance(0.9) else luck.integer(13, 70)
        if model is not None and luck.chance(0.5):
            wanted = sum(len(word.syllables) for word in model.words)
        words = _words(luck, wanted)
    return LyricLine(index, " ".join(word.text for word in words), words, bar, bars, rhyme)


def _words(luck: Luck, syllables: int) -> tuple[Word, ...]:
    words: list[Word] = []
    while syllables:
        size = min(syllables, luck.choice((1, 1, 1, 1, 2, 2, 3, 4)))
        parts = tuple(
            Syllable(f"la{len(words)}.{n}", (luck.choice(_VOWELS),), luck.integer(0, 2)) for n in range(size)
        )
        words.append(Word("la" + luck.choice(("", "", "", ",", ".")), parts, luck.chance(0.4)))
        syllables -= size
    return tuple(words)


def problems(score: Score, plan: SongPlan, by_network: bool) -> list[str]:
    """What a song promised and did not keep, by name. by_network: whether what only the network promises counts."""
    found = [name for name, kept in validity(score, plan).items() if not kept]
    notes = lead_notes(score)
    if any(here.end_tick != after.start_tick for here, after in _joined(notes)):
        found.append("words without holes")
    if not by_network:
        return found
    jumps = [b.pitch - a.pitch for a, b in pairwise(notes) if a.line == b.line]
    if any(abs(jump) > 12 for jump in jumps):
        found.append("leaps of an octave at most")
    same = _sung_again(plan)
    strange = [
        note for note in notes
        if note.line not in same and note.pitch % 12 not in chord_scale(score.chord_at(note.start_tick), score.key)
    ]  # fmt: skip
    if strange:
        found.append("notes of the scale")
    if any(note.start_tick % 40 or note.length_ticks % 40 for note in notes):
        found.append("grid")
    return found + _ends(score, plan, same)


def _sung_again(plan: SongPlan) -> set[int]:
    """Lines that repeat a line of the section whose tune theirs sings, word by word: they repeat its notes too."""
    by_id = {section.id: section for section in plan.sections}
    return {
        line.index
        for section in plan.sections
        if section.tune_of
        for line, model in zip(section.lines, by_id[section.tune_of].lines, strict=False)
        if _texts(line) == _texts(model)
    }


def _texts(line: LyricLine) -> list[str]:
    return [syllable.text for word in line.words for syllable in word.syllables]


def _joined(notes: Sequence[Note]) -> list[tuple[Note, Note]]:
    """Neighbours inside a word, or of one syllable."""
    return [(a, b) for a, b in pairwise(notes) if b.syllabic in ("middle", "end") or b.syllable is None]


def _ends(score: Score, plan: SongPlan, same: set[int]) -> list[str]:
    """Whether lines end on tones of their chords, and choruses at home where a chord lets them."""
    by_line = {note.line: note for note in lead_notes(score)}
    found = set()
    tonic = pitch_class(score.key.tonic)
    for section in plan.sections:
        sung = [line for line in section.lines if line.words]
        for line in sung:
            if line.index in same:
                continue
            end = by_line[line.index]
            tones = chord_pitches(score.chord_at(end.start_tick))
            if end.pitch % 12 not in tones:
                found.add("lines end on tones of the chord")
            reached = any(p % 12 == tonic for p in range(plan.voice_high - 7, plan.voice_high + 1))
            home = section.kind in ("chorus", "outro") and line is sung[-1] and tonic in tones and reached
            if home and end.pitch % 12 != tonic:
                found.add("choruses end at home")
    return sorted(found)


@dataclass(frozen=True)
class Fuzzed:
    """songs: how many were written. ruled: how many of them had a section written by rule. broken: promise -> songs."""

    songs: int
    ruled: int
    broken: dict[str, list[int]]


def fuzz(
    count: int, seed: Seed, network: Callable[[int], Network] = Guess, first: int = 0,
    tell: Callable[[int], None] | None = None,
) -> Fuzzed:  # fmt: skip
    """Writes songs number first .. first + count - 1 and looks at each; network: made anew for each song's number."""
    shelf = HouseShelf()
    styles = tuple(style.id for style in shelf.styles())
    broken: dict[str, list[int]] = {}
    ruled = 0
    for number in range(first, first + count):
        notes: Counter[str] = Counter()

        def hear(progress: Progress, notes: Counter[str] = notes) -> None:
            notes[progress.note] += 1

        plan = random_plan(seed.child("fuzz", number), styles)
        ctx = Context(Seed(plan.seed), shelf, hear)
        score = compose_with(network(number), plan, ctx, Wishes(candidates=2, mend_stress=False))
        by_rule = any(note.startswith("written by rule") for note in notes)
        ruled += by_rule
        for name in problems(score, plan, not by_rule):
            broken.setdefault(name, []).append(number)
        if tell is not None:
            tell(number)
    return Fuzzed(count, ruled, broken)
