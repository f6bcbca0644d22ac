"""Pitch in layers: the line a singer draws, the vibrato on its held notes, the unrest of a living voice.

Line: semitones (MIDI), with slides, scoops and falls in it. Vibrato and unrest: cents on top. Their sum is what is
sung; a person who edits a performance moves one layer and the others stay.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songwright.dsp.units import hz_to_midi, midi_to_hz
from songwright.values.performance import SungPhrase, Unrest, Vibrato
from songwright.values.seed import Seed

_DRIFT_S = 0.12
_JITTER_S = 0.008


def sung_hz(line: np.ndarray, t: np.ndarray, vibrato: Sequence[Vibrato], unrest: Unrest) -> np.ndarray:
    """Hz at times t (s, evenly spaced): the line in semitones with vibrato and unrest on it."""
    return midi_to_hz(line + 0.01 * (vibrato_cents(vibrato, t) + unrest_cents(unrest, t)))


def line_of(phrase: SungPhrase) -> np.ndarray:
    """The line under a sung phrase, semitones (frames,): its pitch without vibrato and unrest."""
    t = times_s(phrase)
    swing = vibrato_cents(phrase.vibrato, t) + unrest_cents(phrase.unrest, t)
    return hz_to_midi(phrase.f0_hz) - 0.01 * swing


def times_s(phrase: SungPhrase) -> np.ndarray:
    """When each frame of a phrase falls, seconds."""
    return phrase.onset_s + np.arange(len(phrase.f0_hz)) / phrase.rate_hz


def vibrato_cents(vibrato: Sequence[Vibrato], t: np.ndarray) -> np.ndarray:
    """How far each time of t (s, rising) is swung away, cents."""
    curve = np.zeros(len(t))
    for swing in vibrato:
        first, last = np.searchsorted(t, (swing.onset_s, swing.offset_s))
        length = swing.offset_s - swing.onset_s
        if last <= first or length <= 0.0:
            continue
        x = t[first:last] - swing.onset_s
        rate, depth = _drawn(swing.rate_hz, x / length), _drawn(swing.depth_cents, x / length)
        step = np.diff(x, prepend=0.0)
        turns = np.cumsum(rate * step)
        grown = smooth(x / max(swing.rise_s, 1e-3)) * np.clip(
            (length - x) / max(swing.fall_s, 1e-3), 0.0, 1.0
        )
        curve[first:last] += depth * grown * np.sin(2.0 * np.pi * turns)
    return curve


def _drawn(values: Sequence[float], place: np.ndarray) -> np.ndarray:
    """Values evenly spread over 0..1, with straight lines between."""
    if not values:
        return np.zeros(len(place))
    return np.interp(place, np.linspace(0.0, 1.0, len(values)) if len(values) > 1 else [0.0], values)


def unrest_cents(unrest: Unrest, t: np.ndarray) -> np.ndarray:
    """Slow drift and fine jitter at times t (s, evenly spaced), cents; deviations as `unrest` says."""
    if len(t) < 2 or not (unrest.drift_cents or unrest.jitter_cents):
        return np.zeros(len(t))
    from scipy.ndimage import gaussian_filter1d

    rate = 1.0 / (t[1] - t[0])
    luck = Seed(unrest.seed).luck()
    curve = np.zeros(len(t))
    spread = np.sqrt(3.0) * np.sqrt(2.0 * np.sqrt(np.pi))  # smoothed uniform noise back to deviation 1
    for cents, width_s in ((unrest.drift_cents, _DRIFT_S), (unrest.jitter_cents, _JITTER_S)):
        noise = gaussian_filter1d(luck.noise(len(t)), width_s * rate, mode="reflect")
        curve += cents * spread * np.sqrt(width_s * rate) * noise
    return curve


def smooth(x: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, a smooth S between."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)
