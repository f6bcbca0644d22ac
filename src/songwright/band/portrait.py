"""Portraits of recorded instruments: how loud each partial and each band of noise is, moment by moment.

A portrait holds small statistics of recorded notes, one row a note: partials and noise bands in dB at the moments
KNOTS_S after the stroke (harmonics plus noise; Serra & Smith, Computer Music Journal 14(4), 1990), and how stiff
the string is. Between recorded pitches and strengths they are read off between neighbours; no sample is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

KNOTS_S = np.array([0.0, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048])
BANDS_HZ = np.geomspace(45.0, 18000.0, 33)  # edges of the noise bands
FLOOR_DB = -100.0  # what was too soft to measure
_BELL, _OWN = 6.0, 0.7  # semitones
_EVEN = 0.5  # power of the mean over neighbours: 0 decibels .. 1 amplitudes
_STEP_DB, _LOWEST_DB = 0.5, -110.0  # how decibels are kept in a byte


def to_bytes(db: np.ndarray) -> np.ndarray:
    """Decibels -110 .. 17.5 as bytes, half a decibel each."""
    return np.clip(np.round((db - _LOWEST_DB) / _STEP_DB), 0, 255).astype(np.uint8)


def from_bytes(kept: np.ndarray) -> np.ndarray:
    """What `to_bytes` kept, in decibels."""
    return kept.astype(np.float64) * _STEP_DB + _LOWEST_DB


_EVENED = (10.0 ** (from_bytes(np.arange(256)) * (_EVEN / 20.0))).astype(np.float32)  # of each byte


@dataclass(frozen=True, eq=False)
class Moment:
    """One note as it should sound: partials (partials, knots) and noise (bands, knots) in dB, stiffness B.

    sides: how much louder each partial is on the left than on the right, dB; zeros for one microphone.
    """

    partials: np.ndarray
    noise: np.ndarray
    stiffness: float
    sides: np.ndarray


@dataclass(frozen=True, eq=False)
class Portrait:
    """Recorded notes of one instrument, sorted by pitch.

    pitches: MIDI, (notes,). strengths: of the layers, 0..1, softest first. partials: (layers, notes, partials, knots)
    and noise: (layers, notes, bands, knots), against the note's strongest partial, as bytes (`from_bytes`).
    stiffness: (notes,). sides: (notes, partials), quarter dB. body: 0..1, how far the spectrum stands still in Hz
    where the pitch moves (1 = a fixed body or pickup, 0 = each partial keeps its level).
    """

    pitches: np.ndarray
    strengths: np.ndarray
    partials: np.ndarray
    noise: np.ndarray
    stiffness: np.ndarray
    sides: np.ndarray
    body: np.ndarray

    def at(self, pitch: float, strength: float) -> Moment:
        """The note of that pitch and strength.

        What notes have in common is averaged over neighbours (a bell of 6 semitones); a recorded note keeps what
        is its own. Beyond the recorded strengths the step from soft to loud goes on, but not far.
        """
        layer, share = _step(self.strengths, strength)
        near = np.exp(-0.5 * ((self.pitches - pitch) / _BELL) ** 2) + 1e-9
        near /= near.sum()
        used = np.flatnonzero(near > 0.01)
        weight = near[used] / near[used].sum()
        stiffness = float(np.exp(weight @ np.log(self.stiffness[used])))
        closest = int(np.argmin(np.abs(self.pitches - pitch)))
        own = float(np.exp(-(((float(self.pitches[closest]) - pitch) / _OWN) ** 2)))
        partials, noise = [], []
        for i in (layer, min(layer + 1, len(self.strengths) - 1)):
            rows = _EVENED[self.partials[i, used]]
            moved = [
                self._moved(row, pitch - float(p)) for row, p in zip(rows, self.pitches[used], strict=True)
            ]
            common = _common(weight, np.array(moved))
            partials.append(common + own * (from_bytes(self.partials[i, closest]) - common))
            common = _common(weight, _EVENED[self.noise[i, used]])
            noise.append(common + own * (from_bytes(self.noise[i, closest]) - common))
        sides = 0.25 * np.tensordot(weight, self.sides[used].astype(np.float64), 1)
        return Moment(
            partials[0] + (partials[1] - partials[0]) * share,
            noise[0] + (noise[1] - noise[0]) * share,
            stiffness,
            sides,
        )

    def _moved(self, row: np.ndarray, semitones: float) -> np.ndarray:
        """A note's partials for another pitch: its spectrum stays where it is in Hz as far as `body` says."""
        place = np.arange(1, len(row) + 1) * 2.0 ** (float(self.body) * semitones / 12.0) - 1.0
        low = np.clip(np.floor(place).astype(int), 0, len(row) - 2)
        share = np.clip(place - low, 0.0, 1.0)[:, None]
        return row[low] * (1 - share) + row[low + 1] * share


def _common(weight: np.ndarray, evened: np.ndarray) -> np.ndarray:
    """A mean over the first axis between that of decibels and that of amplitudes, so that silence weighs little; dB."""
    return 20.0 / _EVEN * np.log10(np.tensordot(weight, evened, 1))


def _step(strengths: np.ndarray, wanted: float) -> tuple[int, float]:
    """The layer below a strength, and how far towards the next one it lies, -0.4 .. 1.4."""
    if len(strengths) == 1:
        return 0, 0.0
    layer = int(np.clip(np.searchsorted(strengths, wanted) - 1, 0, len(strengths) - 2))
    low, high = float(strengths[layer]), float(strengths[layer + 1])
    return layer, float(np.clip((wanted - low) / (high - low), -0.4, 1.4))


def portrait_of(arrays: Mapping[str, np.ndarray], name: str) -> Portrait:
    """The portrait of that name from the shelf's arrays. Raises KeyError where there is none."""
    return Portrait(*(arrays[f"{name}/{field}"] for field in Portrait.__dataclass_fields__))
