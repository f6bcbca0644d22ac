"""Other words for the lines of a stretch: set to new notes in the same bars, everything else as it was."""

from __future__ import annotations

from dataclasses import replace

from songwright import performer, producer
from songwright.engines.rewriting import rewritten
from songwright.engines.studio import context
from songwright.errors import BriefError
from songwright.io.lyrics import timed_lines
from songwright.values.context import Context
from songwright.values.take import Take


def reworded(take: Take, span_s: tuple[float, float], lyrics: str, ctx: Context) -> Take:
    """The take's plan, score and performance with other words for the lines whose middle lies in the span.

    lyrics: as many lines as are sung there. Raises BriefError("lyrics") where they are more or fewer, or do not fit
    their bars.
    """
    plan, score = take.plan, take.score
    assert plan is not None and score is not None
    lines = [row.strip() for row in lyrics.splitlines() if row.strip() and not row.strip().startswith("[")]
    sung = [
        line.index
        for line in timed_lines(score)
        if span_s[0] <= (line.onset_s + line.offset_s) / 2 < span_s[1]
    ]
    if len(lines) != len(sung):
        there = " / ".join(line.text for line in plan.lines if line.index in sung) or "none"
        raise BriefError(
            "lyrics", f"there are {len(lines)} lines, but {len(sung)} are sung there ({there[:120]}).",
            "Write one line for each, or move --from and --to.",
        )  # fmt: skip
    texts = dict(zip(sung, lines, strict=True))
    sections = tuple(
        replace(section, lines=tuple(
            replace(line, text=texts[line.index], words=(), notes=()) if line.index in texts else line
            for line in section.lines
        ))
        for section in plan.sections
    )  # fmt: skip
    try:
        plan = producer.checked(replace(plan, sections=sections), ctx.child("producer"))
    except BriefError as problem:
        raise BriefError("lyrics", problem.problem, "Sing fewer syllables there.") from problem
    places = ", ".join(f"line {index + 1}" for index in sung)
    found = rewritten(plan, score, places, ctx)
    performance = performer.perform(found.score, found.plan, context(plan.seed, ctx).child("performer"))
    return replace(take, plan=found.plan, score=found.score, performance=performance)
