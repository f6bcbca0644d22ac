"""What can be measured on the sound alone: length, loudness, peaks, clipping, silence, and how stems balance."""

from __future__ import annotations

import numpy as np

from songwright.dsp import loudness
from songwright.values.audio import Audio, Stems
from songwright.values.verdict import Figure

_SILENT = 10.0 ** (-60.0 / 20.0)
_CLIPPED = 0.9999
_RUN = 3  # that many full-scale samples in a row are a clipped wave
_BAND_HZ = (1000.0, 4000.0)
_BLOCK = 65_536
_SHORT_S = 45.0  # a loudness range of less music says little


def sound_figures(audio: Audio, asked_s: float | None, asked_lufs: float | None) -> list[Figure]:
    """Figures of one finished sound. asked_s, asked_lufs: None where nothing was asked (then -14 LUFS)."""
    samples, rate = audio.samples, audio.rate_hz
    target = -14.0 if asked_lufs is None else asked_lufs
    lufs = loudness.integrated_lufs(samples, rate)
    peak = loudness.true_peak_dbtp(samples)
    offset = float(np.abs(samples.mean(axis=1, dtype=np.float64)).max(initial=0.0)) if audio.frames else 0.0
    clips, tail = clipped_runs(samples), silent_tail_s(audio)
    if asked_s is None:
        length = Figure("duration", audio.duration_s, "s")
    else:
        ok = abs(audio.duration_s - asked_s) <= 0.05
        length = Figure("duration", audio.duration_s, "s", f"{asked_s:.3f} +/- 0.05 s", ok)
    return [
        length,
        Figure("loudness", lufs, "LUFS", f"{target:g} +/- 0.5 LUFS", abs(lufs - target) <= 0.5),
        Figure("true peak", peak, "dBTP", "<= -1 dBTP", peak <= -1.0),
        _range_figure(audio, song=asked_lufs is not None),
        Figure("constant offset", offset, "", "<= 0.001", offset <= 0.001),
        Figure("clipped places", float(clips), "", "0", clips == 0),
        Figure("silent tail", tail, "s", "<= 2 s", tail <= 2.0),
    ]


def _range_figure(audio: Audio, song: bool) -> Figure:
    """How far loud and soft passages lie apart; held to a bound in songs of ours that are not too short to tell."""
    reach = loudness.loudness_range_lu(audio.samples, audio.rate_hz)
    if not song or audio.duration_s < _SHORT_S:
        return Figure("loudness range", reach, "LU")
    return Figure("loudness range", reach, "LU", "4 to 9 LU", 4.0 <= reach <= 9.0)


def clipped_runs(samples: np.ndarray) -> int:
    """Places where a channel stays at full scale for three samples or more."""
    count = 0
    for channel in np.atleast_2d(samples):
        full = np.abs(channel) >= _CLIPPED
        if not full.any():
            continue
        edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
        count += int(np.sum(edges[1::2] - edges[0::2] >= _RUN))
    return count


def silent_tail_s(audio: Audio) -> float:
    """Seconds after the last sample above -60 dB of full scale."""
    loud = np.flatnonzero(np.abs(audio.samples).max(axis=0) > _SILENT) if audio.frames else np.zeros(0, int)
    last = int(loud[-1]) + 1 if len(loud) else 0
    return (audio.frames - last) / audio.rate_hz


def stem_figures(stems: Stems, master: Audio, spans_s: list[tuple[float, float]]) -> list[Figure]:
    """How the stems stand to each other and to the master.

    spans_s: where the lead sings. The master is the sum of the stems after equalising and limiting, so it is alike
    but not equal; the exact sum is checked by the desk, which still has the mix before mastering.
    """
    total = stems.sounds[0].samples.copy()
    for sound in stems.sounds[1:]:
        total += sound.samples
    figures = [Figure("stems", ", ".join(stems.names))]
    if total.shape == master.samples.shape:
        alike = _correlation(total, master.samples)
        figures.append(
            Figure(
                "stems' sum against master",
                alike,
                "",
                ">= 0.9",
                alike >= 0.9,
                "correlation; master is limited",
            )
        )
    else:
        figures.append(
            Figure(
                "stems' sum against master",
                None,
                "",
                "equal length",
                False,
                "stems and master differ in length",
            )
        )
    if stems.lead is not None and len(stems.names) > 1 and spans_s:
        lead = stems[stems.lead]
        band = total - lead.samples
        if "rooms" in stems.names:  # the singer's own echo is neither voice nor band
            band -= stems["rooms"].samples
        ratio = voice_to_band_db(lead.samples, band, spans_s, lead.rate_hz)
        figures.append(Figure("lead to the rest, 1-4 kHz", ratio, "dB", "0 to 12 dB", 0.0 <= ratio <= 12.0))
    return figures


def voice_to_band_db(
    voice: np.ndarray, band: np.ndarray, spans_s: list[tuple[float, float]], rate_hz: int
) -> float:
    """How far the voice stands above everything else where words live (1 to 4 kHz), while it sings."""
    import scipy.signal

    sos = scipy.signal.butter(4, _BAND_HZ, "bandpass", fs=rate_hz, output="sos")
    inside = np.zeros(voice.shape[-1], dtype=bool)
    for start_s, end_s in spans_s:
        inside[int(start_s * rate_hz) : int(end_s * rate_hz)] = True
    power = [
        float(np.mean(scipy.signal.sosfilt(sos, sound.mean(axis=0))[inside] ** 2)) if inside.any() else 0.0
        for sound in (voice, band)
    ]
    return float(10.0 * np.log10((power[0] + 1e-12) / (power[1] + 1e-12)))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Likeness of two waves, -1..1."""
    xx = xy = yy = 0.0
    for start in range(0, a.shape[-1], _BLOCK):
        x, y = (sound[..., start : start + _BLOCK].astype(np.float64).ravel() for sound in (a, b))
        xx, xy, yy = xx + x @ x, xy + x @ y, yy + y @ y
    return float(xy / np.sqrt(xx * yy)) if xx * yy > 0 else 0.0
