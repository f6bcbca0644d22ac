"""The codec of the raw-audio engine: what the network computes is what the file computes, and it learns."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from songwright.dsp import mel
from songwright.errors import BriefError, ShelfError
from songwright.runtime import codec as running
from songwright.runtime.jukebox.labels import FIELDS, HOP, Labels
from songwright.train.codec import task as codec_task
from songwright.train.codec import training as codec_training
from songwright.train.codec.crops import Crops, Manner
from songwright.train.codec.export import decoder_file, encoder_file
from songwright.train.codec.sounding import Sounding
from songwright.train.codec.task import load_codec, train_codec
from songwright.train.codec.training import CodecTask, Recipe
from songwright.train.distances import Distances
from songwright.train.jukebox import hub
from songwright.train.nets import codec
from songwright.train.renders import shards
from songwright.train.run import Budget
from songwright.values.seed import Seed

torch = pytest.importorskip("torch")
RATE = running.RATE_HZ


def sung(seconds: float, f0_hz: float = 220.0) -> np.ndarray:
    """A buzz with vibrato and one formant."""
    time = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(f0_hz * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * time))) / RATE
    return 0.1 * sum(np.sin(n * phase) / (1 + abs(n * f0_hz - 800) / 300) for n in range(1, 20))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Three shards of one plain piece each."""
    folder = tmp_path_factory.mktemp("renders")
    for number, split in enumerate(("train", "valid", "test")):
        voice, band = sung(3.072, 200 + 20 * number), sung(3.072, 100)
        sound = np.round(np.stack([voice, band], 1) * 32767).astype(np.int16)
        count = len(sound) // HOP
        labels = Labels(
            *(
                np.ones(count, np.uint32 if name in ("playing", "struck", "tones") else np.float32)
                for name in FIELDS
            )
        )
        about = {"master_gain_db": 3.0, "lines": [], "genre": "pop", "persona": "a", "language": "en"}
        shards.write_shard(folder, number, split, [SimpleNamespace(sound=sound, labels=labels, about=about)])
    return folder


def test_bands_are_those_of_slaney():
    assert mel.mel_of(1000.0) == pytest.approx(15.0) and mel.mel_of(6400.0) == pytest.approx(42.0)
    assert mel.hz_of(mel.mel_of(np.array([50.0, 999.0, 12_345.0]))) == pytest.approx([50.0, 999.0, 12_345.0])
    matrix = mel.mel_matrix(22_050, 2048, 40)
    area = matrix[:, 1:].sum(axis=0) * 22_050 / 2048  # triangles of area 1, first ones coarse
    assert area == pytest.approx(np.ones(39), abs=0.2) and area[-20:] == pytest.approx(np.ones(20), abs=0.02)


def test_spectra_and_back():
    sound = sung(0.512).astype(np.float32)
    pieces = mel.spectra(sound, running.FFT, running.HOP, running.PAD, "constant")
    assert len(pieces) == len(sound) // running.HOP
    again = mel.overlap_add(pieces, running.FFT, running.HOP, running.PAD)
    assert np.abs(again - sound).max() < 1e-5


def test_phases_are_found_for_magnitudes():
    sound = sung(1.024).astype(np.float32)

    def size_of(of):
        return np.abs(mel.spectra(of, running.FFT, running.HOP, running.PAD, "constant"))

    size = size_of(sound)
    first, later = (running.phased(size, rounds=rounds) for rounds in (1, running.ROUNDS))
    off = [np.linalg.norm(size_of(made) - size) / np.linalg.norm(size) for made in (first, later)]
    assert off[1] < 0.12 < off[0]
    assert np.array_equal(later, running.phased(size))
    # a beginning that is decided stays, and the rest joins it
    half = sound[: len(sound) // 2 // running.HOP * running.HOP]
    joined = running.phased(size, half)
    inside = slice(0, len(half) - running.FFT)
    assert np.abs(joined[inside] - half[inside]).max() < 0.02 * np.abs(half).max()
    assert np.abs(later[inside] - half[inside]).max() > 0.5 * np.abs(half).max()
    # so it does where the end is decided too
    third = len(sound) // 3
    between = running.phased(size, sound[:third], sound[-third:])
    for edge in (slice(third, third + 400), slice(-third - 400, -third)):
        alike = [np.corrcoef(made[edge], sound[edge])[0, 1] for made in (between, later)]
        assert alike[0] > 0.9 > 0.8 > alike[1], alike


@pytest.mark.parametrize("groups", [0, 4])
def test_files_are_the_networks_equal(groups):
    net = codec.tiny(groups).eval()
    sound = sung(0.8)
    made = running.Codec(decoder_file(net, {}), encoder_file(net, {}))
    latents = made.encode(sound)
    assert latents.shape == (int(np.ceil(len(sound) / running.STRIDE)), net.config.latents)
    with torch.no_grad():
        whole = torch.from_numpy(running.whole(sound))[None]
        wanted = net.latents(net.mel(whole))
        loud = net.decoded(torch.from_numpy(latents)[None])[0].numpy()
    assert np.abs(latents - wanted[0].numpy()).max() < 0.02 * float(wanted.std())
    assert len(made.decode(latents)) == len(whole[0])
    assert np.abs(made.magnitude(latents) - loud).max() < 0.02 * loud.max()


def test_axes_keep_what_varies_most():
    net = codec.CodecNet(codec.Config(16, (1, 1), 24))
    heard = net.mel(torch.from_numpy(np.stack([sung(1.024, f0) for f0 in (150.0, 220.0, 330.0)])).float())
    net.encoder.learn(heard)
    latents = net.encoder(heard)
    assert torch.allclose(latents.flatten(0, 1).mean(0), torch.zeros(24), atol=1e-3)
    assert torch.all(net.encoder.widths.diff() <= 0)
    few, many = (
        (net.encoder.back(latents * (torch.arange(24) < count)) - heard).square().mean() for count in (4, 24)
    )
    assert many < 0.3 * few and many < 0.05 * heard.var()


def test_a_decoder_is_no_encoder():
    net = codec.tiny()
    with pytest.raises(ShelfError, match="no part of a codec"):
        running.Codec(encoder_file(net, {}))
    with pytest.raises(ShelfError, match="encoder is not there"):
        running.Codec(decoder_file(net, {})).encode(np.zeros(4096))


def test_every_code_can_be_reached_and_passes_gradients():
    steps = codec.Steps(codec.Config(latents=8, groups=2))
    latents = (6 * torch.randn(1, 40_000, 8, generator=torch.Generator().manual_seed(1))).requires_grad_()
    back, codes = steps(latents)
    assert codes.min() >= 0 and codes.max() <= 999 and len(codes[..., 0].unique()) > 400
    assert len({*map(tuple, back.detach()[0, :200].round(decimals=4).tolist())}) > 20
    back.sum().backward()
    assert latents.grad is not None and latents.grad.abs().sum() > 0


def test_distances_know_near_from_far():
    distances = Distances(RATE)
    sounds = torch.from_numpy(np.stack([sung(0.5), 1.01 * sung(0.5), sung(0.5, 330.0)])).float()
    one, near, far = (distances.spectra(sound[None]) for sound in sounds)
    measure = distances.mel
    assert measure(one, one) < 1e-5 < measure(one, near) < 0.2 * measure(one, far)


def test_crops_are_of_a_step(rendered):
    pieces = shards.read_renders(rendered)
    crops = Crops(pieces, [], Manner(6, 4096), Seed(3))
    assert np.array_equal(crops.at(5), crops.at(5)) and not np.array_equal(crops.at(5), crops.at(6))
    assert crops.at(0).shape == (6, 4096) and np.abs(crops.at(0)).max() <= 1.0
    with pytest.raises(BriefError, match="multiple"):
        Crops(pieces, [], Manner(6, 5000), Seed(3))
    with pytest.raises(ShelfError, match="no piece"):
        Crops(pieces, [], Manner(6, 1024 * 200), Seed(3))


def test_learning_brings_the_copy_nearer(rendered):
    crops = Crops(shards.read_renders(rendered, "train"), [], Manner(2, 8192), Seed(3))
    net = codec.tiny()
    net.encoder.learn(net.mel(torch.from_numpy(crops.at(99))))
    kept = net.encoder.axes.clone()
    task = CodecTask(net, crops, crops, Recipe(rate=4e-3), Seed(1))
    steps = [task.step(step, step / 26)["log"] for step in range(26)]
    assert np.mean(steps[18:]) < 0.9 * steps[0]
    assert torch.equal(kept, net.encoder.axes)  # latents made meanwhile stay valid


def test_a_decoder_learns_from_its_sound_alone(rendered):
    crops = Crops(shards.read_renders(rendered, "train"), [], Manner(3, 8192), Seed(3))
    net = codec.tiny()
    net.encoder.learn(net.mel(torch.from_numpy(crops.at(99))))
    task = CodecTask(net, crops, crops, Recipe(rate=4e-3, log=0.0, lin=0.0, mel=0.0, sound=1.0), Seed(1))
    steps = [task.step(step, step / 26)["sound"] for step in range(26)]
    assert np.mean(steps[18:]) < 0.9 * steps[0]


def test_the_sound_that_is_learned_from_is_the_one_that_is_made():
    sound = torch.from_numpy(running.whole(sung(1.0)))[None]
    magnitude = codec.tiny().magnitude(sound).requires_grad_()
    heard, scale = Sounding().sound(magnitude), Distances(RATE)
    made = torch.from_numpy(running.phased(running.LIFT * magnitude[0].detach().numpy()))[None]
    apart = scale.mel(*(scale.spectra(one) for one in (heard.detach(), made)))
    assert heard.shape == sound.shape and apart < 0.1
    ahead, further = (Sounding().distance(sound, share * magnitude) for share in (1.0, 3.0))
    assert ahead < further
    (slope,) = torch.autograd.grad(further, magnitude)
    assert slope.isfinite().all() and slope.abs().max() > 0


def test_a_run_from_shards_to_files(rendered, tmp_path, monkeypatch):
    monkeypatch.setattr(codec_training, "_CHECKS", 1)
    told = []
    figures = train_codec(
        rendered, tmp_path, "tiny", Budget(max_steps=2), Manner(2, 8192), Recipe(), tell=told.append
    )
    assert figures["steps"] == 2 and figures["codec-decoder_bytes"] > 1000 and told
    assert json.loads((tmp_path / "figures.json").read_text())["held_mel"] == figures["held_mel"]
    made = running.Codec(*((tmp_path / f"codec-{end}.onnx").read_bytes() for end in ("decoder", "encoder")))
    assert len(made.decode(made.encode(sung(0.3)))) == 10 * running.STRIDE
    again = load_codec(tmp_path)
    sound = torch.from_numpy(running.whole(sung(0.3)))[None]
    with torch.no_grad():
        assert np.allclose(again.latents(again.mel(sound))[0].numpy(), made.encode(sung(0.3)), atol=0.01)
    more = train_codec(rendered, tmp_path, "tiny", Budget(max_steps=3), Manner(2, 8192), Recipe())
    assert more["steps"] == 3
    train_codec(
        rendered,
        tmp_path / "b",
        "tiny",
        Budget(max_steps=2),
        Manner(2, 8192),
        Recipe(rate=1e-2),
        start=tmp_path,
    )
    told = json.loads((tmp_path / "b" / "figures.json").read_text())
    assert (told["steps_before"], told["steps"], told["recordings"]) == (3, 2, 0)
    first, further = load_codec(tmp_path), load_codec(tmp_path / "b")
    assert torch.equal(first.encoder.axes, further.encoder.axes)
    assert not torch.equal(first.decoder.last.weight, further.decoder.last.weight)
    known = {
        "source": "Songs, 2 h",
        "pieces": 3,
        "commercial_use": True,
        "licences": ["MIT"],
        "languages": ["de"],
    }
    hub.save_codec(first, tmp_path / "hub", "", 7, known | {"heard_too": "speech"})
    (rendered / "card.json").write_text(
        json.dumps(
            {"name": "Renders", "hours": {"train": 1.0}, "seed": 1, "commercial_use": False, "pieces": 2,
             "ingredients": [{"licence": "CC0-1.0"}], "counts": {"language": {"en": 2}}}
        ),
        encoding="utf-8",
    )  # fmt: skip
    released = train_codec(
        rendered,
        tmp_path / "d",
        "tiny",
        Budget(max_steps=1),
        Manner(2, 8192),
        Recipe(),
        start=tmp_path / "hub",
    )
    assert (released["steps_before"], released["steps"]) == (7, 1)
    assert codec_task.history(tmp_path / "d")[1] == released["learned"] == {
        "source": "Songs, 2 h; Renders, 1.00 h, seed 1", "pieces": 5, "commercial_use": False,
        "licences": ["CC0-1.0", "MIT"], "languages": ["de", "en"], "heard_too": "speech",
    }  # fmt: skip
    assert torch.equal(first.encoder.axes, load_codec(tmp_path / "d").encoder.axes)
    with pytest.raises(BriefError, match="another size"):
        train_codec(rendered, tmp_path / "c", "small", Budget(), Manner(), Recipe(), start=tmp_path)
    with pytest.raises(ShelfError, match="another network"):
        train_codec(rendered, tmp_path, "tiny", Budget(max_steps=4), Manner(2, 8192), Recipe(), groups=2)


def test_bad_wishes_are_told(rendered, tmp_path):
    with pytest.raises(BriefError, match="size"):
        codec_task.build("huge")
    with pytest.raises(BriefError, match="device"):
        codec_task.placed(codec.tiny(), "nowhere")
    with pytest.raises(ShelfError, match="no run"):
        load_codec(tmp_path)
