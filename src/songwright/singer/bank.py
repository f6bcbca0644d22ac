"""A voice as data: how its bank of diphones is laid out, and how a frame of it becomes a spectrum.

A diphone is the way from the middle of one phone to the middle of the next. A bank holds, for every pair of phones,
frames of 5 ms with the spectral envelope as a mel cepstrum and the aperiodicity (how much is noise) at 3 and 6 kHz.

Arrays of a bank (`Voice.arrays`), P phones in the order of `PHONES`, T frames, D = `DIMENSIONS`:
    start (P, P) int32     first frame of a pair, -1 = not there
    left, right (P, P)     frames before and after the border between the two phones
    envelope (T, D) uint8  mel cepstrum: low + step * value, decibels; low, step (D,) float32
    noise (T, 2) uint8     aperiodicity at 3 and 6 kHz: -value / 4 decibels (0 = all noise)
    natural_s (P,)         usual length of each phone in speech, seconds

Mel cepstrum: the log power spectrum (dB) sampled on `GRID` points, equally spaced in mel from 0 to 8 kHz, as a sum of
cosines (Davis & Mermelstein 1980; mel scale of O'Shaughnessy 1987).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from songwright.errors import ShelfError
from songwright.text import phones
from songwright.values.shelf import Voice

PHONES = (
    "PAU", "AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW", "AX",
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T", "TH", "V",
    "W", "Y", "Z", "ZH",
)  # fmt: skip
VOWELS = frozenset(PHONES[1:17])
SOURCE_RATE_HZ = 16_000
DIMENSIONS = 36
GRID = 160
NEAREST = {
    "SIL": "PAU", "SP": "PAU", "AXR": "ER", "IX": "IH", "UX": "UW", "DX": "D", "NX": "N", "EM": "M", "EN": "N",
    "Q": "PAU", "WH": "W", "HV": "HH", "Y:": "UW",
}  # fmt: skip
"""Phones of other alphabets -> the one here that is made at nearly the same place."""


def nearest_phone(symbol: str) -> str:
    """The phone of the bank that stands for a symbol: stress digits dropped, strangers replaced by neighbours."""
    name = symbol.strip().upper().rstrip("012")
    if name in PHONES:
        return name
    if name in NEAREST:
        return NEAREST[name]
    if name in phones.PHONES:
        return phones.nearest(name, PHONES[1:])
    return "AH" if name[:1] in "AEIOU" else "HH"


def mel(frequency_hz: np.ndarray) -> np.ndarray:
    """Frequency as the ear spaces it, in mel."""
    return 1127.0 * np.log1p(np.asarray(frequency_hz, dtype=np.float64) / 700.0)


def cosines(frequency_hz: np.ndarray) -> np.ndarray:
    """What each cepstral dimension adds at given frequencies, (D, bins); above 8 kHz the value at 8 kHz."""
    top = mel(np.array(SOURCE_RATE_HZ / 2))
    place = np.clip(mel(frequency_hz) / top, 0.0, 1.0)
    return np.cos(np.pi * np.arange(DIMENSIONS)[:, None] * place[None, :])


def analysis_matrix(bins: int) -> np.ndarray:
    """From a log spectrum of `bins` equally spaced values 0..8 kHz to a mel cepstrum, (bins, D): least squares."""
    top = mel(np.array(SOURCE_RATE_HZ / 2))
    grid_hz = 700.0 * np.expm1(np.linspace(0.0, float(top), GRID) / 1127.0)
    place = grid_hz / (SOURCE_RATE_HZ / 2) * (bins - 1)
    low = np.minimum(place.astype(int), bins - 2)
    pick = np.zeros((GRID, bins))
    pick[np.arange(GRID), low] = 1.0 - (place - low)
    pick[np.arange(GRID), low + 1] += place - low
    return (np.linalg.pinv(cosines(grid_hz).T) @ pick).T


@dataclass(frozen=True, eq=False)
class Diphone:
    """The way from one phone to the next: cepstra (frames, D), noise in dB (frames, 2), frames before the border."""

    cepstra: np.ndarray
    noise_db: np.ndarray
    left: int


class Bank:
    """All diphones of a voice, decoded when they are asked for."""

    def __init__(self, voice: Voice) -> None:
        self.card = voice.card
        arrays = voice.arrays
        self._check(arrays)
        self._start = arrays["start"]
        self._left, self._right = arrays["left"], arrays["right"]
        self._cepstra = arrays["low"] + arrays["step"] * arrays["envelope"].astype(np.float32)
        self._noise_db = arrays["noise"].astype(np.float32) * -0.25

    def _check(self, arrays: Mapping[str, np.ndarray]) -> None:
        """A damaged bank is named as such."""
        count = len(PHONES)
        shapes = {
            "start": (count, count),
            "left": (count, count),
            "right": (count, count),
            "low": (DIMENSIONS,),
        }
        for name, shape in shapes.items():
            if name not in arrays or arrays[name].shape != shape:
                raise ShelfError(f"voice {self.card.id}", f"its bank has no {name} of shape {shape}")

    def diphone(self, a: str, b: str) -> Diphone:
        """The way from phone a to phone b; where a bank lacks a pair, the way through silence stands in."""
        i, j = PHONES.index(a), PHONES.index(b)
        start = int(self._start[i, j])
        if start < 0:
            if a == b == "PAU":
                return self._rest()
            out, into = self.diphone(a, "PAU"), self.diphone("PAU", b)
            return Diphone(
                np.concatenate([out.cepstra[: out.left], into.cepstra[into.left :]]),
                np.concatenate([out.noise_db[: out.left], into.noise_db[into.left :]]),
                out.left,
            )
        left, end = int(self._left[i, j]), start + int(self._left[i, j]) + int(self._right[i, j])
        return Diphone(self._cepstra[start:end], self._noise_db[start:end], left)

    def _rest(self) -> Diphone:
        """Silence: the quietest frame of the bank."""
        quiet = int(np.argmin(self._cepstra[:, 0]))
        return Diphone(
            np.repeat(self._cepstra[quiet : quiet + 1], 8, axis=0), np.zeros((8, 2), np.float32), 4
        )
