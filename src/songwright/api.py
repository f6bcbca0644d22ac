"""songwright from Python: a brief in, a song out, with a player in notebooks.

import songwright as sw
song = sw.make(sw.SongBrief(lyrics="[Verse]\\nWalk with me...", genre="country", seed=7))
song.save("songs/walk")
"""

from __future__ import annotations

import base64
import io as bytes_io
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.errors import BriefError
from songwright.values.brief import SongBrief
from songwright.values.context import Context, Progress, silent
from songwright.values.plan import SongPlan
from songwright.values.score import Score
from songwright.values.seed import MAX_SEED, Seed
from songwright.values.take import Take

if TYPE_CHECKING:
    from songwright.engines.jukebox.recording import Recording
    from songwright.engines.rewriting import Rewritten
    from songwright.engines.variants import Variant


@dataclass(frozen=True, eq=False)
class Song(Take):
    """A take that knows how to be kept: `save` writes the song folder, a notebook shows a player."""

    def save(
        self, folder: str | os.PathLike[str], *, formats: Sequence[str] = (), force: bool = False
    ) -> Path:
        """Write the song folder; refuses to overwrite without `force`. Returns its path."""
        from songwright.io import press
        from songwright.io.shelf import HouseShelf

        persona = self.plan.persona if self.plan else self.brief.persona
        artist = HouseShelf().persona(persona).name if persona else ""
        return press.save(self, Path(folder), formats=tuple(formats), force=force, artist=artist)

    def _repr_html_(self) -> str:
        import soundfile

        buffer = bytes_io.BytesIO()
        sound = self.master.audio
        soundfile.write(buffer, sound.samples.T, sound.rate_hz, format="FLAC")
        data = base64.b64encode(buffer.getvalue()).decode()
        title = self.plan.title if self.plan else "song"
        return f'<b>{title}</b><br><audio controls src="data:audio/flac;base64,{data}"></audio>'


def context(seed: int | None = None, tell: Callable[[Progress], None] = silent, workers: int = 2) -> Context:
    """A context with the shelf of this installation; without a seed one is drawn."""
    from songwright.io.shelf import HouseShelf
    from songwright.io.tape import DiskTape

    value = secrets.randbits(31) if seed is None else seed
    if type(value) is not int or not 0 <= value <= MAX_SEED:
        raise BriefError("seed", f"{value!r} is out of range.", f"Give a whole number, 0 to {MAX_SEED}.")
    return Context(Seed(value), HouseShelf(), tell, workers, DiskTape())


def seeded(brief: SongBrief) -> SongBrief:
    """The brief with a seed: its own, or one drawn now, so that the song can be made again."""
    return brief if brief.seed is not None else replace(brief, seed=secrets.randbits(31))


def plan(brief: SongBrief, tell: Callable[[Progress], None] = silent) -> SongPlan:
    """Answer every question of a brief without making a sound."""
    from songwright import producer

    brief = seeded(brief)
    return producer.plan(brief, context(brief.seed, tell).child("producer"))


def melody(file: str | os.PathLike[str], tell: Callable[[str], None] = lambda _: None) -> Score:
    """A tune from MusicXML, MIDI, ABC or a song folder, for `SongBrief.melody` or `first_phrase`."""
    from songwright.io.tunes import read_tune

    return read_tune(Path(file), tell)


def variants(brief: SongBrief, count: int, tell: Callable[[Progress], None] = silent) -> tuple[Variant, ...]:
    """Compose `count` songs of one brief, ranked, the best first; `variant.plan` makes one of them."""
    from songwright.engines.variants import variants as written

    chosen = plan(brief, tell)
    return written(chosen, count, context(chosen.seed, tell))


def rewrite(
    plan: SongPlan, score: Score, place: str, *, seed: int | None = None, chords: str | None = None
) -> Rewritten:
    """New music for one place of a song ("chorus", "verse 2", "line 3", "bars 9-16"); the rest stays note for note.

    seed: other luck, for another tune. chords: new ones for the place.
    """
    from songwright.engines.rewriting import rewritten

    return rewritten(plan, score, place, context(plan.seed if seed is None else seed), chords)


def make(brief: SongBrief, tell: Callable[[Progress], None] = silent) -> Song:
    """Make a finished song. Raises BriefError where the brief cannot be met, with what would work."""
    from songwright.engines.protocol import engine

    brief = seeded(brief)
    return song(engine(brief.engine).record(brief, context(brief.seed, tell)))


def stream(brief: SongBrief, tell: Callable[[Progress], None] = silent) -> Recording:
    """A song of the engine "jukebox" piece by piece, while it is made; `.take` is all of it.

    for piece in sw.stream(brief): player.write(piece.samples.T)
    """
    from songwright.engines.jukebox import JukeboxEngine

    brief = seeded(brief)
    return JukeboxEngine().recording(brief, context(brief.seed, tell))


def extend(
    clip: Take | str | os.PathLike[str], seconds: float, brief: SongBrief | None = None,
    tell: Callable[[Progress], None] = silent,
) -> Song:  # fmt: skip
    """A song folder, sound file or take that goes on: its last seconds are heard, new sound follows.

    brief: words, genre, persona, seed ... of the new part, None = as it comes.
    """
    from songwright.engines.jukebox.continuing import continuing
    from songwright.values.audio import RATE_HZ

    brief = seeded(brief or SongBrief())
    ctx = context(brief.seed, tell)
    return song(continuing(_taken(clip, ctx, RATE_HZ), seconds, brief, ctx).take)


def repaint(
    target: Take | str | os.PathLike[str], from_s: float, to_s: float | None = None, brief: SongBrief | None = None,
    only: str | None = None, tell: Callable[[Progress], None] = silent,
) -> Song:  # fmt: skip
    """A song folder, sound file or take with new sound between two moments; outside every sample stays as it is.

    brief: other words, genre, persona, seed; what it leaves open is as it was. only: "voice" or "band".
    """
    from songwright.engines.jukebox.repainting import repainted

    brief = seeded(brief or SongBrief())
    ctx = context(brief.seed, tell)
    return song(repainted(_taken(target, ctx, None), from_s, to_s, brief, ctx, only))


def _taken(source: Take | str | os.PathLike[str], ctx: Context, rate_hz: int | None) -> Take:
    from songwright.engines.memory import load

    return source if isinstance(source, Take) else load(Path(source), ctx, rate_hz)


def song(take: Take) -> Song:
    """A take of any engine as a song that can be saved."""
    return Song(**{field.name: getattr(take, field.name) for field in fields(Take)})
