"""Measure how often people take up an earlier line, and print the weights of `composer/setting/echoes.py`.

Run: python recipes/measure_echoes.py songs.jsonl

Of every training song of 8 to 64 bars each line is laid beside every earlier one. Both tunes count as
onsets from the window: "whole" is an earlier line where at least 85 % of all onsets are in both, with the same pitch
class, "opening" where at least the first 40 % are, "rhythm" where at least 85 % of the onsets are in both. A line
counts by the first of these that any earlier line is. The weights are those of a conditional logit whose choice may be
any of the earlier lines of that kind, 24 x 3 of them, found by gradient ascent (Adam, Kingma & Ba 2015).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from songwright import api
from songwright.bench.composer_measures import lead_notes
from songwright.bench.composer_plans import plan_of
from songwright.composer.frames import rooms
from songwright.composer.setting.echoes import Facts, features
from songwright.composer.tune import words_of
from songwright.train.songs.dataset import genre_of
from songwright.train.songs.song import Song, load_songs

_PARTS = 3
_ROWS = {"chords": 3, "bars": 2, "syllables": 3, "rhyme": 2, "words": 2, "before": 5, "apart": 6}
_ALIKE, _OPENING, _RIDGE, _STEPS = 0.85, 0.4, 1e-4, 1500
Onsets = dict[int, int]


def lines_of(song: Song) -> list[tuple[Facts, Onsets]]:
    """Every line of a song: what is known without its tune, and its onsets with their pitch classes."""
    plan = plan_of(song, genre_of(song), 0, api.context(0))
    unit = plan.meter.unit_ticks
    notes = [note for note in lead_notes(song.score) if note.syllable is not None]
    found, at = [], 0
    for room in rooms(plan):
        own = notes[at : at + len(room.sung)]
        at += len(room.sung)
        last = song.score.length_ticks - 1
        chords = [song.score.chord_at(min(tick, last)) for tick in range(room.window, room.window_end, unit)]
        facts = Facts(tuple((c.root, c.quality) for c in chords), words_of(room.sung), room.line.rhyme)
        found.append((facts, {n.start_tick - room.window: n.pitch % 12 for n in own}))
    return found


def part_of(first: Onsets, second: Onsets) -> int:
    """What of the first line is in the second: 0 whole, 1 opening, 2 rhythm, -1 nothing."""
    places = sorted(first.keys() | second.keys())
    notes = [first.get(place) == second.get(place) for place in places]
    begun = next((n for n, same in enumerate(notes) if not same), len(notes))
    rhythm = sum(place in first and place in second for place in places)
    if sum(notes) >= _ALIKE * len(places):
        return 0
    if begun >= _OPENING * len(places):
        return 1
    return 2 if rhythm >= _ALIKE * len(places) else -1


def choices(song: Song) -> Iterator[tuple[list[dict[str, int]], list[int]]]:
    """Of each line but the first: the features of every earlier line, and what was taken of it."""
    lines = lines_of(song)
    known: dict[tuple[int, int], int] = {}
    for j, (facts, onsets) in enumerate(lines):
        seen, taken = [], []
        for i, (theirs, heard) in enumerate(lines[:j]):
            known[i, j] = part_of(heard, onsets)
            before = 0 if i == 0 else known[i - 1, j - 1] % 4 + 1
            seen.append(features(theirs, facts, before, j - i))
            taken.append(known[i, j])
        if seen:
            yield seen, taken


def fitted(data: Sequence[tuple[list[dict[str, int]], list[int]]]) -> np.ndarray:
    """The weights, (1 + rows, parts), nats."""
    at = dict(zip(_ROWS, np.cumsum([1, *_ROWS.values()]), strict=False))
    line = np.array([n for n, (seen, _) in enumerate(data) for _ in seen])
    table = np.zeros((len(line), 1 + sum(_ROWS.values())))
    table[:, 0] = 1.0
    for row, one in enumerate(one for seen, _ in data for one in seen):
        table[row, [at[name] + value for name, value in one.items()]] = 1.0
    best = np.array([min((t for t in taken if t >= 0), default=-1) for _, taken in data])
    taken = np.array([t for _, own in data for t in own])
    hit = (taken == best[line])[:, None] & (taken[:, None] == np.arange(_PARTS))
    weights = np.zeros((table.shape[1], _PARTS))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        odds = np.exp(np.clip(table @ weights, -30, 30))
        whole = 1.0 + np.bincount(line, odds.sum(axis=1), len(data))
        right = np.bincount(line, (odds * hit).sum(axis=1), len(data))
        share = odds * hit / np.maximum(right, 1e-30)[line, None]
        slope = table.T @ (share - odds / whole[line, None]) / len(data) - 2 * _RIDGE * weights
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights += 0.02 * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def main() -> None:
    """Read the songs, fit, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    args = parser.parse_args()
    data = []
    for song in load_songs(args.corpus):
        bars = song.score.length_ticks // song.score.meter.bar_ticks
        if song.split == "train" and song.notes and song.score.chords and 8 <= bars <= 64:
            data += list(choices(song))
    most = [min((t for t in taken if t >= 0), default=-1) for _, taken in data]
    print(f"{len(data)} lines:", ", ".join(f"{most.count(n) / len(data):.3f}" for n in (0, 1, 2)))
    weights = [tuple(round(1024 * w) for w in row) for row in fitted(data)]
    print("always", weights[0])
    start = 1
    for name, size in _ROWS.items():
        print(name, tuple(weights[start : start + size]))
        start += size


if __name__ == "__main__":
    main()
