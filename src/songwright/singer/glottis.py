"""The source and its sound: a pulse for every closing of the vocal folds, and the hiss of air between them.

Each pulse is the minimum-phase response of the vocal tract at its moment, set at its exact (fractional) time, and
each 5 ms of noise passes the same tract: the synthesis of WORLD (Morise, Yokomori & Ozawa 2016) with a source one
can play on: pulses may differ in time, strength and from one to the next, and the noise breathes with the folds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.singer.spectrum import BINS, FFT, RATE_HZ

HOP = 240
"""Frames of a phrase are 5 ms apart."""
LEAD = 128
"""A response may begin this many samples before its pulse: a sharp sound at a fractional moment rings to both sides."""


@dataclass(frozen=True, eq=False)
class Tract:
    """What the source passes through, a row for each 5 ms.

    level (frames, BINS) natural log of amplitude, phase (frames, BINS) radians, air (frames, BINS): share of noise in
    amplitude, 0..1.
    """

    level: np.ndarray
    phase: np.ndarray
    air: np.ndarray


@dataclass(frozen=True, eq=False)
class Pulses:
    """Moments (samples, fractional) at which the folds close, how long since the one before, and their strength."""

    at: np.ndarray
    period: np.ndarray
    gain: np.ndarray


def place_pulses(f0_hz: np.ndarray, voiced: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the folds close: sample times, periods in samples, and the phase in turns of every sample.

    f0_hz, voiced: one value each 5 ms. The phase runs on through voiceless stretches, so nothing jumps.
    """
    count = (len(f0_hz) - 1) * HOP
    place = np.arange(count) / HOP
    frequency = np.interp(place, np.arange(len(f0_hz)), f0_hz)
    turns = np.cumsum(frequency) / RATE_HZ
    at, period = closings(turns, voiced)
    return at, period, turns


def closings(turns: np.ndarray, voiced: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a phase (in turns, a value each sample, rising) is whole while the voice sounds: times and periods."""
    before = np.floor(turns[:-1])
    last = np.flatnonzero(np.floor(turns[1:]) > before)
    step = turns[last + 1] - turns[last]
    at = last + (before[last] + 1 - turns[last]) / step
    sounding = voiced[np.clip(np.round(at / HOP).astype(int), 0, len(voiced) - 1)]
    return at[sounding], 1 / step[sounding]


def sound_pulses(pulses: Pulses, tract: Tract, frames: int) -> np.ndarray:
    """The voiced sound: one response of the tract for each pulse, float32 (frames,)."""
    out = np.zeros(LEAD + frames + FFT, np.float32)
    level = tract.level + 0.5 * np.log(np.maximum(1 - tract.air**2, 1e-6))
    omega = (2 * np.pi / FFT * np.arange(BINS)).astype(np.float32)
    for begin in range(0, len(pulses.at), 512):  # pieces keep memory small
        at = pulses.at[begin : begin + 512]
        row = np.clip(at / HOP, 0, len(level) - 1.001)
        low = row.astype(int)
        part = (row - low).astype(np.float32)[:, None]
        whole = np.floor(at).astype(int)
        strength = level[low] * (1 - part) + level[low + 1] * part
        turn = tract.phase[low] * (1 - part) + tract.phase[low + 1] * part
        turn -= omega * (at - whole).astype(np.float32)[:, None]
        gain = (pulses.gain[begin : begin + 512] * np.sqrt(pulses.period[begin : begin + 512])).astype(
            np.float32
        )
        spectrum = np.exp(strength + 1j * turn) * gain[:, None]
        waves = np.fft.irfft(spectrum, n=FFT, axis=1).astype(np.float32)
        for start, wave in zip(whole.tolist(), np.roll(waves, LEAD, axis=1), strict=True):
            if 0 <= start < frames:
                out[start : start + FFT] += wave
    return out[LEAD : LEAD + frames]


def sound_air(noise: np.ndarray, tract: Tract, frames: int) -> np.ndarray:
    """The voiceless sound: noise (frames + 2 * HOP,) of unit power through the tract, float32 (frames,).

    Hann windows of 10 ms, every 5 ms.
    """
    count = len(tract.level)
    window = np.hanning(2 * HOP + 1)[:-1].astype(np.float32)
    padded = np.zeros((count + 1) * HOP, np.float32)
    padded[: min(len(noise), len(padded))] = noise[: len(padded)]
    pieces = np.lib.stride_tricks.sliding_window_view(padded, 2 * HOP)[::HOP][:count] * window
    shape = np.exp(tract.level + np.log(tract.air + 1e-6) + 1j * tract.phase)
    waves = np.fft.irfft(np.fft.rfft(pieces, n=FFT, axis=1) * shape, n=FFT, axis=1).astype(np.float32)
    out = np.zeros((count + 1) * HOP + FFT, np.float32)
    for k, wave in enumerate(np.roll(waves, LEAD, axis=1)):
        out[k * HOP : k * HOP + FFT] += wave
    return out[HOP + LEAD : HOP + LEAD + frames]
