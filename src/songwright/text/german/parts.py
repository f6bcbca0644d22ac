"""Takes a German word apart: prefixes, stems, endings, and where its stress lies."""

from __future__ import annotations

import re
from dataclasses import dataclass

_VOWEL = "[aeiouyäöü]"
_ONSET = re.compile(
    r"(?:sch[lmnrw]?|str|spr|spl|sp|st|sk|sl|sm|sn|chr|ch|pfl|pfr|pf|phr|ph|th|thr|rh|qu|zw|kn|gn|pn|ps|"
    r"[bdgkpft]r|[bgkpf]l|wr|tsch|[bcdfghjklmnprstvwxz])?" + _VOWEL
)
_WEAK = re.compile(
    r"[^aeiouyäöü]*e(?:[lmnrst]|st|nd|ns|rn|ln|ls|rs|nt|t|nde|nder|ndes|nden|ndem|te|ten|r[neEs]n?)?$"
)

# prefix -> phones; stress lies after it.
UNSTRESSED = {
    "be": ("B", "AX"), "ge": ("G", "AX"), "er": ("EH", "RR"), "ver": ("F", "EH", "RR"), "zer": ("TS", "EH", "RR"),
    "ent": ("EH", "N", "T"), "emp": ("EH", "M", "P"),
}  # fmt: skip
# Stressed before their stem.
_FIRST = "ab an auf aus bei ein fort heim her hin los mit nach vor weg zu um dar un ur miss durch da inne gegen wohl haupt erz"
_SECOND = (  # these bear it on their second syllable
    "zurück zusammen entgegen vorüber vorbei herunter hinunter herüber hinüber herein hinein heraus hinaus herauf "
    "hinauf heran herbei herab hinab herum umher umhin daher dahin empor"
)
_TWOWAY = ("über", "unter", "wieder", "wider", "hinter", "voll")
_HARD_SUFFIXES = (
    "lichkeit losigkeit samkeit barkeit haftigkeit schaft haftig heit keit lich chen lein bar sam los haft nis tum tüm "
    "ling lings wärts weise mals fach"
)
_FLEX = "(?:e|en|er|es|em|s|n|ste[nrsm]?|st|er[nes]?|ere[nrsm]?|t|te)?"
_SUFFIX = re.compile(rf"(.*?)({'|'.join(sorted(_HARD_SUFFIXES.split(), key=len, reverse=True))})({_FLEX})$")

# Endings that draw the stress to themselves: (pattern from the stressed vowel on). Counted from the end in vowels.
_DRAWN = (
    (re.compile(r"ier(?:e|en|t|te|ten|st|test|tet|ung|ungen|end|ende|enden|er|ern|ers|tem|tes|ter)?$"), "i"),
    (re.compile(r"(?:t|s|x)ion(?:en|s|är|äre|ären)?$"), "io"),
    (re.compile(r"tät(?:en)?$"), ""),
    (re.compile(r"ei(?:en)?$"), "ei"),
    (re.compile(r"(?:ist|ant|ent|enz|anz|ekt|akt|ept|ell|ett|est|ard|iv|än|är|eur|ör|ös|ur|al|at|et|it|ot|ut|om|on|an|in|"
                r"ion|ik|ment|graf|graph|log|loge|gog|krat|thek|phon|fon|skop|nom|soph|mat|ast|ismus|asmus|ose|age|ette|"
                r"ine|elle|esse|ade|üre|ede|öse|euse|ite|ie)(?:e|en|er|es|em|s|n|innen|in)?$"), ""),
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A piece of a word. kind: "prefix", "stem" or "suffix".

    stress: 1 main, 2 side, 0 none. vowel: which of its vowels bears it.
    """

    text: str
    start: int
    kind: str
    stress: int = 0
    vowel: int = 0


def take_apart(word: str, capital: bool = False) -> list[Part]:
    """The parts of a word of a-z and äöüß in order; their texts joined are the word."""
    parts: list[Part] = []
    at, main_given = 0, False
    rest = word
    while True:
        found = _prefix(rest, first=at == 0)
        if not found:
            break
        stressed = found not in UNSTRESSED and not main_given and found not in _TWOWAY
        if found in _TWOWAY:
            stressed = capital and not main_given
        parts.append(Part(found, at, "prefix", int(stressed), int(found in _SECOND.split())))
        main_given |= stressed
        at += len(found)
        rest = word[at:]
    stem, tail = _tail(rest)
    vowel = _stressed_vowel(stem) if not main_given else 0
    parts.append(Part(stem, at, "stem", 2 if main_given else 1, vowel))
    at += len(stem)
    for suffix in tail:
        parts.append(Part(suffix, at, "suffix"))
        at += len(suffix)
    return parts


def _prefix(word: str, first: bool) -> str:
    """The longest prefix that leaves a plausible word, or ""."""
    for prefix in _PREFIXES:
        if word.startswith(prefix) and _stands_alone(word, len(prefix)):
            return prefix
    return ""


def _stands_alone(word: str, cut: int) -> bool:
    rest = word[cut:]
    if len(rest) < 3 or not _ONSET.match(rest) or _WEAK.fullmatch(rest):
        return False
    pair = word[cut - 1 : cut + 1]
    return pair not in (
        "ei",
        "eu",
        "ie",
        "au",
        "äu",
        "ee",
        "ck",
        "ch",
        "ss",
        "tt",
        "nn",
        "bb",
        "ff",
        "eh",
        "uh",
    )


def _tail(word: str) -> tuple[str, list[str]]:
    """The stem, and the consonant-initial suffixes after it."""
    tail: list[str] = []
    while found := _SUFFIX.fullmatch(word):
        stem, suffix, flex = found.groups()
        if not re.search(_VOWEL, stem) or len(stem) < 2:
            break
        if suffix == "chen" and (stem[-1] in "aouäöüeisc" or flex or (stem[-1] in "lnr" and len(stem) < 4)):
            break
        if suffix in ("bar", "sam", "los", "haft", "tum", "fach", "nis") and stem[-1] in "aeou":
            break
        if (suffix == "lein" and len(stem) < 3) or (suffix == "ling" and len(stem) < 3):
            break
        tail.insert(0, suffix + flex)
        word = stem
    return word, tail


def _stressed_vowel(stem: str) -> int:
    """Which vowel of a stem is stressed: the first, but borrowed words have it later."""
    groups = [
        match.span() for match in re.finditer(r"ieh|aa|ee|oo|äu|eu|ei|ai|ey|ay|au|ou|ie|[aeiouyäöü]", stem)
    ]
    groups = [g for g in groups if not (stem[g[0]] == "u" and g[0] and stem[g[0] - 1] == "q")]
    if len(groups) < 2:
        return 0
    for pattern, where in _DRAWN:
        found = pattern.search(stem)
        if not found or found.start() == 0:
            continue
        inside = [n for n, (a, _) in enumerate(groups) if a >= found.start()]
        before = [n for n, (a, b) in enumerate(groups) if b <= found.start() and stem[a:b] != "e"]
        if not inside or not before:
            continue
        return inside[1] if where == "io" and len(inside) > 1 else inside[0]
    full = [n for n, (a, b) in enumerate(groups) if not _is_murmured(stem, a, b)]
    if len(full) >= 3:  # "Veranda", "Marina"
        return full[-2]
    return full[0] if full else 0


def _is_murmured(stem: str, a: int, b: int) -> bool:
    return stem[a:b] == "e" and a > 1 and bool(_WEAK.search(stem[a - 1 :]))


_PREFIXES = tuple(
    sorted({*UNSTRESSED, *_FIRST.split(), *_SECOND.split(), *_TWOWAY}, key=lambda p: (-len(p), p))
)
