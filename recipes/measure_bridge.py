"""Measure how lengths bridge the room to a line's end, and print `_BRIDGE` of `composer/setting/likes.py`.

Run: python recipes/measure_bridge.py songs.jsonl

The network reads songs of 8 to 64 bars in English and German, unless told otherwise those held out from its training.
In lines of four syllables or more each note but those of the last syllable is a choice among the lengths up to the end
of its bar. Where the last syllable comes is told: a length leaves some time to there and some syllables to fill it. A
conditional logit weighs the time left, as a multiple of what these syllables take at the line's own pace, beside the
network's log likelihoods, which it takes as they are (ridge 1, L-BFGS, Liu & Nocedal 1989). Fitted to every second song
it tells on the others what the weights are worth. In use are the six columns from 0.72 to 1.6; beyond them, and before
the last syllable, likes.py has figures of its own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from songwright import api
from songwright.bench.composer_measures import lead_notes
from songwright.bench.composer_plans import plan_of
from songwright.composer.compose import network_of, registers
from songwright.composer.frames import rooms
from songwright.composer.lead import SungLine
from songwright.composer.setting.rows import page
from songwright.composer.settings import melody_settings
from songwright.composer.tune import sung_line
from songwright.music.tokens import GRID, NAMES, VOCABULARY
from songwright.music.tokens.vocabulary import MOST_SYLLABLES
from songwright.runtime.decoder import Decoder
from songwright.train.songs.dataset import genre_of
from songwright.train.songs.song import Song, load_songs
from songwright.values.context import Context
from songwright.values.plan import SongPlan

_RATIOS = (
    0.35,
    0.55,
    0.72,
    0.85,
    0.95,
    1.05,
    1.15,
    1.3,
    1.6,
)  # bounds of the time left; in use are those inside
_USED = slice(3, 9)
_SHORTFALLS = (0, 3, 6)  # places left where the next syllable is the last
_ROWS, _COLUMNS = 4, len(_RATIOS) + 1
_LAST = _ROWS * _COLUMNS
_NONE = _LAST + len(_SHORTFALLS) + 1  # the cell of what is no choice; its weight stays 0
_LONGEST = 48  # places: a whole note
_EIGHTH, _SIXTEENTH = 6, 3
_UNIT, _RIDGE, _ITERATIONS = 1024, 1.0, 60
_NEVER = -1e9


@dataclass(frozen=True)
class Choice:
    """How long one note lasts, by places from 1 to 48. chances: the network's, nats; cells: the weights that count.

    chosen: index of the length people chose. song: its number.
    """

    chances: np.ndarray
    cells: np.ndarray
    chosen: int
    song: int


@dataclass(frozen=True)
class Line:
    """A line people set. first, last: places where its first and last syllables begin; count: its syllables."""

    first: int
    last: int
    count: int


def sung_lines(song: Song, plan: SongPlan) -> list[SungLine]:
    """A song's lines with their tune; ValueError where tokens cannot say them or a line wants notes."""
    notes, at, found = lead_notes(song.score), 0, []
    for room in rooms(plan):
        own: list[tuple[int, int, int, int, float]] = []
        which = -1
        while at < len(notes):
            note = notes[at]
            if note.syllable is not None:
                if which + 1 == len(room.sung):
                    break
                which += 1
            if note.start_tick % GRID or note.length_ticks % GRID:
                raise ValueError("a note off the grid of tokens")
            own.append(
                (note.start_tick - room.window, note.length_ticks, note.pitch, which, room.sung[which].weight)
            )
            at += 1
        if which + 1 < len(room.sung) or len(room.sung) > MOST_SYLLABLES:
            raise ValueError("a line without all its notes, or too long for tokens")
        found.append((room, sung_line(room, tuple(own))))
    return found


def read(song: Song, ctx: Context) -> tuple[list[int], list[list[int]], int]:
    """A song's tokens, the places where the syllables of each line begin, and the places of a bar."""
    plan = plan_of(song, genre_of(song), 0, ctx)
    centre = registers(plan, melody_settings(ctx.shelf.style(plan.style)))["verse"].centre
    sung = sung_lines(song, plan)
    rows = page(plan, song.score.chords, centre).rows(sung)
    onsets = []
    for room, tune in sung:
        starts: dict[int, int] = {}
        for tick, _length, _pitch, which, _weight in tune.notes:
            starts.setdefault(which, (room.window + tick) // GRID)
        onsets.append(list(starts.values()))
    return [*rows.head, *(token for bar in rows.bars for token in bar)], onsets, plan.meter.bar_ticks // GRID


def lengths(ids: Sequence[int], bar: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Every note in tokens: index of its length, its line, syllables begun, its place, places to the bar's end."""
    start, line, sung, place = -bar, -1, 0, 0
    for at, token in enumerate(ids):
        name, _, value = NAMES[token].partition(":")
        if name == "bar":
            start += bar
        elif name == "line":
            line, sung = line + 1, 0
        elif name == "pos" and not NAMES[ids[at + 1]].startswith(
            "c:"
        ):  # before a chord it is the chord's place
            place = start + int(value)
        elif name == "syl":
            sung += 1
        elif name == "d":
            yield at, line, sung, place, start + bar - place


def weighed(line: Line, more: int, ends: np.ndarray) -> np.ndarray:
    """The cell of each end of a note, places, where `more` syllables come between the next one and the last."""
    left = line.last - ends
    if not more:
        return _LAST + np.searchsorted(_SHORTFALLS, left)
    row = 0 if more == 1 else 1 if more == 2 else 2 if more < 5 else 3
    pace = (line.last - line.first) / (line.count - 1)
    return row * _COLUMNS + np.searchsorted(_RATIOS, left / max(1e-9, more * pace))


def choices(song: Song, number: int, network: Decoder, ctx: Context) -> Iterator[Choice]:
    """The lengths people chose in a song; ValueError where the network cannot read it."""
    ids, onsets, bar = read(song, ctx)
    if len(ids) >= network.longest:
        raise ValueError("a song too long for the network")
    heard = network.hear(ids)
    eighths = all(place % _EIGHTH == 0 for line in onsets for place in line)
    step, shortest = (_EIGHTH if eighths else _SIXTEENTH), VOCABULARY["d:1"]
    lines = [Line(own[0], own[-1], len(own)) for own in onsets]
    for at, which, sung, place, room in lengths(ids, bar):
        line, chosen, size = lines[which], ids[at] - shortest, min(room, _LONGEST)
        more = line.count - 1 - sung
        if more < 0 or line.count < 4 or chosen >= size:
            continue
        ends = place + 1 + np.arange(size)
        left = line.last - ends
        even = ends[chosen] % step == 0
        free = (left >= more * step) & (ends % step == 0) if even else left >= 0
        if free[chosen]:
            chances, cells = np.full(_LONGEST, _NEVER, np.float32), np.full(_LONGEST, _NONE)
            chances[:size] = np.where(free, heard[at - 1][shortest : shortest + size] / _UNIT, _NEVER)
            cells[:size] = weighed(line, more, ends)
            yield Choice(chances, cells, chosen, number)


def fitted(data: Sequence[Choice], held: Sequence[Choice] = ()) -> tuple[np.ndarray, float, float]:
    """The weights, nats, and the nats a choice of the held-out ones takes without and with them."""
    import torch
    from torch.nn.functional import cross_entropy

    torch.set_num_threads(1)

    def tensors(some: Sequence[Choice]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        chances, cells = np.array([c.chances for c in some]), np.array([c.cells for c in some])
        return torch.tensor(chances), torch.tensor(cells), torch.tensor([c.chosen for c in some])

    chances, cells, chosen = tensors(data)
    weights, real = torch.zeros(_NONE + 1, requires_grad=True), torch.arange(_NONE + 1) < _NONE
    search = torch.optim.LBFGS([weights], max_iter=_ITERATIONS, line_search_fn="strong_wolfe")

    def cost() -> torch.Tensor:
        search.zero_grad()
        misfit = cross_entropy(chances + (weights * real)[cells], chosen, reduction="sum")
        loss = (misfit + _RIDGE / 2 * (weights**2).sum()) / len(data)
        loss.backward()
        return loss

    search.step(cost)
    found = (weights * real).detach()
    without = beside = float("nan")
    if held:
        chances, cells, chosen = tensors(held)
        without = float(cross_entropy(chances, chosen))
        beside = float(cross_entropy(chances + found[cells], chosen))
    return found.numpy(), without, beside


def show(data: Sequence[Choice]) -> None:
    """Prints what the weights are worth on every second song, and those of all songs, 1024 to a nat."""
    even, odd = [c for c in data if c.song % 2 == 0], [c for c in data if c.song % 2]
    if even and odd:
        _, without, beside = fitted(even, odd)
        print(
            f"held out: {len(odd)} choices, {without:.4f} nats each without the weights, {beside:.4f} with them"
        )
    weights = [round(_UNIT * float(w)) for w in fitted(data)[0]]
    print("_BRIDGE")
    rows = [tuple(weights[_COLUMNS * n : _COLUMNS * (n + 1)]) for n in range(_ROWS)]
    for row in rows:
        print(row[_USED])
    print("with what lies beyond")
    for row in rows:
        print(row)
    print("before the last syllable", tuple(weights[_LAST:_NONE]))


def main() -> None:
    """Read the songs, let the network hear them, fit, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--split", default="valid", choices=("train", "valid", "test"))
    parser.add_argument("--songs", type=int, default=None, help="how many songs, evenly spread (all)")
    args = parser.parse_args()
    ctx = api.context(0)
    network, why = network_of("network", ctx)
    if network is None:
        parser.error(why)
    songs = [
        song for song in load_songs(args.corpus)
        if song.split == args.split and song.language in ("en", "de") and song.notes and song.score.chords
        and 8 <= song.score.length_ticks // song.score.meter.bar_ticks <= 64
    ]  # fmt: skip
    data: list[Choice] = []
    heard = 0
    count = args.songs or len(songs)
    for song in songs[:: max(1, len(songs) // max(1, count))][:count]:
        try:
            data += choices(song, heard, network, ctx)
            heard += 1
        except ValueError as problem:
            print(f"{song.id} left out: {problem}")
    if not data:
        parser.error("no song to measure")
    print(f"{heard} songs, {len(data)} choices")
    show(data)


if __name__ == "__main__":
    main()
