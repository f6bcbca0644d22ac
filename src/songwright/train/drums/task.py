"""`songwright train drums`: from a folder of performances to a drummer with a card."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch

from songwright.errors import ShelfError
from songwright.runtime.session import Network
from songwright.train.drums.fit import Heap, by_habit, export, fit, measure
from songwright.train.drums.groove import Take, read
from songwright.train.drums.judge import compare
from songwright.train.run import Budget


def train_drums(folder: Path, out: Path, budget: Budget, tell: Callable[[str], None]) -> dict[str, float]:
    """Fit the drummer, measure it on held-out performances, write out/drummer.onnx and out/drummer.toml.

    Goes on where a run with the same `out` stopped. The classifier that tries to tell people from network learns on
    the validation half and is asked about the test half. Returns the figures.
    """
    torch.set_num_threads(1)
    takes = list(read(folder))
    if not takes:
        raise ShelfError(str(folder), "holds no performance in 4/4")
    heaps = {part: Heap([t for t in takes if t.split == part]) for part in ("train", "test")}
    net, state = fit(takes, out / "run", budget, tell)
    data = export(net)
    tell("listening to people and to the network")
    halves = [[t for t in takes if t.split == part] for part in ("validation", "test")]
    habit = by_habit(heaps["train"], heaps["test"])
    figures = {f"{name}_nats": value for name, value in measure(net, heaps["test"]).items()}
    figures |= {f"{name}_nats_by_habit": value for name, value in habit.items()}
    figures |= asdict(compare(Network(data, "drummer"), *halves))
    (out / "drummer.onnx").write_bytes(data)
    card = _card(data, takes, state.step, state.seconds, net, figures)
    (out / "drummer.toml").write_text(card, encoding="utf-8")
    return figures


def _card(
    data: bytes,
    takes: list[Take],
    steps: int,
    seconds: float,
    net: torch.nn.Module,
    figures: dict[str, float],
) -> str:
    hits = sum(len(take.hits) for take in takes)
    fingerprint = hashlib.sha256("".join(f"{t.id}{len(t.hits)}" for t in takes).encode()).hexdigest()[:16]
    rows = "\n".join(f"{name} = {value:.4f}" for name, value in figures.items())
    return f'''id = "drummer"
name = "Drummer"
about = "How hard and how early or late a drummer plays each written hit."
licence = "Apache-2.0 (weights); learned from the Groove MIDI Dataset (CC-BY-4.0)"
source = "Groove MIDI Dataset, Google Magenta; Gillick et al., ICML 2019"
commercial_use = true
recipe = "songwright train drums FOLDER --out DIR"
parameters = {sum(p.numel() for p in net.parameters())}
bytes = {len(data)}
sha256 = "{hashlib.sha256(data).hexdigest()}"

[data]
performances = {len(takes)}
hits = {hits}
fingerprint = "{fingerprint}"

[training]
steps = {steps}
seconds = {seconds:.0f}
device = "cpu"

[held_out]
{rows}
'''
