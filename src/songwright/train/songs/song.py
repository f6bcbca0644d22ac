"""A song of the corpus: its score, where it comes from and under which licence; one line of JSON each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from songwright.errors import ShelfError, why
from songwright.values.plan import Key
from songwright.values.score import Chord, Note, Part, Score, ScoreLine, Section
from songwright.values.time import Meter, TempoMap
from songwright.values.words import Syllable

SPLITS = ("train", "valid", "test")
_BREATH = "breath"  # the one articulation that is kept (`values.score.Note`)


@dataclass(frozen=True)
class Song:
    """One song, or a stretch of one where meter or key change.

    id: "source/file#part". score: one part "lead" on a grid of 40 ticks, lines, chords, sections. rhymes: a letter
    for each line ("" rhymes with none). chords_from: "given", "heard" (out of the accompaniment) or "none".
    group: songs of one group share a tune or a title and stand in the same split (one of SPLITS).
    """

    id: str
    source: str
    licence: str
    author: str
    language: str
    chords_from: str
    score: Score
    rhymes: tuple[str, ...] = ()
    group: str = ""
    split: str = ""

    @property
    def notes(self) -> tuple[Note, ...]:
        """The sung line; () for a song of chords alone."""
        return self.score.parts[0].notes if self.score.parts else ()

    def placed(self, group: str, split: str) -> Song:
        """The same song in a group and a split."""
        return replace(self, group=group, split=split)


def to_row(song: Song) -> dict[str, Any]:
    """A song as plain lists, short enough for thousands in one file."""
    score = song.score
    notes = [
        [n.start_tick, n.length_ticks, n.pitch]
        + (
            [n.syllable.text, n.syllabic, n.syllable.stress, " ".join(n.syllable.phones)]
            if n.syllable is not None
            else []
        )
        for n in song.notes
    ]
    first: dict[int, int] = {}
    for n in song.notes:
        if n.line is not None:
            first[n.line] = first.get(n.line, 0) + 1
    breaths = [n for n, note in enumerate(song.notes) if _BREATH in note.articulation.split()]
    return {
        "id": song.id, "title": score.title, "author": song.author, "source": song.source, "licence": song.licence,
        "language": song.language, "group": song.group, "split": song.split, "key": str(score.key),
        "meter": str(score.meter), "bpm": round(score.tempo_map.start_bpm, 2), "length": score.length_ticks,
        "chords_from": song.chords_from, "notes": notes,
        "lines": [[first.get(line.index, 0), line.section] for line in score.lines],
        "rhymes": list(song.rhymes),
        "chords": [
            [c.start_tick, c.length_ticks, c.root_name, c.quality, c.bass_name, c.root, c.bass] for c in score.chords
        ],
        "sections": [[s.id, s.kind, s.label, s.start_tick, s.length_ticks, s.energy] for s in score.sections],
        **({"breaths": breaths} if breaths else {}),
    }  # fmt: skip


def from_row(row: dict[str, Any]) -> Song:
    """A song out of its row; the lines' texts are put together from their syllables."""
    notes: list[Note] = []
    lines: list[ScoreLine] = []
    at = 0
    owners = [i for i, (count, _) in enumerate(row["lines"]) for _ in range(count)]
    breaths = frozenset(row.get("breaths", ()))
    for n, values in enumerate(row["notes"]):
        start, length, pitch, *sung = values
        syllable = Syllable(sung[0], tuple(sung[3].split()), sung[2]) if sung else None
        line = owners[n] if n < len(owners) else None
        kind = sung[1] if sung else "single"
        mark = _BREATH if n in breaths else ""
        notes.append(Note(f"lead/{n}", start, length, pitch, 0.7, syllable, kind, line, articulation=mark))
    for index, (count, section) in enumerate(row["lines"]):
        mine = notes[at : at + count]
        at += count
        lines.append(ScoreLine(index, line_text(mine), section, mine[0].start_tick, mine[-1].end_tick))
    tonic, mode = row["key"].split()
    beats, unit = row["meter"].split("/")
    score = Score(
        row["title"], Key(tonic, mode), Meter(int(beats), int(unit)), TempoMap.constant(row["bpm"]),
        tuple(Section(*s) for s in row["sections"]),
        tuple(Chord(s, n, root, quality, bass, name, low) for s, n, name, quality, low, root, bass in row["chords"]),
        tuple(lines), (Part("lead", "Voice", "lead", "voice", "lead", tuple(notes)),) if notes else (), row["length"],
    )  # fmt: skip
    return Song(
        row["id"], row["source"], row["licence"], row["author"], row["language"], row["chords_from"], score,
        tuple(row["rhymes"]), row["group"], row["split"],
    )  # fmt: skip


def line_text(notes: Iterable[Note]) -> str:
    """The words of some sung notes, as they are written in a row."""
    text = ""
    for note in notes:
        if note.syllable is not None:
            glue = "" if not text or note.syllabic in ("middle", "end") else " "
            text += glue + note.syllable.text
    return text


def save_songs(songs: Iterable[Song], path: str | os.PathLike[str]) -> None:
    """Writes a corpus, one song a line."""
    target = Path(path)
    aside = target.with_name(target.name + ".part")
    with aside.open("w", encoding="utf-8") as file:
        for song in songs:
            file.write(json.dumps(to_row(song), ensure_ascii=False, separators=(",", ":")) + "\n")
    aside.replace(target)


def load_songs(path: str | os.PathLike[str]) -> Iterator[Song]:
    """The songs of a corpus file. ShelfError where it is missing or damaged, with the line."""
    item = os.fspath(path)
    try:
        with Path(path).open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield from_row(json.loads(line))
                except (ValueError, KeyError, TypeError, IndexError) as problem:
                    raise ShelfError(item, f"line {number} is no song ({problem})") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ShelfError(item, f"cannot be read ({why(problem)})") from None
