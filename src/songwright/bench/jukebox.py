"""`songwright bench jukebox`: what the raw-audio engine makes, beside the renderer it learned from.

Rows: the renderer itself, a round trip through the codec, and the generator told everything (aligned), everything but
pitch and chords, only where lines begin (free), going on from a beginning, repainting a part. Held-out pieces, all rows
the same stretches of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from songwright.bench.jukebox_excerpts import (
    Excerpt,
    Made,
    Way,
    chosen,
    excerpt_of,
    levelled,
    rendered,
    rival_ways,
    ways_of,
)
from songwright.bench.jukebox_measures import Findings, figures_of, found_in
from songwright.bench.kernel_distance import (
    Scale,
    bandwidth,
    kernel_distance,
    plain_features,
    understood_features,
)
from songwright.bench.seams import BOUND, seam_z
from songwright.errors import BriefError, ShelfError
from songwright.io.shelf import HouseShelf
from songwright.runtime.codec import Codec
from songwright.runtime.jukebox.generator import Generator, Sampler
from songwright.train.judge.hearing import heard
from songwright.train.judge.listener import Listener
from songwright.train.renders.shards import Rendered, read_renders
from songwright.values.seed import Seed

Row = dict[str, object]
Tell = Callable[[str], None]
SHELF = "shelf"


@dataclass(frozen=True, eq=False)
class Collection:
    """Sounds as rows of figures, (chunks, figures): of a judge (None without one) and plain."""

    judge: np.ndarray | None
    plain: np.ndarray


def jukebox_suite(
    renders: Path, codec: str, jukebox: str | None, judge: Path | None, count: int, tell: Tell = lambda line: None,
    rival: tuple[Path, Path] | None = None,
) -> list[Row]:  # fmt: skip
    """A row for the renderer, the codec and each mode of the generator; a row of real against real first.

    renders: folder of shards. codec: a folder written by `train codec` (finished or not) or "shelf". jukebox: a folder
    of `train jukebox`, an .onnx file, "shelf", or None for the first rows alone. judge: folder of `train judge`;
    without it what only a judge can hear is left out. count: excerpts. rival: folders of `train codec --groups` and of
    `train prior`, for two rows more. Raises ShelfError, BriefError.
    """
    coder = read_coder(codec)
    generator = None if jukebox is None else read_generator(jukebox)
    if generator is not None:
        generator.belongs_to(coder)
    listener = read_judge(judge)
    pieces = held_pieces(renders)
    taken, others = chosen(pieces, count)
    if len(others) < 2:
        raise BriefError("count", f"{count} excerpts leave nothing to compare with.", "Ask for fewer.")
    shelf = HouseShelf()
    excerpts = [excerpt_of(piece, coder, shelf) for piece in taken]
    tell(
        f"{len(excerpts)} excerpts, {sum(excerpt.faithful for excerpt in excerpts)} by a persona in its own voice"
    )
    reference = [collected(piece, listener) for piece in others]
    compare = Distances(joined(reference))
    rows: list[Row] = [{"row": "real against real"} | real_against_real(reference, compare)]
    plain: dict[tuple[tuple[int, int], ...], list[Findings]] = {}
    seed = Seed(1).child("bench jukebox")
    ways = ways_of(coder, generator, seed)
    if rival is not None:
        ways |= rival_ways(read_coder(str(rival[0])), read_writer(rival[1]), seed)
    for name, way in ways.items():
        tell(name)
        rows.append({"row": name} | measured(excerpts, way, listener, compare, plain))
    return rows


def measured(
    excerpts: Sequence[Excerpt], way: Way, judge: Listener | None, compare: Distances,
    plain: dict[tuple[tuple[int, int], ...], list[Findings]],
) -> Row:  # fmt: skip
    """All figures of one way of making the excerpts. plain: what was heard in the renderer, by spans; filled here."""
    made = [way(excerpt) for excerpt in excerpts]
    found = [found_in(excerpt, one, judge) for excerpt, one in zip(excerpts, made, strict=True)]
    spans = tuple(one.span for one in made)
    if way is rendered:
        plain[spans] = found
    elif spans not in plain:
        same = [Made(excerpt.sound, one.span) for excerpt, one in zip(excerpts, made, strict=True)]
        plain[spans] = [found_in(excerpt, one, judge) for excerpt, one in zip(excerpts, same, strict=True)]
    figures: dict[str, object] = {
        name: None if value is None else round(value, 4)
        for name, value in figures_of(found, plain[spans], [excerpt.faithful for excerpt in excerpts]).items()
    }
    untouched = [
        seam_z(excerpt.sound.sum(axis=0), at)
        for excerpt, one in zip(excerpts, made, strict=True)
        for at in one.seams
    ]
    seams = [z for one in found for z in one.seams]
    added = [z >= BOUND > before for z, before in zip(seams, untouched, strict=True)]
    figures["seam_untouched"] = round(float(np.mean(untouched)), 4) if untouched else None
    figures["seam_added"] = round(float(np.mean(added)), 4) if added else None
    figures |= compare.of(Collection(_stack([one.judge_features for one in found], judge),
                                     np.concatenate([one.plain for one in found])))  # fmt: skip
    seconds = sum(excerpt.seconds for excerpt in excerpts)
    for name in ("core_s", "wall_s"):
        spent = sum(getattr(one, name) for one in made)
        figures[f"{name}_a_minute"] = round(60 * spent / seconds, 2) if spent else None
    return figures


class Distances:
    """Kernel distances to one reference collection, with its bandwidth."""

    def __init__(self, reference: Collection) -> None:
        self._sides = {}
        for name, rows in (("kad_judge", reference.judge), ("kad_plain", reference.plain)):
            if rows is not None:
                scale = Scale(rows)
                self._sides[name] = (scale, scale(rows), bandwidth(scale(rows)))

    def of(self, other: Collection) -> Row:
        """How far a collection is from the reference: kad_judge, kad_plain."""
        return self.between(other, None)

    def between(self, one: Collection, other: Collection | None) -> Row:
        """How far two collections are from each other (None = the reference), on the reference's scale."""
        out: Row = {"kad_judge": None, "kad_plain": None}
        sides = {"kad_judge": "judge", "kad_plain": "plain"}
        for name, (scale, reference, width) in self._sides.items():
            rows = getattr(one, sides[name])
            beside = reference if other is None else scale(getattr(other, sides[name]))
            if rows is not None and min(len(rows), len(beside)) > 1:
                out[name] = round(kernel_distance(scale(rows), beside, width), 3)
        return out


def real_against_real(reference: Sequence[Collection], compare: Distances) -> Row:
    """The distance between two halves of the reference, parted by piece."""
    return compare.between(joined(reference[::2]), joined(reference[1::2]))


def collected(piece: Rendered, judge: Listener | None) -> Collection:
    """All of a piece as figures."""
    mix = heard(levelled(piece).sum(axis=0))
    return Collection(
        None if judge is None else understood_features(judge.answer(mix).understood), plain_features(mix)
    )


def joined(some: Sequence[Collection]) -> Collection:
    """Several collections as one."""
    judged = [one.judge for one in some if one.judge is not None]
    return Collection(np.concatenate(judged) if judged else None, np.concatenate([one.plain for one in some]))


def held_pieces(renders: Path) -> list[Rendered]:
    """The pieces a generator did not learn: those for validation, and for testing where there are some."""
    out = read_renders(renders, "valid")
    try:
        return out + read_renders(renders, "test")
    except ShelfError:
        return out


def read_coder(codec: str) -> Codec:
    """A codec from the shelf or from a run. Raises ShelfError."""
    if codec == SHELF:
        shelf = HouseShelf()
        return Codec(shelf.network("codec-decoder"), shelf.network("codec-encoder"))
    from songwright.train.codec.player import Player
    from songwright.train.codec.task import load_codec

    return Player(load_codec(Path(codec)))


def read_generator(jukebox: str) -> Sampler:
    """A generator from the shelf, a file or a run. Raises ShelfError."""
    if jukebox == SHELF:
        return Generator(HouseShelf().network("jukebox"))
    path = Path(jukebox)
    if path.suffix == ".onnx":
        try:
            return Generator(path.read_bytes())
        except OSError as problem:
            raise ShelfError(jukebox, f"cannot be read ({problem.strerror})") from problem
    from songwright.train.jukebox.player import Player
    from songwright.train.jukebox.task import JUKEBOX, load_kind

    net, told = load_kind(JUKEBOX, path)
    return Player(net, told["names"], told.get("latents_id", ""))


def read_writer(folder: Path) -> Sampler:
    """The generator's rival, which writes codes, from a run. Raises ShelfError."""
    from songwright.train.prior.player import load_player

    return load_player(folder)


def read_judge(folder: Path | None) -> Listener | None:
    """The judge of a run, if one is asked."""
    if folder is None:
        return None
    from songwright.train.judge.task import load_judge

    return load_judge(folder)


def _stack(parts: Sequence[np.ndarray], judge: Listener | None) -> np.ndarray | None:
    return None if judge is None else np.concatenate(parts)
