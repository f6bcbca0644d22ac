"""What a generator learns from in one step: windows of coded pieces, told much or little, with parts kept or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from songwright.errors import ShelfError
from songwright.runtime.jukebox.telling import Arrays, left_out, told_of
from songwright.train import spread
from songwright.train.jukebox.conditions import drawn_keep, drawn_mode, drawn_whole, targets_of
from songwright.train.jukebox.latents import Coded
from songwright.values.seed import Luck, Seed

_CHECKS = 4
_HEADS = {"phone": 0.2, "pitch": 0.1, "root": 0.05}


@dataclass(frozen=True)
class Recipe:
    """How to learn. batch windows of `frames` latent frames (32 ms each).

    voice, sounding: how much the voice counts beside the band, and frames that are not silent. half: products in
    bfloat16. compiled: let torch.compile fuse the network. shard: cut weights up among processes that learn
    together.
    """

    batch: int = 8
    frames: int = 512
    rate: float = 2e-3
    muon_rate: float = 0.01
    voice: float = 1.0
    sounding: float = 1.25
    half: bool = False
    compiled: bool = False
    shard: bool = False


@dataclass(frozen=True, eq=False)
class Windows:
    """B windows on the device. latents: (B, T, numbers), as the pieces have them. keep, there: (B, T, 2: voice, band):
    frames that stay, and 0 after a piece's end. told, targets: by name."""

    latents: Tensor
    keep: Tensor
    there: Tensor
    told: dict[str, Tensor]
    targets: dict[str, Tensor]


class WindowTask:
    """A network and what it learns from, for `train.run`: those who inherit say what its loss is."""

    name: ClassVar[str]
    """Of the network and of its loss among the figures."""

    def __init__(
        self, net: torch.nn.Module, pieces: Sequence[Coded], held: Sequence[Coded],
        names: Mapping[str, Sequence[str]], recipe: Recipe, seed: Seed,
    ) -> None:  # fmt: skip
        """net: with matrices of layers in `layers`. names: of genres, personas and voices, those that are known."""
        if not pieces or not held:
            raise ShelfError("renders", "hold no pieces to learn from, or none held out")
        self.averaged = (self.name,)
        self.networks = {self.name: net}
        self._net, self._pieces, self._held, self._names = net, pieces, held, names
        self._recipe, self._seed = recipe, seed
        self._place = next(net.parameters()).device
        if recipe.shard:
            spread.shard(net)
        self.optimisers = _optimisers(net, recipe)
        if recipe.compiled:
            net.compile()
        lengths = np.array([len(piece.latents) for piece in pieces], float)
        self._until = np.cumsum(lengths) / lengths.sum()
        self._ahead: tuple[int, Future[Any]] | None = None
        self._hand = ThreadPoolExecutor(1)

    def losses(self, windows: Windows, draw: torch.Generator) -> dict[str, Tensor]:
        """Figures of some windows: the loss under the network's name, and those of `understanding`."""
        raise NotImplementedError

    def measures(self, windows: Windows, draw: torch.Generator) -> dict[str, float]:
        """What is watched on held-out windows."""
        return {self.name: float(self.losses(windows, draw)[self.name])}

    def step(self, step: int, progress: float) -> Mapping[str, float]:
        """One batch: guess, be told how wrong, learn."""
        windows = self._on_device(self._batch(step))
        draw = torch.Generator().manual_seed(self._seed.child("noise", spread.rank(), step).key() % 2**63)
        figures = self.losses(windows, draw)
        loss = figures[self.name] + sum(share * figures[name] for name, share in _HEADS.items())
        for optimiser in self.optimisers.values():
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        spread.share_gradients(self._net)
        torch.nn.utils.clip_grad_norm_(self._net.parameters(), 1.0)
        for optimiser in self.optimisers.values():
            optimiser.step()
        return {name: float(value.detach()) for name, value in figures.items()}

    def check(self) -> Mapping[str, float]:
        """The loss on held-out pieces, the same windows and noise each time: with the whole score, and with none."""
        found: dict[str, list[float]] = {}
        for mode in ("full", "none"):
            for number in range(_CHECKS):
                luck = Seed(number).child("check", mode).luck()
                rows = [self._window(luck.choice(self._held), luck, mode) for _ in range(4)]
                draw = torch.Generator().manual_seed(number)
                for name, value in self.measures(self._on_device(_stacked(rows)), draw).items():
                    found.setdefault(f"{name}_{mode}", []).append(value)
        return {name: float(np.mean(values)) for name, values in found.items()}

    def understanding(self, understood: Mapping[str, Tensor], windows: Windows) -> dict[str, Tensor]:
        """What the heads did not understand of what they were told, in nats a frame."""
        told = windows.there[..., 0] > 0
        return {
            name: functional.cross_entropy(logits.float()[told], windows.targets[name][told])
            for name, logits in understood.items()
        }

    def _batch(self, step: int) -> tuple[Arrays, Arrays, Arrays]:
        """The windows of this step, and those of the next are begun meanwhile."""
        now = self._ahead[1].result() if self._ahead and self._ahead[0] == step else self._windows(step)
        self._ahead = (step + 1, self._hand.submit(self._windows, step + 1))
        return now

    def _windows(self, step: int) -> tuple[Arrays, Arrays, Arrays]:
        rows = []
        for n in range(self._recipe.batch):
            luck = self._seed.child(spread.rank(), step, n).luck()
            piece = self._pieces[int(np.searchsorted(self._until, luck.uniform()))]
            rows.append(self._window(piece, luck, drawn_mode(luck)))
        return _stacked(rows)

    def _window(self, piece: Coded, luck: Luck, mode: str) -> tuple[Arrays, Arrays, Arrays]:
        """One window of a piece: its sound, what is told, what should be understood."""
        frames = self._recipe.frames
        begin = luck.integer(0, max(0, len(piece.latents) - frames))
        taken = np.asarray(piece.latents[begin : begin + frames], np.float32)
        there = np.zeros((frames, 2), np.float32)
        there[: len(taken)] = 1
        sound = {"latents": np.zeros((frames, taken.shape[1]), np.float32), "there": there}
        sound["latents"][: len(taken)] = taken
        sound["keep"] = drawn_keep(frames, luck) * there
        everything = told_of(piece.labels, begin, frames)
        told = left_out(everything, mode, piece.about["lines"], begin)
        told |= drawn_whole(piece.about, self._names, mode, luck)
        return sound, told, targets_of(everything)

    def _on_device(self, arrays: tuple[Arrays, Arrays, Arrays]) -> Windows:
        sound, told, targets = (
            {k: torch.from_numpy(v).to(self._place) for k, v in part.items()} for part in arrays
        )
        return Windows(sound["latents"], sound["keep"], sound["there"], told, targets)


def _stacked(rows: Sequence[tuple[Arrays, Arrays, Arrays]]) -> tuple[Arrays, Arrays, Arrays]:
    parts = [{name: np.stack([row[n][name] for row in rows]) for name in rows[0][n]} for n in range(3)]
    return parts[0], parts[1], parts[2]


def _optimisers(net: torch.nn.Module, recipe: Recipe) -> dict[str, torch.optim.Optimizer]:
    """Muon (Jordan 2024) for the matrices of the layers, AdamW for everything else."""
    square = [p for name, p in net.named_parameters() if name.startswith("layers.") and name.endswith(".weight")
              and p.ndim == 2 and recipe.muon_rate]  # fmt: skip
    chosen = {id(p) for p in square}
    rest = [p for p in net.parameters() if id(p) not in chosen]
    found: dict[str, torch.optim.Optimizer] = {
        "adamw": torch.optim.AdamW(rest, recipe.rate, betas=(0.9, 0.95), weight_decay=0.01)
    }
    if square:
        found["muon"] = torch.optim.Muon(square, lr=recipe.muon_rate, weight_decay=0.01)
    return found
