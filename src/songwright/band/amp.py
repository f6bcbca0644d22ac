"""What stands between the strings and the room: amplifier, cabinet, rotary speaker, tremolo, width.

Each takes a whole part (channels, frames) float32 and returns it stereo or mono, same length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr
from scipy.signal import lfilter, oaconvolve

from songwright.band.modes import filter_of
from songwright.values.audio import RATE_HZ

# A closed 4x12 cabinet through a dynamic microphone, and a small open one: points (hz, dB).
CABINETS = {
    "stack": ((40, -24), (75, -6), (110, 2), (180, 0), (400, -3), (800, -2), (1600, 1), (2600, 4), (3600, 3),
              (4600, -4), (5600, -14), (7500, -30), (12000, -48), (20000, -60)),
    "combo": ((40, -18), (80, -3), (130, 2), (250, 1), (500, -1), (1000, 0), (2200, 3), (3500, 3), (4800, 0),
              (6000, -8), (8000, -20), (12000, -36), (20000, -50)),
    "bass": ((25, -6), (45, 0), (90, 2), (200, 0), (500, -2), (1200, 0), (2500, -1), (3800, -7), (6000, -20),
             (20000, -45)),
}  # fmt: skip

_BLOCK = 2**18  # frames: effects go through long parts piece by piece, so that these cost no memory


@dataclass(frozen=True)
class Amplifier:
    """A valve stage driven into its curve, then a cabinet. drive: gain before the curve, 0 = none; bias: asymmetry.

    tight_hz: what is below is taken out before the drive, so that low strings do not blur. The curve is run at
    twice the rate; what folds back lies above the cabinet's reach.
    """

    cabinet: str
    drive: float = 0.0
    bias: float = 0.15
    tight_hz: float = 120.0

    def finish(self, sound: np.ndarray) -> np.ndarray:
        """The part through amplifier and cabinet, mono (1, frames)."""
        signal = sound.mean(axis=0)
        if self.drive > 0:
            signal = self._driven(signal)
        kernel = filter_of(CABINETS[self.cabinet])
        out = np.zeros((1, len(signal)), dtype=np.float32)
        for start in range(0, len(signal), _BLOCK):
            heard = oaconvolve(signal[start : start + _BLOCK], kernel)[: len(signal) - start]
            out[0, start : start + len(heard)] += heard
        return out

    def _driven(self, signal: np.ndarray) -> np.ndarray:
        frames = len(signal)
        pole = float(np.exp(-2 * np.pi * self.tight_hz / RATE_HZ))
        signal = lfilter(np.array([1, -1], np.float32) * np.float32(0.5 + 0.5 * pole),
                         np.array([1, -pole], np.float32), signal.astype(np.float32))  # fmt: skip
        twice = soxr.resample(signal, RATE_HZ, 2 * RATE_HZ, quality="MQ")
        twice *= np.float32(self.drive)
        twice += np.float32(self.bias)
        np.tanh(twice, out=twice)
        twice -= np.float32(np.tanh(self.bias))
        back = soxr.resample(twice, 2 * RATE_HZ, RATE_HZ, quality="MQ")
        out = np.zeros(frames, dtype=np.float32)
        out[: min(frames, len(back))] = back[:frames]
        pole = float(np.exp(-2 * np.pi * 30.0 / RATE_HZ))  # the curve's offset stays behind the transformer
        return lfilter(np.array([1, -1], np.float32), np.array([1, -pole], np.float32), out)


@dataclass(frozen=True)
class Rotary:
    """A rotating horn: pitch and loudness swing once a turn, differently in each ear. turn_hz: slow 0.8, fast 6.5."""

    turn_hz: float = 5.8
    depth_ms: float = 0.32

    def finish(self, sound: np.ndarray) -> np.ndarray:
        """The part through the rotor, stereo."""
        signal = sound.mean(axis=0)
        frames = len(signal)
        padded = np.concatenate([np.zeros(64, np.float32), signal, np.zeros(64, np.float32)])
        out = np.empty((2, frames), dtype=np.float32)
        period = RATE_HZ / self.turn_hz
        cycle = np.arange(round(period)) / round(period)
        for ear, angle in enumerate((0.0, 0.25)):
            swing = np.sin(2 * np.pi * (cycle + angle))
            late = self.depth_ms * 1e-3 * RATE_HZ * (1 + swing)
            whole = late.astype(np.int64)
            part = (late - whole).astype(np.float32)
            loud = (1 - 0.22 * np.sin(2 * np.pi * (cycle + angle))).astype(np.float32)
            for start in range(0, frames, _BLOCK):
                here = np.arange(start, min(frames, start + _BLOCK))
                turn = here % len(cycle)
                index = here + 64 - whole[turn]
                out[ear, start : start + _BLOCK] = loud[turn] * (
                    padded[index] * (1 - part[turn]) + padded[index - 1] * part[turn]
                )
        return out


@dataclass(frozen=True)
class Tremolo:
    """Loudness swings from side to side, as in a stage electric piano. depth: 0..1."""

    rate_hz: float = 4.2
    depth: float = 0.22

    def finish(self, sound: np.ndarray) -> np.ndarray:
        """The part, stereo."""
        out = np.empty((2, sound.shape[1]), dtype=np.float32)
        for start in range(0, sound.shape[1], _BLOCK):
            here = np.arange(start, min(sound.shape[1], start + _BLOCK))
            swing = self.depth * np.sin(2 * np.pi * self.rate_hz * here / RATE_HZ)
            mono = sound[:, start : start + _BLOCK].mean(axis=0)
            out[0, start : start + _BLOCK] = mono * (1 + swing)
            out[1, start : start + _BLOCK] = mono * (1 - swing)
        return out
