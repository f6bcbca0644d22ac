"""The raw-audio engine: songs with a score and without, heard while they are made; what cannot be is said in a line."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from songwright import desk
from songwright.desk import balance
from songwright.desk.settings import settings_of
from songwright.engines.jukebox import JukeboxEngine, asking
from songwright.engines.jukebox.lines import FASTEST_PHONE_S, lines_of, timed_text, timed_words
from songwright.engines.jukebox.machine import machine
from songwright.engines.jukebox.sound import Widener, preview
from songwright.engines.protocol import engine
from songwright.engines.studio import StudioEngine
from songwright.errors import BriefError, Cancelled, EngineUnavailable, ShelfError
from songwright.io.shelf import HouseShelf
from songwright.runtime.jukebox.labels import SYMBOLS
from songwright.runtime.jukebox.telling import MODES
from songwright.values.brief import SongBrief
from songwright.values.digest import digest
from songwright.values.seed import Seed
from songwright.values.sounding import SoundWishes

torch = pytest.importorskip("torch")

from jukebox_kit import TinyShelf, tiny_shelf  # noqa: E402

RATE = 48_000
QUICK = SoundWishes(steps=1, guidance=1.0)
FREE = replace(QUICK, free=True)
ANSWERS = {"blend": "artists", "engine": "--engine jukebox"}


@pytest.fixture(scope="module")
def take(short_brief):
    return engine("jukebox").record(replace(short_brief, engine="jukebox", sound=QUICK), tiny_shelf(7))


def free(lyrics="", seconds=3.0, seed=1, **wishes):
    brief = SongBrief(lyrics=lyrics, duration_s=seconds, seed=seed, sound=FREE, **wishes)
    return JukeboxEngine().recording(brief, tiny_shelf(seed))


def test_a_song_has_all_its_insides(take):
    assert take.engine.id == "jukebox" and take.stems.names == ("voice", "band")
    assert take.master.audio.frames == take.stems["voice"].frames == 25 * RATE
    assert [line.text for line in take.plan.lines] == [line.text for line in take.score.lines] != []
    assert take.performance.sung and take.originality is not None
    assert take.master.integrated_lufs == pytest.approx(-14.0, abs=0.1) and take.master.true_peak_dbtp <= -1.0
    weights = {one.id: one for one in take.ingredients if one.kind == "weights"}
    assert set(weights) == {"jukebox", "codec-decoder"} and all(
        len(one.sha256) == 64 for one in weights.values()
    )
    assert {"style", "persona", "dictionary"} <= {one.kind for one in take.ingredients}


def test_the_score_is_the_studios(take, short_take):
    for one in ("plan", "score", "performance"):
        assert digest(getattr(take, one)) == digest(getattr(short_take, one))


def test_the_voice_stands_in_the_middle_and_the_band_is_wide(take):
    voice, band = (take.stems[name].samples for name in ("voice", "band"))
    assert np.array_equal(voice[0], voice[1])
    side, middle = band[0] - band[1], band[0] + band[1]
    assert 0.05 < np.std(side) / np.std(middle) < 0.6
    mono = Seed(0).luck().noise(4000).astype(np.float32)
    wide, parts = Widener().sound(mono), Widener()
    assert np.allclose(wide.sum(axis=0), 2 * mono, atol=1e-5)  # nothing is lost in mono
    pieces = np.concatenate([parts.sound(mono[:1234]), parts.sound(mono[1234:])], axis=1)
    assert np.allclose(pieces, wide, atol=1e-6)


def test_a_stream_is_the_song_as_it_comes():
    heard = []
    ctx = replace(tiny_shelf(1), tell=heard.append)
    brief = SongBrief(duration_s=20.0, seed=1, sound=FREE)
    recording = JukeboxEngine().recording(brief, ctx)
    first = next(recording)
    halfway = [p.done / p.total for p in heard if p.stage == "sound" and p.total][-1]
    assert first.frames > 5 * RATE and halfway < 1.0  # there is sound before all windows are made
    pieces = [first, *recording]
    assert sum(piece.frames for piece in pieces) == 20 * RATE
    whole = np.concatenate([piece.samples for piece in pieces], axis=1)
    stems = recording.take.stems
    assert np.abs(whole).max() <= 1.0
    assert np.array_equal(whole, preview(stems["voice"].samples, stems["band"].samples))


def test_faders_keep_the_voice_in_its_place_over_the_band(take):
    ctx, frames = tiny_shelf(7), take.master.audio.frames
    wanted = settings_of(ctx.shelf.style(take.plan.style)).lead_over_band_db
    voice, band = (Seed(n).luck().noise(frames).astype(np.float32)[None].repeat(2, axis=0) for n in (1, 2))
    stretches = (np.array(balance.section_times_s(take.plan)) * RATE / balance.STRETCH).astype(int)
    for n, (first, last) in enumerate(stretches):
        voice[:, first * balance.STRETCH : last * balance.STRETCH] *= (3.5, 1.2)[n % 2]
    sung = balance.sung_stretches(take.performance, balance.listen(voice))

    def over_db(here):
        stems = (balance.listen(sound).bands[here][sung[here]] for sound in (voice, band))
        return 10 * np.log10(np.divide(*((part @ balance.VOICE_SHARE).sum() for part in stems)))

    spans = [span for span in (slice(a + 8, b) for a, b in stretches) if sung[span].sum() > 20]
    before = np.array([over_db(span) for span in spans])
    desk.ride(voice, band, take.performance, take.plan, ctx)
    after = np.array([over_db(span) for span in spans])
    assert np.abs(before - wanted).min() > 2 and np.abs(after - wanted).max() < 1
    assert take.timings_s["ride"] > 0
    silent, alone = np.zeros_like(voice), band.copy()
    desk.ride(silent, alone, take.performance, take.plan, ctx)
    assert not silent.any() and np.array_equal(alone, band)


def test_seeds_are_other_songs_and_the_same_song_again():
    made = machine(SongBrief(sound=QUICK), tiny_shelf(1))
    told = asking.told_little((), 60, asking.Asked("pop"), made.generator.names)
    one, again, other = (next(made.played(told, 60, tiny_shelf(seed)))[1] for seed in (1, 1, 2))
    assert np.array_equal(one, again) and np.std(one - other) > 0.1 * np.std(one)


def test_free_songs_are_told_what_was_asked_and_no_more():
    ctx = tiny_shelf(1)
    names = machine(SongBrief(), ctx).generator.names
    nobody = asking.asked_of_brief(SongBrief(), ctx)
    told = asking.told_little((), 40, nobody, names)
    assert told["mode"] == MODES.index("none") and all(told[name][0] == 1 for name in names)
    sound = SoundWishes(personas={"rusty-hale": 3.0, "dot-brannigan": 1.0})
    both = asking.asked_of_brief(SongBrief(genre="country:0.6,pop:0.4", sound=sound), ctx)
    lines, _ = timed_words("[0:00.32] la", None, ctx, 3.0)
    told = asking.told_little(lines, 40, both, names)
    shares = dict(zip(names["genre"], told["genre"][1:], strict=True))
    assert shares["country"] == pytest.approx(0.6) and shares["pop"] == pytest.approx(0.4)
    assert told["persona"][1 + names["persona"].index("rusty-hale")] == pytest.approx(0.75)
    assert told["voice"].sum() == pytest.approx(1.0) and told["voice"][0] == 0  # their voices come along
    assert [SYMBOLS[n] for n in told["phone"][10:12, 0]] == ["L", "AA"] and not told["phone"][12:].any()
    take = free("Shine for me\n", genre="country", persona="rusty-hale").take
    assert take.plan is None and take.master.audio.frames == 3 * RATE
    assert {"country", "rusty-hale", "cmudict", "jukebox"} <= {one.id for one in take.ingredients}


def test_a_blend_is_led_by_its_greater_half(short_brief):
    sound = replace(QUICK, personas={"rusty-hale": 0.3, "pia-lumengrove": 0.7})
    ctx = tiny_shelf(7)
    plan = JukeboxEngine().plan(replace(short_brief, persona=None, sound=sound), None, ctx, _Watch())
    assert plan.persona == "pia-lumengrove"
    asked = asking.asked_of_plan(plan, sound, ctx)
    assert dict(asked.persona) == dict(sound.personas) and abs(sum(asked.voice.values()) - 1) < 1e-9


class _Watch:
    """Calls a step with the context of its song."""

    def step(self, stage, room, verb, *values):
        return verb(*values, tiny_shelf(7).child(room))


def test_lines_are_laid_out_in_time(ctx):
    lines, whole = timed_words("Walk with me\nInto the light\n", None, ctx, 10.0)
    assert whole == 10.0 and [line.text for line in lines] == ["Walk with me", "Into the light"]
    assert 0 < lines[0].from_s < lines[1].from_s < 10.0
    assert timed_words("Walk with me\nInto the light\n", None, ctx, None)[1] < 12
    given, _ = timed_words("[0:01.5] Walk with me\n[0:04] Into the light", None, ctx, 10.0)
    assert [line.from_s for line in given] == [1.5, 4.0]


def test_lines_of_a_take_are_where_they_are_sung(ctx, take):
    lines = lines_of(take, ctx)
    assert [line.text for line in lines] == [line.text for line in take.plan.lines]
    first = min(phone.onset_s for part in take.performance.sung if part.role == "lead"
                for phrase in part.phrases for phone in phrase.phones)  # fmt: skip
    assert lines[0].from_s == pytest.approx(first, abs=0.3) and lines[0].phones[:3] == ("L", "IH", "T")
    again, _ = timed_words(timed_text(lines), None, ctx, 25.0)
    assert [line.phones for line in again] == [line.phones for line in lines]
    assert [line.from_s for line in again] == pytest.approx([line.from_s for line in lines], abs=0.01)
    without = replace(take, plan=None, score=None, brief=replace(take.brief, lyrics="la\n" * 400))
    assert lines_of(without, ctx) == []  # words that cannot have been sung in that time


@pytest.mark.parametrize(
    "lyrics, seconds, word",
    [
        ("Walk with me into the light\n" * 8, 3.0, "do not fit 3 s"),
        ("[0:01] Walk with me\n[0:01.2] Into the light", 9.0, "does not fit between"),
        ("[0:04] Walk with me\n[0:01] Into the light", 9.0, "does not fit between"),
        ("[0:09] Walk with me into the light tonight", 9.5, "does not fit between"),
        ("[0:01] Walk with me\nInto the light", 9.0, "does not say when"),
        ("[0:01] ...", 9.0, "no words"),
    ],
)
def test_words_that_do_not_fit_are_refused(ctx, lyrics, seconds, word):
    assert 0.05 < FASTEST_PHONE_S < 0.1
    with pytest.raises(BriefError, match=word) as found:
        timed_words(lyrics, None, ctx, seconds)
    assert found.value.field == "lyrics"


@pytest.mark.parametrize(
    "wishes, field",
    [
        ({"sound": replace(FREE, steps=0)}, "steps"),
        ({"sound": replace(FREE, guidance=11.0)}, "guidance"),
        ({"sound": replace(FREE, device="tpu")}, "device"),
        ({"persona": "rusty-hail"}, "persona"),
        ({"genre": "countri"}, "genre"),
        ({"voice": "rm"}, "voice"),
        ({"sound": replace(FREE, personas={"rusty-hale": 1.0, "nobody": 1.0})}, "persona"),
        ({"sound": replace(FREE, personas={"rusty-hale": -1.0, "pia-lumengrove": 0.0})}, "blend"),
        ({"key": "G"}, "key"),
        ({"tempo_bpm": 90.0}, "tempo"),
        ({"duration_s": 0.5}, "duration"),
        ({"duration_s": float("nan")}, "duration"),
        ({"temperature": 9.0}, "temperature"),
    ],
)
def test_wishes_that_cannot_be_met_are_named(wishes, field):
    brief = replace(SongBrief(duration_s=3.0, seed=1, sound=FREE), **wishes)
    with pytest.raises(BriefError) as found:
        JukeboxEngine().record(brief, tiny_shelf(1))
    assert found.value.field == field and "\n" not in str(found.value)


@pytest.mark.parametrize("sound", [QUICK, SoundWishes(free=True), SoundWishes(personas={"rusty-hale": 1.0})])
def test_the_studio_refuses_what_it_cannot_do(ctx, short_brief, sound):
    with pytest.raises(BriefError) as found:
        StudioEngine().record(replace(short_brief, sound=sound), ctx)
    assert ANSWERS[found.value.field] in str(found.value)


class _Without(TinyShelf):
    """A shelf whose files are missing, or others."""

    def __init__(self, empty, **files):
        super().__init__()
        self._empty, self.others = empty, files

    def network(self, name):
        if name in self.others:
            return self.others[name]
        return HouseShelf(self._empty).network(name) if not self.others else super().network(name)


def test_weights_that_are_missing_or_others_are_named(tmp_path):
    from jukebox_kit import tiny_files

    strange = tiny_files()["codec-decoder"]
    cases = [({}, "cannot be read"), ({"jukebox": b"junk"}, "damaged"), ({"jukebox": strange}, "no generator"),
             ({"codec-decoder": tiny_files()["jukebox"]}, "no part of a codec")]  # fmt: skip
    for files, word in cases:
        ctx = replace(tiny_shelf(1), shelf=_Without(tmp_path, **files))
        with pytest.raises(ShelfError, match=word) as found:
            JukeboxEngine().record(SongBrief(seed=1, duration_s=3.0, sound=FREE), ctx)
        assert "songwright again" in str(found.value) and "\n" not in str(found.value)


def test_networks_of_ones_own(tmp_path):
    from jukebox_kit import tiny_files

    for name, data in tiny_files().items():
        (tmp_path / f"{name}.onnx").write_bytes(data)
        card = {
            "id": name,
            "licence": "CC0-1.0",
            "source": "a band",
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        lines = [f'{key} = "{value}"' for key, value in card.items()]
        (tmp_path / f"{name}.toml").write_text("\n".join(lines), encoding="utf-8")
    own = SongBrief(sound=SoundWishes(weights=str(tmp_path)))
    assert {one.source for one in machine(own, tiny_shelf(1)).ingredients()} == {"a band"}
    (tmp_path / "jukebox.onnx").write_bytes(b"cut off")
    with pytest.raises(ShelfError, match="sha256"):
        machine(own, tiny_shelf(1))


def test_weights_of_another_version_are_named(monkeypatch):
    monkeypatch.setattr("songwright.runtime.jukebox.generator.VERSION", "0")
    with pytest.raises(ShelfError, match="another version"):
        machine(SongBrief(), tiny_shelf(1))


def test_a_card_without_its_library_says_what_to_install(monkeypatch):
    monkeypatch.setattr("songwright.engines.jukebox.machine.entry_points", lambda **_: [])
    with pytest.raises(EngineUnavailable, match="pip install"):
        machine(SongBrief(sound=SoundWishes(device="gpu")), tiny_shelf(1))


def test_work_can_be_stopped():
    def stop(progress):
        if progress.stage == "sound" and progress.done:
            raise Cancelled

    with pytest.raises(Cancelled):
        JukeboxEngine().record(
            SongBrief(seed=1, duration_s=3.0, sound=FREE), replace(tiny_shelf(1), tell=stop)
        )
