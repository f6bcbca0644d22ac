"""Everything that sounds in a song or chose its notes, with its licence: what a release must name."""

from __future__ import annotations

from songwright.errors import ShelfError
from songwright.performer.manner import manner_of
from songwright.runtime.session import is_available
from songwright.values.context import Context
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan
from songwright.values.take import Ingredient

_MIT_FONTS = ("MuseScore_General", "FluidR3")


def ingredients(plan: SongPlan, performance: Performance, ctx: Context) -> tuple[Ingredient, ...]:
    """The style, persona, voices, dictionary, instrument sounds and trained networks of a song, each once."""
    style, persona = ctx.shelf.style(plan.style), ctx.shelf.persona(plan.persona)
    found = [
        Ingredient("style", style.id, style.licence, "songwright"),
        Ingredient("persona", persona.id, persona.licence, "songwright"),
    ]
    for voice in sorted({part.voice for part in performance.sung}):
        card = ctx.shelf.voice(voice).card
        found.append(
            Ingredient(
                "voice", card.id, card.licence, card.source, card.sha256, card.commercial_use, card.consent
            )
        )
    if performance.sung:
        found.append(Ingredient("dictionary", "cmudict", "BSD-2-Clause", "CMU Pronouncing Dictionary"))
    if performance.played:
        sampler = ctx.shelf.sampler()
        found.append(Ingredient("instruments", "built-in band", "Apache-2.0", "songwright"))
        if sampler is not None:
            found.append(_soundfont(sampler.describe()))
        found += _portraits(ctx)
    return (*found, *_networks(plan, performance, ctx))


def _networks(plan: SongPlan, performance: Performance, ctx: Context) -> list[Ingredient]:
    """The trained networks that sang or played, by name."""
    names = set()
    for voice in {part.voice for part in performance.sung}:
        card = ctx.shelf.voice(voice).card
        names |= {card.network, card.vocoder}
    if any(part.role == "drums" for part in performance.played) and manner_of(plan, ctx).drummer:
        names.add("drummer")
    cards = [ctx.shelf.weights_card(name) for name in sorted(names - {""})] if is_available() else []
    return [Ingredient("weights", c.id, c.licence, c.source, c.sha256, c.commercial_use) for c in cards]


def _portraits(ctx: Context) -> list[Ingredient]:
    """What the band's own instruments learned from; nothing where they are played as in the textbook."""
    try:
        card = ctx.shelf.weights_card("instruments")
    except ShelfError:
        return []
    return [Ingredient("weights", card.id, card.licence, card.source, card.sha256, card.commercial_use)]


def _soundfont(description: str) -> Ingredient:
    """A soundfont by what it says of itself; one whose licence is not known here closes commercial use."""
    known = any(name in description for name in _MIT_FONTS)
    licence = "MIT" if known else "unknown; see the font's own notice"
    return Ingredient("instruments", "soundfont", licence, description, commercial_use=known)
