"""Give the words of a score that came from elsewhere their sounds, so that any MusicXML or MIDI can be sung."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from songwright.text.correction import PATTERN, shown
from songwright.text.phones import is_vowel
from songwright.values.score import Note, Part, Score, ScoreLine
from songwright.values.words import Syllable, Word

_LINE_GAP_TICKS = 480
_MAX_LINE_WORDS = 12


class Speaker(Protocol):
    """Turns text into words with phones, each line in its language (`text.tongues.Tongues`)."""

    def words(self, line: str, language: str = "") -> tuple[Word, ...]: ...
    def languages(self, lines: Sequence[str]) -> tuple[str, ...]: ...


def with_phones(score: Score, speaker: Speaker) -> Score:
    """The score with phones on every syllable, and lyric lines found from rests and sentence ends.

    Written syllables and spoken ones may differ in number: spare notes hold the vowel, and where notes are
    short of syllables the word's unstressed vowels are left out ("ev'ry"). A word may bring its own sounds:
    "Siobhan[[ʃɪˈvɔːn]]".
    """
    parts, lines = [], list[ScoreLine]()
    for part in score.parts:
        if not part.is_sung:
            parts.append(part)
            continue
        groups = _words(part)
        numbered = _numbered(groups, len(lines))
        languages = _languages(groups, numbered, speaker)
        notes = [
            note
            for group, line in zip(groups, numbered, strict=True)
            for note in _sounding(group, line, languages[line], speaker)
        ]
        parts.append(replace(part, notes=tuple(notes)))
        lines.extend(_lines(notes, score))
    return replace(score, parts=tuple(parts), lines=tuple(lines))


def _words(part: Part) -> list[list[Note]]:
    """The notes of each word; notes without a syllable go on with the word before."""
    groups: list[list[Note]] = []
    for note in part.notes:
        opens = note.syllable is not None and note.syllabic in ("single", "begin")
        if opens or not groups:
            groups.append([note])
        else:
            groups[-1].append(note)
    return groups


def _numbered(groups: list[list[Note]], first: int) -> list[int]:
    """The lyric line of each word: a new one after a rest of a quarter or a sentence end."""
    line, words, numbers = first, 0, []
    for before, group in zip([None, *groups], groups, strict=False):
        if before is not None:
            rest = group[0].start_tick - before[-1].end_tick
            ended = _text(before).rstrip("\"'”’)").endswith((".", "!", "?", ";"))
            if rest >= _LINE_GAP_TICKS or ended or words >= _MAX_LINE_WORDS:
                line, words = line + 1, 0
        words += 1
        numbers.append(line)
    return numbers


def _languages(groups: list[list[Note]], numbered: list[int], speaker: Speaker) -> dict[int, str]:
    """The language of each lyric line."""
    texts: dict[int, list[str]] = {}
    for group, line in zip(groups, numbered, strict=True):
        texts.setdefault(line, []).append(_text(group))
    found = speaker.languages([" ".join(words) for words in texts.values()])
    return dict(zip(texts, found, strict=True))


def _text(group: list[Note]) -> str:
    return "".join(note.syllable.text for note in group if note.syllable)


def _sounding(group: list[Note], line: int, language: str, speaker: Speaker) -> list[Note]:
    """A word's notes with phones."""
    text = _text(group)
    spoken = [s for word in speaker.words(text, language) for s in word.syllables] if text else []
    if not spoken:  # nothing readable ("~", "♪"): sing an open vowel rather than fall silent
        spoken = [Syllable(text or "ah", ("AA",), 1)]
    if "[[" in text:
        group, text = _without_signs(group), shown(text)
    carriers = [i for i, note in enumerate(group) if note.syllable is not None] or [0]
    spoken = _fitted(spoken, len(carriers))
    notes = [replace(note, line=line, syllable=None) for note in group]
    for place, index in enumerate(carriers[: len(spoken)]):
        written = group[index].syllable.text if group[index].syllable else text
        sounding = replace(spoken[place], text=written)
        notes[index] = replace(notes[index], syllable=sounding, word=text if place == 0 else "")
    return notes


def _without_signs(group: list[Note]) -> list[Note]:
    """The notes with what people read: signs between double brackets, on one syllable or several, are taken out."""
    notes, inside = [], False
    for note in group:
        if note.syllable is not None:
            opened, text = inside, note.syllable.text
            inside = text.rfind("[[") > text.rfind("]]") if "[[" in text or "]]" in text else inside
            text = "[[" * opened + text + "]]" * inside
            kept = PATTERN.sub("", text).strip() or ("" if opened else shown(text))
            note = replace(note, syllable=replace(note.syllable, text=kept))
        notes.append(note)
    return notes


def _fitted(spoken: list[Syllable], notes: int) -> list[Syllable]:
    """As many syllables as notes can carry: the least stressed one melts into its neighbour until it fits."""
    spoken = list(spoken)
    while len(spoken) > notes:
        weakest = min(range(len(spoken)), key=lambda i: (spoken[i].stress == 1, spoken[i].stress, -i))
        keep = weakest - 1 if weakest > 0 else 1
        first, second = min(weakest, keep), max(weakest, keep)
        consonants = tuple(p for p in spoken[weakest].phones if not is_vowel(p))
        if keep < weakest:
            phones = spoken[keep].phones + consonants
        else:
            phones = consonants + spoken[keep].phones
        spoken[first : second + 1] = [replace(spoken[keep], phones=phones)]
    return spoken


def _lines(notes: list[Note], score: Score) -> list[ScoreLine]:
    by_line: dict[int, list[Note]] = {}
    for note in notes:
        if note.line is not None:
            by_line.setdefault(note.line, []).append(note)
    lines = []
    for index, members in sorted(by_line.items()):
        words = " ".join(note.word for note in members if note.word)
        section = score.section_at(members[0].start_tick).id
        lines.append(ScoreLine(index, words, section, members[0].start_tick, members[-1].end_tick))
    return lines
