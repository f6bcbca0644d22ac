"""Rivals of the composer's network that continue songs as it does (`composer.setting.drafts.Network`).

A recurrent network is carried on token by token; a count of runs looks its last tokens up. Logits are whole numbers,
1024 to a nat, as the shipped network's are; they are natural logarithms of probabilities.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from songwright.errors import ShelfError
from songwright.music.tokens import NAMES
from songwright.runtime.decoder import Decoder
from songwright.runtime.drawing import UNIT
from songwright.train.nets.recurrent import CELLS, Recurrent
from songwright.train.run import read_checkpoint
from songwright.train.songs.dataset import load_shard
from songwright.train.songs.ngram import NGram
from songwright.train.songs.task import build


def followed(run: Path, tokens: Path) -> tuple[str, Decoder | RecurrentFollower | CountFollower]:
    """The name of what `train composer` left in a folder, and the network, ready to continue songs.

    tokens: the corpus (.npz), which counting learns from anew. ShelfError where the run is not whole.
    """
    try:
        figures = json.loads((run / "figures.json").read_text(encoding="utf-8"))
        name = str(figures["net"])
        if name == "5-gram":
            return name, CountFollower(NGram(5).fit(load_shard(tokens)["train"]))
        if name not in CELLS:
            return name, Decoder((run / "composer.onnx").read_bytes())
        kept = read_checkpoint(run / "run" / "checkpoint.pt")
        net = build(str(figures["size"]), name)
        net.load_state_dict(kept["averages"]["composer"])
    except (OSError, ValueError, KeyError, RuntimeError) as problem:
        raise ShelfError(str(run), "is no finished run of `songwright train composer`") from problem
    assert isinstance(net, Recurrent)
    return name, RecurrentFollower(net)


class RecurrentFollower:
    """An LSTM, a GRU or a plain RNN that continues rows of tokens."""

    def __init__(self, net: Recurrent) -> None:
        self._net = net.eval()

    def open(self, prompt: Sequence[int], count: int = 1) -> RecurrentRows:
        """`count` equal rows that have heard a prompt; it is heard once."""
        heard = RecurrentRows(self._net, 1)
        heard.push([prompt])
        heard.keep([0] * count)
        return heard

    @torch.no_grad()
    def costs(self, rows: Sequence[Sequence[int]]) -> list[np.ndarray]:
        """What every token of given rows costs after those before it: int32, 1024 to a nat; 0 for the first."""
        found = []
        for row in rows:
            tokens = torch.tensor(list(row))
            likely = functional.log_softmax(self._net(tokens[None, :-1])[0, :, : len(NAMES)], dim=-1)
            nats = -likely.gather(1, tokens[1:, None])[:, 0].double().numpy()
            found.append(np.concatenate(([0], np.round(UNIT * nats))).astype(np.int32))
        return found


class RecurrentRows:
    """Rows that grow. logits: (rows, vocabulary) int32, what comes next in each."""

    def __init__(self, net: Recurrent, rows: int) -> None:
        self._net = net
        shape = (net.config.layers, rows, net.config.width)
        self._state = [torch.zeros(shape) for _ in range(2 if net.config.cell == "lstm" else 1)]
        self.logits = np.zeros((rows, len(NAMES)), dtype=np.int32)

    @torch.no_grad()
    def push(self, tokens: Sequence[Sequence[int]]) -> None:
        """Each row hears its tokens: any number, also none."""
        for length in sorted({len(row) for row in tokens} - {0}):
            moved = [n for n, row in enumerate(tokens) if len(row) == length]
            heard = self._net.embed_tokens(torch.tensor([list(tokens[n]) for n in moved]))
            before = [part[:, moved].contiguous() for part in self._state]
            made, after = self._net.cells(heard, tuple(before) if len(before) == 2 else before[0])
            for part, new in zip(self._state, after if len(before) == 2 else [after], strict=True):
                part[:, moved] = new
            scores = functional.linear(self._net.norm(made[:, -1]), self._net.embed_tokens.weight)
            likely = functional.log_softmax(scores[:, : len(NAMES)], dim=-1)
            self.logits = self.logits.copy()
            self.logits[moved] = np.round(UNIT * likely.double().numpy()).astype(np.int32)

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows, in this order; one may be named twice and goes on as two."""
        chosen = list(rows)
        self._state = [part[:, chosen].clone() for part in self._state]
        self.logits = self.logits[chosen]


class CountFollower:
    """Counts of runs that continue rows of tokens."""

    def __init__(self, counted: NGram) -> None:
        self._counted = counted

    def open(self, prompt: Sequence[int], count: int = 1) -> CountRows:
        """`count` equal rows that have heard a prompt."""
        return CountRows(self._counted, [prompt] * count)

    def costs(self, rows: Sequence[Sequence[int]]) -> list[np.ndarray]:
        """What every token of given rows costs after those before it: int32, 1024 to a nat; 0 for the first."""
        found = []
        for row in rows:
            costs = np.round(UNIT * self._counted.nats(np.array(row, dtype=np.int64))).astype(np.int32)
            costs[:1] = 0
            found.append(costs)
        return found


class CountRows:
    """Rows that grow, of which a count keeps the last few tokens. logits: as in `RecurrentRows`."""

    def __init__(self, counted: NGram, rows: Sequence[Sequence[int]]) -> None:
        self._counted = counted
        self._rows: list[list[int]] = [[] for _ in rows]
        self.logits = np.zeros((len(rows), len(NAMES)), dtype=np.int32)
        self.push(rows)

    def push(self, tokens: Sequence[Sequence[int]]) -> None:
        """Each row hears its tokens: any number, also none."""
        self.logits = self.logits.copy()
        for n, row in enumerate(tokens):
            if len(row):
                self._rows[n] = [*self._rows[n], *row][-self._counted.order :]
                chances = self._counted.chances(self._rows[n])
                self.logits[n] = np.round(UNIT * np.log(chances)).astype(np.int32)
