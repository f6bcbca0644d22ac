"""New sound for a stretch of a song or of any sound; outside of it every sample stays as it is.

Voice and band around the stretch are heard, what lies in it is made anew to fit. The crossfades lie inside the
stretch. Stems of other engines fall silent there and one stem for each stream takes their place.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from songwright.dsp import dynamics, envelopes
from songwright.engines.jukebox import asking, clips
from songwright.engines.jukebox.engine import CARD, asked_ingredients, tell_strangers, timed
from songwright.engines.jukebox.lines import TimedWords, lines_of, timed_words
from songwright.engines.jukebox.machine import Machine, machine
from songwright.engines.jukebox.rewording import reworded
from songwright.engines.jukebox.sound import stems_of
from songwright.engines.memory import measured
from songwright.engines.studio import Stopwatch
from songwright.errors import BriefError
from songwright.io.sound import resampled
from songwright.runtime.codec import LATENT_HZ
from songwright.runtime.jukebox.telling import Arrays, told_of
from songwright.runtime.jukebox.windows import heard
from songwright.values.audio import RATE_HZ, Audio, Stems
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.sounding import SoundWishes
from songwright.values.take import Take

SHORTEST_S = 0.2
CEILING_DBTP = -1.1
STREAMS = (clips.VOICE, clips.BAND)
_FADE_S = 0.04
_AROUND = 256  # frames to either side that may be heard: 8 s
_WHOLE = 125  # frames: 4 s, a whole number of samples at every rate
_BESIDE_S = 4.0  # of master and mix to either side, compared for their levels


@dataclass(frozen=True)
class Stretch:
    """Samples first .. last of a sound are new. begin, end: latent frames heard; hole: those among them to be made."""

    first: int
    last: int
    begin: int
    end: int
    hole: slice

    @property
    def part(self) -> slice:
        """The samples."""
        return slice(self.first, self.last)


def repainted(
    take: Take, from_s: float, to_s: float | None, brief: SongBrief, ctx: Context, only: str | None = None
) -> Take:
    """The take with new sound between two moments (None = to the end).

    brief: other words for that part, other genre, persona, voice; what it leaves open is as it was. only: "voice" or
    "band", the other one stays. Of a take with a score everything is told; other words are set to new notes in the
    same bars. Raises BriefError for a stretch that is not there, words that do not fit, or a silent sound.
    """
    if only not in (None, *STREAMS):
        raise BriefError("only", f"{only!r} is no part of the sound.", "Say voice or band.")
    clip = clips.clip_of(take, "take")
    where = stretch_of(clip, from_s, to_s)
    watch = Stopwatch(ctx)
    engine = machine(brief, ctx, hears=True)
    clip, told, asked = _told(clip, where, brief, ctx, engine)
    tell_strangers(asked, engine, ctx)
    rate = clip.rate_hz
    bounds = [round(frame * rate / LATENT_HZ) for frame in (where.begin, where.end)]
    kept = engine.coded(clip.streams(bounds[0], min(bounds[1], clip.frames)))
    kept = np.pad(kept, ((0, max(0, where.end - where.begin - len(kept))), (0, 0)), mode="edge")
    kept = kept[: where.end - where.begin]
    keep = np.ones((len(kept), 2), np.float32)
    keep[where.hole, [n for n, name in enumerate(STREAMS) if only in (None, name)]] = 0
    made = engine.made(told, kept, keep, ctx.child("jukebox", "repaint"))
    sounds = _sounds(engine, made, clip, where, watch)
    streams = {name: sound for name, sound in zip(STREAMS, sounds, strict=True) if only in (None, name)}
    made_of = (
        *clips.ingredients_of(take),
        *asked_ingredients(asked, bool(brief.lyrics.strip()), ctx),
        *engine.ingredients(),
    )
    painted = _painted(clip.take, streams, where)
    return replace(
        painted, engine=CARD, ingredients=tuple(dict.fromkeys(made_of)),
        timings_s={**take.timings_s, **watch.timings_s},
    )  # fmt: skip


def stretch_of(clip: clips.Clip, from_s: float, to_s: float | None) -> Stretch:
    """The place of a repaint. Raises BriefError where it is not in the sound."""
    length_s = clip.frames / clip.rate_hz
    end_s = length_s if to_s is None else to_s
    if not 0 <= from_s < length_s:
        raise BriefError("from", f"{from_s:g} s is not in it.", f"The sound lasts {length_s:.2f} s.")
    if end_s > length_s + 0.005:
        raise BriefError("to", f"{end_s:g} s is beyond its end.", f"The sound lasts {length_s:.2f} s.")
    if end_s <= from_s:
        raise BriefError("from", f"{from_s:g} s is not before --to {end_s:g} s.", "Turn them round.")
    if end_s - from_s < SHORTEST_S:
        raise BriefError("to", f"{end_s - from_s:g} s are too short.", f"Give at least {SHORTEST_S:g} s.")
    first, last = round(from_s * clip.rate_hz), min(clip.frames, round(end_s * clip.rate_hz))
    hole = math.floor(from_s * LATENT_HZ), math.ceil(end_s * LATENT_HZ)
    whole = max(hole[1], math.ceil(length_s * LATENT_HZ))
    begin = max(0, hole[0] - _AROUND) // _WHOLE * _WHOLE
    end = min(whole, hole[1] + _AROUND)
    return Stretch(first, last, begin, end, slice(hole[0] - begin, hole[1] - begin))


def _told(
    clip: clips.Clip, where: Stretch, brief: SongBrief, ctx: Context, engine: Machine
) -> tuple[clips.Clip, Arrays, asking.Asked]:
    """What is told of the frames that are heard, and the clip with its words changed."""
    take, names = clip.take, engine.generator.names
    sound = brief.sound or SoundWishes()
    asked, frames = asking.asked_of_brief(brief, ctx), where.end - where.begin
    if take.plan is None or take.score is None or take.performance is None or sound.free:
        asked = asked.over(asking.asked_of_take(take, ctx))
        lines = tuple(line.moved(-where.begin / LATENT_HZ) for line in _lines(clip, where, brief, ctx))
        return clip, asking.told_little(lines, frames, asked, names), asked
    if brief.lyrics.strip():
        span_s = (where.first / clip.rate_hz, where.last / clip.rate_hz)
        take = reworded(take, span_s, brief.lyrics, ctx)
        clip = replace(clip, take=take)
    assert take.plan is not None and take.score is not None and take.performance is not None
    asked = asked.over(asking.asked_of_take(take, ctx))
    labels = asking.labels_for(take.score, take.performance, where.end)
    told = told_of(labels, where.begin, frames) | asked.whole(names, "full")
    return clip, told, asked


def _lines(clip: clips.Clip, where: Stretch, brief: SongBrief, ctx: Context) -> list[TimedWords]:
    """Lines and their starts where no score is told: the take's, in the stretch those of the brief if it has any."""
    from_s, to_s = where.first / clip.rate_hz, where.last / clip.rate_hz
    known = lines_of(clip.take, ctx)
    new, _ = timed_words(brief.lyrics, brief.language, ctx, to_s - from_s, 0.0)
    if new:
        known = [line for line in known if not from_s <= line.from_s < to_s]
    return known + [line.moved(from_s) for line in new]


def _sounds(
    engine: Machine,
    made: Iterator[tuple[int, np.ndarray]],
    clip: clips.Clip,
    where: Stretch,
    watch: Stopwatch,
) -> list[np.ndarray]:
    """The new voice and band of the stretch, at the take's own rate, channels and level."""
    pieces = stems_of(heard(engine.codec, made))
    got = []
    while (both := timed(pieces, watch)) is not None:
        got.append(both)
    channels, rate = clip.take.master.audio.channels, clip.rate_hz
    first = round(where.begin * rate / LATENT_HZ)
    out = []
    for stems in zip(*got, strict=True):
        sound = resampled(np.concatenate(stems, axis=1), RATE_HZ, rate) / np.float32(clip.gain)
        sound = sound[:, where.first - first : where.last - first]
        sound = np.pad(sound, ((0, 0), (0, where.last - where.first - sound.shape[1])))
        out.append(sound if channels == 2 else sound.mean(axis=0, keepdims=True))
    return out


def _painted(take: Take, streams: dict[str, np.ndarray], where: Stretch) -> Take:
    """The take with the new streams in their stretch."""
    audio = take.master.audio
    seam = _Seam(where, round(_FADE_S * audio.rate_hz))
    stems, loud = take.stems, 1.0
    inside = sum(streams.values())
    if stems is not None:
        beside = round(_BESIDE_S * audio.rate_hz)
        around = [slice(max(0, where.first - beside), where.first), slice(where.last, where.last + beside)]
        if not any(len(range(*part.indices(audio.frames))) for part in around):
            around = [slice(None)]
        loud = clips.mixed_gain(take, around)
        stays = [name for name in stems.names if _stream_of(name) not in streams]
        inside = inside + sum(stems[name].samples[:, where.part] for name in stays)
        stems = _with_streams(stems, streams, seam)
    finished = dynamics.limit(np.ascontiguousarray(inside * np.float32(loud), np.float32), CEILING_DBTP)
    return replace(
        take, master=measured(Audio(seam.mended(audio.samples, finished), audio.rate_hz)), stems=stems
    )


def _stream_of(stem: str) -> str:
    return clips.VOICE if stem in clips.SUNG else clips.BAND


def _with_streams(stems: Stems, streams: dict[str, np.ndarray], seam: _Seam) -> Stems:
    """The stems with each new stream in its home; others of that stream are silent in the stretch."""
    homes = clips.homes_of(stems)
    out = {}
    for name, sound in stems.items():
        stream = _stream_of(name)
        if stream in streams:
            new = streams[stream] if homes[stream] == name else None
            out[name] = Audio(seam.mended(sound.samples, new), sound.rate_hz)
        else:
            out[name] = sound
    for stream, new in streams.items():
        if homes[stream] not in out:
            first = stems.sounds[0]
            out[homes[stream]] = Audio(seam.mended(np.zeros_like(first.samples), new), first.rate_hz)
    return Stems(tuple(out), tuple(out.values()))


class _Seam:
    """Old sound, new sound, old sound again: crossfades of equal power inside the stretch."""

    def __init__(self, where: Stretch, fade: int) -> None:
        self._where, length = where, where.last - where.first
        rise = envelopes.rise(min(fade, length // 4))
        share = np.ones(length, np.float32)
        share[: len(rise)], share[length - len(rise) :] = rise, rise[::-1]
        self._new, self._old = np.sqrt(share), np.sqrt(1 - share)

    def mended(self, old: np.ndarray, new: np.ndarray | None) -> np.ndarray:
        """A copy of the old sound with the new one (None = silence) in the stretch."""
        out = np.array(old)
        out[:, self._where.part] *= self._old
        if new is not None:
            out[:, self._where.part] += new * self._new
        return out
