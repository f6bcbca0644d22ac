"""How the singing network learns: close to the recording in the mean, and natural in the eyes of a critic.

First the distance to the recorded envelope alone (L1 in every band, and of its change over time); then a critic joins
(hinge loss and feature matching, as in Kumar et al. 2019), so that the network stops blurring what it cannot know.
The other way, measured and kept as a dial: everything is rendered twice with different luck, and the energy distance
(Szekely & Rizzo 2013) of both to the recording is learned from. It varies from take to take as people do, and costs
words. Bands that a speaker's recordings do not reach weigh nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from songwright.singer import conditioning, fullband
from songwright.train.nets import acoustic
from songwright.train.voice.corpus import TRAIN, VALIDATION, Corpus
from songwright.train.voice.excerpts import AS_SPOKEN, Batch, Excerpts, Manner
from songwright.values.seed import Seed


@dataclass(frozen=True)
class Dials:
    """batch: excerpts a step, of `frames` frames (5 ms). rate: learning rate of the network, critic_rate of its critic.

    critic_from: share of the budget after which the critic is heard, in one step of `critic_every`. critic_weight,
    matching_weight: how loudly. leeway: how far closeness in every frame and band is then replaced by closeness of the
    outline (means over 40 ms and four bands), so that fine texture is the critic's alone to judge. twice: render
    everything twice and learn from the energy distance instead (then critic_weight 0.06, matching_weight 0.25).
    """

    batch: int = 12
    frames: int = 256
    rate: float = 1.2e-3
    critic_rate: float = 4e-4
    critic_from: float = 0.27
    critic_every: int = 2
    critic_weight: float = 0.09
    matching_weight: float = 0.6
    leeway: float = 0.85
    twice: bool = False
    change_weight: float = 0.6
    patch_weight: float = 1.0
    air_weight: float = 0.15
    voicing_weight: float = 0.2
    half: bool = True


class SingingTask:
    """The task for `train.run.train`: an acoustic network and its critic on a corpus."""

    averaged = ("acoustic",)

    def __init__(
        self, corpus: Corpus, config: acoustic.Config, seed: Seed, dials: Dials = Dials(),
        device: str = "cpu", manner: Manner = Manner(),  # noqa: B008
    ) -> None:  # fmt: skip
        torch.manual_seed(seed.child("weights").key() % 2**31)
        self.corpus, self.dials, self.device, self.seed = corpus, dials, torch.device(device), seed
        self.network = acoustic.Acoustic(config).to(self.device)
        self.critic = acoustic.Critic(config.speakers).to(self.device)
        self.networks: Mapping[str, torch.nn.Module] = {"acoustic": self.network, "critic": self.critic}
        self.optimisers: Mapping[str, torch.optim.Optimizer] = {
            "acoustic": torch.optim.AdamW(
                self.network.parameters(), lr=dials.rate, betas=(0.9, 0.98), weight_decay=0.01
            ),
            "critic": torch.optim.AdamW(self.critic.parameters(), lr=dials.critic_rate, betas=(0.5, 0.95)),
        }
        self.excerpts = Excerpts(corpus, TRAIN, seed, manner)
        held = VALIDATION if len(corpus.clips(VALIDATION)) else TRAIN
        self.held_out = Excerpts(corpus, held, seed.child("held"), AS_SPOKEN)
        basis = fullband.cosines(fullband.band_hz())
        self.basis = torch.tensor(basis, dtype=torch.float32, device=self.device)
        reach = fullband.band_hz()[None] <= corpus.top_hz[:, None]
        self.reach = torch.tensor(reach.astype(np.float32), device=self.device)
        near = np.array(fullband.AIR_HZ)[None] <= corpus.top_hz[:, None]
        self.air_reach = torch.tensor(near.astype(np.float32), device=self.device)
        self._measure()

    def _measure(self) -> None:
        """Mean and spread of what is learned, into the network's buffers; of the bands, for the critic's eyes."""
        believed = np.flatnonzero(self.corpus.top_hz > 15_000)
        clips = [c for c in self.corpus.clips(TRAIN) if self.corpus.speaker[c] in believed]
        clips = clips or list(self.corpus.clips(TRAIN))
        rows = np.concatenate(
            [np.arange(self.corpus.frame_start[c], self.corpus.frame_start[c + 1], 7) for c in clips]
        )
        cepstra = self.corpus.cepstra[rows].astype(np.float32)
        air = self.corpus.air_db[rows].astype(np.float32)
        mean = np.concatenate([cepstra.mean(0), air.mean(0), [0.0]])
        spread = np.concatenate([cepstra.std(0) + 0.02, air.std(0) + 0.5, [4.0]])
        self.network.mean.copy_(torch.tensor(mean))
        self.network.spread.copy_(torch.tensor(spread))
        envelope = fullband.envelope_of(cepstra)
        self.band_mean = torch.tensor(envelope.mean(0), device=self.device)
        self.band_spread = float(envelope.std(axis=0).mean())

    def tensors(self, batch: Batch) -> dict[str, torch.Tensor]:
        """A batch on the device; "voice": whose, one-hot (batch, speakers); "noise" is drawn apart."""
        put = {
            name: torch.from_numpy(getattr(batch, name)).to(self.device)
            for name in Batch.__dataclass_fields__
        }
        count = self.network.config.speakers
        put["voice"] = functional.one_hot(put["speaker"], count).float()
        return put

    def step(self, step: int, progress: float) -> dict[str, float]:
        """One step of the network and, once it is its time, of the critic."""
        dials = self.dials
        put = self.tensors(self.excerpts.batch(step, dials.batch, dials.frames))
        generator = torch.Generator().manual_seed(self.seed.child("noise", step).key() % 2**31)
        times = 2 if dials.twice else 1
        shape = (times * dials.batch, dials.frames, conditioning.NOISE)
        noise = torch.randn(shape, generator=generator).to(self.device)
        told = [torch.cat([put[name]] * times) for name in ("phones", "numbers", "voice")]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=dials.half):
            outs = self.network(*told, noise).chunk(times)
        losses, made, real = self.losses(outs[0], put, outs[1] if dials.twice else None)
        trust = float(np.clip(10 * (progress - dials.critic_from), 0.0, 1.0))
        leeway = 0.0 if dials.twice else dials.leeway * trust
        loss = (
            (1 - leeway) * (losses["envelope"] + dials.change_weight * losses["change"])
            + leeway * losses["outline"]
            + dials.patch_weight * dials.twice * losses["patch"]
            + dials.air_weight * losses["air"]
            + dials.voicing_weight * losses["voicing"]
        )
        if trust > 0 and step % dials.critic_every == 0:
            losses |= self._criticise(made, real, put["voice"])
            loss = loss + trust * (
                dials.critic_weight * losses["fool"] + dials.matching_weight * losses["matching"]
            )
        self.optimisers["acoustic"].zero_grad(set_to_none=True)
        loss.backward()
        losses["gradient"] = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimisers["acoustic"].step()
        return {name: float(value.detach()) for name, value in losses.items()}

    def losses(
        self, out: torch.Tensor, put: Mapping[str, torch.Tensor], again: torch.Tensor | None = None
    ) -> tuple[dict[str, torch.Tensor], torch.Tensor, torch.Tensor]:
        """Distances to the recording (natural log of power; dB / 10 for air); both envelopes as a critic sees them.

        With a second rendering of the same phones they are energy distances: closeness of both to the recording, less
        half their own distance from each other. 0.5 of a mean distance is then the best there is.
        """
        dims = fullband.DIMENSIONS
        outs = [out] if again is None else [out, again]
        real = put["cepstra"] @ self.basis
        weight = put["weight"][..., None] * self.reach[put["speaker"]][:, None]
        total = weight.sum().clamp(min=1.0)
        made = [each[..., :dims] @ self.basis for each in outs]
        apart = [(each - real) * weight for each in made]
        between = [] if again is None else [(made[0] - made[1]) * weight]
        air_weight = put["weight"][..., None] * self.air_reach[put["speaker"]][:, None]
        airs = [(each[..., dims : dims + acoustic.AIR] - put["air_db"]).abs() / 10.0 for each in outs]
        voicing = functional.binary_cross_entropy_with_logits(out[..., -1], put["voiced"], put["weight"])
        losses = {
            name: sum(measure(x) for x in apart) / len(apart) - 0.5 * sum(measure(x) for x in between)
            for name, measure in (
                ("envelope", lambda x: x.abs().sum() / total),
                ("change", lambda x: _changes(x).abs().sum() / total),
                ("patch", _patches),
                ("outline", lambda x: functional.avg_pool2d(x.unsqueeze(1), (8, 4), (4, 2)).abs().mean()),
            )
        }
        losses["air"] = (
            sum((x * air_weight).sum() for x in airs) / air_weight.sum().clamp(min=1.0) / len(airs)
        )
        losses["voicing"] = voicing
        seen = [((e - self.band_mean) / self.band_spread) * weight for e in (made[0], real)]
        return losses, seen[0], seen[1]

    def _criticise(
        self, made: torch.Tensor, real: torch.Tensor, voice: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Let the critic learn, then hear it: how far the network is from fooling it, and from what it sees."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.dials.half):
            judged_real, _ = self.critic(real, voice)
            judged_made, _ = self.critic(made.detach(), voice)
            learn = functional.relu(1 - judged_real).mean() + functional.relu(1 + judged_made).mean()
        self.optimisers["critic"].zero_grad(set_to_none=True)
        learn.backward()
        self.optimisers["critic"].step()
        for parameter in self.critic.parameters():
            parameter.requires_grad_(False)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.dials.half):
            judged, seen = self.critic(made, voice)
            with torch.no_grad():
                _, wanted = self.critic(real, voice)
            matching = sum(functional.l1_loss(a, b) / b.abs().mean().clamp(min=1e-3)
                           for a, b in zip(seen, wanted, strict=True)) / len(seen)  # fmt: skip
            fool = -judged.mean()
        for parameter in self.critic.parameters():
            parameter.requires_grad_(True)
        return {"critic": learn, "fool": fool, "matching": matching}

    def check(self) -> dict[str, float]:
        """Distance to held-out speech in dB, and how much of its variance is there, by the averaged network."""
        put = self.tensors(self.held_out.batch(0, 48, self.dials.frames))
        generator = torch.Generator().manual_seed(1)
        noise = torch.randn((*put["phones"].shape[:2], conditioning.NOISE), generator=generator).to(
            self.device
        )
        out = self.network(put["phones"], put["numbers"], put["voice"], noise)
        losses, made, real = self.losses(out, put)
        inside = put["weight"] > 0
        far = self.reach[put["speaker"]].min(dim=1).values > self.reach.mean(dim=1).min()
        rows = inside & (far[:, None] if bool(far.any()) else inside)
        ratio = out[..., : fullband.DIMENSIONS][rows].var(0) / put["cepstra"][rows].var(0)
        heard = (out[..., -1] > 0) == (put["voiced"] > 0.5)
        return {
            "db": float(losses["envelope"]) * 10 / np.log(10),
            "variance": float(ratio.median()),
            "voicing": float(heard[inside].float().mean()),
            "air": float(losses["air"]) * 10,
            "step": float(
                (made[:, 1:] - made[:, :-1]).abs().mean() / (real[:, 1:] - real[:, :-1]).abs().mean()
            ),
        }


def _changes(x: torch.Tensor) -> torch.Tensor:
    """How a difference changes over 5 and 15 ms, (batch, frames - 1, bands)."""
    return (x[:, 1:] - x[:, :-1]) + 0.5 * functional.pad(x[:, 3:] - x[:, :-3], (0, 0, 0, 2))


def _patches(x: torch.Tensor) -> torch.Tensor:
    """Mean size of a difference over patches of 40 ms and eight bands, each taken as one vector."""
    squares = functional.avg_pool2d(x.square().unsqueeze(1), 8, 4)
    return (squares + 1e-6).sqrt().mean()
