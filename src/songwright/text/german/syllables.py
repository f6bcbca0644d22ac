"""Cuts a German word into syllables: its sounds by the largest onset, its letters where Duden hyphenates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from songwright.text.german.letters import Sound

# Clusters that can open a German syllable inside a word part.
_TWO = (
    "P-L P-RR B-L B-RR T-RR D-RR K-L K-RR K-N K-V G-L G-RR G-N F-L F-RR SH-P SH-T SH-L SH-M SH-N SH-RR SH-V TS-V "
    "PF-L PF-RR S-T S-P S-K V-RR P-S TS-Y N-Y L-Y RR-Y S-Y Z-Y D-Y G-Y T-Y M-Y"
)
_THREE = "SH-P-RR SH-P-L SH-T-RR S-T-RR S-P-RR S-P-L S-K-RR S-K-L"
ONSETS = frozenset(tuple(cluster.split("-")) for cluster in (_TWO + " " + _THREE).split())
_RISING = frozenset(("bl", "br", "dr", "tr", "gr", "kr", "pr", "fr", "pl", "kl", "gl", "fl"))
_ONE_LETTER = ("sch", "ch", "ck", "ph", "th", "qu")


def sound_cuts(units: Sequence[Sound], borders: Sequence[int]) -> tuple[int, ...]:
    """Indices of the sounds that open the second, third ... syllable; borders: where word parts end."""
    nuclei = [n for n, unit in enumerate(units) if unit.is_vowel]
    cuts = []
    for left, right in pairwise(nuclei):
        border = next((b for b in borders if left < b <= right), None)
        if border is not None:
            cuts.append(border)
            continue
        cut = left + 1
        while not _can_open([phone for unit in units[cut:right] for phone in unit.phones]):
            cut += 1
        cuts.append(cut)
    return tuple(cuts)


def _can_open(phones: Sequence[str]) -> bool:
    if len(phones) <= 1:
        return tuple(phones) != ("NG",)
    return tuple(phones) in ONSETS


def letter_cuts(word: str, units: Sequence[Sound], borders: Sequence[int]) -> tuple[int, ...]:
    """Letters before each hyphen: one consonant letter goes on with the next syllable, ch, sch, ck, ph, th whole."""
    nuclei = [n for n, unit in enumerate(units) if unit.is_vowel]
    cuts = []
    for left, right in pairwise(nuclei):
        border = next((b for b in borders if left < b <= right), None)
        if border is not None:
            cuts.append(units[border].start if border < len(units) else len(word))
            continue
        begin, end = units[left].end, units[right].start
        if begin == end and word[begin - 1] == "h":
            begin -= 1  # "ge-hen": a silent h goes on with the next syllable
        run = word[begin:end]
        cuts.append(begin + _consonant_cut(run))
    return tuple(cuts)


def _consonant_cut(run: str) -> int:
    """How many consonant letters between two vowels stay on the left."""
    if len(run) > 1 and run[-1] == "i":
        return _consonant_cut(run[:-1])  # "Na-tion": the i glides
    for group in _ONE_LETTER:
        if run.endswith(group):
            return len(run) - len(group)
    if run in _RISING:
        return 0
    return max(0, len(run) - 1)
