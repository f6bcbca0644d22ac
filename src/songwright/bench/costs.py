"""What band and desk cost: seconds of all cores, which a busy machine does not change, and seconds by the clock."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from songwright import api, band
from songwright.engines.studio import Stopwatch, StudioEngine, record_plan
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan
from songwright.values.take import Take

T = TypeVar("T")
_DESK = ("mix", "master")


@dataclass(frozen=True)
class Cost:
    """core_s: seconds of all threads together. clock_s: by the clock. sound_s: length of what was made."""

    core_s: float
    clock_s: float
    sound_s: float


class CoreWatch(Stopwatch):
    """A stopwatch that knows the seconds of all cores too: true of stages during which nothing else runs."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self.core_s: dict[str, float] = {}

    def step(self, stage: str, room: str, verb: Callable[..., T], *values: object) -> T:
        """Call a verb and time it by clock and by cores."""
        started = time.process_time()
        result = super().step(stage, room, verb, *values)
        self.core_s[stage] = self.core_s.get(stage, 0.0) + time.process_time() - started
        return result


def recorded(brief: SongBrief, ctx: Context, plan: SongPlan | None = None) -> tuple[Take, Cost]:
    """Make a song as the studio does, and say what its desk cost (mix and master)."""
    watch = CoreWatch(ctx)
    plan = plan or StudioEngine().plan(brief, None, ctx, watch)
    take = record_plan(brief, plan, ctx, watch)
    spent = [sum(seconds[stage] for stage in _DESK) for seconds in (watch.core_s, watch.timings_s)]
    return take, Cost(*spent, take.master.audio.duration_s)


def played(performance: Performance, seed: int) -> Cost:
    """What the band costs: it plays once more, alone, since in a song it plays while singers sing."""
    ctx = api.context(seed)
    clock, cores = time.perf_counter(), time.process_time()
    band.play(performance, ctx.child("band"))
    return Cost(time.process_time() - cores, time.perf_counter() - clock, performance.duration_s)


def load() -> str:
    """How many jobs wait for the cores of this machine, in words."""
    return (
        f"{os.getloadavg()[0]:.1f} jobs wait for {os.cpu_count()} cores" if hasattr(os, "getloadavg") else ""
    )
