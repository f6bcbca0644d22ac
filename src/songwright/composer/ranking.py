"""How one song of a plan compares with another: the figures a songwriter would name, and the points they cost.

Points against a song (lower is better), the same that choose between drafts of one tune:

* what `choice` holds against each tune of its own, on average: where it lies, its range, its climax, whether lines of
  one idea sound alike and lines of two do not, whether a chorus leaps
* 8 x the share of stressed syllables on a weaker place than a light neighbour
* 0.6 x the network's surprise in nats a note, where a network was asked for and is there
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from songwright.composer.choice import points_against
from songwright.composer.compose import network_of, registers
from songwright.composer.frames import Room, rooms
from songwright.composer.keeping import kept
from songwright.composer.lead import SungLine
from songwright.composer.progression import tune_owner
from songwright.composer.setting.rows import page
from songwright.composer.settings import melody_settings
from songwright.composer.tune import TuneLine, given_line
from songwright.errors import SongwrightError
from songwright.music.likeness import likeness
from songwright.music.rhythm import strength
from songwright.music.tokens import NAMES
from songwright.runtime.drawing import UNIT
from songwright.values.context import Context
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Score
from songwright.values.time import Meter

STRESS, SURPRISE = 8.0, 0.6
_CLEARLY = 0.25  # difference of weight that is heard as stress
_SAME_IDEA = 0.55
_VOICE = frozenset(
    n for n, name in enumerate(NAMES) if name.split(":")[0] in ("pos", "p", "d", "syl", "mel", "tie")
)


@dataclass(frozen=True)
class TuneFigures:
    """The lead of a song in figures.

    points: against it, lower is better. range_semitones, notes: of the lead. chorus_lift: semitones the choruses lie
    above the verses. hook_leap: the widest leap up in a chorus. ideas: how many different lines its tunes are made of,
    of all lines. stress_misplaced: share 0..1. surprise_nats: a note, None without the network.
    """

    points: float
    range_semitones: int
    notes: int
    chorus_lift: float
    hook_leap: int
    ideas: str
    stress_misplaced: float
    surprise_nats: float | None


def figures(score: Score, plan: SongPlan, ctx: Context) -> TuneFigures:
    """The figures of a song that was composed from a plan (before or after it was arranged)."""
    lead = next((part.notes for part in score.parts if part.role == "lead"), ())
    if not lead:
        return TuneFigures(0.0, 0, 0, 0.0, 0, "0 of 0", 0.0, None)
    plan = kept(plan, score, ())
    places = rooms(plan)
    sung = [(room, given_line(room)) for room in places]
    groups: dict[str, list[SungLine]] = {}
    for room, line in sung:
        if tune_owner(room.section) == room.section.id:
            groups.setdefault(room.section.id, []).append((room, line))
    lies = registers(plan, melody_settings(ctx.shelf.style(plan.style)))
    against, ideas, lines = 0.0, 0, 0
    for group in groups.values():
        kind = group[0][0].section.kind
        tunes = [line for _, line in group]
        letters = _letters(tunes)
        against += points_against(tunes, letters, kind, lies[kind].centre, 0.0)
        ideas += len(set(letters))
        lines += len(letters)
    misplaced = _misplaced(sung, plan.meter)
    surprise = _surprise(plan, score, sung, ctx)
    points = against / len(groups) + STRESS * misplaced + SURPRISE * (surprise or 0.0)
    pitches = [note.pitch for note in lead]
    return TuneFigures(
        round(points, 3), max(pitches) - min(pitches), len(lead), round(_lift(sung), 1), _hook(sung),
        f"{ideas} of {lines}", round(misplaced, 3), None if surprise is None else round(surprise, 3),
    )  # fmt: skip


def _letters(tunes: Sequence[TuneLine]) -> list[str]:
    """The idea of each line as a letter: that of the first line it sounds like."""
    letters: list[str] = []
    notes = [[Note("", tick, length, pitch) for tick, length, pitch, *_ in tune.notes] for tune in tunes]
    for j, line in enumerate(notes):
        same = next((letters[i] for i in range(j) if likeness(notes[i], line) >= _SAME_IDEA), None)
        letters.append(same or chr(ord("A") + len(set(letters)) % 26))
    return letters


def _misplaced(sung: Sequence[SungLine], meter: Meter) -> float:
    """The share of clearly unlike neighbours whose heavier syllable stands on the weaker place."""
    pairs = wrong = 0
    for room, line in sung:
        heads = {which: tick for tick, _, _, which, _ in reversed(line.notes)}
        for i in range(len(room.sung) - 1):
            difference = room.sung[i].weight - room.sung[i + 1].weight
            if abs(difference) < _CLEARLY or i not in heads or i + 1 not in heads:
                continue
            pairs += 1
            rise = strength(heads[i], meter) - strength(heads[i + 1], meter)
            wrong += rise * difference < 0
    return wrong / pairs if pairs else 0.0


def _lift(sung: Sequence[SungLine]) -> float:
    """Semitones the middle of the choruses lies above that of the verses; 0 where one is missing."""
    means = []
    for kind in ("verse", "chorus"):
        pitches = [note[2] for room, line in sung if room.section.kind == kind for note in line.notes]
        if not pitches:
            return 0.0
        means.append(sum(pitches) / len(pitches))
    return means[1] - means[0]


def _hook(sung: Sequence[SungLine]) -> int:
    """The widest leap up inside a line of a chorus (of the whole song where there is none), semitones."""
    choruses = [line for room, line in sung if room.section.kind == "chorus"] or [line for _, line in sung]
    return max((b[2] - a[2] for line in choruses for a, b in pairwise(line.notes)), default=0)


def _surprise(
    plan: SongPlan, score: Score, sung: Sequence[tuple[Room, TuneLine]], ctx: Context
) -> float | None:
    """Nats a note costs the network: its place, pitch, length and syllable; None where it cannot tell."""
    settings = melody_settings(ctx.shelf.style(plan.style))
    network = network_of(plan.composer or settings.composer, ctx)[0]
    if network is None:
        return None
    try:
        lies = registers(plan, settings)
        rows = page(plan, score.chords, lies["verse"].centre).rows(sung)
        row = [*rows.head, *(token for bar in rows.bars for token in bar)]
        costs = network.costs([row])[0]
    except (ValueError, SongwrightError):  # a song that tokens cannot say
        return None
    whole = sum(int(cost) for token, cost in zip(row, costs, strict=True) if token in _VOICE)
    return whole / UNIT / sum(len(line.notes) for _, line in sung)
