"""German: how words are said, where they are stressed, how they are cut under notes; any text is survived."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.text.german.numbers import spoken_number
from songwright.text.german.speech import GermanPronouncer
from songwright.text.phones import GERMAN, PHONES, is_vowel
from songwright.text.rhyme import rhyme_letters

SAY = GermanPronouncer()


def said(word: str) -> str:
    """Syllables with a mark before the stressed one: "ˈF AL . T AR"."""
    syllables = [s for w in SAY.words(word) for s in w.syllables]
    return " . ".join(("ˈ" if s.stress == 1 else "") + " ".join(s.phones) for s in syllables)


def cut(word: str) -> str:
    return "-".join(s.text for w in SAY.words(word) for s in w.syllables)


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("Vater", "ˈF AL . T AR"),
        ("Nacht", "ˈN A X T"),
        ("Licht", "ˈL IH C T"),
        ("Buch", "ˈB UW X"),
        ("Bücher", "ˈB UE . C AR"),
        ("lebt", "ˈL EE P T"),
        ("lieben", "ˈL IY . B AX N"),
        ("Tag", "ˈT AL K"),
        ("Tage", "ˈT AL . G AX"),
        ("König", "ˈK OE . N IH C"),
        ("Könige", "ˈK OE . N IH . G AX"),
        ("Straße", "ˈSH T RR AL . S AX"),
        ("Wasser", "ˈV A . S AR"),
        ("Mond", "ˈM OO N T"),
        ("Zeit", "ˈTS AY T"),
        ("Quelle", "ˈK V EH . L AX"),
        ("singen", "ˈZ IH NG . AX N"),
        ("danken", "ˈD A NG . K AX N"),
        ("Träume", "ˈT RR OY . M AX"),
        ("Freund", "ˈF RR OY N T"),
        ("Mädchen", "ˈM EL T . C AX N"),
        ("Haustür", "ˈHH AW S . T UE RR"),
        ("Mondschein", "ˈM OO N T . SH AY N"),
        ("Liebeslied", "ˈL IY . B AX S . L IY T"),
        ("Weihnachtsbaum", "ˈV AY . N A X TS . B AW M"),
        ("verstehen", "F EH RR . ˈSH T EE . AX N"),
        ("beachten", "B AX . ˈQ A X . T AX N"),
        ("Gesicht", "G AX . ˈZ IH C T"),
        ("Abschied", "ˈA P . SH IY T"),
        ("zusammen", "TS UW . ˈZ A . M AX N"),
        ("hinaus", "HH IH . ˈN AW S"),
        ("Nation", "N A . ˈTS Y OO N"),
        ("studieren", "SH T UW . ˈD IY . RR AX N"),
        ("leihen", "ˈL AY . AX N"),
        ("Ahorn", "ˈAL . HH OH RR N"),
        ("machst", "ˈM A X S T"),
        ("Geburtstag", "G AX . ˈB UW RR TS . T AL K"),
        ("Überraschung", "UE . B AR . ˈRR A . SH UH NG"),
        ("irgendwo", "ˈIH RR . G AX N T . V OO"),
        ("Bäckerei", "B EH . K AX . ˈRR AY"),
        ("Musik", "M UW . ˈZ IY K"),
        ("Universität", "UW . N IY . V EH RR . Z IY . ˈT EL T"),
        ("Baby", "ˈB EE . B IY"),
        ("Teams", "ˈT IY M S"),
        ("hmm", "ˈHH M"),
        ("Psst", "ˈP AX S T"),
        ("jaaaa", "ˈY AL"),
    ],
)
def test_words_are_said_as_germans_say_them(word, phones):
    assert said(word).replace("TS UH", "TS UW") == phones


@pytest.mark.parametrize(
    "parts",
    ["Stra-ße", "Zu-cker", "Fens-ter", "sin-gen", "Haus-tür", "ge-hen", "Kat-ze", "Na-tion", "hin-aus",
     "Weih-nachts-baum",
     "ver-ste-hen", "Freu-din", "wa-schen", "Deut-sche", "Him-mel", "un-ver-ges-sen", "Nach-ti-gall"],
)  # fmt: skip
def test_words_are_cut_under_notes_as_duden_cuts_them(parts):
    assert cut(parts.replace("-", "")) == parts


def test_small_words_lean_and_others_do_not():
    words = SAY.words("Und ich liebe dich")
    assert [word.is_function_word for word in words] == [True, True, False, True]
    assert [s.stress for word in words for s in word.syllables] == [0, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1999", "neunzehn hundert neun und neunzig"),
        ("3", "drei"),
        ("21.", "ein und zwanzigste"),
        ("3.", "dritte"),
        ("2024", "zwei tausend vier und zwanzig"),
        ("3,5", "drei komma fünf"),
        ("7:30", "sieben uhr dreißig"),
        ("1€", "ein euro"),
        ("90er", "neunziger"),
        ("1.000.000", "eine million"),
    ],
)
def test_numbers_are_spoken(written, spoken):
    assert " ".join(spoken_number(written)) == spoken


def test_abbreviations_and_initials_are_spoken():
    assert cut("z. B.") == "zum-Bei-spiel".lower()
    assert len(SAY.words("usw.")[0].syllables) == 4
    assert said("BMW") == "ˈB EE . ˈEH M . ˈV EE"


def test_german_lines_rhyme():
    lines = ["Komm zurück zu mir", "Ich bin noch bei dir", "unter dem Meer", "die Straße so leer"]
    assert rhyme_letters([SAY.words(line) for line in lines]) == ("A", "A", "B", "B")
    umlauts = [
        SAY.words(line) for line in ("was ich fühle", "in der Kühle", "ganz allein", "im Sonnenschein")
    ]
    assert rhyme_letters(umlauts) == ("A", "A", "B", "B")
    poets = [
        SAY.words(line)
        for line in ("meine Liebe", "alles trübe", "so schön", "ich muss gehn", "o Freude", "die Heide")
    ]
    assert rhyme_letters(poets) == ("A", "A", "B", "B", "C", "C")
    assert rhyme_letters([SAY.words("Haus"), SAY.words("Nacht")]) == ("", "")


def test_it_learns_german_in_no_time():
    begin = time.process_time()
    GermanPronouncer().words("Über den Wolken muss die Freiheit wohl grenzenlos sein")
    assert time.process_time() - begin < 0.05


WILD = st.text(
    alphabet=st.one_of(
        st.sampled_from("abcdeghiklmnorstuvwxyzäöüßÄÖÜßéñ 'ßqj-.,!?0129%€&…„“🔥яλ漢"), st.characters()
    )
)


@given(WILD)
@settings(max_examples=300, deadline=None)
def test_any_text_gives_singable_words_or_nothing(text):
    for word in SAY.words(text):
        assert word.syllables
        for syllable in word.syllables:
            assert syllable.text and set(syllable.phones) <= set(PHONES)
            vowels = sum(is_vowel(phone) for phone in syllable.phones)
            assert vowels == 1 or (vowels == 0 and {"M", "N", "L", "NG"} & set(syllable.phones))


def test_only_german_sounds_are_used():
    phones = {
        p
        for w in SAY.words("Vögel ziehn im Herbst nach Süden, Jahr für Jahr")
        for s in w.syllables
        for p in s.phones
    }
    assert phones <= GERMAN
