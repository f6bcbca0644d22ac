"""One line in four ways on one page: spoken by the person, sung by bank, by network, by network and vocoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from songwright import performer, producer
from songwright.bench.sung_copies import held_out, mouths
from songwright.bench.sung_lines import ALTO_RANGE, BARITONE_RANGE, tune_for
from songwright.dsp.spectra import stft_power
from songwright.dsp.units import hz_to_midi
from songwright.errors import EngineUnavailable
from songwright.guard.pitch import FRAME_S, sung_f0
from songwright.singer.characters import Colour
from songwright.singer.render import prepare, render
from songwright.text.speech import Pronouncer
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.performance import SungPhrase
from songwright.values.score import Score
from songwright.values.shelf import VoiceCard

_PERSONA, _GENRE = "corin-saltmarsh", "folk"
_TOP_HZ, _RANGE_DB, _FFT, _HOP = 12_000.0, 70.0, 2048, 256
_VOICE, _NOTE = "#ffffff", "#7fd1ff"
_LINE = 2
"""Which held-out sentence is drawn; short ones make readable pictures."""


def draw_ways(folder: Path, alignment: Path, card: VoiceCard, out: Path, ctx: Context) -> Path:
    """A PNG in `out`: spectrogram to 12 kHz with the pitch heard over the notes, a panel for each way.

    folder, alignment: recordings and their phones. EngineUnavailable without matplotlib.
    """
    sentence, _ = list(held_out(folder, alignment, _LINE + 1))[_LINE]
    score, phrases = _sung(sentence.clip.text, card, ctx)
    panels: list[tuple[str, np.ndarray, Score | None, float]] = [
        ("natural speech", sentence.sound, None, 0.0)
    ]
    for name, mouth in mouths(card, ctx).items():
        singer = prepare(mouth, Colour())
        sounds = [render(singer, phrase, ctx.seed.child("picture", phrase.id)) for phrase in phrases]
        start = min(at for at, _ in sounds)
        length = max(round((at - start) * 48_000) + len(sound) for at, sound in sounds)
        whole = np.zeros(length, np.float32)
        for at, sound in sounds:
            begin = round((at - start) * 48_000)
            whole[begin : begin + len(sound)] += sound
        panels.append((f"sung: {name}", whole, score, start))
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{card.id}-ways.png"
    path.write_bytes(_page(panels, sentence.clip.text))
    return path


def _sung(text: str, card: VoiceCard, ctx: Context) -> tuple[Score, tuple[SungPhrase, ...]]:
    """The line on a tune in the voice's range, performed."""
    pronouncer = Pronouncer(ctx.shelf.lexicon("en"), ctx.shelf.letters("en"))
    low, high = BARITONE_RANGE if card.midi_low < 50 else ALTO_RANGE
    score = tune_for([text], low, high, pronouncer, ctx.seed.child("picture", 4))
    brief = SongBrief(voice=card.id, genre=_GENRE, persona=_PERSONA, seed=ctx.seed.value)
    plan = producer.plan_for_score(score, brief, ctx.child("producer"))
    performance = performer.perform(score, replace(plan, character={}), ctx.child("performer"))
    return score, performance.sung[0].phrases


def _page(panels: list[tuple[str, np.ndarray, Score | None, float]], title: str) -> bytes:
    import io

    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as problem:
        raise EngineUnavailable("matplotlib", "pip install 'songwright[picture]'") from problem
    figure = Figure(figsize=(14, 3.1 * len(panels)), dpi=80, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=14)
    for axes, (name, sound, score, start_s) in zip(figure.subplots(len(panels), 1), panels, strict=True):
        _panel(axes, name, sound, score, start_s)
    page = io.BytesIO()
    figure.savefig(page, format="png")
    return page.getvalue()


def _panel(axes: Any, name: str, sound: np.ndarray, score: Score | None, start_s: float) -> None:
    """A spectrogram, and on a second scale the pitch heard and the notes written."""
    power = stft_power(sound, _FFT, _HOP).T
    bins = int(_TOP_HZ / 24_000 * (power.shape[0] - 1))
    level = 10 * np.log10(power[:bins] + 1e-12)
    length = len(sound) / 48_000
    axes.imshow(
        level, origin="lower", aspect="auto", extent=(0, length, 0, _TOP_HZ / 1000), cmap="magma",
        vmin=level.max() - _RANGE_DB, vmax=level.max(),
    )  # fmt: skip
    axes.set_ylabel("kHz")
    axes.set_title(name, loc="left", fontsize=11)
    pitch = axes.twinx()
    f0 = sung_f0(sound, 48_000)
    times = FRAME_S * np.arange(len(f0))
    pitch.plot(times, np.where(f0 > 0, hz_to_midi(np.maximum(f0, 1.0)), np.nan), color=_VOICE, lw=1.2)
    voiced = hz_to_midi(f0[f0 > 0])
    middle = float(np.median(voiced)) if len(voiced) else 60.0
    pitch.set_ylim(middle - 14, middle + 14)
    if score is not None:
        for note in score.parts[0].notes:
            begin, end = (score.tempo_map.seconds_at(t) - start_s for t in (note.start_tick, note.end_tick))
            pitch.plot((begin, end), (note.pitch, note.pitch), color=_NOTE, lw=2.5, alpha=0.8)
    pitch.set_ylabel("MIDI")
    pitch.set_xlim(0, length)
