"""The composer's network: a decoder-only Transformer over song tokens, shaped as common runtimes load it.

Rotary positions (Su et al. 2021), RMS norms before each block (Zhang & Sennrich 2019), SwiGLU (Shazeer 2020), norms on
queries and keys, grouped-query attention (Ainslie et al. 2023), tied embeddings. Names and layout of the weights are
those of Qwen3, so that a state dict loads there as it is; `hub_config` is the file to put beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from songwright.music.tokens import NAMES

_ROUND = 64


@dataclass(frozen=True)
class Config:
    """width: of the stream. layers, heads, kv_heads: of attention, each head `width // heads` wide. hidden: of SwiGLU.

    rows: of the embedding, the vocabulary rounded up. base: of the rotary positions. dropout: in training.
    """

    width: int = 256
    layers: int = 6
    heads: int = 4
    kv_heads: int = 2
    hidden: int = 704
    rows: int = -(-len(NAMES) // _ROUND) * _ROUND
    base: float = 10_000.0
    dropout: float = 0.1


# The one dial: 4.4 million parameters for a CPU, 16 and 36 million for a GPU.
SIZES = {
    "tiny": Config(width=32, layers=2, heads=2, kv_heads=1, hidden=64, dropout=0.0),
    "small": Config(),
    "base": Config(width=384, layers=10, heads=6, kv_heads=2, hidden=1024),
    "large": Config(width=512, layers=12, heads=8, kv_heads=2, hidden=1408),
}


def tiny() -> Composer:
    """The same network, very small: for tests."""
    torch.manual_seed(0)
    return Composer(SIZES["tiny"])


class Norm(nn.Module):
    """Root-mean-square norm with a learned gain."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., width)."""
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * self.weight


def rotations(places: torch.Tensor, size: int, base: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosines and sines of the rotary positions: (T, size) each, for places (T,)."""
    rates = base ** (-torch.arange(0, size, 2, dtype=torch.float32, device=places.device) / size)
    angles = places[:, None].float() * rates[None, :]
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def _turned(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin


class Attention(nn.Module):
    """Grouped-query attention with norms on queries and keys."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.size = config.width // config.heads
        self.heads, self.kv_heads = config.heads, config.kv_heads
        self.q_proj = nn.Linear(config.width, config.heads * self.size, bias=False)
        self.k_proj = nn.Linear(config.width, config.kv_heads * self.size, bias=False)
        self.v_proj = nn.Linear(config.width, config.kv_heads * self.size, bias=False)
        self.o_proj = nn.Linear(config.heads * self.size, config.width, bias=False)
        self.q_norm, self.k_norm = Norm(self.size), Norm(self.size)

    def forward(self, x: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """x: (batch, T, width)."""
        batch, count, _ = x.shape
        q = self.q_norm(self.q_proj(x).view(batch, count, self.heads, self.size)).transpose(1, 2)
        k = self.k_norm(self.k_proj(x).view(batch, count, self.kv_heads, self.size)).transpose(1, 2)
        v = self.v_proj(x).view(batch, count, self.kv_heads, self.size).transpose(1, 2)
        q, k = _turned(q, *turn), _turned(k, *turn)
        groups = self.heads // self.kv_heads
        wide_k, wide_v = k.repeat_interleave(groups, dim=1), v.repeat_interleave(groups, dim=1)
        y = functional.scaled_dot_product_attention(q, wide_k, wide_v, is_causal=True)
        return self.o_proj(y.transpose(1, 2).reshape(batch, count, -1))


class Gate(nn.Module):
    """SwiGLU."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.width, config.hidden, bias=False)
        self.up_proj = nn.Linear(config.width, config.hidden, bias=False)
        self.down_proj = nn.Linear(config.hidden, config.width, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., width)."""
        return self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    """Attention, then SwiGLU, each on a normed copy of the stream."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.self_attn, self.mlp = Attention(config), Gate(config)
        self.input_layernorm = Norm(config.width)
        self.post_attention_layernorm = Norm(config.width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """x: (batch, T, width)."""
        x = x + self.dropout(self.self_attn(self.input_layernorm(x), turn))
        return x + self.dropout(self.mlp(self.post_attention_layernorm(x)))


class Composer(nn.Module):
    """Tokens in, logits of the next token out."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.model = nn.Module()
        self.model.embed_tokens = nn.Embedding(config.rows, config.width)
        self.model.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.model.norm = Norm(config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.apply(_start)
        for layer in self.model.layers:
            for last in (layer.self_attn.o_proj, layer.mlp.down_proj):
                nn.init.normal_(last.weight, std=0.02 / (2 * config.layers) ** 0.5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """tokens: (batch, T) -> logits (batch, T, rows)."""
        x = self.dropout(self.model.embed_tokens(tokens))
        size = self.config.width // self.config.heads
        turn = rotations(torch.arange(tokens.shape[1], device=tokens.device), size, self.config.base)
        for layer in self.model.layers:
            x = layer(x, turn)
        return functional.linear(self.model.norm(x), self.model.embed_tokens.weight)


def _start(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)


def hub_config(config: Config) -> dict[str, Any]:
    """config.json for a state dict of this network as Qwen3ForCausalLM."""
    return {
        "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": config.rows,
        "hidden_size": config.width, "intermediate_size": config.hidden, "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads, "num_key_value_heads": config.kv_heads,
        "head_dim": config.width // config.heads, "hidden_act": "silu", "rms_norm_eps": 1e-6,
        "rope_theta": config.base, "tie_word_embeddings": True, "attention_bias": False,
        "max_position_embeddings": 8192, "bos_token_id": NAMES.index("song"), "eos_token_id": NAMES.index("end"),
        "pad_token_id": 0, "torch_dtype": "float32",
    }  # fmt: skip
