"""What the generator is told in each frame of latents, from the labels of a piece, and how much of it is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from songwright.train.nets.flow import GLOBALS, MODES, PITCHES, SUB
from songwright.train.renders.labels import FRAME_S, NO_ROOT, PLAYERS, SECTIONS, SYMBOLS, Labels
from songwright.values.seed import Luck

Arrays = dict[str, np.ndarray]
MODE_SHARES = {"full": 0.5, "no pitch": 0.1, "free": 0.25, "none": 0.15}
_UNSAID = 0.1  # share of pieces in which one of GLOBALS is not said
_NO_SECTION = len(SECTIONS)
_MIDDLE = SUB // 2
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
)
"""Fields with a value in each frame."""
WHOLE = (*GLOBALS, "mode", "tempo")
"""Fields with one value."""


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
    bits = whole(part.playing, 0)[:, _MIDDLE]
    players = (bits[:, None] >> np.arange(len(PLAYERS), dtype=np.uint64)) & np.uint64(1)
    return {
        "phone": whole(part.phone, 0).astype(np.int64), "place": whole(part.place, 0).astype(np.float32),
        "octave": np.where(share > 0, octave, 0).astype(np.float32), "voiced": share,
        "root": whole(part.root, NO_ROOT)[:, _MIDDLE].astype(np.int64),
        "bass": whole(part.bass, NO_ROOT)[:, _MIDDLE].astype(np.int64),
        "quality": whole(part.quality, 0)[:, _MIDDLE].astype(np.int64),
        "bar": whole(part.bar, 0)[:, _MIDDLE].astype(np.float32),
        "beat": whole(part.beat, 0)[:, _MIDDLE].astype(np.float32), "timed": np.ones(frames, np.float32),
        "section": whole(part.section, _NO_SECTION)[:, _MIDDLE].astype(np.int64),
        "players": players.astype(np.float32),
    }  # fmt: skip


def targets_of(told: Mapping[str, np.ndarray]) -> Arrays:
    """What the heads should understand: phone, pitch and chord of each frame."""
    note = np.round(12 * told["octave"] + 33) - 36 + 1  # 0 = none, 1 = MIDI 36
    pitch = np.where(told["voiced"] > 0.5, np.clip(note, 1, PITCHES - 1), 0)
    return {"phone": told["phone"][:, _MIDDLE], "pitch": pitch.astype(np.int64), "root": told["root"]}


def left_out(told: Arrays, mode: str, lines: Sequence[Mapping[str, Any]], begin: int) -> Arrays:
    """What is told in a mode of `nets.flow.MODES`. lines: of the whole piece. begin: first latent frame."""
    told = dict(told)
    if mode == "full":
        return told
    frames = len(told["root"])
    told["voiced"], told["octave"] = np.zeros(frames, np.float32), np.zeros(frames, np.float32)
    told["root"] = told["bass"] = np.full(frames, NO_ROOT)
    told["quality"] = np.zeros(frames, np.int64)
    if mode == "no pitch":
        return told
    told["place"] = np.zeros((frames, SUB), np.float32)
    told["bar"] = told["beat"] = told["timed"] = np.zeros(frames, np.float32)
    told["section"] = np.full(frames, _NO_SECTION)
    told["players"] = np.zeros((frames, len(PLAYERS)), np.float32)
    told["phone"] = (
        spread_lines(lines, begin, frames) if mode == "free" else np.zeros((frames, SUB), np.int64)
    )
    return told


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


def whole_of(
    about: Mapping[str, Any], names: Mapping[str, Sequence[str]], mode: str, luck: Luck | None
) -> Arrays:
    """What is told of a piece as a whole. names: for each of GLOBALS, those known. luck: leaves some out."""
    found: dict[str, float] = {}
    for name in GLOBALS:
        known = about[name] in names[name] and not (luck and luck.chance(1.0 if mode == "none" else _UNSAID))
        found[name] = names[name].index(about[name]) + 1 if known else 0
    found["mode"] = MODES.index(mode)
    out: Arrays = {name: np.array(value, np.int64) for name, value in found.items()}
    tempo = 0.0 if mode in ("free", "none") else np.log2(about["tempo_bpm"] / 100.0)
    out["tempo"] = np.array(tempo, np.float32)
    return out


def drawn_mode(luck: Luck) -> str:
    """A mode, as often as `MODE_SHARES` says."""
    return luck.weighted(list(MODE_SHARES), list(MODE_SHARES.values()))


def drawn_keep(frames: int, luck: Luck, frame_hz: float = 31.25) -> np.ndarray:
    """Which frames of voice and band stay as they are: float32 (frames, 2), 1 = kept.

    From scratch 35 %, after 2 to 8 s of beginning 35 %, with one or two holes 20 %, one stem given 10 %.
    """
    keep = np.zeros((frames, 2), np.float32)
    kind = luck.uniform()
    if kind < 0.35:
        return keep
    if kind < 0.7:
        keep[: int(luck.uniform(2.0, 8.0) * frame_hz)] = 1
    elif kind < 0.9:
        keep[:] = 1
        for _ in range(luck.integer(1, 2)):
            length = int(luck.uniform(0.5, 6.0) * frame_hz)
            start = luck.integer(0, max(0, frames - length))
            keep[start : start + length] = 0
    else:
        keep[:, luck.integer(0, 1)] = 1
    return keep
