"""How far one sound is from another to the ear, when both play the same note."""

from __future__ import annotations

import numpy as np

from songwright.dsp.spectra import RATE_HZ, stft_power

_SIZES = (256, 1024, 4096)
_MELS = (32, 64, 96)
_RANGE_DB = 60.0  # below the loudest moment nothing is compared
_TOP_HZ = 16000.0


def mel_bands(size: int, bands: int, top_hz: float = _TOP_HZ) -> np.ndarray:
    """Triangles between mel-spaced corners over the bins of an FFT of `size`: (bins, bands)."""
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    corners = 700.0 * np.expm1(np.linspace(0.0, np.log1p(top_hz / 700.0), bands + 2))
    up = (hz[:, None] - corners[:-2]) / (corners[1:-1] - corners[:-2])
    down = (corners[2:] - hz[:, None]) / (corners[2:] - corners[1:-1])
    weights = np.maximum(np.minimum(up, down), 0.0)
    return weights / np.maximum(weights.sum(axis=0), 1e-9)


def aligned(sound: np.ndarray, like: np.ndarray) -> np.ndarray:
    """A sound (frames,) begun and levelled like another: same onset, same power, same length."""
    out = np.zeros_like(like)
    sound = sound[_onset(sound) :]
    n = min(len(out), len(sound))
    out[:n] = sound[:n]
    power = float(np.mean(out**2))
    return out * np.float32(np.sqrt(float(np.mean(like**2)) / power)) if power > 0 else out


def _onset(sound: np.ndarray) -> int:
    loud = np.abs(sound)
    return int(np.argmax(loud > 0.01 * loud.max())) if len(loud) else 0


def mel_distance_db(sound: np.ndarray, like: np.ndarray) -> float:
    """Mean difference of mel spectra at three sharpnesses, dB; both (frames,), aligned.

    What lies more than 60 dB below the loudest band of `like` counts as silence (Engel et al., DDSP, ICLR 2020, with
    mel bands in decibels).
    """
    off = []
    for size, bands in zip(_SIZES, _MELS, strict=True):
        weights = mel_bands(size, bands)
        weights = weights[:, weights.sum(axis=0) > 0]
        mine, theirs = (stft_power(x, size, size // 4) @ weights for x in (sound, like))
        floor = theirs.max() * 10.0 ** (-_RANGE_DB / 10.0)
        mine, theirs = (10 * np.log10(np.maximum(x, floor)) for x in (mine, theirs))
        heard = (mine > 10 * np.log10(floor)) | (theirs > 10 * np.log10(floor))
        off.append(float(np.abs(mine - theirs)[heard].mean()) if heard.any() else 0.0)
    return float(np.mean(off))


def stft_distance(sound: np.ndarray, like: np.ndarray) -> float:
    """Multi-resolution STFT distance: spectral convergence + mean |log magnitude|; both (frames,), aligned.

    Yamamoto, Song & Kim, Parallel WaveGAN, ICASSP 2020 (as in auraloss), with magnitudes below -60 dB of the loudest
    held there, so that silence counts as equal.
    """
    total = 0.0
    for size in (512, 1024, 2048):
        mine, theirs = (np.sqrt(stft_power(x, size, size // 4)) for x in (sound, like))
        floor = theirs.max() * 10.0 ** (-_RANGE_DB / 20.0)
        convergence = np.linalg.norm(theirs - mine) / (np.linalg.norm(theirs) + 1e-12)
        logs = np.abs(np.log(np.maximum(mine, floor)) - np.log(np.maximum(theirs, floor))).mean()
        total += float(convergence + logs)
    return total / 3
