"""Law 5: plan and score are bit-exact; sound is the same on one machine to -90 dB, whatever the workers."""

from dataclasses import replace

import numpy as np

from songwright.engines.studio import StudioEngine, record_plan
from songwright.values.context import Context
from songwright.values.digest import digest
from songwright.values.seed import Seed


def residual_db(a, b):
    power = np.sqrt(np.mean((a.samples.astype(np.float64) - b.samples) ** 2))
    return 20 * np.log10(max(power, 1e-12))


def test_same_seed_same_song(shelf, short_brief, short_take):
    again = StudioEngine().record(short_brief, Context(Seed(7), shelf, workers=1))
    assert digest(again.plan) == digest(short_take.plan)
    assert digest(again.score) == digest(short_take.score)
    assert digest(again.performance) == digest(short_take.performance)
    assert residual_db(again.master.audio, short_take.master.audio) <= -90
    for name, stem in short_take.stems.items():
        assert residual_db(again.stems[name], stem) <= -90, name


def test_another_seed_another_song(shelf, short_brief, short_take):
    from songwright import producer
    from songwright.engines.studio import write

    ctx = Context(Seed(8), shelf)
    plan = producer.plan(replace(short_brief, seed=8), ctx.child("producer"))
    assert digest(write(plan, ctx).part("lead")) != digest(short_take.score.part("lead"))


def test_a_plan_given_back_makes_the_same_score(shelf, short_brief, short_take):
    from songwright.values.plan import SongPlan
    from songwright.values.wire import from_json, to_json

    plan = from_json(SongPlan, to_json(short_take.plan))
    take = record_plan(short_brief, plan, Context(Seed(plan.seed), shelf))
    assert digest(take.score) == digest(short_take.score)
