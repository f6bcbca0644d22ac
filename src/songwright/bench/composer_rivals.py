"""Networks behind the same composer: what becomes of the tunes when nothing but the network is another one.

Each writes the same held-out tasks under the same rules, likes and choice of drafts; what differs is what it learned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from songwright import api
from songwright.bench.composer import Row, all_written, held_out, tune_rows, with_nearest
from songwright.composer.compose import NETWORK, compose_with
from songwright.composer.setting import Network
from songwright.errors import BriefError, EngineUnavailable
from songwright.runtime.decoder import Decoder
from songwright.values.plan import SongPlan
from songwright.values.score import Score
from songwright.values.wishes import Wishes

SHIPPED = "shipped"


def rival_suite(
    corpus: Path, count: int, runs: Sequence[Path], folder: Path | None, say: Callable[[str], None]
) -> list[Row]:
    """A row a figure: people, their standard error, and the tunes of each network, the shipped one first.

    corpus: songs (.jsonl) with its tokens (.npz) beside it. runs: folders of `songwright train composer`. folder:
    keeps what is written and goes on from it. EngineUnavailable without PyTorch.
    """
    networks = {SHIPPED: Decoder(api.context(0).shelf.network(NETWORK), NETWORK)} | _rivals(corpus, runs)
    tasks = held_out(corpus, count)
    made = {
        name: all_written(tasks, name, _writer(network), folder, say) for name, network in networks.items()
    }
    return with_nearest(tune_rows([task.song for task in tasks], made), list(made))


def _rivals(corpus: Path, runs: Sequence[Path]) -> Mapping[str, Network]:
    if not runs:
        raise BriefError("runs", "no runs are given.", "Name folders written by `songwright train composer`.")
    try:
        from songwright.train.songs.following import followed
    except ImportError:
        raise EngineUnavailable("PyTorch", "pip install 'songwright[train]'") from None
    found = [followed(run, corpus.with_suffix(".npz")) for run in runs]
    names = [name for name, _ in found]
    if len(set(names)) < len(names):
        raise BriefError("runs", f"two runs are of one kind: {', '.join(names)}.", "Name one run of each.")
    return dict(found)


def _writer(network: Network) -> Callable[[SongPlan], Score]:
    def write(plan: SongPlan) -> Score:
        ctx = api.context(plan.seed).child("composer")
        return compose_with(network, plan, ctx, Wishes())

    return write
