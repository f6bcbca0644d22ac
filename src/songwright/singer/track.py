"""What a mouth makes of a phrase: the shape of the vocal tract, frame by frame, whoever drew it.

Two kinds of mouth exist: the diphone banks (`singer.alignment`, 0 to 8 kHz) and the acoustic network
(`singer.network`, 0 to 24 kHz). The renderer colours and sounds what either gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from songwright.singer.glottis import Tract
from songwright.singer.spectrum import Shapes
from songwright.text.phones import is_vowel
from songwright.values.performance import SungPhrase
from songwright.values.seed import Luck
from songwright.values.shelf import VoiceCard

FRAME_S = 0.005


@dataclass(frozen=True)
class Span:
    """A phone from onset_s to offset_s (song time)."""

    symbol: str
    onset_s: float
    offset_s: float


@dataclass(frozen=True, eq=False)
class Track:
    """A phrase as a mouth shapes it, a row for each 5 ms from start_s on.

    cepstra (frames, D) in dB, as the mouth's own body curves read them. air_db (frames, A): share of noise at the
    mouth's anchors, 0 dB = all noise. voiced (frames,) bool, vowel (frames,) 0..1.
    """

    start_s: float
    cepstra: np.ndarray
    air_db: np.ndarray
    voiced: np.ndarray
    vowel: np.ndarray
    spans: tuple[Span, ...]

    @property
    def times_s(self) -> np.ndarray:
        """When each frame sounds."""
        return self.start_s + FRAME_S * np.arange(len(self.voiced))


@dataclass(frozen=True)
class Diction:
    """How far a mouth's frames must be pushed to be sung rather than spoken.

    sharpen: contrast of the formants, over the cepstral dimensions `formants`. wander_db: how far formants drift while
    a vowel is held. tilt_db: brightness, dB an octave above 600 Hz. hiss_db: level of hisses against vowels.
    anchors_hz: where air_db is given; vowel_air_db: at most this much noise there in a sung vowel.
    """

    sharpen: float
    formants: tuple[int, int]
    wander_db: float
    tilt_db: float
    hiss_db: float
    anchors_hz: tuple[float, ...]
    vowel_air_db: tuple[float, ...]


class Mouth(Protocol):
    """What turns phones into a track."""

    card: VoiceCard
    diction: Diction
    vowel_db: float

    def shapes(self, formant_scale: float, ring_hz: float) -> Shapes:
        """The curves its cepstra are weights of, for a head of this size."""
        ...

    def read(self, phrase: SungPhrase, luck: Luck) -> Track:
        """A phrase shaped, phone by phone."""
        ...

    def body(self, track: Track, cepstra: np.ndarray, hiss: np.ndarray) -> np.ndarray:
        """Weights of the body curves. hiss (frames,): 0..1, how much of a frame is a hiss; the mean level untouched."""
        ...

    def refined(self, tract: Tract, track: Track, f0_hz: np.ndarray, formant_scale: float) -> Tract:
        """A coloured tract with what a vocoder knows better; without a vocoder, as it is."""
        ...


VOICELESS = frozenset(
    ("PAU", "P", "T", "K", "CH", "F", "TH", "S", "SH", "HH", "C", "X", "TS", "PF", "Q")
)  # fmt: skip


def sounding(spans: Sequence[Span], times: np.ndarray) -> np.ndarray:
    """Where the folds swing, by the class of the phone, (frames,) bool."""
    voiced = np.zeros(len(times), bool)
    for span in spans:
        if span.symbol not in VOICELESS:
            voiced |= (times >= span.onset_s) & (times < span.offset_s)
    return voiced


def vowel_weight(spans: Sequence[Span], times: np.ndarray) -> np.ndarray:
    """1 inside vowels, 0 inside consonants, with ramps of 40 ms inside the vowel."""
    weight = np.zeros(len(times), np.float32)
    for span in spans:
        if is_vowel(span.symbol):
            ramp = max(min(0.04, (span.offset_s - span.onset_s) / 2), 1e-3)
            rise = np.minimum(times - span.onset_s, span.offset_s - times) / ramp
            weight = np.maximum(weight, np.clip(rise, 0, 1))
    return weight


def class_weight(track: Track, symbols: frozenset[str]) -> np.ndarray:
    """1 where phones of a class sound, else 0, rounded over 25 ms."""
    weight = np.zeros(len(track.voiced))
    for span in track.spans:
        if span.symbol in symbols:
            weight[(track.times_s >= span.onset_s) & (track.times_s < span.offset_s)] = 1.0
    kernel = np.hanning(7)[1:-1] / np.hanning(7).sum()
    return np.convolve(weight, kernel, mode="same")


def wander(luck: Luck, phrase: SungPhrase, rate_hz: float) -> np.ndarray:
    """A slow random curve within -1..1 for a phrase, about rate_hz changes a second."""
    return luck.noise(max(4, int(phrase.offset_s - phrase.onset_s) * int(rate_hz) + 4))


def stretch(curve: np.ndarray, count: int) -> np.ndarray:
    """A coarse curve as `count` values, with rounded corners."""
    place = np.linspace(0, len(curve) - 1.001, count)
    low = place.astype(int)
    part = place - low
    part = part * part * (3 - 2 * part)
    return curve[low] * (1 - part) + curve[low + 1] * part
