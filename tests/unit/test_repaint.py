"""Sound that is there: gone on from, and painted anew; what is outside stays, sample for sample."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from songwright.engines.jukebox import clips
from songwright.engines.jukebox.continuing import continuing
from songwright.engines.jukebox.lines import lines_of
from songwright.engines.jukebox.repainting import repainted
from songwright.engines.memory import UNKNOWN, load, measured
from songwright.errors import BriefError
from songwright.io.lyrics import timed_lines
from songwright.runtime.jukebox.joining import REACH_S
from songwright.values.audio import Audio, Stems
from songwright.values.brief import SongBrief
from songwright.values.seed import Seed
from songwright.values.sounding import SoundWishes
from songwright.values.take import Take

torch = pytest.importorskip("torch")

from jukebox_kit import TinyShelf, tiny_files, tiny_names, tiny_shelf  # noqa: E402

RATE = 48_000
QUICK = SoundWishes(steps=1, guidance=1.0)
PLAIN = SongBrief(sound=QUICK)


def noise(seconds, rate=RATE, channels=2, name="noise"):
    """Something that sounds, between whole numbers of 24 bits."""
    rows = [Seed(3).child(name, n).luck().noise(round(seconds * rate)) for n in range(channels)]
    return (np.round(np.stack(rows) * 0.2 * 2**23) / 2**23).astype(np.float32)


def take_of(samples, rate=RATE):
    return Take(SongBrief(), UNKNOWN, measured(Audio(np.array(samples), rate)))


def sounds(take):
    """The master and all stems by name."""
    return {"master": take.master.audio} | dict(take.stems.items() if take.stems else ())


def changed(old, new):
    """Of each sound, the first and last sample that differ; None where none does. Stems that are new begin silent."""
    found = {}
    for name, after in sounds(new).items():
        before = sounds(old)[name].samples if name in sounds(old) else np.zeros_like(after.samples)
        differ = np.flatnonzero((before != after.samples).any(axis=0))
        found[name] = (int(differ[0]), int(differ[-1]) + 1) if len(differ) else None
    return found


def band_take(seconds=4.0):
    """A take of another engine: a lead and two instruments that add up to the master."""
    parts = {name: noise(seconds, name=name) / 4 for name in ("lead", "drums", "bass")}
    stems = Stems(tuple(parts), tuple(Audio(samples) for samples in parts.values()))
    return replace(take_of(sum(parts.values()) * np.float32(2.0)), stems=stems)


def test_outside_every_sample_stays_and_inside_there_is_new_sound():
    old = band_take()
    new = repainted(old, 1.0, 2.5, PLAIN, tiny_shelf(8))
    first, last, reach = RATE, round(2.5 * RATE), round(REACH_S * RATE)
    moved = changed(old, new)
    assert set(moved) == {"master", "lead", "drums", "bass", "band"}
    for name, (begin, end) in moved.items():
        assert first <= begin < first + reach and last - reach < end <= last, (
            name
        )  # the crossfades lie inside
    middle = slice(first + RATE // 4, last - RATE // 4)
    assert not new.stems["drums"].samples[:, middle].any() and new.stems["band"].samples[:, middle].any()
    total = sum(sound.samples[:, middle] for _, sound in new.stems.items())
    assert np.corrcoef(total[0], new.master.audio.samples[0, middle])[0, 1] > 0.9  # it is limited
    assert new.engine.id == "jukebox" and {"jukebox", "codec-encoder"} < {one.id for one in new.ingredients}
    only = repainted(old, 1.0, 2.5, PLAIN, tiny_shelf(8), only="voice")
    moved = changed(old, only)
    assert moved["lead"] and moved["master"] and not moved["drums"] and "band" not in moved


def test_seeds_paint_differently():
    old = take_of(noise(2.0, 8_000, 1), 8_000)
    one, again, other = (repainted(old, 0.5, 1.5, PLAIN, tiny_shelf(n)) for n in (8, 8, 9))
    assert changed(one, again)["master"] is None and changed(one, other)["master"]


def test_crossfades_have_no_step():
    """A tone goes over into what is new without a jump of its slope or its level."""
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(3 * RATE) / RATE)
    old = take_of(np.stack([tone, tone]).astype(np.float32))
    made = repainted(old, 1.0, 2.0, PLAIN, tiny_shelf(8))
    begin, end = changed(old, made)["master"]
    step = np.abs(np.diff(made.master.audio.samples[0].astype(np.float64), 2))
    usual = step[RATE // 2 : RATE - 100].max()
    for seam, inside in ((begin, slice(begin, begin + 4000)), (end, slice(end - 4000, end))):
        assert step[seam - 20 : seam + 20].max() < 1.5 * usual + 0.1 * step[inside].max()
        assert step[inside].max() > 10 * usual  # a step would be seen: the new sound is rough


def test_other_words_are_set_to_the_same_bars(short_take):
    line = timed_lines(short_take.score)[1]
    brief = replace(PLAIN, lyrics="Show me how the winter blows\n")
    new = repainted(short_take, line.onset_s - 0.1, line.offset_s + 0.1, brief, tiny_shelf(8))
    texts, before = ([one.text for one in take.plan.lines] for take in (new, short_take))
    assert texts == [before[0], "Show me how the winter blows", *before[2:]]
    sung = [phone.symbol for part in new.performance.sung if part.role == "lead"
            for phrase in part.phrases for phone in phrase.phones if phone.line == 1]  # fmt: skip
    assert "W" in sung and "SH" in sung
    moved = {name: span for name, span in changed(short_take, new).items() if span}
    assert {"master", "lead", "band", "drums", "bass"} <= set(moved)
    for begin, end in moved.values():
        assert begin >= round((line.onset_s - 0.1) * RATE) and end <= round((line.offset_s + 0.1) * RATE)
    with pytest.raises(BriefError, match="2 lines, but 1"):
        repainted(short_take, line.onset_s, line.offset_s, replace(PLAIN, lyrics="a\nb\n"), tiny_shelf(8))
    long = replace(PLAIN, lyrics="never " * 13 + "\n")
    with pytest.raises(BriefError, match="lyrics"):
        repainted(short_take, line.onset_s, line.offset_s, long, tiny_shelf(8))


@pytest.mark.parametrize(
    "from_s, to_s, field, word",
    [
        (2.0, 1.0, "from", "not before"),
        (1.0, 1.0, "from", "not before"),
        (-1.0, 2.0, "from", "not in it"),
        (9.0, 12.0, "from", "lasts 4"),
        (1.0, 4.5, "to", "beyond its end"),
        (1.0, 1.1, "to", "too short"),
        (float("nan"), 2.0, "from", "not in it"),
        (1.0, float("nan"), "from", "not before"),
    ],
)
def test_a_stretch_has_to_be_there(from_s, to_s, field, word):
    with pytest.raises(BriefError, match=word) as found:
        repainted(take_of(noise(4.0, 8_000, 1), 8_000), from_s, to_s, PLAIN, tiny_shelf(8))
    assert found.value.field == field


def test_words_that_do_not_fit_a_stretch():
    brief = replace(PLAIN, lyrics="Little lantern on the water tell me where the river goes\n")
    with pytest.raises(BriefError, match="do not fit"):
        repainted(take_of(noise(3.0, 8_000, 1), 8_000), 1.0, 2.0, brief, tiny_shelf(8))


@pytest.mark.parametrize(
    "samples, word", [(noise(0.01), "too short"), (np.zeros((2, RATE), np.float32), "silent")]
)
def test_too_little_to_go_by(samples, word):
    with pytest.raises(BriefError, match=word):
        repainted(take_of(samples), 0.0, None, PLAIN, tiny_shelf(8))
    with pytest.raises(BriefError, match=word):
        continuing(take_of(samples), 4.0, PLAIN, tiny_shelf(8))


def test_going_on_leaves_the_clip_as_it_is():
    clip = take_of(noise(3.0))
    recording = continuing(clip, 4.0, PLAIN, tiny_shelf(8))
    pieces = [piece.samples for piece in recording]
    take = recording.take
    samples, kept = take.master.audio.samples, 3 * RATE
    assert samples.shape == (2, 7 * RATE)
    assert np.array_equal(samples[:, :kept], clip.master.audio.samples)
    new = np.concatenate(pieces, axis=1)
    assert new.shape[1] == 4 * RATE + RATE // 50
    assert (
        np.corrcoef(new[0, RATE:-RATE], samples[0, kept - RATE // 50 + RATE : -RATE])[0, 1] > 0.8
    )  # it is limited
    assert np.std(samples[:, 4 * RATE : 6 * RATE]) > 1e-4 and np.abs(samples[:, -20:]).max() < 1e-3
    total = sum(sound.samples for _, sound in take.stems.items())
    assert np.allclose(total[:, :kept], samples[:, :kept], atol=1e-6)
    rights = {one.kind: one for one in take.ingredients}
    assert not rights["clip"].commercial_use and "weights" in rights


def test_going_on_with_words_writes_a_score_in_the_key_of_the_song(short_take):
    heard = []
    ctx = replace(tiny_shelf(9), tell=lambda progress: heard.append(progress.stage))
    old = replace(band_take(1.0), plan=short_take.plan)
    brief = replace(PLAIN, lyrics="Over the hill and gone\nNever to come home\n", seed=9)
    take = continuing(old, 11.0, brief, ctx).take
    assert {"plan", "compose", "perform", "sound"} <= set(heard)
    assert take.master.audio.duration_s == pytest.approx(12.0)
    for name, sound in sounds(take).items():
        before = sounds(old).get(name)
        first = sound.samples[:, :RATE]
        assert not first.any() if before is None else np.array_equal(first, before.samples)
    assert set(take.stems) == {"lead", "drums", "bass", "band"}
    assert {"country", "rusty-hale"} <= {one.id for one in take.ingredients}
    assert "Over the hill and gone" in take.brief.lyrics and take.brief.title == short_take.plan.title
    again = [line.from_s for line in lines_of(take, ctx)]  # so that its words can be found again
    assert len(again) == 2 and 1.0 < again[0] < again[1] < 12.0


@pytest.mark.parametrize("seconds", [0.0, 601.0, float("nan")])
def test_how_long_to_go_on(seconds):
    with pytest.raises(BriefError, match="seconds"):
        continuing(take_of(noise(1.0)), seconds, PLAIN, tiny_shelf(8))


def test_a_clip_is_heard_at_the_level_of_training():
    loud = 10 ** (-17 / 20) * 0.4  # white noise at -17 LUFS, K-weighted, in one of two channels
    for gain in (0.05, 1.0):
        clip = clips.clip_of(take_of(noise(3.0) * np.float32(gain)), "clip")
        heard = clip.streams(0, clip.frames)
        assert heard.shape == (2, 94 * 1024) and not heard[0].any()
        assert np.std(heard[1]) == pytest.approx(loud, rel=0.02)
        loud = np.std(heard[1])  # whatever the level of the clip


class Stand:
    """The command line with the tiny networks on its shelf."""

    def __init__(self, capsys):
        self._capsys = capsys

    def __call__(self, *arguments):
        from songwright.cli import app

        sys.argv = ["songwright", *map(str, arguments)]
        with pytest.raises(SystemExit) as left:
            app.main()
        said = self._capsys.readouterr()
        return left.value.code, said.out, said.err


@pytest.fixture
def songwright(monkeypatch, capsys, tmp_path):
    tiny_names(), tiny_files()
    monkeypatch.setattr("songwright.io.shelf.HouseShelf", TinyShelf)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.chdir(tmp_path)
    return Stand(capsys)


QUICKLY = ("--steps", 1, "--guidance", 1, "--quiet", "--seed", 3)
KINDS = [
    ("WAV", "PCM_24", 44_100, 2),
    ("FLAC", "PCM_16", 8_000, 1),
    ("WAV", "PCM_24", 48_000, 1),
    ("WAV", "PCM_U8", 11_025, 2),
]


@pytest.mark.parametrize("kind, bits, rate, channels", KINDS)
def test_files_of_any_kind_stay_as_they_are_outside(songwright, tmp_path, kind, bits, rate, channels):
    name = tmp_path / f"clip.{kind.lower()}"
    soundfile.write(name, noise(2.0, rate, channels).T * 3, rate, subtype=bits)
    status, out, err = songwright("repaint", name, "--from", "0:00.5", "--to", "1.2", *QUICKLY)
    assert status == 0, err
    made = out.strip()
    assert made.endswith(f"clip-repainted.{kind.lower()}")
    (old, _), (new, new_rate) = (soundfile.read(path, dtype="int32", always_2d=True) for path in (name, made))
    assert new_rate == rate and old.shape == new.shape
    outside = np.r_[0 : round(0.5 * rate), round(1.2 * rate) : len(old)]
    assert np.array_equal(old[outside], new[outside]) and not np.array_equal(old, new)


def test_a_song_folder_is_painted_and_streamed(songwright, tmp_path, short_take):
    from songwright import api

    api.song(replace(band_take(2.0), plan=short_take.plan, engine=short_take.engine)).save("song")
    status, out, err = songwright("repaint", "song", "--from", 1, "--to", 1.5, *QUICKLY, "--json")
    assert status == 0, err
    assert json.loads(out)["seed"] == 3
    old, new = (load(tmp_path / name, tiny_shelf(1)) for name in ("song", "song-repainted"))
    assert all(RATE <= span[0] < span[1] <= 1.5 * RATE for span in changed(old, new).values())
    status, _, err = songwright(
        "continue", "song", "--seconds", 2, "--stream", "new.raw", "--out", "on.flac", *QUICKLY
    )
    assert status == 0, err
    raw = np.fromfile("new.raw", "<i2").reshape(-1, 2)
    assert len(raw) == 2 * RATE + RATE // 50 and np.abs(raw).max() > 100
    assert soundfile.info("on.flac").frames == 4 * RATE


REFUSED = [
    (["continue", "nowhere.wav", "--seconds", 5], 4, "no such sound file"),
    (["continue", "broken.wav", "--seconds", 5], 4, "cannot be read as sound"),
    (["continue", "short.wav", "--seconds", 5], 2, "too short"),
    (["continue", "silent.wav", "--seconds", 5], 2, "silent"),
    (["continue", "noise.wav", "--seconds", 5, "--persona", "rusty-hail"], 2, "rusty-hale"),
    (["continue", "noise.wav", "--seconds", 5, "--stream", "-", "--json"], 2, "--json"),
    (["continue", "noise.wav", "--seconds", 5, "--steps", 0], 2, "1 to 128"),
    (["repaint", "noise.wav", "--from", "0.8", "--to", "0.5"], 2, "not before"),
    (["repaint", "noise.wav", "--from", "1:10"], 2, "not in it"),
    (["repaint", "noise.wav", "--from", "soon"], 2, "from"),
    (["repaint", "noise.wav", "--from", "0", "--only", "drums"], 2, "voice or band"),
    (["repaint", "noise.wav", "--from", "0", "--out", "folder"], 2, "no sound file"),
    (["repaint", "nowhere", "--from", "0"], 4, "no such sound file"),
    (["make", "words.txt", "--steps", 4], 2, "--engine jukebox"),
    (["make", "words.txt", "--stream", "x.raw"], 2, "--engine jukebox"),
    (["make", "words.txt", "--blend", "rusty-hale:1,pia-lumengrove:1"], 2, "artists"),
    (["make", "words.txt", "--engine", "jukebox", "--variants", 2], 2, "variants"),
    (["make", "words.txt", "--engine", "jukebox", "--free", "--duration", 1], 2, "do not fit 1 s"),
]


@pytest.mark.parametrize(
    "arguments, status, word", REFUSED, ids=lambda v: " ".join(map(str, v)) if isinstance(v, list) else ""
)
def test_what_cannot_be_is_one_line_and_leaves_nothing(songwright, tmp_path, arguments, status, word):
    (tmp_path / "words.txt").write_text("Little lantern on the water\n", encoding="utf-8")
    (tmp_path / "broken.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVEnothing")
    for name, samples in (("short", noise(0.01)), ("silent", np.zeros((2, RATE))), ("noise", noise(1.0))):
        soundfile.write(tmp_path / f"{name}.wav", samples.T, RATE, subtype="PCM_24")
    before = sorted(tmp_path.iterdir())
    code, out, err = songwright(*arguments)
    assert code == status and word in (err + out) and "Traceback" not in err
    assert err.startswith("songwright: ") and len(err.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_all_of_it_from_python(songwright, tmp_path):
    import songwright as sw

    name = tmp_path / "noise.wav"
    soundfile.write(name, noise(1.0).T, RATE)
    longer = sw.extend(name, 1.0, replace(PLAIN, seed=3))
    other = sw.repaint(longer, 0.2, 0.8, replace(PLAIN, seed=3), only="band")
    assert other.master.audio.duration_s == 2.0 and changed(longer, other)["voice"] is None
    brief = sw.SongBrief(duration_s=2.0, seed=3, sound=sw.SoundWishes(steps=1, guidance=1.0, free=True))
    assert sum(piece.frames for piece in sw.stream(brief)) == 2 * RATE


def test_who_is_a_stranger_to_the_network_is_told(songwright, tmp_path, monkeypatch):
    soundfile.write(tmp_path / "noise.wav", noise(1.0).T, RATE)
    monkeypatch.setattr("songwright.engines.jukebox.asking.Asked.strangers", lambda *_: ["polka"])
    loudly = [word for word in QUICKLY if word != "--quiet"]
    status, _, err = songwright("continue", "noise.wav", "--seconds", 1, *loudly)
    assert status == 0 and "note: the network never heard polka" in err


def test_ctrl_c_leaves_nothing(songwright, tmp_path, monkeypatch):
    soundfile.write(tmp_path / "noise.wav", noise(1.0).T, RATE)
    left = []
    monkeypatch.setattr("songwright.cli.app._leave_now", lambda status: left.append(status))

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("songwright.runtime.jukebox.generator.Generator.velocity", stopped)
    code, _, err = songwright("continue", "noise.wav", "--seconds", 2, "--stream", "new.raw", *QUICKLY)
    assert code == 130 and "nothing was written" in err
    assert [path.name for path in tmp_path.iterdir()] == ["noise.wav"]


def test_no_memory_is_one_line(songwright, tmp_path, monkeypatch):
    soundfile.write(tmp_path / "noise.wav", noise(1.0).T, RATE)

    def full(*_, **__):
        raise MemoryError

    monkeypatch.setattr("songwright.runtime.jukebox.generator.Generator.velocity", full)
    code, _, err = songwright("continue", "noise.wav", "--seconds", 2, *QUICKLY)
    assert code == 1 and "not enough memory" in err and len(err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["noise.wav"]
