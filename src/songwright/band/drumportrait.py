"""Drums by their portraits: a skin whose pitch falls, modes that ring, bands of noise, as one recording had them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from songwright.band.additive import gains, hiss, tones
from songwright.band.portrait import BANDS_HZ, KNOTS_S, from_bytes
from songwright.values.audio import RATE_HZ
from songwright.values.seed import Luck

_MIDDLE_HZ = np.sqrt(BANDS_HZ[1:] * BANDS_HZ[:-1])
_STEP = 32
_TILT_DB = 6.0  # an octave, from the softest stroke to the hardest
_USUAL = 0.75  # the strength of the recorded stroke


@dataclass(frozen=True, eq=False)
class DrumPortrait:
    """One stroke of a drum. skin_hz: pitch of its low tone at the knots, and skin: its level, bytes (both (knots,);
    a cymbal's is silent). modes_hz: (modes,), modes: (modes, knots), noise: (bands, knots), bytes (`from_bytes`)."""

    skin_hz: np.ndarray
    skin: np.ndarray
    modes_hz: np.ndarray
    modes: np.ndarray
    noise: np.ndarray

    def strike(self, luck: Luck, frames: int, strength: float, wide: bool) -> np.ndarray:
        """A stroke, float32 (frames,), or (2, frames) where wide: harder is brighter, no two are quite alike."""
        tilt = _TILT_DB * (strength - _USUAL)
        modes_hz = self.modes_hz.astype(np.float64) * (1 + 0.003 * luck.noise(len(self.modes_hz)))
        modes = from_bytes(self.modes) + (tilt * _octaves(modes_hz) + luck.noise(len(modes_hz)))[:, None]
        noise = (
            from_bytes(self.noise)
            + (tilt * _octaves(_MIDDLE_HZ) + 0.7 * luck.noise(len(_MIDDLE_HZ)))[:, None]
        )
        tone = tones(modes_hz, np.pi * luck.noise(len(modes_hz)), modes, frames)
        tone += self._low(frames, 1 + 0.008 * luck.uniform(-1, 1))
        if not wide:
            return tone + hiss(noise, frames, luck)
        middle = tone + np.float32(0.8) * hiss(noise, frames, luck)
        return np.stack([middle + np.float32(0.6) * hiss(noise, frames, luck) for _ in range(2)])

    def _low(self, frames: int, tuning: float) -> np.ndarray:
        level = from_bytes(self.skin)[None]
        if level.max() < -90:
            return np.zeros(frames, dtype=np.float32)
        time = np.arange(frames) / RATE_HZ
        # A pitch that falls, read straight between the knots on a scale of octaves.
        hz = 2.0 ** np.interp(time, KNOTS_S, np.log2(self.skin_hz * tuning))
        turn = 2 * np.pi * (np.cumsum(hz) - hz[0]) / RATE_HZ
        count = -(-frames // _STEP) + 1
        loud = np.interp(np.arange(frames), np.arange(count) * _STEP, gains(level, count, _STEP)[0])
        return (np.sin(turn) * loud).astype(np.float32)


def _octaves(hz: np.ndarray) -> np.ndarray:
    return np.clip(np.log2(np.maximum(hz, 1.0) / 1500.0), -3.0, 3.0)


def drum_portraits(arrays: Mapping[str, np.ndarray]) -> Mapping[str, DrumPortrait]:
    """Every drum on the shelf, by piece."""
    pieces = sorted({name.split("/")[1] for name in arrays if name.startswith("drum/")})
    fields = DrumPortrait.__dataclass_fields__
    return {piece: DrumPortrait(*(arrays[f"drum/{piece}/{f}"] for f in fields)) for piece in pieces}
