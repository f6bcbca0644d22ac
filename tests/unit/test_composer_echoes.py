"""What comes again in a tune: lines taken up, one fineness from end to end, ends held to the breath."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_composer import song, words_of
from test_composer_setting import figure, set_to_music

from songwright.composer.compose import registers
from songwright.composer.frames import rooms
from songwright.composer.melody import MelodyWriter
from songwright.composer.setting import stretch, tunes
from songwright.composer.setting.echoes import Echo, drawn_echoes, lettered
from songwright.composer.setting.finest import drawn_finest
from songwright.composer.setting.holding import held_on
from songwright.composer.settings import melody_settings
from songwright.composer.tune import Song, TuneLine
from songwright.music.harmony import parse_chord
from songwright.values.score import Chord, Score
from songwright.values.seed import Seed

NEW = ("A", "B", "C", "D")


def chords(plan, roots: str) -> tuple[Chord, ...]:
    bar = plan.meter.bar_ticks
    found = [parse_chord(roots[n % len(roots)]) for n in range(plan.bars)]
    return tuple(replace(chord, start_tick=n * bar, length_ticks=bar) for n, chord in enumerate(found))


def verse(shelf, roots: str = "CFGC"):
    """A song and the first verse's rooms: four lines of two bars, eight syllables each."""
    plan = song("folk", 7, key="C major")
    settings = melody_settings(shelf.style("folk"))
    writer = MelodyWriter(plan.key, plan.meter, settings)
    own = Song(plan, settings, writer, chords(plan, roots), registers(plan, settings))
    return own, [room for room in rooms(plan) if room.section.id == "verse-1"]


def shares(own: Song, group, letters=NEW) -> dict[str, float]:
    found = [
        echo.part if echo else ""
        for n in range(60)
        for echo in drawn_echoes(own, group, letters, Seed(n).luck())
    ]
    return {part: found.count(part) / len(found) for part in ("whole", "opening", "rhythm", "")}


def lines_of(plan, score: Score, section_id: str):
    section = next(s for s in plan.sections if s.id == section_id)
    lead = score.part("lead").notes
    return [[note for note in lead if note.line == line.index] for line in section.lines]


def test_lines_over_the_same_chords_come_again_and_others_do_not(shelf):
    own, group = verse(shelf, "CF")
    group = [replace(room, sung=group[0].sung) for room in group]
    alike, (other, unlike) = shares(own, group), verse(shelf, "CFGCAFGFCAG")
    unlike = [replace(room, sung=room.sung[: 8 - 2 * n]) for n, room in enumerate(unlike)]
    strange = shares(other, unlike)
    assert alike["whole"] > 0.4 > 0.15 > strange["whole"]
    assert strange[""] > 0.7


def test_a_style_that_asks_for_a_line_again_hears_it_more_often(shelf):
    own, group = verse(shelf, "CFGCAFGFCAG")
    again, once = shares(own, group, ("A", "A", "A", "A")), shares(own, group)
    assert again["whole"] > once["whole"] + 0.05


def test_the_form_says_what_came_again():
    echoes = (None, Echo(0, "whole"), Echo(0, "opening", 9), Echo(2, "rhythm"))
    assert lettered(("A", "A", "A'", "A"), echoes) == ("A", "A", "A'", "B")


@pytest.mark.parametrize("part", ["whole", "opening", "rhythm"])
def test_a_line_is_taken_up_note_for_note(monkeypatch, part):
    echo = Echo(0, part, 10)
    monkeypatch.setattr(tunes, "drawn_echoes", lambda *_: (None, None, echo, None))
    copied = []
    true = stretch.copy_of
    monkeypatch.setattr(stretch, "copy_of", lambda *given: copied.append(true(*given)) or copied[-1])
    plan = song("folk", 7, verses=1)
    words = words_of("la la la la la la la")  # nothing in them speaks against any notes
    sections = [
        replace(s, lines=tuple(replace(x, words=words, rhyme="") for x in s.lines)) if s.id == "verse-1"
        else s for s in plan.sections
    ]  # fmt: skip
    plan = replace(plan, sections=tuple(sections))
    first, _, third, _ = lines_of(plan, set_to_music(plan), "verse-1")
    assert any(copied)
    whole = [(tick, pitch) for tick, _, pitch in figure(third)]
    theirs = [(tick, pitch) for tick, _, pitch in figure(first)]
    if part == "rhythm":
        assert [tick for tick, _ in whole] == [tick for tick, _ in theirs]
    else:
        taken = len(whole) if part == "whole" else len(theirs) // 2
        same = sum(a == b for a, b in zip(whole[:taken], theirs[:taken], strict=False))
        assert same >= taken - 2  # chords may ask for another note here and there


def test_a_tune_in_eighths_has_nothing_quicker(monkeypatch):
    monkeypatch.setattr(tunes, "drawn_finest", lambda *_: "eighths")
    plan = song("folk", 7, verses=1, bars=3)
    assert {note.start_tick % 240 for note in set_to_music(plan).part("lead").notes} == {0}


def test_little_room_makes_quick_tunes(shelf):
    _, group = verse(shelf)
    short = [replace(room, window_end=room.window + 240 * len(room.sung)) for room in group]
    long = [replace(room, window_end=room.window + 960 * len(room.sung)) for room in group]
    counts = [
        sum(drawn_finest(rooms_, Seed(n).luck()) == "eighths" for n in range(80)) for rooms_ in (short, long)
    ]
    assert counts[0] < 16 < 45 < counts[1]


def test_an_end_is_held_up_to_the_breath_while_the_chord_bears_it(shelf):
    own, group = verse(shelf, "C")
    lines = [TuneLine((), "", 2, ((0, 480, 60, 0, 1.0), (1920, 240, 60, 1, 1.0)), 0, 0) for _ in group]
    held = held_on(own, group, lines)
    assert [line.notes[-1][1] for line in held] == [1440, 1440, 1440, 240]  # nothing follows the last
    strange = [replace(line, notes=(*line.notes[:-1], (1920, 240, 62, 1, 1.0))) for line in lines]
    assert held_on(own, group, strange)[0].notes == strange[0].notes
