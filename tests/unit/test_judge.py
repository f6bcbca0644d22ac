"""The judge: what it hears, what it should say, and that it learns to say it, from other voices than it judges."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from songwright.errors import BriefError, ShelfError
from songwright.runtime.jukebox.labels import FIELDS, HOP, NO_ROOT, QUALITIES, RATE_HZ, SYMBOLS, Labels
from songwright.train.judge import hearing, singers, targets
from songwright.train.renders import shards
from songwright.values.seed import Seed

torch = pytest.importorskip("torch")

from songwright.train.judge import excerpts  # noqa: E402
from songwright.train.judge.listener import Listener  # noqa: E402
from songwright.train.judge.task import load_judge, train_judge  # noqa: E402
from songwright.train.judge.training import JudgeTask  # noqa: E402
from songwright.train.nets import judge  # noqa: E402
from songwright.train.run import Budget  # noqa: E402

SECONDS = 4
TIME = np.arange(SECONDS * RATE_HZ) / RATE_HZ


def tone(hz, loud=0.2):
    """A tone with a few harmonics."""
    return (loud * sum(np.sin(2 * np.pi * hz * n * TIME) / n for n in range(1, 6))).astype(np.float32)


def labels(hz=220.0, quality="maj"):
    """AA in the second half, over an A chord."""
    count = SECONDS * RATE_HZ // HOP
    sung = np.arange(count) >= count // 2
    fields = {name: np.zeros(count) for name in FIELDS}
    fields["phone"] = np.where(sung, SYMBOLS.index("AA"), 0)
    fields["voiced"], fields["f0_hz"] = sung.astype(float), hz * sung
    fields["root"], fields["quality"] = np.full(count, 9), np.full(count, QUALITIES.index(quality))
    kinds = {"phone": np.uint8, "root": np.uint8, "quality": np.uint8, "playing": np.uint64,
             "struck": np.uint32, "tones": np.uint64}  # fmt: skip
    return Labels(*(fields[name].astype(kinds.get(name, np.float32)) for name in FIELDS))


def test_a_tone_stands_at_its_place():
    frames = hearing.heard(tone(440.0))
    assert frames.shape == (SECONDS * RATE_HZ // 1024, hearing.WIDTH)
    tones = frames[20:-20, -hearing.NOTES * hearing.STEPS :].mean(axis=0)
    assert tones.argmax() == (69 - hearing.LOWEST) * hearing.STEPS
    softer = hearing.heard(0.1 * tone(440.0))
    assert np.allclose(hearing.louder(frames, -20.0)[20:-20], softer[20:-20], atol=0.02)


def test_what_should_be_said():
    wanted = targets.targets_of(labels())
    half = len(wanted["pitch"]) // 2
    assert wanted["phone"].shape == (2 * half + 1, 2)
    assert not wanted["phone"][: half - 1].any() and SYMBOLS[wanted["phone"][half + 1, 0]] == "AA"
    assert wanted["pitch"][-1] == 57 - 36 + 1 and set(wanted["chord"]) == {1 + 9}
    quick = targets.targets_of(labels(), 2.0 ** (3 / 12), 3)  # a minor third higher, and shorter
    assert quick["pitch"][-1] == 60 - 36 + 1 and set(quick["chord"]) == {1 + 0}
    assert len(quick["pitch"]) == pytest.approx(2 * half / 2.0 ** (3 / 12), abs=1)


@pytest.mark.parametrize(
    ("quality", "said"),
    [
        ("maj", 1),
        ("7", 1),
        ("min7", 13),
        ("5", targets.UNASKED),
        ("sus4", targets.UNASKED),
        ("dim", targets.UNASKED),
    ],
)
def test_chords_are_major_minor_or_not_asked(quality, said):
    root = np.zeros(1)
    assert targets.chord_classes(root, np.array([QUALITIES.index(quality)]))[0] == said
    assert targets.chord_classes(np.array([NO_ROOT]), np.zeros(1))[0] == 0


def test_a_steady_path_forgives_a_slip():
    scores = np.full((9, 3), -4.0)
    scores[:, 1] = 0
    scores[4] = (0.0, -1.0, -4.0)  # one frame would rather be something else
    assert targets.steady(scores, 2.0).tolist() == [1] * 9
    assert targets.steady(scores, 0.1).tolist() == [1, 1, 1, 1, 0, 1, 1, 1, 1]
    assert targets.symbols_in(np.array([0, 5, 5, 0, 7, 7, 0])) == (SYMBOLS[5], SYMBOLS[7])


def test_no_voice_is_learned_as_it_was_recorded():
    for n in range(20):
        ways = excerpts.hearings(f"00000/{n}")
        speeds = [way.speed for way in ways if way.kind == "voice"]
        assert all(speed < 0.95 or speed > 1.05 for speed in speeds) and len(speeds) == 2
        moved = [way for way in ways if way.kind == "band" and way.semitones]
        assert moved[0].speed == pytest.approx(2.0 ** (moved[0].semitones / 12))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Two pieces that are easy to tell apart in every split."""
    folder = tmp_path_factory.mktemp("renders")
    for number, split in enumerate(("train", "valid", "test")):
        some = []
        for hz, genre, persona in ((220.0, "pop", "a"), (110.0, "jazz", "b")):
            sung = tone(hz) * (TIME >= SECONDS / 2)
            chord = sum(tone(hz * 2.0 ** (up / 12), 0.05) for up in (12, 16, 19))
            about = {
                "genre": genre, "persona": persona, "voice": "rms", "language": "en", "master_gain_db": 0.0,
                "lines": [{"text": "ah", "phones": "AA", "from": 2.0, "to": 4.0}],
            }  # fmt: skip
            sound = np.round(np.stack([sung, chord], 1) * 20_000).astype(np.int16)
            some.append(SimpleNamespace(sound=sound, labels=labels(hz), about=about))
        shards.write_shard(folder, number, split, some)
    return folder


def test_another_speed_is_another_voice(rendered):
    piece = shards.read_renders(rendered, "train")[0]
    fast = excerpts.stem(piece, "voice", 1.25)
    assert len(fast) == pytest.approx(len(piece.sound) / 1.25, abs=2)
    tones = hearing.heard(fast)[80:-10, -hearing.NOTES * hearing.STEPS :].mean(axis=0)
    assert tones.argmax() / hearing.STEPS + hearing.LOWEST == pytest.approx(57 + 12 * np.log2(1.25), abs=0.5)


def test_learning_to_judge(rendered, tmp_path):
    pieces = shards.read_renders(rendered, "train")
    heard = [
        one for piece in pieces for one in excerpts.read_heard(piece, excerpts.hearings(piece.name), tmp_path)
    ]
    again = list(excerpts.read_heard(pieces[0], excerpts.hearings(pieces[0].name), tmp_path))
    assert np.array_equal(again[0].frames, heard[0].frames)  # kept, and read again
    names = {"genre": ["jazz", "pop"], "persona": ["a", "b"]}
    task = JudgeTask(judge.tiny(), heard, heard, names, excerpts.Manner(2, 2, 2, 1, 64), 1e-2, False, Seed(1))
    steps = [task.step(step, 0.0) for step in range(40)]
    for name in ("phone", "chord", "genre"):
        assert np.mean([row[name] for row in steps[-5:]]) < 0.75 * steps[0][name], name
    assert task.check()["phone"] > 0.7
    fresh = JudgeTask(
        judge.tiny(), heard, heard, names, excerpts.Manner(2, 2, 2, 1, 64), 1e-2, False, Seed(1)
    )
    assert fresh.step(0, 0.0) == steps[0]  # the same step is the same step
    said = Listener(task.networks["judge"], names).listen(excerpts.stem(pieces[0], "voice"))
    assert said.phone.shape[0] == 2 * len(said.pitch) and said.named("genre") in names["genre"]
    sure, unsure = (replace(said, persona={"a": a, "b": 1 - a}) for a in (0.1, 0.6))
    assert (sure.named("persona"), unsure.named("persona"), unsure.named("persona", sure)) == ("b", "a", "b")
    # whom it knows by the voice, it names by the voice, and by who is at home there where voices are alike
    alike, other = (replace(said, singer={"a": a, "b": 1 - a}) for a in (0.5, 0.01))
    home = replace(unsure, at_home={"a": 0.2, "b": 0.8})
    assert (home.named("persona", alike), home.named("persona", other)) == ("b", "b")
    assert replace(home, at_home={"a": 0.8, "b": 0.2}).named("persona", alike) == "a"
    assert said.phones(0.0, 0.0) == () and said.understood.shape[1] == 16


def sings(hz, air, number):
    """Two and a half seconds of a note with more or less air between its harmonics, and what a judge hears of them."""
    noise = Seed(number).luck().noise(80 * 1024)
    time = np.arange(80 * 1024) / RATE_HZ
    sound = 0.2 * sum(np.sin(2 * np.pi * hz * n * time) / n for n in range(1, 12)) + air * noise
    pitch = np.full((80, targets.PITCHES), -9.0)
    pitch[:, round(69 + 12 * np.log2(hz / 440.0)) - targets.LOWEST_PITCH + 1] = 0.0
    return hearing.heard(sound.astype(np.float32)), pitch


def test_who_sings_is_heard_at_any_pitch_and_level(tmp_path):
    airs = {"clear": 0.001, "husky": 0.004, "airy": 0.016}
    breath = {"clear": 0.0, "husky": 0.5, "airy": 1.0}
    some = [(name, n, 220.0 * 2.0 ** (n / 12)) for name in airs for n in (-5, -2, 0, 2)]
    portraits = [singers.portrait(*sings(hz, airs[name], n + 9)) for name, n, hz in some]
    about = [{"persona": name, "voice": "one", "character": {"breath": breath[name]}, "genre": "pop" if n else "folk"}
             for name, n, _ in some]  # fmt: skip
    known = singers.learned_singers(portraits, [singers.Sung.of(one) for one in about])
    known.write(tmp_path / "singers.npz")
    known = singers.read_singers(tmp_path / "singers.npz")
    for name, air in airs.items():
        frames, pitch = sings(220.0 * 2.0 ** (1 / 12), air, 99)
        likely = known.likely(singers.portrait(hearing.louder(frames, -6.0), pitch))
        assert max(likely, key=likely.get) == name and sum(likely.values()) == pytest.approx(1.0)
    assert list(known.likely(None).values()) == pytest.approx([1 / 3] * 3)  # of silence it says nothing
    assert singers.portrait(frames, np.eye(targets.PITCHES)[np.zeros(len(frames), int)]) is None
    assert known.at_home({"folk": 1.0})["airy"] == pytest.approx(1 / 3)
    (tmp_path / "singers.npz").write_bytes(b"nobody")
    with pytest.raises(ShelfError, match="singers"):
        singers.read_singers(tmp_path / "singers.npz")


def test_a_run_from_shards_to_a_judge(rendered, tmp_path):
    manner = excerpts.Manner(1, 1, 1, 1, 32)
    figures = train_judge(rendered, tmp_path, "tiny", Budget(max_steps=2), manner, beside=rendered)
    assert figures["steps"] == 2 and figures["own_pieces"] == 2 and figures["beside_pieces"] == 2
    assert 0 <= figures["own_genre"] <= 1 and figures["own_phone_errors"] >= 0
    assert json.loads((tmp_path / "figures.json").read_text()) == figures
    names = load_judge(tmp_path).names
    assert {"jazz", "pop", "folk"} <= set(names["genre"]) and {"a", "b", "rusty-hale"} <= set(
        names["persona"]
    )
    assert train_judge(rendered, tmp_path, "tiny", Budget(max_steps=3), manner)["steps"] == 3
    with pytest.raises(BriefError, match="size"):
        train_judge(rendered, tmp_path, "huge", Budget(max_steps=1), manner)
    with pytest.raises(ShelfError, match="no run"):
        load_judge(rendered)
