"""Learning to sing, small: corpora, excerpts, one network that learns, stops, goes on and leaves as a file."""

import copy
import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from songwright.errors import ShelfError  # noqa: E402
from songwright.runtime.session import Network, is_available  # noqa: E402
from songwright.singer import conditioning, fullband  # noqa: E402
from songwright.train import run  # noqa: E402
from songwright.train.nets import acoustic  # noqa: E402
from songwright.train.voice import corpus as corpora  # noqa: E402
from songwright.train.voice import features, measure, singing  # noqa: E402
from songwright.train.voice.excerpts import AS_SPOKEN, Excerpts, Manner  # noqa: E402
from songwright.values.seed import Seed  # noqa: E402

PHONES = ("PAU", "M", "AA", "S", "IY", "N", "AY", "PAU")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two speakers who say eight phones over and over; each phone has its own envelope, each speaker a slope."""
    place = tmp_path_factory.mktemp("voices")
    torch.set_num_threads(1)
    for speaker, slope in (("high", 0.5), ("low", -0.5)):
        (place / speaker / "align").mkdir(parents=True)
        for clip in range(24):
            write_clip(place / speaker, f"{speaker}{clip:02d}", slope, Seed(clip))
    return place


def write_clip(place, name, slope, seed):
    luck = seed.luck()
    rows, envelope, voiced, now = [], [], [], 0
    for symbol in PHONES:
        frames = 8 + luck.integer(0, 12)
        rows.append([symbol, now * fullband.FRAME_S, (now + frames) * fullband.FRAME_S])
        code = conditioning.SYMBOLS.index(symbol)
        bands = np.linspace(0, 1, fullband.BANDS)
        shape = (
            -8 + 2 * np.cos(2 * np.pi * (1 + code % 5) * bands) - 4 * (symbol == "PAU") + slope * 4 * bands
        )
        envelope.append(np.tile(shape, (frames, 1)))
        voiced.append(np.full(frames, symbol not in ("PAU", "S")))
        now += frames
    f0 = np.where(np.concatenate(voiced), 150.0 + 20 * slope, 0.0)
    air = np.full((now, 5), -10.0)
    features.save(
        place / f"{name}.npz", features.finish(f0, np.concatenate(envelope), air, features.FULL_TOP_HZ)
    )
    (place / "align" / f"{name}.json").write_text(json.dumps({"text": f"line {name}", "phones": rows}))


@pytest.fixture(scope="module")
def corpus(folder):
    """Both speakers packed."""
    return corpora.pack(
        [corpora.Source(name, "en", folder / name, folder / name / "align") for name in ("high", "low")]
    )


def task_of(corpus, **dials):
    settled = singing.Dials(batch=4, frames=64, half=False, rate=5e-3, critic_every=1, **dials)
    return singing.SingingTask(corpus, acoustic.tiny(2), Seed(1), settled)


def test_a_corpus_is_parted_by_text_and_comes_back_from_disk(corpus, tmp_path):
    assert set(corpus.split) >= {corpora.TRAIN, corpora.VALIDATION}
    by_text = {name: corpora.split_of(f"line {name}") for name in corpus.name}
    assert all(by_text[name] == split for name, split in zip(corpus.name, corpus.split, strict=True))
    corpora.save(tmp_path / "c.npz", corpus)
    assert corpora.load(tmp_path / "c.npz").digest() == corpus.digest()


def test_a_shard_keeps_the_sound_in_a_fraction_of_the_room(corpus, tmp_path):
    from songwright.train.voice import shard

    corpora.save(tmp_path / "whole.npz", corpus)
    shard.save_shard(tmp_path / "small.npz", corpus)
    again = shard.load_shard(tmp_path / "small.npz")
    apart = np.abs(again.cepstra.astype(float) - corpus.cepstra)
    assert np.quantile(apart, 0.9) < 0.1 and again.f0_hz.shape == corpus.f0_hz.shape
    assert np.array_equal(again.phone, corpus.phone) and np.array_equal(again.frame_start, corpus.frame_start)
    assert np.mean((again.f0_hz > 0) == (corpus.f0_hz > 0)) > 0.95
    with pytest.raises(ShelfError, match="no shard"):
        shard.load_shard(tmp_path / "whole.npz")


def test_speakers_are_brought_to_one_level(corpus):
    for number in range(2):
        levels = []
        for clip in np.flatnonzero(corpus.speaker == number):
            frames = slice(corpus.frame_start[clip], corpus.frame_start[clip + 1])
            batch = Excerpts(corpus, corpus.split[clip], Seed(0), AS_SPOKEN).whole(clip)
            vowel = np.isin(corpus.symbols[batch.phones[0, :, 1]], ("AA", "IY", "AY"))
            levels.append(corpora.level_db(corpus.cepstra[frames].astype(np.float32))[: len(vowel)][vowel])
        assert np.median(np.concatenate(levels)) == pytest.approx(corpora.VOWEL_DB, abs=1.0)


def test_what_lacks_an_alignment_is_left_out_and_said(folder, tmp_path):
    told = []
    source = corpora.Source("high", "en", folder / "high", tmp_path)
    with pytest.raises(ShelfError, match="no clip with both"):
        corpora.pack([source], told.append)
    assert "24 clips without alignment" in told[0]


def test_excerpts_are_the_same_for_the_same_step(corpus):
    excerpts = Excerpts(corpus, corpora.TRAIN, Seed(5))
    first, again, other = (excerpts.batch(step, 3, 64) for step in (7, 7, 8))
    assert np.array_equal(first.cepstra, again.cepstra) and np.array_equal(first.numbers, again.numbers)
    assert not np.array_equal(first.numbers, other.numbers)


def test_stretched_vowels_keep_their_sound(corpus):
    """However an excerpt is stretched, every frame in the middle of a phone still has that phone's envelope."""
    sung = Excerpts(corpus, corpora.TRAIN, Seed(5), Manner(sung=1.0))
    spoken = Excerpts(corpus, corpora.TRAIN, Seed(5), AS_SPOKEN)
    code = conditioning.SYMBOLS.index("AA")
    where = np.array(conditioning.NUMBERS)
    long = 0
    for step in range(4):
        batch = sung.batch(step, 8, 200)
        inside = (batch.phones[..., 1] == code) & (batch.weight > 0)
        inside &= batch.numbers[..., np.flatnonzero(where == "since")[0]] > 0.15
        inside &= batch.numbers[..., np.flatnonzero(where == "until")[0]] > 0.15
        long = max(long, int(inside.sum(axis=1).max()))
        for speaker in range(2):
            rows = batch.cepstra[(batch.speaker == speaker)[:, None] & inside]
            reference = spoken.whole(int(np.flatnonzero(corpus.speaker == speaker)[0]))
            vowel = reference.cepstra[0][reference.phones[0, :, 1] == code][4:-4]
            if len(rows):
                assert np.abs(rows - vowel.mean(axis=0)).max() < 0.1
    assert long > 40  # some vowel lasted more than 0.2 s, none was recorded longer than 0.1 s


@pytest.fixture(scope="module")
def trained(corpus, tmp_path_factory):
    """A task after 120 steps in one run, how it stands, and the folder of the run."""
    task, folder = task_of(corpus), tmp_path_factory.mktemp("once")
    return task, run.train(task, folder, run.Budget(600, 120, 5, log_every=10, decay=0.9)), folder


def test_it_learns_stops_and_goes_on(corpus, trained, tmp_path):
    """Trained 30 + 90 steps in two runs, the weights are those of 120 steps in one; and they sing the phones."""
    straight, once, folder = trained
    broken = Interrupted(task_of(corpus), 30)
    with pytest.raises(ShelfError):
        run.train(broken, tmp_path / "broken", run.Budget(600, 120, 5, decay=0.9, save_every_s=0.0))
    resumed = task_of(corpus)
    state = run.train(resumed, tmp_path / "broken", run.Budget(600, 120, 5, decay=0.9))
    assert once.step == state.step == 120
    for name, value in straight.network.state_dict().items():
        assert torch.allclose(value, resumed.network.state_dict()[name], atol=1e-5), name

    diary = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert diary[-1]["step"] == 120 and diary[-1]["envelope"] < 0.4 * diary[0]["envelope"]
    assert "critic" in diary[-1] and "critic" not in diary[0]
    assert diary[-1]["held_voicing"] > 0.95


class Interrupted:
    """A task that breaks down at a step."""

    def __init__(self, task, at):
        self.task, self.at = task, at
        self.networks, self.optimisers, self.averaged = task.networks, task.optimisers, task.averaged

    def step(self, step, progress):
        return {"loss": float("nan")} if step == self.at else self.task.step(step, progress)

    def check(self):
        return self.task.check()


def test_bands_beyond_a_speakers_reach_weigh_nothing(corpus):
    task = task_of(corpus)
    task.reach[1] = torch.tensor(fullband.band_hz() < 7_000.0).float()
    put = task.tensors(task.excerpts.batch(0, 8, 64))
    put["speaker"] = torch.ones_like(put["speaker"])
    out = torch.cat([put["cepstra"], put["air_db"], torch.zeros(8, 64, 1)], dim=-1)
    hiss = torch.tensor(fullband.band_hz() > 7_500.0).float() @ task.basis.T
    losses, made, real = task.losses(out, put)
    assert losses["envelope"] < 1e-4 and torch.equal(made, real)
    out[..., :64] += 20 * hiss
    losses, made, real = task.losses(out, put)
    assert float((made - real)[..., fullband.band_hz() > 7_000.0].abs().max()) == 0.0


@pytest.mark.skipif(not is_available(), reason="needs ONNX Runtime")
def test_the_exported_file_sings_what_the_network_sings(corpus, trained):
    pytest.importorskip("onnx")
    from songwright.train.voice import export

    net = copy.deepcopy(trained[0].network).eval()
    data = export.to_onnx(net, ("high", "low"))
    assert export.difference(net, data, 77) < 0.02  # weights on disk have half precision
    network = Network(data)
    assert network.metadata["speakers"] == "high,low"
    assert network.metadata["symbols"].split(",") == list(conditioning.SYMBOLS)
    for frames in (2, 33, 500):
        told = {name: value.numpy() for name, value in export.inputs(acoustic.tiny(2), frames).items()}
        made = network.run(told)
        assert [made[name].shape for name in export.OUTPUTS] == [(frames, 64), (frames, 5), (frames,)]
        assert np.array_equal(network.run(told)["cepstra"], made["cepstra"])  # the noise is an input
    figures = measure.held_out(network, corpus, corpora.VALIDATION)
    assert set(figures) <= {"high", "low"} and figures
    for row in figures.values():
        assert row["envelope_db"] < 4.0 and row["voicing"] > 0.9


def test_recordings_that_cannot_be_used_are_refused(tmp_path):
    import soundfile

    tone = 0.4 * np.sin(2 * np.pi * 150 * np.arange(24_000) / 48_000)
    cases = {
        "silent": (0 * tone, 48_000, "silent"),
        "clipped": (np.clip(20 * tone, -1, 1), 48_000, "clipped"),
        "slow": (tone, 8_000, "sampled at 8000"),
    }
    for name, (sound, rate, words) in cases.items():
        soundfile.write(tmp_path / f"{name}.wav", sound, rate, subtype="PCM_16")
        with pytest.raises(ShelfError, match=words):
            features.read_recording(tmp_path / f"{name}.wav")
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(ShelfError, match="not a sound file"):
        features.read_recording(tmp_path / "text.wav")


def test_a_vowel_taken_apart(tmp_path):
    """A pulse train of 200 Hz through two resonances: pitch within 5 cents, peaks of the envelope where they belong."""
    from scipy.signal import lfilter

    rate, seconds = 48_000, 0.6
    pulses = np.zeros(int(rate * seconds))
    pulses[:: rate // 200] = 1.0
    sound = pulses
    for centre, width in ((700.0, 80.0), (1_900.0, 120.0)):
        radius = np.exp(-np.pi * width / rate)
        sound = lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * centre / rate), radius**2], sound)
    taken = features.analyse(0.3 * sound / np.abs(sound).max(), rate, (100.0, 400.0))
    middle = slice(30, 90)
    assert np.abs(1200 * np.log2(taken.f0_hz[middle] / 200.0)).max() < 5.0
    curve = fullband.envelope_of(taken.cepstra[middle]).mean(axis=0)
    hz = fullband.band_hz()
    for centre in (700.0, 1_900.0):
        near = np.abs(hz - centre) < 0.3 * centre
        assert abs(hz[near][np.argmax(curve[near])] - centre) < 0.12 * centre
