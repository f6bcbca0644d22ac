"""`songwright genres`: what is on the shelf, and whether a style file of one's own is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from songwright.cli.console import give, give_json, say, table
from songwright.cli.wishes import Json

app = typer.Typer(
    help="The genres songwright knows; `check` validates a style file.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def genres(
    ctx: typer.Context,
    json: Json = False,
) -> None:
    """The genres songwright knows; `check` validates a style file."""
    if ctx.invoked_subcommand is not None:
        return
    from songwright.io.shelf import HouseShelf
    from songwright.values.wire import to_plain

    rows = [to_plain(style) for style in HouseShelf().styles()]
    if json:
        give_json(rows)
    else:
        give(table(rows, ["id", "name", "licence", "about"]))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A style file (TOML), such as my-genre.toml.")],
    json: Json = False,
) -> None:
    """Say whether a style file is whole, or everything that is wrong: file, table, field, what is allowed."""
    from songwright.engines.genre_check import faults_of
    from songwright.errors import ShelfError
    from songwright.io.shelf import HouseShelf, own_style

    shelf = HouseShelf()
    try:
        faults = faults_of(own_style(file), shelf)
    except ShelfError as problem:
        faults = (str(problem),)
    if json:
        give_json({"file": str(file), "valid": not faults, "faults": list(faults)})
    elif not faults:
        give(f"{file} is whole: songwright make LYRICS.txt --genre {file}")
    else:
        for fault in faults:
            say(f"songwright: {fault}")
    if faults:
        raise typer.Exit(ShelfError.exit_status)
