"""One sample after another as sound: what the catalogue asks for, made by the raw-audio engine."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from songwright.engines.jukebox.continuing import continuing
from songwright.engines.jukebox.engine import JukeboxEngine
from songwright.engines.jukebox.repainting import repainted
from songwright.engines.memory import measured
from songwright.engines.studio import StudioEngine
from songwright.explorer.catalogue import Sample
from songwright.values.audio import Audio, Stems
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import SongPlan
from songwright.values.seed import Seed
from songwright.values.take import Take

PROMPT_S = 10.0
"""How long the studio's recording is that a continuation goes on from."""


@dataclass(frozen=True, eq=False)
class Made:
    """A finished sample. prompt: the sound it began from, if any. new: from when to when it is what its kind says."""

    take: Take
    new: tuple[float, float]
    prompt: Take | None = None


class Maker:
    """Makes samples; the song from scratch is kept for the kinds that begin from it."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._kept: tuple[SongBrief, Take] | None = None

    def make(self, sample: Sample) -> Made:
        """One sample. Raises what the engine raises."""
        seconds = float(sample.brief.duration_s or 0)
        if sample.kind == "continuation":
            return self._continued(sample.brief, seconds)
        if sample.kind == "repaint":
            return self._repainted(sample.brief, seconds)
        return Made(self._recorded(sample.brief), (0.0, seconds))

    def _recorded(self, brief: SongBrief) -> Take:
        if self._kept is None or self._kept[0] != brief:
            self._kept = (brief, JukeboxEngine().record(brief, self._with(brief)))
        return self._kept[1]

    def _continued(self, brief: SongBrief, seconds: float) -> Made:
        plan, whole = self._studio(brief)
        prompt = beginning(whole, PROMPT_S)
        wish = replace(
            brief, duration_s=None, key=str(plan.key), meter=str(plan.meter),
            tempo_bpm=plan.tempo_map.start_bpm,
        )  # fmt: skip
        take = continuing(prompt, seconds, wish, self._with(brief, "continue")).take
        return Made(take, (prompt.master.audio.duration_s, take.master.audio.duration_s), prompt)

    def _studio(self, brief: SongBrief) -> tuple[SongPlan, Take]:
        """The studio's song of the same brief, and its plan."""
        take = StudioEngine().record(replace(brief, engine=None), self._with(brief))
        assert take.plan is not None  # the studio always writes one
        return take.plan, take

    def _repainted(self, brief: SongBrief, seconds: float) -> Made:
        first = self._recorded(brief)
        span = (round(seconds / 3, 2), round(2 * seconds / 3, 2))
        take = repainted(first, *span, SongBrief(engine="jukebox"), self._with(brief, "repaint"))
        return Made(take, span)

    def _with(self, brief: SongBrief, *names: str) -> Context:
        """The context with the luck of a brief, and of a name inside it."""
        seed = Seed(brief.seed or 0)
        return replace(self._ctx, seed=Seed(seed.child(*names).key() >> 1) if names else seed)


def beginning(take: Take, seconds: float) -> Take:
    """The first seconds of a take as sound alone: stems and master, as long as there is so much."""
    frames = min(take.master.audio.frames, round(seconds * take.master.audio.rate_hz))

    def cut(audio: Audio) -> Audio:
        return Audio(np.ascontiguousarray(audio.samples[:, :frames]), audio.rate_hz)

    stems = take.stems
    if stems is not None:
        stems = Stems(stems.names, tuple(cut(sound) for sound in stems.sounds))
    return Take(
        take.brief, take.engine, measured(cut(take.master.audio)), stems=stems, ingredients=take.ingredients
    )
