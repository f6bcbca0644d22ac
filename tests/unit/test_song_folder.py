"""The song folder: every file of the promise, each agreeing with the others."""

import csv
import json
import re

import mido
import numpy as np
import pytest
import soundfile

from songwright import api
from songwright.engines.memory import load, load_stems
from songwright.io.lyrics import timed_lines
from songwright.io.performance import read_performance
from songwright.io.sound import read_audio
from songwright.io.tunes import whole_score
from songwright.music.instruments import INSTRUMENTS
from songwright.values.digest import digest


@pytest.fixture(scope="module")
def folder(tmp_path_factory, short_take):
    return api.song(short_take).save(tmp_path_factory.mktemp("songs") / "little", formats=("flac", "opus"))


def test_all_files_are_there(folder, short_take):
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    stems = {f"stems/{name}.flac" for name in short_take.stems}
    sheets = {"score.mid", "score.musicxml", "lyrics.lrc", "chords.txt", "take.json", "performance.json"}
    time = {"click.flac", "tempo.mid", "beats.csv"}
    assert names == {"song.wav", "song.mp3", "song.flac", "song.opus"} | sheets | stems | time
    assert {"stems/lead.flac", "stems/drums.flac", "stems/bass.flac"} <= stems


def test_the_performance_lies_in_the_folder(folder, short_take):
    kept = read_performance(folder / "performance.json")
    assert kept.seed == short_take.plan.seed
    assert [part.id for part in kept.performance.sung] == [part.id for part in short_take.performance.sung]


def test_sound_is_as_long_as_asked(folder, short_take):
    wanted = round(short_take.plan.duration_s * 48_000)
    for path in [folder / "song.wav", folder / "song.flac", *(folder / "stems").iterdir()]:
        info = soundfile.info(path)
        assert (info.frames, info.samplerate, info.channels, info.subtype) == (wanted, 48_000, 2, "PCM_24")


def test_click_and_tempo_map_lie_on_the_song(folder, short_take):
    """The click is as long as the song; a workstation that reads tempo.mid puts every beat where it sounds."""
    score, click = short_take.score, read_audio(folder / "click.flac").samples[0]
    assert len(click) == short_take.master.audio.frames
    rows = list(csv.DictReader((folder / "beats.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == score.length_ticks // score.meter.beat_ticks
    assert {row["section"] for row in rows} == {section.label for section in score.sections}
    loud = np.abs(click)
    for row in rows:
        at = round(float(row["seconds"]) * 48_000)
        assert loud[at : at + 200].max() > (0.35 if row["beat"] == "1" else 0.2)
        assert loud[max(0, at - 2000) : max(0, at - 10)].max(initial=0.0) < 0.02
    tempo = mido.MidiFile(folder / "tempo.mid")
    assert tempo.length == pytest.approx(score.tempo_map.seconds_at(score.length_ticks), abs=1e-3)
    marks = [message.text for message in tempo.tracks[0] if message.type == "marker"]
    assert marks == [section.label for section in score.sections]
    assert any(message.type == "time_signature" for message in tempo.tracks[0])


def test_midi_tracks_have_names_and_programs(folder, short_take):
    tracks = mido.MidiFile(folder / "score.mid").tracks[1:]
    assert [track[0].name for track in tracks] == [part.name for part in short_take.score.parts]
    for track, part in zip(tracks, short_take.score.parts, strict=True):
        programs = {message.program for message in track if message.type == "program_change"}
        channels = {message.channel for message in track if not message.is_meta}
        assert programs == {INSTRUMENTS[part.instrument].program} and len(channels) == 1
        assert (channels == {9}) == (part.role == "drums")


def test_stems_add_up_to_the_mix(folder, short_take):
    stems = load_stems(folder)
    total = sum(sound.samples.astype(np.float64) for _, sound in stems.items())
    mix = sum(sound.samples.astype(np.float64) for _, sound in short_take.stems.items())
    assert 20 * np.log10(np.std(total - mix) / np.std(mix)) <= -80


def test_lossy_files_keep_below_the_ceiling(folder):
    from songwright.dsp.loudness import true_peak_dbtp

    for name in ("song.mp3", "song.opus"):
        assert true_peak_dbtp(read_audio(folder / name).samples) <= -1.0


def test_tags_say_who_and_that_a_machine_made_it(folder):
    mp3 = (folder / "song.mp3").read_bytes()[:8000]
    flac = (folder / "song.flac").read_bytes()[:8000]
    for data in (mp3, flac):
        assert (
            b"Little Lantern" in data and b"AI-generated" in data and b"Tell me where the river goes" in data
        )
    assert mp3.startswith(b"ID3\x04") and b"USLT" in mp3 and b"TIT2" in mp3


def test_every_word_has_its_time(folder, short_take):
    rows = [r for r in (folder / "lyrics.lrc").read_text().splitlines() if re.match(r"\[\d\d:", r)]
    lines = timed_lines(short_take.score)
    assert len(rows) == len(lines) == len(short_take.plan.lines)
    for row, line in zip(rows, lines, strict=True):
        assert re.sub(r"<[^>]*>|\[[^\]]*\]", "", row) == line.text
        stamps = [60 * int(m) + float(s) for m, s in re.findall(r"<(\d\d):(\d\d\.\d\d)>", row)]
        assert len(stamps) == len(line.text.split()) and stamps == sorted(stamps)
        assert line.onset_s <= stamps[0] and stamps[-1] <= line.offset_s


def test_take_json_is_enough_to_make_it_again(folder, short_take, ctx):
    document = json.loads((folder / "take.json").read_text())
    assert document["ai_generated"] is True and document["commercial_use"] is True
    assert document["score_digest"] == digest(short_take.score)
    assert document["brief"]["seed"] == 7 and document["versions"]["numpy"]
    assert all(item["licence"] for item in document["ingredients"])
    back = load(folder, ctx)
    assert digest(back.plan) == digest(short_take.plan)
    assert digest(back.performance) == digest(short_take.performance)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("key", "mode"), "blue"),
        (("tempo_map", "changes", 0, "bpm"), float("nan")),
        (("parts", 0, "instrument"), "kazoo"),
        (("parts", 0, "notes", 0, "pitch"), 4000),
    ],
)
def test_a_score_edited_into_nonsense_is_named(folder, place, value):
    plain = json.loads((folder / "take.json").read_text(encoding="utf-8"))["score"]
    assert whole_score(plain).parts
    inner = plain
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(ValueError, match=place[0]):
        whole_score(plain)


def test_the_judge_finds_it_good(folder, ctx):
    from songwright import guard

    verdict = guard.judge(load(folder, ctx), ctx.child("guard"))
    missed = [figure for figure in verdict.figures if figure.passed is False and "phone" not in figure.name]
    assert not missed
    measured = {figure.name for figure in verdict.figures if figure.value is not None}
    assert {"pitch of held notes", "phone error rate", "stress on stronger beats", "loudness"} <= measured


def test_a_notebook_shows_a_player(short_take):
    html = api.song(short_take)._repr_html_()
    assert "<audio controls" in html and "Little Lantern" in html and "data:audio/flac;base64," in html
