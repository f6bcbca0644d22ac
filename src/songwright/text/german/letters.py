"""Says the letters of a German word part: long and short vowels, hard ends, ch, st and sp, murmured endings.

Rules after Duden 6 (2015) and Kohler (1999), written for one part at a time ("Haus" and "tür", never "haustür"): a
part is a prefix, a stem with its endings, or a suffix. Every sound keeps the letters that write it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from songwright.text.german.stems import LONG, SHORT, V_AS_F
from songwright.text.phones import is_voiced

VOWEL_LETTERS = "aeiouyäöü"


@dataclass(frozen=True)
class Sound:
    """What some letters of a word say. phones: without stress, () = silent. start, end: letters of the word."""

    phones: tuple[str, ...]
    start: int
    end: int
    is_vowel: bool = False


# Vowel letters that sound as one.
_PAIRS = {
    "ieh": "IY", "aa": "AL", "ee": "EE", "oo": "OO", "äu": "OY", "eu": "OY", "oi": "OY", "oy": "OY", "ei": "AY",
    "ai": "AY", "ey": "AY", "ay": "AY", "au": "AW", "aü": "OY", "ou": "UW", "ie": "IY", "ae": "EL", "oe": "OE",
    "ue": "UE",
    "ah": "AL", "äh": "EL", "eh": "EE", "ih": "IY", "oh": "OO", "öh": "OE", "uh": "UW", "üh": "UE",
}  # fmt: skip
_LONG = {"a": "AL", "ä": "EL", "e": "EE", "i": "IY", "o": "OO", "ö": "OE", "u": "UW", "ü": "UE", "y": "UE"}
_SHORT = {"a": "A", "ä": "EH", "e": "EH", "i": "IH", "o": "OH", "ö": "OEH", "u": "UH", "ü": "UEH", "y": "UEH"}
# Open, but outside the stress: the long vowel's colour, "a" alone stays short.
_OPEN = _LONG | {"a": "A", "ä": "EH"}

_CONSONANTS = {
    "tsch": "CH", "dsch": "JH", "sch": "SH", "chs": "K S", "ch": "C", "ck": "K", "ph": "F", "th": "T", "rh": "RR",
    "qu": "K V", "tz": "TS", "zz": "TS", "dt": "T", "pf": "PF", "ng": "NG", "ss": "S",
    "bb": "B", "dd": "D", "ff": "F", "gg": "G", "kk": "K", "ll": "L", "mm": "M", "nn": "N", "pp": "P", "rr": "RR",
    "tt": "T", "vv": "V", "cc": "K", "ts": "TS",
    "b": "B", "c": "K", "d": "D", "f": "F", "g": "G", "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M", "n": "N",
    "p": "P", "q": "K", "r": "RR", "s": "S", "t": "T", "v": "F", "w": "V", "x": "K S", "z": "TS", "ß": "S",
    "y": "Y", "i": "Y",
}  # fmt: skip
_HARD = {"B": "P", "D": "T", "G": "K", "Z": "S", "V": "F", "ZH": "SH", "JH": "CH"}
_RUN = re.compile(r"[^aeiouyäöü]*")
_GLIDING = re.compile(r"ion|ien$|iell|ient|ienz")
_BEFORE_GLIDE = frozenset("tsnglxdr")
_AFTER_SHORT_I = ("ch", "sch", "g", "n", "tt", "ck")
_TI = re.compile(r"i(?:on|ell|ent|enz|al|är|um$)")
_SHORT_PREFIXES = frozenset(("an", "ab", "un", "um", "mit", "hin", "weg"))
_SHUTTING = frozenset(("ch", "sch", "x", "ck", "tz", "ng", "pf"))


def nuclei(body: str) -> list[tuple[int, int]]:
    """Where the letters of each syllable's vowel stand in a word part."""
    pieces = graphemes(body)
    return [(at, at + len(text)) for n, (text, at) in enumerate(pieces) if _is_nucleus(body, pieces, n)]


def sounds(body: str, stem: int, stressed: int, offset: int = 0, lax: bool = False) -> list[Sound]:
    """The sounds of a word part. body: lower case, umlauts as one letter.

    stem: how many of its letters are the stem; endings come after. stressed: which of its vowels, -1 = none.
    offset: where the part begins in its word. lax: open vowels outside the stress are short too ("hinaus").
    """
    pieces = graphemes(body, stem)
    places = [n for n in range(len(pieces)) if _is_nucleus(body, pieces, n)]
    result: list[Sound] = []
    for n, (text, start) in enumerate(pieces):
        end = start + len(text)
        if n in places:
            phone = _vowel(body, stem, text, start, places.index(n) - stressed, lax, n == places[-1])
            result.append(Sound((phone,), offset + start, offset + end, True))
        else:
            result.append(Sound(_consonant(body, text, start, result), offset + start, offset + end))
    return _hardened(_murmured_r(result))


def _is_nucleus(body: str, pieces: list[tuple[str, int]], n: int) -> bool:
    """Whether these letters carry a syllable; y in "Yacht" and i in "Nation" glide into the next vowel."""
    text, at = pieces[n]
    if text[0] not in VOWEL_LETTERS:
        return False
    if text == "y":
        return n > 0 or len(pieces) == 1 or pieces[1][0][0] not in VOWEL_LETTERS
    return not (text == "i" and n > 0 and _GLIDING.match(body, at) and _glides(body, at))


def _glides(body: str, at: int) -> bool:
    """Whether an i before a vowel is no syllable of its own: "Nation", "Linien", but "schien"."""
    earlier = any(letter in VOWEL_LETTERS for letter in body[:at])
    return earlier and body[at - 1] in _BEFORE_GLIDE


def graphemes(body: str, stem: int = 0) -> list[tuple[str, int]]:
    """The letters of a part in groups that say one thing, each with its place.

    stem: where the stem ends; chs is one sound in "Fuchs" but not in "machst".
    """
    pieces, at = [], 0
    while at < len(body):
        for length in (4, 3, 2, 1):
            text = body[at : at + length]
            torn = text == "chs" and at < stem < at + length
            group = len(text) == length and not torn
            if group and (length == 1 or _is_group(at, text) or _is_pair(body, at, text)):
                break
        pieces.append((text, at))
        at += len(text)
    return pieces


def _is_group(at: int, text: str) -> bool:
    """Whether these consonant letters sound as one; rh does at the beginning alone ("Rhein")."""
    return text in _CONSONANTS and (text != "rh" or at == 0)


def _is_pair(body: str, at: int, text: str) -> bool:
    """Whether two or three vowel letters sound as one here; h lengthens before e, a consonant and the end."""
    if text not in _PAIRS:
        return False
    rest = body[at + len(text) :]
    if text.endswith("h"):
        return rest[:1] not in tuple("aouäöüy") and (rest[:1] != "i" or rest.startswith(("ig", "isch", "in")))
    if text == "ie":
        return rest[:1] != "u" and not (_GLIDING.match(body, at) and _glides(body, at))
    if text in ("ae", "oe", "ue"):  # as umlauts were written where the type had none
        return at == 0 and rest[:1] not in ("", *VOWEL_LETTERS)
    return not (text == "eu" and rest.startswith("m"))


def _vowel(body: str, stem: int, text: str, start: int, after_stress: int, lax: bool, last: bool) -> str:
    """How a vowel sounds. after_stress: how many syllables after the stressed one it stands (negative = before)."""
    rest = body[start + len(text) :]
    if text in _PAIRS:
        return _PAIRS[text]
    if after_stress == 0:
        return (_LONG if _is_long(body, stem, start) else _SHORT)[text]
    if text == "e" and (after_stress > 0 or start >= stem):
        return "AX"
    if text == "y" and last and not rest:
        return "IY"
    if text == "i" and rest.startswith(_AFTER_SHORT_I) and (after_stress > 0 or start >= stem):
        return "IH"
    if (lax and text in "ie") or (rest and not _is_open(rest)):
        return _SHORT[text]
    return _OPEN[text]


def _is_open(rest: str) -> bool:
    """Whether at most one consonant stands before the next vowel."""
    run = _run(rest)
    if len(run) == len(rest):
        return not run
    return (len(run) <= 1 and run not in ("x", "z")) or run in ("ß", "ph", "th", "qu") or _opens(run)


def _opens(run: str) -> bool:
    """A stop or f with r or l after it goes to the next syllable whole: "Ze-bra"."""
    return len(run) == 2 and run[0] in "bdgpktfv" and run[1] in "rl"


def _run(rest: str) -> str:
    """The consonant letters a piece begins with."""
    return _RUN.match(rest)[0]  # type: ignore[index]


def _is_long(body: str, stem: int, start: int) -> bool:
    """Whether a stressed single vowel letter is long: before one consonant of its stem, or none."""
    root = body[:stem] if start < stem else body
    if root in LONG or root in SHORT or root in _SHORT_PREFIXES:
        return root in LONG
    rest = root[start + 1 :]
    run = _run(rest)
    if run in _SHUTTING:
        return False
    if len(run) <= 1 or run in ("ph", "th"):
        return True
    return len(rest) > len(run) and _opens(run) and run[1] == "r"


def _consonant(body: str, text: str, start: int, before: list[Sound]) -> tuple[str, ...]:
    """What consonant letters say here."""
    rest = body[start + len(text) :]
    voiced_next = rest[:1] != "" and rest[0] in VOWEL_LETTERS
    left = body[start - 1] if start else ""
    if text == "s":
        if start == 0 and rest[:1] in ("p", "t"):
            return ("SH",)
        return ("Z",) if voiced_next and (not left or left in VOWEL_LETTERS + "lmnrh") else ("S",)
    if text == "ch":
        return _ch(left, rest, before)
    if text == "chs" and (body.startswith(("nächs", "höchs")) or before[-1].phones == ("AY",)):
        return ("C", "S")
    if text == "h":
        silent = left and left in VOWEL_LETTERS and rest[:1] == "e"  # "leihen", but "Ahorn"
        return ("HH",) if start == 0 or (voiced_next and not silent) else ()
    if text == "v":
        return (
            ("F",)
            if (start == 0 and body.startswith(V_AS_F)) or not (voiced_next or rest[:1] == "r")
            else ("V",)
        )
    if text == "c":
        return ("TS",) if rest[:1] in tuple("eiäöy") else ("K",)
    if text == "t" and start and left != "s" and _TI.match(rest):
        return ("TS",)
    if text == "ng" and rest[:1] in tuple("aouäöürl") and not rest.startswith(("ung", "lich")):
        return ("NG", "G")
    if text == "n" and rest[:1] in ("k", "x", "q"):
        return ("NG",)
    if text == "g" and left == "i" and len(before) > 1 and before[-1].phones == ("IH",):
        return ("G",) if voiced_next else ("C",)
    return tuple(_CONSONANTS.get(text, "").split())


def _ch(left: str, rest: str, before: list[Sound]) -> tuple[str, ...]:
    """ach, ich, and at the beginning k ("Chor") or ich ("China")."""
    if not left:
        return ("C",) if rest[:1] in tuple("eiäöy") else ("K",)
    return ("X",) if left in "aou" and before[-1].phones != ("OY",) else ("C",)


def _murmured_r(units: list[Sound]) -> list[Sound]:
    """ "er" after the stress is one murmured a where no vowel follows: "Wasser", "anders"."""
    result: list[Sound] = []
    for n, unit in enumerate(units):
        follows = n + 1 < len(units) and units[n + 1].is_vowel
        if unit.phones == ("RR",) and result and result[-1].phones == ("AX",) and not follows:
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
        elif unit.phones:
            phones = tuple(_HARD.get(p, p) for p in unit.phones) if voiceless else unit.phones
            result[n] = Sound(phones, unit.start, unit.end)
            voiceless = not is_voiced(phones[0])
    return result
