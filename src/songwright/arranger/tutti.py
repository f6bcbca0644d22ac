"""The whole band from a tune with chords: every chair of the plan gets its part, and the choir its harmony."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from songwright.arranger.backing import sung_along
from songwright.arranger.bass import bass_line
from songwright.arranger.comping import comped, padded
from songwright.arranger.cues import Cue, cues_of, playing
from songwright.arranger.drums import drummed, percussion
from songwright.arranger.lift import joined, lift_of, lifted
from songwright.arranger.lines import answered
from songwright.arranger.riffs import riff_of
from songwright.arranger.sheet import Mark, dropped, swelled, written
from songwright.arranger.styles import Settings, settings_of
from songwright.errors import BriefError, ShelfError
from songwright.music.instruments import INSTRUMENTS
from songwright.values.context import Context, Progress
from songwright.values.plan import PartPlan, SongPlan
from songwright.values.score import Score

_HAND_OF_FAMILY = {"guitar": ("guitar", "power")}


def arrange(score: Score, plan: SongPlan, ctx: Context) -> Score:
    """The score with all parts of the band and the sung harmony, in score order: voices first, then plan.parts.

    Each part's luck is keyed by its own id, so adding a part changes no other. Raises ShelfError when a table of
    the style is missing or wrong, BriefError for a chair with an unknown instrument or role.
    """
    settings = settings_of(ctx.shelf.style(plan.style))
    tick, steps = lift_of(score, plan, settings, ctx.seed)
    done = _arranged(score, plan, settings, ctx)
    if not steps:
        return done
    higher = replace(plan, voice_low=plan.voice_low + steps, voice_high=plan.voice_high + steps)
    return joined(done, _arranged(lifted(score, steps), higher, settings, ctx), tick)


def _arranged(score: Score, plan: SongPlan, settings: Settings, ctx: Context) -> Score:
    """The whole band in one key."""
    cues = cues_of(score, plan, settings, ctx.seed)
    sung = [part for part in score.parts if part.is_sung]
    taken = {part.id for part in score.parts}
    chairs = [chair for chair in plan.parts if chair.id not in taken]
    backing = settings.tables.get("backing")
    if backing is not None and score.chords:
        sung += [part for part in sung_along(score, plan, cues, backing) if part.id not in taken]
    played = [part for part in score.parts if not part.is_sung]
    for i, chair in enumerate(chairs):
        ctx.tell(Progress("arrange", i, len(chairs), chair.id))
        marks = _marks(chair, chairs, score, cues, settings, plan, ctx)
        played.append(written(chair, marks, score))
    return replace(score, parts=tuple(sung + played))


def _marks(
    chair: PartPlan,
    chairs: Sequence[PartPlan],
    score: Score,
    cues: Sequence[Cue],
    settings: Settings,
    plan: SongPlan,
    ctx: Context,
) -> list[Mark]:
    """What one chair plays: its own part, the riff where it has one, out where the floor drops, louder in a build."""
    if chair.instrument not in INSTRUMENTS:
        raise BriefError(f"parts.{chair.id}.instrument", f"there is no instrument {chair.instrument!r}")
    table = _table_of(chair, settings, plan.style)
    mine = playing(chair.id, table.enters, cues, settings, [other.id for other in chairs])
    marks = _own_marks(chair, chairs, score, cues, mine, table, ctx)
    riff = riff_of(score, settings, ctx.seed)
    if riff is not None:
        marks = riff.played(marks, chair.id, chair.role, cues, mine, table)
    if chair.role in ("drums", "bass"):
        marks = dropped(marks, cues, score.meter.beat_ticks)
    return swelled(marks, cues)


def _own_marks(
    chair: PartPlan,
    chairs: Sequence[PartPlan],
    score: Score,
    cues: Sequence[Cue],
    mine: Sequence[Cue],
    table: Any,
    ctx: Context,
) -> list[Mark]:
    """What a chair plays by its own table."""
    if chair.role == "drums":
        kits = [other.id for other in chairs if other.role == "drums"]
        if chair.id != ("drums" if "drums" in kits else kits[0]):
            return percussion(chair.id, score, mine)
        return drummed(chair.id, score, cues, mine, table, ctx.seed)
    if not score.chords:
        return []
    if chair.role == "bass":
        return bass_line(chair.id, score, cues, mine, table, ctx.seed)
    if chair.role == "comping":
        return comped(chair.id, chair.instrument, score, cues, mine, table, ctx.seed)
    if chair.role == "pad":
        return padded(score, cues, mine, table)
    return answered(chair.id, score, cues, mine, table, ctx.seed)


def _table_of(chair: PartPlan, settings: Settings, style: str) -> Any:
    """The settings for a chair: its own table, else one for its kind of hand."""
    if chair.role in ("drums", "bass", "pad", "answer"):
        if chair.role not in settings.tables:
            raise ShelfError(
                f"style {style}", f"part {chair.id} needs a table [{chair.role}], which is missing"
            )
        return settings.tables[chair.role]
    if chair.role != "comping":
        raise BriefError(
            f"parts.{chair.id}.role",
            f"the band has no role {chair.role!r}",
            "Roles: drums, bass, comping, pad, answer.",
        )
    own = settings.tables.get(f"comping.{chair.id}")
    if own is not None:
        return own
    known = [table for name, table in sorted(settings.tables.items()) if name.startswith("comping.")]
    if not known:
        raise ShelfError(
            f"style {style}", f"part {chair.id} needs a table [comping.{chair.id}], which is missing"
        )
    hands = _HAND_OF_FAMILY.get(INSTRUMENTS[chair.instrument].family, ("keys",))
    return next((table for table in known if table.hand in hands), known[0])
