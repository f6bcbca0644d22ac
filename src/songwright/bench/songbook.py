"""Songs of any folder, read for comparison: MusicXML, MIDI, ABC, LilyPond, and songwright's own song folders."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from songwright.bench.patterns import Tune
from songwright.errors import ShelfError
from songwright.io.midi import read_midi
from songwright.io.musicxml_read import read_musicxml
from songwright.io.written import Unusable
from songwright.music.keyfinding import durations, find_key
from songwright.train.songs.corpus import READERS, song_files
from songwright.train.songs.settle import Origin, settle
from songwright.train.songs.words import Sounds
from songwright.values.score import Note, Part, Score

_FEWEST_NOTES = 8


@dataclass(frozen=True)
class Unread:
    """A file that could not be compared, and why."""

    path: str
    problem: str


def read_folder(
    folder: str | os.PathLike[str], tell: Callable[[int, int, str], None] | None = None
) -> tuple[list[Tune], list[Unread]]:
    """Every song in a folder, one tune a file. Damaged files are listed, not fatal.

    ShelfError where there is no such folder, no score in it, or none that can be read.
    """
    root = Path(folder)
    if not root.is_dir():
        raise ShelfError(os.fspath(folder), "is no folder" if root.exists() else "there is no such folder")
    files = song_files(root)
    if not files:
        raise ShelfError(os.fspath(folder), f"holds no score ({', '.join(READERS)})")
    tunes: list[Tune] = []
    unread: list[Unread] = []
    sounds = Sounds()
    for number, path in enumerate(files):
        if tell is not None:
            tell(number, len(files), path.name)
        name = path.relative_to(root).as_posix()
        try:
            tunes.append(_tune(path, name, sounds))
        except (ShelfError, Unusable) as problem:
            unread.append(Unread(name, problem.problem if isinstance(problem, ShelfError) else str(problem)))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError) as problem:
            unread.append(Unread(name, f"cannot be followed ({type(problem).__name__})"))
    if not tunes:
        raise ShelfError(
            os.fspath(folder),
            f"none of {len(unread)} scores can be read: {unread[0].path}: {unread[0].problem}",
        )
    return tunes, unread


def _tune(path: Path, name: str, sounds: Sounds) -> Tune:
    """A file's song: the longest stretch of one meter and key where words are sung, else its top line."""
    try:
        written = READERS[path.suffix.lower()](path)
        title = path.parent.name if written.title in ("", "score") else written.title
        songs = settle(written, Origin(name, "", "", title, "", ""), sounds)
        song = max(songs, key=lambda s: len(s.notes))
        return Tune(name, song.score, song.notes)
    except Unusable:
        if path.suffix.lower() in (".abc", ".ly"):
            raise
    score = read_midi(path) if path.suffix.lower() in (".mid", ".midi") else read_musicxml(path)
    notes = _melody(score)
    if len(notes) < _FEWEST_NOTES:
        raise Unusable(f"fewer than {_FEWEST_NOTES} notes in any one line")
    sounding = [(n.length_ticks, n.pitch) for part in score.parts if part.role != "drums" for n in part.notes]
    return Tune(name, replace(score, key=find_key(durations(sounding), notes[-1].pitch)), notes)


def _melody(score: Score) -> tuple[Note, ...]:
    """The line one would sing: a sung part, else the part that lies highest on average, its top notes."""
    pitched = [part for part in score.parts if part.role != "drums" and len(part.notes) >= _FEWEST_NOTES]
    if not pitched:
        return ()

    def height(part: Part) -> tuple[bool, float]:
        return part.role == "lead", sum(n.pitch for n in part.notes) / len(part.notes)

    top: dict[int, Note] = {}
    for note in max(pitched, key=height).notes:
        if note.start_tick not in top or note.pitch > top[note.start_tick].pitch:
            top[note.start_tick] = note
    return tuple(top[tick] for tick in sorted(top))
