"""Tells a person in words what was decided where nothing was asked, and which liberties a length has cost."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.producer.settings import TempoSettings
from songwright.producer.shape import Shape, clock
from songwright.values.brief import SongBrief
from songwright.values.plan import SectionPlan
from songwright.values.time import Meter

_LITTLE_SUNG = 0.35  # of the bars; below this the song is mostly for the band


def tempo_note(brief: SongBrief, shape: Shape, meter: Meter, tempo: TempoSettings) -> tuple[str, ...]:
    """Tempo and meter where they were left open, and a slower ending where one was needed."""
    notes = []
    bpm = shape.fit.tempo_map.start_bpm
    if brief.tempo_bpm is None:
        notes.append(f"Tempo {bpm:g}: the style moves around {tempo.nominal:g}.")
    if brief.meter is None:
        notes.append(f"Meter {meter}: the habit of the style.")
    elif meter not in tempo.meters:
        habits = ", ".join(str(known) for known in tempo.meters)
        notes.append(f"Meter {meter} as asked; the style is mostly played in {habits}.")
    if shape.fit.slowing_bars:
        notes.append(
            f"The last {shape.fit.slowing_bars} bars slow down, so that the song ends when it should."
        )
    return tuple(notes)


def form_notes(brief: SongBrief, shape: Shape, sections: Sequence[SectionPlan]) -> tuple[str, ...]:
    """The form in one line, and what was done to reach the length."""
    form = ", ".join(f"{section.label} {section.bars}" for section in sections)
    notes = [f"Form in bars: {form}."]
    if brief.duration_s is None:
        notes.append(f"Length {clock(shape.duration_s)}: what this form takes at this tempo.")
    again = shape.form.reprises
    if again:
        slot = next(slot for slot in shape.form.slots if slot.reprise)
        times = "once" if again == 1 else f"{again} times"
        notes.append(f"{slot.label or slot.kind.capitalize()} comes back {times} more than written.")
    bars = sum(section.bars for section in sections)
    sung = sum(line.bars for section in sections for line in section.lines)
    if not brief.instrumental and sung < _LITTLE_SUNG * bars:
        notes.append("The words are few for this length: the band plays alone for most of it.")
    if brief.instrumental and brief.lyrics.strip():
        notes.append("Instrumental: the form follows the words, nobody sings them.")
    return tuple(notes)
