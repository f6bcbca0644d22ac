"""A written song of which some sections are written anew while the rest stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.errors import BriefError
from songwright.values.plan import SectionPlan, SongPlan
from songwright.values.score import Note, Score
from songwright.values.words import GivenNote, LyricLine


def kept(plan: SongPlan, score: Score, rewrite: Sequence[str]) -> SongPlan:
    """The plan in which every line outside the sections to rewrite is given the notes it has in the score.

    rewrite: ids of sections or kinds ("chorus"), or lines counted from 1 ("line 3"). BriefError where the score was
    written to another plan, or where nothing is called so.
    """
    named = {section.id for section in plan.sections} | {section.kind for section in plan.sections}
    named |= {f"line {line.index + 1}" for line in plan.lines}
    unknown = [name for name in rewrite if name not in named]
    if unknown:
        raise BriefError(
            "rewrite", f"no section is called {unknown[0]}", f"There are {', '.join(sorted(named))}."
        )
    bar = plan.meter.bar_ticks
    if score.meter != plan.meter or score.length_ticks != plan.bars * bar:
        raise BriefError(
            "keep", "the score is of another song than the plan", "Keep a score of the same plan."
        )
    lead = next((part.notes for part in score.parts if part.role == "lead"), ())
    sections, start = [], 0
    fresh = {s.id for s in plan.sections if s.id in rewrite or s.kind in rewrite}
    for section in plan.sections:
        if section.id in fresh:
            sections.append(section if section.tune_of in fresh else replace(section, tune_of=None))
        else:
            sections.append(_given(section, lead, start, bar, rewrite))
        start += section.bars * bar
    return replace(plan, sections=tuple(sections))


def _given(
    section: SectionPlan, lead: Sequence[Note], start: int, bar: int, rewrite: Sequence[str]
) -> SectionPlan:
    lines = []
    for line in section.lines:
        if f"line {line.index + 1}" in rewrite:
            lines.append(replace(line, notes=()))
            continue
        notes = given_notes([note for note in lead if note.line == line.index], start + line.start_bar * bar)
        if line.words and len({note.syllable for note in notes}) != syllables_of(line):
            raise BriefError(
                "keep", f"its notes do not carry the words of line {line.index + 1}", "Keep the words too."
            )
        lines.append(replace(line, notes=notes))
    return replace(section, lines=tuple(lines))


def syllables_of(line: LyricLine) -> int:
    """How many syllables a line has."""
    return sum(len(word.syllables) for word in line.words)


def given_notes(notes: Sequence[Note], window: int) -> tuple[GivenNote, ...]:
    """Notes of a line as they are given to it; window: the tick at which the line's window opens."""
    found: list[GivenNote] = []
    which = -1
    for note in notes:
        which += note.syllable is not None
        found.append(GivenNote(note.start_tick - window, note.length_ticks, note.pitch, max(0, which)))
    return tuple(found)
