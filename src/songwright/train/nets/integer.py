"""The composer's network in whole numbers: the same notes on every machine, to the last bit.

Sums of products are sums of whole numbers that fit: nothing is rounded, so their order, the number of threads and the
instructions of the machine cannot matter. Everything between is one IEEE 754 operation at a time, + - * / in float32
or float64, square root in float64, rounding half to even; none leaves a machine a choice. Logistic curves and turns
come from tables made at export. Nothing is scaled by what else is in the batch: a row alone is a row among others.

    weights      7 bits, one scale an output; what meets them is rounded to 8 bits without sign (LEVELS). No pair of
                 products can pass 2^15, which older x86 processors saturate at; sums stay far below 2^31
    stream       whole numbers, `grid` to the unit of the trained network; squares are added exactly in float64
    norm         divided by the square root of the mean square, 8 bits; gains are in the weights behind it
    queries, keys, values  queries and keys normed for each head (scales drop out) and turned; 8, 7 and 7 bits
    attention    e^-x of the largest score less the score, by squaring, 8 bits; weighted sum by sum of weights
    SwiGLU       a table of the logistic function; its inside twice 8 bits, coarse and fine
    logits       8-bit weights times 11-bit rows, a float32 product of whole numbers below 2^24; nats x 1024
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.onnx import symbolic_helper

from songwright.music.tokens import NAMES
from songwright.train.nets.composer import Composer, Layer, Norm

EXACT = 2**24
"""Whole numbers up to here are exact in float32."""
UNIT = 1024
"""Logits: parts of a nat."""
LEVELS = 63
"""Largest whole weight, key and value; what they are multiplied with is 0..255."""
_CENTRE = 128
_MIDDLE = 127
_FINER = 256  # steps between two steps of what is rounded twice; a power of two: its division is exact
_PEAK = 256  # the largest weight; 255 by the time it is 8 bits
LONGEST = 8192
"""Positions a row can have."""
_NEAR = 64  # positions in the finer table of turns
_FAR = LONGEST // _NEAR
_GRID = 2.0**13  # finest grid of the stream
_SQUARINGS = 6  # of the exponential
_FAINT = 7  # nats below the largest weight: nothing
_LOGISTIC = 128  # steps of a unit in the logistic table
_LOGISTIC_ENDS = 16
_MOST = 4095  # of |q|: more says no more about it
_MARGIN = 1.15  # of ranges over those seen
EPSILON = 1e-6  # of the trained norms


@torch.library.custom_op("songwright::rounded", mutates_args=())
def rounded(x: Tensor, step: float, centre: int, signed: bool = False) -> Tensor:
    """x / step, rounded half to even, about `centre`: 0..255 (uint8), or -128..127 (int8) if signed."""
    ends, kind = ((-128, 127), torch.int8) if signed else ((0, 255), torch.uint8)
    return torch.clamp(torch.round(x / step) + centre, *ends).to(kind)


@torch.library.custom_op("songwright::multiplied", mutates_args=())
def multiplied(a: Tensor, b: Tensor, centre: int) -> Tensor:
    """(a - centre) @ b, of uint8 and int8, exact: int32."""
    return ((a.double() - centre) @ b.double()).int()


@torch.library.custom_op("songwright::reshaped", mutates_args=())
def reshaped(x: Tensor, shape: str) -> Tensor:
    """As `shaped`; the tracer takes words where it takes no lists."""
    return x.reshape([int(size) or x.shape[n] for n, size in enumerate(shape.split())]).clone()


def shaped(x: Tensor, *shape: int) -> Tensor:
    """x in another shape; 0 keeps the length that axis has, so that a file needs not compute it."""
    return reshaped(x, " ".join(map(str, shape)))


@symbolic_helper.parse_args("v", "f", "i", "b")
def _rounded_node(g: Any, x: Any, step: float, centre: int, signed: bool) -> Any:
    zero = torch.tensor(centre, dtype=torch.int8 if signed else torch.uint8)
    steps = g.op("Constant", value_t=torch.tensor(step))
    return g.op("QuantizeLinear", x, steps, g.op("Constant", value_t=zero))


@symbolic_helper.parse_args("v", "v", "i")
def _multiplied_node(g: Any, a: Any, b: Any, centre: int) -> Any:
    zero = torch.tensor(centre, dtype=torch.uint8)
    return g.op("MatMulInteger", a, b, g.op("Constant", value_t=zero))


@symbolic_helper.parse_args("v", "s")
def _reshaped_node(g: Any, x: Any, shape: str) -> Any:
    return g.op("Reshape", x, g.op("Constant", value_t=torch.tensor([int(size) for size in shape.split()])))


OPERATORS = {
    "songwright::rounded": _rounded_node,
    "songwright::multiplied": _multiplied_node,
    "songwright::reshaped": _reshaped_node,
}
"""How these are called in a file: QuantizeLinear, MatMulInteger and Reshape of the ONNX standard."""


class Product(nn.Module):
    """A matrix of whole numbers, 7 bits each, and one scale an output."""

    def __init__(self, weight: Tensor, groups: Sequence[int] = (), levels: int = LEVELS) -> None:
        """weight: (outputs, inputs). groups: numbers of outputs that share a scale; one each if empty."""
        super().__init__()
        most = weight.abs().amax(dim=1)
        at = 0
        for size in groups:
            most[at : at + size] = most[at : at + size].max()
            at += size
        self.scale = most.clamp_min(1e-12) / levels
        whole = torch.round(weight / self.scale[:, None])
        self.register_buffer("weight", whole.to(torch.int8).T.contiguous())
        self.sums = whole.abs().sum(dim=1)  # no output is larger than that times the largest input

    def forward(self, x: Tensor) -> Tensor:
        """x: (..., inputs) uint8 about 128 -> whole numbers (..., outputs), float32."""
        return multiplied(x, self.weight, _CENTRE).float()


def _over(number: float, x: Tensor) -> Tensor:
    """number / x, for float64, as a division and never as a reciprocal: float32."""
    return torch.div(torch.tensor(number, dtype=torch.float64), x).float()


class WholeNorm(nn.Module):
    """A row of the stream made equally loud; gains are in the weights behind it."""

    def __init__(self, width: int, seen: float, reach: float) -> None:
        """seen: the largest element of a normed row met in calibration. reach: what it becomes, and the most."""
        super().__init__()
        self.width, self.reach, self.least = width, reach, 1.0
        self.steps = reach / min(seen * _MARGIN, width**0.5)

    def lay(self, grid: float) -> None:
        """Make the stream's unit `grid` whole steps."""
        self.least = float(max(1, round(EPSILON * self.width * grid * grid)))

    def forward(self, x: Tensor) -> Tensor:
        """x: (..., width), whole numbers -> (..., width), `steps` to the unit, to be rounded."""
        fine = x.double()
        loud = torch.sqrt((fine * fine).sum(-1, keepdim=True) + self.least)
        return x * _over(self.width**0.5 * self.steps, loud)


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
        self.asking = Product(asked, groups)
        self.first = WholeNorm(asked.shape[1], float(seen["first"].max()), _MIDDLE)
        self._attention(heard, seen, both)
        self._gate(layer, gate, seen)
        self.both = both

    def _attention(self, heard: nn.Module, seen: dict[str, Tensor], both: int) -> None:
        asking, key = seen["query"].max() * _MARGIN, seen["key"].max() * _MARGIN
        steps = [float(_MIDDLE / asking)] * self.heads + [float(LEVELS / key)] * self.kv_heads
        gains = torch.stack([heard.q_norm.weight] * self.heads + [heard.k_norm.weight] * self.kv_heads)
        gains = gains * torch.tensor(steps)[:, None] * self.size**0.5
        self.register_buffer("gains", gains.view(-1, 2, self.size // 2).clone())
        self.softness = 1 / (2**_SQUARINGS * steps[0] * steps[-1] * self.size**0.5)
        value_steps = LEVELS / (seen["value"] * _MARGIN).clamp_min(1e-6)
        self.register_buffer("value_scale", self.asking.scale[both:] / self.first.steps * value_steps)
        groups = self.heads // self.kv_heads
        columns = value_steps.view(self.kv_heads, 1, self.size).expand(-1, groups, -1).reshape(-1)
        self.telling = Product(heard.o_proj.weight / columns)
        self.register_buffer("told_scale", self.telling.scale / 2)

    def _gate(self, layer: Layer, gate: nn.Module, seen: dict[str, Tensor]) -> None:
        gain = layer.post_attention_layernorm.weight
        self.opening = Product(torch.cat((gate.gate_proj.weight, gate.up_proj.weight)) * gain)
        self.second = WholeNorm(gain.shape[0], float(seen["second"].max()), _MIDDLE)
        hidden = gate.down_proj.weight.shape[1]
        # channels that are loud lend half of their loudness to the weights
        loud = (seen["hidden"] * _MARGIN).clamp_min(1e-6)
        column = loud.sqrt() / loud.sqrt().max()
        self.closing = Product(gate.down_proj.weight * column)
        steps = _MIDDLE / float((loud / column).max())
        scale = self.opening.scale / self.second.steps
        scale[:hidden] *= _LOGISTIC
        scale[hidden:] *= steps / column / _LOGISTIC
        self.register_buffer("open_scale", scale)
        closed = self.closing.scale / steps
        self.register_buffer("closed_scale", torch.stack((closed, closed / _FINER))[:, None, None])
        self.hidden = hidden

    def bound(self) -> float:
        """How much this layer can move any channel of the stream at most."""
        told, closed = (
            self.telling.sums * self.told_scale,
            self.closing.sums * self.closed_scale[0, 0, 0] * 1.01,
        )
        return float(told.max() + closed.max()) * _CENTRE

    def lay(self, grid: float) -> None:
        """Make the stream's unit `grid` whole steps."""
        self.told_scale *= grid
        self.closed_scale *= grid
        for norm in (self.first, self.second):
            norm.lay(grid)

    def forward(
        self, x: Tensor, turn: tuple[Tensor, Tensor], mask: Tensor, table: Tensor,
        past: tuple[Tensor, Tensor],
    ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        """x: (batch, T, width). mask: (batch, 1, groups * T, S + T). table: of the logistic."""
        asked, value = self.asking(rounded(self.first(x), 1.0, _CENTRE)).split(
            [self.both, self.kv_heads * self.size], dim=-1
        )
        q, k = self._turned(shaped(asked, 0, -1, self.heads + self.kv_heads, 2, self.size // 2), turn)
        k = shaped(_small(k), 0, -1, self.kv_heads, self.size).permute(0, 2, 3, 1)
        v = shaped(_small(value * self.value_scale), 0, -1, self.kv_heads, self.size).permute(0, 2, 1, 3)
        y = shaped(self._attend(q, (past[0], k), (past[1], v), mask), 0, self.heads, -1, self.size)
        y = rounded(shaped(y.permute(0, 2, 1, 3), 0, -1, self.heads * self.size), 0.5, _CENTRE)
        x = x + torch.round(self.telling(y) * self.told_scale)
        return x + self._swiglu(x, table), k, v

    def _turned(self, asked: Tensor, turn: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Queries (batch, kv_heads, groups * T, size) uint8, and keys, from sums for each head in two halves."""
        fine = asked.double()
        loud = torch.sqrt((fine * fine).sum((-2, -1), keepdim=True) + 1.0)
        asked = asked * _over(1.0, loud) * self.gains
        asked = asked * turn[0] + asked.index_select(3, torch.tensor([1, 0])) * turn[1]
        q, k = asked.split([self.heads, self.kv_heads], dim=2)
        q = shaped(q, 0, -1, self.kv_heads, self.heads // self.kv_heads, self.size).permute(0, 2, 3, 1, 4)
        return rounded(shaped(q, 0, 0, -1, self.size), 1.0, _CENTRE), k

    def _attend(
        self, q: Tensor, keys: tuple[Tensor, Tensor], values: tuple[Tensor, Tensor], mask: Tensor
    ) -> Tensor:
        scores = torch.cat([multiplied(q, k, _CENTRE) for k in keys], dim=-1).float() * self.softness + mask
        weights = rounded(_power(scores - (scores.amax(-1, keepdim=True) - 1.0)), 1.0 / _PEAK, 0)
        whole = weights.float().sum(-1, keepdim=True).double()  # below 2^24, so exact
        before = keys[0].shape[3]
        parts = (weights[..., :before], weights[..., before:])
        heard = [multiplied(part, v, 0) for part, v in zip(parts, values, strict=True)]
        return ((heard[0] + heard[1]).double() / whole).float()

    def _swiglu(self, x: Tensor, table: Tensor) -> Tensor:
        opened = self.opening(rounded(self.second(x), 1.0, _CENTRE)) * self.open_scale
        gate, up = opened.split([self.hidden, self.hidden], dim=-1)
        ends = float(_LOGISTIC * _LOGISTIC_ENDS)
        place = torch.round(torch.clamp(gate, -ends, ends)).int()  # below 0: from the end of the table
        hidden = gate * table[place] * up
        coarse = torch.round(hidden)
        # few channels are far louder than the rest: what is left of them is rounded once more
        both = torch.stack((rounded(coarse, 1.0, _CENTRE), rounded(hidden - coarse, 1.0 / _FINER, _CENTRE)))
        return torch.round((self.closing(both) * self.closed_scale).sum(0))


def _power(x: Tensor) -> Tensor:
    """e^(64 (x - 1)) for x <= 1, as (1 - y + y^2 / 2)^64 with y = 1 - x; nothing below e^-7. + and * alone."""
    x = torch.clamp(x, min=1 - _FAINT / 2**_SQUARINGS)
    x = (x * x + 1.0) * 0.5
    for _ in range(_SQUARINGS):
        x = x * x
    return x


def _small(x: Tensor) -> Tensor:
    """Rounded to the 7 bits of keys and values: int8."""
    return rounded(torch.clamp(x, -float(LEVELS), float(LEVELS)), 1.0, 0, True)


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
        self.head = Product(embedding * net.model.norm.weight, levels=127)
        reach = min(_MOST, (EXACT - 1) // int(self.head.sums.max()))
        self.norm = WholeNorm(embedding.shape[1], float(last.max()), reach)
        self.norm.lay(grid)
        self.register_buffer("logit_scale", self.head.scale * (UNIT / self.norm.steps))
        self.grid, self.bound = grid, bound
        self.size, self.kv_heads = self.layers[0].size, self.layers[0].kv_heads
        self.groups, self.width = self.layers[0].heads // self.kv_heads, embedding.shape[1]
        self._tables(net.config.base)

    def _tables(self, base: float) -> None:
        rates = base ** (-np.arange(0, self.size, 2) / self.size)
        for name, places in (("near", np.arange(_NEAR)), ("far", np.arange(_FAR) * _NEAR)):
            angles = places[:, None] * rates[None, :]
            pair = np.concatenate((np.cos(angles), np.sin(angles)), axis=1)
            self.register_buffer(name, torch.from_numpy(pair.astype(np.float32)))
        ends = _LOGISTIC * _LOGISTIC_ENDS
        grid = np.concatenate((np.arange(ends + 1), np.arange(-ends, 0))) / _LOGISTIC
        self.register_buffer("logistic", torch.from_numpy((1 / (1 + np.exp(-grid))).astype(np.float32)))

    def forward(
        self, tokens: Tensor, positions: Tensor, mask: Tensor, wanted: Tensor, *past: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """One stretch of tokens, with what was heard before.

        tokens, positions: (batch, T) int64. mask: (batch, T, S + T), 0 where a token hears another, -2^25 where not.
        wanted: (n,) places in the flattened (batch * T) whose logits are asked for. past: keys (batch, kv_heads, size,
        S) of every layer, then values (batch, kv_heads, S, size), int8. Returns logits (n, vocabulary) int32 in 1/1024
        nat, new keys (layers, batch, kv_heads, size, T) and new values (layers, batch, kv_heads, T, size).
        """
        x = functional.embedding(tokens, self.embedding.float())
        turn = self._turn(positions)
        heard = mask[:, None].repeat(1, 1, self.groups, 1)
        keys, values = [], []
        count = len(self.layers)
        for n, layer in enumerate(self.layers):
            x, k, v = layer(x, turn, heard, self.logistic, (past[n], past[n + count]))
            keys.append(k)
            values.append(v)
        rows = shaped(x, -1, self.width).index_select(0, wanted)
        rows = torch.round(torch.clamp(self.norm(rows), -self.norm.reach, self.norm.reach))
        logits = torch.round(rows @ self.head.weight.float() * self.logit_scale).int()
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

    def watch(
        module: nn.Module, place: dict[str, Tensor], name: str, inside: bool = False, whole: bool = False
    ) -> None:
        def hook(part: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> None:
            shown = given[0] if inside else made
            if isinstance(part, Norm) and not whole:
                shown = made / torch.where(part.weight == 0, 1.0, part.weight)
            if whole:  # turning moves what is in one half of a head to the other
                shown = torch.hypot(*made.chunk(2, dim=-1))
            most = shown.abs().flatten(0, -2).amax(0)
            place[name] = torch.maximum(place[name], most) if name in place else most

        hooks.append(module.register_forward_hook(hook))

    for layer, place in zip(net.model.layers, seen, strict=True):
        watch(layer.input_layernorm, place, "first")
        watch(layer.post_attention_layernorm, place, "second")
        watch(layer.self_attn.v_proj, place, "value")
        watch(layer.mlp.down_proj, place, "hidden", inside=True)
        watch(layer.self_attn.q_norm, place, "query", whole=True)
        watch(layer.self_attn.k_norm, place, "key", whole=True)
    watch(net.model.norm, last, "last")
    try:
        for row in rows:
            net(torch.from_numpy(np.asarray(row[:length], dtype=np.int64))[None])
    finally:
        for hook in hooks:
            hook.remove()
    return seen, last["last"]
