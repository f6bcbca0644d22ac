"""How much room each line has: upbeats before the bar, a breath after, and the pace that fills its window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum

from songwright.composer.progression import tune_owner
from songwright.composer.prosody import Sung, leading_light, sung_syllables
from songwright.composer.settings import MelodySettings
from songwright.values.plan import SectionPlan, SongPlan
from songwright.values.words import LyricLine

SHORTEST_MS = 95.0
_BREATH_MS = 170.0
_SLOW_BPM = 45.0
_KIND_PACE = {"verse": 0.95, "prechorus": 1.0, "chorus": 1.15, "bridge": 1.1}


@dataclass(frozen=True)
class Room:
    """A line in its place. window, window_end: its bars in ticks; earliest..latest: where notes may sound."""

    line: LyricLine
    section: SectionPlan
    number: int
    sung: tuple[Sung, ...]
    window: int
    window_end: int
    earliest: int
    latest: int


def ticks_of_ms(plan: SongPlan, ms: float) -> float:
    """How many ticks a time lasts at the opening tempo."""
    return ms * plan.tempo_map.start_bpm * 480.0 / 60_000.0


def pulse_ticks(plan: SongPlan) -> int:
    """The note light syllables run in: an eighth; at very slow tempos a sixteenth."""
    return 240 if plan.tempo_map.start_bpm > _SLOW_BPM else 120


def shortest_ticks(plan: SongPlan) -> int:
    """The shortest comfortable note: half a pulse, longer where that would be under 95 ms."""
    fastest = max(change.bpm for change in plan.tempo_map.changes)
    return max(pulse_ticks(plan) // 2, -(-int(SHORTEST_MS * fastest * 480.0 / 60_000.0) // 60) * 60)


def rooms(plan: SongPlan) -> tuple[Room, ...]:
    """Every sung line of the song with its bounds, in order.

    Sections that share a tune get the same bounds line by line, so that the same words can have the same notes.
    """
    sung: list[tuple[SectionPlan, int, LyricLine, int]] = []
    start = 0
    for section in plan.sections:
        for number, line in enumerate(section.lines):
            sung.append((section, number, line, start + line.start_bar * plan.meter.bar_ticks))
        start += section.bars * plan.meter.bar_ticks
    syllables = [sung_syllables(line.words) for _, _, line, _ in sung]
    upbeats = _upbeats(plan, sung, syllables)
    spare = _spare(plan, sung, upbeats)
    found: list[Room] = []
    for (section, number, line, window), items in zip(sung, syllables, strict=True):
        if not items:
            continue
        end = window + max(1, line.bars) * plan.meter.bar_ticks
        name = (tune_owner(section), number)
        earliest, latest = window - upbeats[name], end - spare[name]
        if line.notes:
            earliest = window + line.notes[0].start_tick
            latest = window + line.notes[-1].start_tick + line.notes[-1].length_ticks
            if found and found[-1].latest > earliest:
                found[-1] = replace(found[-1], latest=max(found[-1].earliest, earliest))
        elif found:
            earliest = max(earliest, found[-1].latest)
        found.append(Room(line, section, number, items, window, end, earliest, latest))
    return tuple(found)


def _upbeats(
    plan: SongPlan,
    sung: Sequence[tuple[SectionPlan, int, LyricLine, int]],
    syllables: Sequence[Sequence[Sung]],
) -> dict[tuple[str, int], int]:
    """Ticks a line may begin before its window, by tune and line number."""
    most = plan.meter.beat_ticks if plan.meter.is_compound else plan.meter.beat_ticks * 3 // 2
    found: dict[tuple[str, int], int] = {}
    for (section, number, _line, window), items in zip(sung, syllables, strict=True):
        name = (tune_owner(section), number)
        pulse = max(pulse_ticks(plan), shortest_ticks(plan))
        want = min(leading_light(items) * pulse, most // pulse * pulse, plan.meter.bar_ticks // 2)
        found[name] = max(found.get(name, 0), want)
        if window == 0:
            found[name] = -1
    for section, number, _line, window in sung:
        name = (tune_owner(section), number)
        if found[name] < 0 or window < found[name]:
            found[name] = 0
    return found


def _spare(
    plan: SongPlan,
    sung: Sequence[tuple[SectionPlan, int, LyricLine, int]],
    upbeats: dict[tuple[str, int], int],
) -> dict[tuple[str, int], int]:
    """Ticks a line leaves free at the end of its window: the next line's upbeat and a breath."""
    breath = max(pulse_ticks(plan), -(-int(ticks_of_ms(plan, _BREATH_MS)) // 120) * 120)
    found: dict[tuple[str, int], int] = {}
    for here, after in zip(sung, (*sung[1:], None), strict=False):
        section, number, line, window = here
        end = window + max(1, line.bars) * plan.meter.bar_ticks
        name = (tune_owner(section), number)
        spare = 0
        if after is not None:
            wanted = breath + upbeats[tune_owner(after[0]), after[1]]
            spare = max(0, wanted - (after[3] - end))
        most = (end - window) // 2
        found[name] = max(found.get(name, 0), min(spare, most))
    return found


def section_pace(plan: SongPlan, group: Sequence[Room], settings: MelodySettings) -> float:
    """Ticks an average syllable of a section wants: what fills most of its windows, kept near natural speech."""
    fits = [_fit(plan, room) for room in group]
    mean = fsum(fits) / len(fits)
    low, high = (ticks_of_ms(plan, ms) for ms in settings.pace_ms)
    pace = mean * _KIND_PACE.get(group[0].section.kind, 1.0)
    if pace > high:
        pace = high + 0.15 * (pace - high)
    return max(pace, low)


def line_pace(plan: SongPlan, room: Room, pace: float) -> float:
    """The section's pace, quicker where the line is too full for it."""
    return min(pace, 1.1 * _fit(plan, room))


def _fit(plan: SongPlan, room: Room) -> float:
    """Ticks an average syllable gets when a line fills three quarters of its room and its end is held."""
    space = 0.8 * (room.latest - room.window) + 0.5 * (room.window - room.earliest)
    return space / (fsum(item.length for item in room.sung) + 0.9)
