"""English sounds as the dictionary writes them (ARPAbet, vowels with stress digits), and which may open a syllable."""

from __future__ import annotations

from collections.abc import Iterable

SYLLABIC = frozenset(("M", "N", "L"))  # consonants that can carry a note where a word has no vowel ("hmm")

# Clusters that can open an English syllable (Kreidler 2004, ch. 7); single consonants but NG always can.
_TWO = (
    "P-L P-R P-Y B-L B-R B-Y T-R T-W T-Y D-R D-W D-Y K-L K-R K-W K-Y G-L G-R G-W G-Y F-L F-R F-Y V-Y TH-R TH-W "
    "SH-R SH-M SH-L SH-N S-P S-T S-K S-M S-N S-L S-W S-F HH-Y HH-W M-Y N-Y V-R V-L"
)
_THREE = "S-P-R S-P-L S-P-Y S-T-R S-T-Y S-K-R S-K-L S-K-W S-K-Y"
ONSETS = frozenset(tuple(cluster.split("-")) for cluster in (_TWO + " " + _THREE).split())


def bare(phone: str) -> str:
    """A phone without its stress digit: "AH0" -> "AH"."""
    return phone[:-1] if phone[-1:].isdigit() else phone


def without_stress(phones: Iterable[str]) -> tuple[str, ...]:
    """All phones without their stress digits."""
    return tuple(bare(phone) for phone in phones)


def stress_of(phone: str) -> int:
    """The stress a vowel carries: 1 primary, 2 secondary, 0 none or not written."""
    return int(phone[-1]) if phone[-1:].isdigit() else 0


def can_open(cluster: tuple[str, ...]) -> bool:
    """Whether an English syllable can begin with these consonants (no stress digits)."""
    if not cluster:
        return True
    return cluster != ("NG",) if len(cluster) == 1 else cluster in ONSETS
