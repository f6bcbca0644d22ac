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
VOICE_BANDS = (BANDS_HZ > 950.0) & (BANDS_HZ < 4100.0)
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


def levels_db(heard: Mapping[str, Heard], places: Sequence[Chair], settings: Settings) -> dict[str, float]:
    """The gain of each stem so that every role has its loudness and the lead its place over the band.

    Several stems of one role share its loudness a little (two guitars are not twice as loud as one). Silent
    stems get 0 dB.
    """
    gains: dict[str, float] = {}
    reference = -20.0
    for chair in places:
        level = heard[chair.stem].level_lufs
        crowd = sum(1 for other in places if other.role == chair.role)
        target = reference + settings.level_lu(chair.role) - 1.0 * (crowd - 1)
        gains[chair.stem] = target - level if level > loudness.SILENCE_LUFS else 0.0
    for chair in places:
        if chair.role == "lead" and heard[chair.stem].playing.any():
            gains[chair.stem] += _lead_correction_db(heard, places, gains, chair.stem, settings)
    return gains


def lead_over_band_db(
    heard: Mapping[str, Heard], lead: str, bands: np.ndarray | slice = VOICE_BANDS
) -> float:
    """How far the lead stands over all other stems between 1 and 4 kHz, while it sings."""
    singing = heard[lead].playing
    voice = heard[lead].bands[singing][:, bands].sum()
    others = sum(heard[name].bands[singing][:, bands].sum() for name in heard if name != lead)
    return float(units.power_to_db(voice) - units.power_to_db(others))


def tone_correction(heard: Mapping[str, Heard], gains: Mapping[str, float], settings: Settings) -> np.ndarray:
    """An equalizer for the whole record (same for every stem) that brings it near the usual balance of
    records.

    Four broad bands, at most 4 dB each, found by least squares on the predicted long-term spectrum. As
    filters.
    """
    power = sum(heard[name].through(gains[name]).bands.mean(axis=0) for name in heard)
    if not np.any(power > 1e-12):
        return filters.chain()
    place = (BANDS_HZ >= 45.0) & (BANDS_HZ <= 13000.0)
    wanted = usual_spectrum_db(settings) - units.power_to_db(power)
    shapes = (
        lambda db: filters.low_shelf(105.0, db),
        lambda db: filters.peak(320.0, db, 0.6),
        lambda db: filters.peak(3000.0, db, 0.6),
        lambda db: filters.high_shelf(7000.0, db),
    )
    basis = np.stack(
        [filters.response_db(shape(1.0), BANDS_HZ) for shape in shapes] + [np.ones(len(BANDS_HZ))]
    )
    weights = basis[:, place]
    ridge = np.diag([2.0, 2.0, 2.0, 2.0, 0.0])
    best = np.linalg.solve(weights @ weights.T + ridge, weights @ wanted[place])
    return filters.chain(
        *(shape(float(np.clip(0.8 * db, -4.0, 4.0))) for shape, db in zip(shapes, best, strict=False))
    )


def usual_spectrum_db(settings: Settings) -> np.ndarray:
    """The usual long-term balance of records in third-octave bands, bent by the genre; 0 dB at 100 Hz.

    Power density falls about 5 dB an octave from 100 Hz to 4 kHz and faster above (Pestana, Ma, Reiss,
    Barbosa & Black, "Spectral characteristics of popular commercial recordings 1950-2010", AES 135, 2013),
    which is 2 dB an octave in third-octave bands.
    """
    points_hz = (25.0, 40.0, 60.0, 100.0, 4000.0, 8000.0, 16000.0)
    points_db = (-14.0, -5.0, 0.0, 0.0, -10.6, -15.5, -24.0)
    curve = np.interp(np.log(BANDS_HZ), np.log(points_hz), points_db)
    low = np.interp(np.log(BANDS_HZ), np.log((90.0, 200.0)), (1.0, 0.0))
    high = np.interp(np.log(BANDS_HZ), np.log((2500.0, 6000.0)), (0.0, 1.0))
    return curve + settings.warmth_db * low + settings.brightness_db * high


def section_gains_db(energy: np.ndarray, hop_s: float, plan: SongPlan, settings: Settings) -> list[float]:
    """How much each section is lifted or held back so that choruses stand over verses by the genre's lift.

    energy: K-weighted mean squares every hop_s. Verses among themselves, and choruses, come a little nearer
    to each other; everything else is kept between a bit below the verse and the chorus. At most 3 dB either
    way.
    """
    levels = []
    for start_s, end_s in section_times_s(plan):
        piece = energy[int(start_s / hop_s) : max(int(end_s / hop_s), int(start_s / hop_s) + 1)]
        levels.append(loudness.gated_lufs(piece) if len(piece) else loudness.SILENCE_LUFS)
    kinds = [section.kind for section in plan.sections]
    verse, chorus = (_mean_level(levels, kinds, kind) for kind in ("verse", "chorus"))
    if verse is None or chorus is None:
        return [0.0] * len(levels)
    missing = settings.chorus_lift_lu - (chorus - verse)
    missing = np.sign(missing) * max(0.0, abs(missing) - 0.2)
    means = {"verse": verse, "chorus": chorus}
    share = {"verse": -0.5 * missing, "chorus": 0.5 * missing}
    gains = [0.0] * len(levels)
    for i, (kind, level) in enumerate(zip(kinds, levels, strict=True)):
        if level <= loudness.SILENCE_LUFS:
            continue
        if kind in means:
            even = 0.4 * (means[kind] - level)
            gains[i] = float(np.clip(share[kind] + even, -3.0, 3.0))
        else:
            low, high = verse + share["verse"] - 3.5, chorus + share["chorus"] - 0.5
            gains[i] = float(np.clip(min(max(level, low), high) - level, -3.0, 3.0))
    return gains


def lead_rides_db(
    heard: Mapping[str, Heard], gains: Mapping[str, float], lead: str, plan: SongPlan, settings: Settings
) -> list[float]:
    """How the lead's fader moves from section to section so that it keeps its place over thin and full bands.

    In sections where it hardly sings the fader stays where it was. At most 6 dB down and 4 dB up, with 0.3 dB
    of freedom.
    """
    balanced = {name: heard[name].through(gains[name]) for name in heard}
    singing = balanced[lead].playing
    others = sum(balanced[name].bands for name in balanced if name != lead)
    rides, last = [], 0.0
    for start_s, end_s in section_times_s(plan):
        here = slice(int(start_s * RATE_HZ / STRETCH), int(end_s * RATE_HZ / STRETCH) + 1)
        sung = singing[here]
        if sung.sum() * STRETCH > RATE_HZ and len(heard) > 1:
            voice = balanced[lead].bands[here][sung][:, VOICE_BANDS].sum()
            band = others[here][sung][:, VOICE_BANDS].sum()
            missing = settings.lead_over_band_db - float(units.power_to_db(voice) - units.power_to_db(band))
            last = float(np.clip(np.sign(missing) * max(0.0, abs(missing) - 0.3), -6.0, 4.0))
        rides.append(last)
    return rides


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


def _mean_level(levels: Sequence[float], kinds: Sequence[str], kind: str) -> float | None:
    """Mean loudness of the sections of a kind, or None if there is none that sounds."""
    found = [lufs for lufs, its in zip(levels, kinds, strict=True) if its == kind and lufs > -69.0]
    return float(np.mean(found)) if found else None
