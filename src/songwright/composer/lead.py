"""The sung part: lines with their tunes become notes with their words."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composer.frames import Room
from songwright.composer.tune import TuneLine
from songwright.music.rhythm import strength
from songwright.values.plan import SongPlan
from songwright.values.score import Note, ScoreLine

SungLine = tuple[Room, TuneLine]


def lead_notes(plan: SongPlan, sung: Sequence[SungLine]) -> tuple[tuple[Note, ...], list[ScoreLine]]:
    """The notes of the sung part, and where each line stands."""
    notes: list[Note] = []
    lines: list[ScoreLine] = []
    counts: dict[str, int] = {}
    for room, line in sung:
        before = -1
        first = len(notes)
        for tick, length, pitch, which, weight in line.notes:
            section = room.section
            counts[section.id] = counts.get(section.id, 0) + 1
            start = room.window + tick
            item = room.sung[which]
            fresh = which != before
            level = 0.5 + 0.22 * section.energy + 0.16 * weight + 0.02 * strength(start, plan.meter)
            notes.append(
                Note(
                    f"lead/{section.id}/{counts[section.id]}", start, length, pitch, round(min(1.0, level), 3),
                    item.syllable if fresh else None, item.syllabic if fresh else "single", room.line.index,
                    item.word if fresh else "", "" if fresh else "legato",
                )
            )  # fmt: skip
            before = which
        lines.append(
            ScoreLine(
                room.line.index, room.line.text, room.section.id, notes[first].start_tick, notes[-1].end_tick
            )
        )
    return tuple(notes), lines
