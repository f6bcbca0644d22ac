"""The song corpus: notations read alike, bars that add up, a fair split, tokens for learning."""

import json
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest

from songwright.errors import BriefError, ShelfError
from songwright.io.abc import abc_song
from songwright.io.musicxml_write import write_musicxml
from songwright.io.written import Measure, Tone, Unusable, Written, one_voice
from songwright.music.harmony import roman_chord
from songwright.music.keyfinding import durations, find_key
from songwright.music.tokens import NAMES, VOCABULARY, decode
from songwright.music.upbeat import upbeat
from songwright.train.songs.bars import stretches
from songwright.train.songs.batches import Batches, Manner, example, weights
from songwright.train.songs.billboard import billboard_song
from songwright.train.songs.checks import plain_title, shared_notes
from songwright.train.songs.corpus import gather
from songwright.train.songs.dataset import load_shard, save_shard, tokens_of
from songwright.train.songs.harmony import heard_chords
from songwright.train.songs.lilypond import lilypond_song
from songwright.train.songs.lines import line_starts
from songwright.train.songs.midi import read_midi_song
from songwright.train.songs.ngram import NGram, loss_kinds, nats_by_kind
from songwright.train.songs.settle import Origin, settle
from songwright.train.songs.song import Song, from_row, load_songs, save_songs, to_row
from songwright.train.songs.split import part_of, split_songs
from songwright.train.songs.statistics import page, statistics
from songwright.train.songs.words import Sounds
from songwright.values.plan import Key
from songwright.values.score import Note, Part, Score, Section
from songwright.values.seed import Seed
from songwright.values.time import Meter, TempoMap
from songwright.values.words import Syllable

ABC = """X:1
T: The Lark
C: Music: Nobody, 1850
M: 3/4
L: 1/4
K: G
V: 1
V: 2
[V: 1] D | G2 A | (B A) G | c2 "D7"B | A2 D |
w: 1.~The lark is ris- ing * from her nest, The
w: 2.~No oth- er verse is read at all, The
[V: 2] z | G,3 | G,2 G, | D,3 | D,3 |
[V: 1] G2 A | B3/2 c/ d | (3e d c A | G2 |]
w: morn- ing sun is in the gold- en west.
[V: 2] G,3 | G,3 | D,3 | G,2 |]
"""

LILYPOND = r"""
\include "english.ly"
\header { title = "Low Tide" composer = "Nobody" }
words = \lyricmode {
  Slow, slow the wa -- ter goes,
  Out where the cold wind blows, my love.
}
tune = \relative c' {
  \key f \major \time 4/4
  \partial 4 c4 | f4. g8 a4 bf8( a) | g4 g8 g~ g4 \tuplet 3/2 { a8 bf c } |
  d4 c a2 | g4 e f2~ | f2. r4 \bar "|."
}
\score { << \new Voice = "lead" { \tune } \new Lyrics \lyricsto "lead" { \words } >> }
"""

TUNE = [60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 71, 69, 67, 65, 64, 62, 60, 59, 60]
OTHER = [67, 67, 65, 64, 60, 60, 69, 67, 65, 64, 62, 55, 57, 59, 60, 67, 69, 72, 64, 60, 60]
WORDS = "sing me a song of the riv- er and all the hills a- round it go- ing home at last"


def syllables(text):
    open_word = False
    for piece in text.split():
        goes_on = piece.endswith("-")
        yield (
            piece.rstrip("-"),
            {(0, 0): "single", (0, 1): "begin", (1, 1): "middle", (1, 0): "end"}[open_word, goes_on],
        )
        open_word = goes_on


def tones(pitches, length=480, words=WORDS):
    said = list(syllables(words))
    return tuple(
        Tone(n * length, length, pitch, *(said[n] if n < len(said) else ("", "single")))
        for n, pitch in enumerate(pitches)
    )


def written(pitches, **changes):
    voice = tones(pitches)
    bars = tuple(Measure(n * 1920, 1920, Meter(), 0) for n in range(-(-voice[-1].end // 1920)))
    return replace(Written("A Tune", "Nobody", bars, voice), **changes)


def origin(name="x/tune.mxl", title="A Tune"):
    return Origin(name, "x", "CC0-1.0", title, "", "en")


@pytest.fixture(scope="module")
def sounds():
    return Sounds()


@pytest.fixture(scope="module")
def songs(sounds):
    rows = {"One": TUNE, "Two": OTHER, "Three": [p + 5 for p in TUNE]}
    found = []
    for title, pitches in rows.items():
        found += settle(written(pitches), origin(f"x/{title}.mxl", title), sounds)
    return found


def test_abc_is_read_with_words_ties_and_bars():
    tune = abc_song(ABC, "lark")
    assert (tune.title, tune.author) == ("The Lark", "Nobody, 1850")
    assert [t.text for t in tune.voice][:9] == ["The", "lark", "is", "ris", "ing", "", "from", "her", "nest,"]
    assert [t.syllabic for t in tune.voice][3:5] == ["begin", "end"]
    assert tune.measures[0].ticks == 480 and tune.measures[1].ticks == 1440
    assert tune.measures[1].fifths == 1
    assert [t.pitch for t in tune.voice][:5] == [62, 67, 69, 71, 69]
    assert tune.voice[4].text == "ing"
    triplet = [t for t in tune.voice if t.ticks == 320]
    assert len(triplet) == 2 or len(triplet) == 3
    assert tune.signs[480 + 2 * 1440 + 960] == ("D", "7", "D")
    assert min(p for _, _, p in tune.others) == 50


def test_lilypond_is_read_with_slurs_ties_and_tuplets():
    tune = lilypond_song(LILYPOND, "tide")
    assert tune.title == "Low Tide" and tune.measures[0].ticks == 480
    assert (tune.measures[1].fifths, tune.measures[1].mode) == (-1, "major")
    assert [t.text for t in tune.voice][:7] == ["Slow,", "slow", "the", "wa", "ter", "", "goes,"]
    assert [t.pitch for t in tune.voice][:6] == [60, 65, 67, 69, 70, 69]  # "ter" is slurred from B flat to A
    tied = next(t for t in tune.voice if t.text == "where")
    assert tied.ticks == 240 + 480
    assert [t.ticks for t in tune.voice if t.text in ("the", "cold", "wind")][-3:] == [160, 160, 160]
    assert tune.voice[-1].ticks == 960 + 1440  # the last note is tied over the bar line
    assert sorted(tune.breaks) == [0, 7]


@pytest.mark.parametrize("text", ["", "X:1\nK:C\nCDEF|\n", "X:1\nM:none\nK:C\nV:1\n[V: 1] C D|\nw: la la\n"])
def test_what_is_no_song_says_why(text):
    with pytest.raises((Unusable, ValueError)):
        abc_song(text, "x")
    with pytest.raises(Unusable):
        lilypond_song(text, "x")


def midi(path, lead=0):
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    head = mido.MidiTrack([mido.MetaMessage("track_name", name="A Tune"),
                           mido.MetaMessage("time_signature", numerator=4, denominator=4)])  # fmt: skip
    voice = mido.MidiTrack(
        [mido.MetaMessage("track_name", name="soprano"), mido.MetaMessage("key_signature", key="Dm")]
    )
    said = mido.MidiTrack([mido.MetaMessage("track_name", name="lyrics:soprano:1")])
    for n, (pitch, (text, kind)) in enumerate(zip(TUNE, syllables(WORDS), strict=False)):
        voice += [
            mido.Message("note_on", note=pitch, velocity=80, time=0),
            mido.Message("note_off", note=pitch, time=480),
        ]
        sung = text + ("-" if kind in ("begin", "middle") else "")
        said.append(mido.MetaMessage("lyrics", text=sung, time=480 if n else 0))
    file.tracks += [head, said, voice]
    file.save(path)


def test_midi_lyrics_find_their_voice(tmp_path):
    midi(tmp_path / "a.mid")
    tune = read_midi_song(tmp_path / "a.mid")
    assert [t.pitch for t in tune.voice] == TUNE[: len(tune.voice)]
    assert [t.text for t in tune.voice][:8] == ["sing", "me", "a", "song", "of", "the", "riv", "er"]
    assert (tune.measures[0].fifths, tune.measures[0].mode) == (-1, "minor")
    assert not tune.barred


def test_the_top_of_chords_is_sung_and_lower_voices_are_not():
    line = one_voice([Tone(0, 960, 72, "oh"), Tone(0, 480, 60), Tone(480, 480, 62), Tone(960, 480, 71, "no")])
    assert [(t.tick, t.ticks, t.pitch) for t in line] == [(0, 960, 72), (960, 480, 71)]


def test_an_upbeat_makes_a_full_first_bar(sounds):
    bars = (Measure(0, 480, Meter(), 0), *(Measure(480 + n * 1920, 1920, Meter(), 0) for n in range(5)))
    stretch = stretches(written(TUNE, measures=bars))[0]
    assert stretch.place(0) == 1440 and stretch.place(480) == 1920
    song = settle(written(TUNE, measures=bars), origin(), sounds)[0]
    assert song.notes[0].start_tick == 1440 and song.score.length_ticks % 1920 == 0


def test_bars_split_by_a_repeat_sign_share_one_bar():
    lengths = (1920, 1440, 480, 1920, 1920)
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    bars = tuple(Measure(at, n, Meter(), 0) for at, n in zip(starts, lengths, strict=True))
    stretch = stretches(written(TUNE, measures=bars))[0]
    assert stretch.padded == 0 and stretch.bars == 4
    assert stretch.place(starts[3]) == 2 * 1920


def test_an_upbeat_is_heard_where_no_bar_lines_are():
    rhythm, voice, tick = (480, 960, 480, 480, 960, 480, 480, 1440), [], 0
    for n, length in enumerate(rhythm * 3):
        voice.append(Tone(tick, length, TUNE[n % len(TUNE)], "la"))
        tick += length
    bass = [(t.tick, t.ticks, 48 + n % 5) for n, t in enumerate(voice) if (t.tick - 480) % 1440 == 0]
    assert upbeat([(tone.tick, tone.ticks) for tone in voice], bass, Meter(3, 4)) == 480


def test_changes_of_meter_part_a_song(sounds):
    bars = tuple(Measure(n * 1920, 1920, Meter(), 0) for n in range(5))
    voice = tones([*TUNE, *TUNE], words=f"{WORDS} on {WORDS} on")
    late = tuple(Measure(9600 + n * 1440, 1440, Meter(3, 4), 0) for n in range(8))
    found = settle(Written("T", "", (*bars, *late), voice), origin(), sounds)
    assert [str(s.score.meter) for s in found] == ["4/4", "3/4"]


def test_syllables_get_stress_and_phones(songs):
    notes = songs[0].notes
    said = {n.syllable.text: n.syllable for n in notes if n.syllable}
    assert said["riv"].stress == 1 and said["er"].stress == 0
    assert said["song"].phones == ("S", "AO", "NG")
    assert [n.syllabic for n in notes if n.syllable and n.syllable.text in ("riv", "er")] == ["begin", "end"]


def test_lines_end_where_phrases_do():
    words = "The cat sat on the mat to sleep, The dog lay down and be- gan to weep."
    voice = tones([60] * 18, words=words)
    held = [replace(t, tick=t.tick + (960 if n > 7 else 0)) for n, t in enumerate(voice)]
    assert line_starts(held, "en") == (0, 8)


def test_keys_are_found():
    assert find_key(durations([(480, p) for p in (60, 62, 64, 65, 67, 69, 71, 72, 67, 60)])) == Key(
        "C", "major"
    )
    minor = durations([(480, p) for p in (57, 59, 60, 62, 64, 65, 68, 69, 64, 57)])
    assert find_key(minor, last_pitch=57, signature=0) == Key("A", "minor")


def test_chords_are_heard_out_of_the_accompaniment():
    key, meter = Key("G"), Meter()
    wanted = [
        roman_chord(numeral, key, n * 1920, 1920) for n, numeral in enumerate(("I", "IV", "V7", "vi", "I"))
    ]
    tones_of = {"maj": (0, 4, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10)}
    sounding = []
    for chord in wanted:
        for beat in range(4):
            at = chord.start_tick + beat * 480
            sounding.append((at, 480, 36 + chord.root, 1.0))
            sounding += [(at, 480, 60 + (chord.root + step) % 12, 1.0) for step in tones_of[chord.quality]]
        sounding.append((chord.start_tick + 480, 240, 73, 0.5))  # a passing note
    found = heard_chords(sounding, key, meter, 5 * 1920)
    assert [(c.start_tick, c.root, c.quality) for c in found] == [
        (c.start_tick, c.root, c.quality) for c in wanted
    ]


def test_a_song_goes_to_json_and_back(songs, tmp_path):
    for song in songs:
        assert from_row(json.loads(json.dumps(to_row(song)))) == song
        assert "breaths" not in to_row(song)
    part = song.score.parts[0]
    notes = (replace(part.notes[0], articulation="breath"), *part.notes[1:])
    marked = replace(song, score=replace(song.score, parts=(replace(part, notes=notes),)))
    assert from_row(json.loads(json.dumps(to_row(marked)))) == marked
    save_songs(songs, tmp_path / "songs.jsonl")
    assert list(load_songs(tmp_path / "songs.jsonl")) == list(songs)
    (tmp_path / "bad.jsonl").write_text("{}\n")
    with pytest.raises(ShelfError, match="line 1"):
        list(load_songs(tmp_path / "bad.jsonl"))
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe")
    for name in ("none.jsonl", "binary.jsonl", ""):
        with pytest.raises(ShelfError, match="cannot be read"):
            list(load_songs(tmp_path / name))


def test_the_same_tune_under_another_name_stays_together(songs):
    placed = split_songs(songs)
    assert placed[0].group == placed[2].group != placed[1].group  # "Three" is "One", a fourth higher
    assert placed[0].split == placed[2].split == part_of(placed[0].group)
    again = split_songs(songs[::-1])
    assert {s.id: s.split for s in again} == {s.id: s.split for s in placed}


def test_groups_fall_into_parts_as_planned():
    parts = [part_of(f"song {n}") for n in range(2000)]
    assert 0.05 < parts.count("test") / 2000 < 0.09 and 0.05 < parts.count("valid") / 2000 < 0.09


@pytest.mark.parametrize(
    ("a", "b"),
    [("The Lark (Waltz)", "Lark"), ("3 Villanelle", "Villanelle"), ("Adieu, mon cœur", "ADIEU MON CŒUR")],
)
def test_titles_are_compared_without_trimmings(a, b):
    assert plain_title(a) == plain_title(b)


def test_versions_of_a_tune_share_notes(songs):
    shared = shared_notes(songs[0].notes, songs[2].notes)
    assert len(shared) >= 16 and {b.pitch - a.pitch for a, b in shared} == {5}


def test_chord_charts_are_read():
    head = "# title: T\n# artist: A\n# metre: 4/4\n# tonic: A\n\n0.0\tsilence\n"
    text = f"{head}1.0\tA, intro, | A:min | F:maj G:7 |\n5.0\tB, verse, | C:maj . E:7/3 . | x2\n9.0\tend\n"
    song = billboard_song(text, origin())
    assert song.score.key == Key("A", "minor") and not song.notes
    assert [(c.root_name, c.quality) for c in song.score.chords][:5] == [
        ("A", "min"), ("F", "maj"), ("G", "7"), ("C", "maj"), ("E", "7")]  # fmt: skip
    assert [s.kind for s in song.score.sections] == ["intro", "verse"]
    assert song.score.length_ticks == 4 * 1920
    assert decode(tokens_of(song)).score.chords
    with pytest.raises(Unusable):
        billboard_song("# title: T\n", origin())


def score_of(pitches, words=WORDS):
    said = list(syllables(words))
    notes = tuple(
        Note(f"lead/{n}", n * 480, 480, pitch, 0.7, Syllable(said[n][0], ()), said[n][1])
        for n, pitch in enumerate(pitches[: len(said)])
    )
    bars = -(-len(notes) * 480 // 1920)
    section = Section("v", "verse", "Verse", 0, bars * 1920, 0.6)
    return Score("A Tune", Key("C"), Meter(), TempoMap.constant(96), (section,),
                 tuple(roman_chord("I" if n % 2 else "V", Key("C"), n * 1920, 1920) for n in range(bars)), (),
                 (Part("lead", "Voice", "lead", "voice", "lead", notes),), bars * 1920)  # fmt: skip


def test_a_folder_becomes_a_corpus(tmp_path):
    pack = tmp_path / "pack"
    (pack / "songs" / "mine").mkdir(parents=True)
    write_musicxml(score_of(TUNE), pack / "songs" / "mine" / "one.musicxml")
    write_musicxml(score_of(OTHER), pack / "songs" / "mine" / "two.musicxml")
    midi(pack / "songs" / "mine" / "one.mid")  # the same song in a poorer notation is not read twice
    (pack / "songs" / "mine" / "broken.mxl").write_bytes(b"no score")
    rows = [
        {"path": f"songs/mine/{name}", "source": "me", "licence": licence, "language": "en"}
        for name, licence in (
            ("one.musicxml", "CC0-1.0"),
            ("two.musicxml", "CC-BY-NC-4.0"),
            ("broken.mxl", "CC0-1.0"),
        )
    ]
    (pack / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found, left = gather(pack)
    assert [s.id for s in found] == ["songs/mine/one.musicxml#1"]
    assert found[0].chords_from == "given" and found[0].score.chords[0].root == 7
    assert {item.path: item.reason for item in left}["songs/mine/two.musicxml"] == "licence CC-BY-NC-4.0"
    assert "not readable" in {item.path: item.reason for item in left}["songs/mine/broken.mxl"]
    text = page(statistics(split_songs(found), left, {"mode_of_signature": 0.9}), "make")
    assert "| songs/mine, CC0-1.0 | 1 |" in text and "licence CC-BY-NC-4.0" in text and "90.0%" in text


def test_folders_without_songs_are_refused(tmp_path):
    with pytest.raises(ShelfError, match="no song file"):
        gather(tmp_path)
    with pytest.raises(ShelfError, match="no folder"):
        gather(tmp_path / "none")


def shard(songs, path):
    many = [replace(song, id=f"{song.id}{n}", split=part) for song in songs for n, part in
            enumerate(("train", "train", "valid", "test"))]  # fmt: skip
    save_shard(many, path)
    return load_shard(path)


def test_tokens_are_kept_in_one_small_file(songs, tmp_path):
    parts = shard(songs, tmp_path / "songs.npz")
    assert {name: len(rows) for name, rows in parts.items()} == {"train": 6, "valid": 3, "test": 3}
    assert parts["train"][0].tolist() == tokens_of(songs[0])
    (tmp_path / "bad.npz").write_bytes(b"x")
    with pytest.raises(ShelfError):
        load_shard(tmp_path / "bad.npz")


def test_counting_learns_what_it_has_seen(songs, tmp_path):
    parts = shard(songs, tmp_path / "songs.npz")
    model = NGram(4).fit(parts["train"])
    known = np.concatenate([model.nats(row) for row in parts["train"]])
    scrambled = [Seed(1).child("x").luck().noise(len(row)).argsort() for row in parts["train"]]
    strange = np.concatenate(
        [model.nats(row[order]) for row, order in zip(parts["train"], scrambled, strict=True)]
    )
    assert known.mean() < 1.0 < 3.0 < strange.mean()
    # what can follow a run sums to one
    head = parts["train"][0][:7]
    every = [float(np.exp(-model.nats(np.append(head, token))[-1])) for token in range(len(NAMES))]
    assert sum(every) == pytest.approx(1.0, abs=1e-6)
    figures = nats_by_kind(parts["valid"], [model.nats(row) for row in parts["valid"]])
    assert set(figures) >= {"pitch", "dur", "mark", "voice", "voice_tokens"} and "header" not in figures


def test_places_of_chords_count_as_chords(songs):
    chords = tuple(roman_chord("I" if n % 2 else "V", Key("C"), n * 960, 960) for n in range(4))
    row = tokens_of(replace(songs[0], score=replace(songs[0].score, chords=chords)))
    kinds = loss_kinds(row)
    before_chords = [kinds[n] for n, token in enumerate(row[1:]) if NAMES[token].startswith("c:")]
    before_notes = [kinds[n] for n, token in enumerate(row[1:]) if NAMES[token].startswith("syl:")]
    assert set(before_chords) == {"chord"} and set(before_notes) == {"pos"}


def test_batches_are_the_same_for_the_same_step(songs, tmp_path):
    rows = shard(songs, tmp_path / "songs.npz")["train"]
    manner = Manner(batch=4, length=96)
    first, again = (Batches(rows, manner, Seed(3)) for _ in range(2))
    again.at(7)
    assert (first.at(2) == again.at(2)).all() and first.at(2).shape == (4, 97)
    assert not (first.at(2) == first.at(3)).all()
    seen = {name for n in range(40) for name in (NAMES[t] for t in first.at(n).flatten())}
    assert {"hole", "fill", "/fill", "lang:any"} <= seen
    given = weights(np.array([VOCABULARY[n] for n in ("pad", "lang:en", "s:1b:a", "p:1:0", "bar")]))
    assert given.tolist() == [0, 0, 0, 1, 1]


def test_an_example_keeps_the_opening(songs):
    row = np.array(tokens_of(songs[0]))
    shown = example(row, Manner(length=60, open_share=0.0, hole_share=0.0), Seed(2).luck())
    head = row.tolist().index(VOCABULARY["/form"]) + 1
    assert shown[:head] == row[:head].tolist() and len(shown) <= 61


@pytest.fixture
def corpus(songs, tmp_path):
    shard(songs, tmp_path / "songs.npz")
    return tmp_path / "songs.npz"


@pytest.mark.parametrize("rival", ["", "lstm", "gru", "rnn"])
def test_a_tiny_network_learns_and_goes_on_where_it_stopped(corpus, tmp_path, rival):
    torch = pytest.importorskip("torch")
    from songwright.train.run import Budget, train
    from songwright.train.songs.task import ComposerTask, build

    parts = load_shard(corpus)
    manner = Manner(batch=4, length=64)

    def run(folder, steps):
        task = ComposerTask(parts, build("tiny", rival), manner, Seed(1))
        return task, train(
            task, tmp_path / folder, Budget(max_seconds=600, max_steps=steps, warm_steps=2, cool=0.0)
        )

    task, _ = run("whole", 12)
    before = build("tiny", rival)
    from songwright.train.songs.task import measure

    assert (
        measure(task.networks["composer"], parts["valid"])["found"] < measure(before, parts["valid"])["found"]
    )
    run("parted", 6)
    parted, state = run("parted", 12)
    assert state.step == 12
    pairs = zip(task.networks["composer"].parameters(), parted.networks["composer"].parameters(), strict=True)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in pairs)


def test_sizes_are_what_they_say_and_wrong_ones_are_refused():
    pytest.importorskip("torch")
    from songwright.train.nets import composer, recurrent
    from songwright.train.songs.task import build

    small = sum(p.numel() for p in composer.Composer(composer.SIZES["small"]).parameters())
    assert 4.4e6 < small < 5.2e6
    for cell in ("lstm", "gru", "rnn"):
        rival = sum(p.numel() for p in recurrent.Recurrent(recurrent.sized(cell, small)).parameters())
        assert abs(rival - small) < 0.05 * small
    with pytest.raises(BriefError, match="size"):
        build("huge")
    with pytest.raises(BriefError, match="rival"):
        build("tiny", "markov")


def test_a_folder_is_analysed(tmp_path):
    from songwright.bench.patterns import analyse
    from songwright.bench.songbook import read_folder

    with pytest.raises(ShelfError, match="holds no score"):
        read_folder(tmp_path)
    (tmp_path / "bad.mxl").write_bytes(b"x")
    with pytest.raises(ShelfError, match="none of 1 scores"):
        read_folder(tmp_path)
    for name, pitches in (("a", TUNE), ("b", [p + 2 for p in TUNE]), ("c", OTHER)):
        write_musicxml(score_of(pitches), Path(tmp_path / f"{name}.musicxml"))
    tunes, unread = read_folder(tmp_path)
    assert [t.path for t in tunes] == ["a.musicxml", "b.musicxml", "c.musicxml"]
    assert [u.path for u in unread] == ["bad.mxl"]
    found = analyse(tunes)
    novelty = [song["novelty"] for song in found["songs"]]
    assert novelty[0] == novelty[1] == 0.0 and novelty[2] == 1.0
    assert found["songs"][0]["nearest"] == "b.musicxml"
    assert found["songs"][0]["longest_shared_run_notes"] == len(tunes[0].notes)
    assert found["progressions"]["verse"]["V I V I"] == 2
    assert sum(found["intervals"].values()) == pytest.approx(1.0, abs=0.01)
    json.dumps(found)


def test_a_folder_is_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    from songwright.bench.pattern_picture import draw_patterns
    from songwright.bench.patterns import analyse
    from songwright.bench.songbook import read_folder

    write_musicxml(score_of(TUNE), tmp_path / "a.musicxml")
    assert draw_patterns(analyse(read_folder(tmp_path)[0]), "a").startswith(b"\x89PNG")


def test_songs_are_values():
    assert Song("a", "b", "c", "d", "en", "none", score_of(TUNE)).placed("g", "test").split == "test"
