"""What is measured of sound that was made again: each measure on cases whose answer is known, and the whole table."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from songwright.errors import BriefError
from songwright.runtime.codec import RATE_HZ, STRIDE
from songwright.runtime.jukebox import joining
from songwright.runtime.jukebox.labels import FIELDS, HOP, QUALITIES, SYMBOLS, Labels
from songwright.train.renders import shards

torch = pytest.importorskip("torch")

from songwright.bench import jukebox as bench  # noqa: E402
from songwright.bench import jukebox_excerpts, jukebox_measures, jukebox_page, kernel_distance, seams  # noqa: E402
from songwright.bench.codec_distances import mel_distance  # noqa: E402
from songwright.train.judge.hearing import heard  # noqa: E402
from songwright.train.judge.listener import Listener  # noqa: E402
from songwright.train.nets import judge  # noqa: E402

FRAMES = 64
TIME = np.arange(FRAMES * STRIDE) / RATE_HZ
NOISE = np.random.Generator(np.random.Philox(5))


def tone(hz, loud=0.1):
    """A tone with many harmonics, as a voice has."""
    return (loud * sum(np.sin(2 * np.pi * hz * n * TIME) / n for n in range(1, 12))).astype(np.float32)


def labels(hz=220.0, times=1):
    """AA all the time, over a C chord."""
    count = times * FRAMES * STRIDE // HOP
    fields = {name: np.zeros(count) for name in FIELDS}
    fields["phone"], fields["f0_hz"] = np.full(count, SYMBOLS.index("AA")), np.full(count, hz)
    fields["voiced"], fields["quality"] = np.ones(count), np.full(count, QUALITIES.index("maj"))
    kinds = {"phone": np.uint8, "root": np.uint8, "quality": np.uint8, "playing": np.uint64,
             "struck": np.uint32, "tones": np.uint64}  # fmt: skip
    return Labels(*(fields[name].astype(kinds.get(name, np.float32)) for name in FIELDS))


def excerpt(voice, hz=220.0):
    """A held vowel of two seconds."""
    sound = np.stack([voice, tone(130.8, 0.03)])
    about = {"genre": "pop", "persona": "rusty-hale", "language": "en", "lines": []}
    return jukebox_excerpts.Excerpt(
        "one", about, 0, sound, np.zeros((FRAMES, 16), np.float32), labels(hz), ((0.0, 2.0),), True
    )


def test_kernel_distance_is_zero_for_one_collection_and_grows_with_a_shift():
    rows = NOISE.standard_normal((400, 20))
    width = kernel_distance.bandwidth(rows)
    assert width == pytest.approx(np.sqrt(40), rel=0.1)  # the distance of two bells in twenty dimensions
    one, other = rows[:200], rows[200:]
    same = kernel_distance.kernel_distance(one, other, width)
    shifts = [kernel_distance.kernel_distance(one, other + by, width) for by in (0.2, 0.5, 1.0)]
    assert abs(same) < 1.5 and same < shifts[0] < shifts[1] < shifts[2] and shifts[1] > 20
    halves = [
        kernel_distance.kernel_distance(*np.split(NOISE.permutation(rows), 2), width) for _ in range(20)
    ]
    assert min(halves) < 0 < max(halves)  # unbiased: as often below nothing as above


def test_plain_figures_hear_colour_and_key():
    frames = heard(tone(261.6))
    figures = kernel_distance.plain_features(np.concatenate([frames, frames]))
    assert figures.shape == (2, 108)
    classes = figures[0, -12:].reshape(12)
    lowest = 33 % 12
    assert (classes.argmax() + lowest) % 12 == 0  # C
    softer = kernel_distance.plain_features(heard(0.1 * tone(261.6)))
    assert np.allclose(figures[0, 4:16] - softer[0, 4:16], np.log(10), atol=0.25)


def test_a_splice_is_found_and_untouched_sound_is_not():
    sound = (0.1 * NOISE.standard_normal(3 * RATE_HZ)).astype(np.float32)
    at = RATE_HZ
    assert abs(seams.seam_z(sound, at)) < seams.BOUND
    clicked = sound * np.float32(0.02)
    clicked[at] += 0.8
    assert seams.seam_z(clicked, at) > 8
    assert abs(seams.seam_z(clicked, 2 * RATE_HZ)) < seams.BOUND
    louder = np.where(np.arange(len(sound)) < at, 0.05 * sound, sound)
    assert seams.seam_z(louder, at, end=2 * RATE_HZ) > seams.BOUND


def test_new_sound_is_joined_beside_an_attack_and_changes_nothing_outside():
    outside, inside = (0.05 * NOISE.standard_normal((2, 2, 64_000))).astype(np.float32)
    inside[:, 20_600:20_700] += 0.9  # an attack where the crossfade would lie
    made, places = joining.joined(outside, inside, 20_000, 50_000)
    into, out = places
    assert np.array_equal(made[:, : into.start], outside[:, : into.start]) and into.start > 20_700
    assert (
        np.array_equal(made[:, out.stop :], outside[:, out.stop :])
        and 43_000 < out.start < out.stop <= 50_000
    )
    assert np.array_equal(made[:, into.stop : out.start], inside[:, into.stop : out.start])
    assert all(seams.seam_z(made.sum(axis=0), at) < seams.BOUND for at in (into.start, into.stop, out.start))
    assert np.std(made[:, into]) == pytest.approx(0.05, rel=0.05)  # the level holds
    made, places = joining.joined(outside, inside, 20_000, 64_000)
    assert len(places) == 1 and np.array_equal(made[:, 30_000:], inside[:, 30_000:])


def test_alike_sounds_cross_with_equal_gain_and_others_with_equal_power():
    one, other = NOISE.standard_normal((2, 4000))
    fall, rise = joining.weights(one, one)
    assert np.allclose(fall + rise, 1.0, atol=1e-6)
    fall, rise = joining.weights(one, other)
    assert np.allclose(fall**2 + rise**2, 1.0, atol=0.05)
    assert all(np.isfinite(joining.weights(np.zeros(8), one[:8])).ravel())


def test_going_on_leaves_every_sample_and_makes_no_step():
    wave = np.sin(2 * np.pi * 220 * np.arange(RATE_HZ) / RATE_HZ)[None].astype(np.float32)
    old, copy = wave[:, :12_345], wave[:, 12_345 - 640 :]
    assert np.allclose(joining.carried_on(old, copy, 640), wave, atol=1e-6)
    step = np.abs(np.diff(wave)).max()
    for new in (0.5 * copy, np.zeros_like(copy)):
        made = joining.carried_on(old, new, 640)
        assert made.shape == wave.shape and np.array_equal(made[:, :12_345], old)
        assert np.abs(np.diff(made)).max() < 1.3 * step and np.array_equal(made[:, 13_000:], new[:, 1295:])


@pytest.mark.parametrize(("hz", "low", "high"), [(220.0, 0.95, 1.0), (224.0, 0.95, 1.0), (233.1, 0.0, 0.02)])
def test_pitch_is_right_within_fifty_cents(hz, low, high):
    right = jukebox_measures.right_pitch(tone(hz), excerpt(tone(220.0)), (0, FRAMES))
    assert low <= right.mean() <= high
    assert not jukebox_measures.right_pitch(np.zeros(len(TIME)), excerpt(tone(220.0)), (0, FRAMES)).any()


def test_chords_that_are_missing_are_wrong():
    wanted = np.array([1, 1, 13, 0, 5])
    assert jukebox_measures.right_chords(np.array([1, 2, 13, 0]), wanted).tolist() == [
        True,
        False,
        True,
        True,
        False,
    ]


def test_notes_are_near_within_a_semitone():
    assert jukebox_measures.near_notes(np.array([5, 6, 7, 0, 0]), np.array([5, 5, 5, 5, 0])).tolist() == [
        True, True, False, False,
    ]  # fmt: skip


def test_lines_are_cut_to_what_was_made():
    one = excerpt(tone(220.0))
    assert jukebox_measures.sung_spans(one, (0, FRAMES)) == [(0.0, 2.0)]
    assert jukebox_measures.sung_spans(one, (32, FRAMES)) == [(1.024, 2.0)]
    assert jukebox_measures.sung_spans(one, (0, 4)) == []
    assert jukebox_measures.asked_phones(one, (0.5, 1.0)) == ("AA",)


def test_errors_are_told_beside_the_renderers():
    def found(judged, chord):
        return jukebox_measures.Findings(
            (("AA", "L"),), (judged,), (), False, np.array([True, False]), np.array([True]), np.array(chord),
            {"genre": True, "persona": False}, (1.0, 5.0), True, np.zeros((1, 2)), np.zeros((1, 2)),
        )  # fmt: skip

    good, bad = found(("AA", "L"), [True, True]), found(("AA",), [True, False])
    figures = jukebox_measures.figures_of([bad], [good], [True])
    assert figures["phones"] == 0.5 == figures["phones_over"] and figures["phones_freely"] is None
    assert figures["chords_share"] == 0.5 == figures["chords"] == figures["pitch"] == figures["seam_hidden"]
    assert figures["pitch_judged"] == 1.0
    assert figures["genre"] == 1.0 and figures["persona"] == 0.0 and figures["outside"] == 1.0
    assert jukebox_measures.figures_of([bad], [good], [False])["persona"] is None


@pytest.fixture(scope="module")
def renders(tmp_path_factory):
    """Four pieces nobody learned from, two of them sung."""
    folder = tmp_path_factory.mktemp("renders")
    some = []
    for number in range(4):
        sung = tone(220.0) * (TIME > 0.4) * (number < 2)
        sound = np.round(np.stack([sung, tone(130.8 * (1 + number / 3), 0.03)], 1) * 30_000).astype(np.int16)
        about = {
            "genre": "pop", "persona": "rusty-hale", "voice": "rms-cowboy" if number else "kathleen",
            "character": {"gravel": 0.6}, "language": "en" if number else "de", "master_gain_db": 0.0,
            "tempo_bpm": 100.0,
            "lines": [{"text": "ah", "phones": "AA", "from": 0.4, "to": 2.0}] if number < 2 else [],
        }  # fmt: skip
        times = 1 if number < 2 else 2
        some.append(
            SimpleNamespace(sound=np.tile(sound, (times, 1)), labels=labels(times=times), about=about)
        )
    shards.write_shard(folder, 0, "valid", some)
    return folder


@pytest.fixture
def tiny(monkeypatch):
    """A shelf with networks of no size, and a judge that never learned."""
    from jukebox_kit import TinyShelf

    torch.set_num_threads(1)
    shelf = TinyShelf()
    monkeypatch.setattr(bench, "HouseShelf", lambda: shelf)
    listener = Listener(judge.tiny(), {"genre": ["pop", "jazz"], "persona": ["rusty-hale", "b"]})
    monkeypatch.setattr(bench, "read_judge", lambda folder: folder and listener)


def test_the_whole_table(renders, tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(
        jukebox_measures, "phones_heard", lambda sound, rate_hz, spans: [("AA",)] * len(spans)
    )
    rows = bench.jukebox_suite(renders, "shelf", "shelf", tmp_path, 2)
    assert [row["row"] for row in rows] == [
        "real against real", "renderer", "codec round trip", "aligned", "no pitch", "free", "continuation", "repaint",
    ]  # fmt: skip
    by = {row["row"]: row for row in rows}
    assert by["renderer"]["phones_over"] == 0.0 and by["renderer"]["chords_share"] in (None, 1.0)
    assert by["renderer"]["pitch"] == pytest.approx(0.8, abs=0.03)  # it begins to sing late
    assert by["aligned"]["pitch"] < 0.5
    assert by["renderer"]["phones_freely"] == 0.0 and by["aligned"]["core_s_a_minute"] > 0
    for name in ("continuation", "repaint"):
        assert by[name]["outside"] == 1.0 and by[name]["seam"] is not None
    assert by["real against real"]["kad_judge"] is not None and by["aligned"]["kad_plain"] is not None
    jukebox_page.write_page(tmp_path / "page.md", rows, {"excerpts": 2, "seconds": 2.0})
    text = (tmp_path / "page.md").read_text()
    assert "| aligned |" in text and "## Seams and speed" in text and "nan" not in text
    assert json.loads((tmp_path / "page.json").read_text())["rows"] == rows


def test_without_a_judge_less_is_told(renders, tiny):
    rows = bench.jukebox_suite(renders, "shelf", None, None, 1)
    assert [row["row"] for row in rows] == ["real against real", "renderer", "codec round trip"]
    assert rows[1]["phones"] is None and rows[1]["phones_freely"] is not None
    assert rows[1]["kad_judge"] is None and rows[0]["kad_plain"] is not None


def test_something_is_left_to_compare_with(renders, tiny, monkeypatch):
    monkeypatch.setattr(bench, "held_pieces", lambda folder: shards.read_renders(folder)[:3])
    with pytest.raises(BriefError, match="compare"):
        bench.jukebox_suite(renders, "shelf", None, None, 2)


def test_a_codec_that_still_learns_is_heard_as_its_files_are(tiny):
    from jukebox_kit import tiny_codec

    from songwright.train.codec.player import Player

    file, run = bench.read_coder("shelf"), Player(tiny_codec())
    sound = tone(220.0)[: 20 * STRIDE - 7]
    latents = run.encode(sound)
    assert latents.shape == (20, 8) and np.allclose(latents, file.encode(sound), atol=0.05)
    assert np.allclose(run.magnitude(latents), file.magnitude(latents), rtol=0.01, atol=1e-3)
    mine, theirs, other = run.decode(latents), file.decode(latents), run.decode(latents[::-1].copy())
    assert mine.shape == theirs.shape == (20 * STRIDE,)
    # phases begin at peaks and so turn on the smallest rounding: spectra are alike, not waves
    assert mel_distance(mine, theirs, RATE_HZ) < 0.25 < mel_distance(mine, other, RATE_HZ)
    assert np.std(mine) == pytest.approx(np.std(theirs), rel=0.03)
    assert run.latents_id == file.latents_id


def test_personas_in_their_own_voice_come_first(renders):
    taken, others = jukebox_excerpts.chosen(shards.read_renders(renders), 1)
    assert taken[0].about["voice"] == "rms-cowboy" and len(others) == 3


def test_the_command_wants_a_folder():
    from songwright.cli.app import app

    result = CliRunner().invoke(app, ["bench", "jukebox"])
    assert result.exit_code != 0
