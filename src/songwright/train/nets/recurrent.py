"""The composer's recurrent rivals over the same tokens: LSTM, GRU and a plain RNN, of the size one asks for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from songwright.music.tokens import NAMES

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
_GATES = {"lstm": 4, "gru": 3, "rnn": 1}


@dataclass(frozen=True)
class Config:
    """cell: "lstm", "gru" or "rnn". width: of stream and cells. rows: of the embedding."""

    cell: str = "lstm"
    width: int = 512
    layers: int = 2
    rows: int = -(-len(NAMES) // 64) * 64
    dropout: float = 0.1


def sized(cell: str, parameters: int, layers: int = 2) -> Config:
    """The configuration of about so many parameters: widths in steps of 8."""
    config = Config(cell)
    widths = range(32, 4096, 8)
    best = min(
        widths,
        key=lambda w: abs(config.rows * w + layers * (_GATES[cell] * (2 * w * w + 2 * w)) - parameters),
    )
    return Config(cell, best, layers)


def tiny(cell: str = "lstm") -> Recurrent:
    """The same network, very small: for tests."""
    torch.manual_seed(0)
    return Recurrent(Config(cell, 32, 2, dropout=0.0))


class Recurrent(nn.Module):
    """Tokens in, logits of the next token out; embeddings are tied, as the Transformer's are."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.rows, config.width)
        nn.init.normal_(self.embed_tokens.weight, std=0.02)
        self.cells = CELLS[config.cell](
            config.width, config.width, config.layers, batch_first=True,
            dropout=config.dropout if config.layers > 1 else 0.0,
        )  # fmt: skip
        self.norm = nn.LayerNorm(config.width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """tokens: (batch, T) -> logits (batch, T, rows)."""
        heard, _ = self.cells(self.dropout(self.embed_tokens(tokens)))
        return functional.linear(self.dropout(self.norm(heard)), self.embed_tokens.weight)
