"""Several songs from one plan: the same form and singer, other luck; ranked, and how far apart they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum, sqrt

from songwright import composer
from songwright.composer.ranking import TuneFigures, figures
from songwright.engines.studio import Stopwatch, context
from songwright.errors import BriefError
from songwright.music.likeness import likeness
from songwright.values.context import Context, Progress
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Score
from songwright.values.seed import Seed

MOST = 16


@dataclass(frozen=True)
class Variant:
    """One of the songs. number: in the order of writing, 1 = the song the plan's own seed gives. score: without band.

    contour: correlation -1..1 of its tune's height, beat by beat, with that of the best one.
    """

    number: int
    plan: SongPlan
    score: Score
    figures: TuneFigures
    contour: float = 1.0


def variants(plan: SongPlan, count: int, ctx: Context) -> tuple[Variant, ...]:
    """`count` songs of one plan, each with a seed of its own drawn from the plan's; the fewest points first."""
    if not 1 <= count <= MOST:
        raise BriefError("variants", f"{count} is out of range.", f"Give 1 to {MOST}.")
    found = []
    for number in range(1, count + 1):
        ctx.tell(Progress("variants", number - 1, count))
        own = variant_plan(plan, number)
        lucky = context(own.seed, ctx)
        score = Stopwatch(lucky).step("compose", "composer", composer.compose, own)
        found.append(Variant(number, own, score, figures(score, own, lucky)))
    ctx.tell(Progress("variants", count, count))
    ranked = sorted(found, key=lambda variant: (variant.figures.points, variant.number))
    return tuple(replace(variant, contour=round(contour(ranked[0], variant), 3)) for variant in ranked)


def variant_plan(plan: SongPlan, number: int) -> SongPlan:
    """The plan with the seed of its number-th variant; the first keeps its own."""
    if number == 1:
        return plan
    return replace(plan, seed=Seed(plan.seed).child("variant", number).key() % 2**31)


def distances(ranked: Sequence[Variant]) -> list[list[float]]:
    """How unlike the tunes are, each with each: 0 the same, about 0.6 strangers of one style (`music.likeness`)."""
    tunes = [_own_tunes(variant) for variant in ranked]
    return [[0.0 if a is b else round(1.0 - likeness(a, b), 3) for b in tunes] for a in tunes]


def _own_tunes(variant: Variant) -> list[Note]:
    """The notes of the lead in sections that own their tune."""
    own = {section.id for section in variant.plan.sections if section.tune_of is None}
    lines = {line.index for line in variant.score.lines if line.section in own}
    return [note for note in _lead(variant.score) if note.line in lines]


def contour(first: Variant, second: Variant) -> float:
    """Correlation of two tunes' heights on the beats where both sing; 0 where that says nothing."""
    beat = first.plan.meter.beat_ticks
    a, b = _heights(first.score, beat), _heights(second.score, beat)
    both = sorted(a.keys() & b.keys())
    if len(both) < 2:
        return 0.0
    mean_a, mean_b = (fsum(heights[place] for place in both) / len(both) for heights in (a, b))
    top = fsum((a[place] - mean_a) * (b[place] - mean_b) for place in both)
    spread = fsum((a[place] - mean_a) ** 2 for place in both) * fsum(
        (b[place] - mean_b) ** 2 for place in both
    )
    return top / sqrt(spread) if spread > 0 else 0.0


def _heights(score: Score, beat: int) -> dict[int, int]:
    """The pitch sung on each beat."""
    found: dict[int, int] = {}
    for note in _lead(score):
        for place in range(-(-note.start_tick // beat), -(-note.end_tick // beat)):
            found[place] = note.pitch
    return found


def _lead(score: Score) -> tuple[Note, ...]:
    return next((part.notes for part in score.parts if part.role == "lead"), ())
