"""A mouth learned from recordings: the acoustic network turns phones, pitch and effort into the whole spectrum.

Notes fix the pitch, so the network is only asked how the vocal tract stands (64 cepstral numbers, 0 to 24 kHz), how
much air is in the sound, and whether the folds swing. Phones it was not trained on are sung as their nearest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from songwright.errors import ShelfError
from songwright.singer import conditioning, fullband
from songwright.singer.alignment import lay_out
from songwright.singer.blend import shares_of
from songwright.singer.glottis import Tract
from songwright.singer.spectrum import FINE_HZ, Shapes
from songwright.singer.track import FRAME_S, Diction, Track, sounding, vowel_weight
from songwright.singer.vocoder import Vocoder
from songwright.text import phones
from songwright.values.performance import SungPhone, SungPhrase
from songwright.values.seed import Luck
from songwright.values.shelf import VoiceCard

DB = 10.0 / np.log(10.0)
EFFORT_REACH = 2.0
"""Effort 0..1 of a performance is -1..1 of the network."""
MAY_FALL_SILENT = frozenset(("B", "D", "G", "JH", "V", "DH", "Z", "ZH", "HH"))
"""Consonants whose voicing the network decides; all others are voiced or not by what they are."""
PROBE = ("T", "AA", "T", "EH", "T", "IY", "T", "OW", "T", "AE", "T")


class Runs(Protocol):
    """What a trained network does (`runtime.session.Network`)."""

    @property
    def inputs(self) -> tuple[str, ...]: ...
    @property
    def metadata(self) -> Mapping[str, str]: ...
    def run(self, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]: ...


class NetworkMouth:
    """A voice that speaks with the acoustic network, as one of its speakers or between several."""

    diction = Diction(
        sharpen=1.0,
        formants=(6, 28),
        wander_db=0.25,
        tilt_db=1.2,
        hiss_db=0.0,
        anchors_hz=(0.0, *fullband.AIR_HZ, 24_000.0),
        vowel_air_db=(-60.0, -14.0, -7.0, -3.0, -1.5, -1.0, 0.0),
    )

    def __init__(self, card: VoiceCard, network: Runs, vocoder: Vocoder | None = None) -> None:
        """Raises ShelfError where the network does not know the speaker of the card."""
        self.card, self._network, self._vocoder = card, network, vocoder
        speakers = tuple(network.metadata.get("speakers", "").split(","))
        try:
            self._speaker = conditioning.speaker_weights(shares_of(card.speaker), speakers)
        except (KeyError, ValueError) as problem:
            raise ShelfError(f"voice {card.id}", f"its network has no speaker {card.speaker!r}") from problem
        self.vowel_db = self._usual_vowel_db()

    def shapes(self, formant_scale: float, ring_hz: float) -> Shapes:
        """Cosines over the whole band, warped to the size of the head."""
        return Shapes(_cosines(FINE_HZ / formant_scale), ring_hz, self.diction.anchors_hz)

    def read(self, phrase: SungPhrase, luck: Luck) -> Track:
        """A phrase shaped by the network; its noise input makes every take another one."""
        spans = lay_out(phrase, _spelled)
        start_s = spans[0].onset_s
        count = int(np.ceil((spans[-1].offset_s - start_s) / FRAME_S)) + 1
        times = start_s + FRAME_S * np.arange(count)
        when = phrase.onset_s + np.arange(len(phrase.f0_hz)) / phrase.rate_hz
        f0 = np.interp(times, when, phrase.f0_hz)
        effort = EFFORT_REACH * (np.interp(times, when, phrase.effort) - 0.5)
        timing = conditioning.Timing(
            tuple(span.symbol for span in spans),
            np.array([span.onset_s for span in spans]),
            np.array([span.offset_s for span in spans]),
        )
        inputs = conditioning.condition(timing, start_s, count, f0, effort)
        made = self._run(inputs, luck)
        voiced = sounding(spans, times)
        unsure = np.zeros(count, bool)
        for span in spans:
            if span.symbol in MAY_FALL_SILENT:
                unsure |= (times >= span.onset_s) & (times < span.offset_s)
        voiced = np.where(unsure, made["voicing"].reshape(-1) > 0.5, voiced)
        air = np.hstack([np.full((count, 1), -60.0), made["bap"], np.zeros((count, 1))])
        return Track(start_s, made["cepstra"] * _UNIT, air, voiced, vowel_weight(spans, times), spans)

    def body(self, track: Track, cepstra: np.ndarray, hiss: np.ndarray) -> np.ndarray:
        """The cepstra as they are: the network has drawn the whole band."""
        return cepstra

    def refined(self, tract: Tract, track: Track, f0_hz: np.ndarray, formant_scale: float) -> Tract:
        """The tract as the vocoder refines it, judging by the frames the network drew."""
        if self._vocoder is None:
            return tract
        air = track.air_db[:, 1:-1]
        return self._vocoder.refined(tract, track.cepstra / _UNIT, air, f0_hz, track.voiced, formant_scale)

    def _run(self, inputs: dict[str, np.ndarray], luck: Luck) -> dict[str, np.ndarray]:
        """The network's answer without batch dimension, for inputs as from `conditioning.condition`."""
        count = len(inputs["phones"])
        noise = luck.noise(count * conditioning.NOISE * 4).reshape(4, count, conditioning.NOISE)
        normal = (noise.sum(axis=0) * np.sqrt(3.0 / 4.0)).astype(np.float32)
        given = {**inputs, "noise": normal, "speaker": self._speaker}
        return self._network.run({name: given[name] for name in self._network.inputs})

    def _usual_vowel_db(self) -> float:
        """How loud this voice's vowels are in the middle of its range, dB from 150 Hz to 4 kHz."""
        middle = 0.5 * (self.card.midi_low + self.card.midi_high)
        sung = tuple(SungPhone(symbol, 0.25 * k, 0.25 * k + 0.25, "") for k, symbol in enumerate(PROBE))
        flat = np.full(round(50 * len(PROBE)), 440.0 * 2 ** ((middle - 69) / 12))
        phrase = SungPhrase("probe", 0.0, 200.0, sung, flat, 0 * flat, 0 * flat + 0.5, 0 * flat)
        track = self.read(phrase, Luck(0))
        curve = track.cepstra[track.vowel > 0.9] @ _cosines(np.linspace(150.0, 4_000.0, 64))
        share = 10 * np.log10(3_850.0 / 24_000.0)
        return float(np.median(share + 10 * np.log10(np.mean(10 ** (curve / 10), axis=1))))


_UNIT = (DB * np.sqrt(np.where(np.arange(fullband.DIMENSIONS) == 0, 1.0, 2.0) / fullband.BANDS)).astype(
    np.float32
)
"""From the network's orthonormal cepstra (natural log of power) to weights of cosines of height 1, in dB."""


def _cosines(hz: np.ndarray) -> np.ndarray:
    """Cosines of height 1 over the mel scale up to 24 kHz, (DIMENSIONS, len(hz))."""
    inside = np.minimum(hz, fullband.RATE_HZ / 2)
    return fullband.cosines(inside) * DB / _UNIT[:, None].astype(float)


def _spelled(symbol: str) -> str:
    """The phone of the common list that stands for a symbol."""
    name = symbol.strip().upper().rstrip("012")
    return name if name in phones.PHONES else "AH" if name[:1] in "AEIOU" else "HH"
