"""Scores from elsewhere get sounds for their syllables, whatever their notes and letters do."""

import pytest

from songwright.engines.sung_words import with_phones
from songwright.text.phones import is_vowel
from songwright.text.tongues import Tongues
from songwright.values.plan import Key
from songwright.values.score import Note, Part, Score, Section
from songwright.values.time import Meter, TempoMap
from songwright.values.words import Syllable


@pytest.fixture(scope="module")
def speaker(shelf):
    return Tongues(shelf)


def sung(*syllables: tuple[str | None, str], gap_after: int = -1) -> Score:
    """A score of quarter notes; a syllable is (text or None to go on, single/begin/middle/end)."""
    notes, tick = [], 0
    for i, (text, kind) in enumerate(syllables):
        notes.append(Note(f"n/{i}", tick, 480, 60, 0.7, Syllable(text, ()) if text else None, kind))
        tick += 480 + (960 if i == gap_after else 0)
    part = Part("p", "Voice", "lead", "voice", "lead", tuple(notes))
    section = Section("verse-1", "verse", "Verse", 0, 19200, 0.6)
    return Score("t", Key("C"), Meter(), TempoMap.constant(96), (section,), (), (), (part,), 19200)


def phones(score: Score) -> list[tuple[str, ...] | None]:
    return [note.syllable.phones if note.syllable else None for note in score.parts[0].notes]


def test_syllables_of_a_word_share_its_phones(speaker):
    made = with_phones(sung(("Lit", "begin"), ("tle", "end"), ("star", "single")), speaker)
    assert [p for s in phones(made) for p in s][:4] == ["L", "IH", "T", "AH"]
    assert phones(made)[2] == ("S", "T", "AA", "R")
    assert [note.word for note in made.parts[0].notes] == ["Little", "", "star"]


def test_a_word_with_too_few_notes_keeps_its_stressed_vowel(speaker):
    made = with_phones(sung(("every", "single")), speaker)
    vowels = [p for p in phones(made)[0] if is_vowel(p)]
    assert vowels == ["EH"] and {"V", "R"} <= set(phones(made)[0])


def test_spare_notes_hold_the_vowel(speaker):
    made = with_phones(sung(("fi", "begin"), ("ire", "end"), (None, "single")), speaker)
    assert phones(made)[0] is not None and phones(made)[-1] is None


def test_rests_and_sentence_ends_make_lines(speaker):
    score = sung(("One", "single"), ("two.", "single"), ("Three", "single"), ("four", "single"), gap_after=2)
    made = with_phones(score, speaker)
    assert [line.text for line in made.lines] == ["One two.", "Three", "four"]
    assert [note.line for note in made.parts[0].notes] == [0, 0, 1, 2]


@pytest.mark.parametrize("text", ["♪", "...", "~", "hmm", "shh", "3", "日本", "e\u0301"])
def test_odd_texts_are_sung_somehow(speaker, text):
    made = with_phones(sung((text, "single")), speaker)
    assert phones(made)[0]


def test_each_line_is_sung_in_its_language(speaker):
    german = [("Ich", "single"), ("lie", "begin"), ("be", "end"), ("die", "single"), ("Nacht.", "single")]
    english = [("I", "single"), ("love", "single"), ("the", "single"), ("night", "single")]
    made = with_phones(sung(*german, *english), speaker)
    assert phones(made)[0] == ("IH", "C") and phones(made)[3] == ("D", "IY")
    assert phones(made)[5] == ("AY",) and phones(made)[8] == ("N", "AY", "T")


def test_umlauts_keep_their_vowels_where_notes_are_short(speaker):
    made = with_phones(sung(("Über", "single"), ("dem", "single"), ("Meer", "single")), speaker)
    assert [p for p in phones(made)[0] if is_vowel(p)] == ["UE"]


@pytest.mark.parametrize(
    "written",
    [
        [("Sio", "begin"), ("bhan[[ʃɪˈvɔːn]]", "end")],
        [("Siobhan[[ʃɪ", "begin"), ("ˈvɔːn]]", "end")],
        [("Sio", "begin"), ('bhan[[SI"vO:n]]', "end")],
    ],
)
def test_a_score_may_say_how_a_word_sounds(speaker, written):
    made = with_phones(sung(("Oh", "single"), *written, ("come", "single"), ("home", "single")), speaker)
    notes = made.parts[0].notes
    assert [note.syllable.phones for note in notes[1:3]] == [("SH", "IH"), ("V", "AO", "N")]
    assert notes[1].word == "Siobhan" and made.lines[0].text == "Oh Siobhan come home"
    assert not any("[" in note.syllable.text or "]" in note.syllable.text for note in notes)
