"""A small network that reads notes and says who wrote them: one of the listeners of `songwright bench composer`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from songwright.values.seed import Seed

Codes = Sequence[tuple[int, ...]]
_WIDTH, _TURNS, _BATCH = 32, 24, 32


class Ear(nn.Module):
    """Embedded codes of a note, a GRU in both directions, the mean over time, one number."""

    def __init__(self, sizes: Sequence[int], width: int = _WIDTH) -> None:
        """sizes: how many values each code of a note has."""
        super().__init__()
        self.words = nn.ModuleList(nn.Embedding(size + 1, width // 2, padding_idx=0) for size in sizes)
        self.cell = nn.GRU(width // 2, width, batch_first=True, bidirectional=True)
        self.rest = nn.Dropout(0.3)
        self.out = nn.Linear(2 * width, 1)

    def forward(self, codes: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """codes: (rows, notes, codes), 0 = nothing there. Returns (rows,): above 0 = a person."""
        seen = sum(word(codes[..., n]) for n, word in enumerate(self.words))
        packed = nn.utils.rnn.pack_padded_sequence(
            self.rest(seen), lengths, batch_first=True, enforce_sorted=False
        )
        heard, _ = nn.utils.rnn.pad_packed_sequence(self.cell(packed)[0], batch_first=True)
        mean = heard.sum(dim=1) / lengths[:, None]
        return self.out(self.rest(mean))[:, 0]


def listen(
    learn: Sequence[Codes],
    human: Sequence[bool],
    judge: Sequence[Codes],
    sizes: Sequence[int],
    turns: int = _TURNS,
) -> np.ndarray:
    """Log odds that a person wrote each row to judge, after learning from rows whose authors are known."""
    torch.set_num_threads(1)
    torch.manual_seed(Seed(1).child("ear").key() % 2**31)
    net = Ear(sizes)
    optimiser = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=0.02)
    codes, lengths = _padded(learn)
    truth = torch.tensor([float(one) for one in human])
    for turn in range(turns):
        order = np.argsort(Seed(1).child("ear", turn).luck().noise(len(learn)), kind="stable")
        for start in range(0, len(order), _BATCH):
            rows = torch.from_numpy(order[start : start + _BATCH].copy())
            loss = functional.binary_cross_entropy_with_logits(net(codes[rows], lengths[rows]), truth[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    net.eval()
    with torch.no_grad():
        return net(*_padded(judge)).numpy().astype(np.float64)


def _padded(rows: Sequence[Codes]) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of codes as one tensor, each code one up so that 0 is padding, and their lengths."""
    lengths = torch.tensor([max(1, len(row)) for row in rows])
    found = torch.zeros(len(rows), int(lengths.max()), len(rows[0][0]), dtype=torch.long)
    for n, row in enumerate(rows):
        found[n, : len(row)] = torch.tensor(row) + 1
    return found, lengths
