"""Cuts a word into syllables: its sounds by the largest onset, its letters where a score would cut them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from songwright.text.phonemes import SYLLABIC, bare, can_open, is_vowel, stress_of

_TOGETHER = ("th", "sh", "ch", "ph", "gh", "wh", "ck", "qu", "dg")
_CLUSTERS = "bl br cl cr dr fl fr gl gr pl pr sc sk sl sm sn sp st sw tr tw str spr scr spl thr shr chr phr squ sch wr kn"
_OPENERS = frozenset(_CLUSTERS.split())
_VOWEL_LETTERS = frozenset("aeiouy")


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


def letter_syllables(word: str, owners: Sequence[int], count: int) -> list[str]:
    """The letters of a word cut into `count` pieces, none empty where the letters suffice.

    owners: for each letter of `word`, the syllable whose vowel it writes, or -1 (consonants, silent letters).
    """
    if count == 1:
        return [word]
    cuts, start = [], 1
    for syllable in range(1, count):
        left = [n for n, owner in enumerate(owners) if owner == syllable - 1]
        right = [n for n, owner in enumerate(owners) if owner == syllable]
        if left and right:
            cut = _cut(word.lower(), left[-1] + 1, right[0])
        else:
            cut = max(start, round(len(word) * syllable / count))
        start = min(max(cut, start), len(word)) + 1
        cuts.append(start - 1)
    return [word[a:b] for a, b in zip([0, *cuts], [*cuts, len(word)], strict=True)]


def _cut(word: str, start: int, end: int) -> int:
    """Where to cut the consonant letters word[start:end] between two vowels."""
    if start < end - 1 and word[start] in _VOWEL_LETTERS and word[start] == "e":
        start += 1  # the silent e of "love-ly" stays on the left
    run = word[start:end]
    tail = word[end:]
    if tail in ("ing", "in'", "ings", "er", "ers", "est", "ed") and len(run) == 2 and run[0] == run[1]:
        return start + 1
    if tail in ("ing", "ings") or (tail == "in'" and run):
        return end
    if len(run) < 2:
        return start + 1 if run == "x" else start
    if run in _TOGETHER:
        return end if run == "ck" else start
    for cut in range(1, len(run)):
        splits_pair = any(run.startswith(pair, cut - 1) for pair in _TOGETHER)
        rest = run[cut:]
        if not splits_pair and (len(rest) == 1 or rest in _OPENERS or rest in _TOGETHER):
            return start + cut
    return start + len(run) - 1
