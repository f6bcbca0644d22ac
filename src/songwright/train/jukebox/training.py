"""Learning to make sound from noise: the way from noise to a window of coded sound is guessed, wherever on the way."""

from __future__ import annotations

import torch
from torch import Tensor

from songwright.train.jukebox.batches import Windows, WindowTask

_AUDIBLE = 0.5  # of the spread away from silence


class FlowTask(WindowTask):
    """A generator (`nets.flow.Flow`) and what it learns from, for `train.run`."""

    name = "flow"

    def losses(self, windows: Windows, draw: torch.Generator) -> dict[str, Tensor]:
        """Mean square of the velocity's error where sound is to be made, and what the heads did not understand."""
        # after a piece's end there is no sound to guess: what stands there is as likely as any
        latents = (windows.latents - self._net.centre) / self._net.spread * windows.there[..., :1]
        noise = torch.randn(latents.shape, generator=draw).to(self._place)
        moment = torch.sigmoid(torch.randn(len(noise), generator=draw)).to(self._place)
        noisy = torch.lerp(noise, latents, moment[:, None, None])
        with torch.autocast(self._place.type, torch.bfloat16, enabled=self._recipe.half):
            made, understood = self._net(noisy, moment, latents, windows.keep, windows.told)
        error = (made.float() - (latents - noise)).square().unflatten(-1, (2, -1)).mean(-1)
        quiet = latents.unflatten(-1, (2, -1)).square().mean(-1) < _AUDIBLE**2
        weight = windows.there * (1 - windows.keep) * torch.where(quiet, 1.0, self._recipe.sounding)
        weight = weight * torch.tensor([self._recipe.voice, 1.0], device=self._place)
        figures = {"flow": (error * weight).sum() / weight.sum().clamp_min(1.0)}
        return figures | self.understanding(understood, windows)
