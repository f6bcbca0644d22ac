"""Going on from any clip: its last seconds are heard, and the network makes what might come next."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from songwright import performer, producer
from songwright.dsp import dynamics, envelopes
from songwright.engines.ingredients import ingredients
from songwright.engines.jukebox import asking, clips
from songwright.engines.jukebox.engine import CARD, asked_ingredients, led, tell_strangers, timed
from songwright.engines.jukebox.lines import (
    TimedWords,
    is_timed,
    lines_of,
    phones_of,
    timed_text,
    timed_words,
)
from songwright.engines.jukebox.machine import machine
from songwright.engines.jukebox.recording import Recording, Sounding
from songwright.engines.jukebox.sound import stems_of
from songwright.engines.memory import measured
from songwright.engines.studio import Stopwatch, write
from songwright.errors import BriefError
from songwright.io.lyrics import timed_lines
from songwright.io.sound import resampled
from songwright.runtime.codec import LATENT_HZ
from songwright.runtime.jukebox.joining import COPY_S, carried_on
from songwright.runtime.jukebox.labels import Labels
from songwright.runtime.jukebox.telling import Arrays, nothing, told_of
from songwright.runtime.jukebox.windows import heard
from songwright.values.audio import RATE_HZ, Audio, Stems
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.sounding import SoundWishes
from songwright.values.take import Ingredient, Take

SECONDS = (1.0, 600.0)
CEILING_DBTP = -1.1
_HEARD = 256  # frames of the clip that are heard: 8 s, the longest beginning training shows
_FRAME = round(RATE_HZ / LATENT_HZ)
_OUT_S = 0.03


def continuing(take: Take, seconds: float, brief: SongBrief, ctx: Context) -> Recording:
    """A take that goes on for `seconds`. Pieces are the new sound; the take at the end is all of it.

    Where the brief has words (or asks for an instrumental) a score is written for the new part, in the take's key and
    tempo if it knows them, and told; else, and with `sound.free`, only genre, persona and lines are. Every sample of
    the take stays as it is. Raises BriefError for clips too short or silent.
    """
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise BriefError(
            "seconds", f"{seconds:g} is out of range.", f"Give {SECONDS[0]:g} to {SECONDS[1]:g}."
        )
    return Recording(_continued(clips.clip_of(_at_record_rate(take), "clip"), seconds, brief, ctx))


@dataclass(frozen=True)
class _Told:
    """What is told of the new part, and what that is made of."""

    frames: Arrays
    asked: asking.Asked
    mode: str
    made_of: tuple[Ingredient, ...]
    lines: tuple[TimedWords, ...]


def _continued(clip: clips.Clip, seconds: float, brief: SongBrief, ctx: Context) -> Sounding:
    watch = Stopwatch(ctx)
    engine = machine(brief, ctx, hears=True)
    before = min(_HEARD, clip.frames // _FRAME)
    after = math.ceil(seconds * LATENT_HZ)
    told = _new_part(clip, seconds, after, brief, ctx, watch)
    tell_strangers(told.asked, engine, ctx)
    fields = asking.joined(_heard_part(clip, before), told.frames)
    fields |= told.asked.whole(engine.generator.names, told.mode)
    kept = np.zeros((before + after, 2 * engine.generator.latents), np.float32)
    given = clip.streams(clip.frames - before * _FRAME, clip.frames)
    kept[:before] = engine.coded(given)
    keep = np.zeros((before + after, 2), np.float32)
    keep[:before] = 1
    made = engine.made(fields, kept, keep, ctx.child("jukebox", "continue"))
    pieces = stems_of(heard(engine.codec, made, given, slice(before, None)))
    copy = round(COPY_S * RATE_HZ)
    skip, wanted = before * _FRAME - copy, copy + round(seconds * RATE_HZ)
    got: list[tuple[np.ndarray, ...]] = []
    loud = np.float32(clips.mixed_gain(clip.take, [slice(-before * _FRAME, None)]) / clip.gain)
    told_of_it = 0
    while (both := timed(pieces, watch)) is not None:
        new = tuple(stem[:, skip : skip + wanted - told_of_it] for stem in both)
        skip = max(0, skip - both[0].shape[1])
        if new[0].shape[1]:
            got.append(new)
            told_of_it += new[0].shape[1]
            yield Audio((new[0] + new[1]) * loud)
    voice, band = (np.concatenate(stems, axis=1) / np.float32(clip.gain) for stems in zip(*got, strict=True))
    sung = [*lines_of(clip.take, ctx), *(line.moved(clip.frames / RATE_HZ) for line in told.lines)]
    brief = replace(_named_by(brief, clip.take), lyrics=timed_text(sung), duration_s=None)
    made_of = (*clips.ingredients_of(clip.take), *told.made_of, *engine.ingredients())
    return replace(
        _spliced(clip.take, voice, band, loud * np.float32(clip.gain), copy),
        brief=brief, engine=CARD, ingredients=tuple(dict.fromkeys(made_of)), timings_s=watch.timings_s,
    )  # fmt: skip


def _named_by(brief: SongBrief, take: Take) -> SongBrief:
    """The brief with the names of the take where it leaves them open."""
    known = take.plan or take.brief
    blend = brief.sound is not None and brief.sound.personas
    return replace(
        brief, title=brief.title or known.title, genre=brief.genre or known.genre,
        persona=brief.persona or (None if blend else known.persona),
    )  # fmt: skip


def _new_part(
    clip: clips.Clip, seconds: float, frames: int, brief: SongBrief, ctx: Context, watch: Stopwatch
) -> _Told:
    """What is told of the part that is new."""
    sound = brief.sound or SoundWishes()
    known = clip.take.plan
    if sound.free or is_timed(brief.lyrics) or not (brief.lyrics.strip() or brief.instrumental):
        asked = asking.asked_of_brief(brief, ctx)
        if known is not None:
            asked = asked.over(asking.asked_of_take(clip.take, ctx))
        lines, _ = timed_words(brief.lyrics, brief.language, ctx, seconds, 0.0)
        mode = asking.mode_of(lines, asked)
        made_of = asked_ingredients(asked, bool(lines), ctx)
        return _Told(asking.told_frames(lines, frames, mode), asked, mode, made_of, lines)
    wish = led(replace(brief, duration_s=seconds), sound, ctx)
    if known is not None:
        wish = replace(
            wish, genre=brief.genre or known.genre, persona=wish.persona or known.persona,
            voice=brief.voice or (None if wish.persona else known.voice), key=brief.key or str(known.key),
            meter=brief.meter or str(known.meter), tempo_bpm=brief.tempo_bpm or known.tempo_map.start_bpm,
        )  # fmt: skip
    plan = watch.step("plan", "producer", producer.plan, wish)
    score = write(plan, ctx, watch)
    performance = watch.step("perform", "performer", performer.perform, score, plan)
    asked = asking.asked_of_plan(plan, sound, ctx)
    labels = asking.labels_for(score, performance, frames)
    made_of = tuple(
        one for one in ingredients(plan, performance, ctx) if one.kind in ("style", "persona", "dictionary")
    )
    words = {line.index: phones_of(line.words) for line in plan.lines}
    lines = tuple(TimedWords(line.text, words[line.index], line.onset_s) for line in timed_lines(score))
    return _Told(told_of(labels, 0, frames), asked, "full", made_of, lines)


def _heard_part(clip: clips.Clip, frames: int) -> Arrays:
    """What is known of the clip's last frames: all, where it has a score, else nothing."""
    take = clip.take
    if take.score is None or take.performance is None:
        return nothing(frames)
    whole = round(clip.frames / _FRAME)
    labels: Labels = asking.labels_for(take.score, take.performance, whole)
    return told_of(labels, whole - frames, frames)


def _at_record_rate(take: Take) -> Take:
    """The take at 48 kHz in stereo."""
    audio = take.master.audio
    if audio.rate_hz == RATE_HZ and audio.channels == 2:
        return take
    samples = resampled(audio.samples, audio.rate_hz, RATE_HZ)
    both = samples if len(samples) == 2 else samples[[0, 0]]
    return replace(take, master=replace(take.master, audio=Audio(np.array(both))), stems=None)


def _spliced(take: Take, voice: np.ndarray, band: np.ndarray, loud: np.float32, copy: int) -> Take:
    """Old and new sound as one; the new begins with its copy of the old one's last samples. loud: master over stems."""
    new = {clips.VOICE: voice, clips.BAND: band}
    for sound in new.values():
        last = min(round(_OUT_S * RATE_HZ), sound.shape[1])
        sound[:, sound.shape[1] - last :] *= envelopes.rise(last)[::-1]
    old = take.stems
    if old is None:
        silent = Audio(np.zeros_like(take.master.audio.samples))
        old = Stems((clips.VOICE, clips.BAND), (silent, take.master.audio))
    homes = clips.homes_of(old)
    before = {name: sound.samples for name, sound in old.items()}
    after = {name: new[stream] for stream, name in homes.items()}
    nothing = np.zeros_like(take.master.audio.samples), np.zeros_like(voice)
    named = {
        name: Audio(carried_on(before.get(name, nothing[0]), after.get(name, nothing[1]), copy))
        for name in dict.fromkeys((*before, *after))
    }
    finished = dynamics.limit((voice + band) * loud, CEILING_DBTP)
    master = measured(Audio(carried_on(take.master.audio.samples, finished, copy)))
    return Take(take.brief, take.engine, master, stems=Stems(tuple(named), tuple(named.values())))
