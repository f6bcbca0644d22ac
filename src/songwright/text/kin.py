"""Finds how a word is said from its kin: dropped g's, plurals, past tenses, compounds of words the dictionary knows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from songwright.text.phonemes import bare

Lexicon = Mapping[str, tuple[tuple[str, ...], ...]]

_HISSING = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_VOICELESS = frozenset(("P", "T", "K", "F", "TH"))
_ENDINGS = {
    "ly": ("L", "IY0"), "ness": ("N", "AH0", "S"), "less": ("L", "AH0", "S"), "ful": ("F", "AH0", "L"),
    "in'": ("IH0", "N"), "in": ("IH0", "N"), "ing": ("IH0", "NG"), "er": ("ER0",), "est": ("AH0", "S", "T"),
    "'ll": ("AH0", "L"), "'d": ("AH0", "D"), "'ve": ("AH0", "V"), "'re": ("ER0",), "n't": ("AH0", "N", "T"),
    "ish": ("IH0", "SH"), "y": ("IY0",), "able": ("AH0", "B", "AH0", "L"),
}  # fmt: skip
_DOUBLED = re.compile(r"(.)\1{2,}")
_OFTEN_HELD = frozenset(("so", "no", "go", "me", "we", "he", "be", "my", "to", "do"))
_MIN_PART = 3


def derived(word: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    """Phones of a word from the lexicon, directly or by kinship; None where it has no kin there."""
    word = word.strip(".")
    return (
        _listed(word, lexicon)
        or _dropped_g(word, lexicon)
        or _listed(word.strip("'"), lexicon)
        or _drawn_out(word, lexicon)
        or _inflected(word, lexicon)
        or _compound(word, lexicon)
    )


def _listed(word: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    return lexicon[word][0] if word and word in lexicon else None


def _drawn_out(word: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    """ "sooooo" is "so", "yeahhh" is "yeah"."""
    if not _DOUBLED.search(word):
        return None
    single, double = _DOUBLED.sub(r"\1", word), _DOUBLED.sub(r"\1\1", word)
    choices = (single, double) if single in _OFTEN_HELD else (double, single)
    return next((p for choice in choices if (p := _listed(choice, lexicon))), None)


def _dropped_g(word: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    """ "runnin'" is "running" with an n at its end."""
    if not word.endswith(("in'", "in")) or len(word) < 5:
        return None
    whole = _listed(word.rstrip("'") + "g", lexicon)
    return (*whole[:-1], "N") if whole and whole[-1] == "NG" else None


def _inflected(word: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    """A known word with a known ending."""
    for ending in ("'s", "s'", "es", "s"):
        base = _base(word, ending, lexicon)
        if base:
            last = bare(base[-1])
            tail = ("IH0", "Z") if last in _HISSING else ("S",) if last in _VOICELESS else ("Z",)
            return base + tail
    for ending in ("ed", "'d"):
        base = _base(word, ending, lexicon)
        if base:
            last = bare(base[-1])
            tail = ("IH0", "D") if last in ("T", "D") else ("T",) if last in _HISSING | _VOICELESS else ("D",)
            return base + (("D",) if last in ("Z", "ZH", "JH") else tail)
    for ending, tail in _ENDINGS.items():
        base = _base(word, ending, lexicon)
        if base:
            return base + tail
    return None


def _base(word: str, ending: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    """The word without its ending, as the dictionary spells it: "make" for "making", "run" for "running"."""
    if not word.endswith(ending) or len(word) - len(ending) < _MIN_PART - (ending[0] == "'"):
        return None
    root = word[: -len(ending)]
    choices = [root]
    if ending[0] in "ei" or ending == "y":
        if ending not in ("es",):
            choices = [root + "e", root]
        if len(root) > 3 and root[-1] == root[-2]:
            choices.insert(0, root[:-1])
    if root.endswith("i"):
        choices.append(root[:-1] + "y")
    return next((p for choice in choices if (p := _listed(choice, lexicon))), None)


def _compound(word: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    """Two known words side by side, "moon" and "lit"; the second keeps a lesser stress."""
    for cut in range(len(word) - _MIN_PART, _MIN_PART - 1, -1):
        left, right = _listed(word[:cut], lexicon), _listed(word[cut:], lexicon)
        if left and right:
            return left + tuple(phone.replace("1", "2") for phone in right)
    return None
