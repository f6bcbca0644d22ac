"""Recorded single notes in a folder: which instrument, which note, how hard; and which notes stay unheard.

index.tsv names the notes: file, instrument, midi_note, velocity, source, licence, separated by tabs.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from songwright.errors import ShelfError
from songwright.io.sound import read_audio
from songwright.values.audio import RATE_HZ

# What the index calls an instrument -> the portrait it sits for.
PORTRAITS: Mapping[str, str] = {
    "electric guitar": "guitar-electric", "electric bass": "bass-electric",
    "double bass pizzicato": "bass-upright", "grand piano": "piano", "alto saxophone": "saxophone",
}  # fmt: skip
BLOWN = frozenset({"saxophone"})
LAYERS: Mapping[str, float] = {"p": 0.25, "soft": 0.25, "mf": 0.55, "f": 0.85, "ff": 0.85, "loud": 0.85}
_ONSET_DB = -40.0  # of the peak: where a note begins
_LEAD_S = 0.0005


@dataclass(frozen=True)
class Sample:
    """A recorded note. portrait: a name of PORTRAITS' values, or "drum/PIECE". strength: 0..1. held_out: not learned
    from, only measured against."""

    path: Path
    portrait: str
    pitch: float
    strength: float
    source: str
    licence: str
    held_out: bool

    def sound(self) -> np.ndarray:
        """The note from its very beginning, float32 (channels, frames) at 48 kHz."""
        return from_onset(read_audio(self.path).samples)


def from_onset(sound: np.ndarray) -> np.ndarray:
    """A note (channels, frames) without the silence before it."""
    loud = np.abs(sound).max(axis=0)
    first = int(np.argmax(loud > loud.max() * 10.0 ** (_ONSET_DB / 20.0)))
    return sound[:, max(0, first - int(_LEAD_S * RATE_HZ)) :]


def read_samples(folder: Path) -> tuple[Sample, ...]:
    """All notes of a folder that somebody in the band can learn from, in the order of the index.

    Of each instrument every fourth pitch is held out, never the outermost; of each drum every third recording,
    where there are three. Raises ShelfError without an index, or when a file it names is missing.
    """
    index = folder / "index.tsv"
    try:
        rows = list(csv.DictReader(index.read_text(encoding="utf-8").splitlines(), delimiter="\t"))
    except (OSError, UnicodeDecodeError) as problem:
        raise ShelfError(str(index), "cannot be read; it should name the recorded notes") from problem
    found = []
    for row in rows:
        drum = not row.get("midi_note")
        name = f"drum/{row['instrument']}" if drum else PORTRAITS.get(row.get("instrument", ""))
        if name is None:
            continue
        path = folder / row["file"]
        if not path.is_file():
            raise ShelfError(str(path), "is named in index.tsv but is not there")
        pitch = 0.0 if drum else float(row["midi_note"])
        strength = LAYERS.get(row.get("velocity", ""), 0.7)
        found.append(Sample(path, name, pitch, strength, row["source"], row["licence"], False))
    if not found:
        raise ShelfError(str(folder), "holds no note of an instrument the band can learn")
    return _split(found)


def _split(samples: list[Sample]) -> tuple[Sample, ...]:
    """The same samples, some of them held out."""
    out = []
    for name in dict.fromkeys(sample.portrait for sample in samples):
        mine = [sample for sample in samples if sample.portrait == name]
        if name.startswith("drum/"):
            away = {sample.path for sample in sorted(mine, key=lambda s: s.path.name)[1::3] if len(mine) >= 3}
            out += [_held(sample, sample.path in away) for sample in mine]
        else:
            pitches = sorted({sample.pitch for sample in mine})
            away = set(pitches[2:-1:4])
            out += [_held(sample, sample.pitch in away) for sample in mine]
    return tuple(out)


def _held(sample: Sample, held_out: bool) -> Sample:
    return Sample(*(getattr(sample, f) for f in list(Sample.__dataclass_fields__)[:-1]), held_out)
