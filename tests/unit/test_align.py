"""The aligner: features, graphs, paths, learning from a flat start, borders, the command, good and bad folders."""

import json

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from songwright.cli.app import app
from songwright.errors import Cancelled, ShelfError
from songwright.text.phones import PHONES
from songwright.train import corpus
from songwright.train.align import (
    borders,
    context,
    features,
    graph,
    models,
    sayings,
    training,
    viterbi,
    writing,
)
from songwright.train.align.task import Wish, align_folder
from songwright.values.seed import Seed

RATE = 16_000
LINES = (
    "see me", "so low", "show me low", "see low sea", "so see me", "low show", "me so see", "show sea me", "see so",
    "low me so",
)  # fmt: skip
VOWEL_HZ = {"IY": (280, 2300), "OW": (450, 850)}
NOISE_HZ = {"S": (4500, 7500), "SH": (1800, 4000)}


def noise(count, name):
    return Seed(5).child(name).luck().noise(count)


def phone_sound(symbol, seconds, name, rate=48_000):
    """A crude mouth: hiss in a band for S and SH, a buzz through two resonances for vowels, a dull buzz for M and L."""
    t = np.arange(round(seconds * rate)) / rate
    if symbol == "PAU":
        return 1e-4 * noise(len(t), name)
    if symbol in NOISE_HZ:
        low, high = NOISE_HZ[symbol]
        spectrum = np.fft.rfft(noise(len(t), name))
        freqs = np.fft.rfftfreq(len(t), 1 / rate)
        return 0.6 * np.fft.irfft(spectrum * ((freqs > low) & (freqs < high)), len(t))
    peaks = VOWEL_HZ.get(symbol, (250, 1000) if symbol == "M" else (380, 2700))
    f0, level = 150.0, 0.05 if symbol == "M" else 0.12
    parts = np.arange(1, 30) * f0
    shape = sum(1.0 / (1.0 + ((parts - peak) / 120.0) ** 2) for peak in peaks)
    return level * (shape[:, None] * np.sin(2 * np.pi * parts[:, None] * t)).sum(axis=0)


PHONES_OF = {
    "see": ("S", "IY"), "sea": ("S", "IY"), "me": ("M", "IY"), "so": ("S", "OW"), "low": ("L", "OW"),
    "show": ("SH", "OW"),
}  # fmt: skip


def spoken(line, number):
    """Sound at 48 kHz and the true (phone, onset_s) of a line, lengths drawn by chance."""
    luck = Seed(9).child(line, number).luck()
    symbols = ["PAU", *(p for word in line.split() for p in PHONES_OF[word]), "PAU"]
    pieces, truth, at = [], [], 0.0
    for n, symbol in enumerate(symbols):
        seconds = luck.uniform(0.08, 0.2)
        pieces.append(phone_sound(symbol, seconds, f"{line} {number} {n}"))
        truth.append((symbol, at))
        at += len(pieces[-1]) / 48_000
    return np.concatenate(pieces), truth


@pytest.fixture(scope="module")
def spoken_corpus(tmp_path_factory):
    """A folder of 40 made-up clips and, by id, their true borders."""
    folder = tmp_path_factory.mktemp("voice") / "mouth"
    folder.mkdir()
    rows, truth = ["id|text|seconds"], {}
    for n in range(40):
        line = LINES[n % len(LINES)]
        sound, truth[f"clip{n:02d}"] = spoken(line, n)
        soundfile.write(folder / f"clip{n:02d}.wav", sound, 48_000, subtype="PCM_16")
        rows.append(f"clip{n:02d}|{line}|{len(sound) / 48_000:.3f}")
    (folder / "metadata.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder, truth


@pytest.fixture(scope="module")
def aligned(spoken_corpus, tmp_path_factory):
    folder, truth = spoken_corpus
    out = tmp_path_factory.mktemp("out")
    told = []
    summary = align_folder(folder, out, Wish(worst=0.0), told.append)
    return out, truth, summary, told


def test_flat_start_finds_borders(aligned):
    out, truth, summary, _ = aligned
    assert summary["clips"] == 40 and summary["left_out"] == []
    off = []
    for name, borders_of in truth.items():
        found = [
            (s, on) for s, on, _ in json.loads((out / f"{name}.json").read_text())["phones"] if s != "PAU"
        ]
        wanted = [(s, on) for s, on in borders_of if s != "PAU"]
        assert [s for s, _ in found] == [s for s, _ in wanted]
        off += [abs(a - b) for (_, a), (_, b) in zip(found, wanted, strict=True)]
    assert np.median(off) < 0.012  # logarithms let a loud sound reach half a window into a quiet one
    assert np.mean(np.array(off) < 0.02) > 0.9


def test_intervals_have_no_gaps(aligned):
    out, _, summary, told = aligned
    clip = writing.read_clip_alignment(out / "clip03.json")
    assert clip.phones[0][1] == 0.0
    assert all(a[2] == b[1] and b[2] > b[1] for a, b in zip(clip.phones, clip.phones[1:], strict=False))
    assert [word for word, _, _ in clip.words] == LINES[3].split()
    assert summary["stages"][-1][1] > summary["stages"][0][1]  # learning made the recordings likelier
    assert any("neighbours" in line for line in told)


def test_text_grid_reads_as_praat_writes(aligned):
    out, *_ = aligned
    text = (out / "clip00.TextGrid").read_text(encoding="utf-8")
    assert text.startswith('File type = "ooTextFile"\nObject class = "TextGrid"\n')
    assert text.count('class = "IntervalTier"') == 2
    sizes = [int(line.split("=")[1]) for line in text.splitlines() if "intervals: size" in line]
    assert sum(sizes) == text.count("xmin = ") - 3


def test_stopped_run_goes_on(spoken_corpus, tmp_path):
    folder, _ = spoken_corpus
    with pytest.raises(Cancelled):
        align_folder(folder, tmp_path, Wish(max_seconds=0.0), lambda line: None)
    assert list((tmp_path / ".work").glob("*.npy"))
    told = []
    with pytest.raises(Cancelled):
        align_folder(folder, tmp_path, Wish(max_seconds=1e9), _stopper(told, "kinds 3"))
    told.clear()
    summary = align_folder(folder, tmp_path, Wish(), told.append)
    assert not any(line.startswith(("kinds 1", "kinds 2")) for line in told)
    assert summary["clips"] >= 38 and not (tmp_path / ".work").exists()


def _stopper(told, stage):
    def tell(line):
        told.append(line)
        if line.startswith(stage):
            raise Cancelled

    return tell


def test_viterbi_finds_the_path_that_made_the_data():
    line = graph.line_graph([graph.plain(("S", "IY"), ("SH", "IY")), graph.plain(("M",))])
    true = [graph.row_of(s, part) for s in ("SH", "IY", "M") for part in range(3) for _ in range(4)]
    score = np.where(line.row[None, :] == np.array(true)[:, None], 0.0, -5.0).astype(np.float32)
    even = np.log(np.full(graph.ROWS, 0.5))
    paths = viterbi.best_paths([line, line], [score, score[:8]], even, even)
    tokens = line.token[paths[0][0]]
    assert [line.symbols[t] for t in dict.fromkeys(tokens)] == ["SH", "IY", "M"]
    assert paths[0][1] == pytest.approx(len(true) * np.log(0.5) - 1.0 + np.log(2.0), abs=1e-5)
    assert paths[1][1] == float("-inf")  # eight frames cannot hold three phones


def test_pauses_between_words_are_optional_and_long():
    line = graph.line_graph([graph.plain(("S", "IY")), graph.plain(("M", "IY"))])
    even = np.log(np.full(graph.ROWS, 0.5))

    def symbols(pause):
        true = [*(["S"] * 6 + ["IY"] * 6), *["PAU"] * pause, *(["M"] * 6 + ["IY"] * 6)]
        own = np.array([line.symbols[t] for t in line.token])
        score = np.where(own[None, :] == np.array(true)[:, None], 0.0, -3.0).astype(np.float32)
        path, _ = viterbi.best_paths([line], [score], even, even)[0]
        return [line.symbols[t] for t in dict.fromkeys(line.token[path])]

    assert symbols(0) == ["S", "IY", "M", "IY"]
    assert symbols(4) == ["S", "IY", "M", "IY"]  # 20 ms are no pause
    assert symbols(20) == ["S", "IY", "PAU", "M", "IY"]


def test_mixtures_find_two_heaps():
    luck = np.random.Generator(np.random.Philox(3))
    heaps = np.concatenate([luck.normal(-2, 0.3, (300, 2)), luck.normal(2, 0.3, (300, 2))]).astype(np.float32)
    rows = np.zeros(600, dtype=int)
    one = models.single(heaps, rows, 2)
    two = one.split()
    for _ in range(6):
        two = models.refitted(two, heaps, rows)
    assert sorted(np.round(two.mean[0, :, 0])) == [-2, 2]
    gain = two.log_likelihood(heaps, np.array([0])).mean() - one.log_likelihood(heaps, np.array([0])).mean()
    assert gain > 1.0
    flat = np.exp(two.log_likelihood(heaps[:5], np.array([0, 0])))
    assert flat.shape == (5, 2) and np.array_equal(flat[:, 0], flat[:, 1])


def test_features_follow_the_sound():
    sound = np.concatenate(
        [phone_sound("PAU", 0.3, "a"), phone_sound("IY", 0.3, "b"), phone_sound("S", 0.3, "c")]
    )
    heard = features.clip_features(sound)
    assert heard.shape == (181, features.DIMENSIONS) and np.isfinite(heard).all()
    voiced = heard[:, 3 * features.CEPSTRA]
    assert voiced[75:105].min() > 0.8 and voiced[140:170].max() < 0.6
    assert heard[80:100, 0].mean() > heard[10:40, 0].mean() + 5
    louder = features.clip_features(3 * sound)
    assert np.allclose(heard[70:], louder[70:], atol=0.05)


def test_borders_move_to_the_change():
    luck = np.random.Generator(np.random.Philox(4))
    tracks, symbols, starts, truth = [], [], [], []
    for _ in range(80):
        place = int(luck.integers(30, 50))
        track = 0.3 * luck.normal(size=(80, features.DIMENSIONS)).astype(np.float32)
        track[place:, :4] += 2.0
        tracks.append(track)
        symbols.append(("S", "IY"))
        truth.append(place - 0.5)
        starts.append(np.array([0.0, place - 0.5 + luck.normal() * 2]))
    moved = borders.settled(tracks, symbols, starts)
    before = np.abs([s[1] - t for s, t in zip(starts, truth, strict=True)])
    after = np.abs([s[1] - t for s, t in zip(moved, truth, strict=True)])
    assert after.mean() < 0.5 * before.mean()
    assert all(s[0] == 0.0 for s in moved)


def test_classes_of_neighbours_cover_all_sounds():
    classes = {symbol: context.neighbour_class(symbol) for symbol in PHONES}
    assert classes["IY"] == classes["IH"] != classes["AA"]
    assert classes["M"] != classes["N"] and classes["T"] == classes["TS"].replace("affricate", "stop")
    assert len(set(classes.values())) < len(PHONES) / 2 + 10


def test_german_speech_is_reduced(shelf):
    from songwright.text.german.speech import GermanPronouncer

    says = dict(sayings.line_sayings("Haben wir nur", "de", GermanPronouncer()))
    slots = [tuple(phone for phone, _ in slot) for slot in says["Haben"][0][1]]
    assert ("AX", "") in slots
    assert any("AR" in [phone for phone, _ in slot] for slot in says["nur"][0][1])
    both = graph.line_graph(list(says.values()))
    assert len(both.jumps) == len(both.price) and both.price.max() > 0


def test_english_words_may_be_said_in_more_than_one_way(shelf):
    from songwright.text.speech import Pronouncer

    lexicon = shelf.lexicon("en")
    said = sayings.line_sayings("Either, please", "en", Pronouncer(lexicon, shelf.letters("en")), lexicon)
    assert [word for word, _ in said] == ["Either,", "please"]
    assert len(said[0][1]) >= 2 and said[0][1][0][0] == 0.0 and said[0][1][1][0] > 0.0


def test_flat_path_visits_every_usual_sound():
    line = graph.line_graph([graph.plain(("S", "IY"), ("SH", "IY"))])
    track = np.zeros((60, features.DIMENSIONS), dtype=np.float32)
    track[10:50, 0] = 3.0
    path = training.flat_path(line, track)
    assert len(path) == 60
    assert {line.symbols[t] for t in line.token[path]} == {"PAU", "S", "IY"}


# the corpus -------------------------------------------------------------------------------------------------


def test_split_is_by_text_alone():
    assert corpus.split_of("Will we ever forget it.") == corpus.split_of("WILL WE EVER FORGET IT.")
    parts = [corpus.split_of(f"line {n}") for n in range(2000)]
    assert 60 < parts.count("test") < 140 and 60 < parts.count("validation") < 140


def test_corpus_names_what_it_leaves_out(tmp_path):
    soundfile.write(tmp_path / "a.wav", 0.1 * noise(48_000, "a"), 48_000)
    (tmp_path / "metadata.csv").write_text(
        "a|Hello there\nb|No sound here|2.0\nc|...|1\na|Again\n", encoding="utf-8"
    )
    found = corpus.read_corpus(tmp_path)
    assert [clip.id for clip in found.clips] == ["a"]
    assert dict(found.left_out) == {"b": "has no sound file", "c": "has no text", "a": "is listed twice"}


def test_clipped_short_and_silent_sound_is_found(tmp_path):
    clip = corpus.Clip("x", "words", tmp_path / "x.wav", seconds=1.0)
    t = np.arange(48_000) / 48_000
    tone = np.sin(2 * np.pi * 200 * t)
    assert corpus.sound_problem(clip, 0.5 * tone) == ""
    assert "clipped" in corpus.sound_problem(clip, np.clip(1.5 * tone, -1, 1))
    assert "cut short" in corpus.sound_problem(clip, 0.5 * tone[:30_000])
    assert "silent" in corpus.sound_problem(clip, 0.0 * tone)
    assert "too short" in corpus.sound_problem(clip, tone[:4_800])


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "has no metadata.csv"),
        ({"metadata.csv": b""}, "names no clip"),
        ({"metadata.csv": b"a|words\n"}, "has no sound file"),
        ({"metadata.csv": b"a|words\n", "a.wav": b"no sound"}, "are needed"),
        ({"metadata.csv": "a|wörds\n".encode("latin-1")}, "not UTF-8"),
    ],
)
def test_bad_folders_get_one_line(tmp_path, files, said):
    folder = tmp_path / "voice"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with pytest.raises(ShelfError, match=said) as problem:
        align_folder(folder, tmp_path / "out", Wish(), lambda line: None)
    assert "\n" not in str(problem.value)


def test_command_refuses_what_it_cannot_speak(tmp_path):
    runner = CliRunner()
    gone = runner.invoke(app, ["train", "align", str(tmp_path / "nowhere"), "--out", str(tmp_path / "o")])
    assert isinstance(gone.exception, ShelfError)
    other = runner.invoke(
        app, ["train", "align", str(tmp_path), "--out", str(tmp_path / "o"), "--language", "tlh"]
    )
    assert "tlh" in str(other.exception)
    assert not (tmp_path / "o").exists()


def test_alignment_files_that_are_none(tmp_path):
    (tmp_path / "x.json").write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(ShelfError, match="no alignment"):
        writing.read_clip_alignment(tmp_path / "x.json")
