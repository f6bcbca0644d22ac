"""The song in physical time: seconds, fractional pitch, curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from songwright.values.arrays import frozen_array


@dataclass(frozen=True)
class PlayedNote:
    """A note as it is played. pitch: MIDI, fractional. level: 0..1. For drums, pitch is the General MIDI drum."""

    note_id: str
    onset_s: float
    offset_s: float
    pitch: float
    level: float
    articulation: str = ""


@dataclass(frozen=True)
class PlayedPart:
    """What a player does: notes by onset. role, instrument, stem as in the score.

    sound: "own" the band's instrument, "soundfont" the sampler's, "" whichever is nearer to the real one.
    """

    id: str
    role: str
    instrument: str
    stem: str
    notes: tuple[PlayedNote, ...]
    sound: str = ""


@dataclass(frozen=True)
class SungPhone:
    """A phone where it sounds. symbol: as in `text.phones`. note_id: the note it belongs to."""

    symbol: str
    onset_s: float
    offset_s: float
    note_id: str
    line: int | None = None


@dataclass(frozen=True)
class SungNote:
    """A written note as the singer takes it, its vowel at onset_s. pitch: MIDI. text: its syllable, "" = held on."""

    note_id: str
    text: str
    onset_s: float
    offset_s: float
    pitch: float


@dataclass(frozen=True)
class Vibrato:
    """The swing of one held note, up first.

    rate_hz: turns a second; depth_cents: half the way from trough to peak; both as values evenly spread from onset_s
    to offset_s (at least one). It grows over rise_s and closes over fall_s.
    """

    onset_s: float
    offset_s: float
    rate_hz: tuple[float, ...]
    depth_cents: tuple[float, ...]
    rise_s: float = 0.35
    fall_s: float = 0.08


@dataclass(frozen=True)
class Unrest:
    """A living voice is never quite still: slow drift and fine jitter of pitch. seed: 0..2**31-1, keys their luck."""

    drift_cents: float = 0.0
    jitter_cents: float = 0.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class SungPhrase:
    """What a singer does in one breath.

    onset_s: when the first frame falls; curves have rate_hz frames a second from there on. f0_hz: > 0 throughout
    (voicing is decided by the phones), vibrato and unrest included. energy_db: relative level. effort: 0 soft and
    dark .. 1 loud and bright. breathiness: 0..1 added air. breath_s: length of the breath taken just before onset_s
    (0 = none). text, notes: what is sung, for whoever reads or edits. vibrato, unrest: what of f0_hz they make up.
    """

    id: str
    onset_s: float
    rate_hz: float
    phones: tuple[SungPhone, ...]
    f0_hz: np.ndarray
    energy_db: np.ndarray
    effort: np.ndarray
    breathiness: np.ndarray
    breath_s: float = 0.0
    text: str = ""
    notes: tuple[SungNote, ...] = ()
    vibrato: tuple[Vibrato, ...] = ()
    unrest: Unrest = Unrest()

    def __post_init__(self) -> None:
        for name in ("f0_hz", "energy_db", "effort", "breathiness"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), np.float32))

    @property
    def offset_s(self) -> float:
        """When the last frame is over."""
        return self.onset_s + len(self.f0_hz) / self.rate_hz


@dataclass(frozen=True, eq=False)
class SungPart:
    """All phrases of one voice. voice: id on the shelf. character: colouring 0..1. gain_db, pan -1..1: its place.

    formant_scale: > 1 smaller head, for choirs. stem: the stem it is heard in. seed_name: keys its own luck.
    """

    id: str
    role: str
    voice: str
    stem: str
    phrases: tuple[SungPhrase, ...]
    character: Mapping[str, float] = field(default_factory=dict)
    gain_db: float = 0.0
    pan: float = 0.0
    formant_scale: float = 1.0


@dataclass(frozen=True, eq=False)
class Performance:
    """Everything that is played and sung, and how long the sound lasts (duration_s, tail included)."""

    played: tuple[PlayedPart, ...]
    sung: tuple[SungPart, ...]
    duration_s: float
