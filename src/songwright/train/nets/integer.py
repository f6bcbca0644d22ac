"""The composer's network in whole numbers: the same notes on every machine, to the last bit.

A product of matrices of whole numbers in float32 is exact, in whatever order and on however many threads it is summed,
as long as no sum can pass 2^24. So weights are 8-bit numbers, one scale an output; what they are multiplied with is
rounded to whole numbers so small that the sums cannot be larger (from the sum of the weights' sizes, so about 11 bits);
sums of squares are sums of whole numbers in float64. Everything between is one IEEE 754 operation at a time, + - * /,
square root and rounding half to even, none of which leaves a machine any choice. Exponentials and logistic curves are
tables made at export. Nothing is scaled by what else is in the batch: a row alone is a row among others.

    stream       whole numbers, GRID to the unit of the trained network
    norm         c / sqrt(sum of squares): whole numbers of |q| <= `reach`, gains moved into the weights behind it
    queries, keys  normed for each head (their scale drops out), turned, whole; |q . k| is bounded by Cauchy-Schwarz
    attention    table of e^-x at the largest score less the score, made to shares of 2^15, times whole values
    SwiGLU       table of the logistic function on a fixed grid
    logits       natural logarithm x 1024, whole numbers
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from songwright.music.tokens import NAMES
from songwright.train.nets.composer import Composer, Layer

EXACT = 2**24
"""Whole numbers up to here are exact in float32."""
UNIT = 1024
"""Logits: parts of a nat."""
SHARE = 2**15
"""What the weights of one attention add up to, but for rounding."""
LONGEST = 8192
"""Positions a row can have."""
_NEAR = 64  # positions in the finer table of turns
_FAR = LONGEST // _NEAR
_GRID = 2.0**13  # finest grid of the stream
_SOFT = 256  # steps of a nat in the table of exponentials
_SOFT_NATS = 14
_LOGISTIC = 128  # steps of a unit in the logistic table
_LOGISTIC_ENDS = 16
_MOST = 4095  # of |q|: more says no more about it
_MARGIN = 1.15  # of ranges over those seen
EPSILON = 1e-6  # of the trained norms


class Product(nn.Module):
    """A matrix of whole numbers, 8 bits each, and one scale an output."""

    def __init__(self, weight: Tensor, groups: Sequence[int] = (), limit: int = EXACT) -> None:
        """weight: (outputs, inputs). groups: numbers of outputs that share a scale; one each if empty.

        limit: no sum may reach it. reach: how large the whole numbers may be that it is multiplied with.
        """
        super().__init__()
        most = weight.abs().amax(dim=1)
        at = 0
        for size in groups:
            most[at : at + size] = most[at : at + size].max()
            at += size
        scale = most.clamp_min(1e-12) / 127
        whole = torch.round(weight / scale[:, None])
        self.register_buffer("weight", whole.to(torch.int8).T.contiguous())
        self.scale = scale
        sums = whole.abs().sum(dim=1)
        self.reach = int(min(_MOST, (limit - 1) // max(1, int(sums.max()))))
        self.loudest = self.reach * sums  # no output can be larger

    def forward(self, x: Tensor) -> Tensor:
        """x: (..., inputs), whole numbers up to `reach` -> whole numbers (..., outputs)."""
        return x @ self.weight.float()


def _over(number: float, x: Tensor) -> Tensor:
    """number / x, for float64, as a division and never as a reciprocal: float32."""
    return torch.div(torch.tensor(number, dtype=torch.float64), x).float()


class WholeNorm(nn.Module):
    """A row of the stream made equally loud, in whole numbers; gains are in the weights behind it."""

    def __init__(self, width: int, seen: float, product: Product) -> None:
        """seen: the largest element of a normed row met in calibration."""
        super().__init__()
        self.reach = float(product.reach)
        self.steps = self.reach / min(seen * _MARGIN, width**0.5)
        self.turned = width**0.5 * self.steps
        self.width, self.least = width, 1.0

    def lay(self, grid: float) -> None:
        """Make the stream's unit `grid` whole steps."""
        self.least = float(max(1, round(EPSILON * self.width * grid * grid)))

    def forward(self, x: Tensor) -> Tensor:
        """x: (..., width), whole numbers -> whole numbers, `steps` to the unit."""
        fine = x.double()
        loud = torch.sqrt((fine * fine).sum(-1, keepdim=True) + self.least)
        return torch.round(torch.clamp(x * _over(self.turned, loud), -self.reach, self.reach))


class WholeLayer(nn.Module):
    """Attention, then SwiGLU, in whole numbers."""

    def __init__(self, layer: Layer, seen: dict[str, Tensor]) -> None:
        """seen: what calibration met: "first", "second" (normed rows), "value", "hidden" (each channel)."""
        super().__init__()
        heard, gate = layer.self_attn, layer.mlp
        self.size, self.heads, self.kv_heads = heard.size, heard.heads, heard.kv_heads
        gain = layer.input_layernorm.weight
        both = (self.heads + self.kv_heads) * self.size
        asked = torch.cat((heard.q_proj.weight, heard.k_proj.weight, heard.v_proj.weight)) * gain
        groups = [self.size] * (self.heads + self.kv_heads) + [1] * (self.kv_heads * self.size)
        self.asking = Product(asked, groups, EXACT // 2)  # squares of 64 of its sums are added in float64
        self.first = WholeNorm(asked.shape[1], float(seen["first"].max()), self.asking)
        self._attention(heard, seen["value"], both)
        self._gate(layer, gate, seen)
        self.both = both

    def _attention(self, heard: nn.Module, seen: Tensor, both: int) -> None:
        gains = torch.stack([heard.q_norm.weight] * self.heads + [heard.k_norm.weight] * self.kv_heads)
        most = [float(norm.weight.abs().max()) for norm in (heard.q_norm, heard.k_norm)]
        # (root * g_q * s + root/2)(root * g_k * s + root/2) <= 2^23, so that even differences of two are exact
        root = self.size**0.5
        fine = ((EXACT / 2) ** 0.5 / root - 0.5) / max(most[0] * most[1], 1e-6) ** 0.5 * 0.98
        level = (max(most[0], 1e-6) / max(most[1], 1e-6)) ** 0.5  # both equally large
        steps = torch.tensor([fine / level] * self.heads + [fine * level] * self.kv_heads)
        gains = gains * steps[:, None] * root
        self.register_buffer("gains", gains.view(-1, 2, self.size // 2).clone())
        self.softness = _SOFT / (fine * fine * root)
        self.value_reach = float((EXACT - 1) // (SHARE + LONGEST // 2))
        value_steps = self.value_reach / (seen * _MARGIN).clamp_min(1e-6)
        self.register_buffer("value_scale", self.asking.scale[both:] / self.first.steps * value_steps)
        groups = self.heads // self.kv_heads
        columns = value_steps.view(self.kv_heads, 1, self.size).expand(-1, groups, -1).reshape(-1)
        self.telling = Product(heard.o_proj.weight / columns)
        self.heard_steps = self.telling.reach / (self.value_reach * (SHARE + LONGEST // 2))
        self.register_buffer("told_scale", self.telling.scale * (1 / (self.heard_steps * SHARE)))

    def _gate(self, layer: Layer, gate: nn.Module, seen: dict[str, Tensor]) -> None:
        gain = layer.post_attention_layernorm.weight
        self.opening = Product(torch.cat((gate.gate_proj.weight, gate.up_proj.weight)) * gain)
        self.second = WholeNorm(gain.shape[0], float(seen["second"].max()), self.opening)
        hidden = gate.down_proj.weight.shape[1]
        # channels that are loud lend half of their loudness to the weights
        loud = (seen["hidden"] * _MARGIN).clamp_min(1e-6)
        column = loud.sqrt() / loud.sqrt().max()
        self.closing = Product(gate.down_proj.weight * column)
        steps = self.closing.reach / float((loud / column).max())
        scale = self.opening.scale / self.second.steps
        scale[:hidden] *= _LOGISTIC
        scale[hidden:] *= steps / column / _LOGISTIC
        self.register_buffer("open_scale", scale)
        self.register_buffer("closed_scale", self.closing.scale * (1 / steps))
        self.hidden = hidden

    def bound(self) -> float:
        """How much this layer can move any channel of the stream at most."""
        told, closed = self.telling.loudest * self.told_scale, self.closing.loudest * self.closed_scale
        return float(told.max() + closed.max())

    def lay(self, grid: float) -> None:
        """Make the stream's unit `grid` whole steps."""
        self.told_scale *= grid
        self.closed_scale *= grid
        for norm in (self.first, self.second):
            norm.lay(grid)

    def forward(
        self, x: Tensor, turn: tuple[Tensor, Tensor], mask: Tensor, tables: tuple[Tensor, Tensor],
        past: tuple[Tensor, Tensor],
    ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        """x: (batch, T, width). mask: (batch, 1, groups * T, S + T). past: as IntegerComposer.forward."""
        batch, count = x.shape[0], x.shape[1]
        asked, value = self.asking(self.first(x)).split([self.both, self.kv_heads * self.size], dim=-1)
        asked = asked.reshape(batch, count, self.heads + self.kv_heads, 2, self.size // 2)
        fine = asked.double()
        loud = torch.sqrt((fine * fine).sum((-2, -1), keepdim=True) + 1.0)
        asked = asked * _over(1.0, loud) * self.gains
        swapped = asked.index_select(3, torch.tensor([1, 0]))
        asked = torch.round(asked * turn[0] + swapped * turn[1])
        q, k = asked.split([self.heads, self.kv_heads], dim=2)
        groups = self.heads // self.kv_heads
        q = q.reshape(batch, count, self.kv_heads, groups, self.size).permute(0, 2, 3, 1, 4)
        q = q.reshape(batch, self.kv_heads, groups * count, self.size)
        k = k.reshape(batch, count, self.kv_heads, self.size).permute(0, 2, 3, 1)
        value = torch.round(torch.clamp(value * self.value_scale, -self.value_reach, self.value_reach))
        v = value.reshape(batch, count, self.kv_heads, self.size).permute(0, 2, 1, 3)
        y = self._attend(q, (past[0], k), (past[1], v), mask, tables[0])
        y = y.reshape(batch, self.heads, count, self.size).permute(0, 2, 1, 3)
        y = torch.round(y.reshape(batch, count, self.heads * self.size) * self.heard_steps)
        x = x + torch.round(self.telling(y) * self.told_scale)
        return x + self._swiglu(x, tables[1]), k, v

    def _attend(
        self,
        q: Tensor,
        keys: tuple[Tensor, Tensor],
        values: tuple[Tensor, Tensor],
        mask: Tensor,
        table: Tensor,
    ) -> Tensor:
        scores = torch.cat((q @ keys[0], q @ keys[1]), dim=-1) + mask
        below = (scores.amax(-1, keepdim=True) - scores) * self.softness
        weights = table[torch.clamp(below, max=float(_SOFT * _SOFT_NATS)).int()]
        whole = weights.double().sum(-1, keepdim=True)
        shares = torch.round(weights * _over(float(SHARE), whole))
        before = keys[0].shape[3]
        return shares[..., :before] @ values[0] + shares[..., before:] @ values[1]

    def _swiglu(self, x: Tensor, table: Tensor) -> Tensor:
        opened = self.opening(self.second(x)) * self.open_scale
        gate, up = opened.split([self.hidden, self.hidden], dim=-1)
        ends = float(_LOGISTIC * _LOGISTIC_ENDS)
        place = torch.round(torch.clamp(gate, -ends, ends)).int()  # below 0: from the end of the table
        reach = float(self.closing.reach)
        hidden = torch.round(torch.clamp(gate * table[place] * up, -reach, reach))
        return torch.round(self.closing(hidden) * self.closed_scale)


class IntegerComposer(nn.Module):
    """Tokens and what was kept of those before in; logits and what to keep out. All whole numbers."""

    def __init__(self, net: Composer, seen: Sequence[dict[str, Tensor]], last: Tensor) -> None:
        """net: trained. seen, last: see `calibrated`."""
        super().__init__()
        words = len(NAMES)
        embedding = net.model.embed_tokens.weight[:words]
        self.layers = nn.ModuleList(
            WholeLayer(layer, found) for layer, found in zip(net.model.layers, seen, strict=True)
        )
        most = float(embedding.abs().max())
        bound = most + sum(layer.bound() for layer in self.layers)
        # squares of the stream are added exactly in float64, however unlikely the largest is
        grid = min(_GRID, 32_767 / most, (2.0**53 / embedding.shape[1]) ** 0.5 * 0.99 / bound)
        for layer in self.layers:
            layer.lay(grid)
        self.register_buffer("embedding", torch.round(embedding * grid).to(torch.int16))
        self.head = Product(embedding * net.model.norm.weight)
        self.norm = WholeNorm(embedding.shape[1], float(last.max()), self.head)
        self.norm.lay(grid)
        self.register_buffer("logit_scale", self.head.scale * (UNIT / self.norm.steps))
        self.grid, self.bound = grid, bound
        self.size, self.kv_heads = self.layers[0].size, self.layers[0].kv_heads
        self.groups = self.layers[0].heads // self.kv_heads
        self._tables(net.config.base)

    def _tables(self, base: float) -> None:
        rates = base ** (-np.arange(0, self.size, 2) / self.size)
        for name, places in (("near", np.arange(_NEAR)), ("far", np.arange(_FAR) * _NEAR)):
            angles = places[:, None] * rates[None, :]
            pair = np.concatenate((np.cos(angles), np.sin(angles)), axis=1)
            self.register_buffer(name, torch.from_numpy(pair.astype(np.float32)))
        soft = np.round(65_536 * np.exp(-np.arange(_SOFT * _SOFT_NATS + 1) / _SOFT))
        soft[-1] = 0.0  # what is masked weighs nothing
        self.register_buffer("soft", torch.from_numpy(soft.astype(np.float32)))
        ends = _LOGISTIC * _LOGISTIC_ENDS
        grid = np.concatenate((np.arange(ends + 1), np.arange(-ends, 0))) / _LOGISTIC
        self.register_buffer("logistic", torch.from_numpy((1 / (1 + np.exp(-grid))).astype(np.float32)))

    def forward(
        self, tokens: Tensor, positions: Tensor, mask: Tensor, wanted: Tensor, *past: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """One stretch of tokens, with what was heard before.

        tokens, positions: (batch, T) int64. mask: (batch, T, S + T), 0 where a token hears another, -2^25 where not.
        wanted: (n,) places in the flattened (batch * T) whose logits are asked for. past: keys (batch, kv_heads, size,
        S) of every layer, then values (batch, kv_heads, S, size). Returns logits (n, vocabulary) int32 in 1/1024 nat,
        and new keys (layers, batch, kv_heads, size, T) and values (layers, batch, kv_heads, T, size).
        """
        x = functional.embedding(tokens, self.embedding.float())
        turn = self._turn(positions)
        heard = mask[:, None].repeat(1, 1, self.groups, 1)
        keys, values = [], []
        count = len(self.layers)
        for n, layer in enumerate(self.layers):
            x, k, v = layer(x, turn, heard, (self.soft, self.logistic), (past[n], past[n + count]))
            keys.append(k)
            values.append(v)
        rows = x.reshape(-1, x.shape[-1]).index_select(0, wanted)
        logits = torch.round(self.head(self.norm(rows)) * self.logit_scale).int()
        return logits, torch.stack(keys), torch.stack(values)

    def _turn(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines (batch, T, 1, 1, size / 2) and signed sines (batch, T, 1, 2, size / 2): two angles' sum."""
        far = torch.floor(positions.float() * (1.0 / _NEAR)).long()
        far_cos, far_sin = functional.embedding(far, self.far).chunk(2, dim=-1)
        near_cos, near_sin = functional.embedding(positions - far * _NEAR, self.near).chunk(2, dim=-1)
        cos = far_cos * near_cos - far_sin * near_sin
        sin = far_sin * near_cos + far_cos * near_sin
        return cos[:, :, None, None], torch.stack((-sin, sin), dim=2)[:, :, None]


@torch.no_grad()
def whole(net: Composer, rows: Sequence[np.ndarray], length: int = 1024) -> IntegerComposer:
    """A trained network in whole numbers; ranges are those it shows on a few songs (rows of token ids)."""
    net = net.eval()
    seen, last = _ranges(net, rows, length)
    return IntegerComposer(net, seen, last).eval()


def _ranges(net: Composer, rows: Sequence[np.ndarray], length: int) -> tuple[list[dict[str, Tensor]], Tensor]:
    """The largest size of every channel: of normed rows before their gain, values and SwiGLU's inside."""
    seen: list[dict[str, Tensor]] = [{} for _ in net.model.layers]
    last: dict[str, Tensor] = {}
    hooks = []

    def watch(module: nn.Module, place: dict[str, Tensor], name: str, inside: bool = False) -> None:
        def hook(part: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> None:
            shown = given[0] if inside else made
            if not inside and hasattr(part, "in_features") is False:
                shown = made / torch.where(part.weight == 0, 1.0, part.weight)
            most = shown.abs().flatten(0, -2).amax(0)
            place[name] = torch.maximum(place[name], most) if name in place else most

        hooks.append(module.register_forward_hook(hook))

    for layer, place in zip(net.model.layers, seen, strict=True):
        watch(layer.input_layernorm, place, "first")
        watch(layer.post_attention_layernorm, place, "second")
        watch(layer.self_attn.v_proj, place, "value")
        watch(layer.mlp.down_proj, place, "hidden", inside=True)
    watch(net.model.norm, last, "last")
    try:
        for row in rows:
            net(torch.from_numpy(np.asarray(row[:length], dtype=np.int64))[None])
    finally:
        for hook in hooks:
            hook.remove()
    return seen, last["last"]
