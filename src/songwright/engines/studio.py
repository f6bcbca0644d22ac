"""The built-in studio: it writes a score, then performs it, so score, words, stems and mix agree by construction.

The whole program is `record_plan`; each step is a verb of one room and can be called alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from songwright import arranger, band, composer, guard, producer, singer
from songwright.errors import BriefError, ShelfError
from songwright.values.audio import Stems
from songwright.values.brief import SongBrief
from songwright.values.context import Context, Progress
from songwright.values.originality import Originality
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan
from songwright.values.score import Score
from songwright.values.seed import Seed
from songwright.values.take import EngineCard, Take

T = TypeVar("T")

CARD = EngineCard(
    id="studio",
    name="songwright studio",
    about="Writes an editable score first, then sings, plays and mixes it on the CPU, offline.",
    code_licence="Apache-2.0",
    weights_licence="see WEIGHTS.md: each voice and model has its own card; all may be used commercially",
    commercial_use=True,
    languages=("en", "de"),
    max_duration_s=600.0,
)


class Stopwatch:
    """Times each step and tells the listener when it begins and ends."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.timings_s: dict[str, float] = {}

    def step(self, stage: str, room: str, verb: Callable[..., T], *values: object) -> T:
        """Call a verb with its own luck and time it under the name of the stage."""
        self.ctx.tell(Progress(stage))
        started = time.perf_counter()
        result = verb(*values, self.ctx.child(room))
        self.timings_s[stage] = self.timings_s.get(stage, 0.0) + time.perf_counter() - started
        self.ctx.tell(Progress(stage, 1.0, 1.0))
        return result


class StudioEngine:
    """The built-in engine."""

    card = CARD

    def record(self, brief: SongBrief, ctx: Context) -> Take:
        """Make a song from a brief."""
        watch = Stopwatch(ctx)
        return record_plan(brief, self.plan(brief, None, ctx, watch), ctx, watch)

    def plan(self, brief: SongBrief, given: SongPlan | None, ctx: Context, watch: Stopwatch) -> SongPlan:
        """The plan a song follows: the given one, else one made from the brief."""
        check_wishes(brief)
        return given or watch.step("plan", "producer", producer.plan, brief)


def check_wishes(brief: SongBrief) -> None:
    """Raises BriefError for wishes that only an engine with a network for sound can meet."""
    if brief.sound is None:
        return
    if brief.sound.personas:
        raise BriefError(
            "blend",
            "the studio blends genres and voices, not artists.",
            "Add --engine jukebox, or name two genres.",
        )
    raise BriefError(
        "engine",
        "the studio has no steps, guidance, free mode, device or weights to choose.",
        "Add --engine jukebox, or leave them out.",
    )


def record_plan(brief: SongBrief, plan: SongPlan, ctx: Context, watch: Stopwatch | None = None) -> Take:
    """Make the song a plan describes: the whole studio, step by step."""
    watch = watch or Stopwatch(ctx)
    return record_score(brief, plan, write(plan, ctx, watch), ctx, watch)


def record_score(
    brief: SongBrief, plan: SongPlan, score: Score, ctx: Context, watch: Stopwatch | None = None
) -> Take:
    """Make the song a score describes, with the people and the sound of its plan."""
    from songwright import desk, performer  # here, so that who only writes a score need not wait for them
    from songwright.engines.ingredients import ingredients

    watch = watch or Stopwatch(ctx)
    performance = watch.step("perform", "performer", performer.perform, score, plan)
    dry = [sound(performance, ctx, watch)]
    # popped, so that nothing holds the dry stems while the desk lets them go one by one
    mix = watch.step("mix", "desk", lambda ctx: desk.mix(dry.pop(), performance, plan, ctx))
    master = watch.step("master", "desk", desk.master, mix, plan.loudness_lufs)
    return Take(
        brief,
        CARD,
        master,
        plan,
        score,
        performance,
        mix.stems,
        ingredients(plan, performance, ctx),
        watch.timings_s,
        compared(score, ctx),
    )


def compared(score: Score, ctx: Context) -> Originality | None:
    """What the tune shares with known songs; a song is made without an index too."""
    try:
        return guard.compare(score, ctx)
    except ShelfError as problem:
        ctx.tell(Progress("compose", note=f"not compared with known songs: {problem}"))
        return None


def write(plan: SongPlan, ctx: Context, watch: Stopwatch | None = None) -> Score:
    """The written song: composed, then arranged for the plan's band."""
    watch = watch or Stopwatch(ctx)
    score = watch.step("compose", "composer", composer.compose, plan)
    return watch.step("arrange", "arranger", arranger.arrange, score, plan)


def sound(performance: Performance, ctx: Context, watch: Stopwatch | None = None) -> Stems:
    """All dry stems: singers and band at the same time where two workers are allowed."""
    watch = watch or Stopwatch(ctx)
    rooms: list[tuple[str, str, Callable[..., Stems]]] = []
    if performance.sung:
        rooms.append(("sing", "singer", singer.sing))
    if performance.played:
        rooms.append(("play", "band", band.play))
    pool = ThreadPoolExecutor(max(1, min(len(rooms), ctx.workers)))
    try:
        jobs = [pool.submit(watch.step, stage, room, verb, performance) for stage, room, verb in rooms]
        stems = [job.result() for job in jobs]
    finally:  # who is stopped does not wait for the other room; it gives up when it next tells its progress
        pool.shutdown(wait=False, cancel_futures=True)
    return stems[0] if len(stems) == 1 else stems[0] | stems[1]


def context(seed: int, ctx: Context) -> Context:
    """The same context with the luck of another song."""
    return replace(ctx, seed=Seed(seed))
