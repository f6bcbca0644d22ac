"""`songwright bench`: measure this installation, its singers and its composers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Annotated, Any

import typer

from songwright.cli.console import Listener, give, give_json, keeping, say, table
from songwright.cli.wishes import Json
from songwright.errors import BriefError

Rows = list[dict[str, object]]
Suite = Annotated[
    str,
    typer.Argument(
        help="song, speed, genres, durations, words, habits, singer, band, desk, genres-told, gallery, composer, "
        "composer-fuzz, originality, composer-networks, composer-rivals, codec, jukebox or instruments."
    ),
]
Runs = Annotated[
    list[Path] | None,
    typer.Argument(
        help="composer-networks, composer-rivals: folders written by `songwright train composer`; codec: folder of "
        "rendered shards, then folders of recordings; jukebox: folder of rendered shards; instruments: folder of "
        "recorded single notes."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", help="Where songs that are made are kept (composer and composer-rivals go on from there)."
    ),
]
Voice = Annotated[
    list[str] | None, typer.Option("--voice", help="singer: only this voice; may be given again.")
]
Songs = Annotated[
    Path | None, typer.Option("--songs", help="singer: folder of MusicXML for the pitch of held notes.")
]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="singer: recordings the voice was learned from; originality: free lyrics."),
]
Alignment = Annotated[
    Path | None, typer.Option("--alignment", help="singer: phones of those recordings (train align).")
]
Pictures = Annotated[
    Path | None,
    typer.Option(
        "--pictures", help="singer: folder to draw spectrograms in; composer-networks: loss curves."
    ),
]
Corpus = Annotated[
    Path | None,
    typer.Option(
        "--corpus", help="composer, composer-rivals: corpus (.jsonl) of `songwright train data songs`."
    ),
]
Count = Annotated[
    int,
    typer.Option(
        "--count",
        help="composer, composer-rivals: songs of the held-out part; originality, composer-fuzz: songs to write; "
        "codec, jukebox: pieces.",
        min=2,
    ),
]
Composers = Annotated[
    list[str] | None,
    typer.Option("--composer", help="composer, originality: crafted or network; may be given again."),
]
ToldApart = Annotated[
    bool,
    typer.Option("--told-apart", help="composer: also train classifiers to tell composers from people."),
]
Coder = Annotated[
    str, typer.Option("--codec", help="jukebox: folder written by `songwright train codec`, or shelf.")
]
Generator = Annotated[
    str,
    typer.Option(
        "--jukebox", help="jukebox: folder written by `songwright train jukebox`, .onnx file, or shelf."
    ),
]
Judge = Annotated[
    Path | None,
    typer.Option("--judge", help="jukebox, codec: folder written by `songwright train judge`."),
]
Prior = Annotated[
    Path | None, typer.Option("--prior", help="jukebox: folder written by `songwright train prior`, a rival.")
]
PriorCodec = Annotated[
    Path | None, typer.Option("--prior-codec", help="jukebox: the rival's codec (`train codec --groups`).")
]
Page = Annotated[
    Path | None,
    typer.Option("--page", help="jukebox, band: write the table as a Markdown page, and as JSON beside it."),
]
Network = Annotated[
    Path | None, typer.Option("--network", help="codec: folder written by `songwright train codec`.")
]


@keeping
def bench(
    suite: Suite = "song",
    runs: Runs = None,
    out: Out = None,
    voice: Voice = None,
    songs: Songs = None,
    data: Data = None,
    alignment: Alignment = None,
    pictures: Pictures = None,
    corpus: Corpus = None,
    count: Count = 60,
    composers: Composers = None,
    told_apart: ToldApart = False,
    network: Network = None,
    codec: Coder = "shelf",
    jukebox: Generator = "shelf",
    judge: Judge = None,
    prior: Prior = None,
    prior_codec: PriorCodec = None,
    page: Page = None,
    json: Json = False,
) -> None:
    """Measure speed and quality of this installation, as a table."""
    asked = {
        "runs": tuple(runs or ()), "out": out, "voice": tuple(voice or ()), "songs": songs, "data": data,
        "alignment": alignment, "pictures": pictures, "corpus": corpus, "count": count,
        "composer": tuple(composers or ()), "told_apart": told_apart, "network": network, "codec": codec,
        "jukebox": jukebox, "judge": judge, "prior": prior, "prior_codec": prior_codec, "page": page,
    }  # fmt: skip
    measure = _suite(suite, asked)
    _reach(out and out / "songs", pictures and pictures / "picture.png", page)
    rows = measure()
    if json:
        give_json(rows)
    else:
        shown = _short(rows) if suite == "jukebox" else rows
        give(table(shown, list(shown[0])))


def _suite(name: str, asked: Mapping[str, Any]) -> Callable[[], Rows]:
    """A suite with the options it hears.

    Raises BriefError for a suite there is not, and for an option it would not hear, rather than leave it unheard.
    """
    suites = {n: _of_songs(n) for n in _OF_SONGS} | _SUITES
    if name not in suites:
        from songwright.io.shelf import nearest

        raise BriefError("suite", f"there is no suite {name!r}.", nearest(name, suites))
    heard = signature(suites[name]).parameters
    for option, value in asked.items():
        if value and value != _USUAL.get(option) and option not in heard:
            told = option.replace("_", "-")
            raise BriefError(told, f"goes with other suites than {name}.", "Leave it out.")
    return partial(suites[name], **{option: asked[option] for option in heard})


def _reach(*places: Path | None) -> None:
    """Make sure, before hours of work, that what comes of it can be written. Raises BriefError("out")."""
    from songwright.io import claims

    for place in places:
        if place is not None:
            claims.reach(place)


def _of_songs(name: str) -> Callable[..., Rows]:
    """A suite that makes songs of its own."""

    def measure(out: Path | None) -> Rows:
        from songwright.bench.suites import run_suite

        return run_suite(name, out, Listener())

    return measure


def _singer(
    voice: tuple[str, ...],
    songs: Path | None,
    data: Path | None,
    alignment: Path | None,
    pictures: Path | None,
) -> Rows:
    from songwright.bench.singer import singer_suite

    return singer_suite(Listener(), voice, songs, data, alignment, pictures)


def _composers(
    corpus: Path | None, count: int, composer: tuple[str, ...], out: Path | None, told_apart: bool
) -> Rows:
    from songwright.bench.composer import composer_suite

    return composer_suite(_wanted(corpus), count, composer or ("crafted",), out, say, told_apart)


def _rivals(runs: tuple[Path, ...], corpus: Path | None, count: int, out: Path | None) -> Rows:
    from songwright.bench.composer_rivals import rival_suite

    return rival_suite(_wanted(corpus), count, runs, out, say)


def _wanted(corpus: Path | None) -> Path:
    """The corpus, or a word about where it comes from."""
    if corpus is None:
        hint = "Give --corpus songs.jsonl (`songwright train data songs`)."
        raise BriefError("corpus", "songs people wrote are needed.", hint)
    return corpus


def _networks(runs: tuple[Path, ...], pictures: Path | None) -> Rows:
    from songwright.bench.composer_networks import network_rows

    return network_rows(runs, pictures)


def _originality(data: Path | None, count: int, composer: tuple[str, ...], out: Path | None) -> Rows:
    from songwright.bench.composer_originality import originality_suite

    if data is None:
        hint = "Give --data, a folder of free lyrics (.txt)."
        raise BriefError("data", "words to sing are needed.", hint)
    name = (composer or ("crafted",))[0]
    return originality_suite(data, count, name, out or Path("songs/bench-originality"), say)


def _fuzzed(count: int) -> Rows:
    """Odd songs written by a network that guesses: how many kept every promise, and which broke one."""
    from songwright.bench.composer_fuzz import fuzz
    from songwright.values.seed import Seed

    tested = fuzz(count, Seed(1), tell=lambda number: say(f"{number + 1} of {count}"))
    broken = {number for numbers in tested.broken.values() for number in numbers}
    promises = "; ".join(f"{promise}: song {numbers[0]}" for promise, numbers in tested.broken.items())
    return [
        {"songs": tested.songs, "whole": tested.songs - len(broken), "with a section by rule": tested.ruled,
         "broken": promises or "none"}
    ]  # fmt: skip


def _band(out: Path | None, page: Path | None) -> Rows:
    from songwright.bench.band import band_figures
    from songwright.bench.band_page import write_page

    found = band_figures(out, Listener())
    if page is not None:
        write_page(page, found)
    return found.rows


def _instruments(runs: tuple[Path, ...]) -> Rows:
    from songwright.bench.instruments import instrument_rows

    if len(runs) != 1:
        raise BriefError(
            "samples", "a folder of recorded notes is needed.", "Give `bench instruments SAMPLES`."
        )
    return instrument_rows(runs[0], say)


def _codec(runs: tuple[Path, ...], network: Path | None, count: int, judge: Path | None) -> Rows:
    from songwright.bench.codec import codec_suite

    return codec_suite(runs, network, count, say, judge)


def _jukebox(
    runs: tuple[Path, ...], codec: str, jukebox: str, judge: Path | None, count: int, prior: Path | None,
    prior_codec: Path | None, page: Path | None,
) -> Rows:  # fmt: skip
    from songwright.bench.jukebox import jukebox_suite
    from songwright.bench.jukebox_excerpts import EXCERPT_S
    from songwright.bench.jukebox_page import write_page

    if len(runs) != 1:
        hint = "Give `bench jukebox RENDERS` (`songwright train data renders`)."
        raise BriefError("renders", "a folder of rendered shards is needed.", hint)
    rival = None if prior is None or prior_codec is None else (prior_codec, prior)
    rows = jukebox_suite(runs[0], codec, jukebox, judge, count, say, rival)
    if page is not None:
        write_page(page, rows, {"excerpts": count, "seconds": EXCERPT_S})
    return rows


def _short(rows: Rows) -> Rows:
    from songwright.bench.jukebox_page import short_rows

    return short_rows(rows)


_USUAL = {"count": 60, "codec": "shelf", "jukebox": "shelf"}
_OF_SONGS = ("song", "speed", "genres", "durations", "words", "habits", "desk", "genres-told", "gallery")
_SUITES: Mapping[str, Callable[..., Rows]] = {
    "singer": _singer, "band": _band, "instruments": _instruments, "composer": _composers,
    "composer-fuzz": _fuzzed, "composer-networks": _networks, "composer-rivals": _rivals,
    "originality": _originality, "codec": _codec, "jukebox": _jukebox,
}  # fmt: skip
