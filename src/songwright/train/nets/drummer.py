"""The drummer's network: one GRU over the hits, two heads that say how hard and when."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from songwright.performer.drummer import LATE_BINS, PAST, READINGS, UNITS, VELOCITY_BINS


@dataclass(frozen=True)
class Config:
    """inputs: numbers read of each hit. units: width of the GRU. dropout: on its output, in training."""

    inputs: int = READINGS + PAST
    units: int = UNITS
    dropout: float = 0.15


def tiny() -> Drummer:
    """The same network, as it is: it is small. For tests."""
    torch.manual_seed(0)
    return Drummer(Config())


class Drummer(nn.Module):
    """Hits in, logits out. forward: x (batch, hits, inputs) -> velocity (.., 32), late (.., 31) given the velocity.

    The heads are coupled: what a velocity adds to the lateness logits is a table, so that the loud may be early.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.gru = nn.GRU(config.inputs, config.units, batch_first=True)
        self.dropout = nn.Dropout(config.dropout)
        self.velocity = nn.Linear(config.units, VELOCITY_BINS)
        self.late = nn.Linear(config.units, LATE_BINS)
        self.coupling = nn.Parameter(torch.zeros(VELOCITY_BINS, LATE_BINS))

    def forward(self, x: torch.Tensor, velocity: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits for hits whose velocity bins are known, (batch, hits) long."""
        heard, _ = self.gru(x)
        heard = self.dropout(heard)
        return self.velocity(heard), self.late(heard) + self.coupling[velocity]


class OneHit(nn.Module):
    """The network as it plays: one hit at a time, its state handed on. For export."""

    def __init__(self, net: Drummer) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """x (batch, inputs), state (batch, units) -> velocity, late for every velocity (batch, 32, 31), next_state."""
        g = self.net.gru
        ours = x @ g.weight_ih_l0.T + g.bias_ih_l0
        theirs = state @ g.weight_hh_l0.T + g.bias_hh_l0
        reset_x, update_x, new_x = ours.chunk(3, 1)
        reset_h, update_h, new_h = theirs.chunk(3, 1)
        update = torch.sigmoid(update_x + update_h)
        new = torch.tanh(new_x + torch.sigmoid(reset_x + reset_h) * new_h)
        after = (1 - update) * new + update * state
        late = self.net.late(after)[:, None, :] + self.net.coupling[None]
        return self.net.velocity(after), late, after
