"""The desk in figures: how each genre is mixed and mastered, and what lossy files and loud masters do to it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from songwright import api, desk
from songwright.bench.costs import Cost, recorded
from songwright.bench.gallery import minute
from songwright.desk import finish
from songwright.dsp import filters, loudness, units
from songwright.guard import mixing
from songwright.guard.craft import line_spans
from songwright.io.sound import read_audio, write_audio
from songwright.values.audio import RATE_HZ, Audio, Mix
from songwright.values.context import Progress
from songwright.values.take import Take

LOUD_LUFS = -9.0
_SEED = 7
_WINDOW = 960  # 20 ms


def desk_rows(out: Path | None, tell: Callable[[Progress], None]) -> list[dict[str, object]]:
    """A minute in every genre: one row each. out: where the songs are kept (None = not)."""
    rows = []
    for style in api.context(_SEED).shelf.styles():
        take, cost = recorded(minute(style.id), api.context(_SEED, tell))
        if out is not None:
            api.song(take).save(out / style.id, force=True)
        rows.append({"genre": style.id} | desk_row(take, cost))
    return rows


def desk_row(take: Take, cost: Cost) -> dict[str, object]:
    """The figures of one take that has its stems. cost: of the desk."""
    assert take.plan is not None and take.stems is not None and take.performance is not None
    ctx = api.context(_SEED)
    spans = list(line_spans(take.performance).values())
    style = ctx.shelf.style(take.plan.style)
    figures = mixing.mixing_figures(take.master.audio, take.stems, take.score, style, spans)
    found = {figure.name: figure.value for figure in figures}
    total = Audio(np.sum([sound.samples for _, sound in take.stems.items()], axis=0, dtype=np.float32))
    loud = desk.master(Mix(take.stems, total), LOUD_LUFS, ctx.child("desk"))
    row = {
        "voice, weakest": found.get("voice over band, weakest section"),
        "voice, strongest": found.get("voice over band, strongest section"),
        "left/right": found.get("left against right"),
        "mono loss": found.get("lost in mono"),
        "lift": found.get("chorus above verse"),
        "range": take.master.range_lu,
        "tone": found.get("tone against the genre's curve"),
        "esses": found.get("esses of the lead"),
        "LUFS": take.master.integrated_lufs,
        "mp3": decoded_dbtp(take.master.audio, ".mp3"),
        "opus": decoded_dbtp(take.master.audio, ".opus"),
        "added": added_db(total.samples, take.master.audio.samples),
        "loud LUFS": loud.integrated_lufs,
        "loud mp3": decoded_dbtp(loud.audio, ".mp3"),
        "loud opus": decoded_dbtp(loud.audio, ".opus"),
        "loud added": added_db(total.samples, loud.audio.samples),
        "core s a second": cost.core_s / cost.sound_s,
        "clock s a second": cost.clock_s / cost.sound_s,
    }
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in row.items()}


def decoded_dbtp(audio: Audio, suffix: str) -> float:
    """True peak of a lossy file as a player hears it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"song{suffix}"
        write_audio(path, audio)
        return loudness.true_peak_dbtp(read_audio(path).samples)


def added_db(before: np.ndarray, after: np.ndarray) -> float:
    """What limiting and saturation added that no change of level explains, against the music, dB.

    Every 20 ms the mix is scaled to fit the master best; what then differs is distortion. before: the mix.
    """
    before = filters.run(finish.polish(), before)
    frames = min(before.shape[1], after.shape[1]) // _WINDOW * _WINDOW
    rest = music = 0.0
    for start in range(0, frames, RATE_HZ * 10 // _WINDOW * _WINDOW):
        stop = min(frames, start + RATE_HZ * 10 // _WINDOW * _WINDOW)
        x, y = (
            sound[:, start:stop].astype(np.float64).reshape(2, -1, _WINDOW).transpose(1, 0, 2)
            for sound in (before, after)
        )
        gain = (x * y).sum(axis=(1, 2)) / np.maximum((x * x).sum(axis=(1, 2)), 1e-20)
        rest += float(np.square(y - gain[:, None, None] * x).sum())
        music += float(np.square(y).sum())
    return float(units.power_to_db(rest) - units.power_to_db(music)) if music else units.SILENCE_DB
