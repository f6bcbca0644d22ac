"""`songwright sing`: whatever a score holds is sung, or told in one line; performances go out and come back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import mido
import numpy as np
import pytest

from songwright.cli.singing import Wish, sing
from songwright.errors import BriefError, ShelfError
from songwright.io.musicxml_read import read_musicxml
from songwright.io.performance import parse_performance, read_performance
from songwright.io.sound import read_audio
from songwright.text.phones import is_vowel
from songwright.values.brief import SongBrief

NAMES = {0: "C", 2: "D", 4: "E", 5: "F", 7: "G", 9: "A", 11: "B"}


def note(pitch: int, length: int, word: str = "", inside: str = "", voice: int = 1, before: str = "") -> str:
    """A note of MusicXML. length: in sixteenths. pitch: 0 = rest. before: elements that stand before the pitch."""
    spelled = (
        f"<pitch><step>{NAMES[pitch % 12]}</step><octave>{pitch // 12 - 1}</octave></pitch>"
        if pitch
        else "<rest/>"
    )
    kind = "single"
    if word.endswith("-") and word != "-":
        word, kind = word[:-1], "begin"
    lyric = f"<lyric><syllabic>{kind}</syllabic><text>{word}</text></lyric>" if word else ""
    length_ = f"<duration>{length}</duration>" if length else ""
    return f"<note>{before}{spelled}{length_}<voice>{voice}</voice>{inside}{lyric}</note>"


def score(tmp_path: Path, *bars: str, bpm: float = 96.0, name: str = "s.musicxml") -> Path:
    """A file with one part; each bar is what stands between its attributes and its end."""
    head = (
        "<attributes><divisions>4</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
        f'<direction><sound tempo="{bpm}"/></direction>'
    )
    measures = "".join(
        f'<measure number="{n + 1}">{head if n == 0 else ""}{bar}</measure>' for n, bar in enumerate(bars)
    )
    file = tmp_path / name
    file.write_text(
        '<score-partwise><part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>'
        f'<part id="P1">{measures}</part></score-partwise>'
    )
    return file


def performed(file: Path, capsys, **wishes) -> tuple[dict, object]:
    """The JSON answer of `sing`, and the performance, without making the sound."""
    out = file.with_suffix(".performance.json")
    brief = SongBrief(voice=wishes.pop("voice", "rms"), genre="folk", seed=5)
    sing(Wish(file, None, brief, None, out, force=True, json=True, **wishes))
    told = capsys.readouterr()
    answer = json.loads(told.out)
    for line in answer["notes"]:
        assert line in told.err
    made = read_performance(out).performance
    for part in made.sung:
        for phrase in part.phrases:
            assert np.isfinite(phrase.f0_hz).all() and phrase.f0_hz.min() > 30
            assert all(p.offset_s > p.onset_s for p in phrase.phones)
    return answer, made


def symbols(performance) -> list[str]:
    return [p.symbol for part in performance.sung for phrase in part.phrases for p in phrase.phones]


def sung_pitches(performance) -> list[float]:
    return [n.pitch for part in performance.sung for phrase in part.phrases for n in phrase.notes]


def test_no_words_is_told(tmp_path):
    with pytest.raises(ShelfError, match="carries no lyrics") as told:
        sing(Wish(score(tmp_path, note(57, 16)), None, SongBrief(seed=1)))
    assert "songwright play" in str(told.value)


@pytest.mark.parametrize(
    "content, word",
    [
        ("", "not readable"),
        ("<score-partwise/>", "no notes"),
        ("<html/>", "not MusicXML"),
        ("\0\1", "not readable"),
    ],
)
def test_empty_files_are_told(tmp_path, content, word):
    (tmp_path / "s.musicxml").write_text(content)
    with pytest.raises(ShelfError, match=word):
        sing(Wish(tmp_path / "s.musicxml", None, SongBrief(seed=1)))


def test_rests_only_is_told(tmp_path):
    with pytest.raises(ShelfError, match="no notes"):
        sing(Wish(score(tmp_path, note(0, 16), note(0, 16)), None, SongBrief(seed=1)))


def test_of_two_voices_the_upper_one_with_words_is_sung(tmp_path, capsys):
    upper = note(57, 8, "high") + note(60, 8, "road")
    lower = note(48, 8, "low", voice=2) + note(50, 8, "road", voice=2)
    answer, made = performed(
        score(tmp_path, lower + "<backup><duration>16</duration></backup>" + upper), capsys
    )
    assert sung_pitches(made) == [57, 60]
    assert any("2 voices on one staff; the upper one" in line for line in answer["notes"])


def test_the_voice_without_words_is_not_sung(tmp_path, capsys):
    upper = note(57, 8) + note(60, 8)
    lower = note(48, 8, "low", voice=2) + note(50, 8, "road", voice=2)
    answer, made = performed(
        score(tmp_path, upper + "<backup><duration>16</duration></backup>" + lower), capsys
    )
    assert sung_pitches(made) == [48, 50]
    assert any("the one with the words" in line for line in answer["notes"])


def test_of_chords_the_top_is_sung(tmp_path, capsys):
    chord = note(48, 8, "oh") + note(55, 8, before="<chord/>") + note(52, 8, before="<chord/>")
    answer, made = performed(score(tmp_path, chord + note(57, 8, "no")), capsys)
    assert sung_pitches(made) == [55, 57] and symbols(made)[0] == "OW"
    assert any("of chords the top note" in line for line in answer["notes"])


def test_very_short_notes_are_joined_or_lengthened(tmp_path, capsys):
    quick = "".join(note(57 + n % 2 * 2, 1, "la" if n == 0 else "") for n in range(8))
    answer, made = performed(score(tmp_path, quick + note(60, 8, "long"), bpm=700), capsys)
    assert any("joined to the note before" in line for line in answer["notes"])
    alone = note(57, 1, "hey") + note(0, 7) + note(60, 8, "you")
    answer, made = performed(score(tmp_path, alone, bpm=700), capsys)
    assert any("lengthened" in line for line in answer["notes"])
    assert made.sung[0].phrases[0].notes[0].offset_s - made.sung[0].phrases[0].notes[0].onset_s > 0.05


def test_a_note_of_forty_seconds_is_sung_in_breaths(tmp_path, capsys):
    bars = [note(57, 16, "love", '<tie type="start"/>')] + [note(57, 16, "", '<tie type="stop"/>')] * 9
    _, made = performed(score(tmp_path, *bars, bpm=60), capsys)
    phrases = made.sung[0].phrases
    assert len(phrases) >= 4
    assert all(phrase.offset_s - phrase.onset_s < 12 for phrase in phrases)
    assert all(phrase.breath_s > 0.2 for phrase in phrases[1:])
    assert phrases[-1].offset_s == pytest.approx(40.0, abs=0.2)
    assert "".join(symbols(made)) == "L" + "AH" * len(phrases) + "V"


@pytest.mark.parametrize("pitch, way", [(24, "up"), (108, "down"), (84, "down")])
def test_pitches_nobody_has_are_moved_by_octaves(tmp_path, capsys, pitch, way):
    answer, made = performed(score(tmp_path, note(pitch, 8, "high") + note(pitch + 5, 8, "low")), capsys)
    low, high = sung_pitches(made)
    assert high - low == 5 and (low - pitch) % 12 == 0 and 40 <= low <= 64
    assert any(f"semitones {way}" in line for line in answer["notes"])


def test_a_part_in_range_stays(tmp_path, capsys):
    answer, made = performed(score(tmp_path, note(52, 8, "stay") + note(57, 8, "here")), capsys)
    assert sung_pitches(made) == [52, 57]
    assert not any("transposed" in line for line in answer["notes"])


def test_one_stray_note_is_moved_alone(tmp_path, capsys):
    bars = [note(52, 4, "one") + note(55, 4, "two") + note(57, 4, "three") + note(53, 4, "four")] * 5
    bars[2] = bars[2].replace(note(57, 4, "three"), note(96, 4, "three"))
    answer, made = performed(score(tmp_path, *bars), capsys)
    assert 96 not in sung_pitches(made) and sung_pitches(made)[0] == 52
    assert any("1 of 20 notes" in line for line in answer["notes"])


@pytest.mark.parametrize("word", ["hmm", "shh", "tsk", "7", "1984", "R2D2", "&amp;", "♪"])
def test_odd_words_are_sung(tmp_path, capsys, word):
    _, made = performed(score(tmp_path, note(57, 8, word) + note(55, 8, "now")), capsys)
    assert len(symbols(made)) >= 3


def test_tempo_one_thousand(tmp_path, capsys):
    bar = "".join(
        note(52 + n, 4, w) for n, w in zip((0, 1, 3, 5), ("run", "to", "the", "hills"), strict=True)
    )
    _, made = performed(score(tmp_path, *[bar] * 4, bpm=1000), capsys)
    assert sum(is_vowel(s) for s in symbols(made)) == 16


def test_grace_notes_are_sung_on_the_word(tmp_path, capsys):
    grace = note(59, 0, before='<grace slash="yes"/>')
    _, made = performed(score(tmp_path, note(55, 8, "my") + grace + note(57, 8, "love")), capsys)
    notes = made.sung[0].phrases[0].notes
    assert [n.pitch for n in notes] == [55, 59, 57] and [n.text for n in notes] == ["my", "love", ""]
    assert notes[1].offset_s - notes[1].onset_s < 0.12
    assert notes[1].onset_s == pytest.approx(1.25, abs=0.02)


def test_ties_and_held_texts_go_on(tmp_path, capsys):
    bars = (
        note(57, 8, "stay", '<tie type="start"/>') + note(57, 4, "", '<tie type="stop"/>') + note(60, 4, "_")
    )
    _, made = performed(score(tmp_path, bars), capsys)
    assert symbols(made) == ["S", "T", "EY"]
    assert [n.pitch for n in made.sung[0].phrases[0].notes] == [57, 60]


def test_repeats_and_endings_are_played_out(tmp_path, capsys):
    def end(place: str, inside: str) -> str:
        return f'<barline location="{place}">{inside}</barline>'

    bars = (
        end("left", '<repeat direction="forward"/>') + note(52, 16, "one"),
        end("left", '<ending number="1" type="start"/>') + note(55, 16, "two")
        + end("right", '<ending number="1" type="stop"/><repeat direction="backward"/>'),
        end("left", '<ending number="2" type="start"/>') + note(57, 16, "three")
        + end("right", '<ending number="2" type="stop"/>'),
        note(50, 16, "four"),
    )  # fmt: skip
    answer, made = performed(score(tmp_path, *bars), capsys)
    assert sung_pitches(made) == [52, 55, 52, 57, 50]
    assert "Repeats are played out." in answer["notes"]


def test_each_pass_sings_its_own_verse(tmp_path):
    verses = (
        "<lyric number='1'><text>first</text></lyric><lyric number='2'><text>second</text></lyric>"
        "<lyric number='3'><text>third</text></lyric>"
    )
    repeat = '<barline location="right"><repeat direction="backward"/></barline>'
    told: list[str] = []
    read = read_musicxml(score(tmp_path, note(57, 16, "", verses) + repeat), told.append)
    assert [n.syllable.text for n in read.parts[0].notes] == ["first", "second"]
    assert any("3 verses" in line and "2 are sung" in line for line in told)


def test_marks_are_read_and_obeyed(tmp_path, capsys):
    def marked(mark: str) -> str:
        return f"<notations><articulations><{mark}/></articulations></notations>"

    bars = (
        note(57, 4, "short", marked("staccato")) + note(57, 4, "long") + note(57, 4, "loud", marked("accent"))
        + note(57, 4, "plain"),
        note(55, 8, "so", marked("breath-mark")) + note(57, 8, "far"),
    )  # fmt: skip
    _, made = performed(score(tmp_path, *bars, bpm=72), capsys)
    phrases = made.sung[0].phrases
    assert len(phrases) == 2 and phrases[1].notes[0].text == "far"  # the breath mark
    first = phrases[0]
    short, long = first.notes[0], first.notes[1]
    assert short.offset_s - short.onset_s < 0.65 * (long.offset_s - long.onset_s)
    assert "PAU" in [p.symbol for p in first.phones]
    t = first.onset_s + np.arange(len(first.f0_hz)) / first.rate_hz

    def attack(n: int) -> float:
        begin = first.notes[n].onset_s
        return float(first.energy_db[(t > begin + 0.02) & (t < begin + 0.1)].mean())

    assert attack(2) > attack(3) + 1.0


def test_dynamics_are_read(tmp_path):
    soft, loud = (
        f"<direction><direction-type><dynamics><{d}/></dynamics></direction-type></direction>" for d in "pf"
    )
    read = read_musicxml(score(tmp_path, soft + note(57, 8, "soft") + loud + note(57, 8, "loud")))
    assert [n.level for n in read.parts[0].notes] == [0.5, 0.8]


def test_chords_in_midi_are_told(tmp_path, capsys):
    track = mido.MidiTrack([mido.MetaMessage("lyrics", text="oh", time=0)])
    track += [mido.Message("note_on", note=p, velocity=80) for p in (48, 55)]
    track += [mido.Message("note_off", note=p, time=960 if p == 48 else 0) for p in (48, 55)]
    file = mido.MidiFile(ticks_per_beat=480, tracks=[track])
    file.save(tmp_path / "s.mid")
    answer, made = performed(tmp_path / "s.mid", capsys)
    assert sung_pitches(made) == [55] and any("of chords" in line for line in answer["notes"])


LINE = note(52, 4, "Walk") + note(55, 4, "a-") + note(57, 4, "long") + note(55, 4, "now")


def test_an_edited_performance_is_sung_as_it_stands(tmp_path, capsys):
    file, kept = score(tmp_path, LINE), tmp_path / "kept.json"
    brief = SongBrief(voice="rms", genre="folk", seed=5)
    sing(Wish(file, None, brief, kept, tmp_path / "a.flac", quiet=True))
    sing(Wish(None, kept, SongBrief(), None, tmp_path / "b.flac", quiet=True))
    a, b = (read_audio(tmp_path / name).samples for name in ("a.flac", "b.flac"))
    assert np.array_equal(a, b) and np.abs(a).max() > 0.01
    document = json.loads(kept.read_text())
    phrase = document["sung"][0]["phrases"][0]
    phrase["pitch"] = [[t, v - 2] for t, v in phrase["pitch"]]
    (tmp_path / "edit.json").write_text(json.dumps(document))
    capsys.readouterr()
    sing(Wish(file, tmp_path / "edit.json", SongBrief(), None, tmp_path / "c.flac", json=True))
    answer = json.loads(capsys.readouterr().out)
    assert answer["notes"] == [] and answer["voice"] == "rms" and answer["seed"] == 5
    assert not np.array_equal(a, read_audio(tmp_path / "c.flac").samples)


def test_a_performance_takes_another_voice_but_no_other_genre(tmp_path, capsys):
    kept = tmp_path / "kept.json"
    sing(Wish(score(tmp_path, LINE), None, SongBrief(voice="rms", seed=5), None, kept, quiet=True))
    again = tmp_path / "again.json"
    sing(Wish(kept, None, SongBrief(voice="rms-tenor", character={"breath": 0.2}), None, again, quiet=True))
    part = parse_performance(again.read_text(), "x").performance.sung[0]
    assert part.voice == "rms-tenor" and dict(part.character) == {"breath": 0.2}
    with pytest.raises(BriefError, match="genre"):
        sing(Wish(kept, None, SongBrief(genre="pop")))
    with pytest.raises(BriefError, match="two of them"):
        sing(Wish(kept, kept, SongBrief()))
    with pytest.raises(BriefError, match="is missing"):
        sing(Wish(None, None, SongBrief()))
    with pytest.raises(BriefError, match="exists already"):
        sing(Wish(kept, None, SongBrief(), None, again))
    with pytest.raises(BriefError, match="json"):
        sing(Wish(kept, None, SongBrief(), tmp_path / "curves.txt"))


def test_a_performance_of_another_score_is_noted(tmp_path, capsys):
    kept = tmp_path / "kept.json"
    sing(Wish(score(tmp_path, LINE), None, SongBrief(voice="rms", seed=5), None, kept, quiet=True))
    kept.write_text(re.sub(r"part-1/", "other/", kept.read_text()))
    capsys.readouterr()
    sing(Wish(score(tmp_path, LINE), kept, SongBrief(), None, tmp_path / "x.json", json=True))
    assert "none of its notes" in json.loads(capsys.readouterr().out)["notes"][0]


def test_nothing_to_sing_in_a_performance(tmp_path):
    (tmp_path / "p.json").write_text('{"songwright_performance": 1, "duration_s": 3.0, "sung": []}')
    with pytest.raises(ShelfError, match="no phrases"):
        sing(Wish(tmp_path / "p.json", None, SongBrief()))
