"""`songwright train composer`: a network, or one of its rivals, learns the corpus as tokens."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from songwright.errors import BriefError, ShelfError
from songwright.train.nets import composer, recurrent
from songwright.train.run import Budget, train
from songwright.train.songs.batches import Batches, Manner, weights
from songwright.train.songs.canaries import Canary, exposures, planted
from songwright.train.songs.dataset import load_shard
from songwright.train.songs.measuring import measure
from songwright.train.songs.ngram import NGram, nats_by_kind
from songwright.train.songs.release import put_on_shelf
from songwright.values.seed import Seed

_CLIP = 1.0
_CHECKED_SONGS = 48


class ComposerTask:
    """What one step of learning is: guess every next token that is not given."""

    averaged = ("composer",)

    def __init__(
        self, parts: Mapping[str, Sequence[np.ndarray]], net: torch.nn.Module, manner: Manner, seed: Seed,
        rate: float = 2e-3, muon_rate: float = 0.02, half: bool = False,
    ) -> None:  # fmt: skip
        """parts: "train" and "valid" songs. rate: of AdamW; muon_rate: of Muon for the matrices, 0 for AdamW alone.

        half: products in bfloat16, weights and sums in float32; about half again as fast where the machine has it.
        """
        self.networks = {"composer": net}
        self.place = next(net.parameters()).device
        self.half = half
        self.seed = seed
        self.batches = Batches(parts["train"], manner, seed.child("batches"))
        self.held = parts["valid"]
        self.optimisers = _optimisers(net, rate, muon_rate)

    def step(self, step: int, progress: float) -> dict[str, float]:
        """One batch forward, back, and a move."""
        net = self.networks["composer"]
        torch.manual_seed(self.seed.child("dropout", step).key() % 2**31)  # the same whether resumed or not
        seen = self.batches.at(step)
        rows = torch.from_numpy(seen).to(self.place)
        weight = torch.from_numpy(weights(seen[:, 1:])).float().to(self.place)
        with torch.autocast(self.place.type, torch.bfloat16, enabled=self.half):
            logits = net(rows[:, :-1])
        cost = functional.cross_entropy(logits.float().flatten(0, 1), rows[:, 1:].flatten(), reduction="none")
        loss = (cost * weight.flatten()).sum() / weight.sum().clamp_min(1.0)
        for optimiser in self.optimisers.values():
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), _CLIP)
        for optimiser in self.optimisers.values():
            optimiser.step()
        return {"nats": float(loss.detach()), "tokens": float((seen != 0).sum())}

    def check(self) -> dict[str, float]:
        """Nats a token by kind on a sample of held-out songs."""
        found = measure(self.networks["composer"], self.held[:_CHECKED_SONGS])
        return {name: float(value) for name, value in found.items() if not name.endswith("_tokens")}


def _optimisers(net: torch.nn.Module, rate: float, muon_rate: float) -> dict[str, torch.optim.Optimizer]:
    """Muon (Jordan 2024) for the matrices between layers, AdamW for embeddings, norms and recurrent cells."""
    square = [p for name, p in net.named_parameters() if muon_rate and p.ndim == 2 and ".layers." in name]
    chosen = {id(p) for p in square}
    rest = [p for p in net.parameters() if id(p) not in chosen]
    found: dict[str, torch.optim.Optimizer] = {
        "adamw": torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.95), weight_decay=0.05)
    }
    if square:
        found["muon"] = torch.optim.Muon(square, lr=muon_rate, weight_decay=0.05)
    return found


def train_composer(
    corpus: Path,
    out: Path,
    size: str,
    rival: str,
    budget: Budget,
    manner: Manner,
    tell: Callable[[str], None],
    device: str = "cpu",
    half: bool = False,
    canaries: bool = False,
) -> dict[str, Any]:
    """Learn a corpus (.npz), go on where a run with the same `out` stopped, and measure on held-out songs.

    size: one of `nets.composer.SIZES`. rival: "" for the Transformer, "lstm", "gru", "rnn" for one of about as many
    parameters, "ngram" for counting. device: as torch names it. half: see ComposerTask. Writes out/figures.json and,
    for the Transformer, out/composer.onnx with its card. BriefError for a device that is not there.
    canaries: plant songs nobody wrote among those to learn from and measure how well they are known after
    (`songs.canaries`); such a network is not exported.
    """
    torch.set_num_threads(1)
    parts = load_shard(corpus)
    if not parts["train"] or not parts["valid"]:
        raise ShelfError(str(corpus), "holds no songs to learn from, or none held out")
    if rival == "ngram":
        counted = NGram(5).fit(parts["train"])
        figures: dict[str, Any] = {
            name: nats_by_kind(parts[name], [counted.nats(row) for row in parts[name]])
            for name in ("valid", "test")
        }
        return _written(out, {"net": "5-gram"} | figures)
    net = _placed(build(size, rival), device)
    seed = Seed(1).child("composer", size, rival)
    birds: list[Canary] = []
    if canaries:
        parts["train"], birds = planted(parts["train"])
    task = ComposerTask(parts, net, manner, seed, half=half)
    state = train(task, out / "run", budget, tell)
    figures = {name: measure(net, parts[name]) for name in ("valid", "test")}
    figures |= {"net": rival or "transformer", "size": size, "steps": state.step, "seconds": round(state.seconds, 1),
                "parameters": sum(p.numel() for p in net.parameters())}  # fmt: skip
    if birds:
        figures["canaries"] = exposures(net, birds)
    elif not rival:
        told = {"size": size, "steps": state.step, "seconds": round(state.seconds)}
        figures["export"] = put_on_shelf(net, parts, out, told, tell)
    return _written(out, figures)


def build(size: str, rival: str = "") -> torch.nn.Module:
    """A fresh network of a size, or a rival of about as many parameters. BriefError for a name nobody bears."""
    if size not in composer.SIZES:
        raise BriefError("size", f"{size!r} is no size", f"Take one of {', '.join(composer.SIZES)}.")
    if rival and rival not in recurrent.CELLS:
        raise BriefError("rival", f"{rival!r} is no rival", "Take lstm, gru, rnn or ngram.")
    torch.manual_seed(Seed(1).child("weights", size, rival).key() % 2**31)
    net = composer.Composer(composer.SIZES[size])
    if not rival:
        return net
    return recurrent.Recurrent(recurrent.sized(rival, sum(p.numel() for p in net.parameters())))


def _placed(net: torch.nn.Module, device: str) -> torch.nn.Module:
    try:
        return net.to(device)
    except (RuntimeError, AssertionError) as problem:
        raise BriefError(
            "device", f"{device!r} is not there", "Take cpu, or cuda where there is one."
        ) from problem


def _written(out: Path, figures: dict[str, Any]) -> dict[str, Any]:
    out.mkdir(parents=True, exist_ok=True)
    (out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures
