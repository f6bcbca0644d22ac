"""Keys that strike: the piano and the electric piano."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.band.fitted import PIANO_LOUD, PIANO_SOFT
from songwright.band.modes import decibels, falling, noise, ring, rising
from songwright.band.stroke import Stroke
from songwright.dsp.units import midi_to_hz
from songwright.values.audio import RATE_HZ
from songwright.values.seed import Luck, Seed

# The case and soundboard answer the hammer: hz, t60_s, dB against the tone.
_BOARD = np.array([(62, 0.28, -24), (98, 0.24, -22), (148, 0.2, -24), (205, 0.16, -27), (310, 0.12, -30)])


@dataclass(frozen=True)
class Piano:
    """A grand piano: stiff strings in unison, levels and decays learned from a recorded one (`fitted`).

    Stiffness follows the measured instrument: B about 1e-4 in the bass, doubling every eight keys from C3 up.
    The first partial stands at equal temperament; partials above it are stretched.
    """

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (2, frames), heard from the player's seat."""
        hz = midi_to_hz(stroke.pitch)
        count = int(min(80, max(2, 13000 / hz)))
        partials = np.arange(1, count + 1, dtype=np.float64)
        stiff = min(0.012, max(1.0e-4, 3.3e-4 * 2.0 ** ((stroke.pitch - 60) / 8.0)))
        modes = hz * partials * np.sqrt((1 + stiff * partials**2) / (1 + stiff))
        soft, loud = (s.levels_db(stroke.pitch, partials) for s in (PIANO_SOFT, PIANO_LOUD))
        own = Seed(0).child("piano", round(stroke.pitch)).luck()
        grain = own.noise(3 * count).reshape(3, count)
        db = soft + (loud - soft) * stroke.strength + 4.5 * grain[0] + 0.5 * luck.noise(count)
        (early, late), (early2, late2) = (s.t60_s(stroke.pitch, partials) for s in (PIANO_SOFT, PIANO_LOUD))
        early, late = np.sqrt(early * early2), np.sqrt(late * late2)
        apart = 2.0 ** (own.uniform(0.25, 0.6) / 2400.0)
        place = np.concatenate([modes / apart, modes * apart])
        t60 = np.concatenate([early, late])
        turn = np.exp(1j * (-0.5 * np.pi + 0.5 * grain[1]))
        side = np.clip((stroke.pitch - 62) / 90.0, -0.35, 0.35)
        thump = self._thump(stroke, luck)
        out = np.empty((2, stroke.frames), dtype=np.float32)
        for ear, sign in enumerate((-1, 1)):
            lean = np.exp(1j * sign * 0.5 * grain[2]) * decibels(sign * (4 * side + 1.5 * grain[2]))
            level = decibels(db) * turn * lean
            out[ear] = ring(place, t60, np.concatenate([0.75 * level, 0.3 * level]), stroke.frames)
        reference = float(np.sqrt(np.mean(out[:, : int(0.1 * RATE_HZ)] ** 2)))
        n = len(thump)
        out[:, :n] += reference * thump
        return out * rising(stroke.frames, 0.0012)

    @staticmethod
    def _thump(stroke: Stroke, luck: Luck) -> np.ndarray:
        """Hammer felt and soundboard knock, against a tone of RMS 1."""
        n = min(stroke.frames, int(0.3 * RATE_HZ))
        felt = noise(luck, n, 120.0, 900.0 + 2600.0 * stroke.strength, -3.0) * falling(n, 0.07)
        high = np.clip((stroke.pitch - 60) / 48.0, 0, 1)
        knock = ring(_BOARD[:, 0], _BOARD[:, 1], -1j * decibels(_BOARD[:, 2] + 8 * high), n)
        thump = knock + felt * float(decibels(-25 + 9 * stroke.strength + 9 * high))
        thump[-256:] *= np.linspace(1, 0, 256, dtype=np.float32)
        return thump


@dataclass(frozen=True)
class ElectricPiano:
    """A tine piano: a tine that rings, a bright bell at the strike, a pickup that growls when played hard.

    Method: frequency modulation (Chowning 1973), index falling as the tine calms down.
    """

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (frames,)."""
        hz = midi_to_hz(stroke.pitch)
        time = np.arange(stroke.frames) / RATE_HZ
        turn = 2 * np.pi * hz * time
        high = np.clip((stroke.pitch - 60) / 36.0, -1, 1)
        growl = (0.35 + 1.8 * stroke.strength**1.5) * (1 - 0.55 * high)
        index = growl * (0.25 + 0.75 * falling(stroke.frames, 1.6 * 2.0**-high))
        tone = np.sin(turn + index * np.sin(turn)).astype(np.float32)
        tone += 0.25 * np.sin(turn + 0.3).astype(np.float32)
        ring_s = 7.5 * 2.0 ** (-(stroke.pitch - 60) / 18.0)
        tone *= 0.75 * falling(stroke.frames, ring_s) + 0.25 * falling(stroke.frames, 0.5 * ring_s)
        bell = 0.05 + 0.22 * stroke.strength
        bells = ring(hz * np.array([6.27, 14.1, 17.5]), np.array([0.9, 0.35, 0.2]) * 2.0 ** (-high / 2),
                     -1j * bell * np.array([0.55, 0.8, 0.3]) * (1 - 0.4 * max(high, 0.0)), stroke.frames)  # fmt: skip
        n = min(stroke.frames, int(0.08 * RATE_HZ))
        tone += bells
        click = noise(luck, n, 150.0, 1800.0) * falling(n, 0.025) * np.float32(0.05 + 0.08 * stroke.strength)
        click[-128:] *= np.linspace(1, 0, 128, dtype=np.float32)
        tone[:n] += click
        return tone * rising(stroke.frames, 0.0015)


@dataclass(frozen=True)
class Vibraphone:
    """A metal bar over a tube: the bar's first three modes stand at 1, 4 and 10 (tuned so), the fans turn slowly."""

    fan_hz: float = 4.6

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (frames,)."""
        hz = midi_to_hz(stroke.pitch)
        long_s = 5.5 * 2.0 ** (-(stroke.pitch - 60) / 18.0)
        levels = np.array([1.0, 0.16 + 0.3 * stroke.strength, 0.03 + 0.12 * stroke.strength])
        modes = hz * np.array([1.0, 3.98, 9.9])
        heard = modes < 18000.0
        tone = ring(
            modes[heard], long_s * np.array([1.0, 0.35, 0.12])[heard], -1j * levels[heard], stroke.frames
        )
        time = np.arange(stroke.frames, dtype=np.float32) / RATE_HZ
        fan = 1.0 - 0.22 * (0.5 - 0.5 * np.cos(2 * np.pi * self.fan_hz * time + luck.uniform(0, 6)))
        n = min(stroke.frames, int(0.02 * RATE_HZ))
        tone *= fan.astype(np.float32)
        tone[:n] += np.float32(0.12 * stroke.strength) * noise(luck, n, 400.0, 3000.0) * falling(n, 0.012)
        return tone * rising(stroke.frames, 0.0015)
