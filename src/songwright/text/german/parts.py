"""Takes a German word apart: prefixes, stems, suffixes, endings, and where its stress lies.

The cheapest way through the word wins (Viterbi over a small word grammar): prefixes, then a stem, then suffixes and an
ending, then perhaps the next stem of a compound. Known stems are cheap, unknown ones cost by their length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from songwright.text.german.letters import VOWEL_LETTERS, graphemes, nuclei
from songwright.text.german.stems import STEMS

# prefix -> phones; stress lies after it.
UNSTRESSED = {
    "be": ("B", "AX"), "ge": ("G", "AX"), "er": ("EH", "RR"), "ver": ("F", "EH", "RR"), "zer": ("TS", "EH", "RR"),
    "ent": ("EH", "N", "T"), "emp": ("EH", "M", "P"),
}  # fmt: skip
_FIRST = (
    "ab an auf aus bei ein fort heim her hin los mit nach vor weg zu um un ur miss durch inne gegen über unter wieder "
    "wider hinter nieder dar vorder erz haupt"
)
_SECOND = (
    "zurück zusammen entgegen vorüber vorbei voran voraus herunter hinunter herüber hinüber herein hinein heraus "
    "hinaus herauf hinauf heran hinan herbei herab hinab herum umher umhin daher dahin empor dagegen davon hervor "
    "hinweg"
)
SECOND = frozenset(_SECOND.split())
"""Prefixes that bear their stress on the second syllable."""

_TWOWAY = ("über", "unter", "wieder", "wider", "hinter", "um", "durch")
"""Before verbs the stress lies after these."""
_NOUNS_OF_VERBS = ("über", "unter", "wider", "hinter")
"""As in "Überraschung", which keeps the stress of its verb."""

_OPEN_SUFFIXES = (
    "ung ungs ig igs isch in innen er el erin erinnen erei ei end ern eln ler ner ier ität itäten ation ations ationen "
    "ion ions ionen ie ien ismus ist isten iker itäts iv abel ibel iert en ens"
)
# endings that bear the stress themselves, and on which of their vowels
_DRAWING = {"erei": 1, "ei": 0, "ier": 0, "iert": 0, "ität": 1, "itäten": 1, "itäts": 1, "ation": 1, "ations": 1,
            "ationen": 1, "ion": 0, "ions": 0, "ionen": 0, "ismus": 0, "ist": 0, "isten": 0, "ie": 0, "iv": 0,
            "abel": 0, "ibel": 0}  # fmt: skip
_SHUT_SUFFIXES = (
    "heit heits keit keits schaft schafts lich chen lein bar sam los haft nis niss tum tums tüm ling "
    "lings wärts mals"
)
_ENDINGS = (
    "e en er es em s n st t te ten test tet est et ete eten etest end ende enden ender endes endem ere eren erer eres "
    "erem ste sten ster stes stem este esten ester estes estem ern erst erste ersten erster erstes ens tes tem ter els "
    "eln elt elst elte elten ert erte erten re ren rer res rem le len ler les lem nd nde nden nder ndes rnd lnd"
)
_LINKS = "s es n en er e ens"

_STRESS_ENDINGS = re.compile(
    r"(?:tion|sion|xion|tät|ier|ismus|ist|ant|ent|enz|anz|ekt|akt|ell|ett|esk|iv|än|är|eur|ör|ös|ur|al|at|et|it|ot|ut|om|on|an|"
    r"in|ik|ment|graf|graph|log|gog|krat|thek|phon|fon|skop|nom|soph|mat|ast|os|ag|ad|ied|üm|ei|är|ekt|ott|isk|ard|ert|ur|"
    r"ie|ion|ee)$"
)
_ONSET = re.compile(
    r"(?:sch[lmnrwt]?|str|spr|spl|sp|st|sk|sl|sm|sn|chr|ch|pfl|pfr|pf|phr|ph|th|thr|rh|qu|zw|kn|gn|pn|ps|"
    r"[bdgkpft]r|[bgkpf]l|wr|tsch|[bcdfghjklmnprstvwxz])?[aeiouyäöü]"
)
_CODA = re.compile(r"[aeiouyäöü](?:[lmnr]?[^aeiouyäöü]{0,3}|schst|chst|rbst|lbst)$")
# murmured syllables alone are no stem
_WEAK = re.compile(r"[^aeiouyäöü]*e(?:[lmnrst]|st|nd|ns|rn|ln|ls|rs|nt|rnd|lnd|t|nde[nmrs]?|te[nmrs]?)?")


@dataclass(frozen=True)
class Part:
    """A stretch of letters said as one: a prefix, or a stem with what is said on with it, or a suffix.

    stem: how many of its letters are the stem proper (0 = none). known: whether the stem was on the list.
    stress: 1 main, 2 side, 0 none. vowel: which of its vowels bears it. drawn: the vowel of an ending that draws it.
    """

    text: str
    start: int
    kind: str
    stem: int = 0
    known: bool = False
    stress: int = 0
    vowel: int = 0
    drawn: int = 0


@dataclass(frozen=True)
class Step:
    """One piece on the way through the word."""

    kind: str  # "unstressed", "prefix", "stem", "open", "shut", "ending", "link"
    start: int
    end: int
    known: bool = True


_BEFORE_STEM, _AFTER_STEM, _AFTER_ENDING = 0, 1, 2
_COST = {"unstressed": 1.6, "prefix": 2.2, "open": 1.2, "shut": 1.0, "link": 1.6}
_ENDING_COST, _ENDING_LETTER, _DRAWING_COST, _CHEN_COST = 0.6, 0.15, 1.0, 0.5
_KNOWN_COST, _SHORT_STEM, _UNKNOWN_COST, _UNKNOWN_LETTER = 3.0, 1.8, 6.5, 1.05
_COMPOUND = 1.0  # a further stem
_LONGEST_STEM = 24


def _pieces() -> dict[str, list[tuple[str, float]]]:
    """Text -> what it may be, and the price."""
    table: dict[str, list[tuple[str, float]]] = {}

    def put(texts: Iterable[str], kind: str, price: Callable[[str], float]) -> None:
        for text in texts:
            table.setdefault(text, []).append((kind, price(text)))

    put(UNSTRESSED, "unstressed", lambda text: _COST["unstressed"])
    put((*_FIRST.split(), *sorted(SECOND)), "prefix", lambda text: _COST["prefix"])
    put(
        sorted(set(_OPEN_SUFFIXES.split())),
        "open",
        lambda text: _COST["open"] + _DRAWING_COST * (text in _DRAWING),
    )
    put(_SHUT_SUFFIXES.split(), "shut", lambda text: _COST["shut"] + _CHEN_COST * (text == "chen"))
    put(sorted(set(_ENDINGS.split())), "ending", lambda text: _ENDING_COST + _ENDING_LETTER * len(text))
    put(_LINKS.split(), "link", lambda text: _COST["link"])
    put(
        STEMS, "stem", lambda text: _KNOWN_COST + {1: _SHORT_STEM, 2: _SHORT_STEM, 3: 0.4}.get(len(text), 0.0)
    )
    return table


_PIECES = _pieces()
_LONGEST_PIECE = max(map(len, _PIECES))
# (state, kind) -> next state
_GRAMMAR = {
    (_BEFORE_STEM, "unstressed"): _BEFORE_STEM,
    (_BEFORE_STEM, "prefix"): _BEFORE_STEM,
    (_BEFORE_STEM, "stem"): _AFTER_STEM,
    (_AFTER_STEM, "open"): _AFTER_STEM,
    (_AFTER_STEM, "shut"): _AFTER_STEM,
    (_AFTER_STEM, "ending"): _AFTER_ENDING,
    (_AFTER_STEM, "link"): _BEFORE_STEM,
    (_AFTER_STEM, "stem"): _AFTER_STEM,
    (_AFTER_STEM, "prefix"): _BEFORE_STEM,
    (_AFTER_STEM, "unstressed"): _BEFORE_STEM,
    (_AFTER_ENDING, "shut"): _AFTER_STEM,
}
_OPENING = frozenset(("stem", "prefix", "unstressed"))


@lru_cache(maxsize=8192)
def steps(word: str) -> tuple[Step, ...]:
    """The cheapest way through a word of lower-case letters."""
    joints = _joints(word)
    best: list[dict[int, tuple[float, tuple[Step, ...]]]] = [{} for _ in range(len(word) + 1)]
    best[0][_BEFORE_STEM] = (0.0, ())
    for at in range(len(word)):
        if not best[at]:
            continue
        for end, kind, cost, known in _choices(word, at):
            for state, (price, way) in list(best[at].items()):
                after = _GRAMMAR.get((state, kind))
                if after is None or not _fits(word, joints, way, kind, at, end, known):
                    continue
                total = price + cost + _COMPOUND * (state == _AFTER_STEM and kind in _OPENING)
                if after not in best[end] or total < best[end][after][0] - 1e-9:
                    best[end][after] = (total, (*way, Step(kind, at, end, known)))
    ends = [best[-1][state] for state in (_AFTER_STEM, _AFTER_ENDING) if state in best[-1]]
    return min(ends, key=lambda e: e[0])[1] if ends else (Step("stem", 0, len(word), False),)


def _choices(word: str, at: int) -> Iterator[tuple[int, str, float, bool]]:
    """What may begin at a letter: where it ends, its kind, its price, whether it is known."""
    for end in range(at + 1, min(len(word), at + _LONGEST_STEM) + 1):
        text = word[at:end]
        for kind, price in _PIECES.get(text, ()) if end - at <= _LONGEST_PIECE else ():
            yield end, kind, price, True
        if (
            text not in STEMS
            and end - at > 1
            and _ONSET.match(text)
            and _CODA.search(text)
            and not _WEAK.fullmatch(text)
        ):
            yield end, "stem", _UNKNOWN_COST + _UNKNOWN_LETTER * (end - at - 2), False


def _joints(word: str) -> dict[int, str]:
    """Places inside letters that sound as one, where a word is cut only between parts one is sure of."""
    inside: dict[int, str] = {}
    for text, at in graphemes(word):
        text = "ch" if text == "chs" else text
        if len(text) > 1 and text[0] != text[1] and text not in ("ts", "dt"):
            inside |= {at + n: text for n in range(1, len(text))}
    return inside


def _fits(
    word: str, joints: Mapping[int, str], way: tuple[Step, ...], kind: str, at: int, end: int, known: bool
) -> bool:
    """Whether a piece may stand here."""
    before = way[-1] if way else None
    joint = joints.get(at, "")
    if joint:
        sure = known and before is not None and before.known and end - at > 1
        if joint == "sch" and word[at] == "c":
            return sure and (kind == "shut" or (kind == "stem" and word.startswith("ch", at)))
        if joint in ("ck", "ch", "qu", "sch") or (joint == "tsch" and not word.startswith("sch", at)):
            return False
        if joint[0] in VOWEL_LETTERS:
            return (
                sure
                and kind in ("stem", "prefix")
                and before.kind in ("unstressed", "prefix")
                and end - at > 2
            )
        if not (sure and kind != "ending") and not (
            joint == "ng" and before is not None and before.kind == "prefix"
        ):
            return False
    if kind in ("unstressed", "prefix"):
        return end < len(word)
    if kind in ("ending", "link", "open") and word[at] == word[at - 1] and word[at] not in VOWEL_LETTERS:
        return False  # "hat-te" has two t of its own
    if kind == "shut" and before is not None:
        if before.kind == "stem" and not before.known and at - before.start < 3:
            return False
        if word[at:end] == "chen":
            return word[at - 1] not in VOWEL_LETTERS
    return True


def take_apart(word: str, capital: bool = False) -> list[Part]:
    """The parts of a word of a-z and äöüß in order; their texts joined are the word.

    capital: written with a capital, so a noun: "Überfluss" but "überlegen".
    """
    way = steps(word)
    parts: list[Part] = []
    stems = [step for step in way if step.kind == "stem"]
    main_given = False
    for n, step in enumerate(way):
        text = word[step.start : step.end]
        if step.kind == "unstressed":
            parts.append(Part(text, step.start, "prefix"))
        elif step.kind == "prefix":
            follows_prefix = n + 1 < len(way) and way[n + 1].kind == "prefix"
            derived = text in _NOUNS_OF_VERBS and word.endswith(("ung", "ungen", "ungs"))
            verb = (
                (not capital or derived)
                and text in _TWOWAY
                and step.start == 0
                and stems[:1]
                and not follows_prefix
            )
            stressed = not main_given and not verb
            parts.append(
                Part(
                    text,
                    step.start,
                    "prefix",
                    step.end - step.start,
                    True,
                    int(stressed),
                    int(text in SECOND),
                )
            )
            main_given |= stressed
        elif step.kind == "stem":
            level = 2 if main_given else 1
            main_given = True
            parts.append(Part(text, step.start, "stem", len(text), step.known, level, 0))
        elif step.kind in ("open", "ending", "link"):
            last = parts[-1]
            drawn = last.drawn
            if step.kind == "open" and text in _DRAWING and last.kind == "stem":
                drawn = len(nuclei(last.text)) + _DRAWING[text]
            parts[-1] = replace(last, text=last.text + text, drawn=drawn)
        else:
            parts.append(Part(text, step.start, "suffix", len(text)))
    return [_with_stress(part) for part in parts]


def _with_stress(part: Part) -> Part:
    """The part with the vowel that bears its stress."""
    if part.kind != "stem":
        return part
    count = len(nuclei(part.text))
    if part.drawn and count:
        return replace(part, vowel=min(part.drawn, count - 1))
    stem = part.text[: part.stem]
    groups = [group for group in nuclei(part.text) if group[0] < part.stem]
    if len(groups) < 2:
        return part
    if part.known:
        place = STEMS[stem]
        return replace(part, vowel=next((n for n, (_, b) in enumerate(groups) if place < b), 0))
    return replace(part, vowel=_guessed(stem, groups))


def _guessed(stem: str, groups: list[tuple[int, int]]) -> int:
    """Where an unknown stem bears its stress: borrowed endings draw it, else the last but one of three syllables."""
    found = _STRESS_ENDINGS.search(stem)
    if found:
        inside = [n for n, (a, b) in enumerate(groups) if a >= found.start() or b > found.start()]
        if inside and inside[0] > 0:
            return inside[-1]
    full = [n for n, (a, b) in enumerate(groups) if stem[a:b] != "e" or n == 0]
    return full[-2] if len(full) >= 3 else full[0]
