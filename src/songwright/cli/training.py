"""`songwright train TASK`: learn voices, songs and drums from data you may use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from songwright.cli import training_audio

app = typer.Typer(
    help="Train a network or measure a corpus from data in a folder.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


data = typer.Typer(
    help="Make a corpus out of a folder of files.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(data, name="data")


@data.callback()
def _corpora() -> None:
    """Make a corpus out of a folder of files."""


@data.command()
def songs(
    folder: Annotated[
        Path,
        typer.Argument(help="Songs as MusicXML, MIDI with lyrics, ABC or LilyPond, in any folders inside."),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", help="The corpus, JSON lines; tokens (.npz) and statistics (.json) beside it."),
    ],
    page: Annotated[
        Path | None, typer.Option("--page", help="Write the statistics as a Markdown page.")
    ] = None,
    licence: Annotated[
        str, typer.Option(help="Licence of files that no manifest.jsonl names; what is not free stays out.")
    ] = "",
) -> None:
    """Read every song into one corpus: tune, words, chords, key, meter, lines; split so that no tune stands twice."""
    from songwright.cli.console import give_json, say
    from songwright.train.songs.make import make_corpus

    give_json(make_corpus(folder, out, page, licence, say))


@app.callback()
def _tasks() -> None:
    """Train a network or measure a corpus from data in a folder."""


@app.command()
def drums(
    folder: Annotated[Path, typer.Argument(help="The Groove MIDI Dataset: a folder with info.csv.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the network, its card and the run.")],
    max_seconds: Annotated[
        float, typer.Option(help="Seconds of training, over all resumed runs.", min=1)
    ] = 600.0,
) -> None:
    """Learn from drummers how hard and when hits fall; measured on drummers that were held out."""
    from songwright.cli.console import give_json, say
    from songwright.train.drums.task import train_drums
    from songwright.train.run import Budget

    give_json(train_drums(folder, out, Budget(max_seconds=max_seconds, warm_steps=50), say))


@app.command()
def align(
    folder: Annotated[
        Path, typer.Argument(help="Recordings of one voice: metadata.csv (id|text) and a sound file each.")
    ],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for one JSON and TextGrid a clip, and the summary.")
    ],
    language: Annotated[str, typer.Option(help="What is spoken: en or de.")] = "en",
    workers: Annotated[int, typer.Option(help="Processes that listen.", min=1, max=64)] = 1,
    max_seconds: Annotated[
        float, typer.Option(help="Stop after this long; the same command goes on from there.", min=1)
    ] = 7200.0,
    worst: Annotated[
        float,
        typer.Option(
            help="Share of clips to leave out, those that sound least like their text.", min=0, max=0.5
        ),
    ] = 0.02,
    text_grid: Annotated[bool, typer.Option(help="Write TextGrid files for Praat too.")] = True,
) -> None:
    """Find when each sound of a corpus is spoken; learned from the recordings alone."""
    import os

    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # its products are small: threads would only wait for each other
    from songwright.cli.console import give_json, say
    from songwright.train.align.task import Wish, align_folder

    wish = Wish(language, workers, max_seconds, worst, text_grid)
    summary = align_folder(folder, out, wish, say)
    give_json({**summary, "stages": len(summary["stages"]), "left_out": len(summary["left_out"])})


@app.command()
def voice(
    folder: Annotated[
        Path, typer.Argument(help="Recordings of one person, and metadata.csv: a line id|text for each.")
    ],
    consent: Annotated[
        Path, typer.Option("--consent", help="This person's signed consent, a TOML file (docs/own-voice.md).")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the voice: voice.toml and its network.")],
    name: Annotated[str, typer.Option(help="Name of the voice; the person's own if not given.")] = "",
    language: Annotated[str, typer.Option(help="What is spoken: en or de.")] = "en",
    base: Annotated[str, typer.Option(help="The network to start from.")] = "singer",
    max_seconds: Annotated[
        float, typer.Option(help="Seconds of training, over all resumed runs.", min=1)
    ] = 900.0,
    max_steps: Annotated[int, typer.Option(help="Steps of training; 0 = as many as fit.", min=0)] = 0,
) -> None:
    """Make a voice of one's own from recordings, with the signed consent of the person who speaks."""
    from songwright.cli.console import give_json, say
    from songwright.train.voice.own import Own, train_voice

    own = Own(name, language, base, max_seconds, max_steps)
    give_json(train_voice(folder, consent, out, own, say))


@app.command()
def composer(
    corpus: Annotated[Path, typer.Argument(help="Tokens (.npz) written by `songwright train data songs`.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the network, its figures and the run.")],
    size: Annotated[str, typer.Option(help="small (CPU), base or large (GPU), tiny (to try it).")] = "small",
    rival: Annotated[str, typer.Option(help="Train a rival of that size: lstm, gru, rnn or ngram.")] = "",
    max_seconds: Annotated[
        float, typer.Option(help="Seconds of training, over all resumed runs.", min=1)
    ] = 7200.0,
    max_steps: Annotated[int, typer.Option(help="Steps at most; 0 = as many as the time allows.", min=0)] = 0,
    batch: Annotated[int, typer.Option(help="Songs a step.", min=1)] = 8,
    length: Annotated[int, typer.Option(help="Tokens of a song seen at once.", min=64)] = 512,
    device: Annotated[str, typer.Option(help="Where to learn: cpu or cuda.")] = "cpu",
    half: Annotated[
        bool, typer.Option("--half", help="Products in bfloat16: faster where the machine has it.")
    ] = False,
    canaries: Annotated[
        bool,
        typer.Option(
            "--canaries", help="Plant songs nobody wrote and measure how well they are known after."
        ),
    ] = False,
) -> None:
    """Learn how words are set to music; measured on songs that were held out."""
    from songwright.cli.console import give_json, say
    from songwright.train.run import Budget
    from songwright.train.songs.batches import Manner
    from songwright.train.songs.task import train_composer

    budget = Budget(max_seconds=max_seconds, max_steps=max_steps, warm_steps=100)
    manner = Manner(batch=batch, length=length)
    give_json(train_composer(corpus, out, size, rival, budget, manner, say, device, half, canaries))


@app.command()
def originality(
    corpus: Annotated[
        Path, typer.Argument(help="A corpus (.jsonl) written by `songwright train data songs`.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for tunes.npz and its card.")],
) -> None:
    """Index the tunes a composer learned from, as hashes, so that songs can be compared with them."""
    from songwright.cli.console import give_json, say
    from songwright.train.songs.known import make_index

    give_json(make_index(corpus, out, say))


data.command()(training_audio.renders)
app.command()(training_audio.codec)
app.command()(training_audio.jukebox)
app.command()(training_audio.prior)
app.command()(training_audio.judge)


@app.command()
def instruments(
    folder: Annotated[Path, typer.Argument(help="Recorded single notes, named by an index.tsv.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the portraits and their card.")],
) -> None:
    """Learn how recorded instruments sound: partials, noise, decays; statistics only, no sample is kept."""
    from songwright.cli.console import give_json, say
    from songwright.train.instruments.task import train_instruments

    give_json(train_instruments(folder, out, say))
