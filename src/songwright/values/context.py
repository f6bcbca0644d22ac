"""What every verb is given besides its values: luck, a listener for progress, the shelf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from songwright.values.seed import Seed
from songwright.values.shelf import Shelf


@dataclass(frozen=True)
class Progress:
    """How far a stage is: done of total (0 = unknown), and a word about it."""

    stage: str
    done: float = 0.0
    total: float = 0.0
    note: str = ""


def silent(progress: Progress) -> None:
    """A listener who does not care."""


@dataclass(frozen=True)
class Context:
    """seed: luck with a name. shelf: voices, styles, dictionaries. tell: told of progress; may raise Cancelled.

    workers: threads a verb may use (sound does not depend on it).
    """

    seed: Seed
    shelf: Shelf
    tell: Callable[[Progress], None] = silent
    workers: int = 2

    def child(self, *names: object) -> Context:
        """The context of a smaller job: own luck by name, everything else shared."""
        return replace(self, seed=self.seed.child(*names))
