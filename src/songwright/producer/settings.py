"""What a style says about tempo and form, read and checked: its [tempo], [form] and [parts.*] tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from songwright.errors import ShelfError
from songwright.music.instruments import INSTRUMENTS
from songwright.music.pitch import SCALES, pitch_class
from songwright.music.rhythm import parse_meter
from songwright.values.plan import SECTION_KINDS, PartPlan
from songwright.values.shelf import Style
from songwright.values.time import Meter

ROLES = ("drums", "bass", "comping", "pad", "answer")
MAX_BREAK_BARS = 64
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


class _Table:
    """A table of a style file that complains with file, table and field."""

    def __init__(self, style: Style, name: str) -> None:
        self.item = f"styles/{style.id}.toml [{name}]"
        self.fields = style.tables.get(name)
        if not isinstance(self.fields, Mapping):
            raise ShelfError(self.item, "the table is missing")

    def get(self, field: str, kind: type | tuple[type, ...], fields: Mapping[str, Any] | None = None) -> Any:
        value = (self.fields if fields is None else fields).get(field)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.wrong(field, "is missing or of the wrong kind")
        return value

    def number(self, field: str, low: float, high: float, fields: Mapping[str, Any] | None = None) -> float:
        value = float(self.get(field, (int, float), fields))
        if not low <= value <= high:
            raise self.wrong(field, f"should lie in {low:g}..{high:g}, not {value:g}")
        return value

    def bars(self, field: str, low: int, fields: Mapping[str, Any] | None = None) -> tuple[int, ...]:
        values = self.get(field, list, fields)
        if not values or any(type(v) is not int or not low <= v <= MAX_BREAK_BARS for v in values):
            raise self.wrong(field, f"should be whole numbers of bars, {low}..{MAX_BREAK_BARS}")
        return tuple(values)

    def levels(self, field: str, high: float) -> Mapping[str, float]:
        table = self.get(field, Mapping)
        for kind in table:
            if kind not in SECTION_KINDS:
                raise self.wrong(f"{field}.{kind}", "is no kind of section")
        return {kind: self.number(kind, 0.0, high, table) for kind in table}

    def wrong(self, field: str, problem: str) -> ShelfError:
        return ShelfError(self.item, f"{field} {problem}")


def tempo_settings(style: Style) -> TempoSettings:
    """The [tempo] table of a style. Raises ShelfError with file, table and field."""
    table = _Table(style, "tempo")
    low, high = table.number("low", 30, 300), table.number("high", 30, 300)
    modes = tuple(table.get("modes", list))
    if not modes or any(mode not in SCALES for mode in modes):
        raise table.wrong("modes", f"should be of {', '.join(SCALES)}")
    try:
        meters = tuple(parse_meter(meter) for meter in table.get("meters", list))
    except (ValueError, TypeError) as problem:
        raise table.wrong("meters", f"is wrong: {problem}") from problem
    if not meters:
        raise table.wrong("meters", "names none")
    nominal, swing = table.number("nominal", low, high), table.number("swing", 0.5, 0.75)
    return TempoSettings(low, nominal, high, swing, meters, modes)


def form_settings(style: Style) -> FormSettings:
    """The [form] table of a style. Raises ShelfError with file, table and field."""
    table = _Table(style, "form")
    sections = tuple(table.get("sections", list))
    if not sections or any(kind not in SECTION_KINDS for kind in sections):
        raise table.wrong("sections", f"should be of {', '.join(SECTION_KINDS)}")
    energy = table.levels("energy", 1.0)
    for kind in SECTION_KINDS:
        if kind not in energy:
            raise table.wrong(f"energy.{kind}", "is missing")
    try:
        keys = tuple(pitch_class(name) for name in table.get("keys", list))
    except (ValueError, TypeError) as problem:
        raise table.wrong("keys", f"is wrong: {problem}") from problem
    return FormSettings(
        keys=keys,
        intro=table.bars("intro", 0),
        outro=table.bars("outro", 1),
        line_bars=int(table.number("line_bars", 1, 8)),
        line_rate=table.number("line_rate", 1.0, 5.0),
        sections=sections,
        energy=energy,
        rise=table.levels("rise", 0.5),
        breaks=tuple(_break(table, entry) for entry in table.get("breaks", list)),
    )


def _break(table: _Table, entry: Any) -> Break:
    """One row of form.breaks: at = "after chorus 2", "before last chorus", "after every verse"."""
    if not isinstance(entry, Mapping):
        raise table.wrong("breaks", "should be a list of tables")
    match = _PLACE.fullmatch(table.get("at", str, entry))
    side, which, kind = (match[1], match[2] or match[5], match[3] or match[4]) if match else ("", "", "")
    if kind not in SECTION_KINDS:
        raise table.wrong("breaks.at", 'should read like "after chorus 2" or "before last chorus"')
    return Break(
        before=side == "before",
        which=which,
        kind=kind,
        label=table.get("label", str, entry),
        bars=table.bars("bars", 0, entry),
        energy=table.number("energy", 0.0, 1.0, entry),
        essential=entry.get("essential") is True,
    )


def part_plans(style: Style) -> tuple[PartPlan, ...]:
    """The chairs of the band, in the order of the file. Raises ShelfError with file, table and field."""
    chairs = style.tables.get("parts")
    if not isinstance(chairs, Mapping) or not chairs:
        raise ShelfError(f"styles/{style.id}.toml [parts]", "the table is missing")
    plans = []
    for part_id, chair in chairs.items():
        item = f"styles/{style.id}.toml [parts.{part_id}]"
        fields = [
            chair.get(name) if isinstance(chair, Mapping) else None for name in ("role", "instrument", "stem")
        ]
        if not all(isinstance(field, str) and field for field in fields):
            raise ShelfError(item, "needs role, instrument and stem")
        role, instrument, stem = fields
        if role not in ROLES:
            raise ShelfError(item, f"role should be of {', '.join(ROLES)}, not {role!r}")
        if instrument not in INSTRUMENTS:
            raise ShelfError(item, f"there is no instrument {instrument!r}")
        plans.append(PartPlan(part_id, role, instrument, stem))
    return tuple(plans)
