"""Sound that is there, gone on from or painted anew: the work behind `continue` and `repaint`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from songwright import api
from songwright.cli.console import Listener, give, give_json, say
from songwright.cli.making import describe_master, stoppable
from songwright.cli.performing import SOUND_SUFFIXES
from songwright.cli.streaming import STDOUT, check_stream, handing_on
from songwright.errors import BriefError

if TYPE_CHECKING:
    from songwright.values.brief import SongBrief
    from songwright.values.take import Take


@dataclass(frozen=True)
class Place:
    """Where the result lies and what is said about it."""

    out: Path | None
    force: bool
    workers: int
    json: bool
    quiet: bool


def continue_clip(clip: Path, seconds: float, brief: SongBrief, stream: str | None, place: Place) -> None:
    """Go on from a sound file or a song folder."""
    from songwright.engines.jukebox.continuing import continuing
    from songwright.engines.memory import load
    from songwright.values.audio import RATE_HZ

    brief = api.seeded(brief)
    out = place.out or _beside(clip, "continued")
    _claim(out, place.force)
    check_stream(stream, place.json, place.force)
    listener = Listener(place.quiet)
    ctx = api.context(brief.seed, listener, place.workers)
    with stoppable(listener):
        recording = continuing(load(clip, ctx, RATE_HZ), seconds, brief, ctx)
        with handing_on(stream) as hand_on:
            for piece in recording:
                hand_on(piece)
        _keep(recording.take, out, place)
    _tell(recording.take, out, brief, place, stream == STDOUT)


def repaint(
    target: Path, from_s: float, to_s: float | None, only: str | None, brief: SongBrief, place: Place
) -> None:
    """New sound between two moments of a sound file or a song folder."""
    from songwright.engines.jukebox.repainting import repainted
    from songwright.engines.memory import load

    brief = api.seeded(brief)
    out = place.out or _beside(target, "repainted")
    _claim(out, place.force)
    if target.is_file() and out.suffix not in SOUND_SUFFIXES:
        raise BriefError("out", f"{out} is no sound file.", f"End its name in {', '.join(SOUND_SUFFIXES)}.")
    listener = Listener(place.quiet)
    ctx = api.context(brief.seed, listener, place.workers)
    with stoppable(listener):
        take = repainted(load(target, ctx, None), from_s, to_s, brief, ctx, only)
        _keep(take, out, place)
    _tell(take, out, brief, place, False)


def _beside(source: Path, what: str) -> Path:
    """NAME-continued beside NAME; lossy files become WAV, which keeps every sample."""
    if source.is_dir():
        return source.resolve().with_name(f"{source.resolve().name}-{what}")
    suffix = source.suffix if source.suffix in (".wav", ".flac") else ".wav"
    return source.with_name(f"{source.stem}-{what}{suffix}")


def _claim(out: Path, force: bool) -> None:
    from songwright.io import claims

    claims.claim(out, force)


def _keep(take: Take, out: Path, place: Place) -> None:
    """Write the take: a folder, or its sound alone where the name ends like a sound file."""
    from songwright.io import press
    from songwright.io.sound import write_audio

    if out.suffix not in SOUND_SUFFIXES:
        api.song(take).save(out, force=place.force)
        return
    with press.whole(out, place.force) as aside:
        write_audio(aside / out.name, take.master.audio, {"title": out.stem, "software": "songwright"})


def _tell(take: Take, out: Path, brief: SongBrief, place: Place, on_stderr: bool) -> None:
    master = take.master
    if not place.quiet:
        say(describe_master(master, out))
    if place.json:
        give_json(
            {
                "file" if out.is_file() else "folder": str(out),
                "seed": brief.seed,
                "duration_s": master.audio.duration_s,
                "integrated_lufs": master.integrated_lufs,
                "true_peak_dbtp": master.true_peak_dbtp,
                "timings_s": dict(take.timings_s),
            }
        )
    elif not on_stderr:
        give(str(out))
