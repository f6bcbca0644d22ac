"""What a songwriter is given to work with: chords, tunes, first phrases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from song_kit import WORDS

from songwright import composer, producer
from songwright.errors import BriefError, ShelfError
from songwright.io.midi import write_midi
from songwright.io.musicxml_write import write_musicxml
from songwright.io.tunes import read_tune
from songwright.music.chord_sheet import bars_of, chords_in, key_of_chords, read_chord
from songwright.music.harmony import chord_symbol
from songwright.producer.chordpro import read_chordpro
from songwright.producer.set_to_tune import transposition
from songwright.producer.underlay import Unit, runs, underlay
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import Key, SongPlan
from songwright.values.score import Score
from songwright.values.seed import Seed
from songwright.values.time import Meter
from songwright.values.wire import from_json, to_json
from songwright.values.words import Syllable, Word

# A tune of our own in D major, 4/4, with an upbeat and words.
ABC = """X:1
T:Mill Song
M:4/4
L:1/4
Q:1/4=100
K:D
A | d2 c B | A3 A | B G F E | F3 A |
w: The mill is turn-ing slow, the wa-ter sings low; and
d2 e f | e3 d | c A B c | d3 |]
w: all day it goes and no one hears it turn.
"""


def written(ctx: Context, **wishes: object) -> tuple[SongPlan, Score]:
    brief = SongBrief(**{"lyrics": WORDS, "genre": "country", "composer": "crafted", "seed": 7, **wishes})
    plan = producer.plan(brief, ctx.child("producer"))
    return plan, composer.compose(plan, ctx.child("composer"))


def symbols(score: Score, section_id: str) -> list[tuple[float, str]]:
    section = next(s for s in score.sections if s.id == section_id)
    return [
        ((c.start_tick - section.start_tick) / score.meter.bar_ticks, chord_symbol(c))
        for c in score.chords
        if section.start_tick <= c.start_tick < section.end_tick
    ]


def sung(score: Score, line: int) -> list[tuple[str, int]]:
    return [
        (note.syllable.text if note.syllable else "~", note.pitch)
        for note in score.part("lead").notes
        if note.line == line
    ]


@pytest.fixture
def tune(tmp_path: Path) -> Score:
    (tmp_path / "mill.abc").write_text(ABC, encoding="utf-8")
    return read_tune(tmp_path / "mill.abc")


# --- chords


def test_chords_are_read_as_musicians_write_them():
    assert bars_of("C G Am F") == ("C", "G", "Am", "F")
    assert bars_of("| C | Am G | F . . G | % |") == ("C", "Am G", "F . . G", "F . . G")
    assert bars_of("I - V - vi - IV") == ("I", "V", "vi", "IV")
    bar = chords_in("F . . G", Key("C"), Meter(), 1920)
    assert [(chord_symbol(c), c.start_tick, c.length_ticks) for c in bar] == [
        ("F", 1920, 1440),
        ("G", 3360, 480),
    ]
    assert chord_symbol(read_chord("V7/vi", Key("G"))) == "B7"
    assert chord_symbol(read_chord("Cmaj9", Key("C"))) == "Cmaj7"


@pytest.mark.parametrize(
    ("chords", "key"),
    [("C G Am F", "C major"), ("Am F C G", "A minor"), ("Am Dm E7 Am", "A minor"), ("D C G D", "D mixolydian"),
     ("Dm7 G7 C", "C major"), ("Bb F Gm Eb", "Bb major")],
)  # fmt: skip
def test_the_key_of_chords_is_found(chords, key):
    row = [
        chord
        for i, bar in enumerate(bars_of(chords))
        for chord in chords_in(bar, Key("C"), Meter(), 1920 * i)
    ]
    assert str(key_of_chords(row)) == key


def test_chords_go_round_under_every_section_and_come_home(ctx):
    plan, score = written(ctx, chords="C G Am F")
    assert str(plan.key) == "C major"
    for section in plan.sections:
        names = [name for _, name in symbols(score, section.id)]
        if section.lines:
            assert names == [("C", "G", "Am", "F")[i % 4] for i in range(section.bars)]
        assert set(names) <= {"C", "G", "Am", "F"}
    assert chord_symbol(score.chords[-1]) == "C"


def test_sections_have_their_own_chords_and_keep_them_in_a_plan(ctx):
    plan, score = written(ctx, chords="verse: C G | Am F; chorus: IV V I", key="C")
    assert symbols(score, "verse-1")[:4] == [(0.0, "C"), (0.5, "G"), (1.0, "Am"), (1.5, "F")]
    assert [name for _, name in symbols(score, "chorus-1")][:3] == ["F", "G", "C"]
    again = producer.checked(from_json(SongPlan, to_json(plan)), ctx.child("producer"))
    assert again == plan
    higher = replace(again, key=Key("D"))  # numerals follow the key, names stay
    moved = composer.compose(higher, ctx.child("composer"))
    assert [name for _, name in symbols(moved, "chorus-1")][:3] == ["G", "A", "D"]
    assert symbols(moved, "verse-1")[0] == (0.0, "C")


def test_chords_against_the_key_are_played_and_told(ctx):
    plan, score = written(ctx, chords="C G Am F", key="E")
    assert str(plan.key) == "E major"
    assert any("lie outside E major" in note and "C major" in note for note in plan.notes)
    assert [name for _, name in symbols(score, "verse-1")][:4] == ["C", "G", "Am", "F"]


@pytest.mark.parametrize("chords", ["C Gfoo", "H7 C", "attic: C G", "", "verse:", "%"])
def test_what_is_no_chord_gets_one_line(ctx, chords):
    with pytest.raises(BriefError) as caught:
        written(ctx, chords=chords)
    assert caught.value.field == "chords"
    assert "\n" not in str(caught.value)


def test_a_plan_with_a_wrong_chord_says_where(ctx):
    plan, _ = written(ctx, chords="C G")
    wrong = replace(plan, sections=tuple(replace(s, chords=("Qx",)) for s in plan.sections))
    with pytest.raises(BriefError, match=r"plan.sections\[0\].chords"):
        producer.checked(wrong, ctx.child("producer"))


SHEET = """{title: Little River}
{key: G}
{tempo: 92}
{time: 3/4}
{start_of_verse: label="Verse 1"}
[G]Walk with me [C]down to the river
The [Em]water is [D]low and slow
{end_of_verse}
{soc}
[C]Sing little [G]river, [D7]sing little song
{eoc}
{chorus}
"""


def test_chordpro_brings_words_heads_and_chords(ctx):
    plan, score = written(ctx, lyrics=SHEET)
    assert (plan.title, str(plan.key), str(plan.meter)) == ("Little River", "G major", "3/4")
    assert plan.tempo_map.start_bpm == 92.0
    assert [line.text for line in plan.lines][:2] == [
        "Walk with me down to the river",
        "The water is low and slow",
    ]
    first = plan.sections[1]
    window = first.lines[0].bars
    assert [name for bar, name in symbols(score, first.id) if bar < window] == ["G", "C"]
    assert sum(section.kind == "chorus" for section in plan.sections) == 2
    assert {name for _, name in symbols(score, "chorus-1")} == {"C", "G", "D7"}


def test_plain_lyrics_are_no_chordpro_and_a_wrong_chord_is_named():
    assert read_chordpro(WORDS) is None
    assert read_chordpro("[Verse]\n[whispered] come closer") is None
    with pytest.raises(BriefError, match="line 2"):
        read_chordpro("{title: X}\n[G]Walk with [Gx7]me")


# --- tunes


def test_abc_stands_on_full_bars_and_tells_what_it_knows(tune):
    assert (tune.title, str(tune.key), str(tune.meter), tune.tempo_map.start_bpm) == (
        "Mill Song",
        "D major",
        "4/4",
        100,
    )
    lead = tune.parts[0]
    assert (lead.notes[0].start_tick, lead.notes[0].pitch) == (1440, 69)  # the upbeat ends a bar of its own
    assert (lead.notes[1].start_tick, lead.notes[1].pitch) == (1920, 74)
    assert lead.role == "lead" and lead.notes[3].syllable.text == "turn"


def test_new_words_keep_the_tune_note_for_note(ctx, tune):
    words = (
        "[Verse]\nThe moon is climbing high, a lamp over sea; and\nall night it shines and no one is awake"
    )
    plan, score = written(ctx, lyrics=words, melody=tune)
    given = [note.pitch for note in tune.parts[0].notes]
    notes = score.part("lead").notes
    steps = {note.pitch - pitch for note, pitch in zip(notes, given, strict=True)}
    assert len(steps) == 1 and all(note.syllable for note in notes)
    step = steps.pop()
    assert any("Tune" in note for note in plan.notes)
    assert all(plan.voice_low <= note.pitch <= plan.voice_high for note in notes), step
    first = notes[1].start_tick
    assert first % plan.meter.bar_ticks == 0  # the upbeat stays an upbeat
    assert [n.start_tick - first for n in notes] == [n.start_tick - 1920 for n in tune.parts[0].notes]
    assert plan.tempo_map.start_bpm == 100 and str(plan.meter) == "4/4"


def test_a_tune_goes_into_the_key_that_was_asked(ctx, tune):
    plan, score = written(ctx, melody=tune, lyrics="", key="F")
    assert str(plan.key) == "F major"
    assert (score.part("lead").notes[0].pitch - tune.parts[0].notes[0].pitch) % 12 == 3
    assert score.lines[0].text.startswith("The mill is turning slow")
    with pytest.raises(BriefError, match="the tune is in D major"):
        written(ctx, melody=tune, key="A minor")
    with pytest.raises(BriefError, match="the tune is in 4/4"):
        written(ctx, melody=tune, meter="3/4")


def test_a_tune_with_more_notes_than_syllables_gets_melismas(ctx, tune):
    words = "[Verse]\nThe moon is high above the sea\nand all night long it shines"
    _, score = written(ctx, lyrics=words, melody=tune)
    notes = score.part("lead").notes
    assert len(notes) == len(tune.parts[0].notes)
    held = [note for note in notes if note.syllable is None]
    assert held and all(note.articulation == "legato" for note in held)
    assert (
        "".join(text for line in (0, 1) for text, _ in sung(score, line) if text != "~")
        .lower()
        .startswith("themoon")
    )


def test_a_tune_with_fewer_notes_than_syllables_splits_the_longest(ctx, tune):
    words = "[Verse]\nThe moon is climbing higher now, a silver lamp on sea; and\n"
    words += "all night it shines and nobody at all is awake"
    plan, score = written(ctx, lyrics=words, melody=tune)
    notes = score.part("lead").notes
    assert sum(note.syllable is not None for note in notes) == sum(
        len(w.syllables) for x in plan.lines for w in x.words
    )
    assert len(notes) > len(tune.parts[0].notes)
    assert {n.pitch % 12 for n in notes} <= {(n.pitch - tune.parts[0].notes[0].pitch + notes[0].pitch) % 12
                                             for n in tune.parts[0].notes}  # fmt: skip


def test_far_too_many_syllables_get_one_line(ctx, tune):
    words = "[Verse]\n" + "\n".join(["never ever over under water every other evening wandering"] * 30)
    short = replace(tune, parts=(replace(tune.parts[0], notes=tune.parts[0].notes[:6]),))
    with pytest.raises(BriefError) as caught:
        written(ctx, lyrics=words, melody=short)
    assert caught.value.field == "melody" and "\n" not in str(caught.value)


def test_strophes_sing_the_whole_tune_again(ctx, tune):
    verse = "The moon is climbing high, a lamp over sea; and\nall night it shines and no one is awake"
    plan, score = written(
        ctx, lyrics=f"[Verse 1]\n{verse}\n\n[Verse 2]\n{verse.replace('moon', 'sun')}", melody=tune
    )
    verses = [
        [n.pitch for n in score.part("lead").notes if n.id.startswith(f"lead/verse-{i}/")] for i in (1, 2)
    ]
    assert verses[0] == verses[1] and len(verses[0]) == len(tune.parts[0].notes)
    assert plan.sections[2].tune_of == "verse-1"
    assert symbols(score, "verse-1") == symbols(score, "verse-2")


def test_a_tune_without_words_is_sung_on_la_or_played(ctx, tune):
    bare = replace(tune, parts=tuple(
        replace(p, notes=tuple(replace(n, syllable=None) for n in p.notes)) for p in tune.parts
    ))  # fmt: skip
    _, score = written(ctx, lyrics="", melody=bare)
    assert {note.syllable.text.lower() for note in score.part("lead").notes} == {"la"}
    plan, score = written(ctx, lyrics="", melody=bare, instrumental=True)
    assert [part.id for part in score.parts] == ["tune"] and not score.lines
    assert len(score.part("tune").notes) == len(tune.parts[0].notes)
    assert next(chair for chair in plan.parts if chair.id == "tune").role == "answer"


def test_chords_fit_under_a_tune_and_those_of_the_file_are_kept(ctx, tune, tmp_path):
    _, score = written(ctx, lyrics="", melody=tune)
    inside = sum(note.pitch % 12 in _tones(score, note.start_tick) for note in score.part("lead").notes)
    assert inside >= 0.6 * len(score.part("lead").notes)
    (tmp_path / "c.abc").write_text(
        ABC.replace("A | d2 c B", 'A | "D"d2 "F#m"c B').replace("| A3 A", '| "Bm"A3 A')
    )
    plan, score = written(ctx, lyrics="", melody=read_tune(tmp_path / "c.abc"), key="D")
    assert symbols(score, "verse-1")[:3] == [(0.0, "D"), (0.5, "F#m"), (1.0, "Bm")]
    assert next(s for s in plan.sections if s.id == "verse-1").chords[:2] == ("D . F#m .", "Bm")


def _tones(score: Score, tick: int) -> tuple[int, ...]:
    from songwright.music.harmony import chord_pitches

    return chord_pitches(score.chord_at(tick))


def test_the_same_tune_comes_from_midi_and_musicxml(ctx, tune, tmp_path):
    _, score = written(ctx, lyrics="", melody=tune)
    write_midi(score, tmp_path / "a.mid")
    write_musicxml(score, tmp_path / "a.musicxml")
    lead = [(n.pitch, n.syllable.text if n.syllable else "") for n in score.part("lead").notes]
    for name in ("a.mid", "a.musicxml"):
        _, again = written(ctx, lyrics="", melody=read_tune(tmp_path / name))
        found = [(n.pitch, n.syllable.text if n.syllable else "") for n in again.part("lead").notes]
        assert [p for p, _ in found] == [p for p, _ in lead], name
        assert [t.lower() for _, t in found] == [t.lower() for _, t in lead], name


def test_a_first_phrase_is_sung_first_and_the_rest_goes_on(ctx, tune):
    phrase = replace(
        tune, parts=(replace(tune.parts[0], notes=tune.parts[0].notes[1:9]),), length_ticks=4 * 1920
    )
    plan, score = written(ctx, first_phrase=phrase)
    line = plan.lines[0]
    assert line.notes and not plan.lines[1].notes
    first = [note for note in score.part("lead").notes if note.line == 0]
    steps = {a.pitch - b.pitch for a, b in zip(first, phrase.parts[0].notes, strict=False)}
    assert len(steps) == 1 and len(first) == 8
    assert len(score.lines) == len(plan.lines)
    assert str(plan.key.mode) == "major"


def test_plans_keep_given_notes_and_lay_changed_words_under_them(ctx, tune):
    plan, score = written(ctx, lyrics="", melody=tune)
    again = producer.checked(from_json(SongPlan, to_json(plan)), ctx.child("producer"))
    assert again == plan and composer.compose(again, ctx.child("composer")) == score
    number = next(i for i, section in enumerate(plan.sections) if section.lines)
    section = plan.sections[number]
    line = replace(section.lines[0], text="The wheel goes round")
    edited = replace(plan, sections=(
        *plan.sections[:number], replace(section, lines=(line, *section.lines[1:])), *plan.sections[number + 1 :]
    ))  # fmt: skip
    fresh = producer.checked(edited, ctx.child("producer")).sections[number].lines[0]
    assert [n.pitch for n in fresh.notes] == [n.pitch for n in section.lines[0].notes]
    assert fresh.notes[-1].syllable == 3


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.abc", b"X:1\nT:Nothing\nK:C\n"), ("a.abc", b"\x00\xff\xfe garbage"), ("a.abc", b""), ("a.mid", b"MThd\x00"),
     ("a.musicxml", b"<score-partwise><part"), ("a.musicxml", b"<html/>"), ("a.xml", b""), ("a.txt", b"C D E"),
     ("a.json", b"{}")],
)  # fmt: skip
def test_damaged_tunes_get_one_line(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ShelfError) as caught:
        read_tune(tmp_path / name)
    assert "\n" not in str(caught.value)
    with pytest.raises(ShelfError):
        read_tune(tmp_path / "missing.abc")
    with pytest.raises(ShelfError):
        read_tune(tmp_path)


def test_one_syllable_is_a_song(ctx):
    _, score = written(ctx, lyrics="Oh", chords="Am F")
    assert len({note.syllable for note in score.part("lead").notes}) == 1


# --- the pieces


def test_runs_put_lines_where_the_tune_breathes():
    units = [Unit(((i * 480, 480, 60),), 2.0 if i == 6 else 0.0) for i in range(12)]
    points, spans = runs(units, [5, 6])
    assert spans == ((0, 6), (6, 12)) and points < 2.0
    assert runs(units, [1] * 13)[1] == ()


def test_underlay_gives_heavy_syllables_the_strong_notes():
    words = (
        Word("a", (Syllable("a", ("AH",), 0),)),
        Word("lantern", (Syllable("lan", ("AE",), 1), Syllable("tern", ("ER",), 0))),
    )
    units = [Unit(((480 * i, 480, 60 + i),)) for i in range(3, 8)]
    notes = underlay(units, words, 0, Meter(), 100)
    assert notes is not None and [n.syllable for n in notes] == sorted(n.syllable for n in notes)
    heavy = next(note for note in notes if note.syllable == 1)
    assert heavy.start_tick == 1920
    assert underlay(units[:1], words * 10, 0, Meter(), 200) is None


def test_a_tune_moves_as_little_as_it_must():
    assert transposition([60, 64, 67], 55, 76) == 0
    assert transposition([72, 76, 79], 48, 68) == -12
    assert transposition([60, 77], 55, 76) == -1


def test_temperature_and_composer_are_checked_and_kept(ctx):
    plan = producer.plan(SongBrief(lyrics=WORDS, genre="pop", temperature=1.2, composer="crafted"), ctx)
    assert (plan.temperature, plan.composer) == (1.2, "crafted")
    for wrong in ({"temperature": 2.0}, {"composer": "bach"}):
        with pytest.raises(BriefError):
            producer.plan(SongBrief(lyrics=WORDS, **wrong), ctx)
    assert "chords" not in to_json(
        producer.plan(SongBrief(lyrics=WORDS), Context(Seed(1), ctx.shelf)).sections[0]
    )
