"""Which key a tune is in, from how long each pitch class sounds.

The weights are the probe-tone ratings of Krumhansl & Kessler (1982); the key whose rotated ratings correlate best
with the durations wins (Krumhansl & Schmuckler); ending on a tonic gives that key half a point of correlation more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum, sqrt

from songwright.music.pitch import fifths, key_on, pitch_class
from songwright.values.plan import Key

_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_LAST_NOTE, _LAST_BASS = 0.5, 0.5  # fitted on songs that tell their mode


def durations(sounds: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """How long each of the 12 pitch classes sounds; sounds: (ticks, MIDI pitch)."""
    found = [0] * 12
    for ticks, pitch in sounds:
        found[pitch % 12] += ticks
    return tuple(found)


def key_fit(weights: Sequence[float], key: Key) -> float:
    """Correlation -1..1 of 12 durations with what the key (major or minor) leads the ear to expect."""
    profile = _MINOR if key.mode == "minor" else _MAJOR
    tonic = pitch_class(key.tonic)
    expected = [profile[(pc - tonic) % 12] for pc in range(12)]
    mean_w, mean_e = fsum(weights) / 12, fsum(expected) / 12
    top = fsum((w - mean_w) * (e - mean_e) for w, e in zip(weights, expected, strict=True))
    spread = fsum((w - mean_w) ** 2 for w in weights) * fsum((e - mean_e) ** 2 for e in expected)
    return top / sqrt(spread) if spread > 0 else 0.0


def find_key(
    weights: Sequence[float], last_pitch: int | None = None, last_bass: int | None = None,
    signature: int | None = None,
) -> Key:  # fmt: skip
    """The major or minor key that fits 12 durations best; a known signature leaves its two relatives to choose from.

    last_pitch, last_bass: MIDI notes that end tune and accompaniment, where known. Silence gives C major.
    """
    keys = [key_on(tonic, mode) for mode in ("major", "minor") for tonic in range(12)]
    if signature is not None:
        keys = [key for key in keys if (fifths(key) - signature) % 12 == 0] or keys

    def fit(key: Key) -> float:
        tonic = pitch_class(key.tonic)
        ends = _LAST_NOTE * (last_pitch is not None and last_pitch % 12 == tonic)
        return key_fit(weights, key) + ends + _LAST_BASS * (last_bass is not None and last_bass % 12 == tonic)

    return max(keys, key=fit)
