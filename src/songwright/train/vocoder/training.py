"""Learning to correct source and filter: crops of recordings are drawn, rendered and compared by ear."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from songwright.singer.fullband import BANDS
from songwright.singer.glottis import HOP
from songwright.singer.vocoder import F0_RANGE_HZ, LEAST_AIR, LOWEST_AIR_DB, air_lines, curves, still
from songwright.train.nets.vocoder import Config, VocoderNet
from songwright.train.vocoder.data import Recording
from songwright.train.vocoder.losses import SpectralDistance
from songwright.train.vocoder.synthesis import Source, air_sound, pulse_sound
from songwright.values.seed import Seed

EDGE = 5
"""Frames at the beginning of a crop that lack the ring of earlier pulses: rendered, not compared."""


@dataclass(frozen=True)
class Recipe:
    """How to learn. batch crops of `frames`. truth: weight of the distance between two renderings, 0..1.

    blur: share of crops whose features are smoothed and disturbed as a network's are.
    """

    batch: int = 8
    frames: int = 110
    rate: float = 1e-3
    truth: float = 0.45
    blur: float = 0.3
    half: bool = False


@dataclass(frozen=True, eq=False)
class Crops:
    """B crops of T frames on the device: features, the recorded sound (B, (T - 1) * HOP), and its source."""

    cepstra: Tensor
    air_db: Tensor
    f0_hz: Tensor
    voiced: Tensor
    sound: Tensor
    source: Source


class VocoderTask:
    """A vocoder and what it learns from, for `train.run`."""

    averaged = ("vocoder",)

    def __init__(
        self,
        recordings: Sequence[Recording],
        held_out: Sequence[Recording],
        config: Config,
        recipe: Recipe,
        seed: Seed,
        device: str = "cpu",
    ) -> None:
        self._recordings = [item for item in recordings if len(item.f0_hz) > recipe.frames]
        self._held_out = [item for item in held_out if len(item.f0_hz) > recipe.frames]
        lengths = np.array([len(item.f0_hz) for item in self._recordings], float)
        self._until = np.cumsum(lengths) / lengths.sum()
        self._recipe, self._seed, self._device = recipe, seed, device
        torch.manual_seed(seed.child("weights").key() % 2**63)
        self.network = VocoderNet(config)
        some = [
            np.hstack([item.cepstra, item.air_db])[::5].astype(np.float32) for item in self._recordings[::7]
        ]
        self.network.learn_scale(torch.from_numpy(np.concatenate(some)))
        self.network.to(device)
        self.networks = {"vocoder": self.network}
        self.optimisers = {
            "vocoder": torch.optim.AdamW(self.network.parameters(), recipe.rate, betas=(0.8, 0.99))
        }
        self._distance = SpectralDistance(device)
        self._curves = [torch.from_numpy(np.array(part)).to(device) for part in (*curves(), *still())]
        self._air = torch.from_numpy(np.array(air_lines())).to(device)

    def step(self, step: int, progress: float) -> Mapping[str, float]:
        """Draw crops, render them twice with different noise, compare, learn."""
        draw = _draws(self._seed.child("step", str(step)))
        crops = self._crops(draw, self._recordings, self._recipe.batch)
        far, apart = self._distances(crops, draw, self._recipe.blur)
        loss = far - 0.5 * self._recipe.truth * apart
        self.optimisers["vocoder"].zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimisers["vocoder"].step()
        return {"far": far.item(), "apart": apart.item(), "norm": norm.item()}

    def check(self) -> Mapping[str, float]:
        """The same distances on held-out recordings, the same crops and noise each time."""
        far, apart = [], []
        for number in range(6):
            draw = _draws(Seed(number).child("check"))
            distances = self._distances(self._crops(draw, self._held_out, 8, 0.0), draw, 0.0)
            far.append(distances[0].item())
            apart.append(distances[1].item())
        return {"far": float(np.mean(far)), "apart": float(np.mean(apart))}

    def _distances(self, crops: Crops, draw: torch.Generator, blur: float) -> tuple[Tensor, Tensor]:
        """To the recording, mean of two renderings; and from one rendering to the other."""
        renderings = self.render(crops, draw, blur)
        with torch.no_grad():
            heard = self._distance.spectra(crops.sound[:, EDGE * HOP :])
        one, other = (self._distance.spectra(sound[:, EDGE * HOP :]) for sound in renderings)
        far = 0.5 * (self._distance.between(heard, one) + self._distance.between(heard, other))
        return far, self._distance.between(one, other)

    def render(self, crops: Crops, draw: torch.Generator, blur: float) -> tuple[Tensor, Tensor]:
        """Two renderings of crops that differ in their noise, (B, frames) each."""
        cepstra, air_db = self._disturbed(crops, draw, blur)
        f0 = crops.f0_hz * torch.exp2(0.1 * self._normal((len(cepstra), 1), draw))
        with torch.autocast(self._device.split(":")[0], torch.bfloat16, enabled=self._recipe.half):
            pulse, turn, hiss = self.network(cepstra, air_db, f0.clamp(*F0_RANGE_HZ), crops.voiced)
        level_curves, phase_curves, calm, calm_phase = self._curves
        level = cepstra @ level_curves + calm
        phase = cepstra @ phase_curves + calm_phase
        known = torch.nn.functional.pad(air_db, (1, 1)) @ self._air + LOWEST_AIR_DB * self._air[0]
        air = torch.exp(known * (math.log(10) / 20))
        air = torch.where(crops.voiced[..., None] > 0, air, 1.0).clamp_min(LEAST_AIR)
        turned = phase + turn.float()
        dry = level + 0.5 * torch.log((1 - air**2).clamp_min(LEAST_AIR**2)) + pulse.float()
        voice = pulse_sound(dry, turned, crops.source)
        noise = self._normal((2, len(cepstra), (cepstra.shape[1] + 1) * HOP), draw)
        hisses = air_sound(level + torch.log(air) + hiss.float(), turned.detach(), noise)
        return voice + hisses[0], voice + hisses[1]

    def _disturbed(self, crops: Crops, draw: torch.Generator, blur: float) -> tuple[Tensor, Tensor]:
        """Features of some crops as a network predicts them: smooth in time, and a little wrong."""
        some = (torch.rand((len(crops.cepstra), 1, 1), generator=draw) < blur).float().to(self._device)
        features = torch.cat([crops.cepstra, crops.air_db], -1)
        wide = torch.nn.functional.pad(features.transpose(1, 2), (2, 2), mode="replicate").transpose(1, 2)
        smooth = sum(
            share * wide[:, k : k + features.shape[1]] for k, share in enumerate((0.1, 0.2, 0.4, 0.2, 0.1))
        )
        wrong = self._normal((len(features), 1 + features.shape[1] // 10, features.shape[2]), draw)
        wrong = torch.nn.functional.interpolate(wrong.transpose(1, 2), features.shape[1], mode="linear")
        moved = smooth + 0.12 * self.network.spread * wrong.transpose(1, 2)
        features = features + some * (moved - features)
        return features[..., :-5], features[..., -5:].clamp_max(0.0)

    def _crops(
        self, draw: torch.Generator, recordings: Sequence[Recording], batch: int, gain_db: float = 9.0
    ) -> Crops:
        """Random crops of recordings, each a little louder or softer."""
        frames = self._recipe.frames
        rows: list[list[np.ndarray]] = [[], [], [], [], []]
        pulses: list[list[np.ndarray]] = [[], [], []]
        for number in range(batch):
            which = (
                int(np.searchsorted(self._until, _between(0.0, 1.0, draw)))
                if recordings is self._recordings
                else int(_between(0, len(recordings), draw))
            )
            item = recordings[which]
            first = int(_between(0, len(item.f0_hz) - frames, draw))
            gain = 10 ** (gain_db * _between(-1.0, 0.6, draw) / 20)
            cepstra = item.cepstra[first : first + frames].astype(np.float32)
            cepstra[:, 0] += 2 * math.log(gain) * math.sqrt(BANDS)
            sound = item.sound[first * HOP : (first + frames - 1) * HOP].astype(np.float32) * (gain / 32767)
            for row, value in zip(
                rows,
                (
                    cepstra,
                    item.air_db[first : first + frames].astype(np.float32),
                    item.f0_hz[first : first + frames],
                    item.voiced[first : first + frames],
                    sound,
                ),
                strict=True,
            ):
                row.append(value)
            low, high = np.searchsorted(item.at, (first * HOP, (first + frames - 1) * HOP - 1))
            pulses[0].append(np.full(high - low, number))
            pulses[1].append(item.at[low:high] - first * HOP)
            pulses[2].append(np.sqrt(item.period[low:high]))
        source = Source(
            torch.from_numpy(np.concatenate(pulses[0])).to(self._device),
            torch.from_numpy(np.concatenate(pulses[1])).to(self._device),
            self._tensor(np.concatenate(pulses[2])),
        )
        return Crops(*(self._tensor(np.stack(row)) for row in rows), source)

    def _normal(self, shape: tuple[int, ...], draw: torch.Generator) -> Tensor:
        return torch.randn(shape, generator=draw).to(self._device)

    def _tensor(self, values: np.ndarray) -> Tensor:
        return torch.from_numpy(np.asarray(values, np.float32)).to(self._device)


def _draws(seed: Seed) -> torch.Generator:
    """Chance by name, for many numbers at once."""
    return torch.Generator().manual_seed(seed.key() % 2**63)


def _between(low: float, high: float, draw: torch.Generator) -> float:
    """A number in low <= x < high."""
    return low + (high - low) * torch.rand((), generator=draw, dtype=torch.float64).item()
