"""Cuts a word into syllables: its sounds by the largest onset, its letters where a score would cut them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from songwright.text.phonemes import SYLLABIC, bare, can_open, stress_of
from songwright.text.phones import is_vowel

_TOGETHER = ("th", "sh", "ch", "ph", "gh", "wh", "ck", "qu", "dg", "ng")
_CLUSTERS = (
    "bl br cl cr dr fl fr gl gr pl pr sc sk sl sm sn sp st sw tr tw str spr scr spl thr shr chr phr squ wr kn"
)
_OPENERS = frozenset(_CLUSTERS.split())
_VOWEL_SIGNS = frozenset("aeiouyw")
_SUFFIXES = ("ness", "less", "ment", "ful", "ward", "ly")
_ING = ("ing", "ings", "in'")
CONSONANT, SILENT = -1, -2


def sound_syllables(phones: Sequence[str]) -> list[tuple[str, ...]]:
    """Phones (stress digits allowed) cut into syllables with one vowel each, consonants to the next where it can open.

    A word without a vowel becomes one syllable: a syllabic m, n or l carries it, or a schwa is put in.
    """
    phones = with_nucleus(phones)
    nuclei = [n for n, phone in enumerate(phones) if is_vowel(phone)]
    if len(nuclei) < 2:
        return [tuple(phones)]
    cuts = [0]
    for left, right in pairwise(nuclei):
        cut = left + 1
        while not can_open(tuple(bare(phone) for phone in phones[cut:right])):
            cut += 1
        cuts.append(cut)
    return [tuple(phones[a:b]) for a, b in zip(cuts, [*cuts[1:], len(phones)], strict=True)]


def with_nucleus(phones: Sequence[str]) -> tuple[str, ...]:
    """The phones, made singable if there is no vowel: "brr" gets ER, "psst" a schwa, "hmm" keeps its m."""
    phones = tuple(phones)
    if any(is_vowel(phone) for phone in phones) or any(phone in SYLLABIC for phone in phones):
        return phones
    if "R" in phones:
        place = phones.index("R")
        return (*phones[:place], "ER1", *phones[place + 1 :])
    return (*phones[:1], "AH1", *phones[1:])


def syllable_stress(phones: Sequence[str]) -> int:
    """The stress of a syllable's vowel; a syllabic consonant counts as stressed."""
    return next((stress_of(phone) for phone in phones if is_vowel(phone)), 1)


def letter_syllables(word: str, owners: Sequence[int], closed: Sequence[bool]) -> list[str]:
    """The letters of a word cut into pieces, one a syllable, none empty where the letters suffice.

    owners: for each letter, the syllable whose vowel it writes, CONSONANT or SILENT. closed: for each syllable,
    whether its vowel is short and stressed, so that a lone consonant after it stays with it ("riv-er", "ri-val").
    """
    low, count = word.lower(), len(closed)
    cuts, start = [], 1
    for syllable in range(1, count):
        left = [n for n, owner in enumerate(owners) if owner == syllable - 1]
        right = [n for n, owner in enumerate(owners) if owner == syllable]
        if syllable == count - 1 and low.endswith("n't"):
            cut = len(word) - 3  # "does-n't"
        elif left and right:
            end, begin = _between(low, owners, left[-1] + 1, right[0])
            if low[end - 2 : end] == "rr":
                end -= 1  # "wor-ry"
            if low[:begin] == "with":
                end = begin  # "with-out"
            after_r = low[end - 1] == "r" and low[end:begin] in _OPENERS  # "un-der-stand"
            cut = end if after_r else end + _cut(low[end:begin], low[begin:], closed[syllable - 1])
        else:
            cut = round(len(word) * syllable / count)
        start = min(max(cut, start), len(word)) + 1
        cuts.append(start - 1)
    return [word[a:b] for a, b in zip([0, *cuts], [*cuts, len(word)], strict=True)]


def _between(word: str, owners: Sequence[int], end: int, begin: int) -> tuple[int, int]:
    """The consonant letters between two vowel letters, without the silent vowel letters that belong to either."""
    apart = CONSONANT in owners[end:begin]
    if apart or word[begin] == "r":  # the r of "doctor" sounds its o, the y of "whiskey" its e
        while begin > end and word[begin - 1] in "aeiou":
            begin -= 1
    while end < begin and owners[end] == SILENT and word[end] in _VOWEL_SIGNS:
        end += 1
    return end, begin


def _cut(run: str, tail: str, closed: bool) -> int:
    """How many of the consonant letters between two vowels stay on the left; tail: the letters from the vowel on."""
    silent = max((n for n, letter in enumerate(run) if letter in "aeiou"), default=-1)
    if silent > 0 and run[silent:] != "er":
        return silent + 1  # "love-ly"
    if silent > 0:
        run = run[:silent]  # "ev-ery"
    if len(run) == 2 and run[0] == run[1]:
        return 2 if tail in _ING and run[0] in "lsfz" else 1  # "roll-ing", "run-ning"
    if tail in _ING and run != "th":
        return len(run)  # "walk-ing"
    if len(run) <= 1 or run in _TOGETHER:
        return len(run) if closed or run in ("x", "ck", "ng") else 0
    if run in _OPENERS and run[0] != "s" and not closed:
        return 0  # "se-cret"
    if (run[-1] + tail).startswith(_SUFFIXES):
        return len(run) - 1  # "dark-ness"
    for cut in range(1, len(run)):
        splits_pair = any(run.startswith(pair, cut - 1) for pair in _TOGETHER)
        rest = run[cut:]
        if not splits_pair and (len(rest) == 1 or rest in _OPENERS or rest in _TOGETHER):
            return cut
    return len(run) - 1
