"""A recording taken apart: pitch, vocal tract and breathiness every 5 ms, by WORLD, over the whole band of hearing.

Source-filter analysis: Harvest (Morise 2017) and StoneMask for pitch, CheapTrick (2015) for the envelope, D4C (2016)
for aperiodicity. Recordings that end below 20 kHz (compressed, or sampled at 16 kHz) go on level above their end; how
far they can be believed is kept with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from songwright.errors import ShelfError
from songwright.singer import fullband

PITCH_HZ = (55.0, 420.0)
FULL_TOP_HZ = 19_000.0
"""Compressed recordings hold nothing above 20 kHz."""
NARROW_TOP_HZ = 6_800.0
"""As far as speech sampled at 16 kHz can be believed."""


@dataclass(frozen=True, eq=False)
class Features:
    """f0_hz: (frames,), 0 = unvoiced. cepstra: (frames, 64). air_db: (frames, 5), see `singer.fullband`."""

    f0_hz: np.ndarray
    cepstra: np.ndarray
    air_db: np.ndarray


def analyse(sound: np.ndarray, rate_hz: int, pitch_hz: tuple[float, float] = PITCH_HZ) -> Features:
    """Take a mono recording (samples,) apart; about a quarter of its length of computing time.

    pitch_hz: lowest and highest note the voice may have; narrower is safer against octave errors.
    """
    import pyworld
    import soxr

    narrow = rate_hz < 40_000
    mono = soxr.resample(np.asarray(sound, np.float64), rate_hz, fullband.RATE_HZ)
    rate = fullband.RATE_HZ
    f0, times = pyworld.harvest(
        mono, rate, f0_floor=pitch_hz[0], f0_ceil=pitch_hz[1], frame_period=1000 * fullband.FRAME_S
    )
    f0 = pyworld.stonemask(mono, f0, times, rate)
    envelope = fullband.envelope_of_power(pyworld.cheaptrick(mono, f0, times, rate))
    air = pyworld.code_aperiodicity(pyworld.d4c(mono, f0, times, rate), rate)
    return finish(f0, envelope, air, NARROW_TOP_HZ if narrow else FULL_TOP_HZ)


def finish(f0_hz: np.ndarray, envelope: np.ndarray, air_db: np.ndarray, top_hz: float) -> Features:
    """Features from what WORLD measured: nothing above top_hz is believed, the level below it goes on."""
    envelope = np.maximum(np.asarray(envelope, np.float32), fullband.FLOOR)
    above = fullband.band_hz() > top_hz
    first = int(np.argmax(above))
    envelope[:, above] = envelope[:, first - 4 : first].mean(axis=1, keepdims=True)
    air = np.array(air_db, np.float32)
    known = np.array(fullband.AIR_HZ) <= top_hz
    air[:, ~known] = air[:, known][:, -1:]
    return Features(
        f0_hz.astype(np.float32),
        fullband.cepstra_of(envelope).astype(np.float16),
        np.clip(air, -60, 0).astype(np.float16),
    )


def read_recording(path: Path) -> tuple[np.ndarray, int]:
    """A recording as mono float64 (samples,) and its rate. ShelfError where it is no sound, silent or clipped."""
    import soundfile

    try:
        sound, rate = soundfile.read(path, always_2d=True)
    except (OSError, RuntimeError) as problem:
        raise ShelfError(path.name, "is not a sound file that can be read") from problem
    mono = sound.mean(axis=1)
    if len(mono) < rate // 5 or np.abs(mono).max() < 1e-4:
        raise ShelfError(path.name, "is empty or silent")
    if np.mean(np.abs(sound) >= 0.999) > 0.002:
        raise ShelfError(path.name, "is clipped: record it again with less gain")
    if rate < 16_000:
        raise ShelfError(path.name, f"is sampled at {rate} Hz; 16000 is the least, 44100 or more is better")
    return mono, int(rate)


def save(path: Path, features: Features) -> None:
    """Write features beside their recording, whole or not at all."""
    aside = path.with_suffix(".part.npz")
    np.savez(aside, f0_hz=features.f0_hz, cepstra=features.cepstra, air_db=features.air_db)
    aside.replace(path)


def load(path: Path) -> Features:
    """Read features back. ShelfError where the file is damaged."""
    try:
        with np.load(path) as arrays:
            return Features(arrays["f0_hz"], arrays["cepstra"], arrays["air_db"])
    except (OSError, ValueError, KeyError) as problem:
        raise ShelfError(path.name, "holds no voice features") from problem
