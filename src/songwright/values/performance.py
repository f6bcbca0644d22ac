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
    """What a player does: notes by onset. role, instrument, stem as in the score."""

    id: str
    role: str
    instrument: str
    stem: str
    notes: tuple[PlayedNote, ...]


@dataclass(frozen=True)
class SungPhone:
    """A phone where it sounds. symbol: ARPAbet without stress. note_id: the note it belongs to."""

    symbol: str
    onset_s: float
    offset_s: float
    note_id: str
    line: int | None = None


@dataclass(frozen=True, eq=False)
class SungPhrase:
    """What a singer does in one breath.

    onset_s: when the first frame falls; curves have rate_hz frames a second from there on. f0_hz: > 0 throughout
    (voicing is decided by the phones). energy_db: relative level. effort: 0 soft and dark .. 1 loud and bright.
    breathiness: 0..1 added air. breath_s: length of the breath taken just before onset_s (0 = none).
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
