"""German numbers as they are spoken: 21 is "ein und zwanzig", 1999 "neunzehn hundert neun und neunzig", 3. "dritte"."""

from __future__ import annotations

import re

_ONES_TEXT = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn"
)
_TENS_TEXT = "_ zehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
_ONES, _TENS = _ONES_TEXT.split(), _TENS_TEXT.split()
_SCALES = ((10**12, "billion"), (10**9, "milliarde"), (10**6, "million"))
_ORDINALS = {1: "erste", 3: "dritte", 7: "siebte", 8: "achte"}
_MONEY = {"€": "euro", "$": "dollar", "£": "pfund"}
_LONGEST = 15

_TIME = re.compile(r"(\d{1,2}):(\d\d)")
_PRICE = re.compile(r"([€$£])?(\d[\d.]*)(?:,(\d+))?([€$£])?")
_ORDINAL = re.compile(r"(\d{1,4})\.")
_DECADE = re.compile(r"'?(\d+)er(n?)")
_PERCENT = re.compile(r"(\d[\d.]*)(?:,(\d+))?%")
_FRACTION = re.compile(r"(\d)/(\d)")


def spoken_number(text: str) -> tuple[str, ...] | None:
    """The words of a written number, price, time, ordinal or decade; None when it is none."""
    if found := _FRACTION.fullmatch(text):
        over, under = int(found[1]), int(found[2])
        name = {2: "halb", 3: "drittel", 4: "viertel"}.get(under)
        return (("ein" if over == 1 else _ONES[over]), name) if name else None
    if found := _TIME.fullmatch(text):
        rest = cardinal(int(found[2])) if int(found[2]) else []
        return (*_one(cardinal(int(found[1]))), "uhr", *rest)
    if found := _DECADE.fullmatch(text):
        words = cardinal(int(found[1]))
        return (*words[:-1], f"{words[-1]}er{found[2]}")
    if found := _ORDINAL.fullmatch(text):
        return tuple(ordinal(int(found[1])))
    if found := _PERCENT.fullmatch(text):
        return (*_decimal(found[1], found[2]), "prozent")
    if (found := _PRICE.fullmatch(text)) and not (found[1] and found[4]):
        sign = found[1] or found[4]
        if sign and found[3]:
            return (*_one(_plain(found[2])), _MONEY[sign], *_plain(found[3]))
        if sign:
            return (*_one(_plain(found[2])), _MONEY[sign])
        return tuple(_decimal(found[2], found[3]))
    return None


def cardinal(value: int) -> list[str]:
    """How many: 21 -> ein und zwanzig, 105 -> hundert fünf. value >= 0."""
    for size, name in _SCALES:
        if value >= size:
            count, rest = divmod(value, size)
            plural = "" if count == 1 else "n" if name.endswith("e") else "en"
            head = ["eine"] if count == 1 else cardinal(count)
            return [*head, name + plural, *(cardinal(rest) if rest else [])]
    for size, name in ((1000, "tausend"), (100, "hundert")):
        if value >= size:
            count, rest = divmod(value, size)
            head = ["ein"] if count == 1 else cardinal(count)
            return [*head, name, *(cardinal(rest) if rest else [])]
    if value < 20:
        return [_ONES[value]]
    tens, ones = divmod(value, 10)
    return [*(["ein" if ones == 1 else _ONES[ones], "und"] if ones else []), _TENS[tens]]


def ordinal(value: int) -> list[str]:
    """Which one: 21 -> ein und zwanzigste."""
    words, last = cardinal(value), value % 100
    if last in _ORDINALS:
        words[-1] = _ORDINALS[last]
    else:
        words[-1] += "te" if 0 < last < 20 else "ste"
    return words


def year(value: int) -> list[str]:
    """1999 -> neunzehn hundert neun und neunzig."""
    high, low = divmod(value, 100)
    return [*cardinal(high), "hundert", *(cardinal(low) if low else [])]


def _plain(text: str) -> list[str]:
    number = text.replace(".", "")
    if (
        len(number) > _LONGEST
        or (number[0] == "0" and len(number) > 1)
        or ("." not in text and len(number) >= 7)
    ):
        return [_ONES[int(digit)] for digit in number]
    value = int(number)
    return year(value) if "." not in text and 1100 <= value <= 1999 else cardinal(value)


def _decimal(whole: str, part: str | None) -> list[str]:
    return [*_plain(whole), *(["komma", *(_ONES[int(digit)] for digit in part)] if part else [])]


def _one(words: list[str]) -> list[str]:
    """ "ein Euro", not "eins Euro"."""
    return ["ein"] if words == ["eins"] else words
