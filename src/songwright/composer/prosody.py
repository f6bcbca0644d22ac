"""How a line wants to be spoken: which syllables are heavy, where it breathes, how long each wants to last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songwright.values.words import Syllable, Word

STRESSED = 0.5  # weight from which a syllable counts as stressed


@dataclass(frozen=True)
class Sung:
    """One syllable of a line. weight: 0 light .. 1 heavy. length: how long it wants to be, 1 = average.

    word: the word as written, on each of its syllables. syllabic: single, begin, middle, end.
    pause: 0 none, 1 a comma, 2 a full stop or dash after it.
    """

    syllable: Syllable
    word: str
    syllabic: str
    weight: float
    length: float
    pause: int


def sung_syllables(words: Sequence[Word]) -> tuple[Sung, ...]:
    """The syllables of a line with their weights, after the usual reading of English verse.

    Content words weigh by their lexical stress, function words little, and of three light syllables in a row the
    middle one is lifted a little (rhythmic alternation, Hayes 1995). A light last word gains weight: it rhymes.
    """
    found: list[Sung] = []
    for number, word in enumerate(words):
        last_word = number == len(words) - 1
        for i, syllable in enumerate(word.syllables):
            weight = _weight(word, syllable, last_word)
            ends = i == len(word.syllables) - 1
            pause = 0 if not ends or last_word else _pause(word.text)
            length = 0.8 + 0.45 * weight + (0.1 if len(syllable.phones) > 3 else 0.0)
            length += (0.15 if ends and weight >= STRESSED else 0.0) + 0.6 * pause
            found.append(Sung(syllable, word.text, _syllabic(i, len(word.syllables)), weight, length, pause))
    return tuple(_alternating(found))


def _weight(word: Word, syllable: Syllable, last_word: bool) -> float:
    single = len(word.syllables) == 1
    if word.is_function_word:
        weight = (0.25 if single else 0.75) if syllable.stress == 1 else 0.1 if single else 0.0
    elif single:
        weight = 0.9 if syllable.stress else 0.5
    else:
        weight = {1: 1.0, 2: 0.5}.get(syllable.stress, 0.0)
    return max(weight, 0.6) if last_word and single else weight


def _pause(text: str) -> int:
    tail = text.rstrip("\"'”’)")
    if tail.endswith((",", ";", ":")):
        return 1
    return 2 if tail.endswith((".", "!", "?", "—", "–", "-", "…")) else 0


def _syllabic(place: int, count: int) -> str:
    if count == 1:
        return "single"
    return "begin" if place == 0 else "end" if place == count - 1 else "middle"


def _alternating(sung: list[Sung]) -> list[Sung]:
    """Light syllables between light ones are lifted a little, so that long light runs still dance."""
    lifted = list(sung)
    for i in range(1, len(sung) - 1):
        if all(s.weight < 0.3 for s in lifted[i - 1 : i + 2]) and sung[i].syllabic == "single":
            here = sung[i]
            lifted[i] = Sung(here.syllable, here.word, here.syllabic, 0.28, here.length, here.pause)
    return lifted


def leading_light(sung: Sequence[Sung]) -> int:
    """How many light syllables stand before the first heavy one: the upbeat of the line."""
    for i, item in enumerate(sung):
        if item.weight >= STRESSED:
            return i
    return 0
