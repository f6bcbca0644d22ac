"""Sound that is there already, as the generator knows it: voice and band, one channel each, at the usual level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import soxr

from songwright.dsp import loudness
from songwright.dsp.units import db_to_amplitude
from songwright.engines.jukebox.engine import LOUDNESS_LUFS
from songwright.engines.memory import UNKNOWN
from songwright.errors import BriefError
from songwright.runtime.codec import LATENT_HZ, STRIDE
from songwright.runtime.codec import RATE_HZ as CODEC_HZ
from songwright.runtime.jukebox.telling import LEVEL_DB
from songwright.values.audio import Stems
from songwright.values.take import Ingredient, Take

SHORTEST_S = 0.5
SUNG = ("voice", "lead", "rooms")
"""Stems that are the voice; backing singers stand with the band, as in training."""
VOICE, BAND = "voice", "band"
HOMES = {VOICE: ("voice", "lead"), BAND: ("band",)}
"""Stems that new sound of each stream goes into, the first that is there; else a new one."""


@dataclass(frozen=True, eq=False)
class Clip:
    """A take as the generator hears it. gain: brings its sound to the level of training."""

    take: Take
    gain: float

    @property
    def rate_hz(self) -> int:
        """Of the take."""
        return self.take.master.audio.rate_hz

    @property
    def frames(self) -> int:
        """Samples of the take."""
        return self.take.master.audio.frames

    def streams(self, first: int, last: int) -> np.ndarray:
        """Voice and band between two samples: float32 (2, samples) at 32 kHz, whole latent frames."""
        part = slice(first, last)
        both = np.stack([_mono(self.take, sung, part) for sung in (True, False)]) * np.float32(self.gain)
        slow = (
            soxr.resample(both.T, self.rate_hz, CODEC_HZ, quality="HQ").T
            if self.rate_hz != CODEC_HZ
            else both
        )
        length = max(1, round((last - first) / self.rate_hz * LATENT_HZ)) * STRIDE
        fitted = slow[:, :length]
        return np.pad(fitted, ((0, 0), (0, length - fitted.shape[1]))).astype(np.float32)


def clip_of(take: Take, field: str) -> Clip:
    """The take as a clip. Raises BriefError(field) for one too short or silent to go by."""
    audio = take.master.audio
    if audio.duration_s < SHORTEST_S:
        raise BriefError(
            field,
            f"lasts {audio.duration_s:.3g} s, too short to go by.",
            f"Give at least {SHORTEST_S:g} s of sound.",
        )
    mixed = sum(_mono(take, sung, slice(None)) for sung in (True, False))
    level = loudness.integrated_lufs(np.stack([mixed, mixed]), audio.rate_hz)
    if level <= loudness.SILENCE_LUFS:
        raise BriefError(
            field,
            "is silent, so there is nothing to go by.",
            "songwright make --engine jukebox begins from nothing.",
        )
    return Clip(take, float(db_to_amplitude(LOUDNESS_LUFS + LEVEL_DB - level)))


def mixed_gain(take: Take, parts: Iterable[slice]) -> float:
    """How much louder the master is than the sum of its stems, in these stretches; 1 where there are no stems."""
    if take.stems is None:
        return 1.0
    finished = before = 0.0
    for part in parts:
        finished += float(np.square(take.master.audio.samples[:, part], dtype=np.float64).sum())
        total = sum(sound.samples[:, part].astype(np.float64) for sound in take.stems.sounds)
        before += float(np.square(total).sum())
    return float(np.sqrt(finished / before)) if before > 0 and finished > 0 else 1.0


def homes_of(stems: Stems) -> dict[str, str]:
    """The stem that new sound of the voice and of the band goes into."""
    return {
        stream: next((name for name in names if name in stems.names), stream)
        for stream, names in HOMES.items()
    }


def ingredients_of(take: Take) -> tuple[Ingredient, ...]:
    """What the take is made of; a sound from elsewhere closes commercial use, because nobody knows whose it is."""
    if take.engine.id != UNKNOWN.id:
        return take.ingredients
    return (
        Ingredient(
            "clip", "sound from elsewhere", "unknown; whoever gave it must know", commercial_use=False
        ),
    )


def _mono(take: Take, sung: bool, part: slice) -> np.ndarray:
    """Voice or band of a take as one channel; without stems all of it is band."""
    audio = take.master.audio
    if take.stems is None:
        whole = audio.samples[:, part]
        return np.zeros(whole.shape[1], np.float32) if sung else whole.mean(axis=0)
    found = [sound.samples[:, part] for name, sound in take.stems.items() if (name in SUNG) == sung]
    length = len(range(*part.indices(audio.frames)))
    return np.sum(found, axis=0).mean(axis=0) if found else np.zeros(length, np.float32)
