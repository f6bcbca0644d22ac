"""From slots with their bars to the sections of a plan: names, energy, tunes, lines, rhymes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.producer.form import TUNEFUL, Form, Slot
from songwright.producer.settings import FormSettings
from songwright.producer.windows import Layout
from songwright.text.rhyme import rhyme_letters
from songwright.values.plan import SectionPlan
from songwright.values.words import LyricLine

_KIND_NAMES = {"prechorus": "Pre-Chorus"}


def build_sections(
    form: Form, picks: Sequence[int], settings: FormSettings, sung: bool
) -> tuple[SectionPlan, ...]:
    """The sections of a form whose groups took the options `picks`; without `sung` the words are left out."""
    layouts: dict[int, Layout] = {}
    for group, pick in zip(form.groups, picks, strict=True):
        layouts.update(zip(group.slots, group.options[pick].layouts, strict=True))
    sections: list[SectionPlan] = []
    seen: dict[str, int] = {}
    first_line = 0
    for place, slot in enumerate(form.slots):
        layout = layouts[place]
        if layout.bars == 0:
            continue
        seen[slot.kind] = seen.get(slot.kind, 0) + 1
        lines = _lines(slot, layout, first_line) if sung else ()
        first_line += len(lines)
        sections.append(_section(slot, seen[slot.kind], layout.bars, lines, sections, settings))
    return _labelled(sections)


def _section(
    slot: Slot,
    number: int,
    bars: int,
    lines: tuple[LyricLine, ...],
    before: Sequence[SectionPlan],
    settings: FormSettings,
) -> SectionPlan:
    """One section: the n-th of its kind burns a little higher than the one before."""
    energy = settings.energy[slot.kind] if slot.energy is None else slot.energy
    if slot.energy is None:
        energy += settings.rise.get(slot.kind, 0.0) * (number - 1)
    earlier = [section for section in before if section.kind == slot.kind]
    tune_of = earlier[0].id if earlier and slot.kind in TUNEFUL else None
    if tune_of and slot.given and slot.given.bars and not same_tune(earlier[0], lines):
        tune_of = None
    energy = round(min(1.0, energy), 3)
    return SectionPlan(
        f"{slot.kind}-{number}", slot.kind, slot.label, bars, energy, lines, tune_of, slot.chords
    )


def same_tune(section: SectionPlan, lines: Sequence[LyricLine]) -> bool:
    """Whether given lines sing (nearly) the notes of a section."""
    first = _pitches(section.lines)
    second = _pitches(lines)
    return 10 * sum(first.get(place) == pitch for place, pitch in second.items()) >= 7 * max(
        len(first), len(second)
    )


def _pitches(lines: Sequence[LyricLine]) -> dict[tuple[int, int], int]:
    """The pitch at each place (bar of the window, tick) where a given note begins."""
    return {(line.start_bar, note.start_tick): note.pitch for line in lines for note in line.notes}


def _lines(slot: Slot, layout: Layout, first: int) -> tuple[LyricLine, ...]:
    """The lines of a slot where they stand: windows one after the other, spare bars at the end."""
    rhymes = rhyme_letters([line.words for line in slot.lines])
    lines, bar = [], 0
    for offset, (line, bars, rhyme) in enumerate(zip(slot.lines, layout.windows, rhymes, strict=True)):
        if slot.given and slot.given.bars:  # it stands where its notes stand
            lines.append(replace(line, index=first + offset, rhyme=rhyme))
            continue
        lines.append(replace(line, index=first + offset, start_bar=bar, bars=bars, rhyme=rhyme))
        bar += bars
    return tuple(lines)


def _labelled(sections: Sequence[SectionPlan]) -> tuple[SectionPlan, ...]:
    """Sections without a label are named after their kind, and numbered where there are several verses."""
    named = []
    for section in sections:
        label = section.label
        if not label:
            label = _KIND_NAMES.get(section.kind, section.kind.capitalize())
            if section.kind == "verse" and sum(other.kind == "verse" for other in sections) > 1:
                label += " " + section.id.rsplit("-", 1)[1]
        named.append(replace(section, label=label))
    return tuple(named)
