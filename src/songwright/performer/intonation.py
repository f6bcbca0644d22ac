"""The pitch curve of a sung phrase: slides, scoops, vibrato, falls, and the unrest of a living voice.

Method: note steps through a second-order system with preparation and overshoot (Saitou, Unoki & Akagi 2005;
Saitou et al. 2007), delayed vibrato, slow drift and fine jitter; then the singer hears itself and corrects, so a
held note's median stays within a few cents of the written pitch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from songwright.performer.diction import VOWELS, Timed
from songwright.performer.manner import Manner
from songwright.performer.phrasing import Tone
from songwright.values.seed import Luck

_STIFFNESS = 34.8 * 0.070  # natural frequency in rad/s times glide time in s
_HELD_S = 0.45  # notes from here on get vibrato
_TRUE_ST = 0.03  # how far off a held note may stay after the singer has heard it, semitones
_VOICELESS = frozenset(("P", "T", "K", "CH", "F", "TH", "S", "SH", "HH"))
_VOICED_NOISY = frozenset(("B", "D", "G", "JH", "V", "DH", "Z", "ZH"))


@dataclass(frozen=True)
class Voice:
    """What is constant for one singer in one song. vibrato_hz 5.2..6; vibrato_st: usual peak; steady 0..1 (choir)."""

    vibrato_hz: float
    vibrato_st: float
    steady: float = 0.0


def pitch_curve(
    tones: Sequence[Tone], phones: Sequence[Timed], t: np.ndarray, voice: Voice, manner: Manner, luck: Luck
) -> np.ndarray:
    """Pitch in MIDI semitones at times t (seconds, evenly spaced) for the tones and phones of one phrase."""
    curve = _steps(tones, t, manner.glide)
    scoops = _scoops(tones, t, voice, manner, luck)
    fall = _fall(tones, phones[-1].offset_s, t, voice, manner, luck)
    unrest = _unrest(t, luck, 1.0 - 0.3 * voice.steady)
    vibrato = np.zeros(len(t))
    for tone in tones:
        _add_vibrato(vibrato, tone, t, voice, manner, luck)
    living = _corrected(curve + scoops + unrest + vibrato, tones, t)
    return living + fall + _consonants(phones, t)


def _steps(tones: Sequence[Tone], t: np.ndarray, glide: float) -> np.ndarray:
    """Written pitches through the second-order system; each step is begun a little before its vowel."""
    curve = np.full(len(t), tones[0].pitch)
    for last, here in pairwise(tones):
        leap = here.pitch - last.pitch
        if leap == 0:
            continue
        room = max(min(here.end_s - here.start_s, last.end_s - last.start_s), 0.02)
        width_s = min(float(np.clip((0.045 + 0.005 * abs(leap)) * glide, 0.030, 0.120)), 0.45 * room)
        omega = _STIFFNESS / width_s
        zeta = min(0.62 + 0.03 * max(abs(leap) - 3.0, 0.0), 0.85)
        x = omega * np.maximum(t - (here.start_s - 0.8 * width_s), 0.0)
        ring = np.sqrt(1.0 - zeta * zeta)
        with np.errstate(under="ignore"):
            swing = np.exp(-zeta * x) * (np.cos(ring * x) + zeta / ring * np.sin(ring * x))
            dip = np.exp(-(((t - (here.start_s - 1.3 * width_s)) / (0.45 * width_s)) ** 2))
        curve += leap * (1.0 - swing)
        if room > 0.15:  # preparation: a small move the other way
            curve -= np.sign(leap) * min(0.06 * abs(leap), 0.3) * dip
    return curve


def _scoops(tones: Sequence[Tone], t: np.ndarray, voice: Voice, manner: Manner, luck: Luck) -> np.ndarray:
    """Slides up into notes: always a trace at the start of a phrase, more where a note matters."""
    curve = np.zeros(len(t))
    for n, tone in enumerate(tones):
        chance, depth, length = luck.uniform(), luck.uniform(0.5, 1.3), luck.uniform(0.08, 0.15)
        if not tone.head:
            continue
        leap = tone.pitch - tones[n - 1].pitch if n else 0.0
        weight = 0.5 + 0.5 * (tone.stress == 1) + 0.4 * (leap >= 3) + 0.6 * (n == 0)
        held = tone.end_s - tone.start_s >= 0.28
        if held and chance < manner.scoop * weight * (1.0 - 0.6 * voice.steady):
            depth, length = depth * (1.0 + 0.2 * manner.scoop), length
        elif n == 0:
            depth, length = 0.25 + 0.2 * depth, 0.06
        else:
            continue
        length = min(length, 0.35 * (tone.end_s - tone.start_s))
        down = _smooth((t - (tone.start_s - 0.09)) / 0.05) if n else 1.0
        up = _smooth((t - (tone.start_s - 0.02)) / (length + 0.02))
        curve -= depth * down * (1.0 - up)
    return curve


def _fall(
    tones: Sequence[Tone], end_s: float, t: np.ndarray, voice: Voice, manner: Manner, luck: Luck
) -> np.ndarray:
    """Now and then the end of a phrase drops away."""
    chance, depth, length = luck.uniform(), luck.uniform(0.8, 2.6), luck.uniform(0.10, 0.17)
    last = tones[-1]
    if last.end_s - last.start_s < 0.5 or chance > manner.fall * (1.0 - voice.steady):
        return np.zeros(len(t))
    x = np.clip((t - (end_s - length)) / length, 0.0, 1.0)
    return -depth * x * x


def _add_vibrato(
    curve: np.ndarray, tone: Tone, t: np.ndarray, voice: Voice, manner: Manner, luck: Luck
) -> None:
    """Vibrato that sets in late, grows, quickens a little; some held notes stay straight."""
    straight, wait, fade = luck.uniform(), luck.uniform(0.16, 0.30), luck.uniform(0.25, 0.40)
    deep, quick, phase = luck.uniform(0.8, 1.2), luck.uniform(-0.25, 0.25), luck.uniform(0.0, 0.15)
    length = tone.end_s - tone.start_s
    if length < _HELD_S or straight < 0.12 + 0.25 * voice.steady:
        return
    first, last = np.searchsorted(t, (tone.start_s + min(wait, 0.4 * length), tone.end_s))
    x = t[first:last] - t[first] if last > first else np.zeros(0)
    want = voice.vibrato_st * manner.vibrato * deep * (0.75 + 0.4 * tone.energy)
    depth = float(np.clip(want, 0.12, 0.60)) * min(length / 0.9, 1.0)
    rate = voice.vibrato_hz + quick
    turns = phase + rate * x + 0.5 * min(0.25 / length, 0.3) * x * x
    close = np.clip((tone.end_s - t[first:last]) / 0.08, 0.0, 1.0)
    curve[first:last] += depth * _smooth(x / fade) * close * np.sin(2.0 * np.pi * turns)


def _unrest(t: np.ndarray, luck: Luck, size: float) -> np.ndarray:
    """Slow drift (about 4 cents) and fine jitter (about 2 cents)."""
    from scipy.ndimage import gaussian_filter1d

    rate = 1.0 / (t[1] - t[0])
    slow = gaussian_filter1d(luck.noise(len(t)), 0.12 * rate, mode="reflect")
    fine = gaussian_filter1d(luck.noise(len(t)), 0.008 * rate, mode="reflect")
    spread = np.sqrt(3.0) * np.sqrt(2.0 * np.sqrt(np.pi))  # smoothed uniform noise back to deviation 1
    return size * spread * (0.035 * np.sqrt(0.12 * rate) * slow + 0.02 * np.sqrt(0.008 * rate) * fine)


def _corrected(curve: np.ndarray, tones: Sequence[Tone], t: np.ndarray) -> np.ndarray:
    """The singer hears a held note and brings its middle to within `_TRUE_ST` of what is written."""
    out = curve.copy()
    for tone in tones:
        first, last = np.searchsorted(t, (tone.start_s + 0.06, tone.end_s - 0.05))
        if last - first < 20:
            continue
        off = float(np.median(curve[first:last])) - tone.pitch
        if abs(off) <= _TRUE_ST:
            continue
        begin, end = np.searchsorted(t, (tone.start_s, tone.end_s))
        fix = np.sign(off) * (abs(off) - 0.5 * _TRUE_ST)
        x = (t[begin:end] - tone.start_s) / 0.07
        y = (tone.end_s - t[begin:end]) / 0.05
        out[begin:end] -= fix * _smooth(x) * _smooth(y)
    return out


def _consonants(phones: Sequence[Timed], t: np.ndarray) -> np.ndarray:
    """What consonants do to pitch: voiced noise pulls it down, voiceless ones let it start high."""
    curve = np.zeros(len(t))
    for here, after in pairwise(phones):
        if here.symbol in _VOICED_NOISY:
            middle, width = 0.5 * (here.onset_s + here.offset_s), 0.4 * (here.offset_s - here.onset_s) + 0.004
            first, last = np.searchsorted(t, (middle - 4 * width, middle + 4 * width))
            curve[first:last] -= 0.35 * np.exp(-(((t[first:last] - middle) / width) ** 2))
        elif here.symbol in _VOICELESS and after.symbol in VOWELS:
            first, last = np.searchsorted(t, (after.onset_s, after.onset_s + 0.12))
            curve[first:last] += 0.25 * np.exp(-(t[first:last] - after.onset_s) / 0.03)
    return curve


def _smooth(x: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, a smooth S between."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)
