"""What stands on the shelf: styles, personas, voices, dictionaries, each with its licence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from songwright.values.audio import Audio
from songwright.values.performance import PlayedPart


@dataclass(frozen=True)
class Style:
    """A genre as data: one TOML file. Each room reads its own table and checks it.

    tables: form, tempo, harmony, melody, drums, bass, comping, answer, backing, mix ... as in the file.
    """

    id: str
    name: str
    about: str
    licence: str
    tables: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Persona:
    """An artist who does not exist. voice: id on the shelf. character: colouring 0..1. genres: at home in these.

    voice_low, voice_high: comfortable range, MIDI. choir: voices that sing backing, ids on the shelf.
    """

    id: str
    name: str
    about: str
    licence: str
    voice: str
    voice_low: int
    voice_high: int
    genres: tuple[str, ...]
    character: Mapping[str, float] = field(default_factory=dict)
    choir: tuple[str, ...] = ()
    emblem: str = ""


@dataclass(frozen=True)
class VoiceCard:
    """What a voice is, where it comes from, and what one may do with it.

    network: the acoustic network that sings it, "" = only its bank of diphones does. speaker: its name in there.
    vocoder: the network that refines its sound, "" = none does.
    bank: diphones, the fallback of a network voice. consent: SHA-256 of the consent of a real person whose voice it is
    (it travels in every song), consent_until: its last day, "" = without end. figures: what `songwright bench singer`
    measured: phones misheard, cents.
    """

    id: str
    name: str
    about: str
    licence: str
    source: str
    language: str
    bank: str
    midi_low: int
    midi_high: int
    formant_scale: float = 1.0
    character: Mapping[str, float] = field(default_factory=dict)
    commercial_use: bool = True
    sha256: str = ""
    network: str = ""
    speaker: str = ""
    vocoder: str = ""
    consent: str = ""
    consent_until: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class WeightsCard:
    """What a trained network is, what it learned from, and what one may do with what it makes."""

    id: str
    licence: str
    source: str
    sha256: str
    commercial_use: bool = True


@dataclass(frozen=True, eq=False)
class Voice:
    """A card and the arrays of its bank, by name; `singer.bank` knows their shapes."""

    card: VoiceCard
    arrays: Mapping[str, np.ndarray]


class Sampler(Protocol):
    """A player of sampled instruments outside the built-in band (FluidSynth with a soundfont)."""

    def describe(self) -> str:
        """Name and licence of the sounds, one line."""

    def play(
        self,
        parts: tuple[PlayedPart, ...],
        frames: int,
        rate_hz: int,
        keep: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> Mapping[str, Audio]:
        """Each part id -> dry stereo sound of exactly `frames` frames. keep: where each lies once it is played."""


class Shelf(Protocol):
    """The rim's promise to the rooms: things by id, read once; unknown ids raise BriefError with the nearest."""

    def style(self, style_id: str) -> Style: ...
    def styles(self) -> tuple[Style, ...]: ...
    def persona(self, persona_id: str) -> Persona: ...
    def personas(self) -> tuple[Persona, ...]: ...
    def voice(self, voice_id: str) -> Voice: ...
    def voice_cards(self) -> tuple[VoiceCard, ...]: ...
    def lexicon(self, language: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """Lower-case word -> its pronunciations, phones with stress digits as in CMUdict ("AH0")."""
        ...

    def letters(self, language: str) -> Mapping[str, Any]:
        """Weights of the letter-to-sound model; `text.letters` knows their shapes."""
        ...

    def network(self, name: str) -> bytes:
        """An ONNX network by name, checked against its card; `runtime.session.Network` runs it."""
        ...

    def languages(self) -> Mapping[str, Any]:
        """Weights that tell languages apart; `text.language` knows their shapes."""
        ...

    def progressions(self) -> Mapping[str, Any]:
        """Counts of which chord follows which in songs; `composer.learned` knows their shapes."""
        ...

    def ear(self) -> Mapping[str, Any]:
        """What tells people's tunes from drafts, {} where nobody hears them (`composer.setting.ear`)."""
        ...

    def leanings(self) -> Mapping[str, Any]:
        """What people's notes are likelier to do than the composer's; {} for nothing. `composer.setting.leanings`."""
        ...

    def tunes(self) -> Mapping[str, Any]:
        """An index of the tunes the composer learned from; `music.known_tunes` knows its shapes."""
        ...

    def instruments(self) -> Mapping[str, Any]:
        """Portraits of recorded instruments; `band.portrait` knows their shapes."""
        ...

    def weights_card(self, name: str) -> WeightsCard:
        """The card of a network."""
        ...

    def sampler(self) -> Sampler | None:
        """A sampler, if this machine has one; None = the built-in band plays everything."""
        ...
