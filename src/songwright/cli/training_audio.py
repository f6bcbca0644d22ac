"""`songwright train` for the raw-audio engine: songs rendered as data, the codec, the generator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from songwright.cli import wishes

Device = Annotated[str, typer.Option(help="Where to learn: cpu or cuda.")]
Half = Annotated[bool, typer.Option("--half", help="Products in bfloat16: faster where the machine has it.")]
MaxSeconds = Annotated[float, typer.Option(help="Seconds of training, over all resumed runs.", min=1)]
MaxSteps = Annotated[int, typer.Option(help="Steps at most; 0 = as many as the time allows.", min=0)]
Threads = Annotated[int, typer.Option(help="Threads of the processor to use.", min=1, max=256)]
Compiled = Annotated[
    bool,
    typer.Option(
        "--compile", help="Fuse the networks first (torch.compile): a minute, then faster on a GPU."
    ),
]
Renders = Annotated[Path, typer.Argument(help="Folder written by `songwright train data renders`.")]
Codec = Annotated[Path, typer.Option("--codec", help="Folder written by `songwright train codec`.")]
Size = Annotated[str, typer.Option(help="small (CPU), base (GPU), tiny (to try it).")]


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
    faithful: Annotated[
        bool, typer.Option("--faithful", help="Every persona sings in its own voice and character.")
    ] = False,
) -> None:
    """Render parts of songs as training data: voice and band, with what is sung and played in every frame."""
    from songwright.cli.console import give_json, say
    from songwright.train.renders.make import Order, make_renders

    card = make_renders(Order(out, hours, workers, seed, lyrics, licence, faithful=faithful), say)
    give_json(
        {name: card[name] for name in ("hours", "pieces", "hours_per_core_hour", "commercial_use", "counts")}
    )


def codec(
    shards: Renders,
    out: Annotated[Path, typer.Option("--out", help="Folder for the networks, their cards and the run.")],
    size: Size = "small",
    groups: Annotated[
        int, typer.Option(help="0 = continuous latents; else codes of 1,000 in each frame.", min=0, max=32)
    ] = 0,
    recordings: Annotated[
        Path | None, typer.Option(help="Folder of other sounds to hear too, such as speech.")
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            "--start-from",
            help="Folder of another run of this size to begin from; with --groups it may be one without.",
        ),
    ] = None,
    max_seconds: MaxSeconds = 3600.0,
    max_steps: MaxSteps = 0,
    batch: Annotated[int, typer.Option(help="Crops a step.", min=1)] = 16,
    frames: Annotated[int, typer.Option(help="Samples of a crop, a multiple of 1024.", min=4096)] = 24_576,
    rate: Annotated[float, typer.Option(help="Learning rate.", min=1e-6, max=1e-1)] = 1e-3,
    sound: Annotated[
        float,
        typer.Option(
            "--sound-weight",
            help="How much the distance of the sound counts, phases found, beside those of magnitudes; for last steps.",
            min=0.0,
            max=100.0,
        ),
    ] = 0.0,
    device: Device = "cpu",
    half: Half = False,
    compiled: Compiled = False,
    threads: Threads = 1,
) -> None:
    """Learn to write sound as 96 numbers 31 times a second, and to read it back; measured on held-out pieces."""
    from songwright.cli.console import give_json, say
    from songwright.train.codec.crops import Manner
    from songwright.train.codec.task import train_codec
    from songwright.train.codec.training import Recipe
    from songwright.train.run import Budget, use_threads

    use_threads(threads)
    budget = Budget(max_seconds=max_seconds, max_steps=max_steps)
    manner = Manner(batch, frames)
    recipe = Recipe(rate, sound=sound, half=half, compiled=compiled)
    figures = train_codec(shards, out, size, budget, manner, recipe, groups, recordings, device, say, start)
    if figures:  # of several processes, the first speaks
        give_json(figures)


@dataclass(frozen=True)
class Learning:
    """How large a network is to be, how long it learns, and where: each field an option of those that make sound."""

    size: Size = "small"
    max_seconds: MaxSeconds = 7200.0
    max_steps: MaxSteps = 0
    batch: Annotated[int, typer.Option(help="Windows a step.", min=1)] = 8
    frames: Annotated[int, typer.Option(help="Frames of a window, 32 ms each.", min=16, max=4096)] = 512
    rate: Annotated[
        float, typer.Option(help="Learning rate of AdamW; Muon's is five times it.", min=1e-6)
    ] = 2e-3
    device: Device = "cpu"
    half: Half = False
    compiled: Compiled = False
    shard: Annotated[
        bool, typer.Option("--shard", help="Cut the weights up among processes that learn together (FSDP).")
    ] = False
    cluster: Annotated[
        int, typer.Option(help="Processes on a cluster that learn together (extra `scale`); 0 = here.", min=0)
    ] = 0
    threads: Threads = 1
    start: Annotated[
        Path | None,
        typer.Option(
            "--start-from",
            help="Folder of another run of this size, or of released weights (model.safetensors), to begin from.",
        ),
    ] = None
    also: Annotated[
        Path | None,
        typer.Option(help="Another folder of shards to learn from, too; what is held out is the first's."),
    ] = None

    def learned(self, training: Callable[..., dict[str, Any]], shards: Path, codec: Path, out: Path) -> None:
        """Learn here or on a cluster, and give the figures; of several processes, the first speaks."""
        from songwright.cli.console import give_json, say
        from songwright.train.jukebox.batches import Recipe
        from songwright.train.run import Budget, use_threads

        use_threads(self.threads)
        budget = Budget(max_seconds=self.max_seconds, max_steps=self.max_steps, decay=0.9995)
        how = {"half": self.half, "compiled": self.compiled, "shard": self.shard}
        recipe = Recipe(self.batch, self.frames, self.rate, 5 * self.rate, **how)
        where = [shards, codec, out, self.start, self.also]
        if self.cluster:  # its processes stand elsewhere
            where = [place and place.resolve() for place in where]
        names = ("renders", "codec", "out", "start", "also", "size", "budget", "recipe", "device", "tell")
        wish = dict(zip(names, (*where, self.size, budget, recipe, self.device, say), strict=True))
        if self.cluster:
            from songwright.scale.ray import train_together

            figures = train_together(
                training, wish, self.cluster, self.device.startswith("cuda"), out / "cluster"
            )
        else:
            figures = training(**wish)
        if figures:
            give_json(figures)


@wishes.spelled()
def jukebox(
    shards: Renders,
    codec: Codec,
    out: Annotated[Path, typer.Option("--out", help="Folder for latents, network, figures and the run.")],
    learning: Learning,
) -> None:
    """Learn to make sung songs as sound from noise: led by a score, by words and names, or by nothing."""
    from songwright.train.jukebox.task import train_jukebox

    learning.learned(train_jukebox, shards, codec, out)


@wishes.spelled()
def prior(
    shards: Renders,
    codec: Codec,
    out: Annotated[Path, typer.Option("--out", help="Folder for codes, network, figures and the run.")],
    learning: Learning,
) -> None:
    """Learn the generator's discrete rival: codes of sound one after the other (a codec trained with --groups)."""
    from songwright.train.prior.task import train_prior

    learning.learned(train_prior, shards, codec, out)


def judge(
    shards: Renders,
    out: Annotated[
        Path, typer.Option("--out", help="Folder for what is heard, network, figures and the run.")
    ],
    beside: Annotated[
        Path | None,
        typer.Option(help="Shards of the generator: the judge is measured on those held out, too."),
    ] = None,
    size: Size = "small",
    max_seconds: MaxSeconds = 1200.0,
    max_steps: MaxSteps = 0,
    frames: Annotated[int, typer.Option(help="Frames of a crop, 32 ms each.", min=32, max=4096)] = 192,
    rate: Annotated[float, typer.Option(help="Learning rate.", min=1e-6, max=1e-1)] = 2e-3,
    half: Half = False,
    threads: Threads = 1,
) -> None:
    """Learn to say what is sung and played, by whom, in which genre: to judge a generator with, never to teach it.

    Give it shards of another seed than the generator's, rendered with --faithful.
    """
    from songwright.cli.console import give_json, say
    from songwright.train.judge.excerpts import Manner
    from songwright.train.judge.task import train_judge
    from songwright.train.run import Budget, use_threads

    use_threads(threads)
    budget = Budget(max_seconds=max_seconds, max_steps=max_steps, warm_steps=50)
    give_json(train_judge(shards, out, size, budget, Manner(frames=frames), rate, half, beside, say))
