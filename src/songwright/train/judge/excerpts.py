"""What the judge learns from: rendered pieces as they are, and at other speeds, so that voices and keys are others.

A voice played at another speed has another pitch and another length of throat: it is another singer. The judge learns
phones and pitch from such voices alone, never from one that a generator hears. Bands are also moved by whole
semitones. Voices of which only the persona is asked ("solo"), and both together, stay as they are, for a persona is
known by its voice and a genre by its tempo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from songwright.errors import ShelfError
from songwright.runtime.codec import RATE_HZ
from songwright.train.judge.hearing import NOTES, STEPS, WIDTH, heard, louder
from songwright.train.judge.targets import UNASKED, targets_of
from songwright.train.renders.shards import Rendered
from songwright.values.seed import Luck, Seed
from songwright.values.shelf import Shelf

KINDS = {"voice": (1.0, 0.0), "band": (0.0, 1.0), "both": (1.0, 1.0), "solo": (1.0, 0.0)}
"""What may be listened to, and how much of voice and band is in it."""
SPEEDS = ((0.80, 0.94), (1.06, 1.25))
"""Other singers: slower and lower, or faster and higher; never as recorded."""
LEVEL_DB = -3.0
_MOST_SEMITONES = 4
_TONES = NOTES * STEPS


@dataclass(frozen=True)
class Hearing:
    """One way to hear a piece. semitones: None where the speed is no whole number of them."""

    kind: str
    speed: float = 1.0
    semitones: int | None = 0

    @property
    def name(self) -> str:
        """For the file it is kept in."""
        return f"{self.kind}-{self.speed:.4f}"


@dataclass(frozen=True, eq=False)
class Heard:
    """A piece in one hearing. frames: float16 (T, WIDTH). targets: as `targets_of`. about: as `Rendered.about`."""

    kind: str
    frames: np.ndarray
    targets: Mapping[str, np.ndarray]
    about: Mapping[str, Any]


def hearings(name: str) -> list[Hearing]:
    """The ways in which a piece is learned from, by its name."""
    luck = Seed(1).child("hearings", name).luck()
    voices = [Hearing("voice", luck.uniform(*speeds), None) for speeds in SPEEDS]
    up = luck.integer(1, _MOST_SEMITONES) * (1 if luck.chance(0.5) else -1)
    return [*voices, Hearing("band"), Hearing("band", 2.0 ** (up / 12), up), Hearing("both"), Hearing("solo")]


def stem(piece: Rendered, kind: str, speed: float = 1.0) -> np.ndarray:
    """Voice, band or both of a piece at the level of a finished song less 3 dB, float32 at 32 kHz."""
    gain = 10 ** ((piece.about["master_gain_db"] + LEVEL_DB) / 20) / 32767
    sound = piece.sound.astype(np.float32) @ np.array(KINDS[kind], np.float32) * np.float32(gain)
    return sound if speed == 1.0 else soxr.resample(sound, RATE_HZ * speed, RATE_HZ)


def read_heard(piece: Rendered, ways: Sequence[Hearing], folder: Path) -> Iterator[Heard]:
    """A piece as it is heard in each way; what is not in `folder` yet is computed and kept there."""
    folder.mkdir(parents=True, exist_ok=True)
    for way in ways:
        path = folder / f"{piece.name.replace('/', '-')}-{way.name}.npy"
        if not path.is_file():
            aside = path.with_suffix(".part")
            with aside.open("wb") as file:
                np.save(file, heard(stem(piece, way.kind, way.speed)).astype(np.float16))
            aside.replace(path)
        frames = np.load(path, mmap_mode="r")
        if frames.ndim != 2 or frames.shape[1] != WIDTH:
            raise ShelfError(str(path), "was heard by another judge; take an empty folder")
        targets = targets_of(piece.labels, way.speed, way.semitones or 0)
        count = min(len(frames), len(targets["pitch"]))
        targets = {name: values[:count] for name, values in targets.items()}
        if way.kind == "voice" or way.semitones is None:
            targets["chord"] = np.full(count, UNASKED)
        yield Heard(way.kind, frames[:count], targets, piece.about)


def is_faithful(about: Mapping[str, Any], shelf: Shelf) -> bool:
    """Whether a piece's persona sings in its own voice and character; not so for personas nobody knows."""
    known = {persona.id: persona for persona in shelf.personas()}
    persona = known.get(about["persona"])
    return persona is not None and (about["voice"], about.get("character")) == (
        persona.voice,
        dict(persona.character),
    )


@dataclass(frozen=True)
class Manner:
    """What one step hears: so many crops of each kind, of `frames` frames. softest_db: how much softer some are."""

    voices: int = 5
    bands: int = 3
    both: int = 3
    solo: int = 2
    frames: int = 192
    softest_db: float = -12.0


def crop(one: Heard, frames: int, softest_db: float, luck: Luck) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Some frames of a piece in a row, at another level and colour, slightly blurred, with what is to be said of them.

    Short pieces are filled up with silence, of which nothing is asked.
    """
    begin = luck.integer(0, max(0, len(one.frames) - frames))
    taken = one.frames[begin : begin + frames].astype(np.float32)
    level = luck.uniform(softest_db, 3.0)
    tilt = luck.normal(0.0, 3.0)  # dB from the lowest to the highest
    mel = np.linspace(-0.5, 0.5, (WIDTH - _TONES) // 2)
    curve = level + tilt * np.concatenate((mel, mel, np.linspace(-0.5, 0.2, _TONES)))
    noise = luck.noise(taken.size).reshape(taken.shape).astype(np.float32)
    out = np.zeros((frames, WIDTH), np.float32)
    out[: len(taken)] = louder(taken, curve) + 0.1 * noise
    targets = {}
    for name, values in one.targets.items():
        part = values[begin : begin + frames]
        room = np.full((frames, *part.shape[1:]), UNASKED)
        room[: len(part)] = part
        targets[name] = room
    return out, targets
