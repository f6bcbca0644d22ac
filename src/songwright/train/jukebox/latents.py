"""Rendered pieces as latents: coded once, read many times."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from songwright.errors import ShelfError
from songwright.runtime.codec import STRIDE
from songwright.train.nets.codec import CodecNet
from songwright.train.renders.labels import Labels
from songwright.train.renders.shards import Rendered, read_renders

LEVEL_DB = -3.0
"""Pieces are coded this much softer than finished songs, so that no peak is cut."""


@dataclass(frozen=True, eq=False)
class Coded:
    """A piece of T latent frames. latents: float16 (T, 2 latents), the voice's first."""

    name: str
    latents: np.ndarray
    labels: Labels
    about: Mapping[str, Any]


def read_latents(
    renders: Path, folder: Path, net: CodecNet, split: str, tell: Callable[[str], None] = lambda line: None
) -> list[Coded]:
    """The pieces of a split as latents of this codec; what is not in `folder` yet is coded and kept there.

    Raises ShelfError where the folder holds latents of another codec.
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
                np.save(file, coded(piece, net))
            aside.replace(path)
            if number % 100 == 0:
                tell(f"{split}: {number} of {len(pieces)} pieces coded")
        out.append(Coded(piece.name, np.load(path, mmap_mode="r"), piece.labels, piece.about))
    return out


@torch.no_grad()
def coded(piece: Rendered, net: CodecNet) -> np.ndarray:
    """One piece as latents, float16 (T, 2 latents); T is its length in whole latent frames, rounded up."""
    gain = 10 ** ((piece.about["master_gain_db"] + LEVEL_DB) / 20) / 32767
    sound = np.pad(
        piece.sound.astype(np.float32) * np.float32(gain), ((0, -len(piece.sound) % STRIDE), (0, 0))
    )
    place = next(net.parameters()).device
    both = net.latents(net.mel(torch.from_numpy(np.ascontiguousarray(sound.T)).to(place)))
    return both.transpose(0, 1).flatten(1).float().cpu().numpy().astype(np.float16)


def _same_codec(folder: Path, net: CodecNet) -> None:
    digest = hashlib.sha256()
    for name, value in sorted(net.encoder.state_dict().items()):
        digest.update(name.encode() + value.detach().cpu().numpy().tobytes())
    wanted = {"encoder": digest.hexdigest(), "level_db": LEVEL_DB}
    path = folder / "codec.json"
    if not path.is_file():
        path.write_text(json.dumps(wanted) + "\n", encoding="utf-8")
    elif json.loads(path.read_text(encoding="utf-8")) != wanted:
        raise ShelfError(str(folder), "holds latents of another codec; take an empty folder")
