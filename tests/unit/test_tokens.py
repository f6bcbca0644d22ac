"""Tokens: a song as a readable row of whole numbers, and exactly the same song back."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.music.harmony import roman_chord
from songwright.music.tokens import (
    GRID,
    KINDS,
    NAMES,
    VOCABULARY,
    Conditions,
    LineSign,
    TokenError,
    decode,
    encode,
    filled,
    holed,
    kind_of,
    representable,
)
from songwright.music.tokens.conditions import close_of
from songwright.music.tokens.grammar import Frame, Grammar, Span
from songwright.music.tokens.lanes import Stretch, lane
from songwright.music.tokens.pitches import pitch_name
from songwright.music.tokens.writing import names_of, readable
from songwright.values.plan import Key
from songwright.values.score import Note, Part, Score, ScoreLine, Section
from songwright.values.seed import Seed
from songwright.values.time import Meter, TempoMap
from songwright.values.words import Syllable

ROW = [
    ("Where", 1, "AO", 0, 480, 67, 0),
    ("have", 0, "AE", 480, 480, 69, 0),
    ("you", 0, "UW", 960, 240, 67, 0),
    ("been", 1, "IH", 1440, 960, 72, 0),
    ("al", 0, "AO", 2400, 240, 64, 1),
    ("one", 1, "OW", 2640, 1200, 60, 1),
]
C_MAJOR, COMMON = Key("C"), Meter()
TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def song(key=C_MAJOR, meter=COMMON, shift=0, mode_chords=("I", "V7/V", "IV/3")):
    notes = [
        Note(f"n{i}", start, length, pitch + shift, 0.7, Syllable(text, (vowel,), stress),
             "begin" if text == "al" else "end" if text == "one" else "single", line)
        for i, (text, stress, vowel, start, length, pitch, line) in enumerate(ROW)
    ]  # fmt: skip
    notes.insert(3, Note("m", 1200, 240, 65 + shift, 0.7, None, "single", 0))
    bar = meter.bar_ticks
    chords = tuple(roman_chord(numeral, key, n * bar, bar) for n, numeral in enumerate(mode_chords))
    lines = (
        ScoreLine(0, "Where have you been,", "verse-1", 0, 2400),
        ScoreLine(1, "alone?", "verse-1", 2400, 3840),
    )
    sections = (Section("v", "verse", "V", 0, bar, 0.5), Section("c", "chorus", "C", bar, 2 * bar, 0.8))
    return Score("T", key, meter, TempoMap.constant(100.0), sections, chords, lines,
                 (Part("lead", "Voice", "lead", "voice", "lead", tuple(notes)),), 3 * bar)  # fmt: skip


EN = Conditions(genre="folk", language="en")
SIGNS = (LineSign("A", "comma"), LineSign("", "question"))


def test_the_row_reads_as_the_song_is_sung():
    text = readable(encode(song(), EN, SIGNS))
    assert "genre:folk" in text and "form sec:verse sec:chorus /form" in text
    assert "line nsyl:4 rhyme:A close:comma s:1b:o s:0b:a s:0b:u s:1b:i pos:0 syl:1b p:5:0 d:12" in text
    assert "mel p:4:0 d:6" in text  # "you" moves on to F
    assert "bar pos:0 c:II:7 pos:0 tie d:12 pos:12 /line" not in text
    assert "pos:0 tie d:12 /line" in text  # "been" is held over the bar line
    assert text.count("\nsec:") == 2


def test_the_same_song_comes_back():
    ids = encode(song(), EN, SIGNS)
    sheet = decode(ids)
    assert sheet.score == representable(song())
    assert sheet.signs == SIGNS
    assert encode(sheet.score, sheet.conditions, sheet.signs) == ids
    written = [(n.start_tick, n.length_ticks, n.pitch, n.line, n.syllabic) for n in song().parts[0].notes]
    read = [(n.start_tick, n.length_ticks, n.pitch, n.line, n.syllabic) for n in sheet.score.parts[0].notes]
    assert read == written


@pytest.mark.parametrize("tonic", ["G", "Db", "F#", "B"])
def test_a_song_is_the_same_row_in_every_key(tonic):
    shift = {"G": 7, "Db": 1, "F#": 6, "B": 11}[tonic]
    here = names_of(song(), Conditions(language="en", key=False), SIGNS)
    there = names_of(song(Key(tonic), shift=shift), Conditions(language="en", key=False), SIGNS)
    differing = [(a, b) for a, b in zip(here, there, strict=True) if a != b]
    assert not [pair for pair in differing if not pair[0].startswith(("register", "p:"))]
    assert {tuple(n.split(":")[:2]) for n in here if n[:2] == "p:"} == {
        tuple(n.split(":")[:2]) for n in there if n[:2] == "p:"
    }


def test_notes_off_the_grid_go_to_the_nearest_place():
    lead = song().parts[0]
    crooked = replace(lead.notes[1], start_tick=487, length_ticks=467)
    moved = replace(song(), parts=(replace(lead, notes=(lead.notes[0], crooked, *lead.notes[2:])),))
    assert decode(encode(moved, EN, SIGNS)).score == representable(song())


def test_unknown_stress_is_said_to_be_unknown():
    names = names_of(song(), Conditions(language="fr"), ())
    assert "syl:xb" in names and "syl:1b" not in names


def test_what_tokens_cannot_say_is_refused():
    with pytest.raises(ValueError, match="meter"):
        encode(replace(song(), meter=Meter(11, 8)), EN)
    homeless = replace(song().parts[0].notes[0], line=None)
    with pytest.raises(ValueError, match="no line"):
        encode(replace(song(), parts=(replace(song().parts[0], notes=(homeless,)),)), EN)
    with pytest.raises(ValueError, match="genre"):
        Conditions(genre="polka-core")


def broken(old, new, count=1):
    names = names_of(song(), EN, SIGNS)
    at = names.index(old)
    return [VOCABULARY[name] for name in [*names[:at], *new, *names[at + count :]]]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (lambda: broken("/line", []), "line"),
        (lambda: broken("pos:12", ["pos:6"]), "begins before"),
        (lambda: broken("mel", ["tie"]), "nothing is held"),
        (lambda: broken("d:12", ["d:60"]), "overfull"),
        (lambda: broken("syl:0b", ["syl:1b"]), "asks for next"),
        (lambda: broken("end", []), "end should stand"),
        (lambda: broken("sec:chorus", []), "form"),
        (lambda: [99999], "no token"),
        (lambda: [], "the end"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named(row, problem):
    with pytest.raises(TokenError, match=problem):
        decode(row())


def test_bars_can_be_taken_out_and_put_back():
    ids = encode(song(), EN, SIGNS)
    for first, last in ((0, 1), (1, 2), (2, 3), (0, 3)):
        row = holed(ids, first, last)
        assert row[-1] == VOCABULARY["/fill"] and sorted(filled(row)) == sorted(ids)
        assert filled(row) == ids
    with pytest.raises(ValueError, match="bars"):
        holed(ids, 2, 2)


def test_the_vocabulary_is_small_and_every_token_has_a_kind():
    assert len(set(NAMES)) == len(NAMES) == len(KINDS) < 1536
    assert kind_of(VOCABULARY["p:#4:0"]) == "pitch" and kind_of(VOCABULARY["drum:17"]) == "band"
    assert VOCABULARY["pad"] == 0  # weights depend on the order


@pytest.mark.parametrize(
    ("text", "close"),
    [("so long,", "comma"), ("Go home!", "stop"), ("who?”", "question"), ("on and on", "none")],
)
def test_how_a_line_closes(text, close):
    assert close_of(text) == close


METERS = [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(2, 2), Meter(5, 4), Meter(9, 8), Meter(12, 8)]
note_rows = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 70), st.integers(-14, 16), st.booleans(), st.integers(0, 2),
              st.booleans(), st.booleans()),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(note_rows, st.sampled_from(METERS), st.sampled_from(["major", "minor", "dorian", "mixolydian"]),
       st.integers(0, 11), st.integers(0, 3))  # fmt: skip
def test_any_song_comes_back(rows, meter, mode, tonic, sections):
    key = Key(TONICS[tonic], mode)
    notes, at, line = [], 0, -1
    for gap, length, step, sung, stress, inside, opens in rows:
        at += gap * GRID
        sung = sung or not notes or opens
        line += opens or not notes
        kind = "end" if inside and not opens and notes else "single"
        syllable = Syllable("la", ("AA",), stress) if sung else None
        notes.append(Note(f"n{len(notes)}", at, length * GRID, 60 + step, 0.7, syllable, kind, line))
        at += length * GRID
    length = -(-at // meter.bar_ticks) * meter.bar_ticks
    bar = meter.bar_ticks
    places = [n * length // 4 // bar * bar for n in range(sections)]
    parts = tuple(Section(str(n), "verse", "", tick, bar, 0.5) for n, tick in enumerate(places))
    chords = tuple(
        roman_chord("I" if mode in ("major", "mixolydian") else "i", key, n * bar, bar) for n in range(2)
    )
    score = Score("x", key, meter, TempoMap.constant(120), parts, chords, (),
                  (Part("lead", "Voice", "lead", "voice", "lead", tuple(notes)),), length)  # fmt: skip
    ids = encode(score, EN)
    sheet = decode(ids)
    assert sheet.score == representable(score)
    assert encode(sheet.score, sheet.conditions, sheet.signs) == ids


def ways(luck, places, bars):
    """Random lines through so many bars, sometimes with no place to spare; None where words found no room."""
    lanes, at = [], luck.integer(0, 7)
    for _ in range(luck.integer(1, 4)):
        count, grid = luck.integer(1, 10), luck.choice([1, 3, 6])
        kinds = [luck.choice("012") + (luck.choice("bi") if n else "b") for n in range(count)]
        head = ["line", f"nsyl:{count}", "rhyme:none", "close:none", *(f"s:{kind}:a" for kind in kinds)]
        least = [grid] * (count - 1) + [grid * luck.integer(1, 3)]
        end = at + sum(least) + luck.integer(0, 2) * luck.integer(0, places) + 2 * grid
        way = lane([VOCABULARY[name] for name in head], [VOCABULARY[f"syl:{kind}"] for kind in kinds],
                   [kind[1] == "i" for kind in kinds], [Stretch(0, count, at, end)], least, grid)  # fmt: skip
        assert way is not None
        lanes.append(way)
        at = end + luck.integer(0, 9)
    return tuple(lanes), -(-at // places)


def framed(luck):
    """A stretch to be written in any meter and key, under any chords."""
    meter = luck.choice([*METERS, Meter(7, 8), Meter(3, 8)])
    key = Key(luck.choice(TONICS), luck.choice(["major", "minor", "dorian", "mixolydian"]))
    places = meter.bar_ticks // GRID
    lanes, bars = ways(luck, places, 4)
    chords = [luck.choice(["c:I:maj", "c:V:7", "c:II:min7"]) for _ in range(bars)]
    rows = [
        tuple(VOCABULARY[name] for name in (*(["sec:verse"] if n == 0 else []), "bar", "pos:0", chord))
        for n, chord in enumerate(chords)
    ]
    low = luck.integer(50, 60)
    notes = tuple((VOCABULARY[pitch_name(p, key, 0)], p) for p in range(low, low + luck.integer(2, 14)))
    spans = tuple(Span(n * places, notes, frozenset({notes[0][1] % 12})) for n in range(bars))
    leaps = frozenset(range(-luck.integer(1, 12), 8))
    return meter, key, Frame(tuple(rows), places, 0, lanes, spans, leaps, luck.integer(0, 2))


@pytest.mark.parametrize("number", range(60))
def test_whatever_the_grammar_allows_is_a_song(number):
    luck = Seed(number).child("fuzz").luck()
    meter, key, frame = framed(luck)
    grammar = Grammar(frame)
    names = ["song", "genre:any", "mood:any", "tempo:any", f"meter:{meter}", f"mode:{key.mode}",
             f"key:{key.tonic}", "lang:en", "persona:any", "register:0", "form", "sec:verse", "/form"]  # fmt: skip
    ids = [VOCABULARY[name] for name in names]
    while not grammar.ended:
        token = luck.choice(grammar.allowed())
        grammar.push(token)
        ids.append(token)
    assert ids[len(names) :] == [token for row in grammar.rows for token in row]
    ids += [token for row in frame.bars[len(grammar.rows) :] for token in row] + [VOCABULARY["end"]]
    notes = decode(ids).score.parts[0].notes
    assert [(n.start_tick, n.end_tick, n.pitch) for n in notes] == [
        (s.start * GRID, s.end * GRID, s.pitch) for s in grammar.sounds
    ]
    assert sum(note.syllable is not None for note in notes) == sum(len(lane.marks) for lane in frame.lanes)
    assert {note.pitch for note in notes} <= {pitch for _, pitch in frame.spans[0].notes}
    for number, way in enumerate(frame.lanes):
        own = [sound for sound in grammar.sounds if sound.line == number]
        begins = [next(s.start for s in own if s.syllable == n) for n in range(len(way.marks))]
        assert all(tick in places for tick, places in zip(begins, way.onsets, strict=True))
        assert own[-1].end <= way.until[-1]
        assert own[-1].end - own[-1].start >= way.least[-1]
        for here, after in pairwise(own):
            assert here.end <= after.start
            if here.syllable == after.syllable or way.joined[after.syllable]:
                assert here.end == after.start


def test_lanes_know_when_words_do_not_fit():
    head = [VOCABULARY["line"]] * 13
    assert lane(head, [0] * 9, [False] * 9, [Stretch(0, 9, 0, 26)], [3] * 9, 3) is None
    full = lane(head, [0] * 9, [False] * 9, [Stretch(0, 9, 0, 27)], [3] * 9, 3)
    assert full.onsets == tuple((3 * n,) for n in range(9))
    loose = lane(head, [0, 0], [False, True], [Stretch(0, 2, 1, 50)], [6, 12], 6)
    assert loose.onsets == ((6, 12, 18, 24, 30), (12, 18, 24, 30, 36))
    assert loose.until == (36, 50)  # the line itself may end off the grid
    assert loose.landed({12, 24}).onsets == ((6, 12, 18), (12, 24))
    assert loose.landed({12}).onsets == ((6,), (12,))
    assert loose.landed({13}) is None


def test_the_grammar_refuses_what_may_not_stand():
    luck = Seed(3).luck()
    _, _, frame = framed(luck)
    grammar = Grammar(frame)
    assert [NAMES[token] for token in grammar.allowed()] == ["sec:verse"]
    with pytest.raises(ValueError, match="may not stand"):
        grammar.push(VOCABULARY["end"])
    with pytest.raises(ValueError, match="no note"):
        Grammar(replace(frame, spans=(Span(0, (), frozenset()),)))
