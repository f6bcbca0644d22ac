"""Several songs of one brief: the work behind --variants of `compose` and `make`."""

from __future__ import annotations

import json as json_text
from collections.abc import Sequence
from pathlib import Path

from songwright import api
from songwright.cli import options
from songwright.cli.console import Listener, give, give_json, say, table
from songwright.cli.making import (
    claim_score,
    describe_master,
    describe_plan,
    read_plan,
    write_score,
    write_text,
)
from songwright.engines.variants import Variant, distances, variants
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.digest import digest
from songwright.values.plan import SongPlan
from songwright.values.wire import to_plain

_STATED = "points against: what `composer.choice` holds against its tunes + 8 x stresses misplaced + 0.6 x nats a note"
_COLUMNS = (
    "rank",
    "written",
    "points",
    "range",
    "notes",
    "lift",
    "hook",
    "ideas",
    "stress",
    "nats",
    "contour",
    "apart",
)


def write_variants(
    brief: SongBrief,
    plan_file: Path | None,
    count: int,
    lead_sheet: bool,
    out: Path | None,
    force: bool,
    json: bool,
    quiet: bool,
) -> None:
    """Write the scores of several songs, the best first: NAME-1, NAME-2 ..., and NAME-variants.json."""
    from songwright.engines import studio
    from songwright.io import claims

    listener = Listener(quiet)
    plan = _plan(brief, plan_file)
    ctx = api.context(plan.seed, listener)
    out = out or Path(options.folder_name(plan.title, plan.seed) + "-score")
    names = _names(out, count)
    for name in names:
        claim_score(name, force)
    claims.claim(_index(out), force)
    ranked = variants(plan, count, ctx)
    files = []
    for name, variant in zip(names, ranked, strict=True):
        lucky = studio.context(variant.plan.seed, ctx)
        score = variant.score if lead_sheet else studio.write(variant.plan, lucky)
        files += write_score(score, name, force)
    _tell(ranked, names, _index(out), force, json, {"files": [*files, str(_index(out))]})


def make_variants(
    brief: SongBrief, plan_file: Path | None, count: int, everything: bool, out: Path | None, force: bool,
    formats: tuple[str, ...], workers: int, json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Compose several songs and make the best one (everything: all of them, NAME-1, NAME-2 ...)."""
    from songwright.engines import studio
    from songwright.io import claims, press

    listener = Listener(quiet)
    press.check_formats(formats)
    plan = _plan(brief, plan_file)
    ctx = api.context(plan.seed, listener, workers)
    out = out or Path(options.folder_name(plan.title, plan.seed))
    names = _names(out, count) if everything else [out]
    for name in [*names, _index(out)]:
        claims.claim(name, force)
    if not quiet:
        say(describe_plan(plan))
    ranked = variants(plan, count, ctx)
    for name, variant in zip(names, ranked, strict=False):
        take = studio.record_plan(brief, variant.plan, studio.context(variant.plan.seed, ctx))
        api.song(take).save(name, formats=formats, force=force)
        if not quiet:
            say(describe_master(take.master, name))
    _tell(ranked, names, _index(out), force, json, {"folders": [str(name) for name in names]})


def _plan(brief: SongBrief, plan_file: Path | None) -> SongPlan:
    return read_plan(plan_file, _reading()) if plan_file else api.plan(api.seeded(brief))


def _reading() -> Context:
    return api.context(0)


def _names(out: Path, count: int) -> list[Path]:
    """NAME-1, NAME-2 ..., before a suffix where there is one."""
    return [
        out.with_name(f"{out.stem if out.suffix else out.name}-{rank}{out.suffix}")
        for rank in range(1, count + 1)
    ]


def _index(out: Path) -> Path:
    return out.with_name(f"{out.stem if out.suffix else out.name}-variants.json")


def _tell(
    ranked: Sequence[Variant], names: Sequence[Path], index: Path, force: bool, json: bool, result: dict
) -> None:
    """Write the index and show how the songs differ."""
    apart = distances(ranked)
    rows = []
    for rank, variant in enumerate(ranked, start=1):
        figures = to_plain(variant.figures)
        place = str(names[rank - 1]) if rank <= len(names) else None
        rows.append({"rank": rank, "written": variant.number, "seed": variant.plan.seed, "place": place,
                     **figures, "contour": variant.contour, "tune_digest": digest(variant.score)})  # fmt: skip
    document = {"stated_score": _STATED, "variants": rows, "distances": apart}
    write_text(index, json_text.dumps(document, indent=1) + "\n", force)
    say(table([_row(row, distance) for row, distance in zip(rows, apart, strict=True)], _COLUMNS))
    if json:
        give_json(document | result | {"index": str(index)})
    else:
        give("\n".join(result.get("folders") or result["files"]))


def _row(row: dict, distance: Sequence[float]) -> dict:
    """A variant as a line of the table. apart: the least distance to another one."""
    others = [d for place, d in enumerate(distance) if place != row["rank"] - 1]
    nats, lift = row["surprise_nats"], row["chorus_lift"]
    return {
        "rank": row["rank"], "written": row["written"], "points": f"{row['points']:.2f}",
        "range": row["range_semitones"],
        "notes": row["notes"], "lift": f"{lift:+.1f}", "hook": f"+{row['hook_leap']}", "ideas": row["ideas"],
        "stress": f"{100 * row['stress_misplaced']:.0f} %", "nats": "-" if nats is None else f"{nats:.2f}",
        "contour": f"{row['contour']:.2f}", "apart": f"{min(others):.2f}" if others else "-",
    }  # fmt: skip
