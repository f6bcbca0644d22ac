"""What every verb is given besides its values: luck, a listener for progress, the shelf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from songwright.values.seed import Seed
from songwright.values.shelf import Shelf

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Progress:
    """How far a stage is: done of total (0 = unknown), and a word about it."""

    stage: str
    done: float = 0.0
    total: float = 0.0
    note: str = ""


def silent(progress: Progress) -> None:
    """A listener who does not care."""


class Tape(Protocol):
    """Where long sounds lie: in memory, or out of it while nobody works on them."""

    def blank(self, channels: int, frames: int) -> np.ndarray:
        """Silence to record on, float32 (channels, frames)."""

    def keep(self, samples: np.ndarray) -> np.ndarray:
        """The same sound, maybe moved out of memory."""

    def put_by(self, samples: np.ndarray) -> None:
        """Nobody works on this sound for a while: its memory may be used for others."""


class Memory:
    """Tape that is plain memory."""

    def blank(self, channels: int, frames: int) -> np.ndarray:
        """Silence, float32 (channels, frames)."""
        import numpy as np

        return np.zeros((channels, frames), dtype=np.float32)

    def keep(self, samples: np.ndarray) -> np.ndarray:
        """The same sound."""
        return samples

    def put_by(self, samples: np.ndarray) -> None:
        """Stays where it is."""


@dataclass(frozen=True)
class Context:
    """seed: luck with a name. shelf: voices, styles, dictionaries. tell: told of progress; may raise Cancelled.

    workers: threads a verb may use (sound does not depend on it). tape: where long sounds lie.
    """

    seed: Seed
    shelf: Shelf
    tell: Callable[[Progress], None] = silent
    workers: int = 2
    tape: Tape = field(default_factory=Memory)

    def child(self, *names: object) -> Context:
        """The context of a smaller job: own luck by name, everything else shared."""
        return replace(self, seed=self.seed.child(*names))
