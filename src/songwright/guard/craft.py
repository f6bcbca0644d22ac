"""Is the song well made? Wishes kept, lines sung in order, stress on the beat, choruses one knows again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from songwright.music.form import notes_in
from songwright.music.likeness import likeness
from songwright.music.pitch import parse_key
from songwright.music.rhythm import parse_meter, strength
from songwright.values.audio import Audio
from songwright.values.brief import SongBrief
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Score
from songwright.values.verdict import Figure

_AUDIBLE = 10.0 ** (-50.0 / 20.0)


def line_spans(performance: Performance) -> dict[int, tuple[float, float]]:
    """Lyric line -> seconds between its first and last phone, in the order the lead sings them."""
    spans: dict[int, tuple[float, float]] = {}
    for part in performance.sung:
        if part.role == "lead":
            for phone in (phone for phrase in part.phrases for phone in phrase.phones):
                if phone.line is not None:
                    start, end = spans.get(phone.line, (phone.onset_s, phone.offset_s))
                    spans[phone.line] = (min(start, phone.onset_s), max(end, phone.offset_s))
    return spans


def lines_figure(score: Score, plan: SongPlan | None, performance: Performance, stem: Audio | None) -> Figure:
    """Share of lyric lines that are sung, in order, one after the other, and can be heard in the lead's stem."""
    asked = [line.index for line in (plan.lines if plan else score.lines)]
    if not asked:
        return Figure("lyric lines sung in order", None, "%", "100 %", None, "no lyrics")
    spans = line_spans(performance)
    order = list(spans)
    kept, last_s = 0, -1.0
    for place, index in enumerate(asked):
        if index not in spans or (place < len(order) and order[place] != index):
            continue
        start, end = spans[index]
        if start >= last_s and (stem is None or _rms(stem, start, end) > _AUDIBLE):
            kept += 1
        last_s = start
    share = 100.0 * kept / len(asked)
    note = f"{kept} of {len(asked)} lines" + ("" if stem else "; sound of the lead not at hand")
    return Figure("lyric lines sung in order", share, "%", "100 %", kept == len(asked), note)


def _rms(audio: Audio, start_s: float, end_s: float) -> float:
    """Root mean square of a stretch of sound."""
    piece = audio.samples[:, int(start_s * audio.rate_hz) : int(end_s * audio.rate_hz)]
    return float(np.sqrt(np.mean(np.square(piece, dtype=np.float64)))) if piece.size else 0.0


def _means(read: Callable[[str], object], asked: str, made: object) -> bool:
    """Whether what was asked, however it was spelled, is what was made."""
    try:
        return read(asked) == made
    except ValueError:
        return False


def wish_figures(brief: SongBrief, plan: SongPlan, score: Score) -> list[Figure]:
    """What was asked and what was made: key, meter, tempo, order of sections."""
    figures = []
    if brief.key is not None:
        ok = _means(parse_key, brief.key, score.key)
        figures.append(Figure("key", str(score.key), "", brief.key, ok))
    if brief.meter is not None:
        figures.append(
            Figure("meter", str(score.meter), "", brief.meter, _means(parse_meter, brief.meter, score.meter))
        )
    bpm = score.tempo_map.start_bpm
    if brief.tempo_bpm is not None:
        ok = abs(bpm / brief.tempo_bpm - 1.0) <= 0.06
        figures.append(Figure("tempo", bpm, "bpm", f"{brief.tempo_bpm:g} bpm +/- 6 %", ok))
    else:
        figures.append(Figure("tempo", bpm, "bpm"))
    planned = [section.id for section in plan.sections]
    written = [section.id for section in score.sections]
    kinds = " ".join(section.kind for section in score.sections)
    figures.append(Figure("order of sections", kinds, "", "as planned", planned == written))
    return figures


def stress_figure(score: Score) -> Figure:
    """How often a stressed syllable has the stronger beat than the unstressed one beside it, in percent.

    Neighbours: successive syllables of one line. Strength of a beat: `music.rhythm.strength`; a tie is a miss.
    """
    good = count = 0
    for part in score.parts:
        if part.role != "lead":
            continue
        heads = [note for note in part.notes if note.syllable is not None]
        for a, b in pairwise(heads):
            first, second = bool(a.syllable and a.syllable.stress), bool(b.syllable and b.syllable.stress)
            if a.line != b.line or first == second:
                continue
            here, after = strength(a.start_tick, score.meter), strength(b.start_tick, score.meter)
            count += 1
            good += here > after if first else after > here
    if not count:
        return Figure("stress on stronger beats", None, "%", ">= 90 %", None, "no neighbours to compare")
    share = 100.0 * good / count
    return Figure(
        "stress on stronger beats", share, "%", ">= 90 %", share >= 90.0, f"{count} pairs of syllables"
    )


def tune_figures(score: Score) -> list[Figure]:
    """Are choruses the same tune, and verses another?"""
    lead = [part for part in score.parts if part.role == "lead"]
    if not lead:
        return []
    choruses, verses = (_tunes(score, lead[0].notes, kind) for kind in ("chorus", "verse"))
    figures = []
    if len(choruses) > 1:
        least = min(likeness(choruses[0], other) for other in choruses[1:])
        figures.append(Figure("choruses alike", least, "", ">= 0.9", least >= 0.9))
    if len(verses) > 1:
        least = min(likeness(verses[0], other) for other in verses[1:])
        figures.append(Figure("verses alike", least))
    if choruses and verses:
        alike = likeness(verses[0], choruses[0])
        figures.append(Figure("verse like chorus", alike, "", "<= 0.6", alike <= 0.6))
        lift = float(np.mean([n.pitch for n in choruses[0]]) - np.mean([n.pitch for n in verses[0]]))
        figures.append(Figure("chorus above verse in pitch", lift, "semitones"))
    return figures


def _tunes(score: Score, notes: Sequence[Note], kind: str) -> list[tuple[Note, ...]]:
    """The tune of each sung section of a kind, without the upbeat of a line that is at home in the next one."""
    home = {line.index: line.section for line in score.lines}
    found = [
        tuple(n for n in notes_in(notes, s.start_tick, s.end_tick) if home.get(n.line, s.id) == s.id)
        for s in score.sections
        if s.kind == kind
    ]
    return [tune for tune in found if tune]
