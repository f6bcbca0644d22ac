"""Fits the drummer's network to performances, measures it on drummers it never heard, and writes it down."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from songwright.performer.drummer import LATE_BINS, VELOCITY_BINS, past, readings
from songwright.train.drums.groove import Take
from songwright.train.nets.drummer import Config, Drummer, OneHit
from songwright.train.run import Budget, State, train
from songwright.values.seed import Seed

WINDOW = 96
BATCH = 48
PLAIN_SHARE = 0.3
"""How often, in training, ghosts and accents are not told, so that the drummer also finds them alone."""


class Heap:
    """Performances as one long row of hits, cut at will into windows that never cross from one into the next."""

    def __init__(self, takes: Sequence[Take]) -> None:
        self.x = np.concatenate([inputs_of(take) for take in takes])
        self.velocity = np.concatenate([take.velocity for take in takes])
        self.late = np.concatenate([take.late for take in takes])
        lengths = np.array([len(take.hits) for take in takes])
        self.begin = np.cumsum(lengths) - lengths
        self.length = lengths

    def windows(self) -> list[tuple[int, int]]:
        """Every hit once: (first, end) of windows of at most `WINDOW` hits."""
        return [
            (int(at), int(min(at + WINDOW, begin + length)))
            for begin, length in zip(self.begin, self.length, strict=True)
            for at in range(begin, begin + length, WINDOW)
        ]

    def batch(self, spans: Sequence[tuple[int, int]]) -> tuple[torch.Tensor, ...]:
        """x (batch, hits, inputs), velocity, late (batch, hits) with -100 where a window is shorter."""
        size = max(end - first for first, end in spans)
        x = np.zeros((len(spans), size, self.x.shape[1]), np.float32)
        bins = np.full((2, len(spans), size), -100, np.int64)
        for row, (first, end) in enumerate(spans):
            x[row, : end - first] = self.x[first:end]
            bins[0, row, : end - first] = self.velocity[first:end]
            bins[1, row, : end - first] = self.late[first:end]
        return torch.from_numpy(x), torch.from_numpy(bins[0]), torch.from_numpy(bins[1])


def inputs_of(take: Take) -> np.ndarray:
    """What the network reads of every hit of a performance, its past as it was played, (hits, inputs)."""
    read = readings(take.hits, take.style, take.bpm, take.loudness, take.fill)
    return np.hstack([read, past(take.velocity, take.late, take.hits.drum)])


class DrumTask:
    """What `train.run` needs: a step on windows of the training half, a check on the validation half."""

    averaged = ("drummer",)

    def __init__(self, learn: Heap, check: Heap, seed: int = 1, rate: float = 2e-3) -> None:
        torch.manual_seed(seed)
        self._learn, self._check, self._seed = learn, check, Seed(seed)
        self.net = Drummer(Config())
        self.networks = {"drummer": self.net}
        self.optimisers = {"drummer": torch.optim.AdamW(self.net.parameters(), lr=rate, weight_decay=0.02)}

    def step(self, step: int, progress: float) -> Mapping[str, float]:
        """One batch: windows begin anywhere, long performances are met more often."""
        luck = self._seed.child("step", str(step)).luck()
        spans = []
        for _ in range(BATCH):
            take = int(
                np.searchsorted(
                    np.cumsum(self._learn.length), luck.uniform() * self._learn.length.sum(), "right"
                )
            )
            begin, length = int(self._learn.begin[take]), int(self._learn.length[take])
            first = begin + int(luck.uniform() * max(1, length - WINDOW + 1))
            spans.append((first, min(first + WINDOW, begin + length)))
        x, velocity, late = self._learn.batch(spans)
        hush = torch.tensor([[luck.uniform() < PLAIN_SHARE] for _ in spans])[..., None]
        x[..., 9:12] = torch.where(hush, torch.tensor([0.0, 1.0, 0.0]), x[..., 9:12])
        losses = nats(self.net, x, velocity, late)
        self.optimisers["drummer"].zero_grad()
        sum(losses).backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimisers["drummer"].step()
        return {"velocity": losses[0].item(), "late": losses[1].item()}

    def check(self) -> Mapping[str, float]:
        """Nats a hit on the validation half."""
        return measure(self.net, self._check)


def nats(
    net: Drummer, x: torch.Tensor, velocity: torch.Tensor, late: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean negative log likelihood a hit of velocity and of lateness."""
    loud, when = net(x, velocity.clamp(min=0))
    return (
        functional.cross_entropy(loud.transpose(1, 2), velocity, ignore_index=-100),
        functional.cross_entropy(when.transpose(1, 2), late, ignore_index=-100),
    )


@torch.no_grad()
def measure(net: Drummer, heap: Heap) -> dict[str, float]:
    """Nats a hit over a whole heap: velocity, late."""
    net.eval()
    sums, count = np.zeros(2), 0
    spans = heap.windows()
    for at in range(0, len(spans), 64):
        x, velocity, late = heap.batch(spans[at : at + 64])
        hits = int((velocity >= 0).sum())
        sums += np.array([loss.item() for loss in nats(net, x, velocity, late)]) * hits
        count += hits
    return {"velocity": float(sums[0] / count), "late": float(sums[1] / count)}


def by_habit(learn: Heap, check: Heap) -> dict[str, float]:
    """The same figures for a drummer without ears: how often each drum, ghost or accent, fell in each bin."""
    figures = {}
    for name, bins in (("velocity", VELOCITY_BINS), ("late", LATE_BINS)):
        table = np.ones((27, bins))
        np.add.at(table, (_kind(learn.x), getattr(learn, name)), 1)
        share = np.log(table / table.sum(axis=1, keepdims=True))
        figures[name] = -float(share[_kind(check.x), getattr(check, name)].mean())
    return figures


def _kind(x: np.ndarray) -> np.ndarray:
    """Drum and meaning of rows of inputs as one number."""
    return x[:, :9].argmax(axis=1) * 3 + x[:, 9:12].argmax(axis=1)


def fit(
    takes: Sequence[Take], folder: Path, budget: Budget, tell: Callable[[str], None]
) -> tuple[Drummer, State]:
    """Train on the training half until the budget is used up; the network as averaged at the end."""
    task = DrumTask(
        *(Heap([take for take in takes if take.split == part]) for part in ("train", "validation"))
    )
    state = train(task, folder, budget, tell)
    return task.net.eval(), state


def export(net: Drummer) -> bytes:
    """The network as ONNX, one hit at a time."""
    config = net.config
    target = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter says that a newer one exists; it brings nothing here
        torch.onnx.export(
            OneHit(net.eval()), (torch.zeros(1, config.inputs), torch.zeros(1, config.units)), target,
            input_names=["x", "state"], output_names=["velocity", "late", "next_state"],
            opset_version=18, dynamo=False,
        )  # fmt: skip
    return target.getvalue()
