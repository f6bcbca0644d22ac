"""What the raw-audio engine is measured on: stretches of held-out pieces, and all the ways to make them again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from songwright.errors import ShelfError
from songwright.io.shelf import HouseShelf
from songwright.runtime.codec import RATE_HZ, STRIDE, Codec
from songwright.runtime.jukebox.generator import Sampler
from songwright.runtime.jukebox.joining import COPY_S, carried_on, joined
from songwright.runtime.jukebox.labels import Labels
from songwright.runtime.jukebox.telling import LEVEL_DB, SUB, left_out, told_of, whole_of
from songwright.train.judge.excerpts import is_faithful
from songwright.train.renders.shards import Rendered
from songwright.values.seed import Seed

FRAMES = 512
"""Frames of an excerpt: 16.4 s, one window of the generator."""
EXCERPT_S = FRAMES * STRIDE / RATE_HZ
BEGINNING = 128
"""Frames that are given where the rest is continued: 4.1 s."""
HOLE = (0.4, 0.7)
"""The part that is repainted, as shares of an excerpt."""
_LEAD_IN_S = 0.5


@dataclass(frozen=True, eq=False)
class Excerpt:
    """T frames of a piece. sound: float32 (2: voice and band, T * STRIDE) at 32 kHz. latents: (T, 2 latents).

    begin: first frame in the piece. labels: of the excerpt. lines: (from, to) in seconds of the excerpt. faithful:
    whether its persona sings in its own voice and character.
    """

    name: str
    about: Mapping[str, Any]
    begin: int
    sound: np.ndarray
    latents: np.ndarray
    labels: Labels
    lines: tuple[tuple[float, float], ...]
    faithful: bool

    @property
    def frames(self) -> int:
        """T."""
        return len(self.latents)

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.frames * STRIDE / RATE_HZ


@dataclass(frozen=True, eq=False)
class Made:
    """An excerpt made again. sound: as the excerpt's. span: frames that were made. core_s: of one core, spent on it.

    seams: samples at which made and given sound meet: where a crossfade begins and where it ends, or where given sound
    stops.
    """

    sound: np.ndarray
    span: tuple[int, int]
    core_s: float = 0.0
    wall_s: float = 0.0
    seams: tuple[int, ...] = ()


Way = Callable[[Excerpt], Made]


def chosen(pieces: Sequence[Rendered], count: int) -> tuple[list[Rendered], list[Rendered]]:
    """Pieces to make again (sung ones; first those whose persona sings in its own voice) and all others.

    Raises ShelfError where no piece is sung.
    """
    shelf = HouseShelf()
    sung = [piece for piece in pieces if piece.about["lines"]]
    if not sung:
        raise ShelfError("renders", "hold no piece in which anybody sings")
    ordered = sorted(sung, key=lambda piece: not is_faithful(piece.about, shelf))[:count]
    names = {piece.name for piece in ordered}
    return ordered, [piece for piece in pieces if piece.name not in names]


def excerpt_of(piece: Rendered, codec: Codec, shelf: HouseShelf, frames: int = FRAMES) -> Excerpt:
    """The stretch of a piece that begins with its first line, coded."""
    total = len(piece.sound) // STRIDE
    first = max(0.0, piece.about["lines"][0]["from"] - _LEAD_IN_S)
    begin = max(0, min(int(first * RATE_HZ / STRIDE), total - frames))
    count = min(frames, total - begin)
    sound = levelled(piece)[:, begin * STRIDE : (begin + count) * STRIDE]
    latents = coded(sound, codec)
    zero = begin * STRIDE / RATE_HZ
    lines = tuple((line["from"] - zero, line["to"] - zero) for line in piece.about["lines"])
    return Excerpt(
        piece.name, piece.about, begin, sound, latents, piece.labels.part(begin * SUB, (begin + count) * SUB),
        lines, is_faithful(piece.about, shelf),
    )  # fmt: skip


def coded(sound: np.ndarray, codec: Codec) -> np.ndarray:
    """Both stems (2, T * STRIDE) as latents (T, 2 latents), the voice's first."""
    return np.concatenate([codec.encode(stem) for stem in sound], axis=1)


def levelled(piece: Rendered) -> np.ndarray:
    """Voice and band of a piece as the codec hears them: float32 (2, frames)."""
    gain = 10 ** ((piece.about["master_gain_db"] + LEVEL_DB) / 20) / 32767
    return np.ascontiguousarray(piece.sound.astype(np.float32).T * np.float32(gain))


def ways_of(codec: Codec, generator: Sampler | None, seed: Seed) -> dict[str, Way]:
    """The rows of the table, in order: the renderer, the codec alone, and what the generator makes in each mode."""
    ways: dict[str, Way] = {"renderer": rendered, "codec round trip": _there_and_back(codec)}
    if generator is not None:
        for name, mode, kept in (
            ("aligned", "full", "nothing"), ("no pitch", "no pitch", "nothing"), ("free", "free", "nothing"),
            ("continuation", "full", "beginning"), ("repaint", "full", "around"),
        ):  # fmt: skip
            ways[name] = _generated(codec, generator, mode, kept, seed.child(name))
    return ways


def rival_ways(codec: Codec, writer: Sampler, seed: Seed) -> dict[str, Way]:
    """Rows for a generator of another codec: that codec alone, and the generator told everything."""

    def recoded(way: Way) -> Way:
        return lambda excerpt: way(replace(excerpt, latents=coded(excerpt.sound, codec)))

    aligned = _generated(codec, writer, "full", "nothing", seed.child("rival"))
    return {"codes, round trip": recoded(_there_and_back(codec)), "codes, aligned": recoded(aligned)}


def rendered(excerpt: Excerpt) -> Made:
    """The excerpt as it is."""
    return Made(excerpt.sound, (0, excerpt.frames))


def _there_and_back(codec: Codec) -> Way:
    def way(excerpt: Excerpt) -> Made:
        core, wall = time.process_time(), time.monotonic()
        sound = _decoded(codec, excerpt.latents)
        return Made(sound, (0, excerpt.frames), time.process_time() - core, time.monotonic() - wall)

    return way


def _generated(codec: Codec, generator: Sampler, mode: str, kept: str, seed: Seed) -> Way:
    def way(excerpt: Excerpt) -> Made:
        core, wall = time.process_time(), time.monotonic()
        begin, end = made_span(excerpt.frames, kept)
        keep = np.ones((excerpt.frames, 2), np.float32)
        keep[begin:end] = 0
        told = left_out(told_of(excerpt.labels, 0, excerpt.frames), mode, _lines(excerpt), 0)
        told |= whole_of(excerpt.about, generator.names, mode)
        latents = generator.sample(told, excerpt.latents, keep, luck=seed.child(excerpt.name).luck())
        sound = _decoded(codec, latents, excerpt.sound, begin, end)
        seams: tuple[int, ...] = ()
        if kept == "beginning":
            first, copy = begin * STRIDE, round(COPY_S * RATE_HZ)
            sound = carried_on(excerpt.sound[:, :first], sound[:, first - copy :], copy)
            seams = (first,)
        elif kept == "around":
            sound, places = joined(excerpt.sound, sound, begin * STRIDE, end * STRIDE)
            seams = tuple(edge for place in places for edge in (place.start, place.stop))
        return Made(sound, (begin, end), time.process_time() - core, time.monotonic() - wall, seams)

    return way


def made_span(frames: int, kept: str) -> tuple[int, int]:
    """The frames that are to be made, of so many, where "nothing", the "beginning" or all "around" a hole is kept."""
    if kept == "beginning":
        return min(BEGINNING, frames // 4), frames
    if kept == "around":
        return int(HOLE[0] * frames), int(HOLE[1] * frames)
    return 0, frames


def _lines(excerpt: Excerpt) -> list[dict[str, Any]]:
    """The lines of the piece, on the excerpt's clock."""
    zero = excerpt.begin * STRIDE / RATE_HZ
    return [dict(line) | {"from": line["from"] - zero} for line in excerpt.about["lines"]]


def _decoded(
    codec: Codec, latents: np.ndarray, given: np.ndarray | None = None, begin: int = 0, end: int | None = None
) -> np.ndarray:
    """Both stems. given: (2, samples) that are there already before frame `begin` and behind `end`: phases fit them."""
    stems = np.split(latents, 2, axis=1)
    if given is None:
        return np.stack([codec.decode(stem) for stem in stems])
    last = len(latents) if end is None else end
    edges = [(stem[: begin * STRIDE], stem[last * STRIDE :]) for stem in given]
    return np.stack([codec.decode(stem, *edge) for stem, edge in zip(stems, edges, strict=True)])
