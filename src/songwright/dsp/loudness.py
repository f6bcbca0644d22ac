"""How loud a listener finds it, and how high the wave really swings.

ITU-R BS.1770-5 (K-weighting, gated integrated loudness, true peak), EBU Tech 3341 (momentary 400 ms,
short-term 3 s), EBU Tech 3342 (loudness range). Sound: (channels, frames), one or two channels of weight 1.
Silence reads `SILENCE_LUFS`, the absolute gate, so that no figure is ever infinite.
"""

from __future__ import annotations

import numpy as np
import scipy

RATE_HZ = 48_000
SILENCE_LUFS = -70.0
HOP_S = 0.1  # gating blocks of 400 ms start every 100 ms
_OFFSET = -0.691
_PHASE_TAPS = 32
_BLOCK = 32_768


def k_weighting(rate_hz: float = RATE_HZ) -> np.ndarray:
    """The ear's filter of BS.1770: a shelf for the head and a high-pass, as second-order sections.

    The standard tabulates 48 kHz; the analogue filter behind the table (B. De Man, 2014) gives other rates.
    """
    k = np.tan(np.pi * 1681.974450955533 / rate_hz)
    q, high = 0.7071752369554196, 10.0 ** (3.999843853973347 / 20.0)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = [
        (high + band * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0,
        1.0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    ]
    k, q = np.tan(np.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    a0 = 1 + k / q + k * k
    return np.array([shelf, [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]])


def weighted_energy(samples: np.ndarray, hop: int, rate_hz: float = RATE_HZ) -> np.ndarray:
    """K-weighted mean square, channels summed, of each stretch of `hop` frames; float64 (stretches,).

    A last stretch that is not full is left out, except when it is the only one.
    """
    samples = np.atleast_2d(samples)
    frames = samples.shape[-1]
    if frames == 0:
        return np.zeros(1)
    hop = min(hop, frames)
    count = frames // hop
    energy = np.empty(count)
    sos, state = k_weighting(rate_hz), np.zeros((2, samples.shape[0], 2))
    step = max(1, 2 * _BLOCK // hop)
    for first in range(0, count, step):
        last = min(first + step, count)
        block = samples[:, first * hop : last * hop].astype(np.float64)
        weighted, state = scipy.signal.sosfilt(sos, block, axis=-1, zi=state)
        state[np.abs(state) < 1e-30] = 0.0
        squares = weighted.reshape(len(weighted), last - first, hop)
        energy[first:last] = np.einsum("cbh,cbh->b", squares, squares) / hop
    return energy


def integrated_lufs(samples: np.ndarray, rate_hz: float = RATE_HZ) -> float:
    """The loudness of the whole sound, pauses left out (BS.1770 gating at -70 LUFS and -10 LU)."""
    return gated_lufs(weighted_energy(samples, round(HOP_S * rate_hz), rate_hz))


def gated_lufs(energy: np.ndarray) -> float:
    """Integrated loudness from K-weighted energies of consecutive 100 ms stretches."""
    blocks = _windows(energy, 4)
    blocks = blocks[_lufs(blocks) > SILENCE_LUFS]
    if not len(blocks):
        return SILENCE_LUFS
    loud = blocks[_lufs(blocks) > _lufs(blocks.mean()) - 10.0]
    return float(_lufs(loud.mean()))


def momentary_lufs(samples: np.ndarray, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Loudness over 400 ms, every 100 ms; value i covers the time from i * 0.1 s on."""
    energy = weighted_energy(samples, round(HOP_S * rate_hz), rate_hz)
    return np.maximum(_lufs(_windows(energy, 4)), SILENCE_LUFS)


def short_term_lufs(samples: np.ndarray, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Loudness over 3 s, every 100 ms; value i covers the time from i * 0.1 s on."""
    energy = weighted_energy(samples, round(HOP_S * rate_hz), rate_hz)
    return np.maximum(_lufs(_windows(energy, 30)), SILENCE_LUFS)


def loudness_range_lu(samples: np.ndarray, rate_hz: float = RATE_HZ) -> float:
    """How far loud and soft passages lie apart: 10th to 95th percentile above a -20 LU gate."""
    return range_of(weighted_energy(samples, round(HOP_S * rate_hz), rate_hz))


def range_of(energy: np.ndarray) -> float:
    """Loudness range in LU from K-weighted energies of consecutive 100 ms stretches."""
    blocks = _windows(energy, 30)
    blocks = blocks[_lufs(blocks) > SILENCE_LUFS]
    if not len(blocks):
        return 0.0
    loud = _lufs(blocks[_lufs(blocks) > _lufs(blocks.mean()) - 20.0])
    low, high = np.percentile(loud, [10, 95])
    return float(high - low)


def true_peak_dbtp(samples: np.ndarray) -> float:
    """The highest swing of the wave between the samples too, dB relative to full scale (4x oversampling)."""
    peak = float(true_peaks(samples, _BLOCK).max(initial=0.0))
    return 20.0 * float(np.log10(max(peak, 1e-6)))


def true_peaks(samples: np.ndarray, hop: int) -> np.ndarray:
    """The highest true swing in each stretch of `hop` frames over all channels; float32 (stretches,).

    Three interpolated points between any two samples (BS.1770 annex 2, with a longer filter).
    The point after a stretch's last sample counts to the stretch.
    """
    samples = np.atleast_2d(samples)
    frames = samples.shape[-1]
    count = -(-frames // hop)
    peaks = np.zeros(count * hop, dtype=np.float32)
    phases = _phase_filters()
    size = _BLOCK + 2 * _PHASE_TAPS
    size = scipy.fft.next_fast_len(size, real=True)
    spectra = scipy.fft.rfft(phases.astype(np.float32), size)
    half = _PHASE_TAPS // 2
    for start in range(0, frames, _BLOCK):
        stop = min(start + _BLOCK, frames)
        first, last = max(0, start - half), min(frames, stop + half)
        for channel in samples:
            piece = channel[first:last]
            largest = np.abs(channel[start:stop])
            if not piece.any():
                continue
            spectrum = scipy.fft.rfft(piece, size)
            for phase in spectra:
                between = scipy.fft.irfft(spectrum * phase, size)
                # output k of a phase lies between samples k - half and k - half + 1 of the piece
                offset = start - first + half
                between = between[offset : offset + stop - start]
                np.maximum(largest, np.abs(between), out=largest)
            np.maximum(peaks[start:stop], largest, out=peaks[start:stop])
    return peaks.reshape(count, hop).max(axis=1) if count else np.zeros(0, dtype=np.float32)


def _phase_filters() -> np.ndarray:
    """Three filters that read a wave 1/4, 1/2, 3/4 of the way to the next sample (Kaiser-windowed sinc)."""
    half = _PHASE_TAPS // 2
    phases = []
    for part in (0.25, 0.5, 0.75):
        # tap k multiplies the sample `half - k` after the base sample
        distance = np.arange(_PHASE_TAPS) - half + part
        window = np.i0(8.0 * np.sqrt(np.maximum(0.0, 1.0 - (distance / (half + 0.5)) ** 2))) / np.i0(8.0)
        taps = np.sinc(distance) * window
        phases.append(taps / taps.sum())
    return np.array(phases)


def _windows(energy: np.ndarray, length: int) -> np.ndarray:
    """Mean energy of each run of `length` stretches; of everything, if there is less than that."""
    if len(energy) <= length:
        return np.array([energy.mean()]) if len(energy) else np.zeros(1)
    total = np.concatenate([[0.0], np.cumsum(energy)])
    return np.maximum(total[length:] - total[:-length], 0.0) / length


def _lufs(energy: np.ndarray | float) -> np.ndarray:
    return _OFFSET + 10.0 * np.log10(np.maximum(energy, 1e-12))
