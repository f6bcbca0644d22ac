"""The performer's one verb: from a written score to what hands and voices do."""

from __future__ import annotations

from dataclasses import replace

from songwright.performer.choir import cast
from songwright.performer.drummer import drummer_of
from songwright.performer.manner import manner_of
from songwright.performer.players import play
from songwright.performer.singers import sing_part
from songwright.performer.timing import Clock
from songwright.values.context import Context, Progress
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan
from songwright.values.score import Score


def perform(score: Score, plan: SongPlan, ctx: Context) -> Performance:
    """Play and sing a score: the same seed performs it the same way, another seed another way.

    Played parts get swing, human timing, dynamics and articulation; sung parts become phrases with phones and
    curves at 200 Hz. Seconds throughout; lasts plan.duration_s (at least the score). Luck is keyed by part,
    section and place, so nothing that is added changes what stands elsewhere.
    """
    manner = manner_of(plan, ctx)
    clock = Clock(score.tempo_map, score.meter, plan.swing, manner.sixteenths)
    duration_s = max(plan.duration_s, score.tempo_map.seconds_at(score.length_ticks) - 0.05)
    played = [part for part in score.parts if not part.is_sung]
    singers = cast(score, plan, ctx)
    total = float(len(played) + len(singers))
    middle = 0.5 * (plan.voice_low + plan.voice_high)
    drummer = drummer_of(manner.drummer, plan.tempo_map.changes[0].bpm, plan.swing, ctx)
    hands = []
    for part in played:
        ctx.tell(Progress("perform", float(len(hands)), total, part.name))
        luck = ctx.seed.child(part.id)
        hand = play(part, score, clock, duration_s, manner.looseness, luck, drummer)
        hands.append(replace(hand, sound=dict(manner.sounds).get(part.instrument, "")))
    voices = []
    for singer in singers:
        ctx.tell(Progress("perform", float(len(hands) + len(voices)), total, singer.id))
        voices.append(sing_part(singer, score, clock, manner, middle, ctx.seed.child(singer.id)))
    return Performance(tuple(hands), tuple(voices), float(duration_s))
