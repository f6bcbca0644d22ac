"""`songwright train align`: from a folder of recordings with their text to the time of every sound."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from songwright.errors import BriefError, Cancelled, ShelfError
from songwright.io.shelf import HouseShelf
from songwright.text.phones import SILENCE
from songwright.train.align.borders import settled
from songwright.train.align.context import in_context
from songwright.train.align.doubt import doubts
from songwright.train.align.features import DIMENSIONS, HOP_S, clip_features, normalised
from songwright.train.align.graph import Graph, Sayings, line_graph
from songwright.train.align.models import Sounds, load_sounds, save_sounds
from songwright.train.align.sayings import Speaker, line_sayings
from songwright.train.align.training import learn
from songwright.train.align.writing import Aligned, write_clip, write_summary
from songwright.train.corpus import Clip, Corpus, read_clip, read_corpus, sound_problem

LANGUAGES = ("en", "de")
_LEAST_CLIPS = 20
_WORK = ".work"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """How to align. max_seconds: stop after that long, to be gone on with later. worst: share of clips left out."""

    language: str = "en"
    workers: int = 1
    max_seconds: float = 1e9
    worst: float = 0.02
    text_grid: bool = True


def align_folder(folder: Path, out: Path, wish: Wish, tell: Tell) -> dict[str, Any]:
    """Align every clip of a voice folder; writes out/ID.json, out/ID.TextGrid and out/summary.json.

    Started again after a stop it goes on with the stage it was at. Returns the summary. Raises ShelfError for a
    folder that is no corpus, BriefError for a language it cannot speak, Cancelled when the time is used up.
    """
    if wish.language not in LANGUAGES:
        raise BriefError("language", f"{wish.language!r} has no pronunciations here.", "Use en or de.")
    clock = _Clock(wish.max_seconds)
    corpus = read_corpus(folder)
    work = out / _WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ShelfError(str(out), f"cannot be made ({problem.strerror})") from problem
    left_out = list(corpus.left_out)
    said = _sayings(corpus, wish.language, left_out)
    tell(f"listening to {len(said)} clips")
    tracks = _listened([clip for clip, _ in said], work, wish.workers, clock, left_out, tell)
    said = [(clip, words) for clip, words in said if clip.id in tracks]
    if len(said) < _LEAST_CLIPS:
        raise ShelfError(str(folder), f"has {len(said)} clips to learn from; {_LEAST_CLIPS} are needed")
    aligned, stages = _aligned(said, tracks, work, clock, tell)
    kept, doubtful = _trusted(aligned, wish.worst)
    left_out += doubtful
    for clip in kept:
        write_clip(out, clip, wish.text_grid)
    summary = _summary(folder, wish.language, kept, left_out, stages, clock.seconds())
    write_summary(out, summary)
    shutil.rmtree(work, ignore_errors=True)
    return summary


class _Clock:
    """How long it has been, and whether that is enough."""

    def __init__(self, max_seconds: float) -> None:
        self._began, self._max = time.monotonic(), max_seconds

    def seconds(self) -> float:
        return time.monotonic() - self._began

    def check(self) -> None:
        if self.seconds() > self._max:
            raise Cancelled("stopped when the time was used up; the same command goes on from here")


def _sayings(
    corpus: Corpus, language: str, left_out: list[tuple[str, str]]
) -> list[tuple[Clip, tuple[tuple[str, Sayings], ...]]]:
    """What each clip says; clips without a word that can be said are left out."""
    shelf = HouseShelf()
    speaker: Speaker
    if language == "de":
        from songwright.text.german.speech import GermanPronouncer

        speaker, lexicon = GermanPronouncer(), None
    else:
        from songwright.text.speech import Pronouncer

        lexicon = shelf.lexicon("en")
        speaker = Pronouncer(lexicon, shelf.letters("en"))
    said = []
    for clip in corpus.clips:
        words = line_sayings(clip.text, language, speaker, lexicon)
        if words:
            said.append((clip, words))
        else:
            left_out.append((clip.id, "says nothing that can be spoken"))
    return said


def _listened(
    clips: Sequence[Clip],
    work: Path,
    workers: int,
    clock: _Clock,
    left_out: list[tuple[str, str]],
    tell: Tell,
) -> dict[str, np.ndarray]:
    """Clip id -> features; what was heard before is kept in the work folder."""
    jobs = [(clip, work / f"{clip.id}.npy") for clip in clips]
    tracks: dict[str, np.ndarray] = {}
    with ProcessPoolExecutor(workers) if workers > 1 else _Alone() as pool:
        for n, (clip, found) in enumerate(
            zip(clips, pool.map(_hear, jobs, chunksize=8), strict=True), start=1
        ):
            if isinstance(found, str):
                left_out.append((clip.id, found))
            else:
                tracks[clip.id] = found
            if n % 200 == 0:
                tell(f"heard {n} of {len(clips)}")
            clock.check()
    return tracks


class _Alone:
    """A pool of one: this process."""

    def __enter__(self) -> _Alone:
        return self

    def __exit__(self, *problem: object) -> None:
        pass

    def map(self, verb: Callable[..., Any], jobs: Sequence[Any], chunksize: int = 1) -> Any:
        return map(verb, jobs)


def _hear(job: tuple[Clip, Path]) -> np.ndarray | str:
    """The features of one clip, from the work folder or from its sound; or why it cannot be used."""
    clip, place = job
    if place.exists():
        try:
            kept = np.load(place)
            if kept.ndim == 2 and kept.shape[1] == DIMENSIONS:
                return kept
        except (OSError, ValueError):
            place.unlink(missing_ok=True)  # cut off when it was written; heard again below
    try:
        sound = read_clip(clip)
    except ShelfError as problem:
        return problem.problem
    if problem := sound_problem(clip, sound):
        return problem
    track = clip_features(sound)
    draft = place.with_suffix(".part.npy")
    np.save(draft, track)
    draft.replace(place)
    return track


def _aligned(
    said: Sequence[tuple[Clip, tuple[tuple[str, Sayings], ...]]],
    heard: dict[str, np.ndarray],
    work: Path,
    clock: _Clock,
    tell: Tell,
) -> tuple[list[tuple[Aligned, float]], list[tuple[str, float]]]:
    """Every clip with its borders and how doubtful it is (infinite: no path); the stages and what they reached."""
    graphs = [line_graph([sayings for _, sayings in words]) for _, words in said]
    tracks = normalised([heard[clip.id] for clip, _ in said])
    stages: list[tuple[str, float]] = []

    def told(number: int, name: str, score: float, sounds: Sounds) -> None:
        stages.append((name, round(score, 3)))
        tell(f"{name}: log likelihood {score:.2f} a frame, {clock.seconds():.0f} s")
        if len(sounds.mean) == len(sounds.stay) and not name.startswith("neighbours"):
            save_sounds(work / "sounds.npz", number, sounds)
        clock.check()

    try:
        learned = learn(graphs, tracks, told, load_sounds(work / "sounds.npz"))
    except ValueError as problem:
        raise ShelfError("the corpus", str(problem)) from problem
    doubt = doubts(learned, graphs, tracks)
    chains, settled_in = in_context(graphs, tracks, learned, told)
    tell("settling the borders")
    symbols = [chain.symbols if len(p) else () for chain, p in zip(chains, settled_in.paths, strict=True)]
    starts = settled(tracks, symbols, [_starts(c, p) for c, p in zip(chains, settled_in.paths, strict=True)])
    result = []
    for n, (clip, words) in enumerate(said):
        whole = bool(len(settled_in.paths[n]))
        times = _times(starts[n], len(tracks[n])) if whole else []
        result.append(
            (_named(clip, [w for w, _ in words], chains[n], times, settled_in.scores[n]), float(doubt[n]))
            if whole
            else (Aligned(clip.id, clip.text, (), (), float("-inf")), float("inf"))
        )
    return result, stages


def _starts(chain: Graph, path: np.ndarray) -> np.ndarray:
    """The frame at which each phone of a chain begins; frames are centred on their time, borders lie between."""
    if not len(path):
        return np.zeros(0)
    tokens = chain.token[path]
    first = np.flatnonzero(np.r_[True, tokens[1:] != tokens[:-1]])
    return np.where(first > 0, first - 0.5, 0.0)


def _times(starts: np.ndarray, frames: int) -> list[float]:
    """Seconds of all borders, the end included."""
    return [0.0, *(starts[1:] * HOP_S).tolist(), (frames - 1) * HOP_S]


def _named(clip: Clip, words: Sequence[str], chain: Graph, times: Sequence[float], score: float) -> Aligned:
    """The clip with named intervals."""
    phones = tuple(zip(chain.symbols, times[:-1], times[1:], strict=True))
    spans: dict[int, tuple[float, float]] = {}
    for number, (_, on, off) in zip(chain.word, phones, strict=True):
        if number >= 0:
            spans[number] = (spans.get(number, (on, off))[0], off)
    spoken = tuple((words[number], on, off) for number, (on, off) in sorted(spans.items()))
    return Aligned(clip.id, clip.text, phones, spoken, float(score))


def _trusted(
    aligned: Sequence[tuple[Aligned, float]], worst: float
) -> tuple[list[Aligned], list[tuple[str, str]]]:
    """The clips to keep; out go those without a path and the share that fits its text worst."""
    reached = sorted(doubt for _, doubt in aligned if np.isfinite(doubt))
    limit = reached[max(0, len(reached) - 1 - int(worst * len(reached)))]
    kept, out = [], []
    for clip, doubt in aligned:
        if not np.isfinite(doubt):
            out.append((clip.id, "is shorter than its text"))
        elif doubt > limit:
            out.append((clip.id, f"does not sound like its text (doubt {doubt:.1f}, limit {limit:.1f})"))
        else:
            kept.append(clip)
    return kept, out


def _summary(
    folder: Path,
    language: str,
    kept: Sequence[Aligned],
    left_out: Sequence[tuple[str, str]],
    stages: Sequence[tuple[str, float]],
    seconds: float,
) -> dict[str, Any]:
    phones = [phone for clip in kept for phone in clip.phones]
    pauses = [off - on for clip in kept for symbol, on, off in clip.phones[1:-1] if symbol == SILENCE]
    return {
        "voice": folder.name,
        "language": language,
        "clips": len(kept),
        "minutes": round(sum(clip.phones[-1][2] for clip in kept) / 60, 2),
        "phones": sum(symbol != SILENCE for symbol, _, _ in phones),
        "pauses_inside": len(pauses),
        "log_likelihood_per_frame": round(float(np.mean([clip.log_likelihood for clip in kept])), 3),
        "stages": [list(stage) for stage in stages],
        "seconds": round(seconds, 1),
        "left_out": [list(item) for item in sorted(left_out)],
    }
