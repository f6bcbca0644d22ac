"""All commands. Each reads its options, calls one verb, and shows the result."""

from __future__ import annotations

import json as json_text
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from songwright import __version__
from songwright.cli import benching, genres, options, samples, sounding, training, wishes
from songwright.cli.console import give, give_json, say, table
from songwright.errors import BriefError, Cancelled, ShelfError, SongwrightError, why

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
app.add_typer(samples.app, name="samples")


# What may be asked beside --rewrite, beside --plan, and beside --plan of an engine whose network makes the sound.
_PLACE = ("lyrics", "seed", "chords")
_PLANNED = ("lyrics", "engine")
_SOUNDING = (*_PLANNED, "blend", "temperature")


def main() -> None:
    """Entry point: run a command, turn errors into one line and a status."""
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    stopped = Cancelled()
    try:
        status = app(options.spelled_out(sys.argv[1:]), standalone_mode=False)
    except typer.Exit as leave:
        status = leave.exit_code
    except (KeyboardInterrupt, typer.Abort):
        status = Cancelled.exit_status
    except Cancelled as problem:
        status, stopped = problem.exit_status, problem
    except SongwrightError as problem:
        status = _fail(problem)
    except MemoryError:
        status = _fail(
            SongwrightError("there is not enough memory; nothing was written. Ask for a shorter song.")
        )
    except BrokenPipeError:
        sys.stderr.close()
        status = 0
    except OSError as problem:  # where no room has a word for it
        status = _fail(ShelfError(str(problem.filename or "a file"), f"cannot be used ({why(problem)})"))
    except typer.TyperException as problem:
        status = _misused(problem)
    if status == Cancelled.exit_status:  # Typer turns Ctrl-C into this status without a word
        _leave_now(_fail(stopped))
    sys.exit(status or 0)


def _leave_now(status: int) -> None:
    """Leave without waiting for threads that are deep in a library; all files are settled by now."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError):  # it may be closed, or never have been there
            stream.flush()
    os._exit(status)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _misused(problem: Any) -> int:
    """Words that make no command are one line too; where no more than a group was named, its help is shown."""
    text, at = problem.format_message(), getattr(problem, "ctx", None)
    if "\n" in text:
        say(text)
        return problem.exit_code
    wish, field = getattr(problem, "param", None), "command"
    if wish is not None:
        field, text = wish.opts[-1].lstrip("-"), problem.message.split(",")[0].removeprefix("Input ")
    text = f"{text or 'is missing'}.".replace("?.", "?").replace("..", ".")
    return _fail(BriefError(field, text, f"See {at.command_path} --help." if at else ""))


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
@wishes.spelled()
def make(
    *,
    song: wishes.Song,
    plan: wishes.PlanFile = None,
    material: wishes.Material,
    variants: wishes.Variants = 1,
    all_: wishes.All = False,
    rewrite: wishes.Rewrite = None,
    keep: wishes.Keep = "rest",
    loud: wishes.Loud = None,
    sound: sounding.Sound,
    stream: sounding.Stream = None,
    out: wishes.Out = None,
    format: wishes.Format = "",
    force: wishes.Force = False,
    workers: wishes.Workers = 2,
    json: wishes.Json = False,
    quiet: wishes.Quiet = False,
) -> None:
    """Make a finished song from lyrics: a folder with master, stems, score, timed lyrics and rights."""
    from songwright import api
    from songwright.cli.making import make_song

    wanted_lufs = options.parse_loudness(loud, one_song=rewrite is None and variants == 1 and not all_)
    formats = tuple(f for f in format.split(",") if f)
    several = variants if variants > 1 else None
    if rewrite is not None:
        from songwright.cli.rewriting import make_again

        others = {"plan": plan, "stream": stream, "variants": several}
        wishes.stands_alone("rewrite", _PLACE, song, material, sound, **others)
        make_again(
            options.rewriting(song.lyrics, rewrite, keep, material.chords, song.seed),
            out,
            force,
            formats,
            workers,
            json,
            quiet,
        )
        return
    if plan is not None:
        wishes.stands_alone("plan", _SOUNDING if song.engine == "jukebox" else _PLANNED, song, material)
    brief = sound.into(material.into(api.seeded(song.brief())))
    if variants > 1 or all_:
        wishes.stands_alone("variants", (), stream=stream)
        options.of_the_studio(brief, "variants")
        from songwright.cli.variants import make_variants

        make_variants(brief, plan, variants, all_, out, force, formats, workers, json, quiet)
        return
    make_song(brief, plan, out, formats, force, workers, json, quiet, wanted_lufs, stream)


@app.command()
@wishes.spelled("engine")
def plan(
    *,
    song: wishes.Song,
    material: wishes.Material,
    out: wishes.Out = None,
    force: wishes.Force = False,
    json: wishes.Json = False,
) -> None:
    """Decide everything without making a sound: a plan to read, edit and give back to `make --plan`."""
    from songwright.cli.making import make_plan

    make_plan(material.into(song.brief()), out, force, json)


@app.command()
@wishes.spelled("character", "engine")
def compose(
    *,
    song: wishes.Song,
    plan: wishes.PlanFile = None,
    lead_sheet: Annotated[bool, typer.Option("--lead-sheet", help="Only tune, words and chords.")] = False,
    material: wishes.Material,
    variants: wishes.Variants = 1,
    rewrite: wishes.Rewrite = None,
    keep: wishes.Keep = "rest",
    out: wishes.Out = None,
    force: wishes.Force = False,
    json: wishes.Json = False,
    quiet: wishes.Quiet = False,
) -> None:
    """Write the score only: MusicXML and MIDI (--out X.musicxml or X.mid for one file)."""
    from songwright.cli.making import make_score

    if rewrite is not None:
        from songwright.cli.rewriting import write_again

        several = variants if variants > 1 else None
        wishes.stands_alone("rewrite", _PLACE, song, material, plan=plan, variants=several)
        write_again(
            options.rewriting(song.lyrics, rewrite, keep, material.chords, song.seed), out, force, json, quiet
        )
        return
    if plan is not None:
        wishes.stands_alone("plan", _PLANNED, song, material)
    brief = material.into(song.brief())
    if variants > 1:
        from songwright.cli.variants import write_variants

        write_variants(brief, plan, variants, lead_sheet, out, force, json, quiet)
        return
    make_score(brief, plan, lead_sheet, out, force, json, quiet)


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
    voice: wishes.Voice = None,
    persona: wishes.Persona = None,
    genre: wishes.Genre = None,
    character: wishes.Character = None,
    seed: wishes.Seed = None,
    out: wishes.Out = None,
    force: wishes.Force = False,
    workers: wishes.Workers = 2,
    json: wishes.Json = False,
    quiet: wishes.Quiet = False,
) -> None:
    """Sing any MusicXML or MIDI with lyrics: a dry vocal stem (--out X.flac or X.wav, or X.performance.json)."""
    from songwright.cli.singing import Wish
    from songwright.cli.singing import sing as sing_it

    song = wishes.Song(genre=genre, persona=persona, seed=seed, voice=voice, character=character)
    sing_it(Wish(score, performance, song.brief(), write_performance, out, force, workers, json, quiet))


@app.command()
def play(
    score: Annotated[Path, typer.Argument(help="MIDI or MusicXML.")],
    genre: wishes.Genre = None,
    seed: wishes.Seed = None,
    out: wishes.Out = None,
    force: wishes.Force = False,
    workers: wishes.Workers = 2,
    json: wishes.Json = False,
    quiet: wishes.Quiet = False,
) -> None:
    """Play any MIDI file: one dry stem a track (a folder, or --out X.flac for their sum)."""
    from songwright.cli.performing import play_score

    play_score(score, wishes.Song(genre=genre, seed=seed).brief(), out, force, workers, json, quiet)


@app.command()
def mix(
    folder: Annotated[Path, typer.Argument(help="A song folder, or a folder of stems.")],
    gain: Annotated[str | None, typer.Option(help="Louder or softer stems in dB: lead:2,drums:-3")] = None,
    loudness: Annotated[float, typer.Option(help="Integrated loudness in LUFS, -30 to -6.")] = -14.0,
    loud: wishes.Loud = None,
    out: wishes.Out = None,
    force: wishes.Force = False,
    json: wishes.Json = False,
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
    force: wishes.Force = False,
    json: wishes.Json = False,
) -> None:
    """Measure a song: pitch, words, loudness, stress, form, each beside its bound."""
    from songwright.cli.judging import judge_target

    span_s = (options.parse_duration(start, "from") or 0.0, options.parse_duration(end, "to"))
    if picture is None and (start or end):
        raise BriefError(
            "picture", "is what --from and --to are for.", "Say with --picture FILE.png where to draw."
        )
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
    json: wishes.Json = False,
) -> None:
    """Keys, tempi, progressions by section, shapes of tunes, and how new each song is against the rest."""
    from songwright.cli.analysing import analyse_folder

    analyse_folder(folder, picture, force, json)


@app.command()
def voices(json: wishes.Json = False) -> None:
    """The voices on the shelf, each with its licence."""
    _list(list(_shelf().voice_cards()), ["id", "name", "language", "licence", "about"], json)


@app.command()
def personas(json: wishes.Json = False) -> None:
    """The artists who do not exist."""
    _list(list(_shelf().personas()), ["id", "name", "voice", "licence", "about"], json)


@app.command()
def engines(json: wishes.Json = False) -> None:
    """The engines installed here, with the licences of their code and weights."""
    from songwright.engines.protocol import engines as installed
    from songwright.values.wire import to_plain

    cards = [to_plain(engine.card) | {"licence": engine.card.code_licence} for engine in installed().values()]
    _list(cards, ["id", "name", "licence", "weights_licence", "about"], json)


@app.command()
def doctor(json: wishes.Json = False) -> None:
    """What works on this machine, and the one command that mends what does not."""
    from songwright.cli.doctor import examine

    rows = examine()
    if json:
        give_json(rows)
    else:
        give(table(rows, ["id", "state", "detail", "mend"]))
    if any(row["state"] == "broken" for row in rows):
        raise typer.Exit(1)


app.command("continue")(sounding.continue_clip)
app.command()(sounding.repaint)
app.command()(benching.bench)


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
