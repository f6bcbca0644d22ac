"""The pitch line of a sung phrase: slides, scoops, falls, and what consonants do to it.

Method: note steps through a second-order system with preparation and overshoot (Saitou, Unoki & Akagi 2005; Saitou et
al. 2007); a step takes 60 to 150 ms, longer for wider ones, as trained singers and the larynx itself need (Sundberg
1979; Xu & Sun 2002). Vibrato and unrest come on top (`vibrato`, `layers`); then the singer hears the sum and
corrects the line, so a held note's median stays within a few cents of the written pitch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from songwright.performer.diction import Timed
from songwright.performer.layers import smooth
from songwright.performer.manner import Manner
from songwright.performer.phrasing import Tone
from songwright.text.phones import PHONES
from songwright.values.seed import Luck

STEP_S = (0.066, 0.150)
"""Shortest and longest step from note to note, 10 to 90 % of the way, where there is time for it."""
_SLUR = 1.3  # a slurred step takes so much longer
_OF_NOTE = 0.45  # a step takes at most this share of the shorter of its two notes
_TRUE_ST = 0.03  # how far off a held note may stay after the singer has heard it, semitones


@dataclass(frozen=True)
class Voice:
    """What is constant for one singer in one song. vibrato_hz 5.2..6; vibrato_st: usual peak; steady 0..1 (choir)."""

    vibrato_hz: float
    vibrato_st: float
    steady: float = 0.0


def pitch_line(
    tones: Sequence[Tone], phones: Sequence[Timed], t: np.ndarray, voice: Voice, manner: Manner, luck: Luck
) -> np.ndarray:
    """Pitch in MIDI semitones at times t (seconds, evenly spaced), without vibrato, unrest and consonants."""
    curve = _steps(tones, t, manner.glide) + _scoops(tones, t, voice, manner, luck)
    return curve + _fall(tones, phones[-1].offset_s, t, voice, manner, luck)


def step_s(leap: float, glide: float, room_s: float, slurred: bool = False) -> float:
    """Seconds a step of `leap` semitones takes, 10 to 90 % of its way. glide: the manner's. room_s: shorter note."""
    wanted = (0.070 + 0.0055 * min(abs(leap), 12.0)) * (0.6 + 0.4 * glide) * (_SLUR if slurred else 1.0)
    return min(float(np.clip(wanted, *STEP_S)), _OF_NOTE * room_s)


def _steps(tones: Sequence[Tone], t: np.ndarray, glide: float) -> np.ndarray:
    """Written pitches through the second-order system; each step is begun a little before its vowel."""
    curve = np.full(len(t), tones[0].pitch)
    for last, here in pairwise(tones):
        leap = here.pitch - last.pitch
        if leap == 0:
            continue
        room = max(min(here.end_s - here.start_s, last.end_s - last.start_s), 0.02)
        width_s = step_s(leap, glide, room, "legato" in last.marks)
        zeta = min(0.62 + 0.03 * max(abs(leap) - 3.0, 0.0), 0.85)
        omega = (
            1.0 - 0.4167 * zeta + 2.917 * zeta**2
        ) / width_s  # what 10 to 90 % of a step take (Nise 2011)
        x = omega * np.maximum(t - (here.start_s - width_s), 0.0)
        ring = np.sqrt(1.0 - zeta * zeta)
        with np.errstate(under="ignore"):
            swing = np.exp(-zeta * x) * (np.cos(ring * x) + zeta / ring * np.sin(ring * x))
            dip = np.exp(-(((t - (here.start_s - 1.4 * width_s)) / (0.45 * width_s)) ** 2))
        curve += leap * (1.0 - swing)
        if room > 0.15:  # preparation: a small move the other way
            curve -= np.sign(leap) * min(0.06 * abs(leap), 0.3) * dip
    return curve


def _scoops(tones: Sequence[Tone], t: np.ndarray, voice: Voice, manner: Manner, luck: Luck) -> np.ndarray:
    """Slides up into notes: always a trace at the start of a phrase, more where a note matters; none into an accent."""
    curve = np.zeros(len(t))
    for n, tone in enumerate(tones):
        chance, depth, length = luck.uniform(), luck.uniform(0.5, 1.3), luck.uniform(0.08, 0.15)
        if not tone.head:
            continue
        leap = tone.pitch - tones[n - 1].pitch if n else 0.0
        weight = 0.5 + 0.5 * (tone.stress == 1) + 0.4 * (leap >= 3) + 0.6 * (n == 0)
        weight *= 0.0 if tone.marks & _HARD else 1.0
        held = tone.end_s - tone.start_s >= 0.28
        if held and chance < manner.scoop * weight * (1.0 - 0.6 * voice.steady):
            depth, length = depth * (1.0 + 0.2 * manner.scoop), length
        elif n == 0:
            depth, length = 0.25 + 0.2 * depth, 0.06
        else:
            continue
        length = min(length, 0.35 * (tone.end_s - tone.start_s))
        down = smooth((t - (tone.start_s - 0.09)) / 0.05) if n else 1.0
        up = smooth((t - (tone.start_s - 0.02)) / (length + 0.02))
        curve -= depth * down * (1.0 - up)
    return curve


_HARD = frozenset(("accent", "marcato", "staccato"))


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


def corrected(line: np.ndarray, sung: np.ndarray, tones: Sequence[Tone], t: np.ndarray) -> np.ndarray:
    """The line after the singer has heard what is `sung` (line and all that is on it, semitones).

    The middle of each held note is brought to within `_TRUE_ST` of what is written.
    """
    out = line.copy()
    for tone in tones:
        first, last = np.searchsorted(t, (tone.start_s + 0.06, tone.end_s - 0.05))
        if last - first < 20:
            continue
        off = float(np.median(sung[first:last])) - tone.pitch
        if abs(off) <= _TRUE_ST:
            continue
        begin, end = np.searchsorted(t, (tone.start_s, tone.end_s))
        fix = np.sign(off) * (abs(off) - 0.5 * _TRUE_ST)
        x = (t[begin:end] - tone.start_s) / 0.07
        y = (tone.end_s - t[begin:end]) / 0.05
        out[begin:end] -= fix * smooth(x) * smooth(y)
    return out


def consonants(phones: Sequence[Timed], t: np.ndarray) -> np.ndarray:
    """What consonants do to pitch, semitones: voiced noise pulls it down, voiceless ones let it start high.

    Hombert, Ohala & Ewan (1979) for speech; singers keep about a third of it.
    """
    curve = np.zeros(len(t))
    for here, after in pairwise(phones):
        phone, follower = PHONES.get(here.symbol), PHONES.get(after.symbol)
        if phone is None or phone.kind not in ("stop", "affricate", "fricative"):
            continue
        if phone.voiced:
            middle, width = 0.5 * (here.onset_s + here.offset_s), 0.4 * (here.offset_s - here.onset_s) + 0.004
            first, last = np.searchsorted(t, (middle - 4 * width, middle + 4 * width))
            curve[first:last] -= 0.35 * np.exp(-(((t[first:last] - middle) / width) ** 2))
        elif follower is not None and follower.kind == "vowel" and here.symbol != "Q":
            first, last = np.searchsorted(t, (after.onset_s, after.onset_s + 0.12))
            curve[first:last] += 0.25 * np.exp(-(t[first:last] - after.onset_s) / 0.03)
    return curve
