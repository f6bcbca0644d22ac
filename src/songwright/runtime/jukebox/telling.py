"""What the generator is told of a song: of each frame, of the whole, and how much of it is left out.

A frame is one of the codec's latents (32 ms); labels come four to a frame (`runtime.jukebox.labels`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from songwright.runtime.jukebox.labels import (
    FRAME_S,
    NO_ROOT,
    PLAYERS,
    SECTIONS,
    STRIKERS,
    SYMBOLS,
    TONES,
    Labels,
)
from songwright.values.brief import CHARACTER, colouring

Arrays = dict[str, np.ndarray]
SUB = 4
"""Label frames in a frame of latents: phones and strokes are told four times a frame."""
MODES = ("full", "no pitch", "free", "none")
"""What is known of the score: all; no pitch, no chords; only each line's phones from its start on; nothing."""
GLOBALS = ("genre", "persona", "voice")
PITCHES = 62
"""Whole notes from MIDI 36 to 96, and none: what the pitch head tells apart."""
LEVEL_DB = -3.0
"""Sound is coded this much softer than a finished song is, so that no peak is cut."""
FRAME = (
    "phone",
    "place",
    "octave",
    "voiced",
    "root",
    "bass",
    "quality",
    "bar",
    "beat",
    "timed",
    "section",
    "players",
    "struck",
    "tones",
)
"""Fields with a value in each frame."""
WHOLE = (*GLOBALS, "character", "mode", "tempo")
"""Fields of the whole: GLOBALS have a share for each name that is known, "character" whether it is said and how much
of each colour of `values.brief.CHARACTER`, the others one value."""
_NO_SECTION = len(SECTIONS)
_MIDDLE = SUB // 2


def told_of(labels: Labels, begin: int, frames: int) -> Arrays:
    """All that is known of latent frames begin .. begin + frames; after the piece's end nothing sounds."""
    part = labels.part(begin * SUB, (begin + frames) * SUB)
    missing = frames * SUB - len(part)

    def whole(values: np.ndarray, after: float) -> np.ndarray:
        padded = np.pad(values, (0, missing), constant_values=after) if missing else values
        return padded.reshape(frames, SUB)

    voiced = whole(part.voiced, 0).astype(np.float32)
    f0 = whole(part.f0_hz, 0).astype(np.float32)
    share = voiced.mean(axis=1)
    octave = np.log2(np.maximum(f0.sum(axis=1), 1e-3) / np.maximum(voiced.sum(axis=1), 1) / 55.0)
    return {
        "phone": whole(part.phone, 0).astype(np.int64), "place": whole(part.place, 0).astype(np.float32),
        "octave": np.where(share > 0, octave, 0).astype(np.float32), "voiced": share,
        "root": whole(part.root, NO_ROOT)[:, _MIDDLE].astype(np.int64),
        "bass": whole(part.bass, NO_ROOT)[:, _MIDDLE].astype(np.int64),
        "quality": whole(part.quality, 0)[:, _MIDDLE].astype(np.int64),
        "bar": whole(part.bar, 0)[:, _MIDDLE].astype(np.float32),
        "beat": whole(part.beat, 0)[:, _MIDDLE].astype(np.float32), "timed": np.ones(frames, np.float32),
        "section": whole(part.section, _NO_SECTION)[:, _MIDDLE].astype(np.int64),
        "players": _ones(whole(part.playing, 0)[:, _MIDDLE], len(PLAYERS)),
        "struck": _ones(whole(part.struck, 0), len(STRIKERS)), "tones": _ones(whole(part.tones, 0)[:, _MIDDLE], TONES),
    }  # fmt: skip


def _ones(bits: np.ndarray, count: int) -> np.ndarray:
    """Whole numbers (...) as their lowest bits, (..., count) float32."""
    return ((bits[..., None].astype(np.uint64) >> np.arange(count, dtype=np.uint64)) & np.uint64(1)).astype(
        np.float32
    )


def nothing(frames: int) -> Arrays:
    """Fields of `frames` frames of which nothing is known."""
    return {
        "phone": np.zeros((frames, SUB), np.int64), "place": np.zeros((frames, SUB), np.float32),
        "octave": np.zeros(frames, np.float32), "voiced": np.zeros(frames, np.float32),
        "root": np.full(frames, NO_ROOT), "bass": np.full(frames, NO_ROOT),
        "quality": np.zeros(frames, np.int64), "bar": np.zeros(frames, np.float32),
        "beat": np.zeros(frames, np.float32), "timed": np.zeros(frames, np.float32),
        "section": np.full(frames, _NO_SECTION), "players": np.zeros((frames, len(PLAYERS)), np.float32),
        "struck": np.zeros((frames, SUB, len(STRIKERS)), np.float32), "tones": np.zeros((frames, TONES), np.float32),
    }  # fmt: skip


_HIDDEN = ("octave", "voiced", "root", "bass", "quality", "tones")  # in mode "no pitch"


def left_out(
    told: Mapping[str, np.ndarray], mode: str, lines: Sequence[Mapping[str, Any]], begin: int
) -> Arrays:
    """What is told in one of MODES. lines: of the whole piece ("from" in s, "phones"). begin: first latent frame."""
    if mode == "full":
        return dict(told)
    frames = len(told["root"])
    empty = nothing(frames)
    if mode == "no pitch":
        return dict(told) | {name: empty[name] for name in _HIDDEN}
    return empty | ({"phone": spread_lines(lines, begin, frames)} if mode == "free" else {})


def spread_lines(lines: Sequence[Mapping[str, Any]], begin: int, frames: int) -> np.ndarray:
    """The phones of each line from its start on, one a frame: what is known where only line starts are.

    (frames, SUB) numbers of SYMBOLS, the phone in the first place of its frame.
    """
    out = np.zeros((frames, SUB), np.int64)
    for line in lines:
        first = round(line["from"] / (FRAME_S * SUB)) - begin
        for n, symbol in enumerate(line["phones"].split()):
            if 0 <= first + n < frames:
                out[first + n, 0] = SYMBOLS.index(symbol)
    return out


def whole_of(asked: Mapping[str, Any], names: Mapping[str, Sequence[str]], mode: str) -> Arrays:
    """What is told of a piece as a whole.

    asked: for each of GLOBALS an id, a blend {id: share}, or nothing; "tempo_bpm". names: for each of GLOBALS the ids
    that are known. Gives, for each of GLOBALS, shares that sum to 1, float32 (names + 1,): place 0 is "not said", where
    unknown ids go; "mode"; "tempo" in octaves from 100 a minute. With mode "none" nothing is said. Raises ValueError
    for shares below 0 or without a sum.
    """
    out: Arrays = {
        name: shares_of(asked.get(name) if mode != "none" else None, names[name]) for name in GLOBALS
    }
    out["character"] = _coloured(asked.get("character") if mode != "none" else None)
    out["mode"] = np.array(MODES.index(mode), np.int64)
    tempo = 0.0 if mode in ("free", "none") else math.log2(asked["tempo_bpm"] / 100.0)
    out["tempo"] = np.array(tempo, np.float32)
    return out


def _coloured(character: Mapping[str, float] | None) -> np.ndarray:
    """Whether a character is said, and how much of each colour it has."""
    if character is None:
        return np.zeros(len(CHARACTER) + 1, np.float32)
    return np.array([1.0, *colouring(character).values()], np.float32)


def shares_of(asked: str | Mapping[str, float] | None, known: Sequence[str]) -> np.ndarray:
    """How much of each known id is asked for, after the share of "not said": float32 (known + 1,)."""
    blend = {asked: 1.0} if isinstance(asked, str) else dict(asked or {"": 1.0})
    total = math.fsum(blend.values())
    if total <= 0 or min(blend.values()) < 0:
        raise ValueError("shares of a blend are 0 or more, and not all 0")
    out = np.zeros(len(known) + 1, np.float32)
    places = {name: n for n, name in enumerate(known, 1)}
    for name, share in blend.items():
        out[places.get(name, 0)] += share / total
    return out


def nameless(told: Mapping[str, np.ndarray]) -> Arrays:
    """The same with nobody named: what guidance leads the voice away from, so that it becomes somebody's."""
    out = dict(told)
    for name in GLOBALS:
        out[name] = shares_of(None, range(len(told[name]) - 1))
    return out | {"character": _coloured(None)}


def untold(told: Mapping[str, np.ndarray]) -> Arrays:
    """The same frames with nothing said, as training shows them in mode "none": what guidance leads the band from."""
    out = nameless(told) | nothing(len(told["root"]))
    out["mode"] = np.array(MODES.index("none"), np.int64)
    out["tempo"] = np.array(0.0, np.float32)
    return out


def window_of(told: Mapping[str, np.ndarray], begin: int, end: int) -> Arrays:
    """Frames begin .. end of what is told; the whole stays what it is."""
    return {name: value[begin:end] if name in FRAME else value for name, value in told.items()}
