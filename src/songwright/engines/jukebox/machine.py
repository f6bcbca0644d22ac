"""The networks of the engine, opened: codec and generator, on the CPU or, through PyTorch, on a graphics card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from typing import Any

import numpy as np

from songwright.engines.jukebox.sound import stems_of
from songwright.errors import BriefError, EngineUnavailable, ShelfError
from songwright.io.shelf import HouseShelf
from songwright.producer.wishes import TEMPERATURE
from songwright.runtime.codec import Codec
from songwright.runtime.jukebox.generator import Generator, Sampler
from songwright.runtime.jukebox.windows import heard, stretch
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.shelf import WeightsCard
from songwright.values.sounding import DEVICES, GUIDANCE, STEPS, SoundWishes
from songwright.values.take import Ingredient

RUNNERS = "songwright.runners"
"""Entry points that open a generator elsewhere than on the CPU: name "jukebox", called with the context."""
USUAL_STEPS, USUAL_GUIDANCE = 16, 3.0
DECODER, ENCODER, GENERATOR = "codec-decoder", "codec-encoder", "jukebox"
_MEND = "install songwright again, or train it: docs/jukebox.md"


@dataclass(frozen=True)
class Machine:
    """Codec and generator, and how the generator is to work."""

    codec: Codec
    generator: Sampler
    manner: Mapping[str, Any]
    cards: tuple[WeightsCard, ...]

    def made(
        self, told: Mapping[str, np.ndarray], kept: np.ndarray, keep: np.ndarray, ctx: Context
    ) -> Iterator[tuple[int, np.ndarray]]:
        """Finished latents as `runtime.jukebox.windows.stretch` gives them."""
        return stretch(self.generator, told, kept, keep, seed=ctx.seed, tell=ctx.tell, **self.manner)

    def played(
        self, told: Mapping[str, np.ndarray], frames: int, ctx: Context
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Voice and band from nothing but what is told: stereo, 48 kHz, piece by piece."""
        kept = np.zeros((frames, 2 * self.generator.latents), np.float32)
        made = self.made(told, kept, np.zeros((frames, 2), np.float32), ctx)
        yield from stems_of(heard(self.codec, made))

    def coded(self, both: np.ndarray) -> np.ndarray:
        """Latents (T, 2 latents) of two channels at 32 kHz, voice and band."""
        return np.concatenate([self.codec.encode(channel) for channel in both], axis=1)

    def ingredients(self) -> tuple[Ingredient, ...]:
        """What made the sound."""
        return tuple(
            Ingredient("weights", card.id, card.licence, card.source, card.sha256, card.commercial_use)
            for card in self.cards
        )


def machine(brief: SongBrief, ctx: Context, hears: bool = False) -> Machine:
    """Everything ready to run. hears: with the encoder too, for sound that is there already.

    Raises BriefError for steps, guidance or devices that cannot be, ShelfError (with what to do) where weights are
    missing, damaged or of another version, EngineUnavailable without PyTorch for a graphics card.
    """
    check_manner(brief)
    sound = brief.sound or SoundWishes()
    if sound.weights:
        ctx = replace(ctx, shelf=HouseShelf(weights=sound.weights))
    names = (DECODER, ENCODER, GENERATOR) if hears else (DECODER, GENERATOR)
    try:
        codec = Codec(ctx.shelf.network(DECODER), ctx.shelf.network(ENCODER) if hears else None, ctx.workers)
        if sound.device == "gpu":
            generator = _elsewhere(ctx)
        else:
            generator = Generator(ctx.shelf.network(GENERATOR), ctx.workers)
        generator.belongs_to(codec)
        cards = tuple(ctx.shelf.weights_card(name) for name in names)
    except ShelfError as problem:
        raise ShelfError(problem.item, f"{problem.problem}; {_MEND}") from problem
    manner = {
        "steps": USUAL_STEPS if sound.steps is None else sound.steps,
        "guidance": USUAL_GUIDANCE if sound.guidance is None else sound.guidance,
        "temperature": 1.0 if brief.temperature is None else brief.temperature,
    }
    return Machine(codec, generator, manner, cards)


def check_manner(brief: SongBrief) -> None:
    """Raises BriefError for a way of working that cannot be."""
    sound = brief.sound or SoundWishes()
    numbers = (
        ("steps", sound.steps, STEPS), ("guidance", sound.guidance, GUIDANCE),
        ("temperature", brief.temperature, TEMPERATURE),
    )  # fmt: skip
    for field, value, (low, high) in numbers:
        if value is not None and not low <= value <= high:
            raise BriefError(field, f"{value:g} is out of range.", f"Give {low:g} to {high:g}.")
    if sound.device not in DEVICES:
        raise BriefError("device", f"there is no device {sound.device!r}.", f"Known: {', '.join(DEVICES)}.")
    if any(not share > 0 for share in (sound.personas or {}).values()):
        raise BriefError("blend", "shares are over 0.", "Write it like rusty-hale:0.5,pia-lumengrove:0.5.")


def _elsewhere(ctx: Context) -> Sampler:
    for entry in entry_points(group=RUNNERS, name=GENERATOR):
        try:
            return entry.load()(ctx)
        except ImportError as problem:
            raise EngineUnavailable("PyTorch", "pip install 'songwright[train]'") from problem
    raise EngineUnavailable("a runner for graphics cards", "pip install 'songwright[train]'")
