"""Teach the letters model: how English words that no dictionary knows are said.

Run: python recipes/train_letters.py DATA/lexicon [--out src/songwright/weights]

Method: a joint n-gram over letter-and-phones pairs (Bisani & Ney 2008; Novak, Minematsu & Hirose 2016). Each letter
says zero, one or two phones; which letter says what is learned by EM over all alignments; the pairs of the best
alignment are counted, smoothed (Chen & Goodman 1999, interpolated modified Kneser-Ney), pruned, and written as
one byte costs. `songwright.text.letters` reads the file.

Held out: 5 % of the words by a hash of their stem, so that "candles" is never learned when "candle" is tested. The
shipped weights never saw those words. A second model, held out by the whole word, is trained for its figure only.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from songwright.text import letters as letters_room
from songwright.text.letters import Letters
from songwright.text.phonemes import without_stress

ALPHABET = letters_room.ALPHABET
MAX_PHONES = 2
COST_STEP = letters_room.COST_STEP
SUFFIXES = ("ations", "ation", "ingly", "ness", "less", "ings", "ing", "in'", "edly", "ers", "ies", "ied", "est",
            "'s", "s'", "es", "ed", "er", "ly", "al", "s", "y", "e", "a", "o", "i", "'")  # fmt: skip

Entry = tuple[str, tuple[str, ...]]


def read_entries(path: Path) -> list[Entry]:
    """Words of plain letters with each of their pronunciations, as (word, phones with stress)."""
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("#")[0].split()
        if len(fields) < 2:
            continue
        word = fields[0].split("(")[0]
        if all(letter in ALPHABET for letter in word) and any(letter != "'" for letter in word):
            entries.append((word, tuple(fields[1:])))
    return entries


def stem(word: str) -> str:
    """A crude stem, the same for a word and its inflected forms (it may join strangers; it must not part kin)."""
    changed = True
    while changed:
        changed = False
        for suffix in SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= 3:
                word, changed = word[: -len(suffix)], True
                break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def is_held_out(key: str) -> bool:
    """One key in twenty, the same ones on every machine."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest(), "big") % 20 == 0


# --- alignment -------------------------------------------------------------------------------------------------


@dataclass
class Group:
    """Words of one length and pronunciations of one length, to be aligned together.

    arcs[(i, j, k)]: pair ids (one a word) when letter i says the k phones from j on.
    """

    entries: list[Entry]
    arcs: dict[tuple[int, int, int], np.ndarray]
    length: int
    phones: int


def build_groups(entries: list[Entry]) -> tuple[list[Group], list[tuple[str, tuple[str, ...]]]]:
    """Entries by shape, with every possible pair of (letter, phones) numbered."""
    shapes: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    for word, phones in entries:
        if len(phones) <= MAX_PHONES * len(word):
            shapes[len(word), len(phones)].append((word, phones))
    pair_ids: dict[tuple[str, tuple[str, ...]], int] = {}
    groups = []
    for (length, count), members in sorted(shapes.items()):
        arcs = {}
        for i in range(length):
            low, high = max(0, count - MAX_PHONES * (length - i)), min(count, MAX_PHONES * i)
            for j in range(low, high + 1):
                for k in range(min(MAX_PHONES, count - j) + 1):
                    if count - j - k <= MAX_PHONES * (length - i - 1):
                        pairs = ((word[i], phones[j : j + k]) for word, phones in members)
                        arcs[i, j, k] = np.array([pair_ids.setdefault(p, len(pair_ids)) for p in pairs])
        groups.append(Group(members, arcs, length, count))
    return groups, list(pair_ids)


def align(groups: list[Group], pairs: list, rounds: int = 8) -> np.ndarray:
    """Probability of each pair by expectation-maximisation over all alignments."""
    chance = np.array([[0.02, 1.0, 0.02][len(phones)] for _, phones in pairs])
    chance /= chance.sum()
    for turn in range(rounds):
        counts, likelihood = np.zeros(len(pairs)), 0.0
        for group in groups:
            likelihood += _expect(group, chance, counts)
        chance = counts / counts.sum()
        print(f"  alignment {turn + 1}: {likelihood / sum(len(g.entries) for g in groups):.4f} nats a word")
    return chance


def _expect(group: Group, chance: np.ndarray, counts: np.ndarray) -> float:
    """Add the expected uses of every pair in one group; returns its log likelihood."""
    size = len(group.entries)
    forward = np.zeros((group.length + 1, group.phones + 1, size))
    backward = np.zeros_like(forward)
    forward[0, 0], backward[group.length, group.phones] = 1.0, 1.0
    for (i, j, k), ids in group.arcs.items():
        forward[i + 1, j + k] += forward[i, j] * chance[ids]
    for (i, j, k), ids in reversed(group.arcs.items()):
        backward[i, j] += backward[i + 1, j + k] * chance[ids]
    total = np.maximum(forward[group.length, group.phones], 1e-300)
    for (i, j, k), ids in group.arcs.items():
        share = forward[i, j] * chance[ids] * backward[i + 1, j + k] / total
        np.add.at(counts, ids, share)
    return float(np.log(total).sum())


def best_alignments(groups: list[Group], pairs: list, chance: np.ndarray) -> list[tuple[Entry, list[int]]]:
    """The likeliest alignment of each entry, as pair ids (Viterbi)."""
    cost = -np.log(np.maximum(chance, 1e-12))
    result = []
    for group in groups:
        size = len(group.entries)
        best = np.full((group.length + 1, group.phones + 1, size), np.inf)
        step = np.zeros((group.length + 1, group.phones + 1, size), dtype=np.int8)
        best[0, 0] = 0.0
        for (i, j, k), ids in group.arcs.items():
            value = best[i, j] + cost[ids]
            better = value < best[i + 1, j + k]
            best[i + 1, j + k] = np.where(better, value, best[i + 1, j + k])
            step[i + 1, j + k] = np.where(better, k, step[i + 1, j + k])
        for n, entry in enumerate(group.entries):
            j, path = group.phones, []
            for i in range(group.length, 0, -1):
                k = int(step[i, j, n])
                j -= k
                path.append(int(group.arcs[i - 1, j, k][n]))
            result.append((entry, path[::-1]))
    return result


# --- counting and smoothing ------------------------------------------------------------------------------------


@dataclass
class Level:
    """All pair sequences of one length: parent (the sequence without its last pair), symbol, its shorter ending."""

    parent: np.ndarray
    symbol: np.ndarray
    suffix: np.ndarray
    count: np.ndarray
    from_start: np.ndarray
    log_p: np.ndarray
    log_backoff: np.ndarray


def count_sequences(words: list[list[int]], vocabulary: int, order: int) -> list[Level]:
    """Levels 1..order with raw counts; symbol 0 opens and symbol 1 closes a word."""
    stream = np.concatenate([np.array([0, *word, 1]) for word in words])
    ends = np.concatenate([np.full(len(word) + 2, at) for at, word in zip(_ends(words), words, strict=True)])
    places = np.arange(len(stream))
    nodes_before, levels = None, []
    for size in range(1, order + 1):
        inside = places[places + size <= ends[places]]
        parent = np.zeros(len(inside), dtype=np.int64) if nodes_before is None else nodes_before[inside]
        keys = parent * vocabulary + stream[inside + size - 1]
        unique, first, inverse, count = np.unique(
            keys, return_index=True, return_inverse=True, return_counts=True
        )
        nodes = np.full(len(stream), -1, dtype=np.int64)
        nodes[inside] = inverse
        suffix = (
            np.zeros(len(unique), dtype=np.int64) if nodes_before is None else nodes_before[inside[first] + 1]
        )
        blank = np.zeros(len(unique))
        levels.append(Level(unique // vocabulary, unique % vocabulary, suffix, count.astype(float),
                            stream[inside[first]] == 0, blank.copy(), blank.copy()))  # fmt: skip
        nodes_before = nodes
    return levels


def _ends(words: list[list[int]]) -> np.ndarray:
    return np.cumsum([len(word) + 2 for word in words])


def smooth(levels: list[Level], vocabulary: int) -> None:
    """Interpolated modified Kneser-Ney, in place: log_p of each sequence's last pair, log_backoff of each sequence."""
    for below, above in pairwise(levels):
        kinds = np.bincount(above.suffix, minlength=len(below.count))
        below.count = np.where(below.from_start & (below.count > 0), below.count, kinds).astype(float)
    first = levels[0]
    first.count[first.symbol == 0] = 0.0  # the opening sign is never said
    probability_below = None
    for size, level in enumerate(levels):
        d1, d2, d3 = _discounts(level.count)
        discount = np.select([level.count <= 0, level.count < 2, level.count < 3], [0.0, d1, d2], d3)
        parents = int(level.parent.max()) + 1
        total = np.bincount(level.parent, level.count, minlength=parents)
        lost = np.bincount(level.parent, discount, minlength=parents)
        gamma = np.where(total > 0, lost / np.maximum(total, 1e-9), 1.0)
        lower = 1.0 / vocabulary if probability_below is None else probability_below[level.suffix]
        probability = np.maximum(level.count - discount, 0) / np.maximum(total[level.parent], 1e-9)
        probability = probability + gamma[level.parent] * lower
        level.log_p = np.log(np.maximum(probability, 1e-9))
        if probability_below is not None:
            levels[size - 1].log_backoff[: len(gamma)] = np.log(np.maximum(gamma, 1e-9))
        probability_below = probability


def _discounts(count: np.ndarray) -> tuple[float, float, float]:
    """Chen and Goodman's three discounts from the counts of counts."""
    n1, n2, n3, n4 = (max(float((count == n).sum()), 1.0) for n in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    raw = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    return tuple(min(max(value, 0.1), n) for n, value in enumerate(raw, start=1))  # type: ignore[return-value]


def prune(levels: list[Level], threshold: float) -> list[Level]:
    """Without the sequences that say hardly more than their shorter ending does (Stolcke 1998, simplified)."""
    raw = [level.count for level in levels]
    keep = [np.ones(len(level.symbol), dtype=bool) for level in levels]
    for size in range(len(levels) - 1, 1, -1):
        level, below = levels[size], levels[size - 1]
        guess = below.log_backoff[level.parent] + below.log_p[level.suffix]
        gain = np.maximum(raw[size], 1.0) * np.abs(level.log_p - guess)
        needed = np.zeros(len(level.symbol), dtype=bool)
        if size + 1 < len(levels):
            needed[levels[size + 1].parent[keep[size + 1]]] = True
            needed[levels[size + 1].suffix[keep[size + 1]]] = True
        keep[size] = needed | (gain >= threshold)
    for size in range(len(levels) - 1, 0, -1):  # a kept sequence keeps its beginning and its ending
        keep[size - 1][levels[size].parent[keep[size]]] = True
        keep[size - 1][levels[size].suffix[keep[size]]] = True
    return _kept(levels, keep)


def _kept(levels: list[Level], keep: list[np.ndarray]) -> list[Level]:
    result, new_ids = [], None
    for level, mask in zip(levels, keep, strict=True):
        parent = np.zeros(int(mask.sum()), dtype=np.int64) if new_ids is None else new_ids[level.parent[mask]]
        suffix = np.zeros(int(mask.sum()), dtype=np.int64) if new_ids is None else new_ids[level.suffix[mask]]
        result.append(Level(parent, level.symbol[mask], suffix, level.count[mask], level.from_start[mask],
                            level.log_p[mask], level.log_backoff[mask]))  # fmt: skip
        new_ids = np.cumsum(mask) - 1
    return result


def rebalance(levels: list[Level]) -> None:
    """Backing-off weights that make every distribution sum to one again after pruning."""
    for below, above in pairwise(levels):
        seen = np.bincount(above.parent, np.exp(above.log_p), minlength=len(below.symbol))
        seen_below = np.bincount(above.parent, np.exp(below.log_p[above.suffix]), minlength=len(below.symbol))
        has_children = np.bincount(above.parent, minlength=len(below.symbol)) > 0
        left, left_below = np.maximum(1 - seen, 1e-6), np.maximum(1 - seen_below, 1e-6)
        below.log_backoff = np.where(has_children, np.log(left / left_below), 0.0)


# --- the whole course ------------------------------------------------------------------------------------------


def train(entries: list[Entry], order: int, threshold: float) -> dict[str, np.ndarray]:
    """The arrays of a letters model (see `songwright.text.letters` for their shapes)."""
    started = time.perf_counter()
    groups, pairs = build_groups(entries)
    chance = align(groups, pairs)
    aligned = best_alignments(groups, pairs, chance)
    uses = np.bincount([pair for _, path in aligned for pair in path], minlength=len(pairs))
    aligned = [(entry, path) for entry, path in aligned if uses[path].min() >= 3]
    used = sorted({pair for _, path in aligned for pair in path}, key=lambda p: pairs[p])
    symbol_of = {pair: n + 2 for n, pair in enumerate(used)}
    vocabulary = len(used) + 2
    words = [[symbol_of[pair] for pair in path] for _, path in aligned]
    levels = count_sequences(words, vocabulary, order)
    smooth(levels, vocabulary)
    full = sum(len(level.symbol) for level in levels)
    levels = prune(levels, threshold)
    rebalance(levels)
    kept = sum(len(level.symbol) for level in levels)
    print(f"  {len(aligned)} entries, {vocabulary} pairs, {full} sequences, {kept} kept, "
          f"{time.perf_counter() - started:.0f} s")  # fmt: skip
    return pack(levels, [pairs[pair] for pair in used])


def pack(levels: list[Level], pairs: list[tuple[str, tuple[str, ...]]]) -> dict[str, np.ndarray]:
    """Levels as small integers: children a node, symbols, costs in steps of COST_STEP nats."""
    arrays: dict[str, np.ndarray] = {
        "pairs": np.array(["", ""] + [f"{letter} {' '.join(phones)}".strip() for letter, phones in pairs]),
        "order": np.array(len(levels), dtype=np.int16),
    }
    for size, level in enumerate(levels, start=1):
        arrays[f"symbol{size}"] = level.symbol.astype(np.uint16)
        arrays[f"cost{size}"] = _steps(-level.log_p, 0, 255).astype(np.uint8)
        if size < len(levels):
            arrays[f"backoff{size}"] = _steps(-level.log_backoff, -127, 127).astype(np.int8)
            arrays[f"children{size}"] = np.bincount(levels[size].parent, minlength=len(level.symbol)).astype(
                np.uint16
            )
    return arrays


def _steps(nats: np.ndarray, low: int, high: int) -> np.ndarray:
    return np.clip(np.round(nats / COST_STEP), low, high)


# --- figures ---------------------------------------------------------------------------------------------------


def edit_distance(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """Levenshtein distance of two phone strings."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, before = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
    return row[-1]


def measure(model: Letters, entries: list[Entry], limit: int | None = None) -> dict[str, float]:
    """Word and phone error rates, with and without stress, against the nearest listed pronunciation."""
    truths: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for word, phones in entries:
        truths[word].append(phones)
    wrong = wrong_plain = edits = edits_plain = phones_total = 0
    started = time.perf_counter()
    words = sorted(truths)[:limit]
    for word in words:
        said = model.say(word)
        distance, length = min((edit_distance(said, truth), len(truth)) for truth in truths[word])
        plain = min(edit_distance(without_stress(said), without_stress(truth)) for truth in truths[word])
        wrong, wrong_plain = wrong + (distance > 0), wrong_plain + (plain > 0)
        edits, edits_plain, phones_total = edits + distance, edits_plain + plain, phones_total + length
    return {
        "words": len(words),
        "word_error": wrong / len(words),
        "word_error_no_stress": wrong_plain / len(words),
        "phone_error": edits / phones_total,
        "phone_error_no_stress": edits_plain / phones_total,
        "ms_per_word": 1000 * (time.perf_counter() - started) / len(words),
    }


def run_split(entries: list[Entry], key, order: int, threshold: float) -> tuple[dict, dict]:
    """Train on nineteen twentieths, measure on the rest: (arrays, figures)."""
    training = [entry for entry in entries if not is_held_out(key(entry[0]))]
    testing = [entry for entry in entries if is_held_out(key(entry[0]))]
    arrays = train(training, order, threshold)
    return arrays, measure(Letters(arrays), testing)


def write_card(path: Path, weights: Path, arrays: dict, by_stem: dict, by_word: dict) -> None:
    """The text card beside the weights: what, from what, whose, how good, its fingerprint."""
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    lines = [
        'id = "letters-en"',
        'name = "Letters, English"',
        'about = "Says words that no dictionary knows: a joint n-gram over letters and phones."',
        'licence = "Apache-2.0 (weights); learned from the CMU Pronouncing Dictionary (BSD-2-Clause)"',
        'source = "CMU Pronouncing Dictionary, (c) 1993-2015 Carnegie Mellon University, cmusphinx/cmudict"',
        'language = "en"',
        "commercial_use = true",
        'recipe = "recipes/train_letters.py"',
        f"order = {int(arrays['order'])}",
        f"pairs = {len(arrays['pairs'])}",
        f"bytes = {weights.stat().st_size}",
        f'sha256 = "{digest}"',
    ]
    for name, figures in (("held_out_by_stem", by_stem), ("held_out_by_word", by_word)):
        lines += ["", f"[{name}]"] + [
            f"{k} = {round(v, 4)}" for k, v in figures.items() if k != "ms_per_word"
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Train, measure, write weights and card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lexicon", type=Path, help="folder with cmudict.dict")
    parser.add_argument("--out", type=Path, default=Path("src/songwright/weights"))
    parser.add_argument("--order", type=int, default=7)
    parser.add_argument("--threshold", type=float, default=1.0, help="pruning: nats a sequence must gain")
    arguments = parser.parse_args()
    entries = read_entries(arguments.lexicon / "cmudict.dict")
    arrays, by_stem = run_split(entries, stem, arguments.order, arguments.threshold)
    print("held out by stem:", by_stem)
    weights = arguments.out / "letters-en.npz"
    np.savez_compressed(weights, **arrays)
    print(f"{weights}: {weights.stat().st_size / 1e6:.2f} MB")
    _, by_word = run_split(entries, lambda word: word, arguments.order, arguments.threshold)
    print("held out by word:", by_word)
    write_card(arguments.out / "letters-en.toml", weights, arrays, by_stem, by_word)


if __name__ == "__main__":
    main()
