"""A folder of recordings of one voice, with what was said: read, checked, and parted for training and testing.

    corpus = read_corpus(Path("voice/kathleen"))
    for clip in corpus.clips: ...

The folder holds `metadata.csv` (fields parted by "|", no quoting: id|text or id|text|seconds, with or without a
heading) and one sound file a clip, named after its id (opus, flac, wav, ogg or mp3), beside it or in `wavs/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from songwright.errors import ShelfError
from songwright.io.sound import read_audio

SUFFIXES = (".opus", ".flac", ".wav", ".ogg", ".mp3")
SPLITS = ("train", "validation", "test")
_PARTS = 20  # one twentieth of the texts is for testing, one for validation
_FULL_SCALE = 0.998
_CLIPPED_RUN = 4  # samples in a row at full scale that no voice makes
_CLIPPED_SHARE = 1e-4
_SHORTEST_S, _LONGEST_S = 0.3, 60.0


@dataclass(frozen=True)
class Clip:
    """One recording. text: what was said. path: its sound file. seconds: its length as written, None = not written."""

    id: str
    text: str
    path: Path
    seconds: float | None = None

    @property
    def split(self) -> str:
        """Whether it is for "train", "validation" or "test"; all readings of one text stand in the same."""
        return split_of(self.text)


@dataclass(frozen=True)
class Corpus:
    """The clips that can be used, by id, and those left out with the reason: (id, reason)."""

    folder: Path
    clips: tuple[Clip, ...]
    left_out: tuple[tuple[str, str], ...] = ()

    def part(self, split: str) -> tuple[Clip, ...]:
        """The clips of one of SPLITS."""
        return tuple(clip for clip in self.clips if clip.split == split)


def split_of(text: str) -> str:
    """The part a text belongs to: SHA-256 of its lower-case form, first byte modulo 20: 0 test, 1 validation."""
    first = hashlib.sha256(text.lower().encode()).digest()[0] % _PARTS
    return {0: "test", 1: "validation"}.get(first, "train")


def read_corpus(folder: Path) -> Corpus:
    """All clips of a voice folder; clips without text or sound are left out and named.

    Raises ShelfError where there is no folder, no metadata.csv, or not one clip that can be used.
    """
    if not folder.is_dir():
        raise ShelfError(str(folder), "there is no such folder of recordings")
    table = folder / "metadata.csv"
    if not table.is_file():
        raise ShelfError(str(folder), "has no metadata.csv (one line a clip: id|text)")
    sounds = _sounds(folder)
    clips: dict[str, Clip] = {}
    left_out: list[tuple[str, str]] = []
    for name, text, seconds in _rows(table):
        problem = _row_problem(name, text, sounds, clips)
        if problem:
            left_out.append((name, problem))
        else:
            clips[name] = Clip(name, text, sounds[name], seconds)
    if not clips:
        reason = f"; {left_out[0][0]}: {left_out[0][1]}" if left_out else ""
        raise ShelfError(str(table), f"names no clip that has both text and sound{reason}")
    return Corpus(folder, tuple(clips[name] for name in sorted(clips)), tuple(left_out))


def _row_problem(name: str, text: str, sounds: dict[str, Path], known: Iterable[str]) -> str:
    """Why a line of the table gives no clip; "" where it does."""
    if not any(sign.isalnum() for sign in text):
        return "has no text"
    if name not in sounds:
        return "has no sound file"
    return "is listed twice" if name in known else ""


def _sounds(folder: Path) -> dict[str, Path]:
    """Clip id -> sound file; the first of SUFFIXES wins."""
    files = [
        path for place in (folder, folder / "wavs") if place.is_dir() for path in sorted(place.iterdir())
    ]
    found: dict[str, Path] = {}
    for suffix in SUFFIXES:
        for path in files:
            if path.suffix.lower() == suffix:
                found.setdefault(path.stem, path)
    return found


def _rows(table: Path) -> list[tuple[str, str, float | None]]:
    """(id, text, seconds or None) of each line that has an id."""
    try:
        lines = table.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as problem:
        raise ShelfError(str(table), "is not UTF-8 text") from problem
    except OSError as problem:
        raise ShelfError(str(table), f"cannot be opened ({problem.strerror})") from problem
    rows = []
    for number, line in enumerate(lines):
        fields = [field.strip() for field in line.split("|")]
        if not fields[0] or (number == 0 and fields[0].lower() == "id"):
            continue
        rows.append((fields[0], fields[1] if len(fields) > 1 else "", _seconds(fields[2:])))
    return rows


def _seconds(fields: list[str]) -> float | None:
    try:
        return float(fields[0])
    except (IndexError, ValueError):
        return None


def read_clip(clip: Clip) -> np.ndarray:
    """The sound of a clip: mono float32 at 48 kHz, (frames,). Raises ShelfError where it cannot be read."""
    return read_audio(clip.path).samples.mean(axis=0)


def sound_problem(clip: Clip, sound: np.ndarray, rate_hz: int = 48_000) -> str:
    """What is wrong with the sound of a clip, as words that follow its name; "" where nothing is."""
    seconds = len(sound) / rate_hz
    if seconds < _SHORTEST_S:
        return f"lasts {seconds:.2f} s, too short"
    if seconds > _LONGEST_S:
        return f"lasts {seconds:.0f} s, too long for one clip"
    if float(np.sqrt(np.mean(sound.astype(np.float64) ** 2))) < 1e-4:
        return "is silent"
    share = clipped_share(sound)
    if share > _CLIPPED_SHARE:
        return f"is clipped ({100 * share:.2f} % of its samples stand at full scale)"
    if clip.seconds is not None and seconds < clip.seconds - 0.1:
        return f"is cut short ({seconds:.2f} s of {clip.seconds:.2f} s)"
    return ""


def clipped_share(sound: np.ndarray) -> float:
    """Share of samples that stand in runs at full scale, 0..1: what an overloaded recording leaves."""
    full = np.abs(sound) >= _FULL_SCALE
    if not full.any():
        return 0.0
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    lengths = edges[1::2] - edges[::2]
    return float(lengths[lengths >= _CLIPPED_RUN].sum() / len(sound))
