"""What is written down of a sample: everything a page needs to show and play it, as plain JSON."""

from __future__ import annotations

from typing import Any

from songwright import label
from songwright.explorer.catalogue import KINDS, Sample
from songwright.explorer.making import Made
from songwright.io.lyrics import timed_lines
from songwright.values.take import Take

SCHEMA = 1


def entry(sample: Sample, made: Made, artist: str) -> dict[str, Any]:
    """The sample as JSON holds it; whoever writes the files adds "audio", "prompt" and "fingerprint"."""
    take, sound = made.take, sample.brief.sound
    release = label.release(take, artist, sample.brief.lyrics)
    return {
        "schema": SCHEMA, "id": sample.id, "kind": sample.kind, "about": KINDS[sample.kind],
        "genre": sample.brief.genre, "personas": dict(sound.personas) if sound and sound.personas
        else {str(sample.brief.persona): 1.0},
        "artist": artist, "title": take.plan.title if take.plan else None, "seed": sample.brief.seed,
        "new_s": [round(moment, 3) for moment in made.new],
        "lyrics": {"language": sample.brief.language, "trained_with": sample.seen, "lines": _lines(take, sample)},
        "music": _music(take),
        "loudness_lufs": round(take.master.integrated_lufs, 2),
        "engine": {"id": take.engine.id, "name": take.engine.name},
        "weights": [{"id": one.id, "licence": one.licence, "sha256": one.sha256}
                    for one in take.ingredients if one.kind == "weights"],
        "rights": list(release.rights), "commercial_use": release.commercial_use,
        "disclosure": release.disclosure, "made_in_s": {k: round(v, 2) for k, v in take.timings_s.items()},
    }  # fmt: skip


def _lines(take: Take, sample: Sample) -> list[dict[str, Any]]:
    """Sung lines with the times of their words; without a score only the words."""
    if take.score is None:
        rows = (row.strip() for row in sample.brief.lyrics.splitlines())
        return [{"text": row} for row in rows if row and not row.startswith("[")]
    return [
        {
            "text": line.text, "from_s": round(line.onset_s, 3), "to_s": round(line.offset_s, 3),
            "words": [{"text": word.text, "from_s": round(word.onset_s, 3), "to_s": round(word.offset_s, 3)}
                      for word in line.words],
        }
        for line in timed_lines(take.score)
    ]  # fmt: skip


def _music(take: Take) -> dict[str, Any] | None:
    """Key, tempo, sections and chords, where a score was written."""
    plan, score = take.plan, take.score
    if plan is None or score is None:
        return None
    seconds = score.tempo_map.seconds_at
    return {
        "key": str(plan.key), "meter": str(plan.meter), "tempo_bpm": round(plan.tempo_map.start_bpm, 2),
        "sections": [{"kind": one.kind, "from_s": round(seconds(one.start_tick), 3),
                      "to_s": round(seconds(one.end_tick), 3)} for one in score.sections],
        "chords": [{"name": str(one), "from_s": round(seconds(one.start_tick), 3)} for one in score.chords],
    }  # fmt: skip
