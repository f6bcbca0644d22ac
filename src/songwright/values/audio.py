"""Sound as a value: samples with their rate, stems, master."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

RATE_HZ = 48_000


@dataclass(frozen=True, eq=False)
class Audio:
    """Samples, float32 (channels, frames), full scale -1..1, read-only; takes ownership of what it is given."""

    samples: np.ndarray
    rate_hz: int = RATE_HZ

    def __post_init__(self) -> None:
        samples = np.ascontiguousarray(np.atleast_2d(self.samples), dtype=np.float32)
        owner: object = samples
        while isinstance(owner, np.ndarray):  # freezing a view would leave its owner writable
            owner.flags.writeable = False
            owner = owner.base
        object.__setattr__(self, "samples", samples)

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (np.array(self.samples), self.rate_hz))

    @property
    def channels(self) -> int:
        """1 mono, 2 stereo."""
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        """Samples a channel."""
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.rate_hz


@dataclass(frozen=True, eq=False)
class Stems:
    """Named sounds of equal length and rate, sample-aligned, stereo."""

    names: tuple[str, ...]
    sounds: tuple[Audio, ...]

    def __post_init__(self) -> None:
        if len(self.names) != len(self.sounds):
            raise ValueError("a name for each stem")
        if len({(sound.frames, sound.rate_hz, sound.channels) for sound in self.sounds}) > 1:
            raise ValueError("stems must have equal length, rate and channels")

    def __getitem__(self, name: str) -> Audio:
        return self.sounds[self.names.index(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __or__(self, other: Stems) -> Stems:
        return Stems(self.names + other.names, self.sounds + other.sounds)

    @property
    def lead(self) -> str | None:
        """The name of the stem that sings the words: "lead", or "voice" where a network made the sound."""
        return next((name for name in ("lead", "voice") if name in self.names), None)

    def items(self) -> Iterator[tuple[str, Audio]]:
        """Pairs of name and sound."""
        return zip(self.names, self.sounds, strict=True)


@dataclass(frozen=True, eq=False)
class Mix:
    """The balanced song before mastering. stems: each as it is heard in the mix; they add up to `sum`."""

    stems: Stems
    sum: Audio


@dataclass(frozen=True, eq=False)
class Master:
    """The finished sound and how loud it is (ITU-R BS.1770-5, EBU Tech 3342)."""

    audio: Audio
    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float
