"""From the codec's sound to a record's: 48 kHz, the voice in the middle, the band a little to the sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import scipy.signal
import soxr

from songwright.dsp import dynamics, filters
from songwright.dsp.units import db_to_amplitude
from songwright.runtime.codec import RATE_HZ as CODEC_HZ
from songwright.runtime.jukebox.telling import LEVEL_DB
from songwright.values.audio import RATE_HZ

_WIDTH = 0.35
_TURNS_HZ = (350.0, 900.0, 2300.0, 6000.0)
_WIDE_ABOVE_HZ = 250.0
_KNEE, _TOP = 0.6, 0.98


def stems_of(pieces: Iterable[np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Voice and band in stereo at 48 kHz, piece by piece; together exactly half as many samples again.

    pieces: float32 (2: voice and band, samples) at 32 kHz, as `runtime.jukebox.windows.heard` gives them.
    """
    stream = soxr.ResampleStream(CODEC_HZ, RATE_HZ, 2, dtype="float32", quality="HQ")
    widener = Widener()
    taken = given = 0
    for piece in chain(pieces, (None,)):  # what the filter still holds comes at the end
        both = np.zeros((2, 0), np.float32) if piece is None else piece
        taken += both.shape[1]
        made = stream.resample_chunk(np.ascontiguousarray(both.T, np.float32), last=piece is None).T
        if piece is None:
            wanted = taken * RATE_HZ // CODEC_HZ - given
            made = np.pad(made[:, :wanted], ((0, 0), (0, max(0, wanted - made.shape[1]))))
        given += made.shape[1]
        if made.shape[1]:
            yield np.stack([made[0], made[0]]), widener.sound(made[1])


class Widener:
    """One channel as two that add up to it: what lies higher than a bass stands a little to the sides."""

    def __init__(self) -> None:
        turns = [filters.all_pass(hz) for hz in _TURNS_HZ]
        self._sos = filters.chain(filters.high_pass(_WIDE_ABOVE_HZ), *turns)
        self._state = np.zeros((len(self._sos), 2))

    def sound(self, mono: np.ndarray) -> np.ndarray:
        """(samples,) at 48 kHz -> (2, samples), going on where it stopped."""
        side, self._state = scipy.signal.sosfilt(self._sos, mono.astype(np.float64), zi=self._state)
        side = (_WIDTH * side).astype(np.float32)
        return np.stack([mono + side, mono - side])


def preview(voice: np.ndarray, band: np.ndarray) -> np.ndarray:
    """Both together about as loud as a finished song, softly bent where it would clip: what a stream hands on."""
    mixed = (voice + band) * np.float32(db_to_amplitude(-LEVEL_DB))
    return dynamics.soft_clip(mixed, _KNEE, _TOP)
