"""The sounds: one list for all languages, how each is made, which stands in for which, and how people write them."""

import pytest

from songwright.text import phones
from songwright.text.phones import ENGLISH, GERMAN, PHONES, from_ipa, from_xsampa, nearest


def test_every_phone_says_how_it_is_made():
    for symbol, phone in PHONES.items():
        assert symbol == phone.symbol and symbol.isalpha() and symbol.isupper()
        assert len(phones.features(symbol)) == len(phones.FEATURE_NAMES)
        assert all(0.0 <= value <= 1.0 for value in phone.features)
        assert phone.kind in phones.KINDS
        assert phones.is_vowel(symbol) == (phone.kind == "vowel")
    assert {*ENGLISH, *GERMAN} <= set(PHONES)
    assert len({phone.features for phone in PHONES.values()}) == len(PHONES)


@pytest.mark.parametrize("symbol", sorted(GERMAN - ENGLISH - {"Q"}))
def test_a_german_sound_finds_an_english_one_of_its_kind(symbol):
    found = nearest(symbol, ENGLISH)
    assert phones.is_vowel(found) == phones.is_vowel(symbol)
    if symbol not in ("RR",):
        assert phones.is_voiced(found) == phones.is_voiced(symbol)


def test_neighbours_are_those_a_teacher_would_name():
    english = {s: nearest(s, ENGLISH) for s in ("RR", "C", "X", "EE", "OO", "AL", "UE", "TS", "EL", "OE")}
    assert english == {
        "RR": "R", "C": "SH", "X": "HH", "EE": "EY", "OO": "OW", "AL": "AA", "UE": "UW", "TS": "S", "EL": "EH",
        "OE": "ER",
    }  # fmt: skip
    german = {s: nearest(s, GERMAN) for s in ("W", "R", "EY", "OW", "TH", "AH")}
    assert german == {"W": "V", "R": "RR", "EY": "EE", "OW": "OO", "TH": "F", "AH": "AR"}
    assert nearest("Q", {*ENGLISH, "PAU"}) == "PAU"
    assert nearest("AA", {"AA", "B"}) == "AA"


def test_strangers_are_named():
    with pytest.raises(KeyError):
        nearest("QQ", ENGLISH)
    with pytest.raises(ValueError, match="nothing"):
        nearest("AA", ())


def test_ipa_and_xsampa_say_the_same():
    assert from_ipa("ʃɪˈvɔːn") == from_xsampa('S I "v O: n') == ("SH", "IH", "V", "AO", "N")
    assert from_ipa("ˈt͡sʏʁɪç") == from_xsampa('"tsYRIC') == ("TS", "UEH", "RR", "IH", "C")
    assert from_ipa("mɪːç") == ("M", "IH", "C")
    assert from_ipa("tʃeɪndʒ") == ("CH", "EY", "N", "JH")


@pytest.mark.parametrize("symbol", sorted(set(PHONES) - {"PAU"}))
def test_each_phone_reads_its_own_signs(symbol):
    phone = PHONES[symbol]
    assert from_ipa(phone.ipa) == (symbol,)
    assert from_xsampa(phone.xsampa) == (symbol,)


def test_an_unknown_sign_is_named():
    with pytest.raises(ValueError, match="ʘ"):
        from_ipa("ʘa")
    with pytest.raises(ValueError, match="!"):
        from_xsampa("a!")
