"""Where the strong beats are: the accent pattern of a bar, and how it is counted.

Levels of metric strength, after Lerdahl & Jackendoff (1983), as whole numbers:
5 first beat, 4 second accent of the bar, 3 other beats, 2 half-beats (eighths, or a compound beat's eighths),
1 their halves (sixteenths), 0 everything finer or off the grid (triplets in a straight meter).
"""

from __future__ import annotations

import re

from songwright.values.time import Meter

DOWNBEAT, ACCENT, BEAT, HALF_BEAT, QUARTER_BEAT, OFF_GRID = 5, 4, 3, 2, 1, 0
# How uneven bars fall into groups of felt beats or counts.
_GROUPS = {5: (3, 2), 7: (4, 3), 8: (3, 3, 2), 10: (3, 2, 3, 2), 11: (3, 3, 3, 2)}


def parse_meter(text: str) -> Meter:
    """The meter a musician wrote: "4/4", "6/8".

    1..16 counts of half, quarter, eighth or sixteenth notes; anything else raises ValueError.
    """
    match = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*", text)
    meter = Meter(int(match.group(1)), int(match.group(2))) if match else None
    if meter is None or not 1 <= meter.beats <= 16 or meter.unit not in (2, 4, 8, 16):
        raise ValueError(f"{text!r} is no meter; write counts and unit, such as 4/4, 3/4, 6/8, 5/4")
    return meter


def groups(meter: Meter) -> tuple[int, ...]:
    """How many felt beats stand in each accented group of a bar: (2, 2) in 4/4, (3, 2) in 5/4."""
    beats = felt_beats(meter)
    if beats in _GROUPS and not meter.is_compound:
        return _GROUPS[beats]
    if meter.is_compound and beats == 2:
        return (1, 1)
    if beats >= 4 and beats % 2 == 0:
        return (2,) * (beats // 2)
    return (beats,)


def felt_beats(meter: Meter) -> int:
    """Beats one would tap in a bar: 4 in 4/4, 2 in 6/8, 4 in 12/8."""
    return meter.bar_ticks // meter.beat_ticks


def accents(meter: Meter) -> tuple[int, ...]:
    """Ticks inside a bar where its accented groups begin: (0, 960) in 4/4."""
    ticks, tick = [], 0
    for group in groups(meter):
        ticks.append(tick)
        tick += group * meter.beat_ticks
    return tuple(ticks)


def strength(tick: int, meter: Meter) -> int:
    """The metric strength of a tick, 5 (first beat) .. 0; ticks below 0 count back from the bar line."""
    place = tick % meter.bar_ticks
    if place == 0:
        return DOWNBEAT
    if place in accents(meter):
        return ACCENT
    if place % meter.beat_ticks == 0:
        return BEAT
    inside = place % meter.beat_ticks
    half = meter.unit_ticks if meter.is_compound else meter.beat_ticks // 2
    if inside % half == 0:
        return HALF_BEAT
    return QUARTER_BEAT if inside % (half // 2) == 0 else OFF_GRID


def is_strong(tick: int, meter: Meter) -> bool:
    """True on a felt beat: where chord tones belong and stressed syllables like to stand."""
    return strength(tick, meter) >= BEAT
