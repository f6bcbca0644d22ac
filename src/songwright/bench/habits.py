"""How singers are made to sing, in every genre: vibrato, steps, phrases and breaths beside published figures."""

from __future__ import annotations

from collections.abc import Callable

from songwright import api, composer, performer, producer
from songwright.bench.lyrics import SONG
from songwright.performer.habits import habits
from songwright.values.brief import SongBrief
from songwright.values.context import Progress
from songwright.values.performance import SungPart

_SEED = 7


def habit_rows(tell: Callable[[Progress], None]) -> list[dict[str, object]]:
    """One song performed in every genre, without sound: a row a habit, over all leads together, then genre by genre."""
    leads: dict[str, SungPart] = {}
    styles = api.context(_SEED).shelf.styles()
    for number, style in enumerate(styles):
        tell(Progress("perform", float(number), float(len(styles)), style.name))
        ctx = api.context(_SEED)
        plan = producer.plan(SongBrief(lyrics=SONG, genre=style.id, seed=_SEED), ctx.child("producer"))
        score = composer.compose(plan, ctx.child("composer"))
        leads[style.id] = performer.perform(score, plan, ctx.child("performer")).sung[0]
    rows = [{"genre": "all"} | habit.row() for habit in habits(leads.values())]
    for name, lead in leads.items():
        rows += [{"genre": name} | habit.row() for habit in habits([lead])]
    return rows
