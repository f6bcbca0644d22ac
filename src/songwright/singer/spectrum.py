"""From cepstra and colours to the shape of the vocal tract at 48 kHz: level and phase of every frequency.

All shapes are sums: the cepstrum of the mouth plus colours (tilt, singing formant, twang), each a fixed curve in dB
times a weight per frame. The phase that belongs to a shape is its minimum phase, and that is a sum of the
same kind (the Hilbert transform is linear), so a frame needs no Fourier transform to get it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FFT = 1024
RATE_HZ = 48_000
BINS = FFT // 2 + 1
LN10_20 = np.log(10.0) / 20.0
COLOURS = ("level", "tilt", "formant", "twang", "hollow")
"""Weights: overall dB; dB an octave above 600 Hz; dB of the singing formant and of the twang; dB below 600 Hz."""
CHEST_HZ = 80.0 * 2 ** (0.5 * np.arange(8))
"""Centres of the hills, an octave wide, that lift the fundamental alone: two neighbours share each pitch."""
FINE_HZ = np.fft.rfftfreq(4 * FFT, 1 / RATE_HZ)
"""Frequencies at which body curves are given: four times as fine as the sound is made, so that phases are exact."""


class Shapes:
    """The curves of one singer.

    body: (B, len(FINE_HZ)) dB for a weight of 1. ring_hz: centre of the singing formant. anchors_hz: frequencies
    between which the share of noise is interpolated.
    """

    def __init__(self, body: np.ndarray, ring_hz: float, anchors_hz: Sequence[float]) -> None:
        hz = FINE_HZ
        colours = (
            np.ones_like(hz),
            np.minimum(np.log2(np.maximum(hz, 600.0) / 600.0), 3.2),
            np.exp(-0.5 * ((hz - ring_hz) / 550.0) ** 2),
            np.exp(-0.5 * ((hz - 2_800.0) / 900.0) ** 2) - 0.5 * np.exp(-0.5 * ((hz - 800.0) / 300.0) ** 2),
            1 / (1 + np.exp((hz - 600.0) / 80.0)),
        )
        far = np.abs(np.log2(np.maximum(hz, 1.0)[None] / CHEST_HZ[:, None])) / 0.5
        curves = np.vstack([body, *colours, np.cos(0.5 * np.pi * np.minimum(far, 1.0)) ** 2])
        self.body_columns = len(body)
        self.anchors_hz = np.array(anchors_hz)
        self.level = curves[:, ::4].astype(np.float32)
        self.phase = (minimum_phase(curves) * LN10_20)[:, ::4].astype(np.float32)
        rumble = -30.0 * np.exp(-((hz / 55.0) ** 2))
        self._still_level = rumble[::4].astype(np.float32)
        self._still_phase = (minimum_phase(rumble[None])[0] * LN10_20)[::4].astype(np.float32)
        self.noise = _hats(hz[::4], self.anchors_hz).astype(np.float32)

    def column(self, name: str) -> int:
        """Where a colour stands among the weights."""
        return self.body_columns + COLOURS.index(name)

    def weights(self, body: np.ndarray) -> np.ndarray:
        """Weights (frames, B + colours + chest) of frames whose body weights are given (frames, B), all colours 0."""
        return np.hstack([body, np.zeros((len(body), len(COLOURS) + len(CHEST_HZ)), body.dtype)])

    def lift_fundamental(self, weights: np.ndarray, f0_hz: np.ndarray, lift_db: np.ndarray) -> None:
        """Add lift_db (frames,) to the first harmonic, and to no other."""
        place = np.clip(2.0 * np.log2(f0_hz / CHEST_HZ[0]), 0.0, len(CHEST_HZ) - 1.0)
        first = np.minimum(place.astype(int), len(CHEST_HZ) - 2)
        share = np.sin(0.5 * np.pi * (place - first)) ** 2
        lift_db = lift_db / (share**2 + (1.0 - share) ** 2)  # what two half hills lack in height
        rows = np.arange(len(weights))
        start = self.body_columns + len(COLOURS)
        weights[rows, start + first] += lift_db * (1.0 - share)
        weights[rows, start + first + 1] += lift_db * share

    def shape(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Level (natural log of amplitude) and phase (radians) of frames, (frames, BINS) each.

        weights: (frames, B + colours), as from `weights`.
        """
        weights = weights.astype(np.float32)
        level = weights @ self.level + self._still_level
        return level * np.float32(LN10_20), weights @ self.phase + self._still_phase


def minimum_phase(curves_db: np.ndarray) -> np.ndarray:
    """Minimum phase of log-magnitude curves, same scale (Oppenheim & Schafer, ch. 13: folded cepstrum)."""
    cepstrum = np.fft.irfft(curves_db, axis=1)
    half = cepstrum.shape[1] // 2
    fold = np.zeros(cepstrum.shape[1])
    fold[0] = fold[half] = 1.0
    fold[1:half] = 2.0
    return np.fft.rfft(cepstrum * fold, axis=1).imag


def _hats(hz: np.ndarray, anchors_hz: np.ndarray) -> np.ndarray:
    """Linear interpolation between anchors as a matrix (anchors, bins)."""
    return np.stack([np.interp(hz, anchors_hz, row) for row in np.eye(len(anchors_hz))])
