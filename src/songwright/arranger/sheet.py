"""From loose marks to a part on the stand: in range, in order, no pitch struck while it still sounds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from songwright.arranger.cues import Cue
from songwright.music.instruments import INSTRUMENTS
from songwright.values.plan import PartPlan
from songwright.values.score import Note, Part, Score

_SWELL_FROM, _SWELL_TO = 0.72, 1.12  # how the level of a build begins and ends


@dataclass(frozen=True, order=True)
class Mark:
    """A note before it has a name: ticks, MIDI pitch, level 0..1, articulation as in `Note`."""

    start: int
    pitch: int
    end: int
    level: float
    articulation: str = ""


def silenced(marks: Iterable[Mark], cues: Sequence[Cue]) -> list[Mark]:
    """The marks without those in a stop or after the final chord is struck; what still sounds there is cut."""
    holes = [(cue.stop, cue.end) for cue in cues if cue.stop is not None]
    holes += [(cue.final, cue.end) for cue in cues if cue.final is not None]
    kept = []
    for mark in marks:
        end = mark.end
        for start, stop in holes:
            if start <= mark.start < stop:
                end = mark.start
            elif mark.start < start < end:
                end = start
        if end > mark.start:
            kept.append(mark if end == mark.end else replace(mark, end=end))
    return kept


def dropped(marks: Iterable[Mark], cues: Sequence[Cue], beat_ticks: int) -> list[Mark]:
    """The marks without those where drums and bass drop out; the last beat of a fill leads back in."""
    holes = [(cue.drop, cue.end) for cue in cues if cue.drop is not None]
    kept = []
    for mark in marks:
        inside = next((hole for hole in holes if hole[0] <= mark.start < hole[1]), None)
        if inside is not None and not (mark.articulation == "fill" and mark.start >= inside[1] - beat_ticks):
            continue
        edge = next((start for start, _ in holes if mark.start < start < mark.end), mark.end)
        kept.append(mark if edge == mark.end else replace(mark, end=edge))
    return kept


def swelled(marks: Iterable[Mark], cues: Sequence[Cue]) -> list[Mark]:
    """The marks with their levels drawn back where the band swells, growing to more than they were at its end."""
    rises = [(cue.swell, cue.end) for cue in cues if cue.swell is not None]
    out = []
    for mark in marks:
        for start, end in rises:
            if start <= mark.start < end:
                share = (mark.start - start) / (end - start)
                mark = replace(mark, level=mark.level * (_SWELL_FROM + (_SWELL_TO - _SWELL_FROM) * share))
        out.append(mark)
    return out


def written(chair: PartPlan, marks: Iterable[Mark], score: Score) -> Part:
    """The part that a chair plays: notes with ids, folded into the instrument's range by octaves."""
    instrument = INSTRUMENTS[chair.instrument]
    drums = chair.role == "drums"
    placed = []
    for mark in marks:
        if not 0 <= mark.start < score.length_ticks:
            continue
        pitch = mark.pitch if drums else folded(mark.pitch, instrument.low, instrument.high)
        placed.append(replace(mark, pitch=pitch, end=min(mark.end, score.length_ticks)))
    notes, counts = [], dict.fromkeys((section.id for section in score.sections), 0)
    starts = [section.start_tick for section in score.sections]
    for mark in apart(placed):
        section = score.sections[bisect_right(starts, mark.start) - 1].id
        counts[section] += 1
        notes.append(
            Note(
                id=f"{chair.id}/{section}/{counts[section]}",
                start_tick=mark.start,
                length_ticks=mark.end - mark.start,
                pitch=mark.pitch,
                level=round(min(1.0, max(0.02, mark.level)), 3),
                articulation=mark.articulation,
            )
        )
    return Part(chair.id, instrument.name, chair.role, chair.instrument, chair.stem, tuple(notes))


def apart(marks: Iterable[Mark]) -> list[Mark]:
    """Marks by start and pitch, where no pitch is struck twice at once or while it sounds: the new stroke wins."""
    last: dict[int, int] = {}
    kept: list[Mark | None] = []
    for mark in sorted(marks, key=lambda m: (m.start, m.pitch, -m.level, -m.end)):
        if mark.end <= mark.start:
            continue
        at = last.get(mark.pitch)
        if at is not None:
            before = kept[at]
            if before.start == mark.start:
                continue
            if before.end > mark.start:
                kept[at] = replace(before, end=mark.start)
        last[mark.pitch] = len(kept)
        kept.append(mark)
    return kept


def folded(pitch: int, low: int, high: int) -> int:
    """The pitch moved by octaves into low..high (the nearest edge octave where the span is under an octave)."""
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch
