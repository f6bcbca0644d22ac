"""The physics shared by the whole band: things that ring, cycles that are read, noise that is shaped.

Everything works at 48 kHz and returns float32.
"""

from __future__ import annotations

import numpy as np
from scipy import fft

from songwright.values.audio import RATE_HZ
from songwright.values.seed import Luck

_BLOCK = 256
_SILENT = 9.2  # nepers, -80 dB: from here on a mode is not worth computing


def decibels(db: np.ndarray | float) -> np.ndarray:
    """Decibels as an amplitude factor."""
    return 10.0 ** (np.asarray(db, dtype=np.float64) / 20.0)


def ring(hz: np.ndarray, t60_s: np.ndarray, amplitude: np.ndarray, frames: int) -> np.ndarray:
    """Something struck that rings: a sum of decaying sinusoids, float32 (frames,).

    hz, t60_s, amplitude: one value a mode (t60_s: time to fall by 60 dB; amplitude complex, its angle the phase;
    a purely imaginary amplitude starts at zero). Modes above 0.46 of the rate are left out. A mode advances by a
    complex power, so time splits into block x sample and the sum becomes one matrix product: a three-second note
    of a hundred partials costs a few milliseconds, and is in tune by construction.
    """
    keep = (hz < 0.46 * RATE_HZ) & (hz > 0)
    hz, t60_s, amplitude = hz[keep], t60_s[keep], amplitude[keep]
    out = np.zeros(frames, dtype=np.float32)
    if not len(hz):
        return out
    sigma = 6.9078 / np.maximum(t60_s, 1e-3)
    life = np.minimum(frames, (_SILENT / sigma * RATE_HZ)).astype(int) + 1
    pole = (-sigma + 2j * np.pi * hz) / RATE_HZ
    low = 0
    for high in (frames // 16, frames // 4, frames + 1):
        mine = (life > low) & (life <= max(high, 1))
        low = max(high, 1)
        if mine.any():
            n = min(frames, int(life[mine].max()))
            out[:n] += _ring_group(pole[mine], amplitude[mine], n)
    return out


def _ring_group(pole: np.ndarray, amplitude: np.ndarray, frames: int) -> np.ndarray:
    """Modes of like lifetime as one product (blocks x modes) (modes x block)."""
    blocks = -(-frames // _BLOCK)
    inside = np.exp(pole[:, None] * np.arange(_BLOCK))
    starts = amplitude[None, :] * np.exp(pole[None, :] * (_BLOCK * np.arange(blocks))[:, None])
    left = np.concatenate([starts.real, -starts.imag], axis=1).astype(np.float32)
    right = np.concatenate([inside.real, inside.imag], axis=0).astype(np.float32)
    return (left @ right).reshape(-1)[:frames]


def cycles(levels: np.ndarray, size: int = 4096, phases: np.ndarray | None = None) -> np.ndarray:
    """Single cycles from harmonic levels (tables, harmonics), harmonic 1 first: float32 (tables, size + 1).

    The extra sample repeats the first, so that reading may interpolate without wrapping. phases: radians.
    """
    levels = np.atleast_2d(levels)
    count = min(levels.shape[1], size // 4)
    spectrum = np.zeros((len(levels), size // 2 + 1), dtype=np.complex128)
    turn = np.zeros(count) if phases is None else phases[:count]
    spectrum[:, 1 : count + 1] = levels[:, :count] * np.exp(1j * turn) * (-0.5j * size)
    wave = fft.irfft(spectrum, axis=1)
    return np.concatenate([wave, wave[:, :1]], axis=1).astype(np.float32)


def read(tables: np.ndarray, hz: np.ndarray | float, colour: np.ndarray | float, frames: int,
         phase: float = 0.0) -> np.ndarray:  # fmt: skip
    """Plays cycles at a moving frequency, gliding between tables: float32 (frames,).

    tables: from `cycles`. hz: per sample or one. colour: 0 first table .. 1 last table, per sample or one.
    """
    size = tables.shape[1] - 1
    if np.ndim(hz) == 0:
        turn = phase + np.arange(frames) * (float(hz) / RATE_HZ)
    else:
        turn = phase + np.cumsum(hz[:frames]) / RATE_HZ
    turn -= np.floor(turn)
    turn *= size
    index = turn.astype(np.int32)
    part = (turn - index).astype(np.float32)
    if len(tables) == 1:
        low = tables[0]
        return low[index] * (1 - part) + low[index + 1] * part
    place = np.clip(np.broadcast_to(colour, (frames,)), 0, 1).astype(np.float32) * (len(tables) - 1)
    row = np.minimum(place.astype(np.int32), len(tables) - 2)
    glide = place - row
    flat = tables.reshape(-1)
    start = row * tables.shape[1] + index
    dark = flat[start] * (1 - part) + flat[start + 1] * part
    start += tables.shape[1]
    bright = flat[start] * (1 - part) + flat[start + 1] * part
    return dark * (1 - glide) + bright * glide


def choir_of(
    levels: np.ndarray, hz: float, spread_cents: float, luck: Luck, size: int = 1 << 17
) -> np.ndarray:
    """Many players on one note: a stereo loop whose harmonics are smeared as by players never quite together.

    levels: of harmonics 1.. . spread_cents: standard deviation of the smear. Returns float32 (2, size), seamless
    when repeated. Source: the PADsynth idea (P. O. Nasca, 2005): bell-shaped harmonics with random phases, one
    inverse FFT.
    """
    bins = size // 2 + 1
    power = np.zeros(bins)
    step = RATE_HZ / size
    for k, level in enumerate(levels, start=1):
        centre = k * hz / step
        if centre > 0.46 * size or level <= 0:
            break
        width = max(0.35, centre * spread_cents * 5.776e-4)
        a, b = max(1, int(centre - 4 * width)), min(bins, int(centre + 4 * width) + 2)
        bell = np.exp(-0.5 * ((np.arange(a, b) - centre) / width) ** 2)
        power[a:b] += level**2 * bell / max(bell.sum(), 1e-9)
    used = int(np.flatnonzero(power)[-1]) + 1 if power.any() else 1
    turn = luck.noise(2 * used).reshape(2, used) * np.pi
    middle = np.exp(1j * turn.sum(axis=0))  # what both ears share
    spectrum = np.zeros((2, bins), dtype=np.complex64)
    spectrum[:, :used] = np.sqrt(power[:used]) * (np.exp(1j * turn) + 0.8 * middle)
    return fft.irfft(spectrum, axis=1).astype(np.float32) * size / 2


def loop(cycle: np.ndarray, frames: int, start: int = 0) -> np.ndarray:
    """A seamless loop (channels, size) played for `frames` samples from `start` on."""
    size = cycle.shape[1]
    return np.take(cycle, np.arange(start, start + frames) % size, axis=1)


def noise(luck: Luck, frames: int, low_hz: float, high_hz: float, tilt_db: float = 0.0) -> np.ndarray:
    """Noise between two frequencies with soft edges, unit RMS, float32. tilt_db: an octave, + brighter.

    The window the noise is drawn in depends on the next power of two only, so a longer sound begins in the
    same way as a shorter one of the same size class.
    """
    size = max(256, 1 << (frames - 1).bit_length())
    hz = fft.rfftfreq(size, 1 / RATE_HZ)
    hz[0] = 1.0
    gain = 1 / np.sqrt((1 + (low_hz / hz) ** 4) * (1 + (hz / high_hz) ** 4))
    if tilt_db:
        gain = gain * (hz / 1000.0) ** (tilt_db / 6.0206)
    gain[0] = 0.0
    sound = fft.irfft(fft.rfft(luck.noise(size)) * gain, n=size)
    return (sound[:frames] / (np.sqrt(np.mean(sound**2)) + 1e-12)).astype(np.float32)


def falling(frames: int, t60_s: float) -> np.ndarray:
    """An exponential fall by 60 dB in t60_s, float32 (frames,), from 1."""
    return np.exp(np.arange(frames, dtype=np.float32) * np.float32(-6.9078 / (t60_s * RATE_HZ)))


def rising(frames: int, attack_s: float) -> np.ndarray:
    """A soft start: half a cosine up to 1 in attack_s, then 1, float32 (frames,)."""
    n = min(frames, max(1, int(attack_s * RATE_HZ)))
    out = np.ones(frames, dtype=np.float32)
    out[:n] = 0.5 - 0.5 * np.cos(np.pi * np.arange(n) / max(1, int(attack_s * RATE_HZ)))
    return out


def warp(sound: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """A sound (frames,) played at a moving speed (1 = as it is), for slides and vibrato: float32 (len(ratio),).

    Cubic (Catmull-Rom) reading; beyond the end it is silent.
    """
    place = np.minimum(np.concatenate([[0.0], np.cumsum(ratio[:-1])]), len(sound))
    padded = np.concatenate([[0.0], sound, np.zeros(4)]).astype(np.float32)
    index = place.astype(np.int64)
    t = (place - index).astype(np.float32)
    a, b, c, d = (padded[index + i] for i in range(4))
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def bumps(hz: np.ndarray, peaks: tuple[tuple[float, float, float], ...]) -> np.ndarray:
    """The gain of a body: peaks (hz, db, width in octaves) laid over 0 dB, as amplitude factors."""
    octaves = np.log2(np.maximum(hz, 1.0))
    db = np.zeros_like(octaves)
    for centre, height, width in peaks:
        db += height * np.exp(-0.5 * ((octaves - np.log2(centre)) / width) ** 2)
    return decibels(db)


def filter_of(points: tuple[tuple[float, float], ...], size: int = 1024) -> np.ndarray:
    """A minimum-phase filter through points (hz, db), straight lines over log frequency: float32 (size // 2,).

    Method: cepstral folding of the log magnitude (Oppenheim & Schafer, Discrete-Time Signal Processing).
    """
    hz = fft.rfftfreq(size * 4, 1 / RATE_HZ)
    marks = np.log2([p[0] for p in points])
    db = np.interp(np.log2(np.maximum(hz, 1.0)), marks, [p[1] for p in points])
    cepstrum = fft.irfft(np.log(decibels(np.maximum(db, -90))))
    half = len(cepstrum) // 2
    cepstrum[1:half] *= 2
    cepstrum[half + 1 :] = 0
    kernel = fft.irfft(np.exp(fft.rfft(cepstrum)))[: size // 2]
    kernel[-64:] *= np.linspace(1, 0, 64)
    return kernel.astype(np.float32)
