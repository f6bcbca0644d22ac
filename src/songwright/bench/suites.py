"""Suites of measurements, each a table: song, genres, durations, words, habits, speed, gallery, desk ..."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from songwright import api, guard
from songwright.bench import first_section
from songwright.bench.differences import portrait, same_drum_grid
from songwright.bench.gallery import gallery, minute_words
from songwright.bench.habits import habit_rows
from songwright.bench.lyrics import EIGHT_LINES, SONG
from songwright.engines.studio import StudioEngine
from songwright.errors import BriefError
from songwright.values.brief import SongBrief
from songwright.values.context import Progress
from songwright.values.take import Take

Row = dict[str, object]
_SEED = 7


def run_suite(name: str, out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    """Rows of one suite. out: where songs that are made are kept (None = not). Raises BriefError for no suite."""
    suites = {
        "song": song, "genres": genres, "durations": durations, "words": words, "habits": _habits, "speed": speed,
        "gallery": gallery, "genres-told": _told, "desk": _desk,
    }  # fmt: skip
    if name not in suites:
        raise BriefError("suite", f"there is no suite {name!r}.", f"There are: {', '.join(suites)}.")
    return suites[name](out, tell)


def _habits(_: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    return habit_rows(tell)


def _desk(out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    from songwright.bench.desk import desk_rows

    return desk_rows(out, tell)


def _told(out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    from songwright.bench.genres_told import genres_told

    told = genres_told(out, tell)
    rows: list[Row] = [
        {"what it knows": name, "named": round(share, 4)} for name, share in told.shares.items()
    ]
    return rows


def _record(brief: SongBrief, tell: Callable[[Progress], None]) -> Take:
    return StudioEngine().record(brief, api.context(brief.seed, tell))


def _keep(take: Take, out: Path | None, name: str) -> None:
    if out is not None:
        api.song(take).save(out / name, force=True)


def song(out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    """A three-minute country song: every figure of the judge."""
    brief = SongBrief(lyrics=SONG, genre="country", persona="rusty-hale", duration_s=180.0, seed=_SEED)
    take = _record(brief, tell)
    _keep(take, out, "song")
    verdict = guard.judge(take, api.context(_SEED))
    return [
        {"figure": f.name, "value": f.value, "unit": f.unit, "bound": f.bound, "passed": f.passed}
        for f in verdict.figures
    ]


def speed(out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    """Seconds of each stage of a three-minute song and of the whole process, its memory, the help page, and how soon
    the first section of a song is written.
    """
    started = time.perf_counter()
    brief = SongBrief(lyrics=SONG, genre="country", persona="rusty-hale", duration_s=180.0, seed=_SEED)
    take = _record(brief, tell)
    made = time.perf_counter()
    target = out or Path("songs/bench-speed")
    api.song(take).save(target, force=True)
    rows: list[Row] = [
        {"stage": stage, "seconds": round(seconds, 2), "of_real_time": round(seconds / 180.0, 4)}
        for stage, seconds in take.timings_s.items()
    ]
    for name, seconds in (("files", time.perf_counter() - made), ("all", time.perf_counter() - started)):
        rows.append({"stage": name, "seconds": round(seconds, 2), "of_real_time": round(seconds / 180.0, 4)})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    rows.append({"stage": "peak memory, MiB", "seconds": round(peak), "of_real_time": ""})
    rows.append({"stage": "songwright --help", "seconds": round(_help_s(), 3), "of_real_time": ""})
    return rows + first_section.rows(SONG, "country", _SEED)


def _help_s() -> float:
    """The best of three starts of the command line."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "songwright", "--help"], capture_output=True, check=True)
        times.append(time.perf_counter() - started)
    return min(times)


def genres(out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    """The same words and seed in every genre: how the songs differ."""
    takes: dict[str, Take] = {}
    words = minute_words()
    for style in api.context(_SEED).shelf.styles():
        takes[style.id] = _record(SongBrief(lyrics=words, genre=style.id, duration_s=60.0, seed=_SEED), tell)
        _keep(takes[style.id], out, style.id)
    rows = []
    for name, take in takes.items():
        others = [same_drum_grid(take.score, other.score) for key, other in takes.items() if key != name]
        rows.append(
            {"genre": name} | portrait(take) | {"nearest_drum_grid": round(max(others, default=0.0), 2)}
        )
    return rows


def durations(out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    """Lengths asked and got, in every genre."""
    rows: list[Row] = []
    for style in api.context(_SEED).shelf.styles():
        for asked_s in (45.0, 90.0, 180.0):
            plan = api.plan(SongBrief(lyrics=EIGHT_LINES, genre=style.id, duration_s=asked_s, seed=_SEED))
            row: Row = {"genre": style.id, "asked_s": asked_s, "bars": plan.bars}
            row |= {"tempo_bpm": round(plan.tempo_map.start_bpm, 2), "tail_s": round(plan.tail_s, 3)}
            if style.id == "country":  # the sound itself, once a length
                take = _record(
                    SongBrief(lyrics=EIGHT_LINES, genre=style.id, duration_s=asked_s, seed=_SEED), tell
                )
                got_s = take.master.audio.duration_s
            else:
                got_s = plan.tempo_map.seconds_at(plan.bars * plan.meter.bar_ticks) + plan.tail_s
            rows.append(row | {"error_ms": round(1000 * (got_s - asked_s), 3)})
    return rows


def words(out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    """Eight lines never used in tuning, sung by each voice alone: how many phones are heard wrong."""
    rows: list[Row] = []
    for card in api.context(_SEED).shelf.voice_cards():
        brief = SongBrief(lyrics=EIGHT_LINES, genre="country", voice=card.id, seed=_SEED)
        take = _record(brief, tell)
        verdict = guard.judge(take, api.context(_SEED))
        shown = [
            f
            for f in verdict.figures
            if "phone" in f.name or f.name in ("pitch of held notes", "octave errors")
        ]
        rows.append({"voice": card.id} | {f.name: round(f.value, 3) for f in shown})
    return rows
