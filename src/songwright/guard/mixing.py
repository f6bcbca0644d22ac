"""How a record is mixed: the voice over the band in each section, width, dynamics, tone, esses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from songwright.dsp import dynamics, filters, loudness, records, spectra, units
from songwright.values.audio import Audio, Stems
from songwright.values.score import Score
from songwright.values.shelf import Style
from songwright.values.verdict import Figure

VOICE_BAND_HZ = (1000.0, 4000.0)
_LOW_HZ = 120.0
_SUNG_S = 1.0  # a section with less singing is no sung section
_HOP = 4800
_BLOCK = 262_144
Spans = Sequence[tuple[float, float]]


def section_spans(score: Score) -> list[tuple[str, float, float]]:
    """Label, start and end (seconds) of each section."""
    at = score.tempo_map.seconds_at
    return [(s.label, at(s.start_tick), at(s.end_tick)) for s in score.sections]


def band_energy(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """Mean square between 1 and 4 kHz, channels averaged, of consecutive tenths of a second."""
    sos = scipy.signal.butter(4, VOICE_BAND_HZ, "bandpass", fs=rate_hz, output="sos")
    hop = round(0.1 * rate_hz)
    energy = [
        dynamics.mean_squares(scipy.signal.sosfilt(sos, channel), hop) for channel in np.atleast_2d(samples)
    ]
    return np.mean(energy, axis=0)


def voice_by_section_db(
    voice: np.ndarray, band: np.ndarray, sections: Sequence[tuple[str, float, float]], sung_s: Spans
) -> list[tuple[str, float]]:
    """Voice over band between 1 and 4 kHz in each sung section, dB, while it sings.

    voice, band: `band_energy` of the lead and of all that is neither lead nor rooms. sung_s: where lines are sung.
    """
    middles = (np.arange(len(voice)) + 0.5) * 0.1
    sings = np.zeros(len(voice), dtype=bool)
    for start_s, end_s in sung_s:
        sings |= (middles >= start_s) & (middles < end_s)
    found = []
    for label, start_s, end_s in sections:
        here = sings & (middles >= start_s) & (middles < end_s)
        if here.sum() * 0.1 >= _SUNG_S:
            ratio = units.power_to_db(voice[here].mean()) - units.power_to_db(band[here].mean())
            found.append((label, float(ratio)))
    return found


def voice_figures(stems: Stems, score: Score, sung_s: Spans) -> list[Figure]:
    """The voice over the band in the weakest and the strongest sung section."""
    if stems.lead is None or len(stems.names) < 2 or not sung_s:
        return []
    lead = stems[stems.lead]
    band = np.zeros_like(lead.samples)
    for name, sound in stems.items():
        if name not in (stems.lead, "rooms"):  # the singer's own echo is neither voice nor band
            band += sound.samples
    rows = voice_by_section_db(
        band_energy(lead.samples, lead.rate_hz),
        band_energy(band, lead.rate_hz),
        section_spans(score),
        sung_s,
    )
    if not rows:
        return []
    low, high = min(rows, key=lambda row: row[1]), max(rows, key=lambda row: row[1])
    bound = "2 to 6 dB"
    said = ", ".join(f"{label} {ratio:.1f}" for label, ratio in rows)
    return [
        Figure("voice over band, weakest section", low[1], "dB", bound, 2.0 <= low[1] <= 6.0, said),
        Figure("voice over band, strongest section", high[1], "dB", bound, 2.0 <= high[1] <= 6.0, high[0]),
    ]


def width_figures(audio: Audio) -> list[Figure]:
    """How wide the record is, and whether it survives one loudspeaker."""
    if audio.channels < 2 or not audio.samples.any():
        return []
    alike, loss_db, low_db = width(audio.samples)
    return [
        Figure("left against right", alike, "", "> 0.2", alike > 0.2, "correlation"),
        Figure("lost in mono", loss_db, "LU", "< 3 LU", loss_db < 3.0),
        Figure("sides below 120 Hz", low_db, "dB", "<= -12 dB", low_db <= -12.0, "against the middle"),
    ]


def width(samples: np.ndarray) -> tuple[float, float, float]:
    """Correlation of the channels, loudness lost in their mono sum (LU), and sides against middle below 120 Hz (dB).

    The mono sum is played by both loudspeakers, (left + right) / 2 each. samples: (2, frames) at 48 kHz.
    """
    low = filters.chain(filters.low_pass(_LOW_HZ), filters.low_pass(_LOW_HZ))
    products, energy, deep = np.zeros(3), np.zeros(2), np.zeros(2)
    for start in range(0, samples.shape[1], _BLOCK):
        left, right = samples[:, start : start + _BLOCK].astype(np.float64)
        products += left @ left, left @ right, right @ right
        pair = np.stack([left + right, left - right]) * 0.5
        deep += np.square(filters.run(low, pair)).sum(axis=1)
        ears = scipy.signal.sosfilt(loudness.k_weighting(), np.stack([left, right, pair[0]]), axis=-1)
        squares = np.square(ears).sum(axis=1)
        energy += squares[0] + squares[1], 2.0 * squares[2]
    alike = products[1] / np.sqrt(max(products[0] * products[2], 1e-30))
    loss = units.power_to_db(energy[0]) - units.power_to_db(energy[1])
    return float(alike), float(loss), float(units.power_to_db(deep[1]) - units.power_to_db(deep[0]))


def dynamics_figures(audio: Audio, score: Score) -> list[Figure]:
    """Does the chorus lift? Loudness of all choruses over all verses."""
    energy = loudness.weighted_energy(audio.samples, _HOP, audio.rate_hz)
    per_s = audio.rate_hz / _HOP
    loud: dict[str, float] = {}
    for kind in ("verse", "chorus"):
        pieces = [
            energy[int(start_s * per_s) : int(end_s * per_s)]
            for section, (_, start_s, end_s) in zip(score.sections, section_spans(score), strict=True)
            if section.kind == kind
        ]
        if any(len(piece) for piece in pieces):
            loud[kind] = loudness.gated_lufs(np.concatenate(pieces))
    if len(loud) < 2:
        return []
    lift = loud["chorus"] - loud["verse"]
    return [Figure("chorus above verse", lift, "LU", "1.5 to 4 LU", 1.5 <= lift <= 4.0)]


def tone_figure(audio: Audio, style: Style) -> Figure:
    """The long-term spectrum against the curve of the genre: the band that lies furthest off."""
    table = style.tables.get("mix", {})
    wanted = records.usual_spectrum_db(
        *(table.get(f"{bend}_db", 0.0) for bend in ("warmth", "brightness", "scoop"))
    )
    off = records.deviation_db(spectra.band_power(audio.samples).mean(axis=0), wanted)
    worst = int(np.abs(off).argmax())
    hz = records.BANDS_HZ[records.JUDGED][worst]
    return Figure(
        "tone against the genre's curve", float(off[worst]), "dB", "+/- 4 dB", bool(abs(off[worst]) <= 4.0),
        f"third octave at {hz:.0f} Hz; all: {np.sqrt(np.mean(off**2)):.1f} dB rms",
    )  # fmt: skip


def crest_figure(audio: Audio) -> Figure:
    """True peak over loudness: how much punch the limiter left."""
    peak = loudness.true_peak_dbtp(audio.samples)
    return Figure("peak over loudness", peak - loudness.integrated_lufs(audio.samples, audio.rate_hz), "dB")


def sibilance_db(samples: np.ndarray) -> float:
    """How far esses stick out: the loudest twentieth of the sound above 5 kHz against the mean of the voice, dB."""
    middle = np.atleast_2d(samples).mean(axis=0)
    hiss = dynamics.mean_squares(filters.run(filters.high_pass(5000.0), middle), 480)
    whole = dynamics.mean_squares(middle, 480)
    sung = whole > whole.mean() * 0.01
    if not sung.any():
        return units.SILENCE_DB
    loudest = np.sort(hiss[sung])[-max(1, int(0.05 * sung.sum())) :]
    return float(units.power_to_db(loudest.mean()) - units.power_to_db(whole[sung].mean()))


def mixing_figures(
    master: Audio, stems: Stems | None, score: Score | None, style: Style | None, sung_s: Spans
) -> list[Figure]:
    """Every figure of the mix that can be taken from what is there. sung_s: where lines are sung."""
    figures = [crest_figure(master), *width_figures(master)]
    if score is not None:
        figures += dynamics_figures(master, score)
        if stems is not None:
            figures += voice_figures(stems, score, sung_s)
    if style is not None:
        figures.append(tone_figure(master, style))
    if stems is not None and stems.lead is not None:
        figures.append(Figure("esses of the lead", sibilance_db(stems[stems.lead].samples), "dB"))
    return figures
