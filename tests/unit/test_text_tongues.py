"""Each line in its language; words that bring their own sounds; what cannot be sung is told clearly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.errors import BriefError
from songwright.io.shelf import HouseShelf
from songwright.text.correction import shown
from songwright.text.language import Judge, foreign
from songwright.text.lyrics import parse
from songwright.text.phones import PHONES, is_vowel
from songwright.text.tongues import Tongues, plain

SHELF = HouseShelf()
TONGUES = Tongues(SHELF)


def phones(words):
    return [" ".join(p for s in word.syllables for p in s.phones) for word in words]


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Die Nacht ist kalt", "de"),
        ("We live and die tonight", "en"),
        ("Hand in hand we go", "en"),
        ("Also gut, mein Freund", "de"),
        ("Mein Arm war warm", "de"),
        ("Alles wird gut", "de"),
        ("All is good", "en"),
        ("Wild wind, wild heart", "en"),
        ("Ich will mehr", "de"),
        ("You and me", "en"),
        ("Komm, tanz mit mir", "de"),
        ("Come dance with me", "en"),
    ],
)
def test_short_lines_show_their_language(line, language):
    assert TONGUES.languages([line]) == (language,)


def test_lines_that_say_too_little_go_with_their_neighbours():
    german = ["Ich laufe durch die Nacht", "La la la", "Oh oh oh", "Und niemand hat gelacht"]
    assert TONGUES.languages(german) == ("de",) * 4
    english = ["I walk into the night", "La la la", "Oh oh oh", "And everything is bright"]
    assert TONGUES.languages(english) == ("en",) * 4
    assert TONGUES.languages(["la la la"]) == ("en",)


def test_one_song_may_change_its_language():
    lines = ["Ich laufe durch die Nacht", "Baby, I love you so", "Und niemand hat gelacht"]
    assert TONGUES.languages(lines) == ("de", "en", "de")
    assert "C" in phones(TONGUES.words(lines[0]))[0].split()
    assert phones(TONGUES.words(lines[1]))[2] == "L AH V"


def test_an_asked_language_wins():
    assert Tongues(SHELF, "de").languages(["We die in the night"]) == ("de",)
    assert phones(Tongues(SHELF, "de-AT").words("die")) == ["D IY"]
    assert phones(Tongues(SHELF, "en").words("die")) == ["D AY"]


def test_other_languages_are_refused_by_name_and_noticed():
    with pytest.raises(BriefError, match=r"French.*en \(English\), de \(German\)"):
        plain("fr")
    assert foreign("Je ne sais pas pourquoi tu es dans la nuit") == "fr"
    assert foreign("Ich bin allein und du bist nicht bei mir") is None
    assert Judge(SHELF.languages()).likeliest("Je ne veux plus jamais partir") == "fr"


def test_a_word_may_bring_its_sounds():
    words = TONGUES.words("Oh Siobhan[[ʃɪˈvɔːn]], come home", "en")
    assert [word.text for word in words] == ["Oh", "Siobhan,", "come", "home"]
    assert [(s.phones, s.stress) for s in words[1].syllables] == [(("SH", "IH"), 0), (("V", "AO", "N"), 1)]
    assert "".join(s.text for s in words[1].syllables) == "Siobhan"
    assert phones(TONGUES.words('[[SI"vO:n]]', "de")) == ["SH IH V AO N"]
    assert TONGUES.words('[[SI"vO:n]]', "de")[0].text == "ʃɪˈvɔːn"


def test_stress_marks_and_dots_are_obeyed():
    (word,) = TONGUES.words("Lorelei[[ˌloː.ʁəˈlaɪ]]", "de")
    assert [s.stress for s in word.syllables] == [2, 0, 1]
    (word,) = TONGUES.words("x[[as.ta]]", "en")
    assert [s.phones for s in word.syllables] == [("A", "S"), ("T", "A")]


@pytest.mark.parametrize(("line", "sign"), [("x[[ʘa]]", "ʘ"), ("x[[a!]]", "!"), ("x[[]]", "says nothing")])
def test_unknown_signs_are_named(line, sign):
    with pytest.raises(BriefError, match=f"lyrics: .*{sign}"):
        TONGUES.words(line, "en")


def test_the_sheet_keeps_corrections_whole_and_hides_them_from_readers():
    lyrics = parse(
        "Oh Siobhan[[ʃ ɪ ˈv ɔː n]] is θere[[θɛː]] now (echo θ[[θ]])".replace("θere", "there").replace(
            "θ[", "th["
        )
    )
    line = lyrics.blocks[0].lines[0]
    assert shown(line.text) == "Oh Siobhan is there now" and shown(line.echo) == "echo th"
    assert phones(TONGUES.words(line.text, "en"))[1] == "SH IH V AO N"


def test_tags_say_the_language():
    lyrics = parse(
        "[Verse 1]\nHello\n[lang:de] Die Sonne\nHello\n[Chorus, lang: German]\nHallo\nWelt\n[Verse 2]\nGood bye\n"
    )
    languages = [[line.language for line in block.lines] for block in lyrics.blocks]
    assert languages == [["", "de", ""], ["de", "de"], [""]]
    assert [block.label for block in lyrics.blocks] == ["Verse 1", "Chorus", "Verse 2"]
    with pytest.raises(BriefError, match=r"[Kk]lingon"):
        parse("[lang:klingon]\nqapla")


WILD = st.text(
    alphabet=st.one_of(st.sampled_from("abcdehilmnorstuw äöüß'[]ʃɪˈ.:\"-,!?019"), st.characters()),
    max_size=60,
)


@given(WILD, st.sampled_from(("en", "de")))
@settings(max_examples=200, deadline=None)
def test_any_line_gives_singable_words_nothing_or_one_clear_line(text, language):
    try:
        words = TONGUES.words(text, language)
    except BriefError as problem:
        assert "[[" in text and "\n" not in str(problem)
        return
    for word in words:
        for syllable in word.syllables:
            assert syllable.text and set(syllable.phones) <= set(PHONES)
            vowels = sum(is_vowel(phone) for phone in syllable.phones)
            assert vowels == 1 or (vowels == 0 and {"M", "N", "L", "NG"} & set(syllable.phones))
