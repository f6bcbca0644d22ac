"""What only learning does with what is told of a piece: leave parts out by luck, and ask what was understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from songwright.runtime.jukebox.telling import GLOBALS, PITCHES, SUB, Arrays, whole_of
from songwright.values.seed import Luck

MODE_SHARES = {"full": 0.6, "no pitch": 0.08, "free": 0.2, "none": 0.12}
_UNSAID = 0.1  # share of pieces in which one of GLOBALS, or the character, is not said
_NOBODY = 0.1  # share in which none of them is: what guidance leads a voice away from


def targets_of(told: Mapping[str, np.ndarray]) -> Arrays:
    """What the heads should understand: phone, pitch and chord of each frame."""
    note = np.round(12 * told["octave"] + 33) - 36 + 1  # 0 = none, 1 = MIDI 36
    pitch = np.where(told["voiced"] > 0.5, np.clip(note, 1, PITCHES - 1), 0)
    return {"phone": told["phone"][:, SUB // 2], "pitch": pitch.astype(np.int64), "root": told["root"]}


def drawn_whole(
    about: Mapping[str, Any], names: Mapping[str, Sequence[str]], mode: str, luck: Luck
) -> Arrays:
    """What is told of a piece as a whole (`runtime.jukebox.telling.whole_of`), now and then without a name or any."""
    unsaid = 1.0 if luck.chance(_NOBODY) else _UNSAID
    said = {name: about[name] for name in (*GLOBALS, "character") if not luck.chance(unsaid)}
    return whole_of(said | {"tempo_bpm": about["tempo_bpm"]}, names, mode)


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
