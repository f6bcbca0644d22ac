"""Every speech sound songwright knows, in one list for all languages, and how each is made in the mouth.

English sounds carry the names of the CMU dictionary (ARPAbet without stress digits); German adds those it does not
share. PAU is silence. Signs follow the International Phonetic Alphabet (2020) and X-SAMPA (Wells 1995); the places of
vowels follow Ladefoged & Johnson (2014) and, for German, Kohler (1999).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

FEATURE_NAMES = (
    "silence", "vowel", "voiced", "stop", "fricative", "sibilant", "nasal", "lateral", "rhotic", "glide",
    "place", "height", "backness", "rounding", "length", "end_height", "end_backness", "end_rounding",
)  # fmt: skip
"""What each number of `features` says, 0..1. place: 0 at the lips .. 1 at the glottis. end_*: where a vowel goes."""

KINDS = ("silence", "vowel", "stop", "affricate", "fricative", "nasal", "liquid", "glide")


@dataclass(frozen=True)
class Phone:
    """A speech sound. kind: one of KINDS. features: as in FEATURE_NAMES."""

    symbol: str
    ipa: str
    xsampa: str
    kind: str
    voiced: bool
    features: tuple[float, ...]


# symbol, IPA, X-SAMPA, height, backness, rounding, length; diphthongs also say where they end
_VOWELS = """
AA  ɑ   A    0.05 0.80 0.05 0.5
AE  æ   {    0.20 0.10 0.00 0.6
AH  ʌ   V    0.35 0.65 0.00 0.1
AO  ɔː  O:   0.35 0.95 0.70 0.7
AW  aʊ  aU   0.05 0.45 0.00 1.0  0.80 0.85 0.90
AY  aɪ  aI   0.05 0.45 0.00 1.0  0.85 0.15 0.00
EH  ɛ   E    0.45 0.10 0.00 0.2
ER  ɝ   3`   0.52 0.46 0.60 0.6
EY  eɪ  eI   0.60 0.08 0.00 0.9  0.90 0.05 0.00
IH  ɪ   I    0.85 0.18 0.00 0.2
IY  iː  i:   1.00 0.00 0.00 0.8
OW  oʊ  oU   0.60 0.80 0.80 0.9  0.85 0.85 1.00
OY  ɔʏ  OY   0.40 0.95 0.80 1.0  0.85 0.15 0.30
UH  ʊ   U    0.82 0.80 0.80 0.2
UW  uː  u:   1.00 0.90 1.00 0.8
AX  ə   @    0.50 0.45 0.00 0.0
A   a   a    0.00 0.50 0.00 0.2
AL  aː  a:   0.00 0.50 0.00 0.8
EE  eː  e:   0.75 0.02 0.00 0.8
EL  ɛː  E:   0.45 0.10 0.00 0.8
OO  oː  o:   0.70 0.95 1.00 0.8
OH  ɔ   O    0.40 0.92 0.80 0.2
OE  øː  2:   0.72 0.15 1.00 0.8
OEH œ   9    0.42 0.20 0.90 0.2
UE  yː  y:   1.00 0.12 1.00 0.8
UEH ʏ   Y    0.82 0.22 0.90 0.2
AR  ɐ   6    0.22 0.55 0.00 0.1
"""

# symbol, IPA, X-SAMPA, kind, voiced, place; then, where they matter, tongue height, backness and lip rounding
_CONSONANTS = """
B   b   b    stop      1 0.00
CH  tʃ  tS   affricate 0 0.45 0.80 0.20 0.40
D   d   d    stop      1 0.30
DH  ð   D    fricative 1 0.20
F   f   f    fricative 0 0.08
G   ɡ   g    stop      1 0.70 1.00 0.80
HH  h   h    fricative 0 1.00
JH  dʒ  dZ   affricate 1 0.45 0.80 0.20 0.40
K   k   k    stop      0 0.70 1.00 0.80
L   l   l    liquid    1 0.30
M   m   m    nasal     1 0.00
N   n   n    nasal     1 0.30
NG  ŋ   N    nasal     1 0.70 1.00 0.80
P   p   p    stop      0 0.00
R   ɹ   r\\   liquid    1 0.45 0.60 0.50 0.50
S   s   s    fricative 0 0.30
SH  ʃ   S    fricative 0 0.45 0.80 0.20 0.40
T   t   t    stop      0 0.30
TH  θ   T    fricative 0 0.20
V   v   v    fricative 1 0.08
W   w   w    glide     1 0.00 1.00 0.90 1.00
Y   j   j    glide     1 0.58 1.00 0.00
Z   z   z    fricative 1 0.30
ZH  ʒ   Z    fricative 1 0.45 0.80 0.20 0.40
C   ç   C    fricative 0 0.58 1.00 0.05
X   x   x    fricative 0 0.72 1.00 0.80
RR  ʁ   R    liquid    1 0.82 0.60 0.90
TS  ts  ts   affricate 0 0.30
PF  pf  pf   affricate 0 0.05
Q   ʔ   ?    stop      0 1.00
"""
_SIBILANTS = frozenset(("S", "Z", "SH", "ZH", "CH", "JH", "TS"))
_RHOTIC = frozenset(("R", "RR", "ER"))


def _vowel(row: str) -> Phone:
    symbol, ipa, xsampa, *numbers = row.split()
    height, back, rounded, length, *end = (float(number) for number in numbers)
    made = {
        "vowel": 1.0, "voiced": 1.0, "height": height, "backness": back, "rounding": rounded, "length": length,
        "rhotic": float(symbol in _RHOTIC),
    }  # fmt: skip
    made |= dict(zip(FEATURE_NAMES[-3:], end or (height, back, rounded), strict=True))
    return Phone(symbol, ipa, xsampa, "vowel", True, _ordered(made))


def _consonant(row: str) -> Phone:
    symbol, ipa, xsampa, kind, voiced, *numbers = row.split()
    place, height, back, rounded = ([float(number) for number in numbers] + [0.0, 0.0, 0.0])[:4]
    made = {
        "silence": 0.9 * (symbol == "Q"), "voiced": float(voiced), "place": place,
        "stop": {"stop": 1.0, "affricate": 0.4}.get(kind, 0.0),
        "fricative": 0.5 if symbol == "RR" else float(kind in ("fricative", "affricate")),
        "sibilant": float(symbol in _SIBILANTS), "nasal": float(kind == "nasal"), "lateral": float(symbol == "L"),
        "rhotic": float(symbol in _RHOTIC), "glide": float(kind == "glide"),
        "height": height, "backness": back, "rounding": rounded,
        "end_height": height, "end_backness": back, "end_rounding": rounded,
    }  # fmt: skip
    return Phone(symbol, ipa, xsampa, kind, voiced == "1", _ordered(made))


def _ordered(made: Mapping[str, float]) -> tuple[float, ...]:
    return tuple(made.get(name, 0.0) for name in FEATURE_NAMES)


def _inventory() -> dict[str, Phone]:
    silence = Phone("PAU", "", "", "silence", False, _ordered({"silence": 1.0}))
    vowels = [_vowel(row) for row in _VOWELS.strip().splitlines()]
    consonants = [_consonant(row) for row in _CONSONANTS.strip().splitlines()]
    return {phone.symbol: phone for phone in (silence, *vowels, *consonants)}


SILENCE = "PAU"
PHONES: Mapping[str, Phone] = MappingProxyType(_inventory())
VOWELS = frozenset(symbol for symbol, phone in PHONES.items() if phone.kind == "vowel")
CONSONANTS = frozenset(PHONES) - VOWELS - {SILENCE}
_ENGLISH = (
    "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
)
_GERMAN = (
    "A AL AW AY EE EH EL AX AR IH IY OE OEH OH OO OY UE UEH UH UW "
    "B C CH D F G HH JH K L M N NG P PF Q RR S SH T TS V X Y Z ZH"
)
ENGLISH, GERMAN = frozenset(_ENGLISH.split()), frozenset(_GERMAN.split())

# How much each feature counts when one sound stands in for another: manner first, then voice, then place.
_WEIGHTS = dict.fromkeys(FEATURE_NAMES, 1.0) | {
    "silence": 50.0, "vowel": 50.0, "voiced": 2.0, "stop": 2.5, "fricative": 1.6, "sibilant": 0.5, "nasal": 6.0,
    "lateral": 4.0, "rhotic": 3.0, "glide": 0.3, "place": 9.0, "height": 2.5, "backness": 2.0, "rounding": 1.2,
    "length": 0.5, "end_height": 1.2, "end_backness": 0.4, "end_rounding": 0.5,
}  # fmt: skip
_TONGUE = frozenset(("height", "backness", "rounding", "end_height", "end_backness", "end_rounding"))
_COLOUR = frozenset(("rhotic",))


def kind(symbol: str) -> str:
    """What sort of sound it is: one of KINDS. Raises KeyError for a stranger."""
    return PHONES[symbol].kind


def is_vowel(symbol: str) -> bool:
    """Whether a phone, with or without stress digit ("AH0"), is a vowel; strangers are none."""
    return symbol.rstrip("012") in VOWELS


def is_voiced(symbol: str) -> bool:
    """Whether the vocal folds swing. Raises KeyError for a stranger."""
    return PHONES[symbol].voiced


def features(symbol: str) -> tuple[float, ...]:
    """How a phone is made, as numbers 0..1 in the order of FEATURE_NAMES. Raises KeyError for a stranger."""
    return PHONES[symbol].features


def nearest(symbol: str, known: Collection[str]) -> str:
    """The phone of `known` that is made most like `symbol`; itself where it is known.

    Vowels stand for vowels and consonants for consonants where there are any. Raises KeyError for a symbol that is
    no phone, ValueError where nothing is known.
    """
    if symbol in known:
        return symbol
    return _nearest(symbol, frozenset(known))


@lru_cache(maxsize=4096)
def _nearest(symbol: str, known: frozenset[str]) -> str:
    if not known:
        raise ValueError("nothing is known to stand in")
    return min(sorted(known), key=lambda other: distance(symbol, other))


def distance(a: str, b: str) -> float:
    """How unlike two phones are made: 0 = the same, about 1 for neighbours."""
    shades = _TONGUE if a in CONSONANTS and b in CONSONANTS else _COLOUR
    pairs = zip(FEATURE_NAMES, PHONES[a].features, PHONES[b].features, strict=True)
    # features that only shade the sound count a tenth
    return sum((0.1 if name in shades else 1.0) * _WEIGHTS[name] * (x - y) ** 2 for name, x, y in pairs)


# What else writers of phonetic signs use, and the phones that say it; longer signs are tried first.
_MORE_IPA = """
a͡ɪ AY|ai AY|ɑɪ AY|aj AY|ae̯ AY|aɛ AY|a͡ʊ AW|au AW|ɑʊ AW|aw AW|ao̯ AW|ɔɪ OY|ɔi OY|oɪ OY|oi OY|ɔø OY|ɔy OY|ei EY|ej EY
əʊ OW|ou OW|ow OW|ɪə IY AX|eə EH AX|ɛə EH AX|ʊə UH AX|ɑː AA|ɒ AO|ɒː AO|ɔː AO|æː AE|ɜː ER|ɜ ER|ɜːɹ ER|ɜɹ ER|ɚ ER
ɘ AX|ɵ UH|ɨ IH|ʉ UW|ʉː UW|ɯ UH|ɤ AH|ɶ OEH|ɞ ER|i IY|u UW|y UE|e EE|o OO|ø OE|œː OEH|əː ER|ᵻ IH
r R|ɾ R|ɻ R|ʀ RR|g G|ɫ L|ʎ L Y|ɭ L|ɲ N Y|ɳ N|ɱ M|ɴ NG|ʧ CH|ʤ JH|ʦ TS|dz D Z|ʣ D Z|χ X|ɣ G|ħ HH|ɦ HH|ʕ RR|ʍ W
ɥ Y|ɰ W|ʋ V|β V|ɸ F|ʝ Y|ɕ SH|ʑ ZH|ʂ SH|ʐ ZH|ɬ SH L|ɮ L|c K Y|ɟ G Y|q K|ɢ G|ʈ T|ɖ D
l̩ AX L|n̩ AX N|m̩ AX M|ŋ̍ AX NG
ã AA NG|ɑ̃ AA NG|ɔ̃ OH NG|õ OH NG|ɛ̃ EH NG|æ̃ EH NG|œ̃ OEH NG
"""
_MORE_XSAMPA = """
ai AY|aU AW|au AW|OI OY|Oi OY|oI OY|OY OY|eI EY|ei EY|EI EY|@U OW|ou OW|I@ IY AX|e@ EH AX|E@ EH AX|U@ UH AX|A: AA|Q AO
Q: AO|{: AE|3: ER|3 ER|3:r ER|@` ER|@r ER|@\\ AX|8 UH|1 IH|} UW|}: UW|M UH|7 AH|& OEH|i IY|u UW|y UE|e EE|o OO|2 OE
9: OEH|@: ER|r R|4 R|r\\` R|R\\ RR|l` L|5 L|L L Y|J N Y|F M|N\\ NG|dz D Z|X X|G G|X\\ HH|h\\ HH|W W|H Y|P V|B V|p\\ F
j\\ Y|s\\ SH|z\\ ZH|s` SH|z` ZH|K SH L|c K Y|J\\ G Y|q K|G\\ G|t` T|d` D
l= AX L|n= AX N|m= AX M|N= AX NG|A~ AA NG|a~ AA NG|O~ OH NG|o~ OH NG|E~ EH NG|{~ EH NG|9~ OEH NG
"""
PRIMARY, SECONDARY, BORDER = "ˈ", "ˌ", "."
_IPA_MARKS = {"ˈ": PRIMARY, "'": PRIMARY, "’": PRIMARY, "ˌ": SECONDARY, ".": BORDER, "-": BORDER}
_XSAMPA_MARKS = {'"': PRIMARY, "'": PRIMARY, "%": SECONDARY, ".": BORDER, "-": BORDER}
_IPA_SILENT = " _ːˑ͜͡‿ʰʲʷˠˤ̯̥̬̪̃̈̽̚˞/[]|‖↗↘˥˦˧˨˩"
_XSAMPA_SILENT = ":/_ "


def from_ipa(text: str) -> tuple[str, ...]:
    """The phones written in IPA, without stress and syllable marks; ValueError names a sign it does not know."""
    return tuple(sign for sign in signs(text) if sign in PHONES)


def from_xsampa(text: str) -> tuple[str, ...]:
    """The phones written in X-SAMPA, with or without blanks; ValueError names a sign it does not know."""
    return tuple(sign for sign in signs(text, xsampa=True) if sign in PHONES)


def signs(text: str, xsampa: bool = False) -> tuple[str, ...]:
    """Phones and the marks PRIMARY, SECONDARY, BORDER in order of writing. ValueError(sign) for a stranger."""
    table = _signs(xsampa)
    longest, silent = max(map(len, table)), _XSAMPA_SILENT if xsampa else _IPA_SILENT
    marks = _XSAMPA_MARKS if xsampa else _IPA_MARKS
    text = text if xsampa else unicodedata.normalize("NFD", text).replace("c\u0327", "ç")
    text = text.replace("\u0361", "").replace("\u035c", "")
    found: list[str] = []
    at = 0
    while at < len(text):
        sign = next((text[at : at + n] for n in range(longest, 0, -1) if text[at : at + n] in table), "")
        if sign:
            found += table[sign]
        elif text[at] in marks:
            found.append(marks[text[at]])
        elif text[at] not in silent:
            raise ValueError(text[at])
        at += len(sign) or 1
    return tuple(found)


@lru_cache(maxsize=2)
def _signs(xsampa: bool) -> Mapping[str, tuple[str, ...]]:
    """Sign -> phones, for one of the two ways of writing."""
    own = {phone.xsampa if xsampa else phone.ipa: (phone.symbol,) for phone in PHONES.values() if phone.ipa}
    rows = (_MORE_XSAMPA if xsampa else _MORE_IPA).strip().replace("\n", "|").split("|")
    more = {sign: tuple(phones) for sign, *phones in (row.split() for row in rows)}
    table = {**more, **own}
    if xsampa:
        return table
    return {unicodedata.normalize("NFD", sign).replace("c\u0327", "ç").replace("\u0361", ""): phones
            for sign, phones in table.items()}  # fmt: skip
