"""The ends of lines held until the singer must breathe, as people write them, where the tune is sung only once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from songwright.composer.frames import Room, ticks_of_ms
from songwright.composer.setting.ways import SHORTEST_BREATH_MS
from songwright.composer.tune import Song, TuneLine
from songwright.music.rhythm import ACCENT, strength

_EIGHTH, _LONGEST = 240, 1440  # ticks


def held_on(song: Song, group: Sequence[Room], lines: Sequence[TuneLine]) -> tuple[TuneLine, ...]:
    """The lines of a section with their last notes held up to the breath before the next line begins.

    A note on an accent is held for three quarters at most, no further than the line's window reaches and than its chord
    and the chords after it bear it. Lines that were given stay as they are.
    """
    plan = song.plan
    breath = -(-int(ticks_of_ms(plan, SHORTEST_BREATH_MS)) // (_EIGHTH // 2)) * (_EIGHTH // 2)
    found = []
    for (room, line), (after, other) in pairwise(zip(group, lines, strict=True)):
        tick, length, pitch, which, weight = line.notes[-1]
        start = room.window + tick
        latest = min(after.window + other.notes[0][0] - breath, room.window_end, start + _LONGEST)
        until = _borne(song, start + length, latest, pitch) // _EIGHTH * _EIGHTH
        accent = strength(start, plan.meter) >= ACCENT
        if accent and until > start + length and not room.line.notes:
            line = replace(line, notes=(*line.notes[:-1], (tick, until - start, pitch, which, weight)))
        found.append(line)
    return (*found, lines[-1])


def _borne(song: Song, tick: int, latest: int, pitch: int) -> int:
    """How far from a tick on a pitch is a tone of the chords, up to `latest`."""
    while tick < latest:
        chord = song.chord_at(tick)
        if pitch % 12 not in song.writer.harmony(chord)[0]:
            break
        tick = chord.end_tick
    return min(tick, latest)
