"""Reading a style's tables with a finger on the line: what is missing or wrong is named by file, table and field."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from songwright.errors import ShelfError
from songwright.values.time import Meter


class Table:
    """One TOML table under the reader's eye; every question it cannot answer raises ShelfError.

    Ask for each field once, then `close()`: a field nobody asked for is a slip of the pen, and is named. A field
    without a default must be written.
    """

    def __init__(self, style: str, name: str, data: Any) -> None:
        if not isinstance(data, Mapping):
            raise ShelfError(f"style {style}", f"table [{name}] is missing")
        self.style, self.name, self._data, self._asked = style, name, data, set[str]()

    def wrong(self, field: str, problem: str) -> ShelfError:
        """The error that names this file, table and field."""
        return ShelfError(f"style {self.style}", f"[{self.name}] {field} {problem}")

    def has(self, field: str) -> bool:
        """True if the field is written."""
        return field in self._data

    def number(self, field: str, low: float, high: float, default: float | None = None) -> float:
        """A number in low..high."""
        value = self.take(field, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.wrong(field, f"should be a number in {low:g}..{high:g}, not {_shown(value)}")
        return float(value)

    def whole(self, field: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number in low..high."""
        value = self.take(field, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(field, f"should be a whole number in {low}..{high}, not {_shown(value)}")
        return value

    def wholes(self, field: str, low: int, high: int) -> tuple[int, ...]:
        """A list of whole numbers in low..high, at least one."""
        values = self.take(field, None)
        if (
            not isinstance(values, list)
            or not values
            or any(type(v) is not int or not low <= v <= high for v in values)
        ):
            raise self.wrong(
                field,
                f"should be a list of whole numbers in {low}..{high}, such as [4, 8], not {_shown(values)}",
            )
        return tuple(values)

    def text(self, field: str, default: str | None = None) -> str:
        """A text."""
        value = self.take(field, default)
        if not isinstance(value, str):
            raise self.wrong(field, f"should be text in quotes, not {_shown(value)}")
        return value

    def choice(self, field: str, options: tuple[str, ...], default: str | None = None) -> str:
        """One of several words."""
        value = self.text(field, default)
        if value not in options:
            near = get_close_matches(value, options, 1)
            meant = f"; meant {near[0]}?" if near else ""
            raise self.wrong(field, f"should be one of {', '.join(options)}, not {_shown(value)}{meant}")
        return value

    def texts(
        self, field: str, options: tuple[str, ...] = (), default: tuple[str, ...] | None = ()
    ) -> tuple[str, ...]:
        """A list of words, each one of the options if there are any; default None: it must be there, and not empty."""
        value = self.take(field, None if default is None else list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(field, f'should be a list of words, such as ["chorus"], not {_shown(value)}')
        for item in value:
            if options and item not in options:
                raise self.wrong(field, f"knows {', '.join(options)}, not {_shown(item)}")
        if default is None and not value:
            raise self.wrong(field, "is empty" + (f"; there are {', '.join(options)}" if options else ""))
        return tuple(value)

    def meter(self, field: str, default: str) -> Meter:
        """A meter, "6/8"."""
        text = self.text(field, default)
        count, _, unit = text.partition("/")
        if not (count.isdigit() and unit in ("2", "4", "8", "16") and 1 <= int(count) <= 16):
            raise self.wrong(field, f"should be a meter such as 4/4 or 6/8, not {_shown(text)}")
        return Meter(int(count), int(unit))

    def tables(self, field: str) -> tuple[Table, ...]:
        """The tables written as [[table.field]], in order."""
        value = self.take(field, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise self.wrong(
                field, f"should be a list of tables, written as [[{self.name}.{field}]] or in braces"
            )
        return tuple(Table(self.style, f"{self.name}.{field} {i + 1}", item) for i, item in enumerate(value))

    def table(self, field: str) -> Table:
        """The table inside this one."""
        value = self.take(field, None)
        if not isinstance(value, Mapping):
            raise self.wrong(field, f"should be a table, not {_shown(value)}")
        return Table(self.style, f"{self.name}.{field}", value)

    def rest(self) -> tuple[str, ...]:
        """Names of the fields not asked for yet."""
        return tuple(name for name in self._data if name not in self._asked)

    def close(self, known: tuple[str, ...] = ()) -> None:
        """Refuse fields nobody asked for."""
        for name in self.rest():
            names = [*self._asked, *known]
            near = get_close_matches(name, names, 1)
            meant = f"; meant {near[0]}?" if near else f"; there are {', '.join(sorted(names))}"
            raise self.wrong(name, f"is no field of this table{meant}")

    def take(self, field: str, default: Any) -> Any:
        """What is written under a field, as it is; the default where it is not."""
        self._asked.add(field)
        if field in self._data:
            return self._data[field]
        if default is None:
            raise self.wrong(field, "is missing")
        return default


def _shown(value: Any) -> str:
    """A value as it stands in an error: short, on one line."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
