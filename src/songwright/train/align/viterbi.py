"""The best path of many clips at once through their graphs (Viterbi 1967), time step by time step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songwright.train.align.graph import Graph

_NEVER = -1e30
_STAY, _STEP, _JUMP = 0, 1, 2


def best_paths(
    graphs: Sequence[Graph], scores: Sequence[np.ndarray], stay: np.ndarray, leave: np.ndarray
) -> list[tuple[np.ndarray, float]]:
    """For each clip the state of every frame, and the log likelihood of that path.

    scores: log likelihood of each frame in each state, (frames, states) a clip; a clip shorter than the shortest way
    through its graph gets the value -inf. stay, leave: log probability of staying in a state and of leaving it, by
    row of the model.
    """
    layout = _Layout(graphs, stay, leave)
    lengths = np.array([len(score) for score in scores])
    longest, width = int(lengths.max()), layout.width
    state = np.full(layout.size + 1, _NEVER)
    choices = np.zeros((longest, layout.size), dtype=np.uint8)
    final = np.full((len(graphs), width), _NEVER)
    heard = np.zeros((longest, len(graphs), width), dtype=np.float32)
    for b, score in enumerate(scores):
        heard[: len(score), b, : score.shape[1]] = score
    heard = heard.reshape(longest, -1)
    for t in range(longest):
        if t == 0:
            state[layout.starts] = heard[0, layout.starts] - layout.entry
        else:
            np.add(layout.advance(state, choices[t]), heard[t], out=state[:-1])
        for b in np.flatnonzero(lengths == t + 1):
            final[b] = state[:-1].reshape(len(graphs), width)[b]
    return [
        _trace(graph, layout, b, final[b], choices[: lengths[b], b * width : (b + 1) * width])
        for b, graph in enumerate(graphs)
    ]


class _Layout:
    """The graphs of a batch side by side in one row of `size` states, `width` a clip."""

    def __init__(self, graphs: Sequence[Graph], stay: np.ndarray, leave: np.ndarray) -> None:
        self.width = max(len(graph.row) for graph in graphs)
        self.size = self.width * len(graphs)
        self.stay = np.full(self.size, _NEVER)
        self.step = np.full(self.size, _NEVER)
        left = np.full(self.size + 1, _NEVER)
        sources: dict[int, list[tuple[int, float]]] = {}
        starts = []
        for b, graph in enumerate(graphs):
            place = slice(b * self.width, b * self.width + len(graph.row))
            self.stay[place] = stay[graph.row]
            left[place] = leave[graph.row]
            self.step[place][1:] = np.where(graph.steps[1:], leave[graph.row][:-1], _NEVER)
            for (a, to), price in zip(graph.jumps + place.start, graph.price, strict=True):
                sources.setdefault(int(to), []).append((int(a), float(price)))
            starts.append(graph.starts + place.start)
        self.starts = np.concatenate(starts)
        self.entry = np.concatenate([graph.entry for graph in graphs])
        self.targets = np.array(sorted(sources), dtype=int)
        most = max((len(found) for found in sources.values()), default=1)
        rows = [sources[to] + [(self.size, 0.0)] * (most - len(sources[to])) for to in self.targets.tolist()]
        ways = np.array(rows, dtype=float).reshape(len(rows), most, 2)
        self.sources = ways[..., 0].astype(int)
        self.jump = left[self.sources] - ways[..., 1]

    def advance(self, state: np.ndarray, choice: np.ndarray) -> np.ndarray:
        """The best value that reaches each state one frame later; which way it came goes to `choice`."""
        best = state[:-1] + self.stay
        stepped = np.empty_like(best)
        stepped[0] = _NEVER
        np.add(state[:-2], self.step[1:], out=stepped[1:])
        np.greater(stepped, best, out=choice.view(bool))
        np.maximum(best, stepped, out=best)
        if len(self.targets):
            jumped = state[self.sources] + self.jump
            which = jumped.argmax(axis=1)
            value = np.take_along_axis(jumped, which[:, None], axis=1)[:, 0]
            better = value > best[self.targets]
            best[self.targets[better]] = value[better]
            choice[self.targets[better]] = _JUMP + which[better]
        return best

    def source(self, clip: int, state: int, choice: int) -> int:
        """The state before `state` of a clip."""
        row = int(np.searchsorted(self.targets, clip * self.width + state))
        return int(self.sources[row, choice - _JUMP]) - clip * self.width


def _trace(
    graph: Graph, layout: _Layout, clip: int, final: np.ndarray, choices: np.ndarray
) -> tuple[np.ndarray, float]:
    """Back from the best end to the start."""
    end = int(graph.ends[np.argmax(final[graph.ends])])
    total = float(final[end])
    path = np.zeros(len(choices), dtype=int)
    if total < _NEVER / 2:
        return path, float("-inf")
    at = end
    for t in range(len(choices) - 1, -1, -1):
        path[t] = at
        choice = int(choices[t, at])
        if t and choice == _STEP:
            at -= 1
        elif t and choice >= _JUMP:
            at = layout.source(clip, at, choice)
    return path, total
