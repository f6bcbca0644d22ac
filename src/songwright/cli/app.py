"""All commands. Each reads its options, calls one verb, and shows the result."""

from __future__ import annotations

import json as json_text
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songwright import __version__
from songwright.cli import benching, genres, options, training
from songwright.cli.console import give, give_json, say, table
from songwright.errors import Cancelled, SongwrightError

if TYPE_CHECKING:
    from songwright.values.brief import SongBrief

app = typer.Typer(
    name="songwright",
    help="From lyrics, a genre and a persona to a finished, sung song: offline, on a plain CPU.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(genres.app, name="genres")
app.add_typer(training.app, name="train")

Lyrics = Annotated[
    str | None,
    typer.Argument(
        help="Lyrics, a text file, also ChordPro; - reads standard input. With --rewrite: a song folder."
    ),
]
Genre = Annotated[
    str | None,
    typer.Option(help="Genre; `songwright genres` lists them. Or a style file of your own (TOML)."),
]
Blend = Annotated[
    str | None, typer.Option(help="Two genres mixed by share, such as country:0.6,electronic:0.4.")
]
Persona = Annotated[str | None, typer.Option(help="Artist persona; `songwright personas` lists them.")]
Title = Annotated[str | None, typer.Option(help="Title of the song.")]
Tempo = Annotated[float | None, typer.Option(help="Quarter notes a minute, 30 to 300.")]
Key = Annotated[str | None, typer.Option(help='Key, such as "G", "F# minor", "Bb".')]
Meter = Annotated[str | None, typer.Option(help="Meter, such as 4/4, 3/4, 6/8.")]
Duration = Annotated[str | None, typer.Option(help="Length in seconds or m:ss, 10 s to 10 min; met exactly.")]
Seed = Annotated[int | None, typer.Option(help="Luck of the song; the same seed gives the same song.")]
Voice = Annotated[str | None, typer.Option(help="Voice; `songwright voices` lists them.")]
Character = Annotated[str | None, typer.Option(help="Colour of the voice: gravel:0.4,breath:0.2 ...")]
Language = Annotated[
    str | None, typer.Option(help="Language of the lyrics (BCP 47), found by itself if left out.")
]
Instrumental = Annotated[bool, typer.Option("--instrumental", help="No singing.")]
EngineName = Annotated[str | None, typer.Option("--engine", help="Engine; `songwright engines` lists them.")]
PlanFile = Annotated[Path | None, typer.Option("--plan", help="A plan (JSON) written by `songwright plan`.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where to write: a folder, or one file by its suffix.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace what stands there.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
Workers = Annotated[int, typer.Option(help="Threads to use.", min=1, max=64)]
Chords = Annotated[
    str | None,
    typer.Option(
        help='Chords, a bar each or bars between "|": "C G Am F", or "verse: I V; chorus: F | G C".'
    ),
]
Melody = Annotated[
    Path | None,
    typer.Option(help="Sing the words to this tune: MusicXML, MIDI, ABC, or a song folder of your own."),
]
FirstPhrase = Annotated[
    Path | None, typer.Option(help="Begin with this phrase (MusicXML, MIDI, ABC) and go on from it.")
]
Continue = Annotated[
    bool, typer.Option("--continue", help="--melody is only the first phrase: go on from it.")
]
Temperature = Annotated[
    float | None,
    typer.Option(help="How freely the composing network draws: 0.5 safe to 1.5 wild; 1 is usual."),
]
Composer = Annotated[str | None, typer.Option(help="network or crafted; left out, the style decides.")]
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


def main() -> None:
    """Entry point: run a command, turn errors into one line and a status."""
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    try:
        status = app(options.spelled_out(sys.argv[1:]), standalone_mode=False)
    except typer.Exit as leave:
        status = leave.exit_code
    except (KeyboardInterrupt, typer.Abort, Cancelled):
        status = Cancelled.exit_status
    except SongwrightError as problem:
        status = _fail(problem)
    except BrokenPipeError:
        sys.stderr.close()
        status = 0
    except typer.TyperException as problem:
        problem.show()
        status = problem.exit_code
    if status == Cancelled.exit_status:  # Typer turns Ctrl-C into this status without a word
        _leave_now(_fail(Cancelled()))
    sys.exit(status or 0)


def _leave_now(status: int) -> None:
    """Leave without waiting for threads that are deep in a library; all files are settled by now."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _fail(problem: SongwrightError) -> int:
    say(f"songwright: {problem}")
    if "--json" in sys.argv:
        fields = {"error": type(problem).__name__, "message": str(problem)}
        with suppress(SongwrightError):  # stdout itself may be what failed
            give(json_text.dumps(fields | {k: v for k, v in vars(problem).items() if isinstance(v, str)}))
    return problem.exit_status


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        give(__version__)
        raise typer.Exit


@app.command()
def make(
    lyrics: Lyrics = None,
    genre: Genre = None,
    blend: Blend = None,
    persona: Persona = None,
    title: Title = None,
    tempo: Tempo = None,
    key: Key = None,
    meter: Meter = None,
    duration: Duration = None,
    seed: Seed = None,
    voice: Voice = None,
    character: Character = None,
    language: Language = None,
    instrumental: Instrumental = False,
    engine: EngineName = None,
    plan: PlanFile = None,
    chords: Chords = None,
    melody: Melody = None,
    continue_: Continue = False,
    first_phrase: FirstPhrase = None,
    temperature: Temperature = None,
    composer: Composer = None,
    variants: Variants = 1,
    all_: All = False,
    rewrite: Rewrite = None,
    keep: Keep = "rest",
    loud: Loud = None,
    out: Out = None,
    format: Format = "",
    force: Force = False,
    workers: Workers = 2,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a finished song from lyrics: a folder with master, stems, score, timed lyrics and rights."""
    from songwright import api
    from songwright.cli.making import make_song

    genre = options.one_genre(genre, blend)
    wanted_lufs = options.parse_loudness(loud, one_song=rewrite is None and variants == 1 and not all_)
    if rewrite is not None:
        from songwright.cli.rewriting import make_again

        make_again(options.rewriting(lyrics, rewrite, keep, chords, seed), out, force, workers, json, quiet)
        return
    brief = api.seeded(
        _brief(lyrics, genre, persona, title, tempo, key, meter, duration, seed, voice, character, language,
               instrumental, engine)
    )  # fmt: skip
    brief = options.controlled(brief, chords, melody, first_phrase, continue_, temperature, composer)
    if variants > 1 or all_:
        from songwright.cli.variants import make_variants

        make_variants(brief, plan, variants, all_, out, force, workers, json, quiet)
        return
    formats = tuple(f for f in format.split(",") if f)
    make_song(brief, plan, out, formats, force, workers, json, quiet, wanted_lufs)


@app.command()
def plan(
    lyrics: Lyrics = None,
    genre: Genre = None,
    blend: Blend = None,
    persona: Persona = None,
    title: Title = None,
    tempo: Tempo = None,
    key: Key = None,
    meter: Meter = None,
    duration: Duration = None,
    seed: Seed = None,
    voice: Voice = None,
    character: Character = None,
    language: Language = None,
    instrumental: Instrumental = False,
    chords: Chords = None,
    melody: Melody = None,
    continue_: Continue = False,
    first_phrase: FirstPhrase = None,
    temperature: Temperature = None,
    composer: Composer = None,
    out: Out = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Decide everything without making a sound: a plan to read, edit and give back to `make --plan`."""
    from songwright.cli.making import make_plan

    genre = options.one_genre(genre, blend)
    brief = _brief(lyrics, genre, persona, title, tempo, key, meter, duration, seed, voice, character, language,
                   instrumental, None)  # fmt: skip
    brief = options.controlled(brief, chords, melody, first_phrase, continue_, temperature, composer)
    make_plan(brief, out, force, json)


@app.command()
def compose(
    lyrics: Lyrics = None,
    genre: Genre = None,
    blend: Blend = None,
    persona: Persona = None,
    title: Title = None,
    tempo: Tempo = None,
    key: Key = None,
    meter: Meter = None,
    duration: Duration = None,
    seed: Seed = None,
    voice: Voice = None,
    language: Language = None,
    instrumental: Instrumental = False,
    plan: PlanFile = None,
    lead_sheet: Annotated[bool, typer.Option("--lead-sheet", help="Only tune, words and chords.")] = False,
    chords: Chords = None,
    melody: Melody = None,
    continue_: Continue = False,
    first_phrase: FirstPhrase = None,
    temperature: Temperature = None,
    composer: Composer = None,
    variants: Variants = 1,
    rewrite: Rewrite = None,
    keep: Keep = "rest",
    out: Out = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write the score only: MusicXML and MIDI (--out X.musicxml or X.mid for one file)."""
    from songwright.cli.making import make_score

    genre = options.one_genre(genre, blend)
    if rewrite is not None:
        from songwright.cli.rewriting import write_again

        write_again(options.rewriting(lyrics, rewrite, keep, chords, seed), out, force, json)
        return
    brief = _brief(lyrics, genre, persona, title, tempo, key, meter, duration, seed, voice, None, language,
                   instrumental, None)  # fmt: skip
    brief = options.controlled(brief, chords, melody, first_phrase, continue_, temperature, composer)
    if variants > 1:
        from songwright.cli.variants import write_variants

        write_variants(brief, plan, variants, lead_sheet, out, force, json)
        return
    make_score(brief, plan, lead_sheet, out, force, json)


@app.command()
def sing(
    score: Annotated[
        Path | None, typer.Argument(help="MusicXML or MIDI with lyrics, a performance, or a song folder.")
    ] = None,
    performance: Annotated[
        Path | None, typer.Option(help="Sing this performance (JSON, perhaps edited) as it stands.")
    ] = None,
    write_performance: Annotated[
        Path | None, typer.Option(help="Also write the performance: every curve, to read and edit.")
    ] = None,
    voice: Voice = None,
    persona: Persona = None,
    genre: Genre = None,
    character: Character = None,
    seed: Seed = None,
    out: Out = None,
    force: Force = False,
    workers: Workers = 2,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Sing any MusicXML or MIDI with lyrics: a dry vocal stem (--out X.flac or X.wav, or X.performance.json)."""
    from songwright.cli.singing import Wish
    from songwright.cli.singing import sing as sing_it

    brief = _brief(
        None, genre, persona, None, None, None, None, None, seed, voice, character, None, False, None
    )
    sing_it(Wish(score, performance, brief, write_performance, out, force, workers, json, quiet))


@app.command()
def play(
    score: Annotated[Path, typer.Argument(help="MIDI or MusicXML.")],
    genre: Genre = None,
    seed: Seed = None,
    out: Out = None,
    force: Force = False,
    workers: Workers = 2,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Play any MIDI file: one dry stem a track (a folder, or --out X.flac for their sum)."""
    from songwright.cli.performing import play_score

    brief = _brief(None, genre, None, None, None, None, None, None, seed, None, None, None, False, None)
    play_score(score, brief, out, force, workers, json, quiet)


@app.command()
def mix(
    folder: Annotated[Path, typer.Argument(help="A song folder, or a folder of stems.")],
    gain: Annotated[str | None, typer.Option(help="Louder or softer stems in dB: lead:2,drums:-3")] = None,
    loudness: Annotated[float, typer.Option(help="Integrated loudness in LUFS, -30 to -6.")] = -14.0,
    loud: Loud = None,
    out: Out = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Master a song again from its stems, with other levels if wanted."""
    from songwright.cli.performing import mix_folder

    gains_db = options.parse_amounts("gain", gain, -60, 24) if gain else {}
    mix_folder(folder, gains_db, options.parse_loudness(loud) or loudness, out, force, json)


@app.command()
def judge(
    target: Annotated[Path, typer.Argument(help="A song folder or a sound file.")],
    picture: Annotated[
        Path | None, typer.Option(help="Also draw spectrogram, tune and loudness (PNG).")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help="Draw from here (seconds or m:ss).")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Draw up to here.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with status 1 if a figure misses.")] = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Measure a song: pitch, words, loudness, stress, form, each beside its bound."""
    from songwright.cli.judging import judge_target

    span_s = (options.parse_duration(start) or 0.0, options.parse_duration(end))
    if not judge_target(target, picture, span_s, force, json) and strict:
        raise typer.Exit(1)


@app.command()
def analyse(
    folder: Annotated[
        Path,
        typer.Argument(help="Songs as MusicXML, MIDI, ABC or LilyPond, or songwright's own song folders."),
    ],
    picture: Annotated[Path | None, typer.Option(help="Draw the patterns on one page, a PNG.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the picture that is there.")] = False,
    json: Json = False,
) -> None:
    """Keys, tempi, progressions by section, shapes of tunes, and how new each song is against the rest."""
    from songwright.cli.analysing import analyse_folder

    analyse_folder(folder, picture, force, json)


@app.command()
def voices(json: Json = False) -> None:
    """The voices on the shelf, each with its licence."""
    _list(list(_shelf().voice_cards()), ["id", "name", "language", "licence", "about"], json)


@app.command()
def personas(json: Json = False) -> None:
    """The artists who do not exist."""
    _list(list(_shelf().personas()), ["id", "name", "voice", "licence", "about"], json)


@app.command()
def engines(json: Json = False) -> None:
    """The engines installed here, with the licences of their code and weights."""
    from songwright.engines.protocol import engines as installed
    from songwright.values.wire import to_plain

    cards = [to_plain(engine.card) | {"licence": engine.card.code_licence} for engine in installed().values()]
    _list(cards, ["id", "name", "licence", "weights_licence", "about"], json)


@app.command()
def doctor(json: Json = False) -> None:
    """What works on this machine, and the one command that mends what does not."""
    from songwright.cli.doctor import examine

    rows = examine()
    if json:
        give_json(rows)
    else:
        give(table(rows, ["id", "state", "detail", "mend"]))
    if any(row["state"] == "broken" for row in rows):
        raise typer.Exit(1)


app.command()(benching.bench)


def _brief(
    lyrics: str | None, genre: str | None, persona: str | None, title: str | None, tempo: float | None,
    key: str | None, meter: str | None, duration: str | None, seed: int | None, voice: str | None,
    character: str | None, language: str | None, instrumental: bool, engine: str | None,
) -> SongBrief:  # fmt: skip
    from songwright.values.brief import SongBrief

    return SongBrief(
        lyrics=options.read_lyrics(lyrics), title=title, genre=genre, persona=persona, language=language, key=key,
        meter=meter, tempo_bpm=tempo, duration_s=options.parse_duration(duration), voice=voice, engine=engine,
        seed=seed, instrumental=instrumental, character=options.parse_character(character),
    )  # fmt: skip


def _shelf() -> Any:
    from songwright.io.shelf import HouseShelf

    return HouseShelf()


def _list(items: list[Any], columns: list[str], json: bool) -> None:
    from songwright.values.wire import to_plain

    rows = [item if isinstance(item, dict) else to_plain(item) for item in items]
    if json:
        give_json(rows)
    else:
        give(table(rows, columns))
