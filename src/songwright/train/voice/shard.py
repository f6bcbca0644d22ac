"""A corpus made small enough to travel: every second frame, a byte a number; 130 minutes fit into 60 MiB.

Between the frames that are kept lie straight lines, so a network trained from a shard hears changes of 10 ms and
slower, which is the step it works at.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from songwright.errors import ShelfError
from songwright.train.voice.corpus import Corpus

EVERY = 2
_LEVELS = 255


def save_shard(path: Path, corpus: Corpus) -> None:
    """Write a corpus small, as one compressed .npz."""
    columns = {item.name: getattr(corpus, item.name) for item in fields(corpus)}
    for name in ("cepstra", "air_db", "effort"):
        kept = columns.pop(name)[::EVERY].astype(np.float32)
        low, high = np.percentile(kept, (0.02, 99.98), axis=0)
        step = np.maximum((high - low) / _LEVELS, 1e-6)
        columns |= {f"{name}_low": low, f"{name}_step": step}
        columns[name] = np.clip(np.round((kept - low) / step), 0, _LEVELS).astype(np.uint8)
    columns["f0_hz"] = corpus.f0_hz[::EVERY].astype(np.float16)
    columns["frames"] = np.array(len(corpus.f0_hz))
    aside = path.with_suffix(".part.npz")
    np.savez_compressed(aside, **columns)
    aside.replace(path)


def load_shard(path: Path) -> Corpus:
    """Read a shard back as a corpus with all its frames. ShelfError where the file is none."""
    try:
        with np.load(path) as arrays:
            columns = {name: arrays[name] for name in arrays.files}
        count = int(columns.pop("frames"))
        for name in ("cepstra", "air_db", "effort"):
            low, step = columns.pop(f"{name}_low"), columns.pop(f"{name}_step")
            kept = columns[name].astype(np.float32) * step + low
            columns[name] = _between(kept.astype(np.float16), count)
        f0 = np.repeat(columns["f0_hz"].astype(np.float32), EVERY)[:count]
        return replace(Corpus(**columns), f0_hz=f0)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ShelfError(path.name, "holds no shard of a singing corpus") from problem


def _between(kept: np.ndarray, count: int) -> np.ndarray:
    """All frames, those that were left out as means of their neighbours."""
    full = np.repeat(kept, EVERY, axis=0)[:count]
    middle = (kept[:-1] + kept[1:]) / 2
    full[1 : 1 + EVERY * len(middle) : EVERY] = middle
    return full
