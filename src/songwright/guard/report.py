"""The guard's one verb: every figure that can be measured on a take."""

from __future__ import annotations

import numpy as np

from songwright.errors import BriefError, ShelfError
from songwright.guard.craft import line_spans, lines_figure, stress_figure, tune_figures, wish_figures
from songwright.guard.mixing import mixing_figures
from songwright.guard.originality import originality, originality_figures
from songwright.guard.pitch import pitch_figures
from songwright.guard.quality import sound_figures, stem_figures
from songwright.music.known_tunes import KnownTunes
from songwright.text.language import LANGUAGES
from songwright.text.phones import ENGLISH
from songwright.values.audio import Audio
from songwright.values.context import Context, Progress
from songwright.values.digest import digest
from songwright.values.originality import Originality
from songwright.values.performance import Performance
from songwright.values.score import Score
from songwright.values.shelf import Style
from songwright.values.take import Take
from songwright.values.verdict import Figure, Verdict

_LINES_HEARD = 8  # lines a phone recogniser listens to; more would take longer and say the same
_LOW_VOICE = 60.0  # median pitch (MIDI) below which words are held to the bound of a baritone
_WORDS_BOUND = 0.55
_HEARD = ENGLISH | {"AX"}  # sounds the listener knows; lines with others (another language) are not put to it


def judge(take: Take, ctx: Context, known: KnownTunes | None = None) -> Verdict:
    """Measure a take. Sound alone gives the figures of the sound; plan, score, performance and stems give more.

    known: tunes to compare with; those on the shelf (the composer's training songs) if not given.
    """
    plan, score, performance, stems = take.plan, take.score, take.performance, take.stems
    ctx.tell(Progress("judge", 0, 4, "sound"))
    figures = sound_figures(
        take.master.audio,
        plan.duration_s if plan else take.brief.duration_s,
        plan.loudness_lufs if plan else None,
    )
    spans = list(line_spans(performance).values()) if performance else []
    if stems is not None:
        figures += stem_figures(stems, take.master.audio, spans)
    style = _style(plan.style, ctx) if plan is not None else None
    figures += mixing_figures(take.master.audio, stems, score, style, spans)
    if score is not None:
        ctx.tell(Progress("judge", 1, 4, "score"))
        figures += wish_figures(take.brief, plan, score) if plan else []
        figures += [stress_figure(score), *tune_figures(score), *_originality(score, ctx, known)]
        figures.append(Figure("score digest", digest(score)))
        lead = stems[stems.lead] if stems is not None and stems.lead is not None else None
        if performance is not None:
            figures.append(lines_figure(score, plan, performance, lead))
        parts = [part for part in score.parts if part.role == "lead" and part.notes]
        if lead is not None and parts:
            ctx.tell(Progress("judge", 2, 4, "pitch"))
            figures += pitch_figures(lead, parts[0], score, performance)
            if performance is not None:
                ctx.tell(Progress("judge", 3, 4, "words"))
                pitch = float(np.median([note.pitch for note in parts[0].notes]))
                figures += words_figures(lead, performance, pitch, plan.language if plan else "en")
    ctx.tell(Progress("judge", 4, 4))
    return Verdict(tuple(figures))


def compare(score: Score, ctx: Context) -> Originality | None:
    """What a song's tune shares with the songs its composer learned from; None where nobody sings.

    Raises ShelfError where the index of tunes is missing or damaged.
    """
    return originality(score, KnownTunes(ctx.shelf.tunes()))


def _originality(score: Score, ctx: Context, known: KnownTunes | None) -> list[Figure]:
    try:
        found = originality(score, known) if known is not None else compare(score, ctx)
    except ShelfError as problem:
        return originality_figures(None, str(problem))
    return originality_figures(found)


def _style(name: str, ctx: Context) -> Style | None:
    """The style a song was made in, where it still stands on the shelf."""
    try:
        return ctx.shelf.style(name)
    except (BriefError, ShelfError):
        return None


def words_figures(stem: Audio, performance: Performance, pitch: float, language: str) -> list[Figure]:
    """How many phones of the lead a strict listener gets wrong, over up to eight lines spread over the song.

    pitch: median of the part, MIDI; only a low voice is held to a bound, since the listener was trained on speech.
    """
    name, bound = "phone error rate", f"<= {_WORDS_BOUND}" if pitch < _LOW_VOICE else ""
    if not language.startswith("en"):
        spoken = LANGUAGES.get(language.partition("-")[0], language)
        return [Figure(name, None, "", "", None, f"not measured: no listener for {spoken}")]
    asked: dict[int, list[str]] = {}
    for part in performance.sung:
        for phrase in part.phrases if part.role == "lead" else ():
            for phone in phrase.phones:
                if phone.line is not None and phone.symbol.upper() != "PAU":
                    asked.setdefault(phone.line, []).append(phone.symbol)
    if not asked:
        return [Figure(name, None, "", bound, None, "no words")]
    lines = sorted(line for line, phones in asked.items() if _HEARD.issuperset(phones))
    if not lines:
        return [Figure(name, None, "", "", None, "not measured: no listener for these sounds")]
    chosen = [lines[k] for k in np.unique(np.linspace(0, len(lines) - 1, _LINES_HEARD).round().astype(int))]
    where = line_spans(performance)
    spans = [(max(where[k][0] - 0.05, 0.0), where[k][1] + 0.10) for k in chosen]
    from songwright.guard.words import word_clarity

    rate, broad = word_clarity(stem.samples.mean(axis=0), [asked[k] for k in chosen], spans, stem.rate_hz)
    passed = rate <= _WORDS_BOUND if bound else None
    said = f"free phone decode of {len(chosen)} lines"
    return [Figure(name, rate, "", bound, passed, said), Figure("phone error rate, broad classes", broad)]
