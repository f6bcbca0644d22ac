"""Says the letters of a German word part: long and short vowels, hard ends, ch, st and sp, murmured endings.

Rules after Duden 6 (2015) and Kohler (1999), written for one part at a time ("Haus" and "tür", never "haustür"): a
part is a prefix, a stem with its endings, or a suffix. Every sound keeps the letters that write it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from songwright.text.german.stems import LONG_BEFORE_MANY, SHORT_BEFORE_ONE, V_AS_F
from songwright.text.phones import is_voiced

VOWEL_LETTERS = "aeiouyäöü"


@dataclass(frozen=True)
class Sound:
    """What some letters of a word say. phones: without stress, () = silent. start, end: letters of the word."""

    phones: tuple[str, ...]
    start: int
    end: int
    is_vowel: bool = False


# Vowel letters -> how they sound; longest first.
_PAIRS = {
    "ieh": "IY", "aa": "AL", "ee": "EE", "oo": "OO", "äu": "OY", "eu": "OY", "oi": "OY", "oy": "OY", "ei": "AY",
    "ai": "AY", "ey": "AY", "ay": "AY", "au": "AW", "ou": "UW", "ie": "IY",
    "ah": "AL", "äh": "EL", "eh": "EE", "ih": "IY", "oh": "OO", "öh": "OE", "uh": "UW", "üh": "UE",
}  # fmt: skip
_LONG = {"a": "AL", "ä": "EL", "e": "EE", "i": "IY", "o": "OO", "ö": "OE", "u": "UW", "ü": "UE", "y": "UE"}
_SHORT = {"a": "A", "ä": "EH", "e": "EH", "i": "IH", "o": "OH", "ö": "OEH", "u": "UH", "ü": "UEH", "y": "UEH"}
# Open, but outside the stress: the long vowel's colour, "a" alone stays short.
_OPEN = _LONG | {"a": "A", "ä": "EH"}

_CONSONANTS = {
    "tsch": "CH", "dsch": "JH", "sch": "SH", "chs": "K S", "ch": "?", "ck": "K", "ph": "F", "th": "T", "rh": "RR",
    "qu": "K V", "tz": "TS", "zz": "TS", "dt": "T", "pf": "PF", "ng": "NG", "ss": "S",
    "bb": "B", "dd": "D", "ff": "F", "gg": "G", "kk": "K", "ll": "L", "mm": "M", "nn": "N", "pp": "P", "rr": "RR",
    "tt": "T", "vv": "V", "cc": "K", "ts": "TS",
    "b": "B", "c": "K", "d": "D", "f": "F", "g": "G", "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M", "n": "N",
    "p": "P", "q": "K", "r": "RR", "s": "S", "t": "T", "v": "F", "w": "V", "x": "K S", "z": "TS", "ß": "S", "ç": "S",
}  # fmt: skip
_HARD = {"B": "P", "D": "T", "G": "K", "Z": "S", "V": "F", "ZH": "SH", "JH": "CH"}
_SOFT_C = frozenset("eiäöy")


def sounds(
    body: str, stressed: int, offset: int = 0, opens_word: bool = True, is_suffix: bool = False
) -> list[Sound]:
    """The sounds of a word part. body: lower case, umlauts as one letter. stressed: which of its vowels, -1 = none.

    offset: where the part begins in its word.
    """
    pieces = _graphemes(body)
    vowels = [
        n for n, (text, _) in enumerate(pieces) if text[0] in VOWEL_LETTERS and not _is_glide(pieces, n)
    ]
    result: list[Sound] = []
    for n, (text, start) in enumerate(pieces):
        end = start + len(text)
        if n in vowels:
            phone = _vowel(body, text, start, vowels.index(n), len(vowels), stressed, is_suffix)
            result.append(Sound(phone, offset + start, offset + end, True))
        else:
            result.append(
                Sound(_consonant(body, text, start, opens_word, result), offset + start, offset + end)
            )
    return _hardened(_murmured_r(result))


def _is_glide(pieces: list[tuple[str, int]], n: int) -> bool:
    """A y before a vowel at the beginning: "Yacht"."""
    return n == 0 and pieces[0][0] == "y" and len(pieces) > 1 and pieces[1][0][0] in VOWEL_LETTERS


def _graphemes(body: str) -> list[tuple[str, int]]:
    """The letters of a part in groups that say one thing, each with its place."""
    pieces, at = [], 0
    while at < len(body):
        for length in (4, 3, 2, 1):
            text = body[at : at + length]
            if len(text) == length and (length == 1 or text in _CONSONANTS or _is_pair(body, at, text)):
                break
        pieces.append((text, at))
        at += len(text)
    return pieces


def _is_pair(body: str, at: int, text: str) -> bool:
    """Whether two or three vowel letters sound as one here; h lengthens before e, a consonant and the end."""
    if text not in _PAIRS:
        return False
    after = body[at + len(text) : at + len(text) + 1]
    if text.endswith("h"):
        return after not in ("a", "o", "u", "ä", "ö", "ü", "y") and not (
            after == "i" and not body.startswith(("ig", "isch", "in"), at + len(text))
        )
    if text == "ie":
        return after != "u"
    return not (text == "eu" and body[at:].startswith("eum"))


def _vowel(
    body: str, text: str, start: int, index: int, count: int, stressed: int, is_suffix: bool
) -> tuple[str, ...]:
    rest = body[start + len(text) :]
    if text in _PAIRS:
        return (_PAIRS[text],)
    after_stress = index > stressed
    if text == "e" and (after_stress or is_suffix) and not (index == 0 and stressed == 0):
        return ("AX",)
    if text == "y" and not rest and index == count - 1 and count > 1:
        return ("IY",)
    if text == "i" and rest.startswith(("ch", "sch", "g")) and index != stressed:
        return ("IH",)
    if index == stressed:
        return ((_LONG if _is_long(body, start, rest) else _SHORT)[text],)
    if rest[:1] == "" or _is_open(rest):
        return (_OPEN[text],)
    return (_SHORT[text],)


def _is_open(rest: str) -> bool:
    """Whether at most one consonant stands before the next vowel."""
    run = re.match(r"[^aeiouyäöü]*", rest)[0]  # type: ignore[index]
    if len(run) == len(rest):
        return not run
    return (len(run) <= 1 and run not in ("x", "z")) or run in ("ß", "ph", "th", "qu") or _opens(run)


def _opens(run: str) -> bool:
    """A stop or f with r or l after it goes to the next syllable whole: "Ze-bra"."""
    return len(run) == 2 and run[0] in "bdgpktfv" and run[1] in "rl"


def _is_long(body: str, start: int, rest: str) -> bool:
    """Whether a stressed single vowel letter is long."""
    stem = body[: start + 1] + rest
    if stem.startswith(LONG_BEFORE_MANY):
        return True
    run = re.match(r"[^aeiouyäöü]*", rest)[0]  # type: ignore[index]
    after = rest[len(run) :]
    if not run:
        return True
    if not after:
        return _long_at_end(body, run)
    if run in ("ch", "sch", "x", "ck", "tz", "ng", "pf"):
        return False
    if len(run) == 1 or run in ("ph", "th"):
        return True
    if _opens(run):
        return run[1] == "r" or after in ("e", "en", "er", "es", "em")
    return run[0] in "bdg" and run[1:] in ("t", "st", "te", "ts") and after.startswith("e")


def _long_at_end(body: str, run: str) -> bool:
    """Long before one consonant ("Tag"), and where a verb's or case's t, st, s follows a soft one ("lebt")."""
    if body in SHORT_BEFORE_ONE:
        return False
    if len(run) == 1:
        return run != "x"
    return run[0] in "bdg" and run[1:] in ("t", "st", "s", "ts")


def _consonant(body: str, text: str, start: int, opens_word: bool, before: list[Sound]) -> tuple[str, ...]:
    rest = body[start + len(text) :]
    after = rest[:1]
    if text == "s" and start == 0:
        if after in ("p", "t"):
            return ("SH",)
        return ("Z",) if after and after in VOWEL_LETTERS else ("S",)
    if text == "s":
        left = body[start - 1]
        voiced = left in VOWEL_LETTERS or left in "lmnrh"
        return ("Z",) if voiced and after and after in VOWEL_LETTERS else ("S",)
    if text == "ch":
        return _ch(body, start, after, before)
    if text == "chs" and (not before or body.startswith(("nächs", "höchs")) or before[-1].phones == ("AY",)):
        return ("C", "S")
    if text == "h":
        return ("HH",) if start == 0 or (after and after in VOWEL_LETTERS) else ()
    if text == "v":
        if (body.startswith(V_AS_F) and start == 0) or not after or after not in VOWEL_LETTERS + "r":
            return ("F",)
        return ("V",)
    if text == "c":
        return ("TS",) if after and after in _SOFT_C else ("K",)
    if (
        text == "t"
        and re.match(r"i(?:on|ell|ent|enz|al|är|um\b)", rest)
        and start > 0
        and body[start - 1] != "s"
    ):
        return ("TS",)
    if text == "ng" and after and after in "aouäöürl" and not rest.startswith(("ung", "lich")):
        return ("NG", "G")
    if text == "g" and before and before[-1].phones == ("IH",) and body[start - 1] == "i" and len(before) > 1:
        return ("G",) if after and after in VOWEL_LETTERS else ("C",)
    if text == "y":
        return ("Y",)
    if text == "n" and after and after in "kxq" and body[start - 1 : start] in tuple(VOWEL_LETTERS):
        return ("NG",)
    return tuple(_CONSONANTS.get(text, "").split())


def _ch(body: str, start: int, after: str, before: list[Sound]) -> tuple[str, ...]:
    """ach, ich, and at the beginning k ("Chor") or ich ("China")."""
    if start == 0:
        return ("C",) if after and after in "eiäöy" else ("K",)
    if body[start - 1] in "aou" and before[-1].phones[-1:] != ("OY",):
        return ("X",)
    return ("C",)


def _murmured_r(units: list[Sound]) -> list[Sound]:
    """ "er" after the stress is one murmured a where no vowel follows: "Wasser", "anders"."""
    result: list[Sound] = []
    for n, unit in enumerate(units):
        follows = n + 1 < len(units) and units[n + 1].is_vowel
        murmured = result and result[-1].phones == ("AX",)
        if murmured and unit.phones == ("RR",) and not follows:
            result[-1] = Sound(("AR",), result[-1].start, unit.end, True)
        else:
            result.append(unit)
    return result


def _hardened(units: list[Sound]) -> list[Sound]:
    """Soft stops and s lose their voice at the end of a part and before voiceless sounds."""
    result = list(units)
    voiceless = True
    for n in range(len(units) - 1, -1, -1):
        unit = units[n]
        if unit.is_vowel:
            voiceless = False
            continue
        if not unit.phones:
            continue
        phones = tuple(_HARD.get(p, p) for p in unit.phones) if voiceless else unit.phones
        result[n] = Sound(phones, unit.start, unit.end)
        voiceless = not is_voiced(phones[0])
    return result
