"""Law 8: progress is a value sent to one callable, which may stop the work."""

import pytest

from songwright.engines.studio import StudioEngine
from songwright.errors import Cancelled
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.seed import Seed

STAGES = ["plan", "compose", "arrange", "perform", "sing", "play", "mix", "master"]


@pytest.mark.parametrize("stage", STAGES)
def test_any_stage_can_be_stopped(shelf, stage):
    brief = SongBrief(lyrics="Shine for me", genre="country", persona="rusty-hale", duration_s=10.0, seed=7)

    def listener(progress):
        if progress.stage == stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        StudioEngine().record(brief, Context(Seed(7), shelf, listener))


def test_every_stage_is_told(short_told):
    ended = [p.stage for p in short_told[1] if p.total and p.done >= p.total and not p.note]
    assert set(STAGES) <= set(ended)
