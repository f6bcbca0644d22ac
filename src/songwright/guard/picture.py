"""A song on one page: spectrogram with its words, the sung pitch over the written notes, loudness by section."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from songwright.dsp import loudness
from songwright.dsp.spectra import stft_power
from songwright.dsp.units import hz_to_midi
from songwright.errors import EngineUnavailable
from songwright.guard.pitch import FRAME_S, sung_f0
from songwright.values.audio import Audio
from songwright.values.score import Note, Part, Score
from songwright.values.take import Take

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BACK, _INK, _VOICE, _NOTE, _WRITTEN = "#ffffff", "#222222", "#d1495b", "#8fb8de", "#30638e"
_KINDS = {"verse": "#dce9f5", "chorus": "#fbe3c8", "bridge": "#e4dcf1", "prechorus": "#f6efc9"}
_OTHER_KIND = "#eeeeee"
_BANDS = 160
_LOW_HZ, _HIGH_HZ = 60.0, 14_000.0
_COLUMNS = 1500
_RANGE_DB = 75.0
_SINGLE_WORDS_S = 24.0  # a longer stretch shows lines instead of words


def draw(take: Take, start_s: float = 0.0, end_s: float | None = None) -> bytes:
    """A PNG of 1600 x 1000 points of the take, or of the stretch from start_s to end_s (seconds).

    Shows what the take can show: a sound alone has no words and no notes. Raises EngineUnavailable without
    matplotlib.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise EngineUnavailable("matplotlib", "pip install 'songwright[picture]'") from None
    audio = take.master.audio
    until = min(end_s or audio.duration_s, audio.duration_s)
    start = min(max(start_s, 0.0), max(until - 0.5, 0.0))
    page = Figure(figsize=(16, 10), dpi=100, facecolor=_BACK, layout="constrained")
    FigureCanvasAgg(page)
    score = take.score
    lead = next((part for part in score.parts if part.role == "lead" and part.notes), None) if score else None
    heights = [4.4, 3.4 if lead else 0.01, 2.0]
    top, middle, bottom = page.subplots(3, 1, sharex=True, height_ratios=heights)
    page.suptitle(_title(take, start, until), color=_INK, fontsize=15, x=0.01, ha="left")
    _spectrogram(top, audio, start, until)
    if score and lead:
        _words(top, score, lead, start, until)
        _pitch(middle, take, score, lead, start, until)
    else:
        middle.set_visible(False)
    _loudness(bottom, take)
    bottom.set_xlim(start, until)
    bottom.xaxis.set_major_formatter(
        lambda x, _: f"{int(x) // 60}:{x % 60:04.1f}" if until - start < 30 else _clock(x)
    )
    bottom.set_xlabel("time")
    out = io.BytesIO()
    page.savefig(out, format="png")
    return out.getvalue()


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _title(take: Take, start_s: float, end_s: float) -> str:
    """Title, style, key, meter and tempo, as far as they are known."""
    words = [take.score.title if take.score else take.brief.title or "untitled"]
    if take.plan:
        words += [take.plan.genre, take.plan.persona]
    if take.score:
        score = take.score
        words += [str(score.key), str(score.meter), f"{score.tempo_map.start_bpm:.0f} bpm"]
    return "  ·  ".join([*(word for word in words if word), f"{_clock(start_s)} to {_clock(end_s)}"])


def _spectrogram(axes: Axes, audio: Audio, start_s: float, end_s: float) -> None:
    """Bands an equal step apart in log frequency, with words' room above."""
    first, last = int(start_s * audio.rate_hz), int(end_s * audio.rate_hz)
    mono = audio.samples[:, first:last].mean(axis=0)
    size = 4096
    hop = max(len(mono) // _COLUMNS, 64)
    power = stft_power(mono, size, hop)
    hz = np.geomspace(_LOW_HZ, min(_HIGH_HZ, 0.49 * audio.rate_hz), _BANDS + 1)
    edges = hz * size / audio.rate_hz
    total = np.pad(np.cumsum(power, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    low, high = np.floor(edges[:-1]).astype(int), np.ceil(edges[1:]).astype(int)
    mean = (total[:, high] - total[:, low]) / np.maximum(high - low, 1)
    level = 10.0 * np.log10(mean + 1e-12)
    peak = float(np.percentile(level, 99.8))
    times = start_s + np.arange(len(level) + 1) * hop / audio.rate_hz
    axes.pcolormesh(times, hz, level.T, cmap="magma", vmin=peak - _RANGE_DB, vmax=peak, rasterized=True)
    axes.set_yscale("log")
    axes.set_ylim(hz[0], hz[-1])
    axes.set_yticks([100, 200, 500, 1000, 2000, 5000, 10_000], ["100", "200", "500", "1k", "2k", "5k", "10k"])
    axes.minorticks_off()
    axes.set_ylabel("Hz")


def _words(axes: Axes, score: Score, lead: Part, start_s: float, end_s: float) -> None:
    """Words (or lines, when there is no room) above the spectrogram, each at its time."""
    seconds = score.tempo_map.seconds_at
    if end_s - start_s <= _SINGLE_WORDS_S:
        entries = [(seconds(note.start_tick), _shown(note)) for note in lead.notes if note.syllable]
    else:
        entries = [(seconds(line.start_tick), line.text) for line in score.lines]
    entries = [(at, text) for at, text in entries if start_s <= at < end_s and text]
    single = end_s - start_s <= _SINGLE_WORDS_S
    rows, size, width = (2, 10.5, 0.0050) if single else (4, 8.5, 0.0043)
    per_letter = width * (end_s - start_s)  # width of a letter at this size, as time
    free = [start_s - 1.0] * rows
    for number, (at, text) in enumerate(entries):
        row = number % rows
        nexts = [t for t, _ in entries[number + 1 :]][rows - 1 : rows]
        room = int(((nexts[0] if nexts else end_s) - at) / per_letter)
        if at < free[row]:
            continue
        text = text if len(text) <= room else text[: max(room - 1, 1)] + "…"
        axes.axvline(at, color="white", lw=0.4, alpha=0.45)
        axes.annotate(
            text, (at, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 3 + 1.35 * size * (rows - 1 - row)),
            textcoords="offset points", fontsize=size, color=_INK, annotation_clip=False,
        )  # fmt: skip
        free[row] = at + per_letter * len(text)


def _shown(note: Note) -> str:
    """A syllable's letters, with a hyphen where the word goes on."""
    text = note.syllable.text if note.syllable else ""
    return text + ("-" if note.syllabic in ("begin", "middle") else "")


def _pitch(axes: Axes, take: Take, score: Score, lead: Part, start_s: float, end_s: float) -> None:
    """Written notes as bars, sung harmony paler, and the pitch that is really heard as a line."""
    _sections(axes, score)
    seconds = score.tempo_map.seconds_at
    for part, colour in [(p, _NOTE) for p in score.parts if p.role == "backing"] + [(lead, _WRITTEN)]:
        bars = [(seconds(n.start_tick), seconds(n.end_tick), n.pitch) for n in part.notes]
        shown = np.array([bar for bar in bars if bar[1] > start_s and bar[0] < end_s]).reshape(-1, 3)
        axes.barh(
            shown[:, 2], shown[:, 1] - shown[:, 0], height=0.8, left=shown[:, 0], color=colour,
            alpha=0.55, label="lead, written" if part is lead else None,
        )  # fmt: skip
    times, pitch, label = _sung_pitch(take, start_s, end_s)
    if len(times):
        axes.plot(times, pitch, color=_VOICE, lw=1.1, label=label)
    notes = [note.pitch for note in lead.notes]
    axes.set_ylim(min(notes) - 4, max(notes) + 8)
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    ticks = [p for p in range(min(notes) - 3, max(notes) + 8) if p % 12 in (0, 4, 7)]
    axes.set_yticks(ticks, [f"{names[p % 12]}{p // 12 - 1}" for p in ticks])
    axes.grid(axis="y", color="#cccccc", lw=0.5)
    axes.set_ylabel("pitch")
    axes.legend(loc="upper right", fontsize=9, framealpha=0.8)


def _sung_pitch(take: Take, start_s: float, end_s: float) -> tuple[np.ndarray, np.ndarray, str]:
    """Times (s), pitch (MIDI, NaN where unvoiced), and where it comes from: the stem, else the performance."""
    if take.stems is not None and take.stems.lead is not None:
        stem = take.stems[take.stems.lead]
        piece = stem.samples[:, int(start_s * stem.rate_hz) : int(end_s * stem.rate_hz)].mean(axis=0)
        f0 = sung_f0(piece, stem.rate_hz)
        times = start_s + np.arange(len(f0)) * FRAME_S
        f0 = np.where(_while_singing(take, times), f0, 0.0)
        return (
            times,
            np.where(f0 > 0, hz_to_midi(np.maximum(f0, 1.0)), np.nan),
            "heard in the stem",
        )
    times, values = [], []
    for part in take.performance.sung if take.performance else ():
        for phrase in part.phrases if part.role == "lead" else ():
            t = phrase.onset_s + np.arange(len(phrase.f0_hz)) / phrase.rate_hz
            times += [t, t[-1:]]
            values += [hz_to_midi(phrase.f0_hz), np.array([np.nan])]
    if not times:
        return np.zeros(0), np.zeros(0), ""
    return np.concatenate(times), np.concatenate(values), "as performed"


def _while_singing(take: Take, times: np.ndarray) -> np.ndarray:
    """True where a phrase of the lead sounds: what rings in the rooms after it has no pitch of its own."""
    if take.performance is None:
        return np.ones(len(times), dtype=bool)
    inside = np.zeros(len(times), dtype=bool)
    for part in take.performance.sung:
        for phrase in part.phrases if part.role == "lead" else ():
            inside |= (times >= phrase.onset_s) & (times <= phrase.phones[-1].offset_s)
    return inside


def _loudness(axes: Axes, take: Take) -> None:
    """Momentary and short-term loudness; the whole song's loudness as a dashed line."""
    audio = take.master.audio
    if take.score:
        _sections(axes, take.score, names=True)
    quick = loudness.momentary_lufs(audio.samples, audio.rate_hz)
    slow = loudness.short_term_lufs(audio.samples, audio.rate_hz)
    axes.plot(0.2 + 0.1 * np.arange(len(quick)), quick, color="#9aa5b1", lw=0.8, label="0.4 s")
    axes.plot(1.5 + 0.1 * np.arange(len(slow)), slow, color=_WRITTEN, lw=1.6, label="3 s")
    axes.axhline(take.master.integrated_lufs, color=_VOICE, lw=1.0, ls="--", label="whole song")
    axes.set_ylim(-40, max(-6.0, float(quick.max(initial=-40.0)) + 2.0))
    axes.set_ylabel("LUFS")
    axes.legend(loc="lower right", fontsize=9, ncols=3, framealpha=0.8)


def _sections(axes: Axes, score: Score, names: bool = False) -> None:
    """Bands of colour for the sections."""
    for section in score.sections:
        start, end = (score.tempo_map.seconds_at(t) for t in (section.start_tick, section.end_tick))
        axes.axvspan(start, end, color=_KINDS.get(section.kind, _OTHER_KIND), zorder=0, lw=0)
        if names:
            style: dict[str, Any] = {"fontsize": 9, "color": _INK, "va": "top", "clip_on": True}
            axes.text(start, 0.97, f" {section.label}", transform=axes.get_xaxis_transform(), **style)
