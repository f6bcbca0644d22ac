"""The drummer: a groove for each energy, fills that are as big as the step they lead to, crashes where it lands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songwright.arranger.cues import Cue
from songwright.arranger.lines import sung_spans
from songwright.arranger.patterns import SIXTEENTH, Pattern, chosen, too_fast
from songwright.arranger.sheet import Mark, silenced
from songwright.arranger.styles import DrumSettings, Fill
from songwright.music.instruments import DRUMS
from songwright.values.score import Score
from songwright.values.seed import Luck, Seed
from songwright.values.time import TICKS_PER_QUARTER, Meter

_STRENGTH = {"X": 1.0, "x": 0.8, "o": 0.58, "g": 0.32, "?": 0.28}
_MAYBE = 0.4
_CYMBALS = ("hat-closed", "hat-open", "hat-pedal", "ride", "ride-bell", "shaker", "tambourine", "brush-sweep")
_RINGING = {"crash": 4, "ride": 2, "ride-bell": 2, "hat-open": 2, "brush-sweep": 2}
_NOD_ODDS = 0.6
_BLAZING = 0.85  # energy from which the middle of a section gets its crash too
_SPARE = ("tambourine", "shaker", "clap", "cowbell")


@dataclass(frozen=True)
class _Break:
    """A stretch where the groove gives way to something else."""

    start: int
    end: int
    marks: tuple[Mark, ...]


def drummed(
    part_id: str, score: Score, cues: Sequence[Cue], mine: Sequence[Cue], settings: DrumSettings, seed: Seed
) -> list[Mark]:
    """All the drummer plays, pick-ups into the first entry and the final crash included."""
    marks: list[Mark] = []
    relaxed = too_fast(score, settings.half_time_bpm)
    sung = sung_spans(score)
    for cue in cues:
        luck = seed.child(part_id, cue.section.id, cue.half)
        here, onward = cue in mine, any(other.start == cue.end for other in mine)
        breaks = _breaks(cue, here, onward, sung, settings, score.meter, luck)
        if here:
            fixed = seed.child(part_id, cue.tune, "groove").luck()
            slow = relaxed or cue.half_time
            groove = chosen(settings.grooves, score.meter, cue.energy, cue.kind, fixed, False, slow)
            played = _landed(
                _grooved(cue, groove, score.meter, luck.child("ghosts").luck(), settings), cue, settings
            )
            played = [m for m in played if not any(b.start <= m.start < b.end for b in breaks)]
            marks += silenced(played, [cue])
        marks += [m for b in breaks for m in b.marks if cue.final is None or m.start < cue.final]
        if cue.final is not None:
            marks += _ending(cue, settings)
    return marks


def percussion(part_id: str, score: Score, mine: Sequence[Cue]) -> list[Mark]:
    """A second drum chair: one hand-held instrument, named in the part's id (tambourine if it is not)."""
    drum = next((name for name in _SPARE if name in part_id), "tambourine")
    meter, pitch = score.meter, DRUMS[drum]
    marks = []
    for cue in mine:
        step = (
            meter.beat_ticks
            if drum in ("clap", "cowbell")
            else meter.unit_ticks // (1 if meter.is_compound else 2)
        )
        for tick in range(cue.start, cue.end, step):
            beat = (tick - cue.start) % meter.bar_ticks // meter.beat_ticks
            accent = tick % meter.beat_ticks == cue.start % meter.beat_ticks and beat % 2 == 1
            if drum == "clap" and not accent:
                continue
            marks.append(
                Mark(tick, pitch, tick + SIXTEENTH, 0.6 if accent else 0.35, "accent" if accent else "")
            )
    return silenced(marks, mine)


def _grooved(cue: Cue, groove: Pattern, meter: Meter, luck: Luck, settings: DrumSettings) -> list[Mark]:
    """The groove from the first to the last bar of a stretch."""
    step = meter.bar_ticks // groove.steps
    loud = settings.level * (0.84 + 0.2 * cue.energy)
    marks = []
    for number, bar in enumerate(range(cue.start, cue.end, meter.bar_ticks)):
        for drum in sorted(groove.rows):
            for i, sign in enumerate(groove.bar(drum, number)):
                if sign in ".-" or (sign == "?" and not luck.chance(_MAYBE)):
                    continue
                if bar + i * step < cue.end:
                    marks.append(_hit(drum, bar + i * step, sign, loud))
    return marks


def _hit(drum: str, tick: int, sign: str, loud: float, articulation: str = "") -> Mark:
    level = loud * _STRENGTH[sign] * (0.78 if drum in _CYMBALS else 1.0)
    accent = "accent" if sign == "X" else ""
    length = SIXTEENTH * _RINGING.get(drum, 1)
    return Mark(tick, DRUMS[drum], tick + length, level, articulation or accent)


def _landed(marks: list[Mark], cue: Cue, settings: DrumSettings) -> list[Mark]:
    """The section's first beat: crash and kick where the style marks it so, and no hat beside the crash."""
    if cue.kind not in settings.crash or (not cue.opens and cue.energy < _BLAZING):
        return marks
    hats = {DRUMS[name] for name in _CYMBALS}
    kept = [m for m in marks if not (m.start == cue.start and m.pitch in hats | {DRUMS["kick"]})]
    loud = settings.level * (0.8 + 0.25 * cue.energy)
    return [*kept, _hit("crash", cue.start, "X", loud), _hit("kick", cue.start, "X", loud)]


def _breaks(
    cue: Cue,
    here: bool,
    onward: bool,
    sung: Sequence[tuple[int, int]],
    settings: DrumSettings,
    meter: Meter,
    seed: Seed,
) -> list[_Break]:
    """Where the groove breaks off in a stretch, and what is played instead: builds, fills, nods, pick-ups.

    sung: where somebody sings; nods between lines wait for a gap.
    """
    bars = (cue.end - cue.start) // meter.bar_ticks
    found: list[_Break | None] = []
    if here and settings.nod_bars:
        for number in range(1, bars):
            tick = cue.start + number * meter.bar_ticks
            place = (tick - cue.section.start_tick) // meter.bar_ticks
            if any(start < tick and end > tick - meter.beat_ticks for start, end in sung):
                continue
            if place % settings.nod_bars == 0 and seed.child("nod", place).luck().chance(_NOD_ODDS):
                found.append(_fill_before(tick, 1, cue, settings, meter, seed.child(place)))
        if not cue.closes:
            found.append(_fill_before(cue.end, 1, cue, settings, meter, seed))
    lifts = (
        cue.closes and cue.next_kind and (cue.rises > 0 if cue.next_kind == "chorus" else cue.rises >= 0.1)
    )
    if here and lifts and settings.build_bars and bars >= 2 and cue.drop is None:
        build = _build(cue, settings, meter)
        return [b for b in found if b and b.end <= build.start] + [build]
    if cue.closes and cue.next_kind and onward:
        found.append(_fill_before(cue.end, _size(cue, here), cue, settings, meter, seed))
    elif cue.final is not None and here and bars >= 2:
        found.append(_fill_before(cue.final, 2, cue, settings, meter, seed))
    return [b for b in found if b]


def _size(cue: Cue, here: bool) -> int:
    """How big a fill: by the step in energy it leads to."""
    if not here:
        return 1
    if cue.rises >= 0.15 or (cue.next_kind == "chorus" and cue.rises > 0.05):
        return 3
    if cue.rises >= 0.0:
        return 2
    return 1 if cue.rises > -0.25 else 0


def _fill_before(
    tick: int, size: int, cue: Cue, settings: DrumSettings, meter: Meter, seed: Seed
) -> _Break | None:
    """A fill that ends at a tick: the biggest of the asked size that fits the room; None if there is none."""
    room = min(meter.bar_ticks, tick - cue.start) // meter.beat_ticks
    if (cue.stop is not None or cue.drop is not None) and tick == cue.end:
        room = min(room, 1)
    fitting = [f for f in settings.fills if f.compound == meter.is_compound] or list(settings.fills)
    fitting = [f for f in fitting if f.size <= size and f.beats * _beat(f) <= room * meter.beat_ticks]
    if not fitting:
        return None
    top = max(f.size for f in fitting)
    fill = seed.child("fill").luck().choice([f for f in fitting if f.size == top])
    length = fill.beats * _beat(fill)
    start = tick - length
    loud = settings.level * (0.75 + 0.3 * max(cue.energy, cue.after))
    marks = []
    for drum in sorted(fill.rows):
        step = length // len(fill.rows[drum])
        for i, sign in enumerate(fill.rows[drum]):
            if sign not in ".-?":
                marks.append(_hit(drum, start + i * step, sign, loud, "fill"))
    return _Break(start, tick, tuple(marks))


def _beat(fill: Fill) -> int:
    """Ticks of a beat of the fill, in its own feel: a quarter, or a dotted one."""
    return TICKS_PER_QUARTER * 3 // 2 if fill.compound else TICKS_PER_QUARTER


def _build(cue: Cue, settings: DrumSettings, meter: Meter) -> _Break:
    """The house build: the snare doubles its pace bar by bar, the kick drops out, and the last beat is silence."""
    most = 2 if cue.kind == "chorus" else settings.build_bars  # a chorus keeps its groove longer
    bars = min(most, settings.build_bars, (cue.end - cue.start) // meter.bar_ticks)
    start = cue.end - bars * meter.bar_ticks
    end = cue.stop if cue.stop is not None else cue.end - meter.beat_ticks
    marks = []
    span = max(1, end - start)
    for bar in range(bars):
        pace = max(1, 4 >> (bar * 3 // bars))  # quarters, eighths, sixteenths
        for tick in range(
            start + bar * meter.bar_ticks, min(end, start + (bar + 1) * meter.bar_ticks), SIXTEENTH * pace
        ):
            rise = (tick - start) / span
            marks.append(
                Mark(tick, DRUMS["snare"], tick + SIXTEENTH, settings.level * (0.35 + 0.6 * rise), "fill")
            )
        if bar < bars - max(1, bars // 2):
            for tick in range(
                start + bar * meter.bar_ticks, start + (bar + 1) * meter.bar_ticks, meter.beat_ticks
            ):
                marks.append(_hit("kick", tick, "x", settings.level))
        for tick in range(
            start + bar * meter.bar_ticks, min(end, start + (bar + 1) * meter.bar_ticks), SIXTEENTH * 4
        ):
            marks.append(_hit("hat-closed", tick + SIXTEENTH * 2, "o", settings.level))
    return _Break(start, cue.end, tuple(marks))


def _ending(cue: Cue, settings: DrumSettings) -> list[Mark]:
    """The last stroke of the song, left to ring."""
    loud = settings.level * (0.75 + 0.3 * cue.energy)
    return [
        Mark(cue.final, DRUMS[drum], cue.end, loud * (0.78 if drum in _CYMBALS else 1.0), "accent")
        for drum in settings.ending
    ]
