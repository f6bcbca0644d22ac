"""Which samples a set holds: each genre and artist with each kind of prompt, drawn by name, so always the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from songwright.errors import BriefError
from songwright.values.brief import SongBrief
from songwright.values.seed import Seed
from songwright.values.shelf import Persona, Shelf
from songwright.values.sounding import SoundWishes

KINDS = {
    "scratch": "made from nothing but genre, artist and words",
    "continuation": "goes on from ten seconds that the studio recorded",
    "repaint": "the song from scratch, its middle third made anew",
    "blend": "two artists, half of each",
    "unseen": "words that no network of ours was trained with",
    "rerendition": "the words of the song from scratch, made again by other luck",
}
"""Kinds of prompt, and what each means."""
SECONDS = (10.0, 120.0)
_HALF = 0.5


@dataclass(frozen=True)
class Words:
    """Lyrics to choose from. known: stanzas the networks were trained with; unseen: others."""

    known: tuple[str, ...]
    unseen: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """One sample: the brief, and for a blend the other artist. seen: whether its words were trained with."""

    kind: str
    brief: SongBrief
    other: str | None = None
    seen: bool = False

    @property
    def id(self) -> str:
        """genre/persona/kind: also where its files are."""
        return f"{self.brief.genre}/{self.brief.persona}/{self.kind}"


def catalogue(
    shelf: Shelf, words: Words, seconds: float, seed: Seed, genres: Sequence[str] = (),
    personas: Sequence[str] = (), kinds: Sequence[str] = (),
) -> tuple[Sample, ...]:  # fmt: skip
    """The samples of a set, by genre, artist and kind. Empty genres and kinds: all.

    personas: these in every genre; empty: in each genre those who are at home or welcome there. seconds: of each
    sample. Raises BriefError for names nobody knows and for lengths out of range.
    """
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise BriefError(
            "seconds", f"{seconds:g} is out of range.", f"Give {SECONDS[0]:g} to {SECONDS[1]:g}."
        )
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise BriefError("kinds", f"there is no kind {unknown[0]!r}.", f"Known: {', '.join(KINDS)}.")
    styles = [shelf.style(name) for name in genres] or list(shelf.styles())
    asked = [shelf.persona(name) for name in personas]
    found: list[Sample] = []
    for style in styles:
        singers = asked or [one for one in shelf.personas() if style.id in one.genres]
        for number, persona in enumerate(singers):
            other = singers[(number + 1) % len(singers)]
            if other is persona:
                other = _another(shelf.personas(), persona)
            place = seed.child("samples", style.id, persona.id)
            first = _first(style.id, persona, words, seconds, place)
            found += [
                _of_kind(kind, first, other.id, words, place) for kind in KINDS if kind in (kinds or KINDS)
            ]
    return tuple(found)


def _first(genre: str, persona: Persona, words: Words, seconds: float, seed: Seed) -> Sample:
    """The sample from scratch; the other kinds begin from its brief."""
    pool = words.known or words.unseen
    brief = SongBrief(
        lyrics=seed.child("words").luck().choice(pool), genre=genre, persona=persona.id,
        language="en", duration_s=seconds, seed=seed.child("song").key() >> 1, engine="jukebox",
    )  # fmt: skip
    return Sample("scratch", brief, seen=bool(words.known))


def _of_kind(kind: str, first: Sample, other: str, words: Words, seed: Seed) -> Sample:
    sample = replace(first, kind=kind)
    if kind == "blend":
        shares = {str(first.brief.persona): _HALF, other: _HALF}
        return replace(sample, brief=replace(first.brief, sound=SoundWishes(personas=shares)), other=other)
    if kind == "unseen":
        lyrics = seed.child("unseen").luck().choice(words.unseen)
        return replace(sample, brief=replace(first.brief, lyrics=lyrics), seen=False)
    if kind == "rerendition":
        return replace(sample, brief=replace(first.brief, seed=seed.child("again").key() >> 1))
    return sample


def _another(personas: Sequence[Persona], persona: Persona) -> Persona:
    """Someone else to blend with, who sings at home in the same company if there is one."""
    others = [one for one in personas if one.id != persona.id]
    near = [one for one in others if set(one.genres) & set(persona.genres)]
    return (near or others)[0]
