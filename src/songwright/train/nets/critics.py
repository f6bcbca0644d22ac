"""Critics that tell recorded sound from decoded: over periods of samples, and over bands of spectra.

Multi-period (Kong et al. 2020, HiFi-GAN) and multi-band multi-resolution spectral discriminators (Kumar et al. 2023,
DAC), narrower; their last layers begin at zero, so that they start without an opinion.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss, leaky_relu, pad
from torch.nn.utils.parametrizations import weight_norm

PERIODS = (2, 3, 5, 7, 11)
WINDOWS = (2048, 1024, 512)
_EDGES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
_SLOPE = 0.1


class PeriodCritic(nn.Module):
    """Looks at every P-th sample: what repeats with other periods looks wrong here."""

    def __init__(self, period: int, width: int) -> None:
        super().__init__()
        self.period = period
        sizes = (1, width // 2, width, 4 * width, 8 * width)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, (5, 1), (3, 1), padding=(2, 0))) for a, b in pairwise(sizes)
        )
        self.last = nn.Conv2d(sizes[-1], 1, (3, 1), padding=(1, 0))

    def forward(self, sound: Tensor) -> list[Tensor]:
        """Features of each layer, the opinion last. sound: (B, frames)."""
        x = pad(sound, (0, -sound.shape[1] % self.period)).unflatten(1, (-1, self.period))[:, None]
        return _through(x, self.layers, self.last)


class SpectrumCritic(nn.Module):
    """Looks at complex spectra of one window size, each band with eyes of its own."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.size = size
        bins = size // 2 + 1
        self.edges = [int(edge * bins) for edge in _EDGES]
        self.register_buffer("window", torch.hann_window(size), persistent=False)
        self.bands = nn.ModuleList(
            nn.ModuleList(
                weight_norm(
                    nn.Conv2d(2 if n == 0 else width, width, (3, 9), (1, 1 if n == 0 else 2), padding=(1, 4))
                )
                for n in range(4)
            )
            for _ in self.edges[1:]
        )
        self.last = nn.Conv2d(width, 1, 3, padding=1)

    def forward(self, sound: Tensor) -> list[Tensor]:
        """As PeriodCritic.forward."""
        spectrum = torch.stft(sound, self.size, self.size // 4, window=self.window, return_complex=True)
        x = torch.view_as_real(spectrum).permute(0, 3, 2, 1)
        features, seen = [], []
        for (low, high), layers in zip(pairwise(self.edges), self.bands, strict=True):
            band = x[..., low:high]
            for layer in layers:
                band = leaky_relu(layer(band), _SLOPE)
                features.append(band)
            seen.append(band)
        return [*features, self.last(torch.cat(seen, -1))]


class Critics(nn.Module):
    """All of them. width: their one dial."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.all = nn.ModuleList(
            [
                *(PeriodCritic(period, width) for period in PERIODS),
                *(SpectrumCritic(size, width // 2) for size in WINDOWS),
            ]
        )
        with torch.no_grad():
            for critic in self.all:
                critic.last.weight.zero_()
                critic.last.bias.zero_()

    def forward(self, sound: Tensor) -> list[list[Tensor]]:
        """What each critic sees and thinks of sounds (B, frames), which are brought to one level first."""
        even = sound - sound.mean(1, keepdim=True)
        even = 0.8 * even / even.abs().amax(1, keepdim=True).clamp_min(1e-3)
        return [critic(even) for critic in self.all]


def critic_loss(real: list[list[Tensor]], made: list[list[Tensor]]) -> Tensor:
    """What critics learn from: hinge, so that they stop at a clear opinion."""
    return sum(
        (1 - a[-1]).clamp_min(0).mean() + (1 + b[-1]).clamp_min(0).mean()
        for a, b in zip(real, made, strict=True)
    ) / len(real)  # type: ignore[return-value]


def fooling_loss(real: list[list[Tensor]], made: list[list[Tensor]]) -> tuple[Tensor, Tensor]:
    """What the codec learns from them: to be taken for real, and to look alike in every layer."""
    fooled = -sum(b[-1].mean() for b in made) / len(made)
    alike = sum(
        l1_loss(x, y.detach()) / y.detach().abs().mean().clamp_min(1e-3)
        for a, b in zip(real, made, strict=True)
        for y, x in zip(a[:-1], b[:-1], strict=True)
    ) / sum(len(a) - 1 for a in real)
    return fooled, alike  # type: ignore[return-value]


def _through(x: Tensor, layers: nn.ModuleList, last: nn.Module) -> list[Tensor]:
    features = []
    for layer in layers:
        x = leaky_relu(layer(x), _SLOPE)
        features.append(x)
    return [*features, last(x)]
