"""The vocoder: exact pitch, the same sound from its two renderers, and a network that only adds."""

import numpy as np
import pytest

from songwright.runtime.session import Network
from songwright.singer import fullband
from songwright.singer.glottis import HOP, Pulses, Tract, place_pulses, sound_air, sound_pulses
from songwright.singer.spectrum import BINS
from songwright.singer.vocoder import LEAST_AIR, Vocoder, curves, filled, plain_tract, sound_of, split
from songwright.values.seed import Seed

RATE = 48_000


class Flat:
    """A network that answers the same correction everywhere, and remembers what it was asked."""

    def __init__(self, pulse: float = 0.0, hiss: float = 0.0) -> None:
        self.answer, self.asked = (pulse, hiss), []

    def run(self, arrays):
        self.asked.append(arrays)
        shape = (len(arrays["f0"]), BINS)
        pulse, hiss = (np.full(shape, value, np.float32) for value in self.answer)
        return {"pulse": pulse, "turn": np.zeros(shape, np.float32), "hiss": hiss}


def vowel(frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Cepstra and aperiodicity of an open vowel, held."""
    hz = fullband.band_hz()
    curve = (
        -4.0 - hz / 3_000 + 4 * np.exp(-(((hz - 800) / 200) ** 2)) + 3 * np.exp(-(((hz - 1_200) / 200) ** 2))
    )
    cepstra = np.repeat(fullband.cepstra_of(curve[None]), frames, axis=0)
    return cepstra, np.tile(np.array([-30.0, -20.0, -12.0, -6.0, -3.0], np.float32), (frames, 1))


def noise(frames: int) -> np.ndarray:
    return Seed(3).child("noise").luck().noise((frames + 1) * HOP) * np.sqrt(3.0)


def heard_hz(sound: np.ndarray, near: float) -> float:
    """The fundamental of a steady sound, from the phase its fundamental moves in the middle half."""
    middle = sound[len(sound) // 4 : 3 * len(sound) // 4].astype(float)
    half = len(middle) // 2
    when = np.arange(half) / RATE
    probe = np.exp(-2j * np.pi * near * when) * np.hanning(half)
    first, second = middle[:half] @ probe, middle[half : 2 * half] @ probe
    turned = np.angle(second * np.conj(first) * np.exp(-2j * np.pi * near * half / RATE))
    return near + turned / (2 * np.pi * half / RATE)


@pytest.mark.parametrize("f0", [80.0, 146.8, 261.6, 440.0, 622.3, 880.0])
def test_pitch_is_exact_from_80_to_880_hz(f0):
    """Within half a cent, also where no speech ever was."""
    frames = 300
    cepstra, air = vowel(frames)
    network = Flat(0.3, -0.2)
    sound = Vocoder(network).sound(cepstra, air, np.full(frames, f0), np.ones(frames, bool), noise(frames))
    assert abs(1200 * np.log2(heard_hz(sound, f0) / f0)) < 0.5
    assert all(asked["f0"].max() <= 400.0 for asked in network.asked)


def test_a_network_that_says_nothing_changes_nothing():
    """Zero curves give the plain tract's sound."""
    frames = 120
    cepstra, air = vowel(frames)
    f0, voiced = np.full(frames, 220.0), np.arange(frames) > 30
    plain = sound_of(plain_tract(cepstra, air, voiced), f0, voiced, noise(frames))
    same = Vocoder(Flat()).sound(cepstra, air, f0, voiced, noise(frames))
    assert len(same) == (frames - 1) * HOP and same.dtype == np.float32
    assert np.abs(same - plain).max() < 2e-3 * np.abs(plain).max()


def test_corrections_lift_pulses_and_noise_each_by_their_own():
    """6 dB more of pulses and 6 dB less of noise arrive as such, whatever shares they had."""
    cepstra, air = vowel(5)
    tract = plain_tract(cepstra, air, np.ones(5, bool))
    bent = Vocoder(Flat(0.69, -0.69)).refined(tract, cepstra, air, np.full(5, 200.0), np.ones(5))
    before, after = split(tract), split(bent)
    clear = tract.air > 10 * LEAST_AIR
    assert np.abs(after[0] - before[0] - 0.69).max() < 0.02
    assert np.abs((after[1] - before[1] + 0.69)[clear]).max() < 0.05


def test_corrections_move_with_the_formants():
    """A correction at 3 kHz stands at 3.6 kHz in a head a fifth smaller."""

    class Peak(Flat):
        def run(self, arrays):
            answer = super().run(arrays)
            answer["pulse"] = answer["pulse"] + (np.arange(BINS) == 64).astype(np.float32)
            return answer

    cepstra, air = vowel(4)
    tract = plain_tract(cepstra, air, np.ones(4, bool))
    bent = Vocoder(Peak()).refined(tract, cepstra, air, np.full(4, 200.0), np.ones(4), formant_scale=1.2)
    lift = split(bent)[0][0] - split(tract)[0][0]
    assert abs(int(lift[: BINS // 2].argmax()) - 64 * 1.2) <= 1


def test_long_phrases_are_worked_in_pieces_that_overlap():
    """Each frame is answered once, with what stands beside it in view."""
    frames = 5_000
    cepstra, air = vowel(frames)
    network = Flat()
    Vocoder(network).refined(
        plain_tract(cepstra, air, np.ones(frames, bool)),
        cepstra,
        air,
        np.full(frames, 200.0),
        np.ones(frames),
    )
    assert [len(asked["f0"]) for asked in network.asked] == [2_064, 2_128, 1_064]


def test_the_quiet_below_a_voice_is_quiet():
    """Pulses leave no constant offset behind."""
    frames = 200
    cepstra, air = vowel(frames)
    voiced = np.ones(frames, bool)
    sound = sound_of(plain_tract(cepstra, air, voiced), np.full(frames, 200.0), voiced, noise(frames))
    assert abs(sound[4_800:-4_800].mean()) < 0.02 * sound.std()


def test_nothing_leaks_above_what_the_tract_lets_through():
    """A voice that ends at 20 kHz stays 40 dB quieter above it: responses begin softly."""
    frames = 200
    cepstra, air = vowel(frames)
    plain = plain_tract(cepstra, air, np.ones(frames, bool))
    hz = np.linspace(0, RATE / 2, BINS)
    cut = Tract(plain.level - 12 * (hz > 20_000), plain.phase, np.full_like(plain.air, LEAST_AIR))
    at, period, _ = place_pulses(np.full(frames, 233.3), np.ones(frames, bool))
    sound = sound_pulses(Pulses(at, period, np.ones(len(at))), cut, (frames - 1) * HOP)
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    place = np.fft.rfftfreq(len(sound), 1 / RATE)
    below, above = (power[(place > a) & (place < b)].mean() for a, b in ((17_000, 19_000), (21_000, 23_000)))
    assert 10 * np.log10(below / above) > 40


def test_a_pitch_stands_in_every_frame():
    """Gaps are bridged along a line; a whisper has 200 Hz."""
    assert np.allclose(filled(np.array([0.0, 100, 0, 0, 130, 0])), [100, 100, 110, 120, 130, 130])
    assert (filled(np.zeros(4)) == 200).all()


def test_both_renderers_sound_alike():
    """The one that learns (torch) and the one that sings (numpy) give the same samples."""
    torch = pytest.importorskip("torch")
    from songwright.train.vocoder.synthesis import Source, air_sound, pulse_sound

    frames = 60
    cepstra, air = vowel(frames)
    f0 = np.linspace(150.0, 300.0, frames)
    tract = plain_tract(cepstra, air, np.ones(frames, bool))
    at, period, _ = place_pulses(f0, np.ones(frames, bool))
    wanted = sound_pulses(Pulses(at, period, np.ones(len(at))), tract, (frames - 1) * HOP)
    dry, hiss = (torch.from_numpy(part)[None] for part in split(tract))
    phase = torch.from_numpy(tract.phase)[None]
    source = Source(
        torch.zeros(len(at), dtype=torch.long),
        torch.from_numpy(at),
        torch.from_numpy(np.sqrt(period)).float(),
    )
    made = pulse_sound(dry, phase, source)[0].numpy()
    assert np.abs(made - wanted).max() < 1e-3 * np.abs(wanted).max()
    breath = noise(frames)
    wanted = sound_air(breath, tract, (frames - 1) * HOP)
    made = air_sound(hiss, phase, torch.from_numpy(breath).float()[None, None])[0, 0].numpy()
    assert np.abs(made - wanted).max() < 1e-3 * np.abs(wanted).max()


def speech(seed: int, frames: int = 160):
    """A clip of a vowel with a gap, and what was measured of it, one rendering brighter than its frames say."""
    from songwright.train.vocoder.data import recording
    from songwright.train.voice.features import Features

    cepstra, air = vowel(frames)
    f0 = 180 + 40 * np.sin(np.arange(frames) / 20 + seed)
    f0[60:80] = 0
    tract = plain_tract(cepstra, air, f0 > 0)
    hz = np.linspace(0, RATE / 2, BINS)
    bright = Tract(tract.level + 0.8 * (hz > 2_000), tract.phase, tract.air)
    sound = 0.5 * sound_of(bright, filled(f0), f0 > 0, noise(frames)) / 4
    cepstra[:, 0] += 2 * np.log(1 / 8) * np.sqrt(fullband.BANDS)
    return recording(str(seed), sound, Features(f0.astype("f4"), cepstra.astype("f2"), air.astype("f2")))


def test_pulses_fall_in_step_with_the_recording():
    """Rendered pulses and the recorded fundamental agree in phase, wherever the recording began."""
    pytest.importorskip("torch")
    item = speech(1)
    tract = plain_tract(item.cepstra, item.air_db, item.voiced)
    made = sound_pulses(Pulses(item.at, item.period, np.ones(len(item.at))), tract, len(item.sound))
    both = [np.fft.irfft(np.fft.rfft(x)[: len(x) * 400 // RATE], len(x)) for x in (made, item.sound)]
    assert np.corrcoef(both)[0, 1] > 0.85


def test_the_network_learns_and_its_file_says_the_same(tmp_path):
    """A few steps bring renderings nearer; the exported file gives the network's curves; the card has its hash."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    import hashlib
    import tomllib

    from songwright.train.nets.vocoder import Config
    from songwright.train.run import Budget, train
    from songwright.train.vocoder.export import put, to_onnx
    from songwright.train.vocoder.training import Recipe, VocoderTask

    clips = [speech(seed) for seed in range(3)]
    recipe = Recipe(batch=2, frames=60, rate=1e-2, blur=0.5)
    task = VocoderTask(clips, clips[:1], Config.of("tiny"), recipe, Seed(1))
    before = task.check()["far"]
    state = train(task, tmp_path / "run", Budget(max_steps=25, max_seconds=600, warm_steps=1, decay=0.5))
    assert state.step == 25
    assert task.check()["far"] < 0.97 * before
    data = to_onnx(task.network, {"size": "tiny"})
    network = Network(data)
    assert network.metadata["size"] == "tiny"
    item = clips[0]
    with torch.no_grad():
        rows = [item.cepstra, item.air_db, item.f0_hz, item.voiced]
        curve = task.network(*(torch.from_numpy(np.asarray(row, np.float32))[None] for row in rows))[0][0]
    names = ("cepstra", "air_db", "f0", "voiced")
    made = network.run({name: np.asarray(row, np.float32) for name, row in zip(names, rows, strict=True)})
    assert np.abs(made["pulse"] - curve.numpy()).max() < 0.02
    put(data, tmp_path / "vocoder.onnx", {"id": "vocoder", "steps": 25})
    card = tomllib.loads((tmp_path / "vocoder.toml").read_text())
    assert card["sha256"] == hashlib.sha256((tmp_path / "vocoder.onnx").read_bytes()).hexdigest()


def test_curves_belong_to_one_another():
    """The phase of a tract is the minimum phase of its level: what rings is at the beginning."""
    level, phase = curves()
    cepstra, _ = vowel(1)
    wave = np.fft.irfft(np.exp(cepstra[0] @ level + 1j * (cepstra[0] @ phase)))
    assert np.sum(wave[:256] ** 2) > 0.999 * np.sum(wave**2)


def test_distances_know_same_from_other():
    """A sound is 0 from itself; noise in its place, or the same 6 dB softer, is further; periods of noise differ."""
    from songwright.bench.vocoder import _periodicity, log_stft, mel_distance

    frames = 100
    cepstra, air = vowel(frames)
    f0, voiced = np.full(frames, 200.0), np.ones(frames, bool)
    tract = plain_tract(cepstra, air, voiced)
    sound = sound_of(tract, f0, voiced, noise(frames))
    whisper = sound_air(noise(frames), plain_tract(cepstra, air, ~voiced), len(sound))
    assert log_stft(sound, sound) == (0.0, 0.0) and mel_distance(sound, sound) == 0.0
    soft = log_stft(sound, sound / 2)
    assert 0.5 < soft[0] < 0.7 and abs(soft[1] - 0.5) < 1e-3
    assert abs(mel_distance(sound, sound / 2) - np.log10(2)) < 0.02
    assert log_stft(sound, whisper)[0] > 0.5
    sung, hissed = _periodicity(sound, f0), _periodicity(whisper, f0)
    assert sung[0] > 0.95 and hissed[0] < 0.6 and sung[3] < sung[0]
