"""How surprised a network is by songs it never saw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional

from songwright.train.songs.ngram import nats_by_kind


@torch.no_grad()
def measure(net: torch.nn.Module, rows: Sequence[np.ndarray], length: int = 2048) -> dict[str, float | int]:
    """Nats a token of whole songs, by kind; songs longer than `length` are measured that far."""
    net.eval()
    place = next(net.parameters()).device
    kept, costs = [], []
    for row in rows:
        tokens = torch.from_numpy(row[: length + 1])[None].to(place)
        logits = net(tokens[:, :-1])[0]
        cost = functional.cross_entropy(logits, tokens[0, 1:], reduction="none")
        kept.append(row[1 : length + 1])
        costs.append(cost.cpu().numpy())
    return nats_by_kind(kept, costs)
