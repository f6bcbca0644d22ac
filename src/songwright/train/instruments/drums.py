"""A drum sits for its portrait: of several recordings of a piece, the one most like the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songwright.band.additive import tones
from songwright.band.drumportrait import DrumPortrait
from songwright.band.portrait import FLOOR_DB, KNOTS_S, to_bytes
from songwright.dsp.resemblance import aligned, mel_distance_db
from songwright.train.instruments.partials import levels
from songwright.train.instruments.samples import Sample
from songwright.train.instruments.sitting import leftover
from songwright.values.audio import RATE_HZ

# Pieces with a skin, and where its low tone is sought, Hz.
_SKINS = {"kick": (30.0, 400.0), "tom-low": (50.0, 300.0), "tom-mid": (60.0, 400.0), "tom-high": (70.0, 500.0),
          "snare": (110.0, 420.0)}  # fmt: skip
_MODES = 12
_LENGTH_S = 2.3


def sit_drum(samples: Sequence[Sample]) -> DrumPortrait:
    """The portrait of one piece."""
    piece = samples[0].portrait.removeprefix("drum/")
    return drum_portrait(typical([stroke(sample) for sample in samples]), piece)


def stroke(sample: Sample) -> np.ndarray:
    """A recorded stroke, mono, (frames,), silence after it."""
    sound = sample.sound().mean(axis=0)[: int(_LENGTH_S * RATE_HZ)]
    return np.pad(sound, (0, int(_LENGTH_S * RATE_HZ) - len(sound))).astype(np.float64)


def typical(sounds: Sequence[np.ndarray]) -> np.ndarray:
    """The sound that is nearest to all others."""
    if len(sounds) < 3:
        return sounds[0]
    short = [sound[: RATE_HZ // 2].astype(np.float32) for sound in sounds]
    off = [sum(mel_distance_db(aligned(a, b), b) for b in short if b is not a) for a in short]
    return sounds[int(np.argmin(off))]


def drum_portrait(sound: np.ndarray, piece: str) -> DrumPortrait:
    """What one stroke (frames,) holds: low tone, modes, noise."""
    skin_hz, skin = np.full(len(KNOTS_S), 100.0), np.full(len(KNOTS_S), FLOOR_DB)
    low = 400.0
    scale = np.abs(sound).max()
    sound = sound / scale
    rest = sound
    if piece in _SKINS:
        skin_hz, skin, tone = low_tone(sound, *_SKINS[piece])
        low, rest = 1.3 * _SKINS[piece][1], sound - tone
    hz = peaks(rest, low)
    modes = levels(rest, hz, False, max(hz[0], 100.0)) if len(hz) else np.zeros((0, len(KNOTS_S)))
    ring = tones(hz, np.zeros(len(hz)), modes, len(sound)) if len(hz) else np.zeros(len(sound))
    noise = leftover(rest[None], ring)
    return DrumPortrait(
        skin_hz.astype(np.float32), to_bytes(skin), hz.astype(np.float32), to_bytes(modes), to_bytes(noise)
    )


def low_tone(sound: np.ndarray, low_hz: float, high_hz: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The skin's tone: its pitch and level (dB) at the knots, and its sound (frames,).

    The band's analytic signal gives both from moment to moment (Boashash, Proc. IEEE 80(4), 1992).
    """
    size = 1 << (2 * len(sound) - 1).bit_length()
    hz = np.fft.fftfreq(size, 1 / RATE_HZ)
    edge = np.clip((hz - 0.6 * low_hz) / (0.4 * low_hz), 0, 1) * np.clip(
        (1.3 * high_hz - hz) / (0.3 * high_hz), 0, 1
    )
    wave = 2 * np.fft.ifft(np.fft.fft(sound, size) * edge)[: len(sound)]
    power = np.abs(wave) ** 2
    turn = np.angle(wave[1:] * np.conj(wave[:-1])) * RATE_HZ / (2 * np.pi)
    time = np.arange(len(turn)) / RATE_HZ
    places, loud = np.empty(len(KNOTS_S)), np.empty(len(KNOTS_S))
    for i, knot in enumerate(KNOTS_S):
        near = np.abs(time - knot) < max(0.003, 0.15 * knot)
        weight = power[:-1][near] + 1e-12
        places[i] = np.clip(np.average(turn[near], weights=weight), low_hz, high_hz)
        loud[i] = 10 * np.log10(np.mean(power[:-1][near]) + 1e-12)
    quiet = loud < loud.max() - 45
    if quiet.any():  # a pitch that cannot be heard stays where it was
        places[int(np.argmax(quiet)) :] = places[max(0, int(np.argmax(quiet)) - 1)]
    return places, np.maximum(loud, FLOOR_DB), wave.real


def peaks(sound: np.ndarray, low_hz: float) -> np.ndarray:
    """The modes that stand out of a stroke's spectrum, at most 12, rising."""
    part = sound[: int(0.6 * RATE_HZ)]
    size = 1 << 16
    db = 20 * np.log10(
        np.abs(np.fft.rfft(part * np.exp(-np.arange(len(part)) / (0.2 * RATE_HZ)), size)) + 1e-9
    )
    step = RATE_HZ / size
    around = np.convolve(db, np.ones(401) / 401, "same")
    top = np.flatnonzero((db[1:-1] > db[:-2]) & (db[1:-1] >= db[2:]) & (db[1:-1] > around[1:-1] + 14)) + 1
    top = top[(top * step > low_hz) & (top * step < 14000) & (db[top] > db.max() - 40)]
    chosen: list[int] = []
    for place in top[np.argsort(-db[top])]:
        if all(abs(place - other) * step > 25 for other in chosen) and len(chosen) < _MODES:
            chosen.append(int(place))
    return np.sort(np.array(chosen, dtype=np.float64)) * step
