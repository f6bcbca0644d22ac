"""The discrete rival at work: code after code, each drawn by luck from what the network holds for likely."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from songwright.runtime.jukebox.generator import STAGE, Sampler, notes_of
from songwright.runtime.jukebox.telling import FRAME, WHOLE, untold
from songwright.train.nets.prior import Past, Prior
from songwright.train.prior.task import load_prior
from songwright.values.context import Progress, silent
from songwright.values.seed import Luck

WINDOW = 512
"""Frames before the one being written that are remembered: as many as training shows."""


@dataclass(frozen=True)
class Manner:
    """How bold to be. temperature: below 1 = plainer. top_k: how many of the likeliest values of each step are drawn
    from, of 8 or 5. guidance: how far to go beyond what would be written untold; 1 = not, and less work."""

    temperature: float = 0.9
    top_k: int = 8
    guidance: float = 1.5


class PriorPlayer(Sampler):
    """A trained network (`train.nets.prior`) behind the door of `runtime.jukebox.Sampler`: latents in, latents out."""

    def __init__(
        self, net: Prior, names: Mapping[str, Sequence[str]], codec_id: str = "", device: str = "cpu"
    ) -> None:
        """codec_id: fingerprint of the codec whose codes these are (`train.codec.export.latents_id`)."""
        both = 2 * net.config.latents
        super().__init__(notes_of(names, net.config.latents, codec_id, [0.0] * both, [1.0] * both), "prior")
        self._place = torch.device(device)
        self._net = net.to(self._place).eval()

    @torch.no_grad()
    def sample(  # type: ignore[override]
        self, told: Mapping[str, np.ndarray], kept: np.ndarray, keep: np.ndarray, *, luck: Luck,
        temperature: float = 0.9, top_k: int = 8, guidance: float = 1.5,
        tell: Callable[[Progress], None] = silent,
    ) -> np.ndarray:  # fmt: skip
        """As `Sampler.sample`, in another manner (`Manner`); kept frames come back exactly as given."""
        given, stays = (
            torch.from_numpy(np.asarray(part, np.float32)).to(self._place) for part in (kept, keep)
        )
        codes = self._net.steps(given.unflatten(-1, (2, -1)))[1].flatten(1)
        codes = write(self._net, told, codes, stays, luck, Manner(temperature, top_k, guidance), tell)
        made = self._net.steps.latents(codes.unflatten(-1, (2, -1))).flatten(1).cpu().numpy()
        return np.where(np.repeat(keep, self.latents, axis=1) > 0, kept, made).astype(np.float32)


def load_player(folder: Path, device: str = "cpu") -> PriorPlayer:
    """The network of a run of `train prior`, ready to write. Raises ShelfError where there is none."""
    net, names, codec_id = load_prior(folder)
    return PriorPlayer(net, names, codec_id, device)


@torch.no_grad()
def write(
    net: Prior, told: Mapping[str, np.ndarray], codes: Tensor, keep: Tensor, luck: Luck, manner: Manner,
    tell: Callable[[Progress], None] = silent,
) -> Tensor:  # fmt: skip
    """Codes (T, 2 groups) of one piece, frame after frame; those that are kept (keep: (T, 2), 1 = stays) are as given.

    told: arrays of `runtime.jukebox.telling`. What is told is read once for all frames, the untold beside it where
    there is guidance; of frames before, keys and values of the last `WINDOW` are remembered.
    """
    digits = net.digits.of(codes)
    frames, count = digits.shape
    rows = [told] if manner.guidance == 1.0 else [told, untold(told)]
    said = {name: torch.from_numpy(np.stack([row[name] for row in rows])).to(codes.device)
            for name in (*FRAME, *WHOLE)}  # fmt: skip
    given = net.digits.rows_of(digits).expand(len(rows), -1, -1)
    known, moved = net.given(given, keep.expand(len(rows), -1, -1), said)
    cos, sin = net.turns(torch.arange(frames, device=codes.device))
    draws = (luck.noise(frames * count).reshape(frames, count) + 1) / 2
    free = (keep.repeat_interleave(count // 2, -1) == 0).cpu().numpy()
    past: Past = []
    before = torch.zeros_like(known[:, :1])
    for frame in range(frames):
        turn = (cos[frame : frame + 1], sin[frame : frame + 1])
        x = _heard(net, known[:, frame : frame + 1] + before, moved, turn, past)
        if free[frame].any():
            digits[frame] = _chosen(net, x[:, 0], digits[frame], free[frame], draws[frame], manner)
        before = net.before(net.digits.rows_of(digits[frame]))
        if frame % 50 == 0:
            tell(Progress(STAGE, frame, frames))
    tell(Progress(STAGE, frames, frames))
    return net.digits.codes(digits)


def _heard(net: Prior, x: Tensor, moved: Tensor, turn: tuple[Tensor, Tensor], past: Past) -> Tensor:
    """One frame (rows, 1, width) through all layers; `past` then holds it too, and forgets what is too long ago."""
    for number, layer in enumerate(net.layers):
        x, kept = layer(x, moved, turn, past[number] if number < len(past) else None)
        past[number : number + 1] = [(kept[0][:, :, 1 - WINDOW :], kept[1][:, :, 1 - WINDOW :])]
    return functional.layer_norm(x, x.shape[-1:])


def _chosen(
    net: Prior, known: Tensor, digits: Tensor, free: np.ndarray, draws: np.ndarray, manner: Manner
) -> Tensor:
    """The steps of one frame, one after the other; those that are not free are as given. known: (rows, width)."""
    chain, count = net.chain, net.digits.count
    firsts = net.digits.firsts.tolist()
    hidden = chain.known(known)
    table = chain.before * chain.earlier
    found = digits.tolist()
    for number in range(count):
        if free[number]:
            seen = functional.silu(hidden[:, number * chain.hidden : (number + 1) * chain.hidden])
            logits = (seen @ chain.last[number]).float() + chain.bias[number] + chain.never[number]
            found[number] = _drawn(logits.cpu().numpy(), float(draws[number]), manner)
        hidden = hidden + table[firsts[number] + found[number]]
    return torch.tensor(found, device=digits.device)


def _drawn(logits: np.ndarray, draw: float, manner: Manner) -> int:
    """One value by luck (draw: 0..1) from logits (rows, values): told, and last untold."""
    possible = np.isfinite(logits[0])
    told, plain = logits[0][possible].astype(float), logits[-1][possible].astype(float)
    scores = (plain + manner.guidance * (told - plain)) / max(manner.temperature, 1e-6)
    if manner.top_k < len(scores):
        scores[scores < np.partition(scores, -manner.top_k)[-manner.top_k]] = -np.inf
    shares = np.exp(scores - scores.max())
    return int(min(np.searchsorted(np.cumsum(shares), draw * shares.sum(), "right"), len(shares) - 1))
