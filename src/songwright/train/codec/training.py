"""Learning to code sound: what is decoded is compared by ear, and later judged by critics."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from songwright.runtime.codec import RATE_HZ
from songwright.train import spread
from songwright.train.codec.crops import Crops
from songwright.train.distances import Distances
from songwright.train.nets.codec import CodecNet
from songwright.train.nets.critics import Critics, critic_loss, fooling_loss
from songwright.values.seed import Seed

_WINDOWS = (2048, 512, 128)
_CHECKS = 4


@dataclass(frozen=True)
class Recipe:
    """How to learn. critics_from: step at which critics begin (0 = never); from there on the encoder stays as it is,
    so that latents made meanwhile stay valid.

    mel, spectral, phase, narrow, alike, fooled: weights of the mel, spectral and low phase distances, of keeping the
    latents near a bell of width 1, of looking alike to critics, of fooling them. noise: latents are disturbed by up to
    this, as a generator's will be (codes are not: they are exact). width: of the critics. compiled: let torch.compile
    fuse the networks. keep_encoder: only the decoder learns, so that latents made with the run it began from stay
    valid.
    """

    rate: float = 5e-4
    critics_from: int = 0
    mel: float = 15.0
    spectral: float = 1.0
    phase: float = 0.1
    narrow: float = 1e-3
    alike: float = 2.0
    fooled: float = 1.0
    noise: float = 0.1
    width: int = 32
    half: bool = False
    compiled: bool = False
    keep_encoder: bool = False


class CodecTask:
    """A codec and what it learns from, for `train.run`."""

    averaged = ("codec",)

    def __init__(self, net: CodecNet, crops: Crops, held: Crops, recipe: Recipe, seed: Seed) -> None:
        self.networks: dict[str, torch.nn.Module] = {"codec": net}
        self._net, self._crops, self._held, self._recipe, self._seed = net, crops, held, recipe, seed
        self._place = next(net.parameters()).device
        self.optimisers: dict[str, torch.optim.Optimizer] = {"codec": _adam(net, recipe.rate)}
        if recipe.critics_from:
            torch.manual_seed(seed.child("critics").key() % 2**31)
            self.networks["critics"] = Critics(recipe.width).to(self._place)
            self.optimisers["critics"] = _adam(self.networks["critics"], 0.4 * recipe.rate)
        if recipe.compiled:
            net.encoder.compile()
            net.decoder.compile()
        self._distances = Distances(RATE_HZ, self._place, _WINDOWS)
        self._ahead: tuple[int, Future[np.ndarray]] | None = None
        self._hand = ThreadPoolExecutor(1)

    def step(self, step: int, progress: float) -> Mapping[str, float]:
        """One batch: code, decode, compare, learn."""
        sound = torch.from_numpy(self._batch(step)).to(self._place)
        draw = torch.Generator().manual_seed(self._seed.child("noise", spread.rank(), step).key() % 2**63)
        judged = bool(self._recipe.critics_from) and step >= self._recipe.critics_from
        made, narrow = self.coded(sound, draw, frozen=judged or self._recipe.keep_encoder)
        heard, again = self._distances.spectra(sound), self._distances.spectra(made)
        figures = {
            "mel": self._distances.mel(heard, again), "spectral": self._distances.spectral(heard, again),
            "phase": self._distances.low_phase(heard, again), "narrow": narrow,
        }  # fmt: skip
        weights = vars(self._recipe)
        if judged:
            figures["critic"] = self._critics_learn(sound, made.detach())
            with torch.autocast(self._place.type, torch.bfloat16, enabled=self._recipe.half):
                critics = self.networks["critics"].requires_grad_(False)
                figures["fooled"], figures["alike"] = fooling_loss(critics(sound), critics(made))
                critics.requires_grad_(True)
        loss = sum(weights[name] * value for name, value in figures.items() if name in weights)
        self.optimisers["codec"].zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[union-attr]
        spread.share_gradients(self._net)
        norm = torch.nn.utils.clip_grad_norm_(self._net.parameters(), 1.0)
        self.optimisers["codec"].step()
        return {name: float(value.detach()) for name, value in figures.items()} | {"norm": float(norm)}

    def check(self) -> Mapping[str, float]:
        """Distances on held-out crops, the same each time; latents as they are, without noise."""
        found: dict[str, list[float]] = {"mel": [], "spectral": [], "width": []}
        for number in range(_CHECKS):
            sound = torch.from_numpy(self._held.at(number)).to(self._place)
            latents = self._net.latents(self._net.mel(sound))
            made = self._net.sound(*self._net.decoder(latents))
            heard, again = self._distances.spectra(sound), self._distances.spectra(made)
            found["mel"].append(float(self._distances.mel(heard, again)))
            found["spectral"].append(float(self._distances.spectral(heard, again)))
            found["width"].append(float(latents.std()))
        return {name: float(np.mean(values)) for name, values in found.items()}

    def coded(self, sound: Tensor, draw: torch.Generator, frozen: bool = False) -> tuple[Tensor, Tensor]:
        """Sounds coded and decoded with the chance that training adds, and what keeping latents narrow costs."""
        net = self._net
        with torch.autocast(self._place.type, torch.bfloat16, enabled=self._recipe.half):
            with torch.set_grad_enabled(not frozen):
                mean, spread = (part.float() for part in net.encoder(net.mel(sound)))
            if net.steps is not None:
                latents, narrow = net.steps(mean)[0], mean.new_zeros(())
            else:
                luck = torch.randn(mean.shape, generator=draw).to(self._place)
                latents = mean + (0.5 * spread).exp() * luck
                narrow = 0.5 * (mean.square() + spread.exp() - 1 - spread).mean()
                much = self._recipe.noise * torch.rand((len(mean), 1, 1), generator=draw).to(self._place)
                latents = latents + much * torch.randn(latents.shape, generator=draw).to(self._place)
            real, imaginary = net.decoder(latents)
        return net.sound(real.float(), imaginary.float()), narrow

    def _critics_learn(self, sound: Tensor, made: Tensor) -> Tensor:
        critics = self.networks["critics"]
        with torch.autocast(self._place.type, torch.bfloat16, enabled=self._recipe.half):
            loss = critic_loss(critics(sound), critics(made))
        self.optimisers["critics"].zero_grad(set_to_none=True)
        loss.backward()
        spread.share_gradients(critics)
        torch.nn.utils.clip_grad_norm_(critics.parameters(), 10.0)
        self.optimisers["critics"].step()
        return loss.detach()

    def _batch(self, step: int) -> np.ndarray:
        """The crops of this step, and those of the next are begun meanwhile."""
        now = self._ahead[1].result() if self._ahead and self._ahead[0] == step else self._crops.at(step)
        self._ahead = (step + 1, self._hand.submit(self._crops.at, step + 1))
        return now


def _adam(net: torch.nn.Module, rate: float) -> torch.optim.Optimizer:
    return torch.optim.AdamW(net.parameters(), rate, betas=(0.8, 0.99), weight_decay=0.01)
