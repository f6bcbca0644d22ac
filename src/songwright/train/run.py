"""One plain training loop for every network of the house: a time budget, a diary, and nothing lost when it stops.

A task brings its networks, its optimisers and one step; the loop brings the clock, the learning-rate schedule
(warm-up, flat, cosine down at the end), running averages of the weights, validation, a JSON-lines log and
checkpoints. It ends when the seconds or steps are used up, or when asked to (Ctrl-C, SIGTERM); started again with the
same folder it goes on where it stopped.
"""

from __future__ import annotations

import json
import math
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Protocol

import torch

from songwright.errors import ShelfError
from songwright.train import spread


class Task(Protocol):
    """What is learned. Chance in a step is keyed by the step's number, so that resuming changes nothing."""

    networks: Mapping[str, torch.nn.Module]
    optimisers: Mapping[str, torch.optim.Optimizer]
    averaged: tuple[str, ...]
    """Names of the networks whose weights are also kept as a running average: those that are exported."""

    def step(self, step: int, progress: float) -> Mapping[str, float]:
        """One step of learning: forward, backward, update. progress: 0..1 of the budget. Returns figures to log."""

    def check(self) -> Mapping[str, float]:
        """Figures on held-out data; called with the averaged weights in place."""


@dataclass(frozen=True)
class Budget:
    """How long to learn and how often to write. max_steps 0 = as many as the seconds allow.

    max_seconds: wall clock, over all resumed runs together. warm_steps: learning rate rises. cool: share of the budget
    at the end over which it falls to `final`. decay: of the running average, a step.
    """

    max_seconds: float = 3_600.0
    max_steps: int = 0
    warm_steps: int = 200
    cool: float = 0.35
    final: float = 0.05
    decay: float = 0.999
    log_every: int = 50
    check_every_s: float = 120.0
    save_every_s: float = 120.0


def use_threads(count: int) -> None:
    """Let the products of networks use so many threads; more than there are cores makes them slower."""
    torch.set_num_threads(count)


@dataclass
class State:
    """Where a run is. averages: network -> name -> weights."""

    step: int = 0
    seconds: float = 0.0
    averages: dict[str, dict[str, torch.Tensor]] = field(default_factory=dict)


def train(task: Task, folder: Path, budget: Budget, tell: Callable[[str], None] = lambda line: None) -> State:
    """Learn until the budget is used up; writes folder/checkpoint.pt and folder/log.jsonl.

    At the end the averaged weights stand in the task's networks. Raises ShelfError where the learning breaks down
    (a figure that is no number) or a checkpoint belongs to another network.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = State()
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        state = _resume(task, checkpoint)
        tell(f"going on at step {state.step}, {state.seconds:.0f} s used")
    else:
        state.averages = {name: _copy(task.networks[name]) for name in task.averaged}
    diary_file = folder / "log.jsonl" if spread.rank() == 0 else Path(os.devnull)
    with diary_file.open("a", encoding="utf-8") as diary, _stop_signals() as asked:
        _loop(task, state, budget, checkpoint, diary, asked, tell)
    for network in task.networks.values():
        spread.check_same(network)
    save(task, state, checkpoint)
    for name in task.averaged:
        task.networks[name].load_state_dict(state.averages[name])
    return state


def _loop(
    task: Task, state: State, budget: Budget, checkpoint: Path, diary: Any, asked: list[int],
    tell: Callable[[str], None],
) -> None:  # fmt: skip
    rates = {name: [group["lr"] for group in opt.param_groups] for name, opt in task.optimisers.items()}
    sums: dict[str, list[float]] = {}
    counted = 0
    began = time.monotonic() - state.seconds
    checked = saved = state.seconds  # the first process's clock: all check and save at the same steps
    while not spread.any_of(bool(asked)) and not _spent(state, budget):
        progress = _progress(state, budget)
        share = rate_share(state.step, progress, budget)
        for name, optimiser in task.optimisers.items():
            for group, rate in zip(optimiser.param_groups, rates[name], strict=True):
                group["lr"] = rate * share
        figures = task.step(state.step, progress)
        bad = [name for name, value in figures.items() if not math.isfinite(value)]
        if bad:
            raise ShelfError("training", f"{', '.join(bad)} is no number at step {state.step}")
        state.step += 1
        _average(task, state, budget.decay)
        state.seconds = spread.of_first(time.monotonic() - began)
        for name, value in figures.items():
            sums.setdefault(name, []).append(value)
        counted += 1
        last = _spent(state, budget)
        if counted >= budget.log_every or last:
            line = {"step": state.step, "seconds": round(state.seconds, 1), "rate": round(share, 4)}
            line |= {name: round(sum(values) / len(values), 5) for name, values in sums.items()}
            sums, counted = {}, 0
            if state.seconds - checked > budget.check_every_s or last:
                with averaged(task, state):
                    line |= {f"held_{name}": round(value, 5) for name, value in task.check().items()}
                checked = spread.of_first(time.monotonic() - began)
            diary.write(json.dumps(line) + "\n")
            diary.flush()
            tell(" ".join(f"{name} {value}" for name, value in line.items()))
        if state.seconds - saved > budget.save_every_s:
            _put_rates(task, rates)
            save(task, state, checkpoint)
            saved = spread.of_first(time.monotonic() - began)
    _put_rates(task, rates)


def _put_rates(task: Task, rates: Mapping[str, list[float]]) -> None:
    """Full learning rates back into the optimisers, so that a checkpoint holds them."""
    for name, optimiser in task.optimisers.items():
        for group, rate in zip(optimiser.param_groups, rates[name], strict=True):
            group["lr"] = rate


def rate_share(step: int, progress: float, budget: Budget) -> float:
    """Which share of the full learning rate to use: up, flat, and down along a cosine."""
    warm = min(1.0, (step + 1) / max(1, budget.warm_steps))
    fall = max(0.0, (progress - (1 - budget.cool)) / max(budget.cool, 1e-9))
    return warm * (budget.final + (1 - budget.final) * 0.5 * (1 + math.cos(math.pi * min(fall, 1.0))))


def _progress(state: State, budget: Budget) -> float:
    by_step = state.step / budget.max_steps if budget.max_steps else 0.0
    return min(1.0, max(by_step, state.seconds / budget.max_seconds))


def _spent(state: State, budget: Budget) -> bool:
    return state.seconds >= budget.max_seconds or bool(budget.max_steps and state.step >= budget.max_steps)


@torch.no_grad()
def _average(task: Task, state: State, decay: float) -> None:
    share = 1 - min(decay, (1 + state.step) / (10 + state.step))
    for name in task.averaged:
        kept = state.averages[name]
        for key, value in task.networks[name].state_dict().items():
            if value.is_floating_point():
                kept[key].lerp_(value.float(), share)
            else:
                kept[key].copy_(value)


@contextmanager
def averaged(task: Task, state: State) -> Iterator[None]:
    """The averaged weights in place of the learning ones, networks listening only, for the time of a with block."""
    learning = {name: _copy(task.networks[name]) for name in task.averaged}
    try:
        for name in task.averaged:
            task.networks[name].load_state_dict(state.averages[name])
            task.networks[name].eval()
        with torch.no_grad():
            yield
    finally:
        for name in task.averaged:
            task.networks[name].load_state_dict(learning[name])
            task.networks[name].train()


def _copy(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {key: value.detach().clone().float() if value.is_floating_point() else value.detach().clone()
            for key, value in network.state_dict().items()}  # fmt: skip


def save(task: Task, state: State, path: Path) -> None:
    """Write everything needed to go on, whole or not at all; of processes together, the first writes."""
    kept = spread.whole(
        {
            "step": state.step,
            "seconds": state.seconds,
            "averages": state.averages,
            "networks": {name: network.state_dict() for name, network in task.networks.items()},
            "optimisers": {name: optimiser.state_dict() for name, optimiser in task.optimisers.items()},
        }
    )
    if spread.rank() == 0:
        aside = path.with_suffix(".part")
        torch.save(kept, aside)
        aside.replace(path)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What a checkpoint holds; nothing in it is executed. ShelfError for a file that is missing, damaged or none."""
    try:
        kept = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise ShelfError(str(path), "there is no such file") from None
    except (OSError, EOFError, UnpicklingError, RuntimeError, LookupError, ValueError) as problem:
        raise ShelfError(str(path), "is damaged, or no checkpoint") from problem
    if not isinstance(kept, dict):
        raise ShelfError(str(path), "is no checkpoint")
    return kept


def _resume(task: Task, path: Path) -> State:
    kept = read_checkpoint(path)
    try:
        for name, network in task.networks.items():
            network.load_state_dict(_like(kept["networks"][name], network))
        for name, optimiser in task.optimisers.items():
            _remember(optimiser, kept["optimisers"][name])
    except (RuntimeError, LookupError, ValueError) as problem:
        raise ShelfError(path.name, "is a checkpoint of another network; take an empty folder") from problem
    averages = {name: _like(kept["averages"][name], task.networks[name]) for name in task.averaged}
    return State(kept["step"], kept["seconds"], averages)


def _like(kept: Mapping[str, torch.Tensor], network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Weights as they were written, where and as this network holds its own."""
    own = network.state_dict()
    return {key: spread.parted(value, own[key]) for key, value in kept.items()}


def _remember(optimiser: torch.optim.Optimizer, kept: dict[str, Any]) -> None:
    """What an optimiser knew of each weight."""
    weights = [weight for group in optimiser.param_groups for weight in group["params"]]
    for number, memory in kept["state"].items():
        for name, value in memory.items():
            if isinstance(value, torch.Tensor) and value.shape == weights[number].shape:
                memory[name] = spread.parted(value, weights[number])
    optimiser.load_state_dict(kept)


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """A list that fills when Ctrl-C or SIGTERM asks the loop to stop; only in the main thread."""
    asked: list[int] = []
    before: dict[int, Any] = {}
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, lambda signum, frame: asked.append(signum))
    except ValueError:  # not the main thread: nobody sends signals here
        pass
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
