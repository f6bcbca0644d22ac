"""Law 5: plan and score are bit-exact; sound is the same on one machine to -90 dB, whatever the workers."""

from dataclasses import replace

import numpy as np

from songwright import producer
from songwright.engines.studio import record_plan, write
from songwright.values.context import Context
from songwright.values.digest import digest
from songwright.values.plan import SongPlan
from songwright.values.seed import Seed
from songwright.values.wire import from_json, to_json


def residual_db(a, b):
    power = np.sqrt(np.mean((a.samples.astype(np.float64) - b.samples) ** 2))
    return 20 * np.log10(max(power, 1e-12))


def test_same_seed_same_song_also_from_a_plan_given_back(shelf, short_brief, short_take):
    """Planned anew by one worker instead of two; the plan goes out as a file and comes back before it is recorded."""
    ctx = Context(Seed(7), shelf, workers=1)
    plan = from_json(SongPlan, to_json(producer.plan(short_brief, ctx.child("producer"))))
    again = record_plan(short_brief, plan, ctx)
    assert digest(again.plan) == digest(short_take.plan)
    assert digest(again.score) == digest(short_take.score)
    assert digest(again.performance) == digest(short_take.performance)
    assert residual_db(again.master.audio, short_take.master.audio) <= -90
    for name, stem in short_take.stems.items():
        assert residual_db(again.stems[name], stem) <= -90, name


def test_another_seed_another_song(shelf, short_brief, short_take):
    ctx = Context(Seed(8), shelf)
    plan = producer.plan(replace(short_brief, seed=8), ctx.child("producer"))
    assert digest(write(plan, ctx).part("lead")) != digest(short_take.score.part("lead"))
