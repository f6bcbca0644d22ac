"""The options that several commands share, each written once: what a song is to be, and what it is written from."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from songwright.cli import options
from songwright.errors import BriefError

if TYPE_CHECKING:
    from songwright.values.brief import SongBrief

Persona = Annotated[str | None, typer.Option(help="Artist persona; `songwright personas` lists them.")]
Genre = Annotated[
    str | None,
    typer.Option(help="Genre; `songwright genres` lists them. Or a style file of your own (TOML)."),
]
Seed = Annotated[int | None, typer.Option(help="Luck of the song; the same seed gives the same song.")]
Voice = Annotated[str | None, typer.Option(help="Voice; `songwright voices` lists them.")]
Character = Annotated[str | None, typer.Option(help="Colour of the voice: gravel:0.4,breath:0.2 ...")]
PlanFile = Annotated[Path | None, typer.Option("--plan", help="A plan (JSON) written by `songwright plan`.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where to write: a folder, or one file by its suffix.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace what stands there.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
Workers = Annotated[int, typer.Option(help="Threads to use.", min=1, max=64)]
Variants = Annotated[int, typer.Option(help="Write so many different songs, ranked, 1 to 16.", min=1, max=16)]
All = Annotated[bool, typer.Option("--all", help="With --variants: make all of them, not only the best.")]
Rewrite = Annotated[
    str | None,
    typer.Option(
        help='New music for this place of a song that is there: chorus, "verse 2", "line 3", "bars 9-16".'
    ),
]
Keep = Annotated[str, typer.Option(help="With --rewrite: what stays as it is; rest is all there is.")]
Loud = Annotated[
    str | None,
    typer.Option(
        "--loud", metavar="[LUFS]", help="Louder than the usual -14 LUFS: -9, or the number given, -30 to -6."
    ),
]
Format = Annotated[str, typer.Option("--format", help="More sound files: flac,ogg,opus.")]


@dataclass(frozen=True)
class Song:
    """What the song is to be: each field an option of the commands that begin with lyrics."""

    lyrics: Annotated[
        str | None,
        typer.Argument(
            help="Lyrics, a text file, also ChordPro; - reads standard input. With --rewrite: a song folder."
        ),
    ] = None
    genre: Genre = None
    blend: Annotated[
        str | None,
        typer.Option(
            help="Two genres mixed by share, such as country:0.6,electronic:0.4; for engine jukebox also artists."
        ),
    ] = None
    persona: Persona = None
    title: Annotated[str | None, typer.Option(help="Title of the song.")] = None
    tempo: Annotated[float | None, typer.Option(help="Quarter notes a minute, 30 to 300.")] = None
    key: Annotated[str | None, typer.Option(help='Key, such as "G", "F# minor", "Bb".')] = None
    meter: Annotated[str | None, typer.Option(help="Meter, such as 4/4, 3/4, 6/8.")] = None
    duration: Annotated[
        str | None, typer.Option(help="Length in seconds or m:ss, 10 s to 10 min; met exactly.")
    ] = None
    seed: Seed = None
    voice: Voice = None
    character: Character = None
    language: Annotated[
        str | None, typer.Option(help="Language of the lyrics (BCP 47), found by itself if left out.")
    ] = None
    instrumental: Annotated[bool, typer.Option("--instrumental", help="No singing.")] = False
    engine: Annotated[
        str | None, typer.Option("--engine", help="Engine; `songwright engines` lists them.")
    ] = None

    def brief(self) -> SongBrief:
        """The wishes as a brief. Raises BriefError for --genre beside --blend and for what cannot be read."""
        from songwright.values.brief import SongBrief
        from songwright.values.sounding import SoundWishes

        artists = options.artists_of(self.blend)
        if artists and self.persona is not None:
            raise BriefError("blend", "of artists stands beside --persona.", "Give one of them.")
        if self.genre is not None and self.blend is not None and not artists:
            raise BriefError("blend", "stands beside --genre.", "Give one of them.")
        return SongBrief(
            lyrics=options.read_lyrics(self.lyrics),
            title=self.title,
            genre=self.genre if self.blend is None or artists else self.blend,
            persona=self.persona,
            language=self.language,
            key=self.key,
            meter=self.meter,
            tempo_bpm=self.tempo,
            duration_s=options.parse_duration(self.duration),
            voice=self.voice,
            engine=self.engine,
            seed=self.seed,
            instrumental=self.instrumental,
            character=options.parse_character(self.character),
            sound=SoundWishes(personas=artists) if artists else None,
        )


@dataclass(frozen=True)
class Material:
    """What the songwriter is given to work with: chords, a tune or its beginning, how free to be."""

    chords: Annotated[
        str | None,
        typer.Option(
            help='Chords, a bar each or bars between "|": "C G Am F", or "verse: I V; chorus: F | G C".'
        ),
    ] = None
    melody: Annotated[
        Path | None,
        typer.Option(help="Sing the words to this tune: MusicXML, MIDI, ABC, or a song folder of your own."),
    ] = None
    continue_: Annotated[
        bool, typer.Option("--continue", help="--melody is only the first phrase: go on from it.")
    ] = False
    first_phrase: Annotated[
        Path | None, typer.Option(help="Begin with this phrase (MusicXML, MIDI, ABC) and go on from it.")
    ] = None
    temperature: Annotated[
        float | None,
        typer.Option(help="How freely the composing network draws: 0.5 safe to 1.5 wild; 1 is usual."),
    ] = None
    composer: Annotated[str | None, typer.Option(help="network or crafted; left out, the style decides.")] = (
        None
    )

    def into(self, brief: SongBrief) -> SongBrief:
        """The brief with the material. Raises BriefError for wishes against each other, ShelfError for no tune."""
        from songwright import api

        if self.continue_ and self.melody is None:
            raise BriefError(
                "continue", "there is nothing to go on from.", "Give a phrase with --melody FILE."
            )
        if self.melody is not None and self.first_phrase is not None:
            raise BriefError("first_phrase", "stands beside a melody.", "Give one of them.")
        phrase = self.first_phrase or (self.melody if self.continue_ else None)
        whole = None if self.continue_ else self.melody
        return replace(
            brief,
            chords=self.chords,
            melody=api.melody(whole, options.say_note) if whole else None,
            first_phrase=api.melody(phrase, options.say_note) if phrase else None,
            temperature=self.temperature,
            composer=self.composer,
        )


def stands_alone(flag: str, beside: Collection[str], *groups: Any, **others: Any) -> None:
    """Raises BriefError for a wish that nobody would hear beside --flag, rather than leave it unheard.

    beside: fields of the groups (Song, Material ...) that go with it. others: further options, None where not given.
    """
    given = [(name, value is not None) for name, value in others.items()]
    for group in groups:
        given += [(field.name, getattr(group, field.name) != field.default) for field in fields(group)]
    for name, asked in given:
        if asked and name not in beside:
            option = name.strip("_").replace("_", "-")
            raise BriefError(option, f"does not go with --{flag}.", _ALONE[flag])


_ALONE = {
    "plan": "Change it in the plan, or leave it out.",
    "rewrite": "All but the place stays as it is; leave it out.",
    "variants": "Leave it out.",
}


def spelled(*without: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command whose Song, Material and the like stand as one option a field, where they stand among its own.

    without: fields this command does not ask for; they keep their usual value.
    """

    def spell(command: Callable[..., None]) -> Callable[..., None]:
        parameters: list[inspect.Parameter] = []
        groups: dict[str, tuple[type, list[str]]] = {}
        for name, parameter in inspect.signature(command, eval_str=True).parameters.items():
            if not is_dataclass(parameter.annotation):
                parameters.append(parameter)
                continue
            hints = get_type_hints(parameter.annotation, include_extras=True)
            asked = [field for field in fields(parameter.annotation) if field.name not in without]
            groups[name] = parameter.annotation, [field.name for field in asked]
            parameters += [
                parameter.replace(name=field.name, default=field.default, annotation=hints[field.name])
                for field in asked
            ]

        @wraps(command)
        def run(**given: Any) -> None:
            gathered = {
                name: group(**{field: given.pop(field) for field in asked})
                for name, (group, asked) in groups.items()
            }
            command(**gathered, **given)

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return spell
