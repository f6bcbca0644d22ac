"""Where every phone falls: vowels on the beat, consonants before it, codas squeezed in before the next word.

Times are seconds; phones of any language as in `text.phones`, grouped by how they are made. Vowels begin on the beat
and consonants before it, as singers do (Sundberg 1987, "The Science of the Singing Voice"). Within the clamps of the
consonants a phone decoder hears long ones best (error rate .42 near the upper ends, .50 near the lower); beyond them
nothing is won.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from songwright.text.phones import FEATURE_NAMES, PHONES, SILENCE, VOWELS, Phone

# Seconds of a consonant, hurried to unhurried, by kind and voice.
_SPANS_S = {
    ("stop", False): (0.060, 0.110), ("stop", True): (0.040, 0.080),
    ("affricate", False): (0.080, 0.140), ("affricate", True): (0.080, 0.140),
    ("fricative", False): (0.080, 0.140), ("fricative", True): (0.050, 0.090),
    ("nasal", True): (0.060, 0.100), ("liquid", True): (0.050, 0.090), ("glide", True): (0.050, 0.090),
}  # fmt: skip
# Single sounds against their kind: medians before a vowel of some 20,000 consonants in the recordings of the English
# and the German speaker the voices come from (held between 0.9 and 1.2: what speech swallows, singers say).
_OF_KIND = {
    "P": 1.15, "T": 0.9, "K": 1.2, "B": 1.05, "D": 0.9, "G": 1.15, "JH": 0.9, "F": 1.0, "TH": 0.9, "S": 1.15,
    "SH": 1.2, "C": 0.9, "X": 0.95, "V": 0.95, "DH": 0.9, "Z": 1.2, "ZH": 1.2, "M": 1.1, "N": 0.9, "NG": 1.2,
    "R": 0.95, "RR": 0.9, "L": 1.05,
}  # fmt: skip
_GLOTTAL_S = {"HH": (0.050, 0.090), "Q": (0.025, 0.045)}  # nothing moves but the folds
_OTHER_S = (0.050, 0.100)
# What carries the tone of a word without a vowel ("hmm", "shh"), best first; sibilants before other hisses.
_CARRIERS = ("nasal", "liquid", "glide", "fricative", "affricate", "stop")
_PLACE = FEATURE_NAMES.index("place")
MOST_OF_NOTE = 0.55  # coda + next onset may take this share of the time from vowel to vowel
_UNHURRIED_S = 0.45  # vowel to vowel time from which consonants have their full length
_FINAL_STRETCH = 1.15
_FINAL_EARLY_S = 0.030


@dataclass(frozen=True)
class Sung:
    """One syllable to be sung over one or more notes: when its vowel begins and when it must be over.

    onset, nucleus, coda: phones. start_s: where the vowel begins. end_s: where its last note ends. note_id: its first.
    before: how it follows the syllable before it: "breath" (new phrase), "rest" (short silence) or "join".
    luck: -1..1, how long its consonants happen to be.
    """

    onset: tuple[str, ...]
    nucleus: str
    coda: tuple[str, ...]
    start_s: float
    end_s: float
    note_id: str
    stress: int
    line: int | None
    before: str = "join"
    luck: float = 0.0


@dataclass(frozen=True)
class Timed:
    """A phone with its place in time."""

    symbol: str
    onset_s: float
    offset_s: float
    note_id: str
    line: int | None


def split_syllable(phones: Sequence[str]) -> tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]:
    """Onset, nucleus, coda of each vowel in `phones`; usually one. No phones at all: a plain "ah".

    Where a word has no vowel, its most sonorous consonant carries the tone.
    """
    clean = [phone.rstrip("012").upper() for phone in phones if phone.strip("012")]
    if not clean:
        return (((), "AA", ()),)
    peaks = [i for i, phone in enumerate(clean) if phone in VOWELS]
    if not peaks:
        peaks = [min(range(len(clean)), key=lambda i: (_dullness(clean[i]), i))]
    out = []
    for place, peak in enumerate(peaks):
        begin = 0 if place == 0 else peaks[place - 1] + 1
        coda = tuple(clean[peak + 1 :]) if place == len(peaks) - 1 else ()
        out.append((tuple(clean[begin:peak]), clean[peak], coda))
    return tuple(out)


def _dullness(symbol: str) -> tuple[int, bool, float]:
    """How little a consonant carries a tone: small for "m", large for "p"."""
    phone = PHONES.get(symbol)
    if phone is None or phone.kind not in _CARRIERS:
        return (len(_CARRIERS), False, 0.0)
    return (_CARRIERS.index(phone.kind), not phone.voiced, _bluntness(phone))


def _bluntness(phone: Phone) -> float:
    """0 at the lips .. 1 at the glottis; hisses of the lips and the throat come after the sharp ones."""
    place = phone.features[_PLACE]
    return abs(place - 0.35) if phone.kind == "fricative" else place


@cache
def _span_s(symbol: str) -> tuple[float, float]:
    """Shortest and longest seconds of a consonant."""
    phone = PHONES.get(symbol)
    if symbol in _GLOTTAL_S or phone is None:
        return _GLOTTAL_S.get(symbol, _OTHER_S)
    low, high = _SPANS_S.get((phone.kind, phone.voiced), _OTHER_S)
    return low * _OF_KIND.get(symbol, 1.0), high * _OF_KIND.get(symbol, 1.0)


def consonant_s(phone: str, ease: float, crowd: int, luck: float) -> float:
    """Seconds a consonant takes. ease: 0 hurried .. 1 unhurried. crowd: consonants in its cluster. luck: -1..1."""
    low, high = _span_s(phone)
    span = low + (high - low) * min(max(0.6 + 0.4 * ease + 0.12 * luck, 0.0), 1.0)
    return span * (1.0, 1.0, 0.82, 0.72)[min(crowd, 3)]


def onset_s(cluster: Sequence[str]) -> float:
    """Seconds the consonants before an unhurried vowel usually take."""
    return sum(_lengths(cluster, 0.8, 0.0))


def lay_out(sung: Sequence[Sung]) -> list[list[Timed]]:
    """The phones of a whole part, phrase by phrase, in order and without gaps inside a phrase.

    Silences inside a phrase become the phone PAU.
    """
    phrases: list[list[Timed]] = []
    onsets = [_lengths(s.onset, _ease(sung, i), s.luck) for i, s in enumerate(sung)]
    codas = [_lengths(s.coda, _ease(sung, i + 1), s.luck) for i, s in enumerate(sung)]
    for i, syllable in enumerate(sung):
        if i == 0 or syllable.before == "breath":
            phrases.append([])
            room = max(syllable.start_s - (0.0 if i == 0 else sung[i - 1].end_s), 0.001)
            onsets[i] = _shrunk(onsets[i], room)
            _place(phrases[-1], syllable.onset, onsets[i], syllable.start_s - sum(onsets[i]), syllable)
        following = sung[i + 1] if i + 1 < len(sung) and sung[i + 1].before != "breath" else None
        _vowel_and_after(phrases[-1], syllable, codas[i], following, onsets[i + 1] if following else [])
    return phrases


def _vowel_and_after(
    phones: list[Timed], here: Sung, coda_s: list[float], following: Sung | None, next_onset_s: list[float]
) -> None:
    """Put down vowel, coda, a possible rest, and the next syllable's onset."""
    start = phones[-1].offset_s if phones else here.start_s
    if following is None:
        end = onset_at = max(here.end_s - _FINAL_EARLY_S, start + 0.5 * (here.end_s - start))
        coda_s = _shrunk([span * _FINAL_STRETCH for span in coda_s], MOST_OF_NOTE * (end - start))
    else:
        if here.coda and following.onset and here.coda[-1] == following.onset[0]:
            coda_s = [*coda_s[:-1], 0.6 * coda_s[-1]]  # "hold down": the two d melt
            next_onset_s = [0.7 * next_onset_s[0], *next_onset_s[1:]]
        rest_s = following.start_s - here.end_s if following.before == "rest" else 0.0
        limit = MOST_OF_NOTE * (following.start_s - start - rest_s) + rest_s
        wanted = sum(coda_s) + sum(next_onset_s)
        if wanted > limit:
            coda_s = [span * limit / wanted for span in coda_s]
            next_onset_s = [span * limit / wanted for span in next_onset_s]
        onset_at = following.start_s - sum(next_onset_s)
        end = min(here.end_s, onset_at) if rest_s > 0.0 else onset_at
        coda_s = _shrunk(coda_s, MOST_OF_NOTE * (end - start))
    coda_at = end - sum(coda_s)
    phones.append(Timed(here.nucleus, start, coda_at, here.note_id, here.line))
    _place(phones, here.coda, coda_s, coda_at, here)
    if following is not None:
        if onset_at - end > 0.010:
            phones.append(Timed(SILENCE, end, onset_at, here.note_id, here.line))
        elif onset_at > end:
            phones[-1] = replace(phones[-1], offset_s=onset_at)
        _place(phones, following.onset, next_onset_s, onset_at, following)


def _place(
    phones: list[Timed], symbols: Sequence[str], spans: Sequence[float], at: float, owner: Sung
) -> None:
    """Append consonants one after the other from `at` on."""
    for symbol, span in zip(symbols, spans, strict=True):
        phones.append(Timed(symbol, at, at + span, owner.note_id, owner.line))
        at += span


def _ease(sung: Sequence[Sung], i: int) -> float:
    """How much time there is around the border before syllable i: 0 hurried .. 1 unhurried."""
    if i == 0 or i >= len(sung) or sung[i].before == "breath":
        return 0.8
    return min((sung[i].start_s - sung[i - 1].start_s) / _UNHURRIED_S, 1.0)


def _lengths(cluster: Sequence[str], ease: float, luck: float) -> list[float]:
    """Seconds of each consonant of a cluster."""
    return [consonant_s(phone, ease, len(cluster), luck) for phone in cluster]


def _shrunk(spans: list[float], limit: float) -> list[float]:
    """Spans scaled down, if needed, so that together they take at most `limit`."""
    total = sum(spans)
    return spans if total <= limit else [span * limit / total for span in spans]
