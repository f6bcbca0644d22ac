"""A given tune that an instrument plays, in a song without words."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.music.instruments import INSTRUMENTS
from songwright.music.rhythm import strength
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Part

TUNE = "tune"


def tune_part(plan: SongPlan) -> tuple[Part, ...]:
    """The part of the chair "tune" with all tunes that the sections were given, none where there is none."""
    chair = next((chair for chair in plan.parts if chair.id == TUNE), None)
    found: list[Note] = []
    start = 0
    for section in plan.sections:
        for number, note in enumerate(section.tune, start=1):
            tick = start + note.start_tick
            level = 0.55 + 0.2 * section.energy + 0.02 * strength(tick, plan.meter)
            found.append(
                Note(
                    f"{TUNE}/{section.id}/{number}",
                    tick,
                    note.length_ticks,
                    note.pitch,
                    round(min(1.0, level), 3),
                )
            )
        start += section.bars * plan.meter.bar_ticks
    if chair is None or not found:
        return ()
    instrument = INSTRUMENTS[chair.instrument]
    shift = octaves([note.pitch for note in found], instrument.low, instrument.high)
    notes = tuple(
        Note(note.id, max(0, note.start_tick), note.length_ticks, note.pitch + shift, note.level)
        for note in found
    )
    return (Part(TUNE, instrument.name, chair.role, chair.instrument, chair.stem, notes),)


def octaves(pitches: Sequence[int], low: int, high: int) -> int:
    """Semitones, whole octaves, that bring most of a tune into a range with the least moving."""
    return min(
        range(-48, 49, 12), key=lambda steps: (sum(not low <= p + steps <= high for p in pitches), abs(steps))
    )
