"""One way of sounding one note: what an instrument is told before it plays."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stroke:
    """pitch: MIDI, fractional. strength: 0 soft .. 1 hard. articulation: as in the score.

    length_s: how long it is held. frames: samples to render, the time after the release included.
    """

    pitch: float
    strength: float
    articulation: str
    length_s: float
    frames: int
