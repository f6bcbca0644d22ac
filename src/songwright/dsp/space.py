"""Rooms, plates, echoes, and where a sound stands between the loudspeakers.

Rooms are made, not recorded: filtered noise that dies away, faster at the top than at the bottom (J. A.
Moorer, "About this reverberation business", CMJ 3(2), 1979).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from songwright.values.seed import Seed

RATE_HZ = 48_000
_BANDS_HZ = (180.0, 450.0, 1100.0, 2600.0, 6000.0)


@dataclass(frozen=True)
class Room:
    """A place to play in. decay_s: time to -60 dB at 1 kHz. bass, treble: how much longer or shorter the lows
    and highs ring (factor). pre_delay_s: before the first sound returns. early: how strong single echoes
    stand out 0..1. size_m: how far the walls are (spreads the early echoes). top_hz: nothing above this
    returns.
    """

    decay_s: float
    bass: float = 1.1
    treble: float = 0.5
    pre_delay_s: float = 0.005
    early: float = 0.5
    size_m: float = 6.0
    top_hz: float = 9000.0


def room_response(room: Room, seed: Seed, rate_hz: int = RATE_HZ) -> np.ndarray:
    """What returns from a room to the left and the right ear after one clap; float32 (2, frames).

    Energy 1 in each ear, no direct sound, the ears independent (so it sounds wide and sums to mono without
    loss).
    """
    longest = room.decay_s * max(1.0, room.bass)
    delay = round(room.pre_delay_s * rate_hz)
    frames = round(longest * rate_hz)
    response = np.zeros((2, delay + frames), dtype=np.float32)
    for side, name in enumerate(("left", "right")):
        response[side, delay:] = _tail(room, seed.child(name), frames, rate_hz)
        _early(response[side], room, seed.child(name, "early"), delay, rate_hz)
        response[side] /= np.sqrt(np.sum(np.square(response[side], dtype=np.float64)))
    return response


def convolve(samples: np.ndarray, response: np.ndarray) -> np.ndarray:
    """A sound played in a room: (channels, frames) with (channels or 1, length), tail included."""
    return scipy.signal.oaconvolve(np.atleast_2d(samples), np.atleast_2d(response), axes=-1).astype(
        np.float32
    )


def echoes(
    samples: np.ndarray, delay_s: float, feedback: float, repeats: int, top_hz: float, rate_hz: int = RATE_HZ
) -> np.ndarray:
    """Echoes of a short sound, each softer and duller, swapping sides; (2, frames) with the last echo's tail.

    samples: (2, frames). feedback: 0..1, level of each echo against the one before. The first echo stands at
    delay_s.
    """
    step = round(delay_s * rate_hz)
    out = np.zeros((2, samples.shape[-1] + repeats * step), dtype=np.float32)
    feedback_a = float(np.exp(-2.0 * np.pi * top_hz / rate_hz))
    echo = samples
    for number in range(1, repeats + 1):
        echo = feedback * scipy.signal.lfilter([1.0 - feedback_a], [1.0, -feedback_a], echo, axis=-1)[::-1]
        out[:, number * step : number * step + echo.shape[-1]] += echo.astype(np.float32)
    return out


def pan_gains(pan: float) -> tuple[float, float]:
    """Left and right gain for a place -1 (left) .. 1 (right): equal power, 1 and 1 in the middle."""
    angle = (min(max(pan, -1.0), 1.0) + 1.0) * np.pi / 4.0
    return float(np.sqrt(2.0) * np.cos(angle)), float(np.sqrt(2.0) * np.sin(angle))


def _tail(room: Room, seed: Seed, frames: int, rate_hz: int) -> np.ndarray:
    """Noise in bands, each with its own decay, blended smoothly over frequency."""
    size = scipy.fft.next_fast_len(frames, real=True)
    spectrum = scipy.fft.rfft(seed.luck().noise(frames), size)
    hz = np.maximum(np.fft.rfftfreq(size, 1.0 / rate_hz), 1.0)
    place = np.interp(np.log(hz), np.log(_BANDS_HZ), np.arange(len(_BANDS_HZ), dtype=float))
    time = np.arange(frames) / rate_hz
    swell = np.minimum(time / (0.25 * room.size_m / 343.0), 1.0)
    keep = 1.0 / (1.0 + (hz / room.top_hz) ** 6) * (1.0 / (1.0 + (120.0 / hz) ** 4))
    out = np.zeros(frames)
    decay = np.interp(np.arange(5), [0, 2, 4], [room.bass, 1.0, room.treble]) * room.decay_s
    for band, decay_s in enumerate(decay):
        weight = np.maximum(0.0, 1.0 - np.abs(place - band)) * keep
        out += scipy.fft.irfft(spectrum * weight, size)[:frames] * 10.0 ** (-3.0 * time / decay_s)
    out *= swell
    fade = min(frames, round(0.02 * rate_hz))
    out[frames - fade :] *= np.linspace(1.0, 0.0, fade)
    return out


def _early(response: np.ndarray, room: Room, seed: Seed, delay: int, rate_hz: int) -> None:
    """Single echoes from the walls, added in place: later ones softer, signs mixed."""
    luck = seed.luck()
    level = float(np.abs(response).max()) * 2.0 * room.early
    for number in range(9):
        distance = room.size_m * (0.3 + 0.35 * number + luck.uniform(0.0, 0.3))
        frame = delay + round(distance / 343.0 * rate_hz)
        if frame < len(response):
            sign = 1.0 if luck.chance(0.5) else -1.0
            response[frame] += sign * level / (1.0 + 0.5 * number)
