"""What the generator is told: all of a score and how it is performed, or little, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np

from songwright.engines.jukebox.lines import TimedWords
from songwright.producer.blending import is_blend as is_mixture
from songwright.producer.blending import shares_of as mixture_of
from songwright.runtime.jukebox.labels import Labels, labels_of
from songwright.runtime.jukebox.telling import SUB, Arrays, left_out, nothing, told_of, whole_of
from songwright.singer.blend import asked_shares
from songwright.singer.blend import is_blend as is_choir
from songwright.values.brief import SongBrief, colouring
from songwright.values.context import Context
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan
from songwright.values.score import Score
from songwright.values.shelf import Persona
from songwright.values.sounding import SoundWishes
from songwright.values.take import Take

Names = Mapping[str, Sequence[str]]
Shares = Mapping[str, float]


@dataclass(frozen=True)
class Asked:
    """Who is to be heard: ids or blends {id: share}, None = nobody in particular. character: colours of the voice."""

    genre: str | Shares | None = None
    persona: str | Shares | None = None
    voice: str | Shares | None = None
    tempo_bpm: float = 100.0
    character: Shares | None = None

    def whole(self, names: Names, mode: str) -> Arrays:
        """What is told of the whole piece."""
        return whole_of(vars(self), names, mode)

    def over(self, other: Asked) -> Asked:
        """Whom this one leaves open, as the other asks; who sings goes with the persona."""
        who = self if self.persona or self.voice else other
        return Asked(self.genre or other.genre, who.persona, who.voice, other.tempo_bpm, who.character)

    def strangers(self, names: Names) -> list[str]:
        """Genres, personas and voices that are asked for and that the generator never heard."""
        asked = {name: getattr(self, name) for name in ("genre", "persona", "voice")}
        sets = {
            name: [value] if isinstance(value, str) else list(value or ()) for name, value in asked.items()
        }
        return [one for name, ids in sets.items() for one in ids if one not in names[name]]


def asked_of_plan(plan: SongPlan, sound: SoundWishes, ctx: Context) -> Asked:
    """Whom a plan asks for, with the artists of a blend instead of its own."""
    persona: str | Shares = plan.persona
    voice, character = _voices(plan.voice), plan.character
    if sound.personas:
        persona = sound.personas
        voice, character = _voices_of(sound.personas, ctx), _character_of(sound.personas, ctx)
    return Asked(_genres(plan.genre), persona, voice, plan.tempo_map.start_bpm, character)


def asked_of_brief(brief: SongBrief, ctx: Context) -> Asked:
    """Whom a brief asks for; what it leaves open stays open. Raises BriefError for ids nobody knows."""
    sound = brief.sound or SoundWishes()
    genre = _genres(brief.genre) if brief.genre else None
    for one in [genre] if isinstance(genre, str) else genre or ():
        ctx.shelf.style(one)
    persona: str | Shares | None = sound.personas
    voice: str | Shares | None = _voices(brief.voice) if brief.voice else None
    if voice:
        ctx.shelf.voice(str(brief.voice))
    character: Shares | None = brief.character
    if persona:
        voice = voice or _voices_of(sound.personas or {}, ctx)
        character = _character_of(sound.personas or {}, ctx) | dict(character or {})
    elif brief.persona:
        known = ctx.shelf.persona(brief.persona)
        persona, voice = known.id, voice or known.voice
        character = {**known.character, **(character or {})}
    return Asked(genre, persona, voice, character=character)


def asked_of_take(take: Take, ctx: Context) -> Asked:
    """Whom a take was asked for: by its plan, else by its brief."""
    if take.plan is None:
        return asked_of_brief(take.brief, ctx)
    return asked_of_plan(take.plan, take.brief.sound or SoundWishes(), ctx)


def leader_of(sound: SoundWishes, ctx: Context) -> Persona | None:
    """The artist with the greatest share of a blend, who decides what has to be decided. Raises BriefError."""
    shares = sound.personas
    if not shares:
        return None
    people = {name: ctx.shelf.persona(name) for name in shares}
    return people[max(shares, key=lambda name: shares[name])]


def labels_for(score: Score, performance: Performance, frames: int) -> Labels:
    """The exact labels of `frames` latent frames."""
    return labels_of(score, performance, frames * SUB)


def told_all(labels: Labels, frames: int, asked: Asked, names: Names) -> Arrays:
    """Everything: phones, pitch, chords, time, players; genre, persona, voice."""
    return told_of(labels, 0, frames) | asked.whole(names, "full")


def mode_of(lines: Sequence[TimedWords], asked: Asked) -> str:
    """How little is told: "free", or "none" where nobody asked for anything."""
    return "free" if lines or asked.genre or asked.persona or asked.voice else "none"


def told_frames(lines: Sequence[TimedWords], frames: int, mode: str) -> Arrays:
    """The starts of lines, if that."""
    return left_out(nothing(frames), mode, [line.about for line in lines], 0)


def told_little(lines: Sequence[TimedWords], frames: int, asked: Asked, names: Names) -> Arrays:
    """The starts of lines, genre, persona, voice; where nobody asked for anything, nothing."""
    mode = mode_of(lines, asked)
    return told_frames(lines, frames, mode) | asked.whole(names, mode)


def joined(first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Fields of frames one after the other."""
    return {name: np.concatenate([first[name], second[name]]) for name in first}


def _genres(genre: str) -> str | Shares:
    return dict(mixture_of(genre)) if is_mixture(genre) else genre


def _voices(voice: str) -> str | Shares:
    return asked_shares(voice) if is_choir(voice) else voice


def _voices_of(personas: Shares, ctx: Context) -> Shares:
    """The voices of artists, by the artists' shares."""
    shares: dict[str, float] = {}
    for name, share in personas.items():
        voice = ctx.shelf.persona(name).voice
        shares[voice] = shares.get(voice, 0.0) + share
    return shares


def _character_of(personas: Shares, ctx: Context) -> dict[str, float]:
    """The colours of artists, by the artists' shares."""
    whole = fsum(personas.values())
    colours: dict[str, float] = {}
    for name, share in personas.items():
        for colour, amount in colouring(ctx.shelf.persona(name).character).items():
            colours[colour] = colours.get(colour, 0.0) + amount * share / whole
    return colours
