"""Partials and noise that follow decibels over time: the sound of a portrait.

Decibels are given at the moments KNOTS_S and run straight between them, so every stretch is an exponential; after
the last moment they go on falling as they fell before it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import fft

from songwright.band.portrait import BANDS_HZ, KNOTS_S
from songwright.values.audio import RATE_HZ
from songwright.values.seed import Luck, Seed

_BLOCK = 128
_WINDOW, _HOP = 512, 128
_POOL = 1031  # a prime, so that nothing repeats in step
_DEAF_DB = -84.0  # below the strongest partial
_LEFT = -95.0


@cache
def _path(count: int, step: int) -> np.ndarray:
    """Weights (knots, count) that read curves given at the knots every `step` samples."""
    time = np.arange(count) * (step / RATE_HZ)
    above = np.clip(np.searchsorted(KNOTS_S, time, side="right"), 1, len(KNOTS_S) - 1)
    share = (time - KNOTS_S[above - 1]) / (KNOTS_S[above] - KNOTS_S[above - 1])
    weights = np.zeros((len(KNOTS_S), count))
    weights[above, np.arange(count)] = share
    weights[above - 1, np.arange(count)] = 1 - share
    weights.flags.writeable = False
    return weights


def gains(db: np.ndarray, count: int, step: int) -> np.ndarray:
    """Curves (rows, knots) in dB as amplitudes every `step` samples: float32 (rows, count)."""
    # Powers of two on single floats: twice as fast as powers of ten on double ones.
    path = db @ _path(1 << max(4, (count - 1).bit_length()), step)[:, :count]
    return np.exp2(np.maximum(path, -140.0).astype(np.float32) * np.float32(0.16609640474))


def tones(hz: np.ndarray, turns: np.ndarray, db: np.ndarray, frames: int) -> np.ndarray:
    """A sum of partials with moving levels, float32 (frames,).

    hz, turns (radians at the start): (partials,). db: (partials, knots). Time is cut into blocks; inside a block a
    partial is a turning phasor whose length runs straight from edge to edge, so the sum is one matrix product.
    """
    out = np.zeros(frames, dtype=np.float32)
    keep = (hz < 0.46 * RATE_HZ) & (hz > 0) & (db.max(axis=1) > _DEAF_DB)
    if not keep.any():
        return out
    hz, turns, db = hz[keep], turns[keep], db[keep]
    blocks = -(-frames // _BLOCK)
    level = gains(db, blocks + 1, _BLOCK)
    heard = level > np.float32(10.0 ** (_LEFT / 20.0))
    life = np.where(heard.any(axis=1), heard.shape[1] - np.argmax(heard[:, ::-1], axis=1), 1)
    edges = sorted({max(1, blocks // 16), max(1, blocks // 4), blocks})
    low = 0
    for high in edges:
        mine = (life > low) & ((life <= high) if high < blocks else True)
        low = high
        if mine.any():
            n = min(frames, high * _BLOCK)
            out[:n] += _sum(hz[mine], turns[mine], level[mine, : high + 1])[:n]
    return out


def _sum(hz: np.ndarray, turns: np.ndarray, level: np.ndarray) -> np.ndarray:
    step = 2 * np.pi * hz / RATE_HZ
    blocks = level.shape[1] - 1
    inside = np.exp(1j * step[:, None] * np.arange(_BLOCK)).astype(np.complex64)
    starts = np.exp(1j * (step[:, None] * (_BLOCK * np.arange(blocks)) + turns[:, None])).astype(np.complex64)
    first, grow = starts * level[:, :-1], starts * np.diff(level, axis=1)
    ramp = inside * (np.arange(_BLOCK, dtype=np.float32) / _BLOCK)
    left = np.concatenate([first.real, -first.imag, grow.real, -grow.imag]).T
    right = np.concatenate([inside.real, inside.imag, ramp.real, ramp.imag])
    return (left @ right).reshape(-1)


@cache
def _hearing() -> np.ndarray:
    """Weights (bins, bands) that read a curve over noise bands at the bins of a window, straight over log Hz."""
    centres = np.log2(np.sqrt(BANDS_HZ[1:] * BANDS_HZ[:-1]))
    hz = np.log2(np.maximum(fft.rfftfreq(_WINDOW, 1 / RATE_HZ), 20.0))
    weights = np.stack([np.interp(hz, centres, row) for row in np.eye(len(centres))], axis=1)
    weights.flags.writeable = False
    return weights


@cache
def band_widths() -> np.ndarray:
    """Hz of each noise band."""
    return np.diff(BANDS_HZ)


def hiss(db: np.ndarray, frames: int, luck: Luck) -> np.ndarray:
    """Noise whose bands have moving levels, float32 (frames,). db: (bands, knots), the RMS of each whole band."""
    # Levels are of whole bands; bins want density.
    density = db - 10 * np.log10(band_widths())[:, None]
    level = gains(_hearing() @ density, -(-frames // _HOP) + 4, _HOP)
    heard = np.flatnonzero((level**2).sum(axis=0) * RATE_HZ / _WINDOW > 10.0 ** (_LEFT / 10.0))
    out = np.zeros(frames, dtype=np.float32)
    if not len(heard):
        return out
    count = min(level.shape[1], int(heard[-1]) + 5)
    places = (luck.integer(0, _POOL - 1) + np.arange(count)) % _POOL
    waves = fft.irfft(_white()[places] * level[:, :count].T, axis=1) * _bell()
    padded = np.zeros((count + _WINDOW // _HOP) * _HOP, dtype=np.float32)
    for k in range(_WINDOW // _HOP):
        rows = waves[:, k * _HOP : (k + 1) * _HOP].reshape(-1)
        padded[k * _HOP : k * _HOP + len(rows)] += rows
    start = _WINDOW // 2
    n = min(frames, len(padded) - start)
    out[:n] = padded[start : start + n]
    return out


@cache
def _white() -> np.ndarray:
    """Spectra of white noise of unit density, complex64 (_POOL, bins): luck chooses where in it a note begins."""
    bins = _WINDOW // 2 + 1
    # Uniform parts have a power of 2/3; a band of unit density sums to RATE/2 over the bins.
    raw = Seed(0).child("white").luck().noise(2 * _POOL * bins) * np.sqrt(1.5 * RATE_HZ / 2 * _WINDOW)
    return raw.astype(np.float32).view(np.complex64).reshape(_POOL, bins)


@cache
def _bell() -> np.ndarray:
    """A window whose squares sum to one at this overlap."""
    window = np.hanning(_WINDOW + 1)[:-1]
    window = window / np.sqrt((window.reshape(-1, _HOP) ** 2).sum(axis=0).mean())
    return window.astype(np.float32)
