"""`songwright train` for the raw-audio engine: songs rendered as data, the codec, the generator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Device = Annotated[str, typer.Option(help="Where to learn: cpu or cuda.")]
Half = Annotated[bool, typer.Option("--half", help="Products in bfloat16: faster where the machine has it.")]
MaxSteps = Annotated[int, typer.Option(help="Steps at most; 0 = as many as the time allows.", min=0)]
Threads = Annotated[int, typer.Option(help="Threads of the processor to use.", min=1, max=256)]
Renders = Annotated[Path, typer.Argument(help="Folder written by `songwright train data renders`.")]


def renders(
    hours: Annotated[float, typer.Option(help="Hours of sound, about.", min=0.001, max=10_000)],
    out: Annotated[Path, typer.Option("--out", help="Folder for shards and card; goes on where it stopped.")],
    workers: Annotated[
        int, typer.Option(help="Processes; what they make does not depend on it.", min=1, max=256)
    ] = 1,
    seed: Annotated[int, typer.Option(help="Luck of it all.", min=0)] = 1,
    lyrics: Annotated[
        Path | None,
        typer.Option(help="Folder of free lyrics (.txt); without it, words come from the dictionary."),
    ] = None,
    licence: Annotated[
        str, typer.Option(help="Licence of those lyrics, if no LICENSE file there says it.")
    ] = "",
) -> None:
    """Render parts of songs as training data: voice and band, with what is sung and played in every frame."""
    from songwright.cli.console import give_json, say
    from songwright.train.renders.make import Order, make_renders

    card = make_renders(Order(out, hours, workers, seed, lyrics, licence), say)
    give_json(
        {name: card[name] for name in ("hours", "pieces", "hours_per_core_hour", "commercial_use", "counts")}
    )
