"""From the shape of a mouth to its sound, refined: a network corrects what a simple source and filter get wrong.

Frames of 64 cepstra and aperiodicity (`singer.fullband`) give a plain tract: WORLD's model of a voice, minimum-phase
pulses beside filtered noise (Morise, Yokomori & Ozawa 2016). The network looks at the frames around each moment and
answers with three curves over frequency: louder or softer pulses, their phase, louder or softer noise. Pulses stay
where the melody puts them, so pitch is exact at any height, also where speech never went. With all curves at zero
the sound is that of the plain tract.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from songwright.runtime.session import Network
from songwright.singer import fullband
from songwright.singer.glottis import HOP, Pulses, Tract, place_pulses, sound_air, sound_pulses
from songwright.singer.spectrum import BINS, FFT, RATE_HZ, minimum_phase

LEAST_AIR = 1e-3
"""A voice is never quite without noise (-60 dB), nor a hiss ever quite without the rest of a pulse."""
LOWEST_AIR_DB = -60.0
"""Noise in a voice at 0 Hz."""
F0_RANGE_HZ = (80.0, 400.0)
"""The network is told no pitch outside of what speech taught it."""
STILL, STILL_HZ = 4.0, 50.0
"""Depth (natural logarithm) and width of the quiet below any voice."""
CHUNK, MARGIN = 2_000, 64
"""Frames given to the network at once, and frames beside them, more than it sees to either side: no seams."""


@lru_cache(maxsize=1)
def curves() -> tuple[np.ndarray, np.ndarray]:
    """What each cepstrum adds to log amplitude and to minimum phase at each frequency, (64, BINS) each, float32."""
    fine = 4 * FFT
    level = fullband.cosines(np.fft.rfftfreq(fine, 1 / RATE_HZ)) / 2  # log power -> log amplitude
    pair = level[:, ::4].astype(np.float32), minimum_phase(level)[:, ::4].astype(np.float32)
    for curve in pair:
        curve.setflags(write=False)
    return pair


@lru_cache(maxsize=1)
def still() -> tuple[np.ndarray, np.ndarray]:
    """What is always taken away below any voice: log amplitude and phase, (BINS,) each, float32.

    Pulses all lean to one side, and an envelope says nothing of 0 Hz: without this they would be a constant offset.
    """
    hz = np.fft.rfftfreq(4 * FFT, 1 / RATE_HZ)
    level = -STILL * np.exp(-((hz / STILL_HZ) ** 2))
    return level[::4].astype(np.float32), minimum_phase(level[None])[0, ::4].astype(np.float32)


@lru_cache(maxsize=1)
def air_lines() -> np.ndarray:
    """Straight lines between 0 Hz, the known aperiodicities and 24 kHz, (7, BINS), float32."""
    known = (0.0, *fullband.AIR_HZ, RATE_HZ / 2)
    hz = np.linspace(0.0, RATE_HZ / 2, BINS)
    lines = np.stack([np.interp(hz, known, row) for row in np.eye(len(known))]).astype(np.float32)
    lines.setflags(write=False)
    return lines


def plain_tract(cepstra: np.ndarray, air_db: np.ndarray, voiced: np.ndarray) -> Tract:
    """The tract as it was measured. cepstra (frames, 64), air_db (frames, 5) dB, voiced (frames,) bool.

    Where the folds swing, the lowest frequencies are theirs, however noisy the rest.
    """
    level, phase = curves()
    frames = np.asarray(cepstra, np.float32)
    known = np.pad(np.minimum(np.asarray(air_db, np.float32), 0.0), ((0, 0), (1, 1)))
    known[:, 0] = LOWEST_AIR_DB
    air = 10 ** (known @ air_lines() / 20)
    air[~np.asarray(voiced, bool)] = 1.0
    calm, calm_phase = still()
    return Tract(frames @ level + calm, frames @ phase + calm_phase, np.maximum(air, LEAST_AIR))


def split(tract: Tract) -> tuple[np.ndarray, np.ndarray]:
    """Log amplitude of the pulses and of the noise of a tract, (frames, BINS) each."""
    air = np.clip(tract.air, LEAST_AIR, 1.0)
    pulses = tract.level + 0.5 * np.log(np.maximum(1 - air**2, LEAST_AIR**2))
    return pulses, tract.level + np.log(air)


def filled(f0_hz: np.ndarray) -> np.ndarray:
    """A pitch in every frame: straight lines through what has none; 200 Hz where nothing is voiced."""
    voiced = np.flatnonzero(f0_hz > 0)
    if not len(voiced):
        return np.full(len(f0_hz), 200.0)
    return np.interp(np.arange(len(f0_hz)), voiced, f0_hz[voiced]).astype(np.float64)


class Vocoder:
    """A trained vocoder. network: takes cepstra, air_db, f0, voiced; gives pulse, turn, hiss (see `refined`)."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def refined(
        self,
        tract: Tract,
        cepstra: np.ndarray,
        air_db: np.ndarray,
        f0_hz: np.ndarray,
        voiced: np.ndarray,
        formant_scale: float = 1.0,
    ) -> Tract:
        """A tract with the network's corrections; its own colours (tilt, ring, growl) stay.

        tract: what the corrections are added to, a row for each frame. cepstra (frames, 64), air_db (frames, 5),
        f0_hz (frames,), voiced (frames,): the frames before colouring, which the network judges by. formant_scale:
        how far the tract's formants were moved up from those frames; the corrections move with them.
        """
        frames = self._inputs(cepstra, air_db, f0_hz, voiced)
        pulse, turn, hiss = (_moved(curve, formant_scale) for curve in self._corrections(frames))
        pulses, noise = split(tract)
        pulses, noise = pulses + pulse, noise + hiss
        level = 0.5 * np.logaddexp(2 * pulses, 2 * noise)
        return Tract(level, tract.phase + turn, np.exp(noise - level))

    def sound(
        self,
        cepstra: np.ndarray,
        air_db: np.ndarray,
        f0_hz: np.ndarray,
        voiced: np.ndarray,
        noise: np.ndarray,
    ) -> np.ndarray:
        """The sound of measured or predicted frames, float32 ((frames - 1) * 240,) at 48 kHz.

        f0_hz: a pitch in every frame, also voiceless ones. noise ((frames + 1) * 240,): unit power, from a seed.
        """
        tract = self.refined(plain_tract(cepstra, air_db, voiced), cepstra, air_db, f0_hz, voiced)
        return sound_of(tract, f0_hz, voiced, noise)

    def _inputs(
        self, cepstra: np.ndarray, air_db: np.ndarray, f0_hz: np.ndarray, voiced: np.ndarray
    ) -> dict[str, np.ndarray]:
        return {
            "cepstra": np.asarray(cepstra, np.float32),
            "air_db": np.minimum(np.asarray(air_db, np.float32), 0.0),
            "f0": np.clip(np.asarray(f0_hz, np.float32), *F0_RANGE_HZ),
            "voiced": np.asarray(voiced, np.float32),
        }

    def _corrections(self, frames: dict[str, np.ndarray]) -> list[np.ndarray]:
        count = len(frames["f0"])
        pieces: list[list[np.ndarray]] = [[], [], []]
        for begin in range(0, count, CHUNK):
            low, high = max(0, begin - MARGIN), min(count, begin + CHUNK + MARGIN)
            answer = self._network.run({name: rows[low:high] for name, rows in frames.items()})
            for piece, name in zip(pieces, ("pulse", "turn", "hiss"), strict=True):
                piece.append(answer[name][begin - low : min(count, begin + CHUNK) - low])
        return [np.concatenate(piece) for piece in pieces]


def _moved(curves: np.ndarray, scale: float) -> np.ndarray:
    """Curves over frequency (frames, BINS) stretched by `scale`; above their end the last value holds."""
    if scale == 1.0:
        return curves
    place = np.minimum(np.arange(BINS) / scale, BINS - 1.001)
    low = place.astype(int)
    share = (place - low).astype(np.float32)
    return curves[:, low] * (1 - share) + curves[:, low + 1] * share


def sound_of(tract: Tract, f0_hz: np.ndarray, voiced: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Pulses and noise through a tract, plainly: one strength for all pulses, float32 ((frames - 1) * 240,)."""
    at, period, _ = place_pulses(f0_hz, np.asarray(voiced, bool))
    frames = (len(f0_hz) - 1) * HOP
    voice = sound_pulses(Pulses(at, period, np.ones(len(at))), tract, frames)
    return voice + sound_air(noise, tract, frames)
