"""What was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from songwright.values.score import Score
from songwright.values.sounding import SoundWishes
from songwright.values.wire import SPARSE

COLOURS: Mapping[str, str] = {
    "gravel": "gravel", "growl": "gravel", "rasp": "gravel", "breath": "breath", "breathy": "breath", "air": "breath",
    "age": "age", "old": "age", "twang": "twang", "nasal": "twang", "bright": "bright", "dark": "dark",
    "clean": "clean",
}  # fmt: skip
"""What a voice may be coloured with: the names a brief may use, and the colour each means ("clean" is none)."""
CHARACTER = ("gravel", "breath", "age", "twang", "bright", "dark")
"""The colours there are."""


@dataclass(frozen=True)
class SongBrief:
    """A wish for a song; None means "you choose".

    lyrics: the words, with optional `[Verse 1]` tags. genre, persona, voice, engine: ids from the shelf.
    style: id of a style file when it differs from the genre. language: BCP 47. key: "G", "F# minor".
    meter: "4/4". tempo_bpm: 30..300. duration_s: 10..600. seed: 0..2**63-1.
    character: names of COLOURS -> 0..1, laid over the persona's. instrumental: no singing at all.
    chords: "C G Am F", or by section "verse: C | G Am; chorus: I V". melody: a tune the words are set to (a tune
    without words needs some here); first_phrase: a tune the song begins with and goes on from. temperature: how
    freely the networks draw, 0.5..1.5. composer: "network" or "crafted". sound: for the engine "jukebox" alone.
    """

    lyrics: str = ""
    title: str | None = None
    style: str | None = None
    genre: str | None = None
    persona: str | None = None
    language: str | None = None
    key: str | None = None
    meter: str | None = None
    tempo_bpm: float | None = None
    duration_s: float | None = None
    voice: str | None = None
    engine: str | None = None
    seed: int | None = None
    instrumental: bool = False
    character: Mapping[str, float] | None = None
    chords: str | None = field(default=None, metadata=SPARSE)
    melody: Score | None = field(default=None, metadata=SPARSE)
    first_phrase: Score | None = field(default=None, metadata=SPARSE)
    temperature: float | None = field(default=None, metadata=SPARSE)
    composer: str | None = field(default=None, metadata=SPARSE)
    sound: SoundWishes | None = field(default=None, metadata=SPARSE)


def colouring(*characters: Mapping[str, float]) -> dict[str, float]:
    """How much of each of CHARACTER, 0..1, comes of characters laid over each other: of each name the last counts.

    "clean" takes that share of all colour away again. Unknown names change nothing.
    """
    amount = dict.fromkeys(CHARACTER, 0.0)
    for character in characters:
        for name, value in character.items():
            known = COLOURS.get(name, name)
            if known in amount:
                amount[known] = min(1.0, max(0.0, float(value)))
        left = 1.0 - min(1.0, max(0.0, float(character.get("clean", 0.0))))
        amount = {name: value * left for name, value in amount.items()}
    return amount
