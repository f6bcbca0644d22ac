"""What the codec hears in one step: short pieces of voices, bands and both, at many levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from songwright.errors import BriefError, ShelfError
from songwright.io.sound import read_audio
from songwright.runtime.codec import RATE_HZ, STRIDE
from songwright.train.renders.shards import Rendered
from songwright.values.seed import Luck, Seed

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")
_QUIET = 1e-3
_TRIES = 6
_VOICE, _BAND = 0.45, 0.4  # the rest is both together


@dataclass(frozen=True)
class Manner:
    """batch crops of `frames` samples each. recorded: share of crops from recordings, where there are some.

    softest_db: crops are up to this much softer than the finished song.
    """

    batch: int = 16
    frames: int = 24_576
    recorded: float = 0.15
    softest_db: float = -12.0


def read_recordings(folder: Path | None) -> list[np.ndarray]:
    """Every sound file of a folder as one channel of int16 at 32 kHz. Raises ShelfError where there are none."""
    if folder is None:
        return []
    files = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES]
    if not files:
        raise ShelfError(str(folder), f"holds no recordings ({', '.join(SUFFIXES)})")
    return [recording(path) for path in files]


def recording(path: Path) -> np.ndarray:
    """One sound file, one channel, int16 at 32 kHz."""
    audio = read_audio(path)
    mono = soxr.resample(audio.samples.mean(axis=0), audio.rate_hz, RATE_HZ)
    return np.round(np.clip(mono, -1.0, 1.0) * 32767).astype(np.int16)


class Crops:
    """The crops of every step: the same for the same step, however often a run is resumed."""

    def __init__(
        self, pieces: Sequence[Rendered], recordings: Sequence[np.ndarray], manner: Manner, seed: Seed
    ) -> None:
        """Raises BriefError for crops that are no whole latent frames, ShelfError where pieces are too short."""
        if manner.frames % STRIDE:
            raise BriefError("frames", f"{manner.frames} is no multiple of {STRIDE}.", "Take 24576.")
        self._pieces = [piece for piece in pieces if len(piece.sound) >= manner.frames]
        self._recordings = [sound for sound in recordings if len(sound) >= manner.frames]
        if not self._pieces:
            raise ShelfError("renders", f"hold no piece of {manner.frames} samples")
        lengths = np.array([len(piece.sound) for piece in self._pieces], float)
        self._until = np.cumsum(lengths) / lengths.sum()
        self._manner, self._seed = manner, seed

    def at(self, step: int) -> np.ndarray:
        """The crops of one step: float32 (batch, frames)."""
        seed = self._seed.child(step)
        return np.stack([self._crop(seed.child(n).luck()) for n in range(self._manner.batch)])

    def _crop(self, luck: Luck) -> np.ndarray:
        if self._recordings and luck.chance(self._manner.recorded):
            sound = luck.choice(self._recordings)
            first = luck.integer(0, len(sound) - self._manner.frames)
            return _scaled(
                sound[first : first + self._manner.frames], luck.uniform(self._manner.softest_db, 6.0)
            )
        which = luck.uniform()
        shares = np.array([which < _VOICE or which >= _VOICE + _BAND, which >= _VOICE], np.float32)
        for _ in range(_TRIES):  # rests are rare
            piece = self._pieces[int(np.searchsorted(self._until, luck.uniform()))]
            first = luck.integer(0, len(piece.sound) - self._manner.frames)
            taken = piece.sound[first : first + self._manner.frames].astype(np.float32) @ shares
            if np.sqrt(np.mean(np.square(taken))) > _QUIET * 32767:
                break
        return _scaled(taken, piece.about["master_gain_db"] + luck.uniform(self._manner.softest_db, 0.0))


def _scaled(sound: np.ndarray, gain_db: float) -> np.ndarray:
    """As a share of full scale, and never beyond it."""
    loud = sound.astype(np.float32) * np.float32(10 ** (gain_db / 20) / 32767)
    return loud / max(1.0, float(np.abs(loud).max(initial=0.0)))
