"""Given notes in a plan that comes back from a person's hands: checked, and laid under words that were changed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from songwright.errors import BriefError
from songwright.producer.form import syllables
from songwright.producer.set_to_tune import SHORTEST_MS
from songwright.producer.underlay import Unit, underlay
from songwright.values.plan import SongPlan
from songwright.values.time import TICKS_PER_QUARTER
from songwright.values.words import GivenNote, LyricLine

_MOST_BARS_BEFORE = 1


def with_notes(line: LyricLine, plan: SongPlan, at: str) -> LyricLine:
    """The line with its given notes, laid anew under its words where their number has changed.

    Raises BriefError for notes that cannot be sung, or words that find no room on them.
    """
    if not line.notes:
        return line
    check_notes(line.notes, plan, at)
    if line.notes[-1].syllable + 1 == syllables(line):
        return line
    units: list[list[GivenNote]] = []
    for note in line.notes:
        if units and units[-1][0].syllable == note.syllable:
            units[-1].append(note)
        else:
            units.append([note])
    fastest = max(change.bpm for change in plan.tempo_map.changes)
    shortest = max(1, int(SHORTEST_MS * fastest * TICKS_PER_QUARTER / 60_000.0))
    tones = [Unit(tuple((note.start_tick, note.length_ticks, note.pitch) for note in unit)) for unit in units]
    notes = underlay(tones, line.words or line.echo, 0, plan.meter, shortest)
    if notes is None:
        problem = f"{line.text[:40]!r} has {syllables(line)} syllables, too many for its given notes."
        raise BriefError(f"{at}.notes", problem, "Take the notes out, or write fewer words.")
    return replace(line, notes=notes)


def check_notes(notes: tuple[GivenNote, ...], plan: SongPlan, at: str) -> None:
    """Raises BriefError for given notes that overlap, go back, lie outside MIDI, or skip a syllable."""
    bar = plan.meter.bar_ticks
    for number, note in enumerate(notes):
        if note.length_ticks < 1 or not 0 <= note.pitch <= 127 or note.start_tick < -_MOST_BARS_BEFORE * bar:
            raise BriefError(
                f"{at}.notes[{number}]",
                "is no note that can be sung.",
                "Mend its start, length or pitch (0 to 127).",
            )
    if notes[0].syllable != 0 or any(not 0 <= b.syllable - a.syllable <= 1 for a, b in pairwise(notes)):
        raise BriefError(
            f"{at}.notes", "should carry the syllables in order, from 0.", "Mend their syllable."
        )
    if any(b.start_tick < a.start_tick + a.length_ticks for a, b in pairwise(notes)):
        raise BriefError(
            f"{at}.notes", "should follow each other.", "Mend their start_tick and length_ticks."
        )
