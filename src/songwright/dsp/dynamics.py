"""Compressors, ducking and limiting: gains that move with the music.

A gain is worked out on a coarse clock (a control value every `hop` frames) and drawn out to the samples once,
by `envelopes.stretched`, so that level, compression, riding and ducking of a strip cost one multiplication.
Terms and the static curve: Giannoulis, Massberg & Reiss, "Digital Dynamic Range Compressor Design" (JAES 60,
2012).
"""

from __future__ import annotations

import numpy as np
import scipy  # its rooms open when they are entered: signal alone takes a second
from numpy.typing import ArrayLike

from songwright.dsp import envelopes, loudness, units


def mean_squares(samples: np.ndarray, hop: int) -> np.ndarray:
    """Mean square of each stretch of `hop` frames, the last maybe shorter, all channels; float64."""
    samples = np.atleast_2d(samples)
    channels, frames = samples.shape
    whole = frames // hop
    blocks = samples[:, : whole * hop].reshape(channels, whole, hop)
    energy = np.einsum("cbh,cbh->b", blocks, blocks).astype(np.float64) / (channels * hop)
    rest = samples[:, whole * hop :].astype(np.float64)
    return np.append(energy, np.mean(rest**2)) if rest.size else energy


def peaks(samples: np.ndarray, hop: int) -> np.ndarray:
    """The largest sample (absolute) in each stretch of `hop` frames, all channels; float32 (stretches,)."""
    samples = np.atleast_2d(samples)
    frames = samples.shape[-1]
    starts = np.arange(0, frames, hop)
    if not frames:
        return np.zeros(0, dtype=np.float32)
    highest = np.maximum.reduceat(samples, starts, axis=-1).max(axis=0)
    lowest = np.minimum.reduceat(samples, starts, axis=-1).min(axis=0)
    return np.maximum(highest, -lowest)


def compression_db(
    level_db: ArrayLike, threshold_db: float, ratio: float, knee_db: float = 6.0
) -> np.ndarray:
    """The static curve: how many decibels (<= 0) a level is turned down; the knee bends it in softly."""
    over = np.asarray(level_db, dtype=float) - threshold_db
    bent = np.square(np.clip(over + knee_db / 2, 0.0, knee_db)) / (2.0 * max(knee_db, 1e-9))
    return (1.0 / ratio - 1.0) * np.where(over > knee_db / 2, over, bent)


def follow(reduction_db: np.ndarray, attack_s: float, release_db_s: float, control_hz: float) -> np.ndarray:
    """A gain that goes down in about `attack_s` and comes back at `release_db_s` decibels a second.

    reduction_db: <= 0, what is wanted at each control point. The straight way back is exact and needs no
    loop: the running maximum of a curve laid over a slope.
    """
    slope = np.arange(len(reduction_db)) * (release_db_s / control_hz)
    held = slope - np.maximum.accumulate(slope - reduction_db)
    feedback = units.one_pole(attack_s, control_hz)
    smooth, _ = scipy.signal.lfilter([1.0 - feedback], [1.0, -feedback], held, zi=[feedback * held[0]])
    return smooth


def smoothed(values: np.ndarray, time_s: float, control_hz: float) -> np.ndarray:
    """A curve without its quick movements: one-pole, run forth and back so that nothing comes late."""
    feedback = units.one_pole(time_s / 2.0, control_hz)
    forth, _ = scipy.signal.lfilter([1.0 - feedback], [1.0, -feedback], values, zi=[feedback * values[0]])
    back, _ = scipy.signal.lfilter([1.0 - feedback], [1.0, -feedback], forth[::-1], zi=[feedback * forth[-1]])
    return back[::-1]


def ducking_db(
    onsets_s: ArrayLike,
    depths_db: ArrayLike,
    hold_s: float,
    release_s: float,
    points: int,
    control_hz: float,
) -> np.ndarray:
    """A gain (<= 0 dB) that steps aside at each onset by its depth and returns along half a cosine.

    The way down is one control step before the onset; overlapping ducks take the deeper one. (points,)
    float64.
    """
    gain = np.zeros(points)
    hold, release = max(1, round(hold_s * control_hz)), max(1, round(release_s * control_hz))
    way_back = 0.5 + 0.5 * np.cos(np.pi * (np.arange(release) + 1) / release)
    shape = np.concatenate([np.ones(hold + 1), way_back])
    for onset, depth in zip(np.atleast_1d(onsets_s), np.atleast_1d(depths_db), strict=True):
        first = int(onset * control_hz) - 1
        here = gain[max(first, 0) : max(first + len(shape), 0)]
        np.minimum(here, -depth * shape[max(-first, 0) :][: len(here)], out=here)
    return gain


def limiting_gain(
    true_peaks: np.ndarray, ceiling: float, look_ahead: int, release_db_s: float, control_hz: float
) -> np.ndarray:
    """A gain that never lets a peak over the ceiling: it begins to step down `look_ahead` points before it.

    true_peaks: highest swing in each stretch between control points. Returns amplitude factors (len + 1,) for
    `envelopes.stretched`; both ends of a stretch obey its peak, so the straight line between them does too.
    """
    need_db = np.minimum(0.0, units.amplitude_to_db(ceiling) - units.amplitude_to_db(true_peaks))
    edges = np.minimum(np.append(need_db, need_db[-1]), np.append(need_db[0], need_db))
    ahead = scipy.ndimage.minimum_filter1d(edges, look_ahead, origin=-(look_ahead // 2), mode="nearest")
    slope = np.arange(len(ahead)) * (release_db_s / control_hz)
    held = slope - np.maximum.accumulate(slope - ahead)
    padded = np.concatenate([np.full(look_ahead - 1, held[0]), held])
    bell = np.hanning(look_ahead + 2)[1:-1]
    return units.db_to_amplitude(np.convolve(padded, bell / bell.sum(), mode="valid"))


def soft_clip(samples: np.ndarray, knee: float, top: float = 1.0) -> np.ndarray:
    """Warm saturation, in place: straight up to `knee`, then bent so that `top` is never passed.

    0 < knee < top. The bend is x / (1 + x), whose slope is continuous at the knee.
    """
    room = np.float32(top - knee)
    over = np.abs(samples)
    over -= np.float32(knee)
    loud = over > 0
    excess = over[loud]
    samples[loud] = np.sign(samples[loud]) * (np.float32(knee) + room * excess / (excess + room))
    return samples


def limit(samples: np.ndarray, ceiling_dbtp: float, release_db_s: float = 45.0) -> np.ndarray:
    """A ceiling no true peak passes, with 3 ms look-ahead, in place; (channels, frames) float32 at 48 kHz.

    Sounds that stay below the ceiling are not touched at all.
    """
    hop, look_ahead = 32, 5
    for _ in range(3):
        high = loudness.true_peaks(samples, hop)
        top = float(high.max(initial=0.0))
        ceiling = float(units.db_to_amplitude(ceiling_dbtp))
        if top <= ceiling:
            return samples
        gain = limiting_gain(high, ceiling * 0.997, look_ahead, release_db_s, 48_000 / hop)
        apply_gain(samples, gain, hop)
    samples *= np.float32(min(1.0, 0.999 * ceiling / float(loudness.true_peaks(samples, hop).max())))
    return samples


def apply_gain(samples: np.ndarray, gain: np.ndarray, hop: int) -> None:
    """Multiply a sound, in place, by amplitudes given every `hop` frames; block by block, silence is skipped."""
    step = max(1, 65_536 // hop)
    curve = np.asarray(gain, dtype=np.float32)
    for point in range(0, -(-samples.shape[-1] // hop), step):
        block = samples[..., point * hop : (point + step) * hop]
        if block.any():
            block *= envelopes.stretched(curve[point:][: step + 1], hop, block.shape[-1])
