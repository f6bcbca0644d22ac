"""Chance with a name: every random choice is drawn from a seed that is keyed by what it is for."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np

T = TypeVar("T")
MAX_SEED = 2**63 - 1
_MASK = 2**64 - 1


@dataclass(frozen=True)
class Seed:
    """Where luck comes from: a number and the path of names that led here.

    `seed.child("drums")` depends on the number and the name alone, never on what was drawn before, so adding a
    tambourine cannot change the melody. value: 0..2**63-1.
    """

    value: int
    path: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.value <= MAX_SEED:
            raise ValueError(f"a seed is 0..{MAX_SEED}, not {self.value}")

    def child(self, *names: object) -> Seed:
        """The seed for something inside this one, by name."""
        return Seed(self.value, (*self.path, *(str(name) for name in names)))

    def luck(self) -> Luck:
        """A fresh stream of draws; the same seed always gives the same stream."""
        return Luck(self.key())

    def key(self) -> int:
        """64 bits that stand for this number and path (BLAKE2b)."""
        text = f"{self.value}/" + "/".join(self.path)
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


class Luck:
    """A stream of draws by SplitMix64 (Steele, Lea & Flood 2014): integers only, so bit-exact on every machine."""

    def __init__(self, key: int) -> None:
        self._state = key & _MASK

    def bits(self) -> int:
        """64 raw bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number in low <= x < high."""
        return low + (high - low) * ((self.bits() >> 11) * 2.0**-53)

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """A bell-shaped draw: the sum of 12 uniforms (no transcendental function, so bit-exact everywhere)."""
        return mean + deviation * (math.fsum(self.uniform() for _ in range(12)) - 6.0)

    def integer(self, low: int, high: int) -> int:
        """A whole number in low..high, both included."""
        return low + self.bits() * (high - low + 1) // 2**64

    def chance(self, probability: float) -> bool:
        """True with the given probability 0..1."""
        return self.uniform() < probability

    def choice(self, items: Sequence[T]) -> T:
        """One of the items, each as likely as another."""
        return items[self.integer(0, len(items) - 1)]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """One of the items, likely in proportion to its weight (weights >= 0, not all 0)."""
        point = self.uniform(0.0, math.fsum(weights))  # sum() rounds otherwise from Python 3.12 on
        for item, weight in zip(items, weights, strict=True):
            point -= weight
            if point < 0:
                return item
        return [item for item, weight in zip(items, weights, strict=True) if weight > 0][-1]

    def noise(self, count: int) -> np.ndarray:
        """`count` samples of white noise, uniform in -1..1, float64: for sound, where speed matters."""
        import numpy as np

        raw = np.random.Philox(key=self.bits()).random_raw(count)
        return (raw >> np.uint64(11)) * 2.0**-52 - 1.0
