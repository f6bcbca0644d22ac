"""Learning to code sound: the decoder learns how loud every bin was from what the latents still tell."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from songwright.dsp.mel import mel_matrix
from songwright.runtime.codec import FFT, RATE_HZ, phased
from songwright.train import spread
from songwright.train.codec.crops import Crops
from songwright.train.codec.sounding import Sounding
from songwright.train.distances import Distances
from songwright.train.nets.codec import CodecNet
from songwright.values.seed import Seed

_BANDS = (320, 80)
_SOFT = 1e-2  # magnitudes this small are silence (a sine at full scale has 512)
_CHECKS = 4


@dataclass(frozen=True)
class Recipe:
    """How to learn. log, lin, mel: weights of the distances of magnitudes (see `distances`).

    sound: weight of the distance of the sound they make (`sounding`), for last steps: each takes half as long again.
    noise: latents are disturbed by up to this share of their widths, as a generator's will be (codes are not: they are
    exact). compiled: let torch.compile fuse the network.
    """

    rate: float = 1e-3
    log: float = 1.0
    lin: float = 0.5
    mel: float = 0.5
    sound: float = 0.0
    noise: float = 0.1
    half: bool = False
    compiled: bool = False


class CodecTask:
    """A codec and what it learns from, for `train.run`."""

    averaged = ("codec",)

    def __init__(self, net: CodecNet, crops: Crops, held: Crops, recipe: Recipe, seed: Seed) -> None:
        self.networks: dict[str, torch.nn.Module] = {"codec": net}
        self._net, self._crops, self._held, self._recipe, self._seed = net, crops, held, recipe, seed
        self._place = next(net.parameters()).device
        self.optimisers: dict[str, torch.optim.Optimizer] = {
            "codec": torch.optim.AdamW(net.parameters(), recipe.rate, betas=(0.8, 0.99), weight_decay=0.01)
        }
        if recipe.compiled:
            net.decoder.compile()
        self._bands = [
            torch.tensor(mel_matrix(RATE_HZ, FFT, count), dtype=torch.float32, device=self._place)
            for count in _BANDS
        ]
        self._sounding = Sounding(self._place) if recipe.sound else None
        self._ahead: tuple[int, Future[np.ndarray]] | None = None
        self._hand = ThreadPoolExecutor(1)

    def step(self, step: int, progress: float) -> Mapping[str, float]:
        """One batch: code, decode, compare, learn."""
        sound = torch.from_numpy(self._batch(step)).to(self._place)
        draw = torch.Generator().manual_seed(self._seed.child("noise", spread.rank(), step).key() % 2**63)
        truth = self._net.magnitude(sound)
        guess = self._guessed(truth, draw)
        figures = self.distances(truth, guess)
        if self._sounding is not None:
            half = -(-len(sound) // 2)  # dear, and half a batch tells enough
            figures["sound"] = self._sounding.distance(sound[:half], guess[:half])
        weights = vars(self._recipe)
        loss = sum(weights[name] * value for name, value in figures.items())
        self.optimisers["codec"].zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[union-attr]
        spread.share_gradients(self._net)
        norm = torch.nn.utils.clip_grad_norm_(self._net.parameters(), 1.0)
        self.optimisers["codec"].step()
        return {name: float(value.detach()) for name, value in figures.items()} | {"norm": float(norm)}

    def check(self) -> Mapping[str, float]:
        """Distances on held-out crops, the same each time, without noise. heard: mel distance of the sound."""
        found: dict[str, list[float]] = {}
        for number in range(_CHECKS):
            sounds = self._held.at(number)
            truth = self._net.magnitude(torch.from_numpy(sounds).to(self._place))
            again = self._net.decoded(self._net.latents(self._net.mel_of(truth)))
            figures = {name: float(value) for name, value in self.distances(truth, again).items()}
            made = np.stack([phased(one) for one in again.float().cpu().numpy()])
            figures["heard"] = self._heard(sounds, made)
            for name, value in figures.items():
                found.setdefault(name, []).append(value)
        return {name: float(np.mean(values)) for name, values in found.items()}

    def distances(self, truth: Tensor, guess: Tensor) -> dict[str, Tensor]:
        """How far magnitudes are from the truth: log of each bin, bins themselves as shares, log of mel bands."""
        bands = [
            ((truth @ one + _SOFT).log() - (guess @ one + _SOFT).log()).abs().mean() for one in self._bands
        ]
        return {
            "log": ((truth + _SOFT).log() - (guess + _SOFT).log()).abs().mean(),
            "lin": (truth - guess).abs().mean() / truth.mean().clamp_min(1e-6),
            "mel": torch.stack(bands).sum(),
        }

    def _guessed(self, truth: Tensor, draw: torch.Generator) -> Tensor:
        """The decoder's magnitudes, with the noise that training adds to latents."""
        net = self._net
        with torch.autocast(self._place.type, torch.bfloat16, enabled=self._recipe.half):
            latents = net.latents(net.mel_of(truth).float()).float()
            if net.steps is None:
                much = self._recipe.noise * torch.rand((len(latents), 1, 1), generator=draw).to(self._place)
                luck = torch.randn(latents.shape, generator=draw).to(self._place)
                latents = latents + much * luck * net.encoder.widths
            return net.decoded(latents).float()

    def _heard(self, sounds: np.ndarray, made: np.ndarray) -> float:
        scale = Distances(RATE_HZ)
        return float(scale.mel(*(scale.spectra(torch.from_numpy(part)) for part in (sounds, made))))

    def _batch(self, step: int) -> np.ndarray:
        """The crops of this step, and those of the next are begun meanwhile."""
        now = self._ahead[1].result() if self._ahead and self._ahead[0] == step else self._crops.at(step)
        self._ahead = (step + 1, self._hand.submit(self._crops.at, step + 1))
        return now
