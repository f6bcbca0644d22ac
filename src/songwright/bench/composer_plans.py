"""The task a songwriter had, as a plan: the words, bars, chords, key, meter, tempo and form of a song people wrote.

A composer that is given such a plan answers the same question as the song it came from, so their tunes can be compared
one by one. The tune itself is not in the plan; of its range only the lowest note is, where a voice of a twelfth begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from songwright import producer
from songwright.music.form import notes_in
from songwright.music.harmony import chord_symbol
from songwright.music.likeness import likeness
from songwright.text.stress import is_function_word
from songwright.train.songs.song import Song
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import SectionPlan, SongPlan
from songwright.values.score import Note, Score
from songwright.values.words import LyricLine, Syllable, Word

_VOICE = 19  # semitones a voice has, as the personas do; more where the song asks for it
_SAME_TUNE = 0.85
_STYLES = {
    "art": "ballad", "standard": "jazz", "carol": "folk", "hymn": "folk", "nursery": "folk", "ballad": "folk",
    "traditional": "folk",
}  # fmt: skip


@dataclass
class _Line:
    """A line on its way into a plan: the bar its window opens, and its notes."""

    bar: int
    notes: list[Note]
    rhyme: str


def plan_of(song: Song, genre: str, seed: int, ctx: Context) -> SongPlan:
    """The plan of a song's task. genre: what kind of song the corpus says it is ("hymn"), as the network knows it.

    Raises BriefError where no plan can be made of it (BriefError of `producer.plan_for_score`).
    """
    score = song.score
    language = song.language if song.language in ("en", "de") else "en"
    brief = SongBrief(genre=_STYLES.get(genre, "folk"), language=language, seed=seed)
    plan = producer.plan_for_score(score, brief, ctx)
    low, high = (take(note.pitch for note in song.notes) for take in (min, max))
    return replace(
        plan,
        genre=genre,
        sections=_sections(song),
        voice_low=low,
        voice_high=max(high, low + _VOICE),
    )


def _sections(song: Song) -> tuple[SectionPlan, ...]:
    score, bar = song.score, song.score.meter.bar_ticks
    lines = _lines(song)
    ends = [line.bar for line in lines[1:]] + [score.length_ticks // bar]
    found: list[SectionPlan] = []
    index = 0
    for section in score.sections:
        first, after = section.start_tick // bar, section.end_tick // bar
        held = []
        for line, end in zip(lines, ends, strict=True):
            if not (first <= line.bar < after):
                continue
            last = -(-line.notes[-1].end_tick // bar)
            bars = max(1, min(last, end, after) - line.bar)
            words = words_of(line.notes, song.language)
            text = " ".join(word.text for word in words)
            held.append(LyricLine(index, text, words, line.bar - first, bars, line.rhyme))
            index += 1
        chords = tuple(_bar_chords(score, n) for n in range(first, after)) if score.chords else ()
        found.append(
            SectionPlan(
                section.id, section.kind, section.label, after - first, section.energy, tuple(held),
                _same_tune(song, found, section.id), chords,
            )
        )  # fmt: skip
    return tuple(found)


def _lines(song: Song) -> list[_Line]:
    """The lines with the bars their windows open; what begins in one bar is one line."""
    bar = song.score.meter.bar_ticks
    found: list[_Line] = []
    for line in song.score.lines:
        notes = [note for note in song.notes if note.line == line.index]
        if not notes:
            continue
        start = notes[0].start_tick
        upbeat = start % bar > bar // 2 and notes[-1].end_tick > (start // bar + 1) * bar
        opens = start // bar + int(upbeat)
        rhyme = song.rhymes[line.index] if line.index < len(song.rhymes) else ""
        if found and opens <= found[-1].bar:
            found[-1].notes += notes
            found[-1].rhyme = rhyme
        else:
            found.append(_Line(opens, notes, rhyme))
    return found


def _same_tune(song: Song, before: Sequence[SectionPlan], section_id: str) -> str | None:
    """The section whose tune this one sings again, where people heard it as the same."""
    here = next(s for s in song.score.sections if s.id == section_id)
    own = notes_in(song.notes, here.start_tick, here.end_tick)
    for plan in before:
        other = next(s for s in song.score.sections if s.id == plan.id)
        if other.kind != here.kind or other.length_ticks != here.length_ticks or plan.tune_of:
            continue
        theirs = notes_in(song.notes, other.start_tick, other.end_tick)
        if own and theirs and likeness(own, theirs) >= _SAME_TUNE:
            return plan.id
    return None


def _bar_chords(score: Score, bar: int) -> str:
    """The chords of a bar, on its counts: "C", or "C . G ."."""
    unit, start = score.meter.unit_ticks, bar * score.meter.bar_ticks
    names = [chord_symbol(score.chord_at(start + n * unit)) for n in range(score.meter.beats)]
    held = [names[0], *("." if b == a else b for a, b in pairwise(names))]
    return held[0] if set(held[1:]) <= {"."} else " ".join(held)


def words_of(notes: Sequence[Note], language: str) -> tuple[Word, ...]:
    """The words under some notes; words that lean on their neighbours are marked."""
    groups: list[list[Syllable]] = []
    for note in notes:
        if note.syllable is not None:
            if not groups or note.syllabic in ("single", "begin"):
                groups.append([])
            groups[-1].append(note.syllable)
    words = []
    for group in groups:
        text = "".join(syllable.text for syllable in group)
        bare = text.strip(".,;:!?\"'()").lower()
        light = is_function_word(bare) if language == "en" else len(group) == 1 and not group[0].stress
        words.append(Word(text, tuple(group), light))
    return tuple(words)
