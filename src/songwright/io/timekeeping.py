"""What a studio needs to work on with a song: a click, a tempo map, and a table of beats.

All begin with the song, at its first sample; stems and click lie side by side in any audio workstation, and `tempo.mid`
gives it tempo, meter and the names of sections.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from songwright.io.midi import tempo_file
from songwright.io.sound import write_audio
from songwright.values.audio import RATE_HZ, Audio
from songwright.values.score import Score

FILES = ("click.flac", "tempo.mid", "beats.csv")
_HIGH_HZ, _LOW_HZ = 1568.0, 1046.5
_TICK_S, _FALL = 0.05, 90.0


@dataclass(frozen=True)
class Beat:
    """A felt beat (a dotted quarter in 6/8): bar and beat count from 1; bpm counts quarter notes."""

    bar: int
    beat: int
    tick: int
    time_s: float
    bpm: float
    section: str


def beats(score: Score) -> tuple[Beat, ...]:
    """Every beat from the first bar to the end of the last."""
    found, section = [], 0
    for number, tick in enumerate(range(0, score.length_ticks, score.meter.beat_ticks)):
        while section + 1 < len(score.sections) and tick >= score.sections[section + 1].start_tick:
            section += 1
        bpm = next(change.bpm for change in reversed(score.tempo_map.changes) if change.tick <= tick)
        bar, beat = divmod(number, score.meter.bar_ticks // score.meter.beat_ticks)
        label = score.sections[section].label if score.sections else ""
        found.append(Beat(bar + 1, beat + 1, tick, score.tempo_map.seconds_at(tick), bpm, label))
    return tuple(found)


def click(score: Score, frames: int) -> np.ndarray:
    """A tick on every beat, higher and louder on the first of a bar; float32 (1, frames) at 48 kHz."""
    time = np.arange(round(_TICK_S * RATE_HZ)) / RATE_HZ
    ticks = {
        first: (level * np.sin(2.0 * np.pi * hz * time) * np.exp(-_FALL * time)).astype(np.float32)
        for first, hz, level in ((True, _HIGH_HZ, 0.5), (False, _LOW_HZ, 0.3))
    }
    sound = np.zeros((1, frames), dtype=np.float32)
    for beat in beats(score):
        here = sound[0, round(beat.time_s * RATE_HZ) :][: len(time)]
        here += ticks[beat.beat == 1][: len(here)]
    return sound


def beat_table(score: Score) -> str:
    """The beats as comma-separated values, one a row, with a heading."""
    rows = ["bar,beat,tick,seconds,bpm,section"]
    for beat in beats(score):
        section = '"' + beat.section.replace('"', '""') + '"'
        rows.append(f"{beat.bar},{beat.beat},{beat.tick},{beat.time_s:.6f},{beat.bpm:.6f},{section}")
    return "\n".join(rows) + "\n"


def write_timekeeping(score: Score, frames: int, folder: Path) -> None:
    """Write click.flac (as long as the song), tempo.mid and beats.csv into a folder."""
    write_audio(folder / FILES[0], Audio(click(score, frames)), {"title": f"{score.title} (click)"})
    tempo_file(score).save(folder / FILES[1])
    (folder / FILES[2]).write_text(beat_table(score), encoding="utf-8")
