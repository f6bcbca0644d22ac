"""Is a style file whole? Every room reads its tables, then a small song is written with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from songwright import producer
from songwright.arranger.styles import settings_of as arranger_settings
from songwright.composer.settings import harmony_settings, melody_settings
from songwright.desk.settings import settings_of as mix_settings
from songwright.engines.studio import write
from songwright.errors import ShelfError, SongwrightError
from songwright.music.instruments import INSTRUMENTS
from songwright.performer.manner import read_manner
from songwright.producer.settings import form_settings, part_plans, tempo_settings
from songwright.values.brief import COLOURS, SongBrief
from songwright.values.context import Context
from songwright.values.plan import PartPlan
from songwright.values.seed import Seed
from songwright.values.shelf import Shelf, Style

TABLES = ("tempo", "parts", "harmony", "melody", "form", "performance", "mix", "arrangement", "drums", "bass",
          "comping", "pad", "answer", "riff", "backing", "voice")  # fmt: skip
_TRIAL = "[Verse]\nA small song to see\nWhat this style can be\n\n[Chorus]\nSing it once again\nThen we know by then\n"


class _Trial:
    """The shelf, with one style more on it."""

    def __init__(self, shelf: Shelf, style: Style) -> None:
        self._shelf, self._style = shelf, style

    def style(self, style_id: str) -> Style:
        return self._style

    def styles(self) -> tuple[Style, ...]:
        return (self._style,)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shelf, name)


def faults_of(style: Style, shelf: Shelf) -> tuple[str, ...]:
    """Everything that is wrong with a style, a line each: file, table, field, what is allowed. Empty: it is whole."""
    found: list[str] = []
    for name in style.tables:
        if name not in TABLES:
            found.append(f"style {style.id}: there is no table [{name}]; tables are {', '.join(TABLES)}")
    flat = [name for name, table in style.tables.items() if not isinstance(table, Mapping)]
    if flat:
        return (*found, *(f"style {style.id}: [{name}] should be a table" for name in flat))
    readers: tuple[Callable[[Style], object], ...] = (
        tempo_settings, part_plans, harmony_settings, melody_settings, form_settings, _manner, mix_settings,
        arranger_settings, _card, _voice, _chairs,
    )  # fmt: skip
    for read in readers:
        try:
            read(style)
        except SongwrightError as problem:
            found.append(str(problem))
    return tuple(dict.fromkeys(found)) or _trial(style, shelf)


def _trial(style: Style, shelf: Shelf) -> tuple[str, ...]:
    """A short song in every mode and meter of the style: what reads well must also work together.

    Written by rule, which asks more of the tables than the network does and takes a seventh of its time.
    """
    tempo = tempo_settings(style)
    for mode in tempo.modes:
        for meter in tempo.meters:
            ctx = Context(Seed(1), _Trial(shelf, style))
            brief = SongBrief(
                lyrics=_TRIAL, genre=style.id, key=f"D {mode}", meter=str(meter), composer="crafted", seed=1
            )
            try:
                write(producer.plan(brief, ctx.child("producer")), ctx)
            except SongwrightError as problem:
                return (f"style {style.id}: no song in {mode}, {meter}: {problem}",)
    return ()


def _manner(style: Style) -> None:
    read_manner(style.id, style.tables.get("performance", {}))


def _card(style: Style) -> None:
    for field in ("name", "about", "licence"):
        if not getattr(style, field).strip():
            raise ShelfError(f"style {style.id}", f"[style] {field} is empty")


def _voice(style: Style) -> None:
    table = style.tables.get("voice", {})
    colours = table.get("character", {})
    for name in table:
        if name != "character":
            raise ShelfError(
                f"style {style.id}", f"[voice] {name} is no field of this table; there is character"
            )
    if not isinstance(colours, Mapping):
        raise ShelfError(f"style {style.id}", "[voice] character should be a table, such as { breath = 0.3 }")
    for name, amount in colours.items():
        if (
            name not in COLOURS
            or isinstance(amount, bool)
            or not isinstance(amount, int | float)
            or not 0 <= amount <= 1
        ):
            known = ", ".join(COLOURS)
            raise ShelfError(
                f"style {style.id}", f"[voice.character] {name} should be 0..1, and one of {known}"
            )


def _chairs(style: Style) -> None:
    """Every chair knows what to play, inside what its instrument can; nobody's table lies unread."""
    known = arranger_settings(style).tables
    parts = {part.id: part for part in part_plans(style)}
    for part in parts.values():
        name = f"comping.{part.id}" if part.role == "comping" else part.role
        table = known.get(name)
        if table is None:
            raise ShelfError(f"style {style.id}", f"[{name}] is missing: [parts.{part.id}] plays {part.role}")
        instrument = INSTRUMENTS[part.instrument]
        low, high = getattr(table, "low", None), getattr(table, "high", None)
        if low is not None and (low > instrument.high - 12 or high < instrument.low + 12):
            span = f"{instrument.low}..{instrument.high}"
            raise ShelfError(
                f"style {style.id}",
                f"[{name}] low..high is {low}..{high}, but {part.instrument} plays {span}",
            )
    _riff_players(style, known.get("riff"), parts)
    for name in style.tables.get("comping", {}):
        if name not in parts or parts[name].role != "comping":
            raise ShelfError(
                f"style {style.id}", f"[comping.{name}] is played by nobody; there is no [parts.{name}]"
            )


def _riff_players(style: Style, riff: Any, parts: Mapping[str, PartPlan]) -> None:
    """Who plays the riff has a chair that can."""
    for name in riff.players if riff is not None else ():
        if name not in parts or parts[name].role not in ("bass", "comping", "answer"):
            able = [part.id for part in parts.values() if part.role in ("bass", "comping", "answer")]
            raise ShelfError(
                f"style {style.id}",
                f"[riff] players knows {name!r}, who cannot play it; there are {', '.join(able)}",
            )
