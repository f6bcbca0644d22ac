"""Count which chord follows which in songs, by kind of section, and measure it against the styles' own grammars.

Run: python recipes/count_progressions.py DATA/chords/billboard [--out src/songwright/weights]

Songs of the McGill Billboard annotations are read bar by bar (the chord on each first beat, as degree above the tonic
and one of three kinds). Songs whose file name hashes to an even number are counted; the odd half is kept for measuring.
Prints perplexity a bar on phrases of four bars of the kept half: of a unigram, of the counts (interpolated trigram),
of each style's grammar (as a bigram, backed by the unigram by the share that fits the counted half best), of the counts
as the composer draws from them, with the style's own chords made likelier.
"""

from __future__ import annotations

import argparse
import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import numpy as np

from songwright.composer.learned import (
    KINDS,
    KINDS_OF_CHORD,
    MODES,
    STATES,
    Successions,
    own_numerals,
    state_of,
)
from songwright.composer.settings import FUNCTIONS, Grammar, harmony_settings
from songwright.io.shelf import HouseShelf
from songwright.io.written import Unusable
from songwright.music.harmony import roman_chord
from songwright.music.pitch import pitch_class
from songwright.train.songs.billboard import billboard_song
from songwright.train.songs.settle import Origin
from songwright.values.plan import Key
from songwright.values.score import Score
from songwright.values.shelf import Style

Phrase = tuple[int, ...]
Phrases = list[tuple[int, int, Phrase]]  # mode, kind, states bar by bar


def phrases_of(score: Score) -> Phrases:
    """The different phrases of four bars (or the rest) in each kind of section of one song."""
    tonic, mode = pitch_class(score.key.tonic), MODES.index(score.key.mode)
    found = []
    for section in score.sections:
        if section.kind not in KINDS:
            continue
        bars = range(section.start_tick, section.end_tick, score.meter.bar_ticks)
        states = [state_of(score.chord_at(tick), tonic) for tick in bars]
        for start in range(0, len(states) - 1, 4):
            phrase = (mode, KINDS.index(section.kind), tuple(states[start : start + 4]))
            if phrase not in found:
                found.append(phrase)
    return found


def read(folder: Path) -> tuple[Phrases, Phrases, int, int]:
    """Phrases of the counted and of the kept half, and how many songs each has."""
    halves: tuple[Phrases, Phrases] = ([], [])
    songs = [0, 0]
    for path in sorted(folder.glob("*.txt")):
        try:
            song = billboard_song(
                path.read_text(encoding="utf-8"),
                Origin(path.stem, "chords/billboard", "CC0-1.0", "", "", "en"),
            )
        except (Unusable, ValueError):
            continue
        half = hashlib.sha256(path.name.encode()).digest()[0] % 2
        songs[half] += 1
        halves[half].extend(phrases_of(song.score))
    return halves[0], halves[1], songs[0], songs[1]


def count(phrases: Phrases) -> dict[str, np.ndarray]:
    """The table: first chords by mode and kind, pairs by mode and kind, triples by mode; whole numbers."""
    size = STATES
    arrays = {
        "first": np.zeros((len(MODES), len(KINDS), size), np.uint16),
        "pairs": np.zeros((len(MODES), len(KINDS), size, size), np.uint16),
        "triples": np.zeros((len(MODES), size, size, size), np.uint16),
    }
    for mode, kind, states in phrases:
        arrays["first"][mode, kind, states[0]] += 1
        for before, after in pairwise(states):
            arrays["pairs"][mode, kind, before, after] += 1
        for a, b, c in zip(states, states[1:], states[2:], strict=False):
            arrays["triples"][mode, a, b, c] += 1
    return arrays


def grammar_phrases(grammar: Grammar, mode: str, kind: str) -> dict[Phrase, float]:
    """Every phrase a style's grammar writes for a kind of section, with its chance (states, bar by bar)."""
    found: dict[Phrase, float] = {}
    total = math.fsum(grammar.weights[kind])
    key = Key("C", mode)

    def state(numeral: str) -> int:
        return state_of(roman_chord(numeral, key), 0)

    for template, weight in zip(grammar.phrases[kind], grammar.weights[kind], strict=True):
        choices = []
        for place, bar in enumerate(template):
            token = bar[0]
            if token in FUNCTIONS:
                numerals, weights = grammar.functions[token]
                whole = math.fsum(weights)
                spread = [(state(n), w / whole) for n, w in zip(numerals, weights, strict=True)]
                choices.append(spread[:1] if place == 0 else spread)
                if place == 0:
                    choices[-1] = [(spread[0][0], 1.0)]
            else:
                choices.append([(state(token), 1.0)])
        for way in product(*choices):
            phrase = tuple(s for s, _ in way)
            found[phrase] = found.get(phrase, 0.0) + weight / total * math.prod(p for _, p in way)
    return found


def as_pairs(phrases: dict[Phrase, float]) -> np.ndarray:
    """A grammar as a bigram: the chance of a state after another; row STATES: the first bar. Rows may be empty."""
    table = np.zeros((STATES + 1, STATES))
    for phrase, chance in phrases.items():
        for before, after in zip((STATES, *phrase), (*phrase, phrase[0]), strict=False):
            table[before, after] += chance
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1e-12)


def perplexity(chances: Iterator[float], phrases: Phrases) -> float:
    """The mean number of equally likely chords a bar: two to the cross-entropy."""
    bars = sum(len(states) for _, _, states in phrases)
    return 2.0 ** (-math.fsum(math.log2(chance) for chance in chances) / bars)


def fitted(
    chances: Callable[[Phrases, float], list[float]], counted: Phrases, kept: Phrases
) -> tuple[float, float]:
    """The share that fits the counted half best, and the perplexity of the kept half with it."""
    shares = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    share = min(shares, key=lambda s: perplexity(iter(chances(counted, s)), counted))
    return share, perplexity(iter(chances(kept, share)), kept)


@dataclass(frozen=True)
class Halves:
    """The two halves, the table of the first, and its plain frequencies (modes, states)."""

    counted: Phrases
    kept: Phrases
    table: Successions
    plain: np.ndarray

    def unigram(self, phrases: Phrases) -> list[float]:
        """Chances by frequency alone."""
        return [math.prod(self.plain[mode, s] for s in states) for mode, _, states in phrases]

    def measured(self, style: Style) -> str:
        """One row: how well a style's grammar foresees the kept half, alone and with the counts."""
        settings = harmony_settings(style)
        places = list(product(range(len(MODES)), range(len(KINDS))))
        known = {(m, k): grammar_phrases(settings.grammar(MODES[m]), MODES[m], KINDS[k]) for m, k in places}
        own = {(m, k): own_numerals(settings.grammar(MODES[m]), MODES[m], KINDS[k]) for m, k in places}
        pairs = {}
        for (mode, kind), phrases in known.items():
            rows = as_pairs(phrases)
            pairs[mode, kind] = np.where(rows.sum(axis=1, keepdims=True) > 0.5, rows, self.plain[mode])

        def backed(phrases: Phrases, share: float) -> list[float]:
            return [
                math.prod(
                    share * pairs[mode, kind][before, after] + (1 - share) * self.plain[mode, after]
                    for before, after in zip((STATES, *states), states, strict=False)
                )
                for mode, kind, states in phrases
            ]

        share, alone = fitted(backed, self.counted, self.kept)
        sampled = [self.table.chance(s, m, k, favoured=own[m, k].keys()) for m, k, s in self.kept]
        hit = sum(1 for m, k, states in self.kept if states in known[m, k]) / len(self.kept)
        return (
            f"{style.id:<12} grammar {alone:6.2f} (its share {share:g}; knows {hit:4.1%} of phrases)   "
            f"counts in the style's colours {perplexity(iter(sampled), self.kept):6.2f}"
        )


def main() -> None:
    """Count, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    counted, kept, songs, others = read(args.data)
    arrays = count(counted)
    plain = np.ones((len(MODES), STATES))
    for mode, _, states in counted:
        for s in states:
            plain[mode, s] += 1
    halves = Halves(counted, kept, Successions(arrays), plain / plain.sum(axis=1, keepdims=True))
    print(f"{songs} songs counted ({len(counted)} phrases), {others} kept ({len(kept)} phrases), {STATES} states "
          f"({', '.join(KINDS_OF_CHORD)})")  # fmt: skip
    print(f"unigram                       {perplexity(iter(halves.unigram(kept)), kept):6.2f}")
    chances = (halves.table.chance(states, mode, kind) for mode, kind, states in kept)
    print(f"counts (trigram, by section)  {perplexity(chances, kept):6.2f}")
    for style in HouseShelf().styles():
        print(halves.measured(style))
    if args.out:
        path = args.out / "progressions.npz"
        np.savez_compressed(path, **arrays)
        print(path, path.stat().st_size, "bytes, sha256", hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
