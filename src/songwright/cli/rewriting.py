"""New music for a place of a song that is there: the work behind --rewrite of `compose` and `make`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from songwright import api
from songwright.cli.console import Listener, give, give_json, say
from songwright.cli.making import claim_score, describe_master, write_score
from songwright.cli.options import Rewriting
from songwright.errors import ShelfError, why
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import SongPlan
from songwright.values.score import Score


def write_again(wish: Rewriting, out: Path | None, force: bool, json: bool, quiet: bool) -> None:
    """Write the score of a song with new music in one place."""
    from songwright.values.digest import digest

    out = out or _beside(wish.source)
    claim_score(out, force)
    plan, score, _ = source_of(wish)
    found = api.rewrite(plan, score, wish.place, seed=wish.seed, chords=wish.chords)
    for note in () if quiet else found.notes:
        say(f"  note: {note}")
    files = write_score(found.score, out, force)
    if json:
        give_json(
            {"files": files, "score_digest": digest(found.score), "seed": plan.seed, "notes": found.notes}
        )
    else:
        give("\n".join(files))


def make_again(
    wish: Rewriting, out: Path | None, force: bool, formats: tuple[str, ...], workers: int, json: bool, quiet: bool
) -> None:  # fmt: skip
    """Make a song again, with new music in one place."""
    from songwright.engines import studio
    from songwright.io import claims, press
    from songwright.values.digest import digest

    out = out or _beside(wish.source)
    claims.claim(out, force)
    press.check_formats(formats)
    plan, score, brief = source_of(wish)
    found = api.rewrite(plan, score, wish.place, seed=wish.seed, chords=wish.chords)
    listener = Listener(quiet)
    for note in () if quiet else found.notes:
        say(f"  note: {note}")
    ctx = studio.context(plan.seed, api.context(plan.seed, listener, workers))
    take = studio.record_score(brief, found.plan, found.score, ctx)
    api.song(take).save(out, formats=formats, force=force)
    if not quiet:
        say(describe_master(take.master, out))
    if json:
        give_json(
            {"folder": str(out), "score_digest": digest(found.score), "notes": found.notes, "seed": plan.seed}
        )
    else:
        give(str(out))


def _beside(source: Path) -> Path:
    """Where the new song lies when nothing was said: NAME-rewritten beside the old one."""
    name = source.resolve().name if source.is_dir() else source.stem
    suffix = (
        ""
        if source.is_dir()
        else source.suffix
        if source.suffix in (".mid", ".midi", ".xml")
        else ".musicxml"
    )
    return source.with_name(f"{name}-rewritten{suffix}")


def source_of(wish: Rewriting) -> tuple[SongPlan, Score, SongBrief]:
    """The plan and score of a song folder, or of a score with a plan made around it."""
    import json as json_text

    from songwright import producer
    from songwright.io.tunes import whole_score
    from songwright.values.wire import from_plain

    file = wish.source / "take.json" if wish.source.is_dir() else wish.source
    if wish.source.is_dir() and not file.exists() and (wish.source / "score.musicxml").exists():
        file = wish.source / "score.musicxml"
    if file.suffix != ".json" and file.exists():
        return *_around(file, api.context(0)), SongBrief()
    try:
        document = json_text.loads(file.read_text(encoding="utf-8"))
        plan = from_plain(SongPlan, document["plan"])
        score = whole_score(document["score"])
        brief = from_plain(SongBrief, document["brief"])
    except FileNotFoundError:
        raise ShelfError(str(wish.source), "is no song folder and no score (there is no such file)") from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise ShelfError(str(file), f"holds no song that can be read ({why(problem)})") from None
    producer.checked(plan, api.context(plan.seed).child("producer"))  # it may have been edited
    return plan, score, brief


def _around(file: Path, ctx: Context) -> tuple[SongPlan, Score]:
    """A score from elsewhere with phones under its words, and a plan for it."""
    from songwright import producer
    from songwright.engines.sung_words import with_phones
    from songwright.io.tunes import read_tune
    from songwright.text.tongues import Tongues

    score = with_phones(read_tune(file), Tongues(ctx.shelf, None))
    brief = SongBrief(seed=0)
    plan = producer.plan_for_score(score, brief, ctx.child("producer"))
    return plan, replace(score, title=plan.title)
