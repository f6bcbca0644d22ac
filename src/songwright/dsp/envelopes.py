"""How loudness moves in time: attack, decay, fades and curves drawn through points.

Curves are float32 (frames,), 1 = full.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

RATE_HZ = 48_000


def rise(frames: int) -> np.ndarray:
    """A smooth fade-in over `frames` (raised cosine); a rise and its mirror image sum to 1."""
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / max(frames, 1))).astype(np.float32)


def fade_edges(
    samples: np.ndarray, fade_in_s: float, fade_out_s: float, rate_hz: float = RATE_HZ
) -> np.ndarray:
    """The same sound without a click at its start and its end; time last, new array."""
    out = np.array(samples, copy=True)
    length = out.shape[-1]
    first, last = (min(length, round(s * rate_hz)) for s in (fade_in_s, fade_out_s))
    if first:
        out[..., :first] *= rise(first)
    if last:
        out[..., length - last :] *= rise(last)[::-1]
    return out


def drawn(times_s: ArrayLike, values: ArrayLike, frames: int, rate_hz: float = RATE_HZ) -> np.ndarray:
    """A curve drawn through points with a ruler; held flat before the first and after the last point."""
    return np.interp(np.arange(frames) / rate_hz, times_s, values).astype(np.float32)


def stretched(control: np.ndarray, hop: int, frames: int) -> np.ndarray:
    """A curve given every `hop` frames, drawn out to every frame with straight lines; float32 (frames,).

    control[i] stands at frame i * hop; the last value is held.
    """
    points = -(-frames // hop) + 1
    line = np.empty(points, dtype=np.float32)
    known = min(points, len(control))
    line[:known] = control[:known]
    line[known:] = control[known - 1]
    slope = np.diff(line)[:, None] * (np.arange(hop, dtype=np.float32) / np.float32(hop))
    return (line[:-1, None] + slope).reshape(-1)[:frames]


def half_cosine_steps(times_s: ArrayLike, values: ArrayLike, ramp_s: float, at_s: np.ndarray) -> np.ndarray:
    """A staircase with soft steps: values[i] holds from times_s[i] on, each step a half cosine of `ramp_s`.

    The step is centred on its time. at_s: where the curve is wanted, seconds.
    """
    times, levels = np.asarray(times_s, dtype=float), np.asarray(values, dtype=float)
    curve = np.full(len(at_s), levels[0])
    for time, before, after in zip(times[1:], levels[:-1], levels[1:], strict=True):
        way = np.clip((at_s - time) / max(ramp_s, 1e-6) + 0.5, 0.0, 1.0)
        curve += (after - before) * (0.5 - 0.5 * np.cos(np.pi * way))
    return curve
