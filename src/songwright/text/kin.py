"""Finds how a word is said from its kin: dropped g's, plurals, past tenses, contractions, words drawn out.

Only kinship that is surer than the letters model was kept: compounds ("moon" + "lit") and endings like -ly or -er
were measured on held-out words and are said better from their letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from songwright.text.phonemes import bare

Lexicon = Mapping[str, tuple[tuple[str, ...], ...]]
Phones = tuple[str, ...]

_HISSING = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_VOICELESS = frozenset(("P", "T", "K", "F", "TH"))
_CONTRACTED: dict[str, Phones] = {
    "n't": ("AH0", "N", "T"),
    "'ll": ("AH0", "L"),
    "'ve": ("AH0", "V"),
    "'re": ("ER0",),
}
_ENDINGS: dict[str, Phones] = {"est": ("AH0", "S", "T"), "ness": ("N", "AH0", "S")}
_DOUBLED = re.compile(r"(.)\1{2,}")
_OFTEN_HELD = frozenset(("so", "no", "go", "me", "we", "he", "be", "my", "to", "do"))
_MIN_ROOT = 3


def derived(word: str, lexicon: Lexicon, say: Callable[[str], Phones]) -> Phones:
    """Phones of a word from the lexicon, directly or by kinship, else from its letters by `say`."""
    word = word.strip(".")
    return (
        _listed(word, lexicon)
        or _dropped_g(word, lexicon, say)
        or _listed(word.strip("'"), lexicon)
        or _drawn_out(word, lexicon)
        or _inflected(word, lexicon)
        or _contracted(word, lexicon, say)
        or say(_DOUBLED.sub(r"\1\1", word))
    )


def _listed(word: str, lexicon: Lexicon) -> Phones | None:
    return lexicon[word][0] if word and word in lexicon else None


def drawn_in(word: str) -> tuple[str, ...]:
    """What a word may be whose letters were drawn out: "yeahhh" is "yeahh" or "yeah"; () where none were."""
    if not _DOUBLED.search(word):
        return ()
    single, double = _DOUBLED.sub(r"\1", word), _DOUBLED.sub(r"\1\1", word)
    return (single, double) if single in _OFTEN_HELD else (double, single)


def _drawn_out(word: str, lexicon: Lexicon) -> Phones | None:
    return next((p for choice in drawn_in(word) if (p := _listed(choice, lexicon))), None)


def _dropped_g(word: str, lexicon: Lexicon, say: Callable[[str], Phones]) -> Phones | None:
    """ "runnin'" is "running" with an n at its end."""
    if not word.endswith(("in'", "in")) or len(word) < 5:
        return None
    full = word.rstrip("'") + "g"
    whole = _listed(full, lexicon) or (say(full) if word.endswith("'") else None)
    return (*whole[:-1], "N") if whole and whole[-1] == "NG" else None


def _inflected(word: str, lexicon: Lexicon) -> Phones | None:
    """A known word with s, ed, est or ness after it."""
    for ending in ("s'", "s", "es"):
        base = _base(word, ending, lexicon)
        if base:
            return base + _plural(base)
    for ending in ("ed", "'d"):
        base = _listed(word[:-2] + "ed", lexicon) if word.endswith("'d") else None
        if base:  # "promis'd" is "promised"
            return base
        base = _base(word, ending, lexicon)
        if base:
            return base + _past(base)
    for ending, tail in _ENDINGS.items():
        base = _base(word, ending, lexicon)
        if base:
            return base + tail
    return None


def _contracted(word: str, lexicon: Lexicon, say: Callable[[str], Phones]) -> Phones | None:
    """Any word, known or not, with 's, 'd, 'll, 've, 're or n't after it."""
    for ending in ("'s", "'d", *_CONTRACTED):
        root = word.removesuffix(ending)
        if root == word or not root.strip("'"):
            continue
        base = _listed(root, lexicon) or say(root)
        if base:
            return base + (
                _plural(base) if ending == "'s" else _past(base) if ending == "'d" else _CONTRACTED[ending]
            )
    return None


def _plural(base: Phones) -> Phones:
    last = bare(base[-1])
    return ("IH0", "Z") if last in _HISSING else ("S",) if last in _VOICELESS else ("Z",)


def _past(base: Phones) -> Phones:
    last = bare(base[-1])
    if last in ("T", "D"):
        return ("IH0", "D")
    return ("T",) if last in _VOICELESS or last in ("S", "SH", "CH") else ("D",)


def _base(word: str, ending: str, lexicon: Lexicon) -> Phones | None:
    """The word without its ending, as the dictionary spells it: "hope" for "hoped", "stop" for "stopped"."""
    root = word.removesuffix(ending)
    if root == word or len(root) < _MIN_ROOT:
        return None
    choices = [root]
    if ending[0] == "e" and ending != "es":
        choices = [root + "e", root]
        if len(root) > _MIN_ROOT and root[-1] == root[-2]:
            choices.insert(0, root[:-1])
    if root.endswith("i"):
        choices.append(root[:-1] + "y")
    return next((p for choice in choices if (p := _listed(choice, lexicon))), None)
