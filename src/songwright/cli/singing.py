"""From a score or an edited performance to a voice: the work behind `sing`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from songwright import api
from songwright.cli.console import Listener, say
from songwright.cli.making import write_text
from songwright.cli.performing import claim_sound, read_score, report, together, write_sound
from songwright.errors import BriefError, ShelfError
from songwright.io.performance import SungFile, parse_performance, performance_text, read_performance
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.performance import Performance
from songwright.values.score import Score

_PERFORMANCE = ".performance.json"


@dataclass(frozen=True)
class Wish:
    """What `sing` was asked. score: a score, a performance or a song folder; performance: sung instead of the score.

    write_to: where the performance is written as well. out: the sound, or the performance alone (.json).
    """

    score: Path | None
    performance: Path | None
    brief: SongBrief
    write_to: Path | None = None
    out: Path | None = None
    force: bool = False
    workers: int = 2
    json: bool = False
    quiet: bool = False


def sing(wish: Wish) -> None:
    """Sing the parts of a score that carry words, or a performance as it stands in its file."""
    score, performance = _sources(wish)
    source = score or performance
    assert source is not None
    out = wish.out or source.with_name(source.name.removesuffix(_PERFORMANCE)).with_suffix(".vocal.flac")
    sounding = out.suffix.lower() != ".json"
    if sounding:
        claim_sound(out, wish.force)
    for file in {path for path in (wish.write_to, None if sounding else out) if path}:
        _claim(file, wish.force)
    listener = Listener(wish.quiet)
    sung, notes, ctx = (
        _edited(performance, score, wish, listener) if performance else _performed(score, wish, listener)
    )
    for note in () if wish.quiet else notes:
        say(f"  note: {note}")
    text = performance_text(sung.performance, sung.title, sung.seed)
    if performance is None:  # what is heard is what stands in the file
        sung = parse_performance(text, str(source))
    for file in dict.fromkeys(path for path in (wish.write_to, None if sounding else out) if path):
        write_text(file, text, wish.force)
    if sounding:
        _sound(sung, ctx, out, wish.force)
    parts = sung.performance.sung
    result = {"file": str(out), "duration_s": sung.performance.duration_s, "seed": sung.seed}
    result |= {"voice": parts[0].voice, "voices": {part.id: part.voice for part in parts}, "notes": notes}
    report(result | ({"performance": str(wish.write_to)} if wish.write_to else {}), wish.json)


def _sources(wish: Wish) -> tuple[Path | None, Path | None]:
    """The score and the performance that were given; one of them is there."""
    score, performance = wish.score, wish.performance
    if score is not None and score.is_dir():
        score = score / "performance.json"
    if score is not None and score.suffix.lower() == ".json":
        if performance is not None:
            raise BriefError("performance", "there are two of them.", "Give a score with it, or one alone.")
        score, performance = None, score
    if score is None and performance is None:
        raise BriefError("score", "is missing.", "Give a .musicxml or .mid file, or --performance FILE.")
    return score, performance


def _claim(file: Path, force: bool) -> None:
    """Make sure that a performance may be written there."""
    from songwright.io import claims

    if file.suffix.lower() != ".json":
        raise BriefError(
            "write-performance", f"{file} is no performance file.", f"End its name in {_PERFORMANCE}."
        )
    claims.claim(file, force)


def _performed(
    score_file: Path | None, wish: Wish, listener: Listener
) -> tuple[SungFile, list[str], Context]:
    """A score, performed by the singers the brief asks for."""
    from songwright import performer, producer
    from songwright.engines import studio

    assert score_file is not None
    notes: list[str] = []
    score = read_score(score_file, notes.append)
    sung = tuple(part for part in score.parts if part.is_sung)
    if not sung:
        raise ShelfError(
            str(score_file), "carries no lyrics, so there is nothing to sing; `songwright play` plays it"
        )
    brief = api.seeded(wish.brief)
    ctx = api.context(brief.seed, listener, wish.workers)
    score = _spoken(replace(score, parts=sung), brief.language, ctx)
    plan = producer.plan_for_score(score, brief, ctx.child("producer"))
    score, changed = performer.singable(score, plan, ctx)
    plan = producer.plan_for_score(score, brief, ctx.child("producer"))
    performance = studio.Stopwatch(ctx).step("perform", "performer", performer.perform, score, plan)
    return SungFile(performance, plan.title, plan.seed), [*notes, *changed, *plan.notes], ctx


def _spoken(score: Score, language: str | None, ctx: Context) -> Score:
    """The score with phones under every syllable, each line in its language unless one was asked for."""
    from songwright.engines.sung_words import with_phones
    from songwright.text.tongues import Tongues

    return with_phones(score, Tongues(ctx.shelf, language))


def _edited(
    file: Path, score_file: Path | None, wish: Wish, listener: Listener
) -> tuple[SungFile, list[str], Context]:
    """A performance from its file; voice, character and seed may be asked anew, all else is as it stands."""
    brief = wish.brief
    for field in ("persona", "genre"):
        if getattr(brief, field) is not None:
            hint = "Ask for a --voice or --character, or sing the score again."
            raise BriefError(field, "the performance has been given already.", hint)
    sung = read_performance(file)
    if not sung.performance.sung or not any(part.phrases for part in sung.performance.sung):
        raise ShelfError(str(file), "holds no phrases, so there is nothing to sing")
    parts = []
    for part in sung.performance.sung:
        if part.role == "lead":
            part = replace(part, voice=brief.voice or part.voice, character=brief.character or part.character)
        parts.append(part)
    performance = replace(sung.performance, sung=tuple(parts))
    seed = sung.seed if brief.seed is None else brief.seed
    notes = []
    if score_file is not None and not _same_notes(read_score(score_file), performance):
        notes.append(f"{file} was not made from {score_file}: none of its notes are there.")
    return SungFile(performance, sung.title, seed), notes, api.context(seed, listener, wish.workers)


def _same_notes(score: Score, performance: Performance) -> bool:
    """Whether a performance sings any note of the score."""
    written = {note.id for part in score.parts for note in part.notes}
    return any(
        phone.note_id in written
        for part in performance.sung
        for phrase in part.phrases
        for phone in phrase.phones
    )


def _sound(sung: SungFile, ctx: Context, out: Path, force: bool) -> None:
    """Sing and write the sound."""
    from songwright.engines import studio

    stems = studio.sound(replace(sung.performance, played=()), ctx, studio.Stopwatch(ctx))
    write_sound(together(stems), out, force, sung.title)
