"""Theory: keys, spelling, chords, numerals, meters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.music.harmony import (
    INTERVALS,
    chord_names,
    chord_pitches,
    chord_scale,
    chord_symbol,
    parse_chord,
    roman_chord,
    spell_over,
    turns,
)
from songwright.music.pitch import (
    SCALES,
    fifths,
    key_on,
    octave,
    parse_key,
    pitch_class,
    scale,
    scale_names,
    spell,
)
from songwright.music.rhythm import accents, parse_meter, strength
from songwright.values.plan import Key


@pytest.mark.parametrize(
    ("text", "key", "signs"),
    [
        ("G", Key("G"), 1),
        ("F# minor", Key("F#", "minor"), 3),
        ("Bbm", Key("Bb", "minor"), -5),
        ("a-flat major", Key("Ab"), -4),
        ("D dorian", Key("D", "dorian"), 0),
        ("C♯m", Key("C#", "minor"), 4),
        ("E mixolydian", Key("E", "mixolydian"), 3),
        ("G# major", Key("Ab"), -4),
    ],
)
def test_keys_as_musicians_write_them(text: str, key: Key, signs: int) -> None:
    assert parse_key(text) == key
    assert fifths(key) == signs


@given(st.text(max_size=12))
def test_any_text_is_a_key_or_one_clear_line(text: str) -> None:
    try:
        key = parse_key(text)
    except ValueError as problem:
        assert "\n" not in str(problem).replace(repr(text), "")
    else:
        assert abs(fifths(key)) <= 7


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", SCALES)
def test_every_key_is_spelled_with_seven_letters(tonic: int, mode: str) -> None:
    key = key_on(tonic, mode)
    names = scale_names(key)
    assert sorted(name[0] for name in names) == sorted("CDEFGAB")
    assert tuple(pitch_class(name) for name in names) == scale(key)
    assert abs(fifths(key)) <= 6
    for pitch in range(128):
        assert pitch_class(spell(pitch, key)) == pitch % 12


def test_octaves_follow_the_spelling() -> None:
    assert octave(60, "C") == 4
    assert octave(60, "B#") == 3
    assert octave(59, "Cb") == 4


@pytest.mark.parametrize(
    ("numeral", "key", "symbol"),
    [
        ("V7/vi", "C", "E7"),
        ("I/3", "G", "G/B"),
        ("bVII", "E", "D"),
        ("iv", "Eb", "Abm"),
        ("VI", "A minor", "F"),
        ("V7", "F# minor", "C#7"),
        ("IV", "D dorian", "G"),
        ("bVII", "E mixolydian", "D"),
        ("#ivm7b5", "C", "F#m7b5"),
        ("viio7/V", "C", "F#dim7"),
        ("Vsus4", "Bb", "Fsus4"),
    ],
)
def test_numerals_mean_what_they_mean(numeral: str, key: str, symbol: str) -> None:
    chord = roman_chord(numeral, parse_key(key))
    assert chord_symbol(chord) == symbol
    assert parse_chord(symbol) == chord


def test_chords_are_spelled_in_thirds() -> None:
    assert chord_names(parse_chord("F#m")) == ("F#", "A", "C#")
    assert chord_names(parse_chord("Abm")) == ("Ab", "Cb", "Eb")
    assert spell_over(68, parse_chord("E7"), Key("C")) == "G#"
    assert spell_over(68, parse_chord("Fm"), Key("C")) == "Ab"


@pytest.mark.parametrize("root", range(12))
@pytest.mark.parametrize("quality", INTERVALS)
def test_every_chord_can_be_written_and_read(root: int, quality: str) -> None:
    key = key_on(root)
    chord = parse_chord(key.tonic + {"maj": "", "min": "m"}.get(quality, quality))
    assert chord.quality == quality
    assert parse_chord(chord_symbol(chord)) == chord
    assert [pitch_class(name) for name in chord_names(chord)] == list(chord_pitches(chord))
    assert set(chord_pitches(chord)) <= set(chord_scale(chord, Key("C")))


@pytest.mark.parametrize("text", ["", "H", "Cfoo", "C/", "C/X", "I", "bb"])
def test_what_is_no_chord_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="no chord"):
        parse_chord(text)


def test_harmony_turns_where_other_tones_begin_to_sound() -> None:
    chords = [parse_chord(name, 960 * n, 960) for n, name in enumerate(("C", "C/E", "Am", "Am", "Am7", "C6"))]
    assert turns(chords) == [
        1920,
        3840,
    ]  # the same tones over another bass are no turn, nor under another name
    assert turns(chords[:1]) == turns([]) == []


def test_chord_scale_bends_to_the_chord() -> None:
    assert chord_scale(parse_chord("E7"), Key("C")) == (4, 5, 8, 9, 11, 0, 2)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("4/4", (0, 960)),
        ("3/4", (0,)),
        ("6/8", (0, 720)),
        ("2/4", (0,)),
        ("12/8", (0, 1440)),
        ("5/4", (0, 1440)),
        ("7/8", (0, 960)),
    ],
)
def test_accents_of_the_bar(text: str, places: tuple[int, ...]) -> None:
    meter = parse_meter(text)
    assert accents(meter) == places
    assert strength(-meter.bar_ticks, meter) == 5
    assert strength(meter.beat_ticks // (3 if meter.is_compound else 2), meter) == 2


@pytest.mark.parametrize("text", ["", "4", "0/4", "4/3", "99/4", "four/four"])
def test_what_is_no_meter_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="no meter"):
        parse_meter(text)
