"""Learning which codes come next: the same windows as the generator's, and how surprised the network is by them."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from songwright.runtime.codec import LATENT_HZ
from songwright.train.jukebox.batches import Windows, WindowTask

STEMS = ("voice", "band")


class PriorTask(WindowTask):
    """A network (`nets.prior.Prior`) and what it learns from, for `train.run`."""

    name = "prior"

    def losses(self, windows: Windows, draw: torch.Generator) -> dict[str, Tensor]:
        """Nats a step of a code where sound is to be made, and what the heads did not understand."""
        surprise, understood = self._surprise(windows)
        return {"prior": self._loss(surprise, windows)} | self.understanding(understood, windows)

    def measures(self, windows: Windows, draw: torch.Generator) -> dict[str, float]:
        """The loss, and bits a second of each stem: what an ideal coder would need with this network beside it."""
        surprise = self._surprise(windows)[0].detach()
        made = windows.there * (1 - windows.keep)
        nats = (surprise.sum(-1) * made).sum((0, 1)) / made.sum((0, 1)).clamp_min(1.0)
        rates = zip(STEMS, nats * (LATENT_HZ / math.log(2)), strict=True)
        return {"prior": float(self._loss(surprise, windows))} | {
            f"bits_{s}": float(rate) for s, rate in rates
        }

    def _loss(self, surprise: Tensor, windows: Windows) -> Tensor:
        weight = windows.there * (1 - windows.keep)
        weight = weight * torch.tensor([self._recipe.voice, 1.0], device=self._place)
        return (surprise.mean(-1) * weight).sum() / weight.sum().clamp_min(1.0)

    def _surprise(self, windows: Windows) -> tuple[Tensor, dict[str, Tensor]]:
        """Nats of every step, (B, T, 2: voice, band, steps), and what was understood."""
        digits = self._net.digits.of(windows.latents.long())
        with torch.autocast(self._place.type, torch.bfloat16, enabled=self._recipe.half):
            logits, understood = self._net(digits, windows.keep, windows.told)
        nats = functional.cross_entropy(logits.flatten(0, 2), digits.flatten(), reduction="none")
        return nats.view(digits.shape).unflatten(-1, (2, -1)), understood
