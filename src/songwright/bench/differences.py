"""How different songs are, in numbers a musician would name: groove, density, bass, harmony, colour."""

from __future__ import annotations

from songwright.dsp.spectra import centroid_hz
from songwright.values.score import Part, Score
from songwright.values.take import Take

_KICK, _SNARES = (35, 36), (37, 38, 39, 40)


def portrait(take: Take) -> dict[str, object]:
    """One row of figures for a take that has plan, score and master."""
    score, plan = take.score, take.plan
    assert score is not None and plan is not None
    drums = next((part for part in score.parts if part.role == "drums"), None)
    bass = next((part for part in score.parts if part.role == "bass"), None)
    return {
        "tempo_bpm": round(plan.tempo_map.start_bpm, 1),
        "key": str(plan.key),
        "swing": round(plan.swing, 2),
        "kick_per_bar": _per_bar(drums, score, _KICK),
        "snare_per_bar": _per_bar(drums, score, _SNARES),
        "bass_per_bar": _per_bar(bass, score),
        "comping_per_bar": round(
            sum(_per_bar(p, score) for p in score.parts if p.role in ("comping", "pad")), 1
        ),
        "chords": len({(c.root - score.chords[0].root, c.quality) for c in score.chords}),
        "chord_changes_per_bar": round(len(score.chords) / (score.length_ticks / score.meter.bar_ticks), 2),
        "centroid_hz": round(centroid_hz(take.master.audio.samples)),
        "band": " ".join(part.instrument for part in plan.parts),
    }


def _per_bar(part: Part | None, score: Score, pitches: tuple[int, ...] | None = None) -> float:
    """Onsets a bar (notes struck together count once)."""
    if part is None:
        return 0.0
    onsets = {note.start_tick for note in part.notes if pitches is None or note.pitch in pitches}
    return round(len(onsets) / (score.length_ticks / score.meter.bar_ticks), 1)


def same_drum_grid(a: Score, b: Score) -> float:
    """How alike two drum parts are: share of (sixteenth in the bar, drum) cells in common (Jaccard), 0..1."""
    first, second = _grid(a), _grid(b)
    return len(first & second) / max(1, len(first | second))


def _grid(score: Score) -> set[tuple[int, int]]:
    """The cells a kit plays in at least a third of its bars."""
    drums = next((part for part in score.parts if part.role == "drums"), None)
    if drums is None:
        return set()
    bar = score.meter.bar_ticks
    counts: dict[tuple[int, int], int] = {}
    for note in drums.notes:
        cell = (note.start_tick % bar // 120, note.pitch)
        counts[cell] = counts.get(cell, 0) + 1
    bars = len({note.start_tick // bar for note in drums.notes})
    return {cell for cell, count in counts.items() if count * 3 >= bars}
