"""The chords of a song, where a network may have its say: under a given tune it chooses among several harmonies."""

from __future__ import annotations

from songwright.composer.frames import rooms
from songwright.composer.harmonise import TASTES, has_tune
from songwright.composer.learned import Successions
from songwright.composer.progression import write_chords
from songwright.composer.setting.drafts import Network
from songwright.composer.setting.rows import page
from songwright.composer.settings import HarmonySettings
from songwright.composer.tune import given_line
from songwright.errors import ShelfError
from songwright.values.plan import SongPlan
from songwright.values.score import Chord
from songwright.values.seed import Seed

_MOST_TOKENS = 6000  # of a song whose harmony is weighed


def chosen_chords(
    plan: SongPlan, settings: HarmonySettings, seed: Seed, table: Successions | None, network: Network | None,
    centre: float,
) -> tuple[Chord, ...]:  # fmt: skip
    """The chords of a plan. Where a tune was given without any, the likeliest to the network of a few harmonies.

    The network hears chords and tune together; what it weighs is the likelihood of all tokens of the song. centre: MIDI
    around which verses lie.
    """
    first = write_chords(plan, settings, seed, table)
    open_tune = any(has_tune(section) and not section.chords for section in plan.sections)
    sung = [(room, given_line(room)) for room in rooms(plan) if room.line.notes]
    if network is None or not open_tune or not sung:
        return first
    harmonies = list(
        dict.fromkeys([first, *(write_chords(plan, settings, seed, table, t) for t in TASTES[1:])])
    )
    try:
        rows = [page(plan, chords, centre).rows(sung) for chords in harmonies]
        tokens = [[*row.head, *(token for bar in row.bars for token in bar)] for row in rows]
        if max(len(row) for row in tokens) > _MOST_TOKENS:
            return first
        costs = [int(cost.sum()) for cost in network.costs(tokens)]
    except (ValueError, ShelfError):  # a song that tokens cannot say
        return first
    return harmonies[min(range(len(costs)), key=lambda n: (costs[n], n))]
