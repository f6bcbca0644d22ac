"""The generator in PyTorch, for machines with a graphics card: asked by the same sampler as the file on the shelf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from songwright.errors import BriefError
from songwright.runtime.jukebox.generator import Sampler, notes_of
from songwright.train.jukebox.export import from_file
from songwright.train.nets.flow import Flow
from songwright.values.context import Context


class Player(Sampler):
    """A trained network (`train.nets.flow`) behind the door of `runtime.jukebox.Sampler`."""

    def __init__(
        self, net: Flow, names: Mapping[str, Sequence[str]], latents_id: str = "", device: str = ""
    ) -> None:
        """device: where it plays, "" = a graphics card if one is there. On such a card products are in bfloat16."""
        self._place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        notes = notes_of(names, net.config.latents, latents_id, net.centre.tolist(), net.spread.tolist())
        super().__init__(notes, "jukebox")
        self._net = net.to(self._place).eval()

    def prepared(self, told: Mapping[str, np.ndarray]) -> dict[str, torch.Tensor]:
        """What is told, on the device."""
        return {name: torch.from_numpy(value).to(self._place) for name, value in told.items()}

    @torch.no_grad()
    def velocity(
        self, noisy: np.ndarray, moment: float, kept: np.ndarray, keep: np.ndarray, told: Any
    ) -> np.ndarray:
        """What the network answers, one row for each row told."""
        rows = len(told["mode"])
        x, held, stays = (
            torch.from_numpy(part).to(self._place).expand(rows, -1, -1) for part in (noisy, kept, keep)
        )
        with torch.autocast(self._place.type, torch.bfloat16, enabled=self._place.type == "cuda"):
            made, _ = self._net(x, torch.full((rows,), moment, device=self._place), held, stays, told)
        return made.float().cpu().numpy()


def on_graphics_card(ctx: Context) -> Player:
    """The generator of the shelf on a graphics card: what the entry point "jukebox" of "songwright.runners" names.

    Raises BriefError where PyTorch finds no such card, ShelfError where the weights are missing or something else.
    """
    if not torch.cuda.is_available():
        raise BriefError(
            "device", "PyTorch finds no graphics card here.", "Without --device it plays on the CPU."
        )
    return from_shelf(ctx, "cuda")


def from_shelf(ctx: Context, device: str = "") -> Player:
    """The generator of the shelf in PyTorch."""
    net, notes = from_file(ctx.shelf.network("jukebox"))
    return Player(net, notes["names"], notes["latents_id"], device)
