"""Measure where people let lines begin and end, and print the weights of `composer/setting/spine.py`.

Run: python recipes/measure_spine.py songs.jsonl

Of songs of 8 to 64 bars from the training and validation parts, every line is a choice twice: where it begins, among
the sixteenths half a bar before and after its window opens, and where its last syllable comes, among those up to the
next line. Both are conditional logits with a ridge of 2, found by gradient ascent (Adam, Kingma & Ba 2015). Last, how
many last notes last until the next line begins where every chord up to there bears them, and how long the others are,
by the eighths between, first of those that begin off the accents of the bar, then of those on one.
"""

from __future__ import annotations

import argparse
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from songwright import api
from songwright.bench.composer_measures import lead_notes
from songwright.bench.composer_plans import plan_of
from songwright.composer.frames import Room, rooms
from songwright.composer.prosody import STRESSED, leading_light
from songwright.composer.setting.spine import PACES, RATIOS
from songwright.music.harmony import chord_pitches, turns
from songwright.music.rhythm import ACCENT, strength
from songwright.train.songs.dataset import genre_of
from songwright.train.songs.song import Song, load_songs
from songwright.values.plan import SongPlan
from songwright.values.score import Chord

_RIDGE, _STEPS, _RATE = 2.0, 400, 0.05
_BEGIN = {
    "light": 4 * 17, "meter": 3 * 17, "room": 4 * 17, "same": 2, "last": 2, "known": 2, "after": 3 * 4, "free": 2 * 3,
    "off": 5, "stress": 4 * 6,
}  # fmt: skip
_LAND = {
    "level": 6 * 2, "end": 16, "next": 14, "fill": 13, "pace": 13, "rhyme": 2, "last": 2, "span": 2, "known": 2,
    "off": 5, "ticks": 12 * 4, "turns": 3 * 2,
}  # fmt: skip
Choice = tuple[list[list[int]], int]


@dataclass(frozen=True)
class Line:
    """A line people set. onsets: ticks of its syllables; end, pitch: of its last note."""

    room: Room
    onsets: list[int]
    end: int
    pitch: int


def lines_of(song: Song) -> tuple[SongPlan, list[Line], Sequence[Chord]]:
    """A song's plan, its lines and chords."""
    plan = plan_of(song, genre_of(song), 0, api.context(0))
    notes, at, found = lead_notes(song.score), 0, []
    for room in rooms(plan):
        onsets: list[int] = []
        end = pitch = 0
        while at < len(notes):
            if notes[at].syllable is not None:
                if len(onsets) == len(room.sung):
                    break
                onsets.append(notes[at].start_tick)
            end, pitch = notes[at].end_tick, notes[at].pitch
            at += 1
        if len(onsets) == len(room.sung):
            found.append(Line(room, onsets, end, pitch))
    return plan, found, song.score.chords


def bears(chord: Chord, pitch: int) -> bool:
    """Whether a pitch is a tone of a chord."""
    return pitch % 12 in {tone % 12 for tone in chord_pitches(chord)}


def turns_after(turned: Sequence[int], tick: int, stop: int) -> int:
    """How often the harmony turns from a tick to another, and whether it does just there, as a class."""
    here = bisect_right(turned, tick)
    more = min(2, max(0, bisect_left(turned, stop) - here))
    return 2 * more + (here > 0 and turned[here - 1] == tick)


def quickness(plan: SongPlan, lines: Sequence[Line]) -> int:
    """How quick a tune is, 0..3, as `composer.setting.finest` names it."""
    count = dotted = runs = 0
    for line in lines:
        for a, b in pairwise(line.onsets):
            count += 1
            if strength(b, plan.meter) <= 1 or b - a < 240:
                if b - a == 360 and strength(a, plan.meter) >= 3:
                    dotted += 1
                elif not (b - a == 120 and strength(a, plan.meter) <= 1):
                    runs += 1
    if not runs + dotted:
        return 0
    return 1 if runs <= 0.02 * count and dotted >= 0.01 * count else 2 if runs <= 0.1 * count else 3


def _room(line: Line) -> int:
    return bisect_right((312, 432, 576), (line.room.window_end - line.room.window) // len(line.onsets))


def beginnings(plan: SongPlan, lines: Sequence[Line]) -> list[Choice]:
    """Where every line begins, as a choice."""
    quick, bar, meter = quickness(plan, lines), plan.meter.bar_ticks, plan.meter
    kind = 0 if meter.is_compound else 1 if meter.beats == 3 else 2
    known: list[tuple[int, int]] = []
    found = []
    for n, line in enumerate(lines):
        room, light = line.room, leading_light(line.room.sung)
        start = line.onsets[0] - room.window
        first = -min(960, bar // 2 // 120 * 120)
        options = [c for c in range(first, min(960, bar - 120) + 1, 120) if room.window + c >= 0]
        same = [c for count, c in known if count == light]
        free = n == 0 or lines[n - 1].room.window_end < room.window
        theirs = 3 if n == 0 else _room(lines[n - 1])
        bears = [int(bool(item.syllable.stress)) for item in room.sung[:2]]
        rows = []
        for c in options:
            step, side = max(-8, min(8, c // 120)) + 8, 0 if c < 0 else 1 if c == 0 else 2
            rows.append([
                17 * min(3, light) + step, 17 * kind + step, 17 * _room(line) + step,
                int(same[-1] == c) if same else -1, int(known[-1][1] == c) if known else -1,
                int(any(c == other for _, other in known)) if known else -1, 4 * side + theirs, 3 * free + side,
                quick if c % 240 else 4, 6 * (2 * bears[0] + bears[-1]) + strength(c, meter),
            ])  # fmt: skip
        if start in options:
            found.append((rows, options.index(start)))
        known.append((light, start))
    return found


def landings(plan: SongPlan, lines: Sequence[Line], chords: Sequence[Chord]) -> list[Choice]:
    """Where every line's last syllable comes, as a choice."""
    quick, bar, meter = quickness(plan, lines), plan.meter.bar_ticks, plan.meter
    before: list[Line] = []
    turned = turns(chords)
    found = []
    for n, line in enumerate(lines):
        room, count = line.room, len(line.onsets)
        if count < 2:
            continue
        first, last, after = (
            line.onsets[0],
            line.onsets[-1],
            lines[n + 1].onsets[0] if n + 1 < len(lines) else None,
        )
        stop = min(room.window_end + bar // 2 if after is None else after, room.window_end + bar)
        options = list(range(-(-(first + 60 * (count - 1)) // 120) * 120, stop - 79, 120))
        fills = max(1, min(room.window_end if after is None else after, room.window_end + bar // 2) - first)
        rhymes = [x for x in before if room.line.rhyme and _like(x.room) == _like(room)]
        alike = [x.onsets[-1] - x.room.window for x in before if x.room.line.bars == room.line.bars]
        spans = [x.onsets[-1] - x.onsets[0] for x in before if len(x.onsets) == count]
        paces = [(x.onsets[-1] - x.onsets[0]) // (len(x.onsets) - 1) for x in before]
        falls = int(room.sung[-1].weight < STRESSED)
        rows = []
        for tick in options:
            span, place = max(1, tick - first), tick - room.window
            pace = span // (count - 1)
            rows.append([
                2 * strength(tick, meter) + falls, max(-3, min(12, (room.window_end - tick) // 240)) + 3,
                13 if after is None else max(0, min(12, (after - tick) // 240)),
                bisect_right(RATIOS, 1024 * count * span // ((count - 1) * fills)),
                bisect_right(RATIOS, 1024 * len(paces) * pace // max(1, sum(paces))) if paces else -1,
                int(rhymes[-1].onsets[-1] - rhymes[-1].room.window == place) if rhymes else -1,
                int(alike[-1] == place) if alike else -1, int(tick - first in spans) if spans else -1,
                int(place in alike) if alike else -1, 1 + quick if tick % 240 else 0,
                4 * bisect_right(PACES, pace) + quick,
                turns_after(turned, tick, room.window_end if after is None else after),
            ])  # fmt: skip
        if last in options and len(options) > 1:
            found.append((rows, options.index(last)))
        before.append(line)
    return found


def _like(room: Room) -> tuple[str, int]:
    return room.line.rhyme, room.line.bars


def fitted(data: Sequence[Choice], sizes: Sequence[int]) -> np.ndarray:
    """The weights of all features behind each other, nats."""
    at, total = np.cumsum([0, *sizes[:-1]]), sum(sizes)
    cells = np.concatenate([np.where(np.array(rows) >= 0, np.array(rows) + at, total) for rows, _ in data])
    line = np.repeat(np.arange(len(data)), [len(rows) for rows, _ in data])
    first = np.searchsorted(line, np.arange(len(data)))
    hit = np.zeros(len(line))
    hit[first + [chosen for _, chosen in data]] = 1.0
    weights = np.zeros(total + 1)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        odds = np.exp(np.clip(weights[cells].sum(axis=1), -30, 30))
        left = hit - odds / np.bincount(line, odds)[line]
        slope = sum(np.bincount(cells[:, k], left, total + 1) for k in range(len(sizes))) - _RIDGE * weights
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights += _RATE * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        weights[-1] = 0.0
    return weights[:-1]


def show(data: Sequence[Choice], sizes: dict[str, int]) -> None:
    """Prints the weights by feature, 1024 to a nat."""
    weights = [round(1024 * w) for w in fitted(data, tuple(sizes.values()))]
    print(len(data), "choices")
    for name, size in sizes.items():
        print(name, weights[:size])
        weights = weights[size:]


def main() -> None:
    """Read the songs, fit, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--songs", type=int, default=900, help="how many songs, evenly spread")
    args = parser.parse_args()
    songs = [
        song for song in load_songs(args.corpus)
        if song.split in ("train", "valid") and song.notes and song.score.chords
        and 8 <= song.score.length_ticks // song.score.meter.bar_ticks <= 64
    ]  # fmt: skip
    tunes = [lines_of(song) for song in songs[:: max(1, len(songs) // args.songs)]]
    print("BEGIN")
    show([choice for tune in tunes for choice in beginnings(*tune[:2])], _BEGIN)
    print("LAND")
    show([choice for tune in tunes for choice in landings(*tune)], _LAND)
    show_held(tunes)


def show_held(tunes: Sequence[tuple[SongPlan, list[Line], Sequence[Chord]]]) -> None:
    """Prints how last notes are held: percent of those held to the next line; eighths of the others, commonest first.

    Of those that every chord up to there bears.
    """
    held: dict[tuple[bool, int], list[tuple[bool, int]]] = defaultdict(list)
    for plan, lines, chords in tunes:
        for line, after in pairwise(lines):
            first, last = line.onsets[-1], after.onsets[0]
            if any(first < chord.start_tick < last and not bears(chord, line.pitch) for chord in chords):
                continue
            between, length = after.onsets[0] - line.onsets[-1], line.end - line.onsets[-1]
            accented = strength(line.onsets[-1], plan.meter) >= ACCENT
            held[accented, min(16, between // 240)].append((length >= between, length // 240))
    for (accented, eighths), ends in sorted(held.items()):
        others = [length for full, length in ends if not full]
        share = round(100 * sum(full for full, _ in ends) / len(ends))
        print("accent" if accented else "other", eighths, len(ends), share, Counter(others).most_common(6))


if __name__ == "__main__":
    main()
