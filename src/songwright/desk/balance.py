"""Listening and balancing: how loud each stem is, in which bands, and how loud it should be.

The desk listens to every stem once: mean squares in third-octave bands over stretches of 4096 frames.
Loudness, the place of the voice and the tone of the whole are decided on these small tables; stems are taken
as uncorrelated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from songwright.desk.settings import Settings
from songwright.dsp import filters, loudness, spectra, units
from songwright.music.instruments import INSTRUMENTS
from songwright.values.audio import RATE_HZ
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan

STRETCH = 4096
BANDS_HZ = spectra.THIRD_OCTAVES_HZ
# How much of each band lies between 1 and 4 kHz, where words are understood.
VOICE_SHARE = np.where((BANDS_HZ > 1100.0) & (BANDS_HZ < 3300.0), 1.0, 0.0)
VOICE_SHARE[np.abs(BANDS_HZ - 1000.0) < 1.0] = 0.53
VOICE_SHARE[np.abs(BANDS_HZ - 4000.0) < 1.0] = 0.47
_K_POWER = np.abs(filters.response(loudness.k_weighting(), BANDS_HZ)) ** 2
_GATE_DB = 12.0  # a stem counts as playing where it is less than this below its own mean
_NAMES = {
    "lead": "lead",
    "vocal": "lead",
    "vocals": "lead",
    "backing": "backing",
    "drums": "drums",
    "bass": "bass",
}


@dataclass(frozen=True)
class Chair:
    """Who is heard in a stem: its role, and the family of the instrument ("voice", "drums", "guitar", ...)."""

    stem: str
    role: str
    instrument: str
    family: str


@dataclass(frozen=True, eq=False)
class Heard:
    """What the desk heard in a stem. bands: mean square (stretches, bands), channels averaged."""

    bands: np.ndarray

    @property
    def weighted(self) -> np.ndarray:
        """K-weighted mean square of each stretch."""
        return self.bands @ _K_POWER

    @property
    def playing(self) -> np.ndarray:
        """True for stretches in which the stem is really heard."""
        energy = self.weighted
        audible = energy > units.db_to_power(-90.0)
        if not audible.any():
            return audible
        return energy > energy[audible].mean() * units.db_to_power(-_GATE_DB)

    @property
    def level_lufs(self) -> float:
        """Loudness while it plays (as if both channels carried it); `loudness.SILENCE_LUFS` for silence."""
        playing = self.playing
        if not playing.any():
            return loudness.SILENCE_LUFS
        return float(-0.691 + units.power_to_db(2.0 * self.weighted[playing].mean()))

    def moved(self, energy: np.ndarray, gain: np.ndarray, hop: int) -> Heard:
        """What would be heard after hands on the fader.

        energy, gain: mean square and amplitude every `hop` frames of the stem; `hop` divides a stretch.
        """
        points = STRETCH // hop
        count = len(self.bands)
        power = np.zeros((2, count * points))
        power[0, : len(energy)] = energy[: count * points]
        power[1, : len(energy)] = power[0, : len(energy)] * np.square(gain[: len(energy)])
        before, after = power.reshape(2, count, points).sum(axis=2)
        return Heard(self.bands * (after / np.maximum(before, 1e-30))[:, None])

    def through(self, gain_db: float, curve_db: np.ndarray | float = 0.0) -> Heard:
        """What would be heard after a level and an equalizer (decibels in each band)."""
        return Heard(self.bands * units.db_to_power(gain_db + np.asarray(curve_db)))


def listen(samples: np.ndarray) -> Heard:
    """Listen to a stem once, (channels, frames)."""
    return Heard(spectra.band_power(samples, STRETCH))


def chairs(names: Sequence[str], performance: Performance, plan: SongPlan) -> tuple[Chair, ...]:
    """Who sits behind each stem name: from the plan, else from the performance, else from the name itself."""
    known: dict[str, tuple[str, str]] = {}
    for part in (*plan.parts, *performance.played):
        known.setdefault(part.stem, (part.role, part.instrument))
    for part in performance.sung:
        if part.role == "lead" or part.stem not in known:
            known[part.stem] = (part.role, "voice")
    found = []
    for name in names:
        role, instrument = known.get(name, (_NAMES.get(name.lower(), "comping"), ""))
        family = "voice" if role in ("lead", "backing") else "drums" if role == "drums" else ""
        if not family and instrument in INSTRUMENTS:
            family = INSTRUMENTS[instrument].family
        found.append(Chair(name, role, instrument, family or role))
    return tuple(found)


def levels_db(
    heard: Mapping[str, Heard],
    places: Sequence[Chair],
    settings: Settings,
    lean: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """The gain of each stem so that every role has its loudness and the lead its place over the band.

    Several stems of one role share its loudness a little (two guitars are not twice as loud as one). Silent
    stems get 0 dB. lean: what a stem plays louder than its role, for the tone of the whole.
    """
    gains: dict[str, float] = {}
    reference = -20.0
    for chair in places:
        level = heard[chair.stem].level_lufs
        crowd = sum(1 for other in places if other.role == chair.role)
        target = reference + settings.level_lu(chair.role) - 1.0 * (crowd - 1)
        target += lean.get(chair.stem, 0.0) if lean else 0.0
        gains[chair.stem] = target - level if level > loudness.SILENCE_LUFS else 0.0
    for chair in places:
        if chair.role == "lead" and heard[chair.stem].playing.any():
            gains[chair.stem] += _lead_correction_db(heard, places, gains, chair.stem, settings)
    return gains


def lead_over_band_db(heard: Mapping[str, Heard], lead: str) -> float:
    """How far the lead stands over all other stems between 1 and 4 kHz, while it sings."""
    singing = heard[lead].playing
    voice = (heard[lead].bands[singing] @ VOICE_SHARE).sum()
    others = sum((heard[name].bands[singing] @ VOICE_SHARE).sum() for name in heard if name != lead)
    return float(units.power_to_db(voice) - units.power_to_db(others))


def sung_stretches(performance: Performance, lead: Heard) -> np.ndarray:
    """True for the stretches in which a line is sung: by the performance, or by ear where nobody wrote it down."""
    spans: dict[object, tuple[float, float]] = {}
    for part in performance.sung:
        for phone in (phone for phrase in part.phrases for phone in phrase.phones):
            if part.role == "lead" and phone.line is not None:
                start, end = spans.get(phone.line, (phone.onset_s, phone.offset_s))
                spans[phone.line] = (min(start, phone.onset_s), max(end, phone.offset_s))
    if not spans:
        return lead.playing
    middles = (np.arange(len(lead.bands)) + 0.5) * STRETCH / RATE_HZ
    sung = np.zeros(len(middles), dtype=bool)
    for start, end in spans.values():
        sung |= (middles >= start) & (middles < end)
    return sung & (lead.weighted > 0.0)


def section_times_s(plan: SongPlan) -> list[tuple[float, float]]:
    """Start and end of each section in seconds."""
    times, bar = [], 0
    for section in plan.sections:
        ticks = bar * plan.meter.bar_ticks, (bar + section.bars) * plan.meter.bar_ticks
        times.append((plan.tempo_map.seconds_at(ticks[0]), plan.tempo_map.seconds_at(ticks[1])))
        bar += section.bars
    return times


def _lead_correction_db(
    heard: Mapping[str, Heard],
    places: Sequence[Chair],
    gains: Mapping[str, float],
    lead: str,
    settings: Settings,
) -> float:
    """What the lead's level must change so that it wins its bands, within -1.5 .. +3.5 LU over the whole band."""
    balanced = {chair.stem: heard[chair.stem].through(gains[chair.stem]) for chair in places}
    wanted = settings.lead_over_band_db - lead_over_band_db(balanced, lead)
    singing = balanced[lead].playing
    others = sum(balanced[name].weighted[singing].mean() for name in balanced if name != lead)
    if not others > 0:
        return 0.0
    over_all = units.power_to_db(balanced[lead].weighted[singing].mean()) - units.power_to_db(others)
    return float(np.clip(wanted, -1.5 - over_all, 3.5 - over_all))
