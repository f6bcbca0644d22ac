"""Numbers as they are spoken: 24 is "twenty four", 1999 "nineteen ninety nine", 3rd "third"."""

from __future__ import annotations

import re

_ONES_TEXT = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS_TEXT = "_ ten twenty thirty forty fifty sixty seventy eighty ninety"
_ONES, _TENS = _ONES_TEXT.split(), _TENS_TEXT.split()
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_FRACTIONS = {(1, 2): "half", (1, 3): "third", (2, 3): "thirds", (1, 4): "quarter", (3, 4): "quarters"}
_MONEY = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
_SCALE_WORDS = {"k": "thousand", "m": "million", "b": "billion"}
_LONGEST = 15  # digits; longer numbers are read digit by digit

_PATTERNS = (
    (re.compile(r"([$£€])(\d[\d,]*)(?:\.(\d\d))?([kmb])?"), "_money"),
    (re.compile(r"(\d{1,2}):(\d\d)(am|pm)?"), "_time"),
    (re.compile(r"(\d{1,2})(am|pm)"), "_hour"),
    (re.compile(r"(\d+)(?:st|nd|rd|th)"), "_ordinal"),
    (re.compile(r"'?(\d+)'?s"), "_decade"),
    (re.compile(r"(\d+)/(\d+)"), "_fraction"),
    (re.compile(r"(\d{3})-(\d{4})"), "_telephone"),
    (re.compile(r"(\d[\d,]*)?\.(\d+)(%)?"), "_decimal"),
    (re.compile(r"(\d[\d,]*)(%)"), "_percent"),
    (re.compile(r"'(\d\d)"), "_short_year"),
    (re.compile(r"(\d[\d,]*)"), "_plain"),
)


def spoken_number(text: str) -> tuple[str, ...] | None:
    """The words of a written number, money, time, ordinal, decade or fraction (lower case); None when it is none."""
    for pattern, reading in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return tuple(_READINGS[reading](*found.groups()))
    return None


def cardinal(value: int) -> list[str]:
    """How many: 105 -> one hundred five. value >= 0."""
    if value < 20:
        return [_ONES[value]]
    if value < 100:
        return [_TENS[value // 10], *([_ONES[value % 10]] if value % 10 else [])]
    for size, name in _SCALES:
        if value >= size:
            rest = value % size
            return [*cardinal(value // size), name, *(cardinal(rest) if rest else [])]
    raise ValueError(f"not a count: {value}")


def ordinal(value: int) -> list[str]:
    """Which one: 21 -> twenty first."""
    words = cardinal(value)
    last = words[-1]
    if last in _ORDINALS:
        words[-1] = _ORDINALS[last]
    else:
        words[-1] = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return words


def year(value: int) -> list[str]:
    """A year as it is said: 1905 nineteen oh five, 2000 two thousand, 2024 twenty twenty four."""
    high, low = divmod(value, 100)
    if low == 0:
        return cardinal(value) if high % 10 == 0 else [*cardinal(high), "hundred"]
    if value // 10 == 200:
        return ["two", "thousand", *cardinal(low)]
    return [*cardinal(high), *_two_digits(low)]


def digits(text: str) -> list[str]:
    """One digit after the other, zero as "oh" as on the telephone."""
    return ["oh" if digit == "0" else _ONES[int(digit)] for digit in text]


def _two_digits(value: int) -> list[str]:
    return ["oh", _ONES[value]] if value < 10 else cardinal(value)


def _plain(text: str) -> list[str]:
    number = text.replace(",", "")
    if (
        len(number) > _LONGEST
        or (number[0] == "0" and len(number) > 1)
        or ("," not in text and len(number) >= 7)
    ):
        return digits(number)
    value = int(number)
    if "," not in text and len(number) == 4 and (1100 <= value <= 2099):
        return year(value)
    if (
        len(number) == 3 and "," not in text and value % 100
    ):  # area codes and roads: nine eleven, four oh five
        return (
            [_ONES[value // 100], *_two_digits(value % 100)]
            if value % 100 > 9 or value > 500
            else cardinal(value)
        )
    return cardinal(value)


def _money(sign: str, whole: str, cents: str | None, scale: str | None) -> list[str]:
    value = int(whole.replace(",", "")[:_LONGEST])
    unit, _ = _MONEY[sign]
    words = cardinal(value) + ([_SCALE_WORDS[scale]] if scale else [])
    words.append(unit if value == 1 and not scale else unit + "s")
    return words + (cardinal(int(cents)) if cents and int(cents) else [])


def _time(hour: str, minute: str, half: str | None) -> list[str]:
    tail = [] if minute == "00" and half else ["o'clock"] if minute == "00" else _two_digits(int(minute))
    return cardinal(int(hour)) + tail + _half(half)


def _hour(hour: str, half: str) -> list[str]:
    return cardinal(int(hour)) + _half(half)


def _half(half: str | None) -> list[str]:
    return [letter + "." for letter in half] if half else []


def _ordinal(number: str) -> list[str]:
    return ordinal(int(number)) if len(number) <= _LONGEST else digits(number)


def _decade(number: str) -> list[str]:
    words = year(int(number)) if len(number) == 4 and number[:2] != "00" else _plain(number)
    last = words[-1]
    words[-1] = last[:-1] + "ies" if last.endswith("y") else last + ("es" if last.endswith("x") else "s")
    return words


def _fraction(top: str, bottom: str) -> list[str]:
    name = _FRACTIONS.get((int(top[:_LONGEST]), int(bottom[:_LONGEST])))
    return (
        ["a", name] if name == "half" else [*_plain(top), name] if name else [*_plain(top), *_plain(bottom)]
    )


def _telephone(first: str, second: str) -> list[str]:
    return digits(first) + digits(second)


def _decimal(whole: str | None, part: str, percent: str | None) -> list[str]:
    words = [*(_plain(whole) if whole else []), "point", *digits(part[:_LONGEST])]
    return words + (["percent"] if percent else [])


def _percent(number: str, _sign: str) -> list[str]:
    return [*_plain(number), "percent"]


def _short_year(number: str) -> list[str]:
    return _two_digits(int(number))


_READINGS = {
    "_money": _money, "_time": _time, "_hour": _hour, "_ordinal": _ordinal, "_decade": _decade,
    "_fraction": _fraction, "_telephone": _telephone, "_decimal": _decimal, "_percent": _percent,
    "_short_year": _short_year, "_plain": _plain,
}  # fmt: skip
