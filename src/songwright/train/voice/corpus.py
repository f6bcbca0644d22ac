"""Recordings of several people as one table a network can be trained from: features, phones, loudness, who and what.

A corpus folder holds recordings and metadata.csv (id|text|seconds, one line a clip); an alignment folder holds one
ID.json a clip: {"text": ..., "phones": [[symbol, onset_s, offset_s], ...]}. Clips are set apart by their text, so no
sentence is both learned and tested: SHA-256 of the lower-case text, first byte modulo 20: 0 test, 1 validation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from songwright.errors import ShelfError
from songwright.singer import conditioning, fullband
from songwright.text import phones as inventory
from songwright.train.voice import features

TRAIN, VALIDATION, TEST = 0, 1, 2
SPLITS = ("train", "validation", "test")
VOWEL_DB = -22.0
"""Every speaker's vowels are brought to this level: power of the envelope from 150 Hz to 4 kHz, dB, median."""


@dataclass(frozen=True)
class Source:
    """Where one speaker's recordings are. features: folder of ID.npz. alignment: folder of ID.json.

    top_hz: how far the recordings can be believed. share: how often they are drawn, relative to their length.
    """

    speaker: str
    language: str
    features: Path
    alignment: Path
    top_hz: float = features.FULL_TOP_HZ
    share: float = 1.0


@dataclass(frozen=True, eq=False)
class Corpus:
    """K clips, N frames, P phones, S speakers; frames and phones of clip k are those from start k to start k + 1.

    f0_hz (N,) 0 = unvoiced; cepstra (N, 64), air_db (N, 5): see `singer.fullband`; effort (N,): see `conditioning`.
    phone (P,) code, onset_s, offset_s (P,) seconds in the clip. speaker, split, name (K,). speakers, symbols: names.
    top_hz, share (S,): how far a speaker can be believed, how often one is drawn.
    """

    f0_hz: np.ndarray
    cepstra: np.ndarray
    air_db: np.ndarray
    effort: np.ndarray
    frame_start: np.ndarray
    phone: np.ndarray
    onset_s: np.ndarray
    offset_s: np.ndarray
    phone_start: np.ndarray
    speaker: np.ndarray
    split: np.ndarray
    name: np.ndarray
    speakers: np.ndarray
    symbols: np.ndarray
    top_hz: np.ndarray
    share: np.ndarray

    def clips(self, split: int) -> np.ndarray:
        """Numbers of the clips of a split."""
        return np.flatnonzero(self.split == split)

    def minutes(self) -> dict[str, float]:
        """How much each speaker says, minutes of training clips."""
        length = np.diff(self.frame_start) * fullband.FRAME_S / 60
        learned = self.split == TRAIN
        return {
            str(name): float(length[learned & (self.speaker == s)].sum())
            for s, name in enumerate(self.speakers)
        }

    def digest(self) -> str:
        """SHA-256 of everything in it: the same corpus has the same digest on every machine."""
        sha = hashlib.sha256()
        for item in fields(self):
            sha.update(np.ascontiguousarray(getattr(self, item.name)).tobytes())
        return sha.hexdigest()


def split_of(text: str) -> int:
    """Which split a sentence belongs to."""
    first = hashlib.sha256(text.lower().encode()).digest()[0] % 20
    return {0: TEST, 1: VALIDATION}.get(first, TRAIN)


def pack(sources: Sequence[Source], tell: Callable[[str], None] = lambda line: None) -> Corpus:
    """Read features and alignments of all sources into one corpus; clips lacking either are left out and counted.

    Raises ShelfError where a source has no clip at all.
    """
    columns: dict[str, list[np.ndarray]] = {item.name: [] for item in fields(Corpus)}
    frames, phones = [0], [0]
    for number, source in enumerate(sources):
        clips = list(_clips(source, tell))
        if not clips:
            raise ShelfError(source.speaker, "has no clip with both features and alignment")
        lift = VOWEL_DB - float(np.median(np.concatenate([_vowel_levels(clip)[1] for clip in clips])))
        usual = _usual_levels(clips)
        for clip in clips:
            cepstra = clip.features.cepstra.astype(np.float32)
            effort = _effort(clip, usual)
            cepstra[:, 0] += lift / 10 * np.log(10) * np.sqrt(fullband.BANDS)
            columns["f0_hz"].append(clip.features.f0_hz.astype(np.float32))
            columns["cepstra"].append(cepstra.astype(np.float16))
            columns["air_db"].append(clip.features.air_db.astype(np.float16))
            columns["effort"].append(effort.astype(np.float16))
            columns["phone"].append(clip.code.astype(np.uint8))
            columns["onset_s"].append(clip.onset_s.astype(np.float32))
            columns["offset_s"].append(clip.offset_s.astype(np.float32))
            frames.append(frames[-1] + len(cepstra))
            phones.append(phones[-1] + len(clip.code))
            columns["speaker"].append(np.array([number], np.int16))
            columns["split"].append(np.array([split_of(clip.text)], np.int8))
            columns["name"].append(np.array([clip.name]))
        tell(f"{source.speaker}: {len(clips)} clips, lifted by {lift:+.1f} dB")
    whole = {key: np.concatenate(parts) for key, parts in columns.items() if parts}
    return Corpus(
        **whole,
        frame_start=np.array(frames, np.int64),
        phone_start=np.array(phones, np.int64),
        speakers=np.array([source.speaker for source in sources]),
        symbols=np.array(conditioning.SYMBOLS),
        top_hz=np.array([source.top_hz for source in sources], np.float32),
        share=np.array([source.share for source in sources], np.float32),
    )


@dataclass(frozen=True, eq=False)
class _Clip:
    name: str
    text: str
    features: features.Features
    code: np.ndarray
    onset_s: np.ndarray
    offset_s: np.ndarray


def _clips(source: Source, tell: Callable[[str], None]) -> Iterable[_Clip]:
    """All clips of a source that have an alignment that fits, by name."""
    missing = strange = 0
    for path in sorted(source.features.glob("*.npz")):
        aligned = source.alignment / f"{path.stem}.json"
        if not aligned.is_file():
            missing += 1
            continue
        said = json.loads(aligned.read_text(encoding="utf-8"))
        taken = features.load(path)
        end_s = len(taken.f0_hz) * fullband.FRAME_S
        rows = [(str(s).rstrip("012"), float(a), float(b)) for s, a, b in said["phones"]]
        if not rows or any(s not in inventory.PHONES for s, _, _ in rows) or rows[-1][2] > end_s + 0.1:
            strange += 1
            continue
        timing = conditioning.Timing(
            tuple(s for s, _, _ in rows), np.array([a for _, a, _ in rows]), np.array([b for *_, b in rows])
        )
        full = conditioning.without_gaps(timing, 0.0, end_s)
        yield _Clip(
            path.stem, said["text"], taken, conditioning.codes(full.symbols), full.onset_s, full.offset_s
        )
    if missing or strange:
        tell(f"{source.speaker}: {missing} clips without alignment, {strange} with one that does not fit")


def level_db(cepstra: np.ndarray) -> np.ndarray:
    """Power of frames from 150 Hz to 4 kHz, (frames,) dB."""
    hz = fullband.band_hz()
    weight = np.gradient(hz) * ((hz > 150) & (hz < 4_000))
    power = np.exp(fullband.envelope_of(cepstra)) @ (weight / weight.sum())
    return 10 * np.log10(power)


def _vowel_levels(clip: _Clip) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """When, how loud (dB) and which (code) the vowels of a clip are."""
    level = level_db(clip.features.cepstra.astype(np.float32))
    when, loud, which = [], [], []
    for code, onset, offset in zip(clip.code, clip.onset_s, clip.offset_s, strict=True):
        if conditioning.SYMBOLS[code] in inventory.VOWELS:
            quarter = (offset - onset) / 4
            rows = slice(
                int((onset + quarter) / fullband.FRAME_S), int((offset - quarter) / fullband.FRAME_S) + 1
            )
            if len(level[rows]):
                when.append((onset + offset) / 2)
                loud.append(float(level[rows].mean()))
                which.append(int(code))
    return np.array(when), np.array(loud), np.array(which, int)


def _usual_levels(clips: Sequence[_Clip]) -> dict[int, float]:
    """How loud each vowel usually is with this speaker, dB."""
    found = [_vowel_levels(clip) for clip in clips]
    loud, which = (np.concatenate([item[k] for item in found]) for k in (1, 2))
    return {int(code): float(np.median(loud[which == code])) for code in np.unique(which)}


def _effort(clip: _Clip, usual: dict[int, float]) -> np.ndarray:
    """How much louder than usual the vowels around each frame are, in units of `conditioning.EFFORT_DB`."""
    times = np.arange(len(clip.features.f0_hz)) * fullband.FRAME_S
    when, loud, which = _vowel_levels(clip)
    if not len(when):
        return np.zeros(len(times))
    more = loud - np.array([usual[code] for code in which])
    smooth = np.convolve(np.pad(more, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")
    return np.clip(np.interp(times, when, smooth) / conditioning.EFFORT_DB, -2.5, 2.5)


def save(path: Path, corpus: Corpus) -> None:
    """Write a corpus as one compressed .npz: a shard that can travel to another machine."""
    aside = path.with_suffix(".part.npz")
    np.savez_compressed(aside, **{item.name: getattr(corpus, item.name) for item in fields(corpus)})
    aside.replace(path)


def load(path: Path) -> Corpus:
    """Read a corpus back. ShelfError where the file is none."""
    try:
        with np.load(path) as arrays:
            return Corpus(**{item.name: arrays[item.name] for item in fields(Corpus)})
    except (OSError, ValueError, KeyError) as problem:
        raise ShelfError(path.name, "holds no singing corpus") from problem
