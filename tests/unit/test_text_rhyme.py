"""Which lines rhyme."""

import pytest

from songwright.text.rhyme import likeness, rhyme_letters, rhyme_tail
from songwright.text.speech import Pronouncer


@pytest.fixture(scope="module")
def pronouncer(shelf) -> Pronouncer:
    return Pronouncer(shelf.lexicon("en"), shelf.letters("en"))


def letters(pronouncer: Pronouncer, *ends: str) -> str:
    return " ".join(letter or "-" for letter in rhyme_letters([pronouncer.words(end) for end in ends]))


@pytest.mark.parametrize(
    ("ends", "scheme"),
    [
        (("pouring rain", "a town", "midnight train", "around"), "A B A B"),
        (("in the fire", "my desire", "all alone", "go home"), "A A B B"),
        (("take my time", "nothing", "you are mine"), "A - A"),
        (("walk away", "yesterday", "hold on"), "A A -"),
        (("whiskey", "risky", "heart", "apart"), "A A B B"),
        (("love", "gold", "rain", "heart"), "- - - -"),
        (("home", "home"), "A A"),
    ],
)
def test_schemes(pronouncer, ends, scheme):
    assert letters(pronouncer, *ends) == scheme


def test_perfect_and_near(pronouncer):
    rain, train, name = (pronouncer.words(word) for word in ("rain", "train", "name"))
    assert likeness(rhyme_tail(rain), rhyme_tail(train)) == 1.0
    assert 0.62 <= likeness(rhyme_tail(rain), rhyme_tail(name)) < 1.0


def test_rhymes_far_apart_are_not_heard(pronouncer):
    lines = ["rain", *["love", "gold", "stop", "give", "fish", "burn", "south", "grip", "act"], "train"]
    assert letters(pronouncer, *lines).split()[0] == "-"


def test_empty_lines_rhyme_with_none(pronouncer):
    assert rhyme_letters([(), pronouncer.words("rain"), ()]) == ("", "", "")
