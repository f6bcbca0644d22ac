"""What an engine is asked for whose network makes the sound itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STEPS = (1, 128)
GUIDANCE = (0.0, 10.0)
DEVICES = ("cpu", "gpu")


@dataclass(frozen=True)
class SoundWishes:
    """How the network should work; None means as it was tuned.

    steps: from noise to sound, 1..128; more are slower and cleaner. guidance: how strictly it follows what it is
    told, 0..10, 1 = as it learned. free: no score is written; only genre, persona and the starts of lines are told.
    personas: artists blended, id -> share. device: "cpu" or "gpu" (PyTorch, where it is installed).
    weights: folder of networks of one's own, "" = those of the house.
    """

    steps: int | None = None
    guidance: float | None = None
    free: bool = False
    personas: Mapping[str, float] | None = None
    device: str = "cpu"
    weights: str = ""
