"""`songwright train TASK`: learn voices, songs and drums from data you may use."""

from __future__ import annotations

import typer

app = typer.Typer(
    help="Train a network or measure a corpus from data in a folder.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _tasks() -> None:
    """Train a network or measure a corpus from data in a folder."""
