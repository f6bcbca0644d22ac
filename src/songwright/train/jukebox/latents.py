"""Rendered pieces as latents: coded once, read many times."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from songwright.errors import ShelfError
from songwright.runtime.codec import STRIDE
from songwright.runtime.jukebox.labels import Labels
from songwright.runtime.jukebox.telling import LEVEL_DB
from songwright.train.codec.export import latents_id
from songwright.train.nets.codec import CodecNet
from songwright.train.renders.shards import Rendered, read_renders

CODEC = "codec.json"


Coder = Callable[[Rendered, CodecNet], np.ndarray]


@dataclass(frozen=True, eq=False)
class Coded:
    """A piece of T latent frames. latents: float16 (T, 2 latents), or its codes, (T, 2 groups); the voice's first."""

    name: str
    latents: np.ndarray
    labels: Labels
    about: Mapping[str, Any]


def read_latents(
    renders: Path, folder: Path, net: CodecNet, split: str, tell: Callable[[str], None] = lambda line: None,
    code: Coder | None = None,
) -> list[Coded]:  # fmt: skip
    """The pieces of a split as latents of this codec; what is not in `folder` yet is coded and kept there.

    code: another way to code a piece than `coded`. Raises ShelfError where the folder holds latents of another codec.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _same_codec(folder, net)
    out = []
    pieces = read_renders(renders, split)
    for number, piece in enumerate(pieces):
        path = folder / f"{piece.name.replace('/', '-')}.npy"
        if not path.is_file():
            aside = path.with_suffix(".part")
            with aside.open("wb") as file:
                np.save(file, (code or coded)(piece, net))
            aside.replace(path)
            if number % 100 == 0:
                tell(f"{split}: {number} of {len(pieces)} pieces coded")
        out.append(Coded(piece.name, np.load(path, mmap_mode="r"), piece.labels, piece.about))
    return out


@torch.no_grad()
def coded(piece: Rendered, net: CodecNet) -> np.ndarray:
    """One piece as latents, float16 (T, 2 latents); T is its length in whole latent frames, rounded up."""
    both = net.latents(net.mel(levelled(piece, net)))
    return both.transpose(0, 1).flatten(1).float().cpu().numpy().astype(np.float16)


@torch.no_grad()
def in_codes(piece: Rendered, net: CodecNet) -> np.ndarray:
    """One piece as codes of a codec that has groups of them, uint16 (T, 2 groups)."""
    mean = net.encoder(net.mel(levelled(piece, net)))
    return net.steps(mean)[1].transpose(0, 1).flatten(1).cpu().numpy().astype(np.uint16)


def levelled(piece: Rendered, net: CodecNet) -> torch.Tensor:
    """Voice and band as loud as a song is, whole latent frames long, where the codec is: (2, samples)."""
    gain = 10 ** ((piece.about["master_gain_db"] + LEVEL_DB) / 20) / 32767
    sound = piece.sound.astype(np.float32) * np.float32(gain)
    sound = np.pad(sound, ((0, -len(sound) % STRIDE), (0, 0)))
    return torch.from_numpy(np.ascontiguousarray(sound.T)).to(next(net.parameters()).device)


def _same_codec(folder: Path, net: CodecNet) -> None:
    wanted = {"encoder": latents_id(net), "level_db": LEVEL_DB}
    path = folder / CODEC
    if not path.is_file():
        path.write_text(json.dumps(wanted) + "\n", encoding="utf-8")
    elif json.loads(path.read_text(encoding="utf-8")) != wanted:
        raise ShelfError(str(folder), "holds latents of another codec; take an empty folder")
