"""Rendering many pieces with many hands: every shard is one hand's work, whole or not there at all."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from songwright import __version__
from songwright.errors import Cancelled, ShelfError
from songwright.io.shelf import HouseShelf
from songwright.runtime.jukebox.labels import RATE_HZ
from songwright.train.renders import shards
from songwright.train.renders.piece import render
from songwright.train.renders.verses import Verses, dictionary_words, no_verses, read_verses
from songwright.values.seed import Seed

PIECES = 8  # a shard holds
MEAN_S = 30.0
_VALID, _TEST, _TURN = 1, 2, 20  # of each 20 shards one is for validation and one for testing
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What to render. hours: of sound, about. lyrics: folder, None = words from the dictionary only.

    licence: of those lyrics. workers: processes. pieces: in each shard. faithful: personas sing in their own voice and
    character.
    """

    out: Path
    hours: float
    workers: int = 1
    seed: int = 1
    lyrics: Path | None = None
    licence: str = ""
    pieces: int = PIECES
    faithful: bool = False

    @property
    def shards(self) -> int:
        """How many shards that is: at least three, so that each split has one."""
        return max(3, -int(-self.hours * 3600 // (self.pieces * MEAN_S)))


def split_of(shard: int) -> str:
    """Which part a shard is for, by its number alone."""
    return {_VALID: "valid", _TEST: "test"}.get(shard % _TURN, "train")


def make_renders(order: Order, tell: Tell = lambda line: None) -> dict[str, Any]:
    """Render until the hours are there; finished shards stay, so that the same command goes on where it stopped.

    What is in a shard depends on seed, lyrics and its number, not on the workers. Writes shards, card.json and
    log.jsonl into order.out. Raises ShelfError where that folder was begun with another seed or other lyrics,
    Cancelled after Ctrl-C.
    """
    verses = read_verses(order.lyrics, order.licence) if order.lyrics else no_verses()
    _same_recipe(order, verses)
    waiting = [number for number in range(order.shards) if not shards.is_finished(order.out, number)]
    tell(f"{order.shards - len(waiting)} of {order.shards} shards are there")
    began = time.monotonic()
    with (order.out / "log.jsonl").open("a", encoding="utf-8") as diary:
        for done, row in enumerate(_rendered(order, verses, waiting), start=1):
            diary.write(json.dumps(row) + "\n")
            diary.flush()
            left_s = (time.monotonic() - began) / done * (len(waiting) - done)
            speed = row["seconds"] / max(row["cpu_s"], 1e-9)
            for reason in row["unmet"]:
                tell(f"shard {row['shard']}: a wish was not met: {reason}")
            tell(
                f"shard {row['shard']} ({row['split']}): {row['seconds']:.0f} s of sound in {row['cpu_s']:.0f} s of one"
                f" core, {speed:.1f} times real time; {left_s / 60:.0f} min to go"
            )
    return _card(order, verses)


def _rendered(order: Order, verses: Verses, waiting: list[int]) -> Iterator[dict[str, Any]]:
    """The rows of shards as they are finished."""
    if order.workers <= 1 or len(waiting) < 2:
        hand = _Hand(order, verses)
        yield from map(hand.work, waiting)
        return
    # spawned, not forked: a fork would copy threads' locks and whatever the caller has loaded
    pool = ProcessPoolExecutor(
        min(order.workers, len(waiting)), get_context("spawn"), initializer=_begin, initargs=(order, verses)
    )
    try:
        jobs = [pool.submit(_work, number) for number in waiting]
        for job in as_completed(jobs):
            yield job.result()
    except KeyboardInterrupt:
        raise Cancelled("stopped; finished shards are kept, the same command goes on") from None
    finally:
        for process in list((pool._processes or {}).values()):  # a shard in work takes minutes: do not wait
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


class _Hand:
    """A worker with a shelf of its own, which reads everything once."""

    def __init__(self, order: Order, verses: Verses) -> None:
        self.order, self.verses, self.shelf = order, verses, HouseShelf()
        self.words = dictionary_words(self.shelf)

    def work(self, shard: int) -> dict[str, Any]:
        """Render one shard; a row for the diary."""
        began, cpu = time.monotonic(), time.process_time()
        split, seed = split_of(shard), Seed(self.order.seed)
        first = shard * self.order.pieces
        pieces = [
            render(first + n, split, self.verses, self.words, self.shelf, seed, self.order.faithful)
            for n in range(self.order.pieces)
        ]
        index = shards.write_shard(self.order.out, shard, split, pieces)
        return {
            "shard": shard, "split": split, "seconds": round(sum(index["frames"]) / RATE_HZ, 2),
            "unmet": [reason for about in index["pieces"] for reason in about["unmet"]],
            "cpu_s": round(time.process_time() - cpu, 2), "wall_s": round(time.monotonic() - began, 2),
        }  # fmt: skip


_hands: list[_Hand] = []


def _begin(order: Order, verses: Verses) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process is asked to stop, and stops the others
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    _hands.append(_Hand(order, verses))


def _work(shard: int) -> dict[str, Any]:
    return _hands[0].work(shard)


def _same_recipe(order: Order, verses: Verses) -> None:
    """Write down what this folder is made from, or see that it is the same."""
    order.out.mkdir(parents=True, exist_ok=True)
    wanted: dict[str, Any] = {"seed": order.seed, "pieces": order.pieces, "verses": verses.fingerprint}
    if order.faithful:
        wanted["faithful"] = True
    path = order.out / "recipe.json"
    if path.is_file():
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as problem:
            raise ShelfError(str(path), f"is damaged ({problem})") from problem
        if found != wanted:
            raise ShelfError(
                str(order.out), "was begun with another seed or other lyrics; take an empty folder"
            )
    else:
        path.write_text(json.dumps(wanted) + "\n", encoding="utf-8")


def _card(order: Order, verses: Verses) -> dict[str, Any]:
    """What this data is, with the licence of everything that can be heard in it or chose its notes."""
    hours: Counter[str] = Counter()
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("genre", "persona", "voice", "language", "meter")
    }
    found: dict[str, dict[str, Any]] = {}
    pieces = 0
    for number in range(order.shards):
        index = shards.read_index(shards.place(order.out, number).with_suffix(".json"))
        hours[index["split"]] += sum(index["frames"]) / RATE_HZ / 3600
        for about in index["pieces"]:
            pieces += 1
            for name, counter in counts.items():
                counter[about[name]] += 1
            for one in about["ingredients"]:
                found[json.dumps(one, sort_keys=True)] = one
    cpu_s, seconds = _diary(order.out / "log.jsonl")
    lyrics = [{"kind": "lyrics", "id": name, "licence": verses.licence, "sha256": sha, "commercial_use": True}
              for name, sha in sorted(verses.files.items())]  # fmt: skip
    card = {
        "name": "songwright renders",
        "about": "Parts of songs made by the studio: voice and band as two stems, with labels of every frame.",
        "version": __version__,
        "seed": order.seed,
        "licence": "that of the ingredients, each named below",
        "commercial_use": all(one["commercial_use"] for one in found.values()),
        "hours": {name: round(value, 3) for name, value in sorted(hours.items())},
        "pieces": pieces,
        "rate_hz": RATE_HZ,
        "counts": {name: dict(sorted(counter.items())) for name, counter in counts.items()},
        "hours_per_core_hour": round(seconds / cpu_s, 2) if cpu_s else None,
        "ingredients": [found[key] for key in sorted(found)] + lyrics,
    }
    path = order.out / "card.json"
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(path)
    return card


def _diary(path: Path) -> tuple[float, float]:
    """Seconds of one core that were spent, and seconds of sound that came of it."""
    rows: Iterable[dict[str, Any]] = (
        json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()
    )
    cpu_s = seconds = 0.0
    for row in rows:
        cpu_s, seconds = cpu_s + row["cpu_s"], seconds + row["seconds"]
    return cpu_s, seconds
