"""Sounds among their neighbours: the opening of a phone looks like what came before, its end like what comes next.

A second model for lines whose pronunciation and pauses are already known. The first part of a phone is told apart by
the class of its left neighbour, the last part by the class of its right one; where a class is rare, the plain phone
stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from songwright.text.phones import PHONES, SILENCE
from songwright.train.align.graph import PARTS, ROWS, Graph, chain_graph
from songwright.train.align.models import refitted
from songwright.train.align.training import Learned, Told, draw, gathered, mean_score

_LEAST_FRAMES = 150  # for a mixture of its own
_LEFT, _WHOLE, _RIGHT = range(PARTS)


def neighbour_class(symbol: str) -> str:
    """What a neighbour hears of a phone: its kind, its voicing, and for vowels where the tongue stands."""
    phone = PHONES[symbol]
    if phone.kind == "vowel":
        height, backness = phone.features[11], phone.features[12]
        return f"vowel {'high' if height > 0.6 else 'low'} {'front' if backness < 0.4 else 'back'}"
    if phone.kind in ("stop", "affricate", "fricative", "nasal"):
        place = phone.features[10]
        where = "lips" if place < 0.15 else "tongue" if place < 0.65 else "throat"
        return f"{phone.kind} {phone.voiced} {where}"
    return phone.symbol


def fixed(graph: Graph, path: np.ndarray) -> Graph:
    """The graph of what was really said on a path: one chain of phones and pauses."""
    tokens = graph.token[path]
    order = tokens[np.r_[True, tokens[1:] != tokens[:-1]]]
    return chain_graph([graph.symbols[t] for t in order], [graph.word[t] for t in order])


def in_context(
    graphs: Sequence[Graph], tracks: Sequence[np.ndarray], learned: Learned, told: Told, rounds: int = 2
) -> tuple[list[Graph], Learned]:
    """Train on with neighbours, and align again: the chains of all clips, and what was learned.

    Clips without a path keep none.
    """
    chains = [fixed(g, p) if len(p) else g for g, p in zip(graphs, learned.paths, strict=True)]
    whole = [n for n, path in enumerate(learned.paths) if len(path)]
    heard, kept = [tracks[n] for n in whole], [chains[n] for n in whole]
    paths, scores = draw(learned.sounds, kept, heard)
    named, table = _contexts(kept, paths)
    sounds = learned.sounds.tied(table)
    for n in range(rounds):
        frames, rows = gathered(heard, named, paths)
        sounds = refitted(sounds, frames, rows)
        paths, scores = draw(sounds, named, heard)
        told(n + 1, f"neighbours {n + 1}", mean_score(scores, heard), sounds)
    all_paths, all_scores = list(learned.paths), np.array(learned.scores)
    for n, chain, path, score in zip(whole, named, paths, scores, strict=True):
        chains[n], all_paths[n], all_scores[n] = chain, path, score
    return chains, Learned(sounds, all_paths, all_scores)


def _contexts(chains: Sequence[Graph], paths: Sequence[np.ndarray]) -> tuple[list[Graph], np.ndarray]:
    """The chains with context rows, and for each context row the plain row it came from."""
    keys = [_keys(chain) for chain in chains]
    frames: dict[tuple[int, str], int] = {}
    for own, path in zip(keys, paths, strict=True):
        for state, count in zip(*np.unique(path, return_counts=True), strict=True):
            frames[own[state]] = frames.get(own[state], 0) + int(count)
    common = sorted(key for key, count in frames.items() if count >= _LEAST_FRAMES and key[1])
    number = {key: ROWS + n for n, key in enumerate(common)}
    table = np.array([*range(ROWS), *(row for row, _ in common)])
    named = [
        replace(chain, row=np.array([number.get(key, key[0]) for key in own]))
        for chain, own in zip(chains, keys, strict=True)
    ]
    return named, table


def _keys(chain: Graph) -> list[tuple[int, str]]:
    """(plain row, class of the neighbour or "") of each state."""
    symbols = (SILENCE, *chain.symbols, SILENCE)
    keys = []
    for row, token in zip(chain.row.tolist(), chain.token.tolist(), strict=True):
        neighbour = {_LEFT: symbols[token], _RIGHT: symbols[token + 2]}.get(row % PARTS)
        pause = chain.symbols[token] == SILENCE
        keys.append((row, neighbour_class(neighbour) if neighbour and not pause else ""))
    return keys
