"""Words as they are sung: sounds, syllables, stress; numbers and abbreviations; words no dictionary knows."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import songwright
from songwright.text.kin import derived
from songwright.text.letters import Letters
from songwright.text.lexicon import parse_dictionary, with_stress
from songwright.text.numbers import spoken_number
from songwright.text.phonemes import SYLLABIC, without_stress
from songwright.text.phones import CONSONANTS, VOWELS
from songwright.text.speech import Pronouncer
from songwright.text.spoken import said
from songwright.text.stress import likely_pattern
from songwright.values.words import Word

WEIGHTS = Path(songwright.__file__).parent / "weights"


@pytest.fixture(scope="module")
def pronouncer(shelf) -> Pronouncer:
    return Pronouncer(shelf.lexicon("en"), shelf.letters("en"))


@pytest.fixture(scope="module")
def letters(shelf) -> Letters:
    return Letters(shelf.letters("en"))


def sung(word: Word) -> str:
    return "-".join(syllable.text for syllable in word.syllables)


def sounds(word: Word) -> str:
    return " ".join(phone for syllable in word.syllables for phone in syllable.phones)


def stresses(word: Word) -> str:
    return "".join(str(syllable.stress) for syllable in word.syllables)


def spoken(line: str) -> str:
    return " ".join(word for piece in said(line) for word in piece.words)


@pytest.mark.parametrize(
    ("word", "parts", "stress"),
    [
        ("country", "coun-try", "10"), ("running", "run-ning", "10"), ("runnin'", "run-nin'", "10"),
        ("beautiful", "beau-ti-ful", "100"), ("tonight", "to-night", "01"), ("lonesome", "lone-some", "10"),
        ("Tennessee", "Ten-nes-see", "201"), ("river", "riv-er", "10"), ("guitar", "gui-tar", "01"),
        ("table", "ta-ble", "10"), ("sugar", "sug-ar", "10"), ("flower", "flow-er", "10"), ("every", "ev-ery", "10"),
        ("remember", "re-mem-ber", "010"), ("moonlit", "moon-lit", "12"), ("something", "some-thing", "10"),
        ("fire", "fire", "1"), ("hallelujah", "hal-le-lu-jah", "2010"), ("whiskey", "whis-key", "10"),
    ],
)  # fmt: skip
def test_syllables_and_stress(pronouncer, word: str, parts: str, stress: str):
    (found,) = pronouncer.words(word)
    assert (sung(found), stresses(found)) == (parts, stress)


def test_consonants_open_the_next_syllable_as_far_as_they_can(pronouncer):
    (found,) = pronouncer.words("country")
    assert [s.phones for s in found.syllables] == [("K", "AH", "N"), ("T", "R", "IY")]
    (found,) = pronouncer.words("extra")
    assert [s.phones for s in found.syllables] == [("EH", "K"), ("S", "T", "R", "AH")]


def test_small_words_lean(pronouncer):
    line = pronouncer.words("The old oak and the apple fell to a stone")
    leaning = [word.text for word in line if word.is_function_word]
    assert leaning == ["The", "and", "the", "to", "a"]
    assert all(stresses(word) == "0" for word in line if word.is_function_word)
    assert [stresses(word) for word in line if not word.is_function_word] == ["1", "1", "10", "1", "1"]
    assert sounds(line[0]) == "DH IY" and sounds(line[4]) == "DH IY" and sounds(line[7 + 1]) == "AH"
    assert sounds(pronouncer.words("the stone")[0]) == "DH AH"


def test_verbs_and_their_twins(pronouncer):
    assert sounds(pronouncer.words("close your eyes")[0]) == "K L OW Z"
    assert sounds(pronouncer.words("close to me")[0]) == "K L OW S"
    assert sounds(pronouncer.words("don't tear me apart")[1]) == "T EH R"
    assert sounds(pronouncer.words("the wind and a tear")[1]) == "W IH N D"


@pytest.mark.parametrize(
    ("written", "said_as"),
    [
        ("24", "twenty four"), ("1999", "nineteen ninety nine"), ("1905", "nineteen oh five"), ("2000", "two thousand"),
        ("2024", "twenty twenty four"), ("2005", "two thousand five"), ("1,250", "one thousand two hundred fifty"),
        ("3rd", "third"), ("21st", "twenty first"), ("12th", "twelfth"), ("$5", "five dollars"), ("$1", "one dollar"),
        ("$1.50", "one dollar fifty"), ("£20", "twenty pounds"), ("5:30", "five thirty"), ("5:05", "five oh five"),
        ("12:00", "twelve o'clock"), ("3am", "three a. m."), ("1980s", "nineteen eighties"), ("'90s", "nineties"),
        ("50s", "fifties"), ("'69", "sixty nine"), ("1/2", "a half"), ("3/4", "three quarters"),
        ("99.9", "ninety nine point nine"), ("100%", "one hundred percent"), ("24/7", "twenty four seven"),
        ("867-5309", "eight six seven five three oh nine"), ("911", "nine eleven"), ("007", "oh oh seven"),
        ("1000000", "one oh oh oh oh oh oh"), ("0", "zero"), ("7,000,000", "seven million"),
    ],
)  # fmt: skip
def test_numbers_are_spoken(written: str, said_as: str):
    assert " ".join(spoken_number(written)) == said_as
    assert spoken(f"{written}!") == said_as


@pytest.mark.parametrize(
    ("written", "said_as"),
    [
        ("Mr. Jones & Dr. Smith", "mister jones and doctor smith"), ("St. Louis", "saint louis"),
        ("on TV, OK?", "on t. v. ok"), ("U.S.A.", "u. s. a."), ("rock 'n' roll", "rock 'n' roll"),
        ("wait...what, love—gone -- now", "wait what love gone now"), ("heart-shaped", "heart shaped"),
        ("Café déjà", "cafe deja"), ("I LOVE US ALL", "i love us all"), ("“Don’t”", "don't"),
        ("#1 @ home + 2", "number one at home plus two"), ("NYC DJs", "n. y. c. d. j.s") ,
    ],
)  # fmt: skip
def test_signs_and_abbreviations_are_spoken(written: str, said_as: str):
    assert spoken(written) == said_as


def test_a_number_is_written_as_typed_and_sung_as_spoken(pronouncer):
    (word,) = pronouncer.words("24,")
    assert word.text == "24," and sung(word) == "twen-ty-four" and sounds(word) == "T W EH N T IY F AO R"
    assert sung(pronouncer.words("TV")[0]) == "T-V"


@pytest.mark.parametrize(
    ("word", "phones"),
    [("hmm", "HH M"), ("mmm", "M"), ("shh", "SH AH"), ("psst", "P AH S T"), ("brrr", "B ER"), ("ooh-ooh", "UW UW"),
     ("sooooo", "S OW"), ("yeahhh", "Y AE"), ("y'all", "Y AO L"), ("'cause", "K AH Z"), ("lovin'", "L AH V IH N"),
     ("smilin'", "S M AY L IH N"), ("hollered", "HH AA L ER D")],
)  # fmt: skip
def test_cries_hums_and_dropped_letters(pronouncer, word: str, phones: str):
    (found,) = pronouncer.words(word)
    assert sounds(found) == phones


def test_kin_of_known_words():
    new = {"zib": ("Z", "IH1", "B"), "zibbling": ("Z", "IH1", "B", "L", "IH0", "NG")}

    def say(word: str) -> tuple[str, ...]:
        return new[word]

    lexicon = parse_dictionary("glow G L OW1\nmake M EY1 K\nbless B L EH1 S\nstop S T AA1 P\nhum HH AH1 M\n")
    assert derived("glows", lexicon, say) == ("G", "L", "OW1", "Z")
    assert derived("saves", {"save": (("S", "EY1", "V"),)}, say) == ("S", "EY1", "V", "Z")
    assert derived("blesses", lexicon, say) == ("B", "L", "EH1", "S", "IH0", "Z")
    assert derived("stopped", lexicon, say) == ("S", "T", "AA1", "P", "T")
    assert derived("glow'd", lexicon, say) == ("G", "L", "OW1", "D")
    assert derived("hummmm", lexicon, say) == ("HH", "AH1", "M")
    assert derived("zib's", lexicon, say) == ("Z", "IH1", "B", "Z")
    assert derived("zibblin'", lexicon, say) == ("Z", "IH1", "B", "L", "IH0", "N")
    assert derived("zib", lexicon, say) == ("Z", "IH1", "B")


def test_stress_is_put_back(shelf):
    lexicon = shelf.lexicon("en")
    assert lexicon["country"][0] == ("K", "AH1", "N", "T", "R", "IY0")
    assert lexicon["banana"][0] == ("B", "AH0", "N", "AE1", "N", "AH0")
    assert lexicon["record"][0][-3:] == ("AO1", "R", "D") or "EH1" in lexicon["record"][0]
    assert "country" in lexicon and "zzyzx" not in lexicon and len(lexicon) > 100_000
    table = {"fingerprint": [], "pattern": [], "patterns": ["1"]}
    unknown = with_stress(parse_dictionary("balloon B AH L UW N\nhoney HH AH N IY\n"), table)
    assert unknown["honey"] == (("HH", "AH1", "N", "IY0"),)
    assert likely_pattern(("AH", "L", "EY", "N", "AH")) == "010"


def test_a_dictionary_finds_its_words_in_any_order_and_nothing_else():
    text = ";;; AH remark\n# x\n\nb B\na(2) EY # note\na AH\na's EY Z\nb(3) BB\n lost L\nempty \nlone\n"
    found = parse_dictionary(text)
    assert dict(found) == {"a": (("AH",), ("EY",)), "a's": (("EY", "Z"),), "b": (("B",),)}
    assert len(found) == 3
    for word in ("", " ", ";;;", "#", "lost", "empty", "lone", "a AH", "zz"):
        assert word not in found
        with pytest.raises(KeyError):
            found[word]
    assert list(parse_dictionary("")) == [] and "a" not in parse_dictionary("")


def test_stress_is_right_for_nearly_all_words(shelf):
    """One word in 50 of the dictionary: exactly one main stress, or a compound's two; none without."""
    lexicon = shelf.lexicon("en")
    words = [word for word in list(lexicon)[::50] if sum(p[:2] in VOWELS for p in lexicon[word][0]) > 1]
    without = [w for w in words if not any(phone.endswith("1") for phone in lexicon[w][0])]
    assert len(words) > 1500 and len(without) < 0.01 * len(words)


@pytest.mark.parametrize(
    ("word", "phones"),
    [("glimmerbrook", "G L IH1 M ER0 B R UH2 K"), ("tratch", "T R AE1 CH"), ("blick", "B L IH1 K"),
     ("spoon", "S P UW1 N"), ("phantomize", "F AE1 N T AH0 M AY2 Z")],
)  # fmt: skip
def test_letters_say_new_words(letters, word: str, phones: str):
    assert " ".join(letters.say(word)) == phones


def test_letters_are_quick_and_their_card_is_true(shelf, letters):
    started = time.process_time()
    for word in ("flibbertigibbet", "wanderbird", "moonshimmer", "sassafrasville", "honkytonkin'") * 4:
        letters.say(word)
    assert (time.process_time() - started) / 20 < 0.03  # seconds of work a word; about 10 ms
    card = tomllib.loads((WEIGHTS / "letters-en.toml").read_text())
    assert card["held_out_by_word"]["word_error_no_stress"] < 0.27
    assert card["held_out_by_stem"]["phone_error_no_stress"] < 0.085


def singable(word: Word) -> bool:
    for syllable in word.syllables:
        vowels = [phone for phone in syllable.phones if phone in VOWELS]
        hum = not vowels and any(phone in SYLLABIC for phone in syllable.phones)
        if not (len(vowels) == 1 or hum) or not syllable.text or syllable.stress not in (0, 1, 2):
            return False
        if not all(phone in VOWELS | CONSONANTS for phone in syllable.phones):
            return False
    return len(word.syllables) >= 1


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text(alphabet="aeioumnhrst'-.0159$%:/ ’", max_size=40)))
def test_any_line_is_singable(pronouncer, line: str):
    words = pronouncer.words(line)
    assert all(singable(word) for word in words)
    assert words == pronouncer.words(line)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=50))
def test_any_letters_say_phones(letters, word: str):
    assert set(without_stress(letters.say(word))) <= VOWELS | CONSONANTS


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789$£€.,:/%'-stndrhampk", max_size=24))
def test_any_number_is_spoken_or_no_number(text: str):
    words = spoken_number(text)
    assert words is None or (words and all(words))
