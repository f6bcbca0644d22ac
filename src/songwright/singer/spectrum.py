"""From cepstra and colours to the shape of the vocal tract at 48 kHz: level and phase of every frequency.

All shapes are sums: the cepstrum of the bank plus colours (tilt, singing formant, the top above 8 kHz), each a fixed
curve in dB times a weight per frame. The phase that belongs to a shape is its minimum phase, and that is a sum of the
same kind (the Hilbert transform is linear), so a frame needs no Fourier transform to get it.
"""

from __future__ import annotations

import numpy as np

from songwright.singer.bank import DIMENSIONS, SOURCE_RATE_HZ, cosines

FFT = 1024
RATE_HZ = 48_000
BINS = FFT // 2 + 1
VOICE_TOP_HZ, HISS_TOP_HZ = 5_600.0, 7_050.0
"""Where the bank ends for voiced sounds (above, it holds artefacts of its source) and for hisses."""
LN10_20 = np.log(10.0) / 20.0
COLOURS = ("level", "slope", "hiss_slope", "tilt", "formant", "twang", "hollow")
"""Weights: overall dB; dB an octave above the end of the bank for voice and
for hiss, and above 600 Hz; dB of the singing formant and of the twang;
dB below 600 Hz."""

NOISE_ANCHORS_HZ = (0.0, 3_000.0, 6_000.0, 9_000.0, 13_000.0, 24_000.0)


class Shapes:
    """The curves of one singer. formant_scale: > 1 smaller head. ring_hz: centre of the singing formant."""

    def __init__(self, formant_scale: float, ring_hz: float) -> None:
        fine = 4 * FFT
        hz = np.fft.rfftfreq(fine, 1 / RATE_HZ)
        voice, voice_slope = _body(hz, VOICE_TOP_HZ, 0.72, formant_scale)
        hiss, hiss_slope = _body(hz, HISS_TOP_HZ, 0.92, formant_scale)
        curves = np.vstack(
            [
                voice,
                hiss,
                np.ones_like(hz),
                voice_slope,
                hiss_slope,
                np.minimum(np.log2(np.maximum(hz, 600.0) / 600.0), 3.2),
                np.exp(-0.5 * ((hz - ring_hz) / 550.0) ** 2),
                np.exp(-0.5 * ((hz - 2_800.0) / 900.0) ** 2)
                - 0.5 * np.exp(-0.5 * ((hz - 800.0) / 300.0) ** 2),
                1 / (1 + np.exp((hz - 600.0) / 80.0)),
            ]
        )
        self.level = curves[:, ::4].astype(np.float32)
        self.phase = (_minimum_phase(curves) * LN10_20)[:, ::4].astype(np.float32)
        rumble = -30.0 * np.exp(-((hz / 55.0) ** 2))
        self._still_level = rumble[::4].astype(np.float32)
        self._still_phase = (_minimum_phase(rumble[None])[0] * LN10_20)[::4].astype(np.float32)
        self.noise = _hats(hz[::4]).astype(np.float32)

    def shape(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Level (natural log of amplitude) and phase (radians) of frames, (frames, BINS) each.

        weights: (frames, 2 D + colours): cepstrum as voice and as hiss (their sum is the sound), then COLOURS.
        """
        weights = weights.astype(np.float32)
        level = weights @ self.level + self._still_level
        return level * np.float32(LN10_20), weights @ self.phase + self._still_phase


def weights_of(cepstra: np.ndarray, hiss: np.ndarray) -> np.ndarray:
    """Frames of cepstra, hiss (0..1) of each sounding as hiss, all colours 0: ready for `Shapes.shape`."""
    share = hiss[:, None].astype(cepstra.dtype)
    return np.hstack(
        [cepstra * (1 - share), cepstra * share, np.zeros((len(cepstra), len(COLOURS)), cepstra.dtype)]
    )


def colour_column(name: str) -> int:
    """Where a colour stands among the weights."""
    return 2 * DIMENSIONS + COLOURS.index(name)


def band_matrix(low_hz: float, high_hz: float, bins: int = 64) -> np.ndarray:
    """Cosines at `bins` frequencies between low_hz and high_hz, (D, bins): to measure the level of a cepstrum."""
    return cosines(np.linspace(low_hz, min(high_hz, SOURCE_RATE_HZ / 2), bins)).astype(np.float32)


def _body(
    hz: np.ndarray, top_hz: float, from_share: float, formant_scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """Cosines with their top cut off and replaced by the mean just below it (D, bins), and octaves above the top."""
    top = top_hz * formant_scale
    share = 1 / (1 + np.exp(-(hz - top) / 150.0))
    near = cosines(np.linspace(from_share, 1.0, 9) * top_hz).mean(axis=1)
    octaves = np.log2(np.maximum(hz, top) / top)
    return cosines(hz / formant_scale) * (1 - share) + near[:, None] * share, octaves


def _minimum_phase(curves_db: np.ndarray) -> np.ndarray:
    """Minimum phase of log-magnitude curves, same scale (Oppenheim & Schafer, ch. 13: folded cepstrum)."""
    cepstrum = np.fft.irfft(curves_db, axis=1)
    half = cepstrum.shape[1] // 2
    fold = np.zeros(cepstrum.shape[1])
    fold[0] = fold[half] = 1.0
    fold[1:half] = 2.0
    return np.fft.rfft(cepstrum * fold, axis=1).imag


def _hats(hz: np.ndarray) -> np.ndarray:
    """Linear interpolation between `NOISE_ANCHORS_HZ` as a matrix (anchors, bins)."""
    unit = np.eye(len(NOISE_ANCHORS_HZ))
    return np.stack([np.interp(hz, NOISE_ANCHORS_HZ, row) for row in unit])
