"""Automation: how faders and the voice's pocket move from section to section.

Everything is decided on small tables (third octaves over stretches of 4096 frames, loudness every 100 ms).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from songwright.desk import balance
from songwright.desk.balance import STRETCH, VOICE_SHARE, Chair, Heard
from songwright.desk.settings import Settings
from songwright.dsp import envelopes, filters, loudness, units
from songwright.values.audio import RATE_HZ
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan

POCKET_HZ, POCKET_Q = 2000.0, 0.67  # 1 to 4 kHz
POCKET_ROLES = ("comping", "pad", "answer", "backing")
_DEEPEST_DB = 7.0
_RIDE_DB = (-12.0, 4.0)
RAMP_S = 0.6  # how long faders and pocket take from section to section
_TRIES = 4
_POCKET = filters.response(filters.band_pass(POCKET_HZ, POCKET_Q), balance.BANDS_HZ)
_SUNG_STRETCHES = RATE_HZ / STRETCH  # one second
_LIFT_LU = (1.8, 3.7)  # choruses over verses, whatever else moves
_RANGE_LU = (4.6, 8.2)  # the range the song should have before its master


def pocket_power(depth_db: float) -> np.ndarray:
    """What a pocket of this depth does to the mean squares of third octaves; (bands,)."""
    return np.abs(1.0 + (units.db_to_amplitude(-depth_db) - 1.0) * _POCKET) ** 2


def rides_db(
    heard: Mapping[str, Heard],
    lead: str,
    chairs: Sequence[Chair],
    performance: Performance,
    plan: SongPlan,
    settings: Settings,
) -> tuple[list[float], list[float]]:
    """Lead's fader and depth of the pocket in each section, dB, so that the voice keeps its place over the band.

    heard: stems at their levels. Where the voice is too weak it comes up by half of what is missing, and the chords
    step back between 1 and 4 kHz for the rest; where it is too strong it comes down. Where it hardly sings the fader
    stays where it was.
    """
    singing = balance.sung_stretches(performance, heard[lead])
    soft = [c.stem for c in chairs if c.role in POCKET_ROLES and c.stem in heard and c.stem != lead]
    firm = [name for name in heard if name != lead and name not in soft]
    rides, depths, last = [], [], 0.0
    for start_s, end_s in balance.section_times_s(plan) or [(0.0, performance.duration_s + 1.0)]:
        here = slice(int(start_s * RATE_HZ / STRETCH), int(end_s * RATE_HZ / STRETCH) + 1)
        sung = singing[here]
        depth = 0.0
        if sung.sum() > _SUNG_STRETCHES and len(heard) > 1:
            voice = float((heard[lead].bands[here][sung] @ VOICE_SHARE).sum())
            hard = sum(float((heard[name].bands[here][sung] @ VOICE_SHARE).sum()) for name in firm)
            bands = sum(
                (heard[name].bands[here][sung].sum(axis=0) for name in soft), np.zeros(len(VOICE_SHARE))
            )
            last, depth = _place(voice, hard, bands, settings.lead_over_band_db)
        rides.append(last)
        depths.append(depth)
    return rides, depths


def lead_rides_db(
    heard: Mapping[str, Heard], lead: str, performance: Performance, plan: SongPlan, settings: Settings
) -> list[float]:
    """The lead's fader in each section, dB, once chords have stepped back: `rides_db`, corrected for its soft steps.

    A fader that is still on its way while the first words of a section are sung leaves that voice in the section
    before, too loud or too soft; so it is tried, heard again and moved by what is missing.
    """
    rides = [0.0] * max(1, len(plan.sections))
    for _ in range(_TRIES):
        curve = steps_db(rides, plan, len(heard[lead].bands), RATE_HZ / STRETCH, RAMP_S)
        ridden = Heard(heard[lead].bands * units.db_to_power(curve)[:, None])
        more, _ = rides_db({**heard, lead: ridden}, lead, (), performance, plan, settings)
        rides = [float(np.clip(ride + step, *_RIDE_DB)) for ride, step in zip(rides, more, strict=True)]
    return rides


def _place(voice: float, hard: float, bands: np.ndarray, wanted_db: float) -> tuple[float, float]:
    """Fader and pocket that give the voice its place over what stays (hard) and what can step back (bands)."""

    def missing_db(depth_db: float) -> float:
        over = units.power_to_db(voice) - units.power_to_db(
            hard + float(bands @ (VOICE_SHARE * pocket_power(depth_db)))
        )
        return wanted_db - float(over)

    missing = missing_db(0.0)
    if missing <= 0.0:
        return max(missing, _RIDE_DB[0]), 0.0
    ride = min(0.5 * missing, _RIDE_DB[1])
    depth = next((d for d in np.arange(0.0, _DEEPEST_DB, 0.25) if missing_db(d) <= ride), _DEEPEST_DB)
    return float(min(missing_db(depth), _RIDE_DB[1])), float(depth)


def section_gains_db(energy: np.ndarray, hop_s: float, plan: SongPlan, settings: Settings) -> list[float]:
    """How much each section is lifted or held back: choruses stand over verses, and the song breathes.

    energy: K-weighted mean squares every hop_s. Verses among themselves, and choruses, come a little nearer to each
    other; everything else is kept between a bit below the verse and the chorus. Then soft sections become softer and
    loud ones louder (or the other way round) until the loudness range of the whole is right. At most 4 dB either way.
    """
    spans = [
        slice(int(start_s / hop_s), max(int(end_s / hop_s), int(start_s / hop_s) + 1))
        for start_s, end_s in balance.section_times_s(plan)
    ]
    pieces = [energy[span] for span in spans]
    levels = [loudness.gated_lufs(piece) if len(piece) else loudness.SILENCE_LUFS for piece in pieces]
    kinds = [section.kind for section in plan.sections]
    gains = _lifted(levels, kinds, settings)
    if len(gains) < 2 or len(energy) * hop_s < 30.0:
        return gains
    return _ranged(energy, spans, levels, kinds, gains)


def _lifted(levels: Sequence[float], kinds: Sequence[str], settings: Settings) -> list[float]:
    """Gains that give the chorus its lift."""
    gains = [0.0] * len(levels)
    verse, chorus = (_mean_level(levels, kinds, kind) for kind in ("verse", "chorus"))
    if verse is None or chorus is None:
        return gains
    missing = settings.chorus_lift_lu - (chorus - verse)
    missing = np.sign(missing) * max(0.0, abs(missing) - 0.2)
    means = {"verse": verse, "chorus": chorus}
    share = {"verse": -0.5 * missing, "chorus": 0.5 * missing}
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


def _ranged(
    energy: np.ndarray,
    spans: Sequence[slice],
    levels: Sequence[float],
    kinds: Sequence[str],
    gains: list[float],
) -> list[float]:
    """The gains, spread or drawn together by one factor until the loudness range lies within _RANGE_LU."""
    heard = [level + gain for level, gain in zip(levels, gains, strict=True)]
    sounding = [level for level in heard if level > -60.0]
    if not sounding:
        return gains
    centre = float(np.median(sounding))
    best, least = gains, np.inf
    for spread in (0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0, -0.15, -0.3, -0.45, -0.6):
        tried = [
            float(np.clip(gain + spread * np.clip(level - centre, -6.0, 6.0), -4.0, 4.0))
            if level > -60.0
            else gain
            for gain, level in zip(gains, heard, strict=True)
        ]
        tried = _within_lift(tried, levels, kinds)
        moved = energy.copy()
        for span, gain in zip(spans, tried, strict=True):
            moved[span] *= units.db_to_power(gain)
        reach = loudness.range_of(moved)
        outside = max(_RANGE_LU[0] - reach, reach - _RANGE_LU[1], 0.0)
        if outside < least - 0.02:
            best, least = tried, outside
    return best


def _within_lift(gains: list[float], levels: Sequence[float], kinds: Sequence[str]) -> list[float]:
    """The same gains with choruses neither too close to verses nor too far above them."""
    now = [level + gain for level, gain in zip(levels, gains, strict=True)]
    verse, chorus = (_mean_level(now, kinds, kind) for kind in ("verse", "chorus"))
    if verse is None or chorus is None:
        return gains
    off = float(np.clip(chorus - verse, *_LIFT_LU)) - (chorus - verse)
    share = {"verse": -0.5 * off, "chorus": 0.5 * off}
    return [gain + share.get(kind, 0.0) for gain, kind in zip(gains, kinds, strict=True)]


def steps_db(
    gains_db: Sequence[float], plan: SongPlan, points: int, hop_hz: float, ramp_s: float
) -> np.ndarray:
    """A gain for each section, drawn out over a control clock with soft steps; (points,)."""
    starts = [start for start, _ in balance.section_times_s(plan)]
    if not starts or not gains_db:
        return np.full(points, float(gains_db[0]) if gains_db else 0.0)
    return envelopes.half_cosine_steps(starts, gains_db, ramp_s, np.arange(points) / hop_hz)


def _mean_level(levels: Sequence[float], kinds: Sequence[str], kind: str) -> float | None:
    """Mean loudness of the sections of a kind, or None if there is none that sounds."""
    found = [lufs for lufs, its in zip(levels, kinds, strict=True) if its == kind and lufs > -69.0]
    return float(np.mean(found)) if found else None
