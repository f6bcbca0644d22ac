"""How far a clip can be trusted: whether the sounds it should hold explain it nearly as well as any sounds would."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songwright.train.align.graph import ROWS, Graph
from songwright.train.align.training import Learned

_STRETCH = 60  # frames: 0.3 s, about a word


def doubts(learned: Learned, graphs: Sequence[Graph], tracks: Sequence[np.ndarray]) -> np.ndarray:
    """For each clip its most doubtful 0.3 s: how much better free choice of sounds fits there, nats a frame.

    0 = the text says exactly what is heard. A misread or missing word stands out. Infinite where there is no path.
    """
    found = np.full(len(graphs), np.inf)
    used = np.unique(np.concatenate([graph.row for graph in graphs]))
    place = np.zeros(ROWS, dtype=int)
    place[used] = np.arange(len(used))
    for n, (graph, track, path) in enumerate(zip(graphs, tracks, learned.paths, strict=True)):
        if len(path):
            each = learned.sounds.log_likelihood(track, used)
            gap = each.max(axis=1) - each[np.arange(len(path)), place[graph.row[path]]]
            width = min(_STRETCH, len(gap))
            found[n] = np.convolve(gap, np.ones(width) / width, mode="valid").max()
    return found
