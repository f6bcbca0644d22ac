"""Tells which language lyrics are in: a line by its letters, a whole sheet also by the little words of every line.

`Judge` weighs runs of one to five letters (naive Bayes, whole-number costs, so every machine agrees); its table is
`weights/language.npz`, made by `recipes/train_language.py`: grams (G,) text; cost (G, 3) int8 in steps of COST_STEP
nats, one column for each of LEARNED.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
             "nl": "Dutch"}  # fmt: skip
SUNG = ("en", "de")
"""Languages songwright has sounds for; the first is meant where nothing tells."""

LEARNED = ("en", "de", "fr")
COST_STEP = 1.0 / 16.0
_LONGEST = 5
_SURE_STEPS = 96  # 6 nats: of held-out lines of three words, 1 in 300 misleads by so much

_LITTLE_WORDS = {
    "en": "the and you i to a of in my me it is that on your we for with be all so but no this don't when i'm it's "
    "was are they he she what just like can will there our not down up out never know now oh yeah got as at from by "
    "have has",
    "de": "der die das und ich du nicht ist ein eine zu mir mich dich dir wir sie es auf mit wie so für von den dem "
    "im bin bist kein nur auch wenn noch hab was doch uns aus bei nach über",
    "fr": "le la les et je tu il elle de des un une ne pas que qui dans pour mon ma mes ton ta sur est suis avec "
    "nous vous toi moi ce c'est j'ai au aux plus sans comme",
    "es": "el la los las y yo tú tu de un una no que en mi te me se es con por para como lo del al quiero más pero "
    "sin eres está cuando",
    "it": "il lo la i gli e io tu di un una non che in mi ti si è con per come del della nel sono sei più ma senza "
    "quando cosa questo",
    "pt": "o a os as e eu você de um uma não que em me te se é com por para como do da no na meu minha mais mas sem "
    "quando está",
    "nl": "de het een en ik jij je niet is van in op met mijn me we zij dat die voor maar als ook nog wat naar bij "
    "geen",
}
_CRY_WORDS = (
    "la na da di do du ba sha oh ooh oo o ah aah ha hey ho yeah hmm mm uh eh ja juhe tra trala lala baby"
)
_CRIES = frozenset(_CRY_WORDS.split())  # sung in every language
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SETS = {language: frozenset(words.split(" ")) for language, words in _LITTLE_WORDS.items()}
_SURE = 1.3  # another language must explain this much more than one that is sung


def grams(line: str) -> list[str]:
    """The runs of one to five letters of a line, blanks at the borders of words included."""
    text = f" {' '.join(_words(line))} "
    return [
        text[n : n + size]
        for size in range(1, _LONGEST + 1)
        for n in range(len(text) - size + 1)
        if text[n : n + size] != " "
    ]


def detect(text: str) -> str:
    """The language that most little words of a longer text speak for; English unless another clearly has more."""
    words = _words(text)
    score = {language: sum(word in little for word in words) for language, little in _SETS.items()}
    best = max(score, key=lambda language: score[language])
    varied = len(_SETS[best].intersection(words)) >= 3  # "la la la" is no French
    return best if varied and score[best] > _SURE * score["en"] else "en"


class Judge:
    """Knows a line's language by its letters."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        """arrays: as in the module's docstring."""
        self._cost = dict(zip(arrays["grams"].tolist(), arrays["cost"].tolist(), strict=True))

    def costs(self, line: str) -> dict[str, int]:
        """What the line costs in each of LEARNED, in steps of COST_STEP nats: the cheapest is the likeliest."""
        found = [self._cost[gram] for gram in grams(line) if gram in self._cost]
        return {language: sum(row[n] for row in found) for n, language in enumerate(LEARNED)}

    def likeliest(self, line: str, among: Sequence[str] = LEARNED) -> str:
        """The likeliest language of a line among some of LEARNED; the first of them where nothing tells."""
        costs = self.costs(line)
        return min(among, key=lambda language: costs[language])

    def languages(self, lines: Sequence[str]) -> tuple[str, ...]:
        """One of SUNG for each line: that of the song, but where a line clearly says another.

        A line that says too little ("la la la") goes with the lines around it.
        """
        leads, sure = [], []
        for line in lines:
            telling = [word for word in dict.fromkeys(_words(line)) if word not in _CRIES]
            costs = self.costs(" ".join(telling))
            leads.append(costs[SUNG[0]] - costs[SUNG[1]])
            sure.append(_SURE_STEPS if len(telling) > 2 else 2 * _SURE_STEPS)
        main = 1 if sum(leads) > 0 else -1
        result = []
        for n, lead in enumerate(leads):
            around = sum(leads[max(0, n - 2) : n + 3])
            other = -main * lead >= sure[n] or (-main * lead >= 0 and -main * around >= 2 * _SURE_STEPS)
            result.append(SUNG[(main if not other else -main) > 0])
        return tuple(result)


def foreign(text: str) -> str | None:
    """The language of a text none of SUNG can be: "fr", "es" ...; None where it may well be one of them."""
    found = detect(text)
    if found in SUNG:
        return None
    words = _words(text)
    own = max(sum(word in _SETS[language] for word in words) for language in SUNG)
    return found if sum(word in _SETS[found] for word in words) > _SURE * own else None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("’", "'"))
