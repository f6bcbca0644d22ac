"""From words to plan, score and song: the work behind `make`, `plan` and `compose`."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

from songwright import api
from songwright.cli import options
from songwright.cli.console import Listener, give, give_json, say
from songwright.errors import BriefError, ShelfError, why
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import SongPlan
from songwright.values.score import Score
from songwright.values.take import Take

_SCORES = ("", ".mid", ".midi", ".musicxml", ".xml")  # what a score's name may end with


def make_song(
    brief: SongBrief,
    plan_file: Path | None,
    out: Path | None,
    formats: tuple[str, ...],
    force: bool,
    workers: int,
    json: bool,
    quiet: bool,
    loudness_lufs: float | None = None,
    stream: str | None = None,
) -> None:
    """Make and keep a song; where it may lie is settled before any work is done.

    loudness_lufs: instead of the plan's. stream: where raw sound goes while it is made, for engines that can.
    """
    from songwright.cli.streaming import STDOUT, check_stream
    from songwright.engines import studio
    from songwright.engines.protocol import engine
    from songwright.io import claims, press

    listener = Listener(quiet)
    ctx = api.context(brief.seed, listener, workers)
    press.check_formats(formats)
    if out is not None:
        claims.claim(out, force)
    maker = engine(brief.engine)
    _check_engine(maker, plan_file, loudness_lufs, stream)
    check_stream(stream, json, force)
    with stoppable(listener):
        watch = studio.Stopwatch(ctx)
        given = read_plan(plan_file, ctx) if plan_file else None
        plan = maker.plan(brief, given, ctx, watch) if hasattr(maker, "plan") else None
        if plan is not None and loudness_lufs is not None:
            plan = replace(plan, loudness_lufs=loudness_lufs)
        title, seed = (plan.title, plan.seed) if plan else (brief.title or "song", brief.seed or 0)
        if out is None:
            out = Path(options.folder_name(title, seed))
            claims.claim(out, force)
        if plan is not None and not quiet:
            say(describe_plan(plan))
        take = _recorded(maker, brief, plan, ctx, watch, loudness_lufs, stream)
        api.song(take).save(out, formats=formats, force=force)
    if not quiet:
        say(describe_master(take.master, out))
    if json:
        give_json(_result(take, out))
    elif stream != STDOUT:
        give(str(out))


def _check_engine(
    maker: Any, plan_file: Path | None, loudness_lufs: float | None, stream: str | None
) -> None:
    """Raises BriefError for what an engine cannot be asked."""
    if stream is not None and not hasattr(maker, "recording"):
        raise BriefError(
            "stream",
            f"the engine {maker.card.id} finishes a song at once.",
            "Add --engine jukebox, or leave it out.",
        )
    if not hasattr(maker, "plan") and (plan_file is not None or loudness_lufs is not None):
        wish = "loud" if plan_file is None else "plan"
        raise BriefError(wish, f"the engine {maker.card.id} follows no plan.", "Leave it out.")


def _recorded(
    maker: Any, brief: SongBrief, plan: SongPlan | None, ctx: Context, watch: Any, loudness_lufs: float | None,
    stream: str | None,
) -> Take:  # fmt: skip
    """The take, its sound handed on while it is made where the engine can."""
    from songwright.cli.streaming import handing_on
    from songwright.engines import studio

    if isinstance(maker, studio.StudioEngine):
        assert plan is not None
        return studio.record_plan(brief, plan, studio.context(plan.seed, ctx), watch)
    if not hasattr(maker, "recording"):
        return maker.record(brief, ctx)
    recording = maker.recording(brief, ctx, plan, loudness_lufs)
    with handing_on(stream) as hand_on:
        for piece in recording:
            hand_on(piece)
    take = recording.take
    return replace(take, timings_s={**watch.timings_s, **take.timings_s})


def _result(take, out: Path) -> dict:
    """What a program wants to know about a finished song."""
    from songwright.values.digest import digest

    master = take.master
    return {
        "folder": str(out),
        "files": sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()),
        "title": take.plan.title if take.plan else take.brief.title,
        "seed": take.plan.seed if take.plan else take.brief.seed,
        "key": str(take.plan.key) if take.plan else None,
        "tempo_bpm": take.plan.tempo_map.start_bpm if take.plan else None,
        "meter": str(take.plan.meter) if take.plan else None,
        "duration_s": master.audio.duration_s,
        "integrated_lufs": master.integrated_lufs,
        "true_peak_dbtp": master.true_peak_dbtp,
        "score_digest": digest(take.score) if take.score else None,
        "timings_s": dict(take.timings_s),
        "notes": list(take.plan.notes) if take.plan else [],
    }


class stoppable:
    """Ctrl-C stops the working threads too, instead of waiting for them."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGINT, self._on_interrupt)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _on_interrupt(self, *_: object) -> None:
        self._listener.stop()
        raise KeyboardInterrupt


def make_plan(brief: SongBrief, out: Path | None, force: bool, json: bool) -> None:
    """Print or write the plan."""
    from songwright.engines import studio
    from songwright.values.wire import to_json

    studio.check_wishes(brief)
    plan = api.plan(brief)
    text = to_json(plan, indent=1)
    if out is not None:
        write_text(out, text + "\n", force)
    elif not json:
        give(describe_plan(plan))
    if json:
        give(text)


def read_plan(file: Path, ctx: Context) -> SongPlan:
    """A plan from JSON or TOML, checked. Raises BriefError naming the field that does not fit."""
    import json
    import tomllib

    from songwright import producer
    from songwright.values.wire import from_plain

    try:
        text = file.read_text(encoding="utf-8")
        plain = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
        plan = producer.checked(from_plain(SongPlan, plain), ctx.child("producer"))
    except FileNotFoundError:
        raise ShelfError(str(file), "there is no such file") from None
    except OSError as problem:
        raise ShelfError(str(file), f"cannot be read ({problem.strerror})") from None
    except (ValueError, RecursionError) as problem:
        raise BriefError(
            "plan", f"{file}: {why(problem)}.", "Start from a plan that `songwright plan` wrote."
        ) from None
    return plan


def make_score(
    brief: SongBrief, plan_file: Path | None, lead_sheet: bool, out: Path | None, force: bool, json: bool,
    quiet: bool,
) -> None:  # fmt: skip
    """Write the score of a song without sound."""
    from songwright import composer
    from songwright.engines import studio
    from songwright.values.digest import digest

    studio.check_wishes(brief)
    if out is not None:
        claim_score(out, force)
    listener = Listener(quiet)
    plan = read_plan(plan_file, api.context(0)) if plan_file else api.plan(api.seeded(brief))
    if out is None:
        out = Path(options.folder_name(plan.title, plan.seed) + "-score")
        claim_score(out, force)
    ctx = api.context(plan.seed, listener)
    watch = studio.Stopwatch(ctx)
    if lead_sheet:
        score = watch.step("compose", "composer", composer.compose, plan)
    else:
        score = studio.write(plan, ctx, watch)
    files = write_score(score, out, force)
    if json:
        give_json({"files": files, "score_digest": digest(score), "seed": plan.seed})
    else:
        give("\n".join(files))


def claim_score(out: Path, force: bool) -> None:
    """Make sure, before any work, that a score may be written there. Raises BriefError("out")."""
    from songwright.io import claims

    if out.suffix not in _SCORES:
        raise BriefError("out", f"{out.suffix} is no score format.", "Use .musicxml, .mid, or a folder name.")
    claims.claim(out, force)


def write_score(score: Score, out: Path, force: bool) -> list[str]:
    """Write a score as one file (.mid, .musicxml, .xml) or as a folder with both and the sheets; see `claim_score`."""
    from songwright.io import press
    from songwright.io.lyrics import chordpro, lrc
    from songwright.io.midi import write_midi
    from songwright.io.musicxml_write import write_musicxml

    with press.whole(out, force) as aside:
        made = aside / out.name
        if out.suffix in (".mid", ".midi"):
            write_midi(score, made)
        elif out.suffix in (".musicxml", ".xml"):
            write_musicxml(score, made)
        else:
            made.mkdir()
            write_midi(score, made / "score.mid")
            write_musicxml(score, made / "score.musicxml")
            (made / "lyrics.lrc").write_text(lrc(score), encoding="utf-8")
            (made / "chords.txt").write_text(chordpro(score), encoding="utf-8")
    return [str(out)] if out.is_file() else sorted(str(path) for path in out.iterdir())


def write_text(out: Path, text: str, force: bool) -> None:
    """Write one text file, whole or not at all."""
    from songwright.io import press

    with press.whole(out, force) as aside:
        (aside / out.name).write_text(text, encoding="utf-8")


def describe_plan(plan: SongPlan) -> str:
    """The plan in a few lines a musician reads at a glance."""
    minutes, seconds = divmod(plan.duration_s, 60)
    rows = [
        f"{plan.title}: {plan.genre}, sung by {plan.persona} ({plan.voice}), seed {plan.seed}",
        f"  {plan.key}, {plan.meter}, {plan.tempo_map.start_bpm:.2f} bpm, {plan.bars} bars, "
        f"{int(minutes)}:{seconds:05.2f}",
        "  " + " | ".join(f"{s.label} {s.bars}" for s in plan.sections),
        "  " + ", ".join(part.stem for part in plan.parts),
    ]
    return "\n".join(rows + [f"  note: {note}" for note in plan.notes])


def describe_master(master, out: Path) -> str:
    """How the finished sound measures, and where it lies."""
    return (
        f"  {master.audio.duration_s:.2f} s, {master.integrated_lufs:.2f} LUFS, "
        f"{master.true_peak_dbtp:.2f} dBTP, range {master.range_lu:.1f} LU\n  in {out}"
    )
