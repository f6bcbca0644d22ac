"""The engine itself: a song from a brief, with a score that is written first, or without one."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from songwright import desk, performer, producer
from songwright.engines.ingredients import ingredients
from songwright.engines.jukebox import asking
from songwright.engines.jukebox.lines import timed_words
from songwright.engines.jukebox.machine import Machine, machine
from songwright.engines.jukebox.recording import Recording, Sounding
from songwright.engines.jukebox.sound import preview
from songwright.engines.studio import Stopwatch, compared, context, write
from songwright.errors import BriefError
from songwright.runtime.codec import LATENT_HZ
from songwright.values.audio import RATE_HZ, Audio, Mix, Stems
from songwright.values.brief import SongBrief
from songwright.values.context import Context, Progress
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan
from songwright.values.sounding import SoundWishes
from songwright.values.take import EngineCard, Ingredient, Take

T = TypeVar("T")
CARD = EngineCard(
    id="jukebox",
    name="songwright jukebox",
    about="A network makes the sound of voice and band itself, led by a written score or only by words; rough, small.",
    code_licence="Apache-2.0",
    weights_licence="Apache-2.0: learned from songs that the studio rendered; see WEIGHTS.md",
    commercial_use=True,
    languages=("en",),  # its renders have no other
    max_duration_s=600.0,
)
FREE_S = (2.0, 600.0)
LOUDNESS_LUFS = -14.0


class JukeboxEngine:
    """The raw-audio engine. `record` makes a song; `recording` hands on its sound while it comes into being."""

    card = CARD

    def record(self, brief: SongBrief, ctx: Context) -> Take:
        """Make the song."""
        return self.recording(brief, ctx).take

    def plan(
        self, brief: SongBrief, given: SongPlan | None, ctx: Context, watch: Stopwatch
    ) -> SongPlan | None:
        """The plan a song follows: the given one, else one made from the brief; None for a song without a score."""
        sound = brief.sound or SoundWishes()
        machine(brief, ctx)  # what is missing is said before any work
        if not sound.free:
            return given or watch.step("plan", "producer", producer.plan, led(brief, sound, ctx))
        if given is not None:
            raise BriefError("free", "a plan is not read without a score.", "Leave out --free or --plan.")
        return None

    def recording(
        self, brief: SongBrief, ctx: Context, plan: SongPlan | None = None, loudness_lufs: float | None = None
    ) -> Recording:
        """The song piece by piece. plan: instead of one made from the brief. loudness_lufs: instead of the plan's.

        Raises, when the first piece is asked for, BriefError for wishes that cannot be met and ShelfError for weights.
        """
        if brief.sound is not None and brief.sound.free:
            return Recording(_free(brief, ctx, loudness_lufs))
        return Recording(_aligned(brief, plan, ctx, loudness_lufs))


def _aligned(brief: SongBrief, plan: SongPlan | None, ctx: Context, loudness_lufs: float | None) -> Sounding:
    """A score is written and performed on paper as in the studio; the network sings and plays it."""
    watch = Stopwatch(ctx)
    sound = brief.sound or SoundWishes()
    plan = plan or JukeboxEngine().plan(brief, None, ctx, watch)
    assert plan is not None  # there is a score
    engine = machine(brief, ctx)
    if loudness_lufs is not None:
        plan = replace(plan, loudness_lufs=loudness_lufs)
    ctx = context(plan.seed, ctx)
    watch.ctx = ctx
    score = write(plan, ctx, watch)
    performance: Performance = watch.step("perform", "performer", performer.perform, score, plan)
    frames = math.ceil(plan.duration_s * LATENT_HZ)
    asked = asking.asked_of_plan(plan, sound, ctx)
    tell_strangers(asked, engine, ctx)
    labels = asking.labels_for(score, performance, frames)
    told = asking.told_all(labels, frames, asked, engine.generator.names)
    pieces = engine.played(told, frames, ctx.child("jukebox"))
    voice, band = yield from _collected(pieces, round(plan.duration_s * RATE_HZ), ctx, watch)
    watch.step("ride", "desk", desk.ride, voice, band, performance, plan)
    mix = _mixed(voice, band, ctx)
    master = watch.step("master", "desk", desk.master, mix, plan.loudness_lufs)
    written = tuple(
        one for one in ingredients(plan, performance, ctx) if one.kind in ("style", "persona", "dictionary")
    )
    return Take(
        brief, CARD, master, plan, score, performance, mix.stems, (*written, *engine.ingredients()),
        watch.timings_s, compared(score, ctx),
    )  # fmt: skip


def _free(brief: SongBrief, ctx: Context, loudness_lufs: float | None) -> Sounding:
    """No score: genre, persona and the starts of lines are told, or nothing at all."""
    watch = Stopwatch(ctx)
    _check_free(brief)
    asked = asking.asked_of_brief(brief, ctx)
    engine = machine(brief, ctx)
    lines, seconds = timed_words(brief.lyrics, brief.language, ctx, brief.duration_s)
    if not FREE_S[0] <= seconds <= FREE_S[1]:
        raise BriefError(
            "duration", f"{seconds:g} s is out of range.", f"Give {FREE_S[0]:g} to {FREE_S[1]:g} seconds."
        )
    tell_strangers(asked, engine, ctx)
    frames = math.ceil(seconds * LATENT_HZ)
    told = asking.told_little(lines, frames, asked, engine.generator.names)
    pieces = engine.played(told, frames, ctx.child("jukebox"))
    mix = _mixed(*(yield from _collected(pieces, round(seconds * RATE_HZ), ctx, watch)), ctx)
    loudness = LOUDNESS_LUFS if loudness_lufs is None else loudness_lufs
    master = watch.step("master", "desk", desk.master, mix, loudness)
    made_of = (*asked_ingredients(asked, bool(lines), ctx), *engine.ingredients())
    return Take(brief, CARD, master, stems=mix.stems, ingredients=made_of, timings_s=watch.timings_s)


def _check_free(brief: SongBrief) -> None:
    """Raises BriefError for wishes that only a score can meet."""
    asked = {
        "key": brief.key, "meter": brief.meter, "tempo": brief.tempo_bpm, "chords": brief.chords,
        "melody": brief.melody, "first_phrase": brief.first_phrase, "character": brief.character,
        "composer": brief.composer,
    }  # fmt: skip
    for field, value in asked.items():
        if value is not None:
            raise BriefError(
                field, "cannot be asked for without a score.", "Leave it out, or leave out --free."
            )


def led(brief: SongBrief, sound: SoundWishes, ctx: Context) -> SongBrief:
    """The brief with the leading artist of a blend as its persona."""
    leader = asking.leader_of(sound, ctx)
    return brief if leader is None or brief.persona else replace(brief, persona=leader.id)


def tell_strangers(asked: asking.Asked, engine: Machine, ctx: Context) -> None:
    """Say who of those asked for the network does not know; it then chooses itself."""
    for name in asked.strangers(engine.generator.names):
        ctx.tell(Progress("sound", 0.0, 0.0, f"the network never heard {name}; it goes its own way there"))


def asked_ingredients(asked: asking.Asked, words: bool, ctx: Context) -> tuple[Ingredient, ...]:
    """Genre, persona and dictionary of a song without a score."""
    found = []
    for name in [asked.genre] if isinstance(asked.genre, str) else asked.genre or ():
        style = ctx.shelf.style(name)
        found.append(Ingredient("style", style.id, style.licence, "songwright"))
    for name in [asked.persona] if isinstance(asked.persona, str) else asked.persona or ():
        persona = ctx.shelf.persona(name)
        found.append(Ingredient("persona", persona.id, persona.licence, "songwright"))
    if words:
        found.append(Ingredient("dictionary", "cmudict", "BSD-2-Clause", "CMU Pronouncing Dictionary"))
    return tuple(found)


@dataclass
class _Tape:
    """Where a stem is recorded."""

    samples: np.ndarray
    filled: int = 0

    def add(self, sound: np.ndarray) -> np.ndarray:
        """Record what still fits; gives that part."""
        fits = sound[:, : self.samples.shape[1] - self.filled]
        self.samples[:, self.filled : self.filled + fits.shape[1]] = fits
        self.filled += fits.shape[1]
        return fits


def timed(pieces: Iterator[T], watch: Stopwatch) -> T | None:
    """The next piece, its making timed as the stage "sound"; None at the end."""
    started = time.perf_counter()
    piece = next(pieces, None)
    watch.timings_s["sound"] = watch.timings_s.get("sound", 0.0) + time.perf_counter() - started
    return piece


def _collected(
    pieces: Iterator[tuple[np.ndarray, np.ndarray]], frames: int, ctx: Context, watch: Stopwatch
) -> Generator[Audio, None, tuple[np.ndarray, np.ndarray]]:
    """Hands on each piece and gives, at the end, all of them as two stems, (2, frames) each."""
    tapes = [_Tape(ctx.tape.blank(2, frames)) for _ in range(2)]
    while (both := timed(pieces, watch)) is not None:
        voice, band = (tape.add(sound) for tape, sound in zip(tapes, both, strict=True))
        yield Audio(preview(voice, band))
    return tapes[0].samples, tapes[1].samples


def _mixed(voice: np.ndarray, band: np.ndarray, ctx: Context) -> Mix:
    """Both stems and their sum."""
    total = ctx.tape.blank(*voice.shape)
    total += voice
    total += band
    return Mix(Stems(("voice", "band"), (Audio(voice), Audio(band))), Audio(total))
