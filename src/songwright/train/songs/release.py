"""A trained composer made ready for the shelf: in whole numbers, as a file, measured as it will run, with its card."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from songwright.errors import BriefError, ShelfError
from songwright.runtime.decoder import Decoder
from songwright.runtime.drawing import UNIT
from songwright.train.nets.composer import SIZES, Composer
from songwright.train.nets.integer import whole
from songwright.train.run import read_checkpoint
from songwright.train.songs.dataset import load_shard
from songwright.train.songs.export import composer_onnx
from songwright.train.songs.hub import load_hub
from songwright.train.songs.measuring import measure
from songwright.train.songs.ngram import nats_by_kind
from songwright.values.seed import Seed

_SHOWN = 24  # songs whose ranges are looked at
_COMPARED = 24  # songs on which both networks' first choices are compared
_LENGTH = 2048
_SOURCE = "Songs in the public domain and under CC0, listed in docs/corpus.md"


def put_on_shelf(
    net: Composer,
    parts: Mapping[str, Sequence[np.ndarray]],
    out: Path,
    told: Mapping[str, Any],
    tell: Callable[[str], None],
    measured: Sequence[str] = ("valid", "test"),
) -> dict[str, Any]:
    """Writes out/composer.onnx and its card out/composer.toml; figures of the file and of the network it came from.

    parts: songs as rows of tokens; ranges are taken from "train". told: what the card says of the training (steps,
    seconds ...). measured: which parts to measure on. Each figure is nats a token, as `songwright train composer`
    has them; `agreement` is how often both networks think the same token the likeliest.
    """
    net = net.cpu().float().eval()
    data = composer_onnx(whole(net, _chosen(parts["train"], _SHOWN)))
    decoder = Decoder(data, "export")
    figures: dict[str, Any] = {"bytes": len(data), "digest": decoder.digest()}
    for name in measured:
        tell(f"measuring in whole numbers on {name}")
        rows = [row[: _LENGTH + 1] for row in parts[name]]
        costs = [cost[1:] / UNIT for cost in decoder.costs(rows)]
        figures[name] = {"float": measure(net, rows), "whole": nats_by_kind([row[1:] for row in rows], costs)}
    figures["agreement"] = agreement(net, decoder, parts[measured[0]][:_COMPARED])
    out.mkdir(parents=True, exist_ok=True)
    (out / "composer.toml").write_text(_card(net, data, parts, told, figures), encoding="utf-8")
    (out / "composer.onnx").write_bytes(data)
    return figures


def from_checkpoint(
    trained: Path, corpus: Path, out: Path, size: str, tell: Callable[[str], None]
) -> dict[str, Any]:
    """The same from files: a run's checkpoint.pt (its averaged weights), or a folder as `hub.save_hub` writes it.

    corpus: tokens (.npz). size: of the network in a checkpoint. ShelfError for files that are something else.
    """
    if size not in SIZES:
        raise BriefError("size", f"{size!r} is no size", f"Take one of {', '.join(SIZES)}.")
    told: dict[str, Any] = {}
    if trained.is_dir():
        net = load_hub(trained)
    else:
        net = Composer(SIZES[size])
        try:
            held = read_checkpoint(trained)
            net.load_state_dict(held["averages"]["composer"])
            told = {"size": size, "steps": int(held["step"]), "seconds": round(held["seconds"])}
        except (KeyError, TypeError, ValueError, RuntimeError, ShelfError) as problem:
            raise ShelfError(str(trained), f"is no checkpoint of a composer of size {size}") from problem
    return put_on_shelf(net, load_shard(corpus), out, told, tell)


def agreement(net: Composer, decoder: Decoder, rows: Sequence[np.ndarray], length: int = 512) -> float:
    """How often the file's likeliest next token is the network's: 0..1."""
    same = count = 0
    for row in rows:
        with torch.no_grad():
            wanted = net(torch.from_numpy(row[None, :length]))[0, :, : len(decoder.vocabulary)].argmax(-1)
        found = decoder.hear(row[:length]).argmax(axis=-1)
        same += int((found == wanted.numpy()).sum())
        count += len(found)
    return same / max(1, count)


def _chosen(rows: Sequence[np.ndarray], count: int) -> list[np.ndarray]:
    order = np.argsort(Seed(1).child("composer", "ranges").luck().noise(len(rows)), kind="stable")
    return [rows[n] for n in order[:count]]


def _card(
    net: Composer,
    data: bytes,
    parts: Mapping[str, Sequence[np.ndarray]],
    told: Mapping[str, Any],
    figures: Mapping[str, Any],
) -> str:
    rows = parts["train"]
    fingerprint = hashlib.sha256(np.concatenate([np.append(row, -1) for row in rows]).tobytes()).hexdigest()
    training = "\n".join(
        f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}"
        for name, value in told.items()
    )
    held = "\n".join(
        f"{part}_{kind}_{name} = {figures[part][kind][name]:.5f}"
        for part in figures
        if part in parts
        for kind in ("float", "whole")
        for name in ("voice", "found")
    )
    return f'''id = "composer"
name = "Composer"
about = "What comes next in a song: chords, places, pitches, lengths and syllables, bar by bar."
licence = "Apache-2.0 (weights); learned from public-domain and CC0 songs"
source = "{_SOURCE}"
commercial_use = true
recipe = "songwright train composer CORPUS.npz --out DIR; recipes/export_composer.py"
parameters = {sum(p.numel() for p in net.parameters())}
bytes = {len(data)}
sha256 = "{hashlib.sha256(data).hexdigest()}"
digest = "{figures["digest"]}"  # of what it makes of a fixed row, on any machine

[data]
songs = {len(rows)}
tokens = {sum(len(row) for row in rows)}
fingerprint = "{fingerprint[:16]}"

[training]
{training}

[held_out]  # nats a token; "whole": the file, in whole numbers, "float": the network it was made from
{held}
agreement = {figures["agreement"]:.5f}
'''
