"""`songwright continue` and `songwright repaint`, and what `make --engine jukebox` may be asked besides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from songwright.cli import options, wishes

if TYPE_CHECKING:
    from songwright.values.brief import SongBrief

Stream = Annotated[
    str | None,
    typer.Option(
        help="Hand raw sound on while it is made (48 kHz, two channels, 16 bit): a file, a pipe, or - for stdout; "
        "engine jukebox."
    ),
]
From = Annotated[str, typer.Option("--from", help="Where it begins, in seconds or m:ss.")]
To = Annotated[str | None, typer.Option("--to", help="Where it ends; left out, at the end.")]
Words = Annotated[
    str | None,
    typer.Option("--lyrics", help="Words to sing there, a text file; - reads standard input."),
]
Blend = Annotated[
    str | None,
    typer.Option(help="Two genres or several artists by share: rusty-hale:0.5,pia-lumengrove:0.5."),
]
Temperature = Annotated[
    float | None, typer.Option(help="How freely the networks draw: 0.5 safe to 1.5 wild; 1 is usual.")
]
Key = Annotated[str | None, typer.Option(help="Key of the new part, where a score is written for it.")]
Tempo = Annotated[float | None, typer.Option(help="Its quarter notes a minute.")]


@dataclass(frozen=True)
class Sound:
    """How the network that makes sound is to work: each field an option."""

    steps: Annotated[
        int | None, typer.Option(help="Engine jukebox: steps from noise to sound, 1 to 128; 16 is usual.")
    ] = None
    guidance: Annotated[
        float | None,
        typer.Option(help="Engine jukebox: how strictly it follows what it is told, 0 to 10; 3 is usual."),
    ] = None
    free: Annotated[
        bool,
        typer.Option("--free", help="Engine jukebox: write no score; tell only genre, persona and words."),
    ] = False
    device: Annotated[str, typer.Option(help="Engine jukebox: cpu or gpu (needs PyTorch).")] = "cpu"
    weights: Annotated[
        Path | None, typer.Option(help="Engine jukebox: networks of your own, a folder with their cards.")
    ] = None

    def into(self, brief: SongBrief) -> SongBrief:
        """The brief with these wishes; as it was where nothing is asked."""
        from songwright.values.sounding import SoundWishes

        if self == Sound():
            return brief
        weights = str(self.weights) if self.weights else ""
        asked = replace(
            brief.sound or SoundWishes(),
            steps=self.steps,
            guidance=self.guidance,
            free=self.free,
            device=self.device,
            weights=weights,
        )
        return replace(brief, sound=asked)


@wishes.spelled()
def continue_clip(
    *,
    clip: Annotated[Path, typer.Argument(help="A sound file of any kind, or a song folder.")],
    seconds: Annotated[float, typer.Option(help="How long to go on, 1 to 600.")],
    lyrics: Words = None,
    genre: wishes.Genre = None,
    blend: Blend = None,
    persona: wishes.Persona = None,
    voice: wishes.Voice = None,
    key: Key = None,
    tempo: Tempo = None,
    instrumental: Annotated[
        bool, typer.Option("--instrumental", help="Write a score without words for the new part.")
    ] = False,
    sound: Sound,
    temperature: Temperature = None,
    seed: wishes.Seed = None,
    stream: Stream = None,
    out: wishes.Out = None,
    force: wishes.Force = False,
    workers: wishes.Workers = 2,
    json: wishes.Json = False,
    quiet: wishes.Quiet = False,
) -> None:
    """Go on from any clip: its last seconds are heard, new sound follows (engine jukebox)."""
    from songwright.cli.repainting import Place
    from songwright.cli.repainting import continue_clip as go_on

    song = wishes.Song(
        lyrics=lyrics, genre=genre, blend=blend, persona=persona, voice=voice, key=key, tempo=tempo, seed=seed,
        instrumental=instrumental, engine="jukebox",
    )  # fmt: skip
    brief = sound.into(replace(song.brief(), temperature=temperature))
    go_on(clip, seconds, brief, stream, Place(out, force, workers, json, quiet))


@wishes.spelled()
def repaint(
    *,
    take: Annotated[Path, typer.Argument(help="A song folder of any engine, or a sound file.")],
    start: From,
    end: To = None,
    only: Annotated[str | None, typer.Option(help="voice or band: the other one stays as it is.")] = None,
    lyrics: Words = None,
    genre: wishes.Genre = None,
    blend: Blend = None,
    persona: wishes.Persona = None,
    voice: wishes.Voice = None,
    sound: Sound,
    temperature: Temperature = None,
    seed: wishes.Seed = None,
    out: wishes.Out = None,
    force: wishes.Force = False,
    workers: wishes.Workers = 2,
    json: wishes.Json = False,
    quiet: wishes.Quiet = False,
) -> None:
    """Make a stretch of a song anew; outside of it every sample stays as it is (engine jukebox)."""
    from songwright.cli.repainting import Place
    from songwright.cli.repainting import repaint as paint

    song = wishes.Song(
        lyrics=lyrics, genre=genre, blend=blend, persona=persona, voice=voice, seed=seed, engine="jukebox"
    )
    brief = sound.into(replace(song.brief(), temperature=temperature))
    from_s, to_s = options.parse_duration(start, "from"), options.parse_duration(end, "to")
    paint(take, from_s or 0.0, to_s, only, brief, Place(out, force, workers, json, quiet))
