"""Sound from noise: the generator's network asked again and again which way the latents should go.

Euler's method along the velocity of flow matching (Lipman et al. 2023), led away from what would be made untold
(classifier-free guidance, Ho & Salimans 2022) without becoming louder (adaptive projected guidance, Sadat, Hilliges &
Weber 2024), with more steps near the noise (the shift of Esser et al. 2024). The band is led away from saying nothing
at all, the voice half away from that and half from naming nobody, so that it is somebody's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from songwright.errors import ShelfError
from songwright.runtime.codec import Codec
from songwright.runtime.jukebox.labels import PLAYERS, QUALITIES, SECTIONS, STRIKERS, SYMBOLS
from songwright.runtime.jukebox.telling import FRAME, GLOBALS, MODES, WHOLE, Arrays, nameless, untold
from songwright.runtime.session import Network
from songwright.values.brief import CHARACTER
from songwright.values.context import Progress, silent
from songwright.values.seed import Luck

VERSION = "2"
NUMBERED = {
    "phones": SYMBOLS, "qualities": QUALITIES, "sections": SECTIONS, "players": PLAYERS, "strikers": STRIKERS,
    "modes": MODES, "colours": CHARACTER,
}  # fmt: skip
"""What is told by number: a network knows it in this order."""
INPUTS = ("noisy", "moment", "kept", "keep", *FRAME, *WHOLE)
OUTPUT = "velocity"
STAGE = "sound"
_SCORE = np.float32(0.5)
"""Share of a voice's guidance away from nothing told at all: without it pitch and words suffer, with it alone voices
are nobody's in particular."""
_ALONG = 0.35, 0.1
"""Of guidance that only makes more of the same what stays, of voice and band: levels are then those without guidance
(all of it makes bands 9 dB too loud)."""


class Sampler:
    """Makes latents with a network; `velocity` of those who inherit asks it.

    names: for each of GLOBALS the ids it knows. latents: of one stem; those of the voice stand before the band's.
    latents_id: fingerprint of the codec whose latents they are.
    """

    def __init__(self, notes: Mapping[str, Any], name: str) -> None:
        """notes: what the network's maker wrote beside it, as `notes_of` has it. Raises ShelfError for others."""
        self.name = name
        try:
            known = {kind: tuple(values) for kind, values in notes["numbered"].items()}
            self.names = {kind: tuple(notes["names"][kind]) for kind in GLOBALS}
            self.latents, self.latents_id = int(notes["latents"]), str(notes["latents_id"])
            self.centre, self.spread = (np.array(notes[key], np.float32) for key in ("centre", "spread"))
            fits = self.centre.shape == self.spread.shape == (2 * self.latents,)
            fits = fits and notes["version"] == VERSION and known == NUMBERED
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise ShelfError(name, "is no generator of sound") from problem
        if not fits:
            raise ShelfError(
                name, "was made by another version; export it again, or install songwright again"
            )

    def velocity(
        self, noisy: np.ndarray, moment: float, kept: np.ndarray, keep: np.ndarray, told: Any
    ) -> np.ndarray:
        """Where latents go at a moment, 0 noise .. 1 sound: one answer for each row told, (rows, T, 2 latents).

        noisy, kept: (T, 2 latents) of unit spread. keep: (T, 2). told: what `prepared` gave.
        """
        raise NotImplementedError

    def prepared(self, told: Mapping[str, np.ndarray]) -> Any:
        """Rows of what is told, made ready for `velocity`."""
        return told

    def belongs_to(self, codec: Codec) -> None:
        """Raises ShelfError where the latents of this codec are not those the network learned."""
        if codec.latents_id and codec.latents_id != self.latents_id:
            raise ShelfError(self.name, "was trained with another codec; export both again")

    def sample(
        self, told: Mapping[str, np.ndarray], kept: np.ndarray, keep: np.ndarray, *, luck: Luck, steps: int = 16,
        guidance: float = 3.0, temperature: float = 1.0, shift: float = 2.0,
        tell: Callable[[Progress], None] = silent,
    ) -> np.ndarray:  # fmt: skip
        """Latents (T, 2 latents) float32 of T frames; frames that are kept come back exactly as given.

        told: `telling.told_of` or `left_out`, with `whole_of`. kept: (T, 2 latents). keep: (T, 2: voice, band), 1 =
        stays. steps: the more, the finer. guidance: how far to go beyond what would be made untold; 1 = not, and a
        third of the work. temperature: size of the noise it begins with; less is plainer. shift: over 1 spends more
        steps near the noise.
        """
        if kept.shape != (len(keep), 2 * self.latents) or keep.shape[1:] != (2,):
            raise ValueError(f"latents {kept.shape} and what is kept of them {keep.shape} do not fit")
        rows = [told] if guidance == 1.0 else [told, nameless(told), untold(told)]
        said = self.prepared({name: np.stack([row[name] for row in rows]) for name in (*FRAME, *WHOLE)})
        wide = np.repeat(keep, self.latents, axis=1) > 0
        held = np.where(wide, (kept - self.centre) / self.spread, 0).astype(np.float32)
        noise = bell(luck, kept.shape)
        x = np.where(wide, noise, np.float32(temperature) * noise)
        straight = held - noise  # the way of what is kept is known: training shows it so
        keep = np.ascontiguousarray(keep, np.float32)
        for step, (now, then) in enumerate(pairwise(moments(steps, shift))):
            tell(Progress(STAGE, step, steps))
            made = self.velocity(x, now, held, keep, said)
            led = self._led(x, made, np.float32(guidance - 1.0), np.float32(1.0 - now), ~wide)
            x = x + np.float32(then - now) * np.where(wide, straight, led)
        tell(Progress(STAGE, steps, steps))
        return np.where(wide, kept, x * self.spread + self.centre).astype(np.float32)

    def _led(
        self, x: np.ndarray, made: np.ndarray, strength: np.float32, left: np.float32, free: np.ndarray
    ) -> np.ndarray:
        """The velocity as told, and further away from the others, stem by stem; made: told, nameless, untold (or told).

        What of that lies along the sound that is coming is taken back, stem by stem, but for the shares of `_ALONG`.
        left: time that is left until the sound. free: (T, 2 latents), True where it is to be made.
        """
        told, further = made[0], np.zeros_like(made[0])
        coming = np.where(free, x + left * told, np.float32(0.0))
        stems = slice(0, self.latents), slice(self.latents, None)
        others = (_SCORE * made[-1] + (1 - _SCORE) * made[1], made[-1]) if len(made) > 1 else ()
        for stem, other, share in zip(stems, others, _ALONG, strict=False):
            along, away = coming[:, stem], further[:, stem]
            away[:] = strength * (told - other)[:, stem]
            much = float((away * along).sum(dtype=np.float64)) / max(
                float((along**2).sum(dtype=np.float64)), 1e-9
            )
            away -= np.float32((1.0 - share) * much) * along
        return told + further


class Generator(Sampler):
    """The generator as a file, on the CPU. Instances may be shared by threads."""

    def __init__(self, data: bytes, threads: int = 1, name: str = "jukebox") -> None:
        """data: bytes of the .onnx file (`ctx.shelf.network("jukebox")`). Raises ShelfError for other files."""
        self._network = Network(data, name, threads)
        if self._network.inputs != INPUTS or self._network.outputs != (OUTPUT,):
            raise ShelfError(name, "is no generator of sound")
        try:
            notes = json.loads(self._network.metadata["notes"])
        except (KeyError, ValueError) as problem:
            raise ShelfError(name, "is no generator of sound") from problem
        super().__init__(notes, name)

    def velocity(
        self, noisy: np.ndarray, moment: float, kept: np.ndarray, keep: np.ndarray, told: Arrays
    ) -> np.ndarray:
        """What the network answers, one row for each row told."""
        rows = len(told["mode"])
        arrays = {name: np.repeat(value[None], rows, axis=0) for name, value in
                  (("noisy", noisy), ("kept", kept), ("keep", keep))}  # fmt: skip
        return self._network.run(arrays | told | {"moment": np.full(rows, moment, np.float32)})[OUTPUT]


def notes_of(
    names: Mapping[str, Sequence[str]], latents: int, latents_id: str, centre: Sequence[float],
    spread: Sequence[float],
) -> dict[str, Any]:  # fmt: skip
    """What stands beside a network, so that it can be run: as JSON has it."""
    return {
        "version": VERSION, "numbered": {kind: list(values) for kind, values in NUMBERED.items()},
        "names": {kind: list(names[kind]) for kind in GLOBALS}, "latents": latents, "latents_id": latents_id,
        "centre": [float(value) for value in centre], "spread": [float(value) for value in spread],
    }  # fmt: skip


def moments(steps: int, shift: float) -> list[float]:
    """Moments from 0 (noise) to 1 (sound), steps + 1 of them; shift over 1 lays them closer to the noise."""
    if steps < 1 or shift <= 0:
        raise ValueError("at least one step is taken, and the shift is over 0")
    return [even / (shift - (shift - 1) * even) for even in (n / steps for n in range(steps + 1))]


def bell(luck: Luck, shape: tuple[int, ...]) -> np.ndarray:
    """Noise of unit spread, float32 (Box & Muller 1958)."""
    flat = (luck.noise(2 * math.prod(shape)) + 1.0) / 2.0
    size, turn = np.split(flat, 2)
    return (np.sqrt(-2.0 * np.log1p(-size)) * np.cos(2.0 * np.pi * turn)).reshape(shape).astype(np.float32)
