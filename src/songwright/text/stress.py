"""Which syllables bear weight: words that lean on their neighbours, and where stress likely falls."""

from __future__ import annotations

from songwright.text.phonemes import bare
from songwright.text.phones import VOWELS

_ARTICLES = "a an the"
_PREPOSITIONS = (
    "of to in for on with at by from up about into over after under through between out off than as like near "
    "'round 'bout down upon 'til till til 'neath o'er onto within without against among beside beyond per via"
)
_CONJUNCTIONS = "and or but nor so if when while because 'cause cause cuz since though that whether 'n n"
_PRONOUNS = (
    "i you he she it we they me him her us them my your his its our their mine 'em em ya y'all who whom whose which "
    "what this these those there i'm i've i'll i'd you're you've you'll you'd he's he'll he'd she's she'll she'd it's "
    "it'll it'd we're we've we'll we'd they're they've they'll they'd that's that'll there's who's what's 'tis 'twas"
)
_AUXILIARIES = (
    "am is are was were be been being do does did have has had will would shall should can could may might must "
    "let's gonna wanna gotta 's 'm 'd 'll 've 're"
)
FUNCTION_WORDS = frozenset(
    " ".join((_ARTICLES, _PREPOSITIONS, _CONJUNCTIONS, _PRONOUNS, _AUXILIARIES)).split()
)
_WEAK_VOWELS = frozenset(("AH", "ER", "IH"))


def is_function_word(word: str) -> bool:
    """Articles, prepositions, conjunctions, pronouns, auxiliaries: words that lean on their neighbours."""
    return word in FUNCTION_WORDS


def likely_pattern(phones: tuple[str, ...]) -> str:
    """Stress digits, one a vowel, for phones that carry none: the first full vowel of the first two is stressed."""
    vowels = [bare(phone) for phone in phones if bare(phone) in VOWELS]
    if not vowels:
        return ""
    weak_opening = len(vowels) > 1 and vowels[0] in _WEAK_VOWELS and vowels[1] not in _WEAK_VOWELS
    main = 1 if weak_opening and len(vowels) > 2 else 0
    return "".join("1" if n == main else "0" for n in range(len(vowels)))
