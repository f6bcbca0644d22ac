"""What a style says about tempo and form, read and checked: its [tempo], [form] and [parts.*] tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from songwright.errors import ShelfError
from songwright.music.instruments import INSTRUMENTS
from songwright.music.pitch import SCALES, pitch_class
from songwright.music.rhythm import parse_meter
from songwright.music.tables import Table
from songwright.values.plan import SECTION_KINDS, PartPlan
from songwright.values.shelf import Style
from songwright.values.time import Meter

ROLES = ("drums", "bass", "comping", "pad", "answer")
MAX_BREAK_BARS = 64
PLAYABLE = tuple(name for name in INSTRUMENTS if name != "voice")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
SUNG_STEMS = frozenset(("lead", "backing", "rooms"))
SUNG_PARTS = frozenset(("lead", "echo"))
_PLACE = re.compile(r"(before|after) (?:(every|last) ([a-z]+)|([a-z]+) ([1-9]))")


@dataclass(frozen=True)
class TempoSettings:
    """Tempo in quarter notes a minute; swing 0.5..0.67; meters and modes, the likeliest first."""

    low: float
    nominal: float
    high: float
    swing: float
    meters: tuple[Meter, ...]
    modes: tuple[str, ...]


@dataclass(frozen=True)
class Break:
    """A stretch for the band alone. before: else after; which: "every", "last" or a number counted from 1.

    bars: lengths, the habit first; 0 = left out. essential: left out only when nothing else helps.
    """

    before: bool
    which: str
    kind: str
    label: str
    bars: tuple[int, ...]
    energy: float
    essential: bool = False


@dataclass(frozen=True)
class FormSettings:
    """How a style builds a song: see the [form] table of any style.

    keys: tonics its players like, pitch classes. intro, outro: bars, the likeliest first. line_bars: of a line of
    ordinary length; line_rate: syllables a second above which it takes twice as many. energy, rise: by section kind.
    """

    keys: tuple[int, ...]
    intro: tuple[int, ...]
    outro: tuple[int, ...]
    line_bars: int
    line_rate: float
    sections: tuple[str, ...]
    energy: Mapping[str, float]
    rise: Mapping[str, float]
    breaks: tuple[Break, ...]


def tempo_settings(style: Style) -> TempoSettings:
    """The [tempo] table of a style. Raises ShelfError with file, table and field."""
    table = Table(style.id, "tempo", style.tables.get("tempo"))
    low = table.number("low", 30, 300)
    high = table.number("high", low, 300)
    nominal, swing = table.number("nominal", low, high), table.number("swing", 0.5, 0.75)
    modes = table.texts("modes", tuple(SCALES), None)
    try:
        meters = tuple(parse_meter(meter) for meter in table.texts("meters", (), None))
    except ValueError as problem:
        raise table.wrong("meters", f"is wrong: {problem}") from problem
    table.close()
    return TempoSettings(low, nominal, high, swing, meters, modes)


def form_settings(style: Style) -> FormSettings:
    """The [form] table of a style. Raises ShelfError with file, table and field."""
    table = Table(style.id, "form", style.tables.get("form"))
    energy = _levels(table, "energy", 1.0)
    for kind in SECTION_KINDS:
        if kind not in energy:
            raise table.wrong(f"energy.{kind}", "is missing")
    try:
        keys = tuple(pitch_class(name) for name in table.texts("keys", (), None))
    except ValueError as problem:
        raise table.wrong("keys", f"is wrong: {problem}") from problem
    settings = FormSettings(
        keys=keys,
        intro=table.wholes("intro", 0, MAX_BREAK_BARS),
        outro=table.wholes("outro", 1, MAX_BREAK_BARS),
        line_bars=table.whole("line_bars", 1, 8),
        line_rate=table.number("line_rate", 1.0, 5.0),
        sections=table.texts("sections", SECTION_KINDS, None),
        energy=energy,
        rise=_levels(table, "rise", 0.5),
        breaks=tuple(_break(table, entry) for entry in table.tables("breaks")),
    )
    table.close()
    return settings


def _levels(table: Table, field: str, high: float) -> Mapping[str, float]:
    """A table of numbers by kind of section."""
    inner = table.table(field)
    for kind in inner.rest():
        if kind not in SECTION_KINDS:
            raise table.wrong(
                f"{field}.{kind}", f"is no kind of section; there are {', '.join(SECTION_KINDS)}"
            )
    return {kind: inner.number(kind, 0.0, high) for kind in inner.rest()}


def _break(table: Table, entry: Table) -> Break:
    """One row of form.breaks: at = "after chorus 2", "before last chorus", "after every verse"."""
    match = _PLACE.fullmatch(entry.text("at"))
    side, which, kind = (match[1], match[2] or match[5], match[3] or match[4]) if match else ("", "", "")
    if kind not in SECTION_KINDS:
        raise table.wrong("breaks.at", 'should read like "after chorus 2" or "before last chorus"')
    essential = entry.take("essential", False)
    if not isinstance(essential, bool):
        raise entry.wrong("essential", "should be true or false")
    found = Break(
        before=side == "before",
        which=which,
        kind=kind,
        label=entry.text("label"),
        bars=entry.wholes("bars", 0, MAX_BREAK_BARS),
        energy=entry.number("energy", 0.0, 1.0),
        essential=essential,
    )
    entry.close()
    return found


def part_plans(style: Style) -> tuple[PartPlan, ...]:
    """The chairs of the band, in the order of the file. Raises ShelfError with file, table and field."""
    table = Table(style.id, "parts", style.tables.get("parts"))
    plans: list[PartPlan] = []
    for part_id in table.rest():
        chair = table.table(part_id)
        role, stem = chair.choice("role", ROLES), chair.text("stem")
        instrument = chair.choice("instrument", PLAYABLE)
        chair.close()
        if (role == "drums") != (INSTRUMENTS[instrument].family == "drums"):
            raise chair.wrong("instrument", f"{instrument} cannot be the {role}; change role or instrument")
        if part_id in SUNG_PARTS or part_id.startswith("harmony") or not NAME.fullmatch(part_id):
            raise table.wrong(part_id, "is taken or no name; use letters, digits and hyphens")
        if stem.lower() in SUNG_STEMS or not NAME.fullmatch(stem):
            raise chair.wrong(
                "stem", "should be letters, digits and hyphens; lead, backing and rooms are taken"
            )
        plans.append(PartPlan(part_id, role, instrument, stem))
    if not plans:
        raise ShelfError(f"style {style.id}", "[parts] is empty; a band needs somebody, such as [parts.bass]")
    return tuple(plans)
