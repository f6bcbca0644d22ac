"""Instruments played from their portraits: plucked strings, a piano, a saxophone as they were recorded.

What the recordings do not hold is added by hand: takes that differ, the palm on the strings, a hammered-on note,
vibrato and scoop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.band.additive import hiss, tones
from songwright.band.held import Held
from songwright.band.modes import warp
from songwright.band.portrait import BANDS_HZ, KNOTS_S, Moment, Portrait
from songwright.band.stroke import Stroke
from songwright.dsp.units import midi_to_hz
from songwright.values.seed import Luck, Seed

_BAND_MIDDLE_HZ = np.sqrt(BANDS_HZ[1:] * BANDS_HZ[:-1])
_TAKE_DB = 1.2  # how far a partial's level strays from take to take
_PLUCK_DB = 1.5  # how far the comb of the plucking place moves
_SLURRED = 6  # knots (up to 64 ms) that a slurred note has behind it when it begins


@dataclass(frozen=True, eq=False)
class Struck:
    """A struck or plucked instrument by its portrait.

    name: keys what belongs to the instrument. stereo: left and right as recorded. mute_s: T60 of low partials under
    the palm; muted: always so. brighter_db: an octave above 500 Hz, against the recording.
    """

    name: str
    portrait: Portrait
    stereo: bool = False
    mute_s: float = 0.2
    muted: bool = False
    brighter_db: float = 0.0

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (frames,), or (2, frames) where recorded in stereo."""
        moment = self.portrait.at(stroke.pitch, stroke.strength)
        numbers = np.arange(1, len(moment.partials) + 1, dtype=np.float64)
        stiff = moment.stiffness
        hz = midi_to_hz(stroke.pitch) * numbers * np.sqrt((1 + stiff * numbers**2) / (1 + stiff))
        how = "mute" if self.muted else stroke.articulation
        db, noise = _articulated(moment, hz, how, self.mute_s)
        db = db + _varied(numbers, how, luck)[:, None]
        if self.brighter_db:
            db = db + self.brighter_db * _octaves(hz, 500.0)[:, None]
            noise = noise + self.brighter_db * _octaves(_BAND_MIDDLE_HZ, 500.0)[:, None]
        own = Seed(0).child(self.name, round(stroke.pitch)).luck().noise(2 * len(hz)).reshape(2, -1)
        turns = np.pi * own[0] + 0.3 * luck.noise(len(hz))
        air = hiss(noise, stroke.frames, luck)
        if not self.stereo:
            return tones(hz, turns, db, stroke.frames) + air
        lean, apart = 0.5 * moment.sides, 0.5 * own[1]
        left = tones(hz, turns + apart, db + lean[:, None], stroke.frames)
        right = tones(hz, turns - apart, db - lean[:, None], stroke.frames)
        return np.stack([left + air, right + 0.7 * air + 0.7 * hiss(noise, stroke.frames, luck)])


@dataclass(frozen=True, eq=False)
class Blown:
    """A wind instrument by its portrait; breath and lips (vibrato, scoop, lean) as in `held.Held`."""

    portrait: Portrait
    breath: Held

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (frames,)."""
        moment = self.portrait.at(stroke.pitch, stroke.strength)
        hz = midi_to_hz(stroke.pitch) * np.arange(1, len(moment.partials) + 1)
        db, noise = moment.partials, moment.noise
        if stroke.articulation == "legato":
            db, noise = _slurred(db), _slurred(noise)
        db = db + 0.6 * luck.noise(len(hz))[:, None]
        bend, lean = self.breath.curves(stroke, luck)
        sway = 0.3 * luck.noise(len(KNOTS_S)) * np.linspace(0, 1, len(KNOTS_S))
        tone = tones(hz, np.pi * luck.noise(len(hz)), db + sway * _octaves(hz, 300.0)[:, None], stroke.frames)
        swell = 1 - self.breath.swell + self.breath.swell * lean
        return warp(tone, bend[: stroke.frames]) * swell + hiss(noise, stroke.frames, luck)


def _octaves(hz: np.ndarray, above_hz: float) -> np.ndarray:
    return np.log2(np.maximum(hz / above_hz, 1.0))


def _varied(numbers: np.ndarray, how: str, luck: Luck) -> np.ndarray:
    """dB by which a take differs: the finger never meets the string at quite the same place."""
    drift = _TAKE_DB * luck.noise(len(numbers))
    place = luck.uniform(0.07, 0.13) if how == "strum-up" else luck.uniform(0.1, 0.2)
    return drift + _PLUCK_DB * luck.uniform(-1, 1) * np.cos(2 * np.pi * numbers * place)


def _slurred(db: np.ndarray) -> np.ndarray:
    """A start without tonguing: the level of the settled tone, 5 dB down at first."""
    out = db.copy()
    rest = db[:, _SLURRED]
    out[:, :_SLURRED] = np.maximum(db[:, :_SLURRED], rest[:, None] - np.linspace(5.0, 1.0, _SLURRED))
    return out


def _palm_db(hz: np.ndarray, mute_s: float, corner_hz: float) -> np.ndarray:
    """What the palm takes away by each knot: T60 of mute_s, shorter above the corner."""
    return 60.0 * KNOTS_S * (1 + (hz[:, None] / corner_hz) ** 1.2) / mute_s


def _articulated(moment: Moment, hz: np.ndarray, how: str, mute_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Levels of partials and noise under the palm ("mute"), hammered on ("legato"), struck upwards ("strum-up")."""
    db, noise = moment.partials, moment.noise
    if how == "mute":
        corner = 300.0 + 5.0 * hz[0]
        db = db - _palm_db(hz, mute_s, corner) - 3.0 * _octaves(hz, 0.6 * corner)[:, None]
        noise = noise - _palm_db(_BAND_MIDDLE_HZ, mute_s, corner)
    elif how == "legato":
        db = db - 2.0 * _octaves(hz, 500.0)[:, None]
        noise = noise - 9.0
    elif how == "strum-up":
        db = db + np.minimum(_octaves(hz, 250.0), 3.0)[:, None] - 1.0
    return db, noise
