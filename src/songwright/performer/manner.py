"""How a genre is played and sung: the `[performance]` table of a style, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from songwright.errors import ShelfError
from songwright.music.instruments import INSTRUMENTS
from songwright.performer.drummer import STYLES
from songwright.values.context import Context
from songwright.values.plan import SongPlan


@dataclass(frozen=True)
class Manner:
    """Habits of players and singers in a genre.

    looseness: 0 machine .. 1 human .. 2 careless. scoop, fall: how often (0..1) a singer slides up into an important
    note, or lets the end of a phrase drop. vibrato: its depth, 1 = 50 cents peak. glide: width of the slide between
    notes, 1 = usual. lag_ms: how far the singer leans back, 0..15. dynamics: size of swells and accents, 1 = usual.
    sixteenths: where the off-beat sixteenth falls in its eighth, 0.5 straight .. 0.67 triplet. sounds: (instrument,
    "own" or "soundfont") where the genre wants another than the band would choose.
    """

    looseness: float = 1.0
    scoop: float = 0.2
    fall: float = 0.15
    vibrato: float = 1.0
    glide: float = 1.0
    lag_ms: float = 6.0
    dynamics: float = 1.0
    drummer: str = ""
    sixteenths: float = 0.5
    sounds: tuple[tuple[str, str], ...] = ()


_BOUNDS = {
    "looseness": 2.0,
    "scoop": 1.0,
    "fall": 1.0,
    "vibrato": 1.5,
    "glide": 2.0,
    "lag_ms": 15.0,
    "dynamics": 2.0,
    "sixteenths": 0.7,
}
SOUNDS = ("own", "soundfont")
_LEAST = {"sixteenths": 0.5}


def manner_of(plan: SongPlan, ctx: Context) -> Manner:
    """The manner of the plan's style; a plan without style (a score somebody brought) gets the usual one."""
    if not plan.style:
        return Manner()
    return read_manner(plan.style, ctx.shelf.style(plan.style).tables.get("performance", {}))


def personal(manner: Manner, character: Mapping[str, float]) -> Manner:
    """The genre's manner as one singer has it: twang and gravel slide and drop more, a breathy voice swings less."""
    loose = 1.0 + 0.5 * character.get("twang", 0.0) + 0.3 * character.get("gravel", 0.0)
    return replace(
        manner,
        scoop=min(manner.scoop * loose, 1.0),
        fall=min(manner.fall * loose, 1.0),
        vibrato=manner.vibrato * (1.0 - 0.3 * character.get("breath", 0.0)),
    )


def read_manner(style_id: str, table: Mapping[str, Any]) -> Manner:
    """A checked manner from a style's table. Raises ShelfError naming file, table and field."""
    known = {field.name for field in fields(Manner)}
    drummer = table.get("drummer", "")
    if drummer not in ("", *STYLES):
        choice = ", ".join(STYLES)
        raise ShelfError(f"style {style_id}, [performance] drummer", f"is {drummer!r}; known: {choice}.")
    for name, value in table.items():
        place = f"style {style_id}, [performance] {name}"
        if name not in known:
            raise ShelfError(place, f"there is no such field; known: {', '.join(sorted(known))}.")
        if name == "drummer":
            continue
        if name == "sounds":
            _check_sounds(place, value)
            continue
        low, high = _LEAST.get(name, 0.0), _BOUNDS[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ShelfError(place, f"should be a number {low:g}..{high:g}, not {value!r}.")
    habits = {name: float(value) for name, value in table.items() if name not in ("drummer", "sounds")}
    return Manner(drummer=drummer, sounds=tuple(sorted(table.get("sounds", {}).items())), **habits)


def _check_sounds(place: str, value: object) -> None:
    """Raises ShelfError unless it is a table of instruments and where their sound comes from."""
    if not isinstance(value, Mapping):
        raise ShelfError(place, 'should be a table, such as { piano = "own" }.')
    for name, sound in value.items():
        if name not in INSTRUMENTS:
            raise ShelfError(
                place, f"there is no instrument {name!r}; known: {', '.join(sorted(INSTRUMENTS))}."
            )
        if sound not in SOUNDS:
            raise ShelfError(place, f"{name} is {sound!r}; known: {', '.join(SOUNDS)}.")
