"""What the singing network is told: which phone, how long since it began and until it ends, pitch, effort, whose voice.

Training and singing both come through here, so the network hears the same language in both. Times are counted in
seconds and stop counting a fifth of a second away from a border: the middle of a long note looks the same to the
network however long the note is, which is how a voice learned from speech can hold a vowel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from songwright.singer.fullband import FRAME_S
from songwright.text import phones as inventory

SYMBOLS = (
    *(
        "PAU",
        "AA",
        "AE",
        "AH",
        "AO",
        "AW",
        "AX",
        "AY",
        "B",
        "CH",
        "D",
        "DH",
        "EH",
        "ER",
        "EY",
        "F",
        "G",
        "HH",
    ),
    *(
        "IH",
        "IY",
        "JH",
        "K",
        "L",
        "M",
        "N",
        "NG",
        "OW",
        "OY",
        "P",
        "R",
        "S",
        "SH",
        "T",
        "TH",
        "UH",
        "UW",
        "V",
    ),
    *("W", "Y", "Z", "ZH", "A", "AL", "EE", "EL", "OO", "OH", "OE", "OEH", "UE", "UEH", "AR", "C", "X", "RR"),
    *("TS", "PF", "Q"),
)
"""The phones a network is trained on, in the order of its table; new ones may only be added at the end."""
NEIGHBOURS = 4
"""Phones told at a time: the one before, the one that sounds, the next, the one after."""
NUMBERS = ("since", "until", "just_begun", "nearly_over", "length", "length_before", "length_after", "pitch",
           "effort", "effort_known")  # fmt: skip
"""The other inputs of a frame, each about -1..1."""
REACH_S, EDGE_S = 0.2, 0.04
EFFORT_DB = 6.0
"""One unit of effort is this much louder than the voice usually speaks; 0 = usual, -1 soft, +1 loud."""
NOISE = 16
"""Random numbers a frame takes, normally distributed: a voice is never twice the same."""


@dataclass(frozen=True, eq=False)
class Timing:
    """Phones one after another. symbols: (P,) names. onset_s, offset_s: (P,) seconds, in order, no overlap."""

    symbols: tuple[str, ...]
    onset_s: np.ndarray
    offset_s: np.ndarray


def codes(symbols: Sequence[str], known: Sequence[str] = SYMBOLS) -> np.ndarray:
    """Places of phones in the network's table, (P,) int64; a phone the table lacks is replaced by its nearest."""
    place = {symbol: index for index, symbol in enumerate(known)}
    return np.array([place[inventory.nearest(symbol, place)] for symbol in symbols], np.int64)


def condition(
    timing: Timing, start_s: float, frames: int, f0_hz: np.ndarray, effort: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """The network's inputs "phones" (frames, 4) int64 and "numbers" (frames, 10) float32 for a stretch of time.

    Frame k sounds at start_s + k * 5 ms. f0_hz: (frames,), > 0 everywhere. effort: (frames,), about -2..2 in units
    of EFFORT_DB, None = not known. Where no phone sounds it is silent.
    """
    spans = without_gaps(timing, start_s, start_s + frames * FRAME_S)
    return at_frames(codes(spans.symbols), spans.onset_s, spans.offset_s,
                     start_s + FRAME_S * np.arange(frames), f0_hz, effort)  # fmt: skip


def at_frames(
    code: np.ndarray, onset_s: np.ndarray, offset_s: np.ndarray, times_s: np.ndarray,
    f0_hz: np.ndarray, effort: np.ndarray | None,
) -> dict[str, np.ndarray]:  # fmt: skip
    """As `condition`, for phones already coded and without gaps, (P,) each, at any rising times, (frames,)."""
    here = np.clip(np.searchsorted(onset_s, times_s + 1e-9, side="right") - 1, 0, len(code) - 1)
    beside = np.concatenate([[0], code, [0, 0]])
    phones = np.stack([beside[here + k] for k in range(NEIGHBOURS)], axis=1)
    since = np.maximum(times_s - onset_s[here], 0.0)
    until = np.maximum(offset_s[here] - times_s, 0.0)
    length = _length(offset_s - onset_s)
    lengths = np.concatenate([[0.0], length, [0.0]])
    count = len(times_s)
    numbers = np.stack(
        [
            np.minimum(since, REACH_S) / REACH_S,
            np.minimum(until, REACH_S) / REACH_S,
            np.minimum(since, EDGE_S) / EDGE_S,
            np.minimum(until, EDGE_S) / EDGE_S,
            length[here],
            lengths[here],
            lengths[here + 2],
            np.log2(np.maximum(f0_hz, 20.0) / 220.0),
            np.zeros(count) if effort is None else np.clip(effort, -2.5, 2.5),
            np.full(count, 0.0 if effort is None else 1.0),
        ],
        axis=1,
    )
    return {"phones": phones.astype(np.int64), "numbers": numbers.astype(np.float32)}


def _length(seconds: np.ndarray) -> np.ndarray:
    """How long a phone is, as octaves from 80 ms, within 20 ms .. 400 ms."""
    return np.log2(np.clip(seconds, 0.02, 0.4) / 0.08)


def without_gaps(timing: Timing, start_s: float, end_s: float) -> Timing:
    """The same phones with silences where nothing sounds between start_s and end_s; phones of no length drop out."""
    symbols: list[str] = []
    onsets: list[float] = []
    offsets: list[float] = []
    now = min(start_s, float(timing.onset_s[0])) if len(timing.symbols) else start_s
    for symbol, onset, offset in zip(timing.symbols, timing.onset_s, timing.offset_s, strict=True):
        if onset > now + 1e-6:
            symbols.append(inventory.SILENCE)
            onsets.append(now)
            offsets.append(float(onset))
        if offset > onset:
            symbols.append(symbol)
            onsets.append(float(onset))
            offsets.append(float(offset))
        now = max(now, float(offset))
    if end_s > now or not symbols:
        symbols.append(inventory.SILENCE)
        onsets.append(now)
        offsets.append(max(end_s, now))
    return Timing(tuple(symbols), np.array(onsets), np.array(offsets))


def speaker_weights(shares: Mapping[str, float], speakers: Sequence[str]) -> np.ndarray:
    """Whose voice, (speakers,) float32: shares that sum to 1; two names with a share each are a voice between them.

    Raises KeyError for a name the network does not know, ValueError where no share is above 0.
    """
    weights = np.zeros(len(speakers), np.float32)
    for name, share in shares.items():
        if name not in speakers:
            raise KeyError(name)
        weights[list(speakers).index(name)] = max(share, 0.0)
    if weights.sum() <= 0:
        raise ValueError("no voice has a share in the blend")
    return weights / weights.sum()
