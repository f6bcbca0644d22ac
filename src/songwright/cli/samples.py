"""`songwright samples`: sets of the raw-audio engine's songs to explore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from songwright.cli import wishes
from songwright.cli.console import give, give_json, keeping, say

app = typer.Typer(no_args_is_help=True, help="Sets of the raw-audio engine's songs, to explore in a page.")


@app.callback()
def _group() -> None:
    """One command so far, and still a group."""


@app.command()
@keeping
def build(
    out: Annotated[Path, typer.Argument(help="Folder for the set; goes on where it stopped.")],
    seconds: Annotated[float, typer.Option(help="Length of each sample, 10 to 120.")] = 24.0,
    genres: Annotated[str, typer.Option(help="Only these, such as country,jazz.")] = "",
    personas: Annotated[
        str, typer.Option(help="These artists in every genre; else those who sing it anyway.")
    ] = "",
    kinds: Annotated[
        str, typer.Option(help="Only these: scratch,continuation,repaint,blend,unseen,rerendition.")
    ] = "",
    lyrics: Annotated[
        Path | None,
        typer.Option(help="Folder of the lyrics the networks were trained with; else all words are new."),
    ] = None,
    licence: Annotated[str, typer.Option(help="Licence of those lyrics, if no LICENSE file says it.")] = "",
    format: Annotated[str, typer.Option(help="mp3, ogg, opus, flac or wav.")] = "mp3",
    seed: Annotated[int, typer.Option(help="Luck of the whole set.", min=0)] = 1,
    workers: Annotated[int, typer.Option(help="Threads to work with.", min=1, max=64)] = 2,
    json: wishes.Json = False,
) -> None:
    """Make songs in every genre by every artist from every kind of prompt, with timings and rights as JSON."""
    from songwright import api
    from songwright.explorer.build import INDEX, build, words_of
    from songwright.explorer.catalogue import catalogue

    ctx = api.context(seed, workers=workers)
    wanted = catalogue(
        ctx.shelf,
        words_of(lyrics, licence),
        seconds,
        ctx.seed,
        _names(genres),
        _names(personas),
        _names(kinds),
    )
    index = build(wanted, out, ctx, format, say)
    if json:
        give_json(
            {"index": str(out / INDEX), "samples": len(index["samples"]), "left_out": index["left_out"]}
        )
        return
    for item in index["left_out"]:
        say(f"  left out {item['id']}: {item['problem']}")
    give(f"{len(index['samples'])} samples in {out / INDEX}")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
