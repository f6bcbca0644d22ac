"""The road map of the arrangement: how high each stretch of the song burns, who plays in it, where all stop.

A section of eight bars or more is two stretches, so that a verse can grow and a bridge can thin out and rise again.
Before a chorus a style may have the band stop short, lose its floor (drums and bass) for a bar, or swell; sections may
be felt in half-time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songwright.arranger.styles import Settings
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Score, Section
from songwright.values.seed import Seed
from songwright.values.time import Meter

_THINNER = 0.22  # how much lower the first half of a breakdown burns
_LAST_CHORUS_LIFT = 0.1


@dataclass(frozen=True)
class Cue:
    """One stretch of a section.

    tune: id of the section whose tune is sung here, so that repeats are played alike. half: 0, or 1 for the second
    half. energy: 0..1 as played. opens, closes: it begins, ends its section. before, after: energy of the
    neighbours (-1 = none). next_kind: what follows ("" = nothing). stop: from this tick on the band is silent.
    final: where the last chord is struck, to be held to the end. drop: from this tick on drums and bass are out.
    swell: from this tick to the end the band grows louder. half_time: rhythms are played half as fast.
    """

    section: Section
    tune: str
    half: int
    start: int
    end: int
    energy: float
    opens: bool
    closes: bool
    before: float
    after: float
    next_kind: str
    stop: int | None = None
    final: int | None = None
    drop: int | None = None
    swell: int | None = None
    half_time: bool = False

    @property
    def kind(self) -> str:
        """The kind of its section."""
        return self.section.kind

    @property
    def rises(self) -> float:
        """By how much the next section burns higher (negative: lower)."""
        return self.after - self.section.energy if self.next_kind else 0.0


def cues_of(score: Score, plan: SongPlan, settings: Settings, seed: Seed) -> tuple[Cue, ...]:
    """The road map of a score. Luck (stops, drops, builds, half-time) is keyed by section id or tune."""
    tunes = {section.id: section.tune_of or section.id for section in plan.sections}
    choruses = [section.id for section in score.sections if section.kind == "chorus"]
    cues: list[Cue] = []
    for i, section in enumerate(score.sections):
        before = score.sections[i - 1].energy if i else -1.0
        follower = score.sections[i + 1] if i + 1 < len(score.sections) else None
        last = len(choruses) > 1 and section.id == choruses[-1]
        leads = _leads_to_chorus(section, follower, score.meter)
        last_one = follower is not None and follower.id == choruses[-1] if leads else False
        stop = _stop(section, last_one, score.meter, settings, seed) if leads else None
        drop = _drop(section, last_one, score.meter, settings, seed) if leads and stop is None else None
        swell = _swell(section, score.meter, settings, seed) if leads else None
        slow = _is_slow(section, tunes.get(section.id, section.id), settings, seed)
        final = None if follower else final_tick(score)
        stretches = _stretches(section, settings, score.meter)
        for half, (start, end, energy) in enumerate(stretches):
            closes = half == len(stretches) - 1
            cues.append(
                Cue(
                    section, tunes.get(section.id, section.id), half, start, end,
                    min(1.0, energy + (_LAST_CHORUS_LIFT if last else 0.0)),
                    half == 0, closes, before, follower.energy if follower else -1.0,
                    follower.kind if follower else "", stop if closes else None, final if closes else None,
                    drop if closes else None, swell if closes else None, slow,
                )
            )  # fmt: skip
    return tuple(cues)


def home_of(note: Note, score: Score) -> str:
    """The section a sung note belongs to: that of its line, so a pick-up before the bar line is part of its tune."""
    for line in score.lines:
        if line.index == note.line:
            return line.section
    return score.section_at(note.start_tick).id


def final_tick(score: Score) -> int:
    """Where the last chord of the song is struck: the last bar, or the last chord change inside it."""
    bar = max(0, score.length_ticks - score.meter.bar_ticks)
    return max(bar, score.chord_at(score.length_ticks - 1).start_tick) if score.chords else bar


def playing(
    part_id: str, enters: float, cues: Sequence[Cue], settings: Settings, chairs: Sequence[str]
) -> list[Cue]:
    """The stretches in which a part plays: those that burn high enough; the first half of an intro has its own list.

    A part that would sit out the whole song plays where the song burns highest.
    """
    openers = [chair for chair in settings.intro if chair in chairs]
    mine = []
    for cue in cues:
        if cue.kind == "intro" and openers and not cue.half:
            if part_id in openers:
                mine.append(cue)
        elif cue.energy >= enters:
            mine.append(cue)
    if not any(cue.kind != "intro" for cue in mine) and cues:
        top = max(cue.energy for cue in cues)
        mine += [cue for cue in cues if cue.energy >= top - 0.05 and cue not in mine]
    return sorted(mine, key=lambda cue: cue.start)


def _stretches(section: Section, settings: Settings, meter: Meter) -> list[tuple[int, int, float]]:
    """Start, end and energy of a section's stretches."""
    bars = section.length_ticks // meter.bar_ticks
    thins = section.kind in settings.breakdown
    if bars < (4 if thins else 8):
        return [(section.start_tick, section.end_tick, section.energy)]
    middle = section.start_tick + (bars // 2 + bars // 2 % 2) * meter.bar_ticks
    first = max(0.0, section.energy - _THINNER) if thins else section.energy
    second = section.energy + settings.lift * (2 if thins else 1)
    return [(section.start_tick, middle, first), (middle, section.end_tick, min(1.0, second))]


def _leads_to_chorus(section: Section, follower: Section | None, meter: Meter) -> bool:
    """True for a section long enough to prepare the chorus that follows it."""
    if follower is None or follower.kind != "chorus" or section.kind == "chorus":
        return False
    return section.length_ticks >= 4 * meter.bar_ticks


def _odds(chance: float, last_one: bool) -> float:
    """What is kept for the last chorus happens less often before the others."""
    return chance * (1.0 if last_one else 0.4)


def _stop(section: Section, last_one: bool, meter: Meter, settings: Settings, seed: Seed) -> int | None:
    """Where the band falls silent before a chorus: after the first beat of the section's last bar."""
    if not seed.child("stops", section.id).luck().chance(_odds(settings.stops, last_one)):
        return None
    return section.end_tick - meter.bar_ticks + meter.beat_ticks


def _drop(section: Section, last_one: bool, meter: Meter, settings: Settings, seed: Seed) -> int | None:
    """Where drums and bass leave the others alone before a chorus: for its last bar, or the last two of many."""
    luck = seed.child("drops", section.id).luck()
    if not luck.chance(_odds(settings.drops, last_one)):
        return None
    bars = 2 if section.length_ticks >= 8 * meter.bar_ticks and luck.chance(0.5) else 1
    return section.end_tick - bars * meter.bar_ticks


def _swell(section: Section, meter: Meter, settings: Settings, seed: Seed) -> int | None:
    """Where the band begins to grow towards a chorus: two bars before it."""
    if not seed.child("builds", section.id).luck().chance(settings.builds):
        return None
    return section.end_tick - 2 * meter.bar_ticks


def _is_slow(section: Section, tune: str, settings: Settings, seed: Seed) -> bool:
    """Whether a section is felt in half-time; sections of one tune are felt alike."""
    if section.kind not in settings.half_time:
        return False
    return seed.child("half time", tune).luck().chance(settings.half_time_odds)
