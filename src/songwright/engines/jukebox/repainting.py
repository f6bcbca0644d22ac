"""New sound for a stretch of a song or of any sound; outside of it every sample stays as it is.

Voice and band around the stretch are heard, what lies in it is made anew to fit. The crossfades lie inside the
stretch. Stems of other engines fall silent there and one stem for each stream takes their place.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from songwright.dsp import dynamics
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
from songwright.runtime.codec import LATENT_HZ, STRIDE
from songwright.runtime.codec import RATE_HZ as CODEC_HZ
from songwright.runtime.jukebox.joining import FADE_S, places, weights
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
    frames = where.end - where.begin
    given = clip.streams(bounds[0], min(bounds[1], clip.frames))[:, : frames * STRIDE]
    kept = engine.coded(given)
    kept = np.pad(kept, ((0, frames - len(kept)), (0, 0)), mode="edge")
    given = np.pad(given, ((0, 0), (0, frames * STRIDE - given.shape[1])))
    keep = np.ones((len(kept), 2), np.float32)
    keep[where.hole, [n for n, name in enumerate(STREAMS) if only in (None, name)]] = 0
    made = engine.made(told, kept, keep, ctx.child("jukebox", "repaint"))
    new: list[np.ndarray] = []
    sounds = _sounds(_noted(heard(engine.codec, made, given, where.hole), new), clip, where, watch)
    streams = {name: sound for name, sound in zip(STREAMS, sounds, strict=True) if only in (None, name)}
    fresh = np.concatenate(new, axis=1)
    heard_anew = [name in streams for name in STREAMS]
    mix = fresh[heard_anew].sum(axis=0) + given[np.logical_not(heard_anew)].sum(axis=0)
    seam = _seam(given.sum(axis=0), mix, clip, where)
    made_of = (
        *clips.ingredients_of(take),
        *asked_ingredients(asked, bool(brief.lyrics.strip()), ctx),
        *engine.ingredients(),
    )
    painted = _painted(clip.take, streams, where, seam)
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
    if not from_s < end_s:
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


def _noted(pieces: Iterator[np.ndarray], notes: list[np.ndarray]) -> Iterator[np.ndarray]:
    """The pieces as they come, each put among the notes."""
    for piece in pieces:
        notes.append(piece)
        yield piece


def _sounds(
    pieces: Iterator[np.ndarray], clip: clips.Clip, where: Stretch, watch: Stopwatch
) -> list[np.ndarray]:
    """The new voice and band of the stretch, at the take's own rate, channels and level."""
    records = stems_of(pieces)
    got = []
    while (both := timed(records, watch)) is not None:
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


def _seam(old: np.ndarray, new: np.ndarray, clip: clips.Clip, where: Stretch) -> _Seam:
    """Where the crossfades are best. old, new: mixes of the frames heard, (samples,) at 32 kHz."""
    times = CODEC_HZ / clip.rate_hz
    zero = round(where.begin * STRIDE)
    first, last = (round(sample * times) - zero for sample in (where.first, where.last))
    into, out = places(old, new, first, len(old) if where.last == clip.frames else last)
    length = where.last - where.first
    fade = min(round(FADE_S * clip.rate_hz), length // 4)

    def inside(place: slice) -> slice:
        start = min(max(0, round((place.start - first) / times)), length - fade)
        return slice(start, start + fade)

    return _Seam(
        where, slice(0, fade) if into is None else inside(into),
        slice(length - fade, length) if out is None else inside(out),
    )  # fmt: skip


def _painted(take: Take, streams: dict[str, np.ndarray], where: Stretch, seam: _Seam) -> Take:
    """The take with the new streams in their stretch."""
    audio = take.master.audio
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
    whole = seam.mended(audio.samples, finished, seam.shares(audio.samples, finished))
    return replace(take, master=measured(Audio(whole, audio.rate_hz)), stems=stems)


def _stream_of(stem: str) -> str:
    return clips.VOICE if stem in clips.SUNG else clips.BAND


def _with_streams(stems: Stems, streams: dict[str, np.ndarray], seam: _Seam) -> Stems:
    """The stems with each new stream in its home; others of that stream are silent in the stretch."""
    homes = clips.homes_of(stems)
    blank = np.zeros_like(stems.sounds[0].samples)
    out = {name: sound.samples for name, sound in stems.items()}
    for stream, new in streams.items():
        before = [sound.samples for name, sound in stems.items() if _stream_of(name) == stream]
        shares = seam.shares(sum(before, blank), new)
        for name in stems.names:
            if _stream_of(name) == stream and name != homes[stream]:
                out[name] = seam.mended(out[name], None, shares)
        out[homes[stream]] = seam.mended(out.get(homes[stream], blank), new, shares)
    rate = stems.sounds[0].rate_hz
    return Stems(tuple(out), tuple(Audio(samples, rate) for samples in out.values()))


@dataclass(frozen=True)
class _Seam:
    """Old sound, new sound, old sound again. into, out: the crossfades, samples of the stretch."""

    where: Stretch
    into: slice
    out: slice

    def shares(self, old: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How much of the old sound (given whole) and of the new one is in each sample of the stretch."""
        there = old[:, self.where.part]
        stays, comes = np.zeros(there.shape[1], np.float32), np.ones(there.shape[1], np.float32)
        for outside in (slice(0, self.into.start), slice(self.out.stop, None)):
            stays[outside], comes[outside] = 1, 0
        stays[self.into], comes[self.into] = weights(there[:, self.into], new[:, self.into])
        comes[self.out], stays[self.out] = weights(new[:, self.out], there[:, self.out])
        return stays, comes

    def mended(
        self, old: np.ndarray, new: np.ndarray | None, shares: tuple[np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """A copy of the old sound with the new one (None = silence) in the stretch, by such shares."""
        out = np.array(old)
        out[:, self.where.part] *= shares[0]
        if new is not None:
            out[:, self.where.part] += new * shares[1]
        return out
