"""MIDI and MusicXML doors: what is written is read back, and damage is one clear line."""

import contextlib
from dataclasses import replace

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright import band
from songwright.api import context
from songwright.cli import performing
from songwright.errors import ShelfError
from songwright.io.lyrics import chordpro, lrc, timed_lines
from songwright.io.midi import midi_file, read_midi, write_midi
from songwright.io.musicxml_read import read_musicxml
from songwright.io.musicxml_write import write_musicxml
from songwright.music.instruments import within_reach
from songwright.values.performance import Performance, PlayedNote, PlayedPart
from songwright.values.plan import Key
from songwright.values.score import Chord, Note, Part, Score, ScoreLine, Section
from songwright.values.time import Meter, TempoChange, TempoMap
from songwright.values.words import Syllable

BAR = 1920


def small_score() -> Score:
    """Two bars: "Little lantern" with a melisma over the bar line, chords on guitar, a kick and a snare."""
    sung = (
        Note("l/0", 0, 480, 60, 0.7, Syllable("Lit", ("L", "IH"), 1), "begin", 0, "Little"),
        Note("l/1", 480, 240, 62, 0.6, Syllable("tle", ("T", "AH", "L"), 0), "end", 0),
        Note("l/2", 960, 720, 64, 0.8, Syllable("lan", ("L", "AE", "N"), 1), "begin", 0, "lantern,"),
        Note("l/3", 1680, 480, 65, 0.7, None, "single", 0),
        Note("l/4", 2160, 160, 67, 0.7, Syllable("tern", ("T", "ER", "N"), 0), "end", 0),
    )
    chords = tuple(Note(f"g/{i}", 240 * i, 1000, p, 0.5) for i, p in enumerate((48, 52, 55, 60)))
    drums = (Note("d/0", 0, 120, 36, 0.9), Note("d/1", 480, 120, 38, 0.8))
    return Score(
        "Small & <true>",
        Key("Eb"),
        Meter(4, 4),
        TempoMap((TempoChange(0, 96.5), TempoChange(BAR, 80.0))),
        (
            Section("verse-1", "verse", "Verse 1", 0, BAR, 0.5),
            Section("chorus-1", "chorus", "Chorus", BAR, BAR, 0.8),
        ),
        (Chord(0, BAR, 3, "maj", 3, "Eb", "Eb"), Chord(BAR, BAR, 10, "7", 2, "Bb", "D")),
        (ScoreLine(0, "Little lantern,", "verse-1", 0, 2320),),
        (
            Part("lead", "Lead", "lead", "voice", "lead", sung),
            Part("guitar", "Guitar", "comping", "guitar-steel", "guitar", chords),
            Part("drums", "Drums", "drums", "drumkit-acoustic", "drums", drums),
        ),
        2 * BAR,
    )


def essence(part: Part):
    return [(n.start_tick, n.length_ticks, n.pitch, n.syllable and n.syllable.text) for n in part.notes]


@pytest.mark.parametrize("suffix", [".mid", ".musicxml"])
def test_round_trip(tmp_path, suffix):
    score = small_score()
    path = tmp_path / f"s{suffix}"
    (write_midi if suffix == ".mid" else write_musicxml)(score, path)
    back = (read_midi if suffix == ".mid" else read_musicxml)(path)
    assert back.title == score.title
    assert back.meter == score.meter and back.key == score.key
    assert [s.label for s in back.sections] == ["Verse 1", "Chorus"]
    assert back.tempo_map.seconds_at(2 * BAR) == pytest.approx(score.tempo_map.seconds_at(2 * BAR), abs=1e-4)
    assert essence(back.parts[0]) == essence(score.parts[0])
    assert [n.syllabic for n in back.parts[0].notes if n.syllable] == ["begin", "end", "begin", "end"]
    assert sorted(essence(back.parts[1])) == sorted(essence(score.parts[1]))
    assert back.parts[2].role == "drums" and len(back.parts[2].notes) == 2


def test_musicxml_keeps_chords(tmp_path):
    write_musicxml(small_score(), tmp_path / "s.musicxml")
    chords = read_musicxml(tmp_path / "s.musicxml").chords
    assert [(c.root, c.quality, c.bass, c.start_tick) for c in chords] == [
        (3, "maj", 3, 0),
        (10, "7", 2, BAR),
    ]


def test_musicxml_keeps_breath_marks(tmp_path):
    score = small_score()
    lead = score.part("lead")
    notes = tuple(replace(n, articulation="breath") if n.id in ("l/1", "l/3") else n for n in lead.notes)
    path = tmp_path / "breath.musicxml"
    write_musicxml(replace(score, parts=(replace(lead, notes=notes), *score.parts[1:])), path)
    again = [note.articulation for note in read_musicxml(path).parts[0].notes]
    assert again == ["", "breath", "", "breath", ""]  # the third lies over a bar line
    assert path.read_text(encoding="utf-8").count("<breath-mark") == 2


def test_no_two_tracks_share_a_name():
    score = small_score()
    twice = replace(score, parts=(*score.parts, *score.parts[1:]))
    names = [track.name for track in midi_file(twice).tracks[1:]]
    once = [part.name for part in score.parts]
    assert names == [*once, *(f"{name} 2" for name in once[1:])]


def test_lyric_events_stand_with_their_notes():
    track = midi_file(small_score()).tracks[1]
    now, lyrics, notes = 0, {}, set()
    for message in track:
        now += message.time
        if message.type == "lyrics":
            lyrics[now] = message.text
        if message.type == "note_on":
            notes.add(now)
    assert lyrics == {0: "Lit-", 480: "tle", 960: "lan-", 2160: "tern"}
    assert set(lyrics) <= notes


def test_lyrics_in_a_track_of_their_own(tmp_path):
    file = mido.MidiFile(ticks_per_beat=96)
    words, notes = mido.MidiTrack(), mido.MidiTrack()
    for text in ("Hel-", "lo"):
        words.append(mido.MetaMessage("lyrics", text=text, time=0 if text == "Hel-" else 96))
        notes.append(mido.Message("note_on", note=60, velocity=80, time=0))
        notes.append(mido.Message("note_off", note=60, time=96))
    file.tracks.extend([words, notes])
    file.save(tmp_path / "x.mid")
    part = read_midi(tmp_path / "x.mid").parts[0]
    assert part.is_sung and essence(part) == [(0, 480, 60, "Hel"), (480, 480, 60, "lo")]


@pytest.mark.parametrize("name", ["x.mid", "x.musicxml", "x.mxl"])
@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01garbage", b"<score-partwise>", b"MThd\x00\x00\x00\x06\x00\x01"]
)
def test_damaged_files_are_one_line(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ShelfError) as problem:
        (read_midi if name.endswith("mid") else read_musicxml)(path)
    assert "\n" not in str(problem.value)


def test_missing_file():
    with pytest.raises(ShelfError, match="no such file"):
        read_midi("nowhere.mid")
    with pytest.raises(ShelfError, match="no such file"):
        read_musicxml("nowhere.musicxml")


@settings(max_examples=60, deadline=None, database=None)
@given(st.binary(max_size=200))
def test_random_midi_bytes_never_crash(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("fuzz") / "f.mid"
    path.write_bytes(b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x01\xe0MTrk" + data)
    with contextlib.suppress(ShelfError):
        read_midi(path)


def test_lrc_has_a_time_for_every_word():
    text = lrc(small_score(), "Nobody")
    rows = [row for row in text.splitlines() if row.startswith("[00:")]
    assert rows == ["[00:00.00]<00:00.00>Little <00:01.25>lantern,"]
    line = timed_lines(small_score())[0]
    assert line.onset_s == 0 and line.offset_s == pytest.approx(small_score().tempo_map.seconds_at(2320))


def test_lrc_times_never_lie_before_the_word():
    score = replace(small_score(), tempo_map=TempoMap.constant(97.3))
    for line in timed_lines(score):
        for word in line.words:
            stamp = next(
                s for s in lrc(score).split("<")[1:] if s.endswith(word.text) or word.text in s
            ).split(">")[0]
            minutes, seconds = stamp.split(":")
            assert 60 * int(minutes) + float(seconds) >= word.onset_s - 1e-9


def test_chordpro_places_every_chord_once():
    text = chordpro(small_score())
    assert text.count("[Eb]") == 1 and text.count("[Bb7/D]") == 1
    assert '{start_of_verse: label="Verse 1"}' in text and "{title: Small & <true>}" in text


def test_drums_keep_their_sounds_through_musicxml(tmp_path):
    write_musicxml(small_score(), tmp_path / "s.musicxml")
    drums = next(part for part in read_musicxml(tmp_path / "s.musicxml").parts if part.role == "drums")
    assert [note.pitch for note in drums.notes] == [36, 38]


def written_bar(divisions="1", beats="4", unit="4", signs="", lyric="la", duration="1"):
    """One bar of four sung quarters, with whatever is asked in it."""
    note = (
        f"<note><pitch><step>C</step><octave>4</octave></pitch><duration>{duration}</duration>"
        f"<lyric><text>{lyric}</text></lyric></note>"
    )
    return (
        '<score-partwise><part-list><score-part id="P1"/></part-list><part id="P1"><measure><attributes>'
        f"<divisions>{divisions}</divisions><time><beats>{beats}</beats><beat-type>{unit}</beat-type></time>"
        f"</attributes>{signs}{note * 4}</measure></part></score-partwise>"
    )


@pytest.mark.parametrize(
    "oddity",
    [
        {"divisions": "0"},
        {"divisions": "-1"},
        {"divisions": "nan"},
        {"divisions": "often"},
        {"beats": "0"},
        {"beats": "-4"},
        {"unit": "0"},
        {"unit": "3"},
        {"signs": '<sound tempo="fast"/>'},
        {"signs": '<sound tempo="nan"/>'},
        {"signs": '<sound tempo="inf"/>'},
        {"signs": "<harmony><root><root-step>X</root-step></root></harmony>"},
        {"signs": "<harmony><root></root></harmony>"},
    ],
    ids=str,
)
def test_odd_signs_are_passed_over(tmp_path, oddity):
    (tmp_path / "s.musicxml").write_text(written_bar(**oddity))
    score = read_musicxml(tmp_path / "s.musicxml")
    assert [note.length_ticks for note in score.parts[0].notes] == [480] * 4
    assert score.meter == Meter(4, 4) and score.tempo_map.start_bpm == 96.0 and not score.chords


def test_an_endless_note_is_one_line(tmp_path):
    (tmp_path / "s.musicxml").write_text(written_bar(duration="inf"))
    with pytest.raises(ShelfError) as told:
        read_musicxml(tmp_path / "s.musicxml")
    assert "\n" not in str(told.value)


def odd_midi(*signs, ticks_per_beat=480):
    notes = [mido.Message("note_on", note=60, velocity=80), mido.Message("note_off", note=60, time=480)]
    file = mido.MidiFile(ticks_per_beat=ticks_per_beat)
    file.tracks.append(mido.MidiTrack([*signs, *notes]))
    return file


def test_odd_midi_signs_are_passed_over(tmp_path):
    signs = (
        mido.MetaMessage("set_tempo", tempo=0),
        mido.MetaMessage("time_signature", numerator=1, denominator=4096),
    )
    odd_midi(*signs).save(tmp_path / "s.mid")
    score = read_midi(tmp_path / "s.mid")
    assert score.meter == Meter(4, 4) and score.tempo_map.start_bpm == 120.0


def test_midi_without_ticks_is_one_line(tmp_path):
    odd_midi(ticks_per_beat=0).save(tmp_path / "s.mid")
    with pytest.raises(ShelfError, match="ticks"):
        read_midi(tmp_path / "s.mid")


def test_two_hundred_tracks_with_impossible_notes_are_all_heard(tmp_path, capsys):
    """Every track becomes a part of its own; notes no instrument has are played where it has them, and that is said."""
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    for number in range(200):
        track = mido.MidiTrack([mido.Message("program_change", channel=number % 16, program=number % 128)])
        for on, time in (("note_on", 0), ("note_off", 240)):
            pitch = (0, 127, 60, 36)[number % 4]
            track.append(mido.Message(on, channel=number % 16, note=pitch, velocity=80, time=time))
        file.tracks.append(track)
    file.save(tmp_path / "many.mid")
    parts = [performing._reachable(part, False) for part in read_midi(tmp_path / "many.mid").parts]
    assert len(parts) == len({part.stem for part in parts}) == 200
    assert "1 of 1 notes lie far outside the piano" in capsys.readouterr().err
    chosen = [part for part in parts if part.id in ("track-0", "track-1", "track-9", "track-33")]
    notes = {part.id: PlayedNote("n", 0.0, 0.4, float(part.notes[0].pitch), 0.7) for part in chosen}
    played = tuple(PlayedPart(p.id, p.role, p.instrument, p.stem, (notes[p.id],)) for p in chosen)
    stems = band.play(Performance(played, (), 0.5), context(7))
    assert len(stems.names) == 4
    assert all(np.abs(sound.samples).max() > 1e-3 for _, sound in stems.items())


@pytest.mark.parametrize(
    "instrument, written, played",
    [("piano", 60, 60), ("piano", 0, 24), ("piano", 127, 103), ("bass-finger", 64, 64), ("bass-finger", 96, 48),
     ("drumkit-acoustic", 127, 81), ("drumkit-acoustic", 3, 35), ("drumkit-acoustic", 42, 42)],
)  # fmt: skip
def test_notes_are_brought_where_the_instrument_sounds(instrument, written, played):
    assert within_reach(instrument, written) == played
