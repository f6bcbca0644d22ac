"""Strings that are plucked: guitars, basses, banjo, mandolin.

A note is the sum of the string's partials (`modes.ring`), each with a quick first decay and a slow after-sound
(the string's two planes of motion), the noise of finger or pick, and the knock of the body. Levels come from
`fitted` surfaces where recordings were measured, else from the ideal plucked string: partial k of a string
plucked at a fraction b of its length is as strong as |sin(pi k b)| / k (Fletcher & Rossing, The Physics of Musical
Instruments, ch. 2), seen by a pickup at p through |sin(pi k p)|.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.band.fitted import Surface
from songwright.band.modes import bumps, decibels, falling, noise, ring
from songwright.band.stroke import Stroke
from songwright.dsp.units import midi_to_hz
from songwright.values.audio import RATE_HZ
from songwright.values.seed import Luck, Seed

Peaks = tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class PluckedString:
    """How a plucked instrument is built.

    name: keys the small irregularities of its strings. soft, loud: measured surfaces, or None for the ideal
    string. pluck, pickup: fractions of the string (pickup 0 = none). slope: dB an octave of the ideal string.
    bright_hz: where the top begins to fall by 12 dB an octave, softest and hardest. ring_s: T60 at A3 of the low
    partials; damp_hz: where T60 has halved. stiffness: inharmonicity B at E3. body: gain peaks (hz, db, octaves).
    knock: body modes (hz, t60_s, db). pick: dB of the noise against the tone; pick_hz: its band, pick_s: its T60.
    courses_cents: how far the two strings of a course lie apart (0 = one string). mute_s: T60 under the palm.
    grain_db: irregularity of partials.
    """

    name: str
    soft: Surface | None = None
    loud: Surface | None = None
    pluck: float = 0.17
    pickup: float = 0.0
    slope: float = 6.0
    bright_hz: tuple[float, float] = (2000.0, 6000.0)
    ring_s: float = 5.0
    damp_hz: float = 2500.0
    stiffness: float = 8e-5
    body: Peaks = ()
    knock: Peaks = ()
    pick: float = -26.0
    pick_hz: tuple[float, float] = (900.0, 6000.0)
    pick_s: float = 0.03
    courses_cents: float = 0.0
    mute_s: float = 0.22
    grain_db: float = 2.5

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (frames,)."""
        hz = midi_to_hz(stroke.pitch)
        strength = stroke.strength * (0.8 if stroke.articulation == "mute" else 1.0)
        count = int(min(90, max(2, 15000 / hz)))
        partials = np.arange(1, count + 1, dtype=np.float64)
        stiff = self.stiffness * 2.0 ** ((stroke.pitch - 52) / 9.0)
        modes = hz * partials * np.sqrt((1 + stiff * partials**2) / (1 + stiff))
        db = self._levels_db(stroke, strength, partials, modes, luck)
        early, late = self._decays_s(stroke, partials, modes)
        amplitude = decibels(db) * bumps(modes, self.body)
        turn = np.exp(1j * (-0.5 * np.pi + 0.25 * luck.noise(count)))
        apart = 2.0 ** ((0.35 + self.courses_cents) / 2400.0)
        tone = ring(np.concatenate([modes / apart, modes * apart]), np.concatenate([early, late]),
                    np.concatenate([0.72 * amplitude * turn, 0.34 * amplitude * turn]), stroke.frames)  # fmt: skip
        tone *= np.minimum(1.0, np.arange(1, stroke.frames + 1) / (0.0006 * RATE_HZ)).astype(np.float32)
        return tone + self._touch(stroke, tone, luck)

    def _levels_db(self, stroke: Stroke, strength: float, partials: np.ndarray, modes: np.ndarray,
                   luck: Luck) -> np.ndarray:  # fmt: skip
        grain = (
            Seed(0).child(self.name, round(stroke.pitch)).luck().noise(len(partials)) * 1.7 * self.grain_db
        )
        grain = grain + luck.noise(len(partials)) * 0.8
        corner = self.bright_hz[0] * (self.bright_hz[1] / self.bright_hz[0]) ** strength
        fall = 10 * np.log10(1 + (modes / corner) ** 4)
        if self.soft and self.loud:
            soft, loud = (s.levels_db(stroke.pitch, partials) for s in (self.soft, self.loud))
            return soft + (loud - soft) * strength - fall + grain
        pluck = (
            self.pluck
            * (1 + 0.12 * luck.uniform(-1, 1))
            * (0.7 if stroke.articulation == "strum-up" else 1.0)
        )
        comb = np.abs(np.sin(np.pi * partials * pluck)) + 0.04
        if self.pickup:
            comb = comb * (np.abs(np.sin(np.pi * partials * self.pickup)) + 0.06)
        return 20 * np.log10(comb) - self.slope * np.log2(partials) - fall + grain

    def _decays_s(self, stroke: Stroke, partials: np.ndarray,
                  modes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        if self.soft and self.loud:
            first, second = (s.t60_s(stroke.pitch, partials) for s in (self.soft, self.loud))
            early, late = (np.sqrt(a * b) for a, b in zip(first, second, strict=True))
        else:
            base = self.ring_s * 2.0 ** (-(stroke.pitch - 57) / 22.0)
            early = 0.45 * base / (1 + (modes / self.damp_hz) ** 1.3)
            late = base / (1 + (modes / self.damp_hz) ** 1.3)
        if stroke.articulation == "mute":
            palm = self.mute_s / (1 + (modes / 1400.0) ** 1.2)
            early, late = 1 / (1 / early + 1 / palm), 1 / (1 / late + 1 / (1.6 * palm))
        return early, late

    def _touch(self, stroke: Stroke, tone: np.ndarray, luck: Luck) -> np.ndarray:
        """The noise of the pick or finger and the knock of the body, as loud as the tone allows."""
        n = min(stroke.frames, int(0.25 * RATE_HZ))
        reference = float(np.sqrt(np.mean(tone[: int(0.1 * RATE_HZ)] ** 2))) + 1e-9
        corner = self.pick_hz[1] * (0.5 + 0.7 * stroke.strength)
        burst = noise(luck, n, self.pick_hz[0], corner) * falling(n, self.pick_s)
        click = reference * float(decibels(self.pick + 8 * stroke.strength)) * burst
        if self.knock:
            table = np.asarray(self.knock, dtype=np.float64)
            levels = decibels(table[:, 2]) * (1 + 0.3 * luck.noise(len(table)))
            click = click + reference * ring(table[:, 0], table[:, 1], -1j * levels, n)
        click[-256:] *= np.linspace(1, 0, 256, dtype=np.float32)
        out = np.zeros_like(tone)
        out[:n] = click
        return out
