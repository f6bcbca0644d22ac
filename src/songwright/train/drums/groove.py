"""Reads the Groove MIDI Dataset: what was meant (places on a grid) and what was played (velocity, lateness).

Gillick, Roberts, Engel, Eck & Bamman, "Learning to Groove with Inverse Sequence Transformations", ICML 2019;
CC-BY-4.0. The folder holds info.csv and the MIDI files it names; its split by performance is kept.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from songwright.errors import ShelfError
from songwright.performer.drummer import DRUM_OF, GRID, Hits, late_bin, meaning, velocity_bin

KIN = {
    "afrocuban": "afro", "afrobeat": "afro", "highlife": "afro", "middleeastern": "afro", "dance": "pop",
    "blues": "rock",
}  # fmt: skip
SPLITS = ("train", "validation", "test")
_SEATS = np.array((0, 3, 4, 6, 8, 9, 12))


@dataclass(frozen=True, eq=False)
class Take:
    """One performance. velocity, late: bins of each hit. loudness: mean velocity 0..1."""

    id: str
    style: str
    bpm: float
    split: str
    fill: bool
    hits: Hits
    velocity: np.ndarray
    late: np.ndarray
    loudness: float


def read(folder: Path) -> Iterator[Take]:
    """Every performance in 4/4 with at least ten hits. Raises ShelfError where the folder is not the data set."""
    table = folder / "info.csv"
    try:
        rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    except OSError as problem:
        raise ShelfError(
            str(table), f"cannot be read ({problem.strerror}); give the folder of Groove"
        ) from problem
    for row in rows:
        if row["time_signature"] != "4-4":
            continue
        take = _take(folder, row)
        if take is not None:
            yield take


def _take(folder: Path, row: dict[str, str]) -> Take | None:
    tick, pitch, velocity, per_quarter = _notes(folder / row["midi_filename"])
    known = np.array([p in DRUM_OF for p in pitch], bool)
    tick, pitch, velocity = tick[known], pitch[known], velocity[known]
    if len(tick) < 10:
        return None
    bpm = float(row["bpm"])
    exact = tick / per_quarter * GRID
    place = _nearest_place(exact)
    drum = np.array([DRUM_OF[p] for p in pitch])
    order = np.lexsort((drum, place))
    place, drum, velocity = place[order], drum[order], velocity[order]
    late_s = (exact[order] - place) * 60.0 / bpm / GRID
    style = row["style"].split("/")[0]
    return Take(
        row["id"], KIN.get(style, style), bpm, row["split"], row["beat_type"] == "fill",
        Hits(place, drum, meaning(velocity, drum)), velocity_bin(velocity), late_bin(late_s),
        float(velocity.mean() / 127),
    )  # fmt: skip


def _notes(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Ticks, pitches and velocities of all hits of a file, and its ticks a quarter."""
    import mido

    try:
        song = mido.MidiFile(path)
    except (OSError, ValueError, EOFError) as problem:
        raise ShelfError(str(path), f"is no MIDI file ({problem})") from problem
    rows = []
    for track in song.tracks:
        now = 0
        for event in track:
            now += event.time
            if event.type == "note_on" and event.velocity > 0:
                rows.append((now, event.note, event.velocity))
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2], song.ticks_per_beat


def _nearest_place(exact: np.ndarray) -> np.ndarray:
    """The sixteenth or triplet each hit was meant for; a triplet only where it is clearly nearer."""
    quarter, inside = np.floor(exact / GRID), exact % GRID
    far = np.abs(inside[:, None] - _SEATS[None, :]).astype(float)
    far[:, [2, 4]] += 0.35  # sixteenths are far more common
    return (quarter * GRID + _SEATS[np.argmin(far, axis=1)]).astype(np.int64)
