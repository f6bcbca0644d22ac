"""What is settled before the notes: lines taken up, one fineness from end to end, where lines begin and end."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from statistics import mean, pstdev

import pytest
from test_composer import song, words_of
from test_composer_setting import figure, set_to_music

from songwright.composer.compose import registers
from songwright.composer.frames import rooms
from songwright.composer.melody import MelodyWriter
from songwright.composer.setting import stretch, tunes
from songwright.composer.setting.copying import copy_of
from songwright.composer.setting.echoes import Echo, drawn_echoes, lettered
from songwright.composer.setting.finest import drawn_finest
from songwright.composer.setting.likes import _Bridge
from songwright.composer.setting.spine import Landing, drawn_starts, held_eighths, last_onset, name_of
from songwright.composer.setting.ways import bounds
from songwright.composer.settings import melody_settings
from songwright.composer.tune import Song, TuneLine
from songwright.io.shelf import HouseShelf
from songwright.music.harmony import parse_chord
from songwright.music.rhythm import parse_meter, strength
from songwright.music.tokens.lanes import Stretch, lane
from songwright.values.score import Chord, Score
from songwright.values.seed import Seed
from songwright.values.time import TempoMap
from songwright.values.words import GivenNote

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


def test_a_line_with_a_longer_end_may_come_again_but_more_rarely(shelf):
    own, group = verse(shelf, "CF")
    group = [replace(room, sung=group[0].sung) for room in group]
    bar = own.plan.meter.bar_ticks
    longer = [replace(room, window_end=room.window_end + bar * (n % 2)) for n, room in enumerate(group)]
    pair = shares(own, group[:2])["whole"], shares(own, longer[:2])["whole"]
    assert pair[0] > pair[1] > 0


@pytest.mark.parametrize("count", [6, 7, 8, 9, 10])
def test_a_syllable_more_parts_a_note_and_one_less_makes_two_one(count):
    plan = song("folk", 7, verses=1)
    words = words_of(" ".join(["la"] * count))
    section = next(s for s in plan.sections if s.id == "verse-1")
    line = replace(section.lines[0], words=words)
    plan = replace(plan, sections=(replace(section, lines=(line,)),))
    settings = melody_settings(HouseShelf().style("folk"))
    writer = MelodyWriter(plan.key, plan.meter, settings)
    own = Song(plan, settings, writer, chords(plan, "C"), registers(plan, settings))
    notes = tuple((480 * n, 480, 60, n, 0.5) for n in range(8))
    known = TuneLine(("la",) * 8, "", 2, notes, 0, 0)
    copy = copy_of(own, rooms(plan)[0], known, 0, 0, Echo(0, "whole"))
    if count in (6, 10):
        assert copy is None
        return
    assert copy is not None and copy.landing == 7 * 12
    starts = {7: [0, 24, 36, 48, 60, 72, 84], 8: list(range(0, 96, 12)), 9: [0, 6, *range(12, 96, 12)]}
    assert [note.start for note in copy._notes] == starts[count]
    assert [note.syllable for note in copy._notes] == list(range(count))
    assert copy._notes[-1].end == 96 and all(a.end == b.start for a, b in pairwise(copy._notes))


def test_a_style_that_asks_for_a_line_again_hears_it_more_often(shelf):
    own, group = verse(shelf, "CFGCAFGFCAG")
    again, once = shares(own, group, ("A", "A", "A", "A")), shares(own, group)
    assert again["whole"] > once["whole"] + 0.05


def test_the_form_says_what_came_again():
    echoes = (None, Echo(0, "whole"), Echo(0, "opening", 9), Echo(2, "rhythm"))
    assert lettered(("A", "A", "A'", "A"), echoes) == ("A", "A", "A'", "B")


def in_plain_words(plan):
    """The plan with a verse of words that speak against no notes."""
    words = words_of("la la la la la la la")
    sections = [
        replace(s, lines=tuple(replace(x, words=words, rhyme="") for x in s.lines)) if s.id == "verse-1"
        else s for s in plan.sections
    ]  # fmt: skip
    return replace(plan, sections=tuple(sections))


@pytest.mark.parametrize("part", ["whole", "opening", "rhythm"])
def test_a_line_is_taken_up_note_for_note(monkeypatch, part):
    echo = Echo(0, part, 10)
    monkeypatch.setattr(tunes, "drawn_echoes", lambda *_: (None, None, echo, None))
    copied = []
    true = stretch.copy_of
    monkeypatch.setattr(stretch, "copy_of", lambda *given: copied.append(true(*given)) or copied[-1])
    plan = in_plain_words(song("folk", 7, verses=1))
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


def test_a_line_that_comes_again_ends_as_it_did(monkeypatch):
    monkeypatch.setattr(tunes, "drawn_echoes", lambda *_: (None, None, Echo(0, "whole"), None))
    ends = []
    for seed in range(8):
        plan = in_plain_words(song("folk", seed, verses=1))
        first, _, third, _ = (figure(line) for line in lines_of(plan, set_to_music(plan), "verse-1"))
        if [tick for tick, *_ in first] == [tick for tick, *_ in third]:
            ends.append(first[-1][1] == third[-1][1])
    assert len(ends) > 5 and ends.count(False) < 2  # a chord may let go of an end


@pytest.mark.parametrize(("finest", "ticks"), [("quarters", 480), ("eighths", 240)])
def test_a_tune_in_quarters_or_eighths_has_no_syllable_between(monkeypatch, finest, ticks):
    monkeypatch.setattr(tunes, "drawn_finest", lambda *_: finest)
    plan = song("folk", 7, verses=1, bars=4 if ticks == 480 else 3)
    notes = set_to_music(plan).part("lead").notes
    assert {note.start_tick % ticks for note in notes if note.syllable} == {0}


def test_little_room_makes_quick_tunes(shelf):
    own, group = verse(shelf)
    short = [replace(room, window_end=room.window + 240 * len(room.sung)) for room in group]
    long = [replace(room, window_end=room.window + 960 * len(room.sung)) for room in group]

    def drawn(rooms_, name, meter="4/4", syncopation=0.0, bpm=100.0):
        plan = replace(own.plan, meter=parse_meter(meter), tempo_map=TempoMap.constant(bpm))
        found = [drawn_finest(plan, rooms_, syncopation, Seed(n).luck()) for n in range(80)]
        return found.count(name)

    assert drawn(short, "eighths") < 16 and drawn(short, "quarters") == 0
    assert drawn(long, "quarters") > 35
    assert drawn(long, "quarters", syncopation=0.4) == drawn(long, "quarters", meter="6/8") == 0
    assert drawn(long, "eighths", syncopation=0.4) > 45
    assert drawn(long, "runs") > drawn(long, "runs", bpm=150.0)


def test_lines_begin_alike_and_leave_the_line_before_its_time(shelf):
    own, group = verse(shelf)
    every = [drawn_starts(own.plan, group, {}, "eighths", Seed(n).luck()) for n in range(40)]
    assert all(-960 <= start <= 960 and start % 120 == 0 for starts in every for start in starts.values())
    rows = [[starts[name_of(room)] for room in group] for starts in every]
    assert sum(len(set(row)) < len(row) for row in rows) > 30
    assert sum(start % 240 == 0 for row in rows for start in row) > 155
    full = [replace(room, window_end=room.window + 120 * len(room.sung)) for room in group]
    crowded = [drawn_starts(own.plan, full, {}, "runs", Seed(n).luck()) for n in range(40)]
    late = [sum(start > 240 for starts in found for start in starts.values()) for found in (every, crowded)]
    assert late[1] < late[0]
    like = {name_of(group[2]): name_of(group[0])}
    again = [drawn_starts(own.plan, group, like, "eighths", Seed(n).luck()) for n in range(20)]
    assert sum(starts[name_of(group[2])] == starts[name_of(group[0])] for starts in again) > 17


def test_a_line_sounds_up_to_a_breath_before_the_next_and_a_crowded_one_up_to_the_next(shelf):
    own, group = verse(shelf)
    starts = {name_of(room): -240 for room in group}

    def edges(times: int, places=1):
        rooms_ = [replace(room, sung=room.sung[:6] * times) for room in group]
        return [bounds(own.plan, rooms_ * places, starts)[name_of(room)] for room in group]

    roomy, crowded, full, twice = edges(1), edges(3), edges(7), edges(3, 2)
    assert [edge.start for edge in roomy] == [-240] * 4
    for n, room in enumerate(group[:-1]):
        assert roomy[n].after == crowded[n].stop == room.window_end - room.window - 240
        assert roomy[n].stop == full[n].stop == twice[n].stop < crowded[n].stop
        assert 0.16 <= (roomy[n].after - roomy[n].stop) / 480 * 60 / own.plan.tempo_map.start_bpm < 0.26
        assert roomy[n].beyond == 2 * (room.window_end - room.window)
    assert (roomy[-1].stop, roomy[-1].after) == (group[-1].window_end - group[-1].window, None)


def test_a_line_may_last_beyond_its_window_up_to_a_late_next_one_of_its_section(shelf):
    own, group = verse(shelf)
    length = group[0].window_end - group[0].window
    starts = {name_of(room): 480 for room in group}
    edges = [bounds(own.plan, group, starts)[name_of(room)] for room in group]
    assert [edge.hold for edge in edges] == [length + 480] * 3 + [length]
    assert all(length < edge.stop <= edge.after == length + 480 for edge in edges[:3])
    other = replace(group[1], section=replace(group[1].section, id="elsewhere"))
    assert bounds(own.plan, [group[0], other, *group[2:]], starts)[name_of(group[0])].hold == length
    assert bounds(own.plan, [*group, *group], starts)[name_of(group[0])].hold == length  # sung twice
    much = {name_of(room): 1920 for room in group}  # a bar later: a rest of its own
    assert bounds(own.plan, group, much)[name_of(group[0])].hold == length


def test_no_line_begins_while_a_given_one_sounds(shelf):
    own, group = verse(shelf)
    length = group[0].window_end - group[0].window
    given = replace(
        group[0],
        latest=group[0].window_end,
        line=replace(group[0].line, notes=(GivenNote(0, length, 60, 0),)),
    )
    starts = {name_of(room): -240 for room in group}
    edges = bounds(own.plan, [given, *group[1:]], starts)
    assert [edges[name_of(room)].start for room in group[1:]] == [0, -240, -240]
    assert edges[name_of(given)].after == length


def test_a_stressed_end_comes_to_an_accent_and_rhymes_come_together(shelf):
    own, group = verse(shelf)
    room = replace(group[0], sung=(*group[0].sung[:6], replace(group[0].sung[-1], weight=1.0)))
    options = list(range(960, 3600, 120))
    landing = Landing(own.plan.meter, room, 0, None, "eighths", ())
    places = [landing.drawn(options, Seed(n).luck()) for n in range(60)]
    accents = sum(strength(place, own.plan.meter) >= 4 for place in places)
    assert accents > 40  # of 21 places three
    assert all(place % 240 == 0 for place in places)
    tune = TuneLine(
        ("a", "b"), room.line.rhyme, room.line.bars, ((0, 480, 60, 0, 1.0), (1440, 480, 60, 1, 1.0)), 0, 0
    )
    knowing = replace(landing, known=(tune,))
    gained = [b - a for a, b in zip(landing.weights(options), knowing.weights(options), strict=True)]
    assert last_onset(tune) == 1440
    assert options[gained.index(max(gained))] == 1440


def test_a_line_ends_where_the_harmony_turns_last(shelf):
    own, group = verse(shelf)
    landing = Landing(own.plan.meter, group[0], 0, 3840, "eighths", ())
    options = list(range(1440, 3600, 240))
    turning = replace(landing, turned=(0, 1440, 2400, 3840))
    gained = [b - a for a, b in zip(landing.weights(options), turning.weights(options), strict=True)]
    assert options[gained.index(max(gained))] == 2400  # where it turns, and no more before the next line
    assert max(gained[:4]) < min(gained[4:])  # a line that ends before hears another chord under its end


def test_last_notes_are_held_as_people_hold_them():
    assert {held_eighths(6, True, Seed(k).luck()) for k in range(200)} == {2, 3, 4, 5, 6}
    held = {n: [held_eighths(n, True, Seed(k).luck()) for k in range(200)] for n in (1, 4, 8)}
    weak = [held_eighths(8, False, Seed(k).luck()) for k in range(200)]
    assert set(held[1]) == {1}
    assert 110 < held[4].count(4) < 160
    assert 80 < held[8].count(8) < 135
    assert weak.count(8) < 75  # off the accents ends are let go sooner


def test_a_line_that_knows_its_end_goes_there_evenly():
    way = lane((0,), (0,) * 7, (False,) * 7, (Stretch(0, 7, 0, 60),), (6,) * 7, 6)
    way = way.narrowed([lambda place: place == 0] + [lambda _: True] * 5 + [lambda place: place == 36])
    bridge = _Bridge(way, 1, 0)  # six lengths of an eighth on average, the first of them to be chosen
    even, late, early = bridge.of(6), bridge.of(18), bridge.of(1)
    assert even > late + 1024
    assert even >= early
    assert bridge.even(6) == 0 > bridge.even(18) > bridge.even(1)


def test_lines_are_drawn_apart(monkeypatch):
    def spread(pull: int) -> float:
        monkeypatch.setattr(tunes, "_PULL", pull)
        found = []
        for seed in range(4):
            plan = song("folk", seed, verses=1)
            plan = replace(plan, sections=tuple(s for s in plan.sections if s.id == "verse-1"))
            lines = lines_of(plan, set_to_music(plan), "verse-1")
            found.append(pstdev(mean(note.pitch for note in line) for line in lines))
        return mean(found)

    assert spread(0) + 0.5 < spread(1500)
