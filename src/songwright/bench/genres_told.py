"""Can a genre be named from what is played? 240 songs, half of them to learn from, the others to name.

Twelve genres, twenty songs each: own seed and own words; songs with an even number are learned from, so neither seed
nor words are in both halves. Of each song: figures of its score, and figures of twelve seconds of the band around the
first chorus, played by the built-in band (the same on every machine) and balanced by the desk. Nobody sings in them,
and the tune only leaves gaps, so the crafted composer writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from songwright import arranger, band, composer, desk, performer, producer
from songwright.bench import pages
from songwright.bench.classifier import trained
from songwright.bench.genre_lyrics import small_lyrics
from songwright.bench.genre_score import BASS, CHORDS, DRUMS, score_features, tempo_feature
from songwright.bench.genre_sound import COLOUR, PULSE, sound_features
from songwright.errors import ShelfError
from songwright.io.shelf import HouseShelf
from songwright.values.brief import SongBrief
from songwright.values.context import Context, Progress
from songwright.values.performance import Performance, PlayedPart
from songwright.values.plan import SongPlan
from songwright.values.score import Score
from songwright.values.seed import Seed

TWELVE = ("country", "folk", "pop", "rock", "ballad", "electronic", "hip-hop", "soul", "reggae", "jazz", "bossa",
          "metal")  # fmt: skip
ALL, CHORDS_ALONE = "score and sound", "chords written"
_FEW = 3
_EXCERPT_S = 12.0
_KEEP_EVERY = 12
_FIRST_SEED = 1000
PAGE, FIGURES = "genre-figures.md", "genre-figures.npz"


class _Unplugged:
    """The shelf without a sampler and without the composer's network."""

    def __init__(self, shelf: HouseShelf) -> None:
        self._shelf = shelf

    def sampler(self) -> None:
        """There is none."""
        return None

    def network(self, name: str) -> bytes:
        """All networks but the composer's."""
        if name == "composer":
            raise ShelfError("network composer", "is not asked")
        return self._shelf.network(name)

    def __getattr__(self, name: str) -> object:
        return getattr(self._shelf, name)


@dataclass(frozen=True, eq=False)
class Told:
    """What came out: for each set of figures (ALL first) the counts of songs, (what it is, what it was called)."""

    genres: tuple[str, ...]
    confusions: dict[str, np.ndarray]

    @property
    def shares(self) -> dict[str, float]:
        """The share of songs named rightly from each set of figures."""
        return {name: float(np.trace(m) / max(1, m.sum())) for name, m in self.confusions.items()}


def genres_told(
    out: Path | None,
    tell: Callable[[Progress], None],
    genres: tuple[str, ...] = TWELVE,
    songs: int = 20,
) -> Told:
    """Make the songs, learn half, name the others. out: where figures are kept, to go on from there, and the page."""
    told = named(*_collected(out, tell, genres, songs), genres, songs)
    if out is not None:
        (out / PAGE).write_text(page(told, songs), encoding="utf-8")
    return told


def named(
    score: np.ndarray, tempo: np.ndarray, sound: np.ndarray, genres: tuple[str, ...], songs: int
) -> Told:
    """Learn the songs of even number and name the others, from all figures and from some of them alone.

    score, tempo, sound: (genres * songs, figures), genre by genre.
    """
    classes = np.repeat(np.arange(len(genres)), songs)
    numbers = np.tile(np.arange(songs), len(genres))
    half, few = numbers % 2 == 0, (numbers % 2 == 0) & (numbers < 2 * _FEW)
    sets = {
        ALL: (np.hstack([score, tempo, sound]), half),
        "score": (np.hstack([score, tempo]), half),
        "score without tempo": (score, half),
        "sound": (sound, half),
        "drums written": (score[:, DRUMS], half),
        "bass written": (score[:, BASS], half),
        CHORDS_ALONE: (score[:, CHORDS], half),
        "tempo": (tempo, half),
        "colour of the sound": (sound[:, COLOUR], half),
        "pulse of the sound": (sound[:, PULSE], half),
        f"sound, {_FEW} songs of each learned": (sound, few),
    }
    confusions = {}
    for name, (rows, learned) in sets.items():
        called = trained(rows[learned], classes[learned], numbers[learned] // 2).named(rows[~half])
        confusions[name] = np.zeros((len(genres), len(genres)), dtype=int)
        np.add.at(confusions[name], (classes[~half], called), 1)
    return Told(genres, confusions)


def song_figures(
    genre: str, number: int, words: str, shelf: HouseShelf
) -> tuple[np.ndarray, float, np.ndarray]:
    """Figures of one song: of its score, its tempo, its sound."""
    ctx = Context(Seed(_FIRST_SEED + number), _Unplugged(shelf), workers=1)
    brief = SongBrief(lyrics=words, genre=genre, seed=_FIRST_SEED + number)
    plan = producer.plan(brief, ctx.child("producer"))
    score = composer.compose(plan, ctx.child("composer"))
    score = arranger.arrange(score, plan, ctx.child("arranger"))
    performance = performer.perform(score, plan, ctx.child("performer"))
    piece, piece_plan = excerpt(performance, score, plan)
    stems = band.play(piece, ctx.child("band"))
    mix = desk.mix(stems, piece, piece_plan, ctx.child("desk"))
    return score_features(score), tempo_feature(score), sound_features(mix.sum.samples)


def excerpt(performance: Performance, score: Score, plan: SongPlan) -> tuple[Performance, SongPlan]:
    """The band alone in some whole bars around the first chorus, about twelve seconds, and a plan of just these."""
    meter, seconds_at = score.meter, score.tempo_map.seconds_at
    chorus = next((s for s in score.sections if s.kind == "chorus"), score.sections[len(score.sections) // 2])
    bar_s = seconds_at(chorus.start_tick + meter.bar_ticks) - seconds_at(chorus.start_tick)
    half = max(1, round(_EXCERPT_S / 2 / bar_s))
    first = max(0, chorus.start_tick - half * meter.bar_ticks)
    last = min(score.length_ticks, chorus.start_tick + half * meter.bar_ticks)
    start_s, end_s = seconds_at(first), seconds_at(last)
    at, sections = 0, []
    for section in plan.sections:
        end = at + section.bars * meter.bar_ticks
        bars = (min(end, last) - max(at, first)) // meter.bar_ticks
        if bars > 0:
            sections.append(replace(section, bars=bars, lines=()))
        at = end

    def cut(part: PlayedPart) -> PlayedPart:
        notes = [
            replace(n, onset_s=n.onset_s - start_s, offset_s=min(n.offset_s, end_s) - start_s)
            for n in part.notes
            if start_s <= n.onset_s < end_s - 0.05
        ]
        return replace(part, notes=tuple(notes))

    played = tuple(part for part in map(cut, performance.played) if part.notes)
    length = end_s - start_s
    return (
        Performance(played, (), length),
        replace(plan, sections=tuple(sections), duration_s=length, tail_s=0.0),
    )


def _collected(
    out: Path | None, tell: Callable[[Progress], None], genres: tuple[str, ...], songs: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Figures of all songs, genre by genre: (rows, features) of score, tempo, sound."""
    kept: dict[str, np.ndarray] = {}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        if (out / FIGURES).is_file():
            with np.load(out / FIGURES) as archive:
                kept = {name: archive[name] for name in archive.files}
    words, shelf, fresh = small_lyrics(), HouseShelf(), 0
    for place, (number, genre) in enumerate((n, g) for n in range(songs) for g in genres):
        tell(Progress("songs", float(place), float(songs * len(genres)), f"{genre} {number + 1}"))
        name = f"{genre} {number}"
        if name not in kept:
            score, tempo, sound = song_figures(genre, number, words[number % len(words)], shelf)
            kept[name] = np.concatenate([[len(score)], score, [tempo], sound])
            fresh += 1
            if out is not None and (fresh % _KEEP_EVERY == 0 or place == songs * len(genres) - 1):
                np.savez_compressed(out / FIGURES, **kept)
    rows = [kept[f"{genre} {number}"] for genre in genres for number in range(songs)]
    size = int(rows[0][0])
    table = np.stack(rows)[:, 1:]
    return table[:, :size], table[:, size : size + 1], table[:, size + 1 :]


def page(told: Told, songs: int) -> str:
    """The shares and two confusion tables, as a page of the docs."""
    lines = [
        "# Which genre is it?",
        "",
        f"Made by `songwright bench genres-told --out FOLDER`: {songs} songs of each of {len(told.genres)} genres; a",
        "classifier (linear discriminants in numpy) learns half of them and names the others. Neither seed nor words",
        "are in both halves. Of each song it knows figures of the score, none of which names an instrument, and of",
        "twelve seconds of the built-in band around the first chorus, through the desk, without a singer.",
        "",
        *pages.table(
            ("what it knows", "named rightly"),
            ((name, f"{share:.1%}") for name, share in told.shares.items()),
        ),
        "",
        "It says that songs of a genre are alike and those of two genres are not; it learned from songs of the same",
        "house, so it does not say that a listener would believe them.",
    ]
    for name in (ALL, CHORDS_ALONE):
        lines += ["", f"## From {name}", "", "Rows: what it is; columns: what it was called.", ""]
        counted = zip(told.genres, told.confusions[name], strict=True)
        lines += pages.table(
            ["", *told.genres],
            ([f"**{genre}**", *(str(n) if n else "·" for n in row)] for genre, row in counted),
        )
    return "\n".join(lines) + "\n"
