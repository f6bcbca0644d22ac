"""The discrete rival: codes are steps, nothing is known before its time, what is learned is written."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from songwright.errors import BriefError, ShelfError
from songwright.runtime.jukebox.telling import GLOBALS, told_of, whole_of
from songwright.values.seed import Seed

torch = pytest.importorskip("torch")

from jukebox_kit import about_a_line, labels_of_a_line, write_plain_shards  # noqa: E402

from songwright.train.codec import task as codec_task  # noqa: E402
from songwright.train.codec import training as codec_training  # noqa: E402
from songwright.train.codec.crops import Manner as Crops  # noqa: E402
from songwright.train.codec.task import build, load_codec, train_codec  # noqa: E402
from songwright.train.codec.training import Recipe as CodecRecipe  # noqa: E402
from songwright.train.jukebox.batches import Recipe  # noqa: E402
from songwright.train.jukebox.latents import Coded, in_codes, read_latents  # noqa: E402
from songwright.train.nets import codec, prior  # noqa: E402
from songwright.train.prior.player import Manner, load_player, write  # noqa: E402
from songwright.train.prior.task import load_prior, train_prior  # noqa: E402
from songwright.train.prior.training import PriorTask  # noqa: E402
from songwright.train.renders import shards  # noqa: E402
from songwright.train.run import Budget  # noqa: E402

FRAMES = 48
LABELS, ABOUT = labels_of_a_line(FRAMES, 0.32, 0.96), about_a_line(0.32, 0.96)
NAMES = {"genre": ["pop"], "persona": ["a"], "voice": ["rms"]}


def told(frames: int = FRAMES) -> dict[str, np.ndarray]:
    """All that is known of the piece."""
    return told_of(LABELS, 0, frames) | whole_of(ABOUT, {name: ["x"] * 16 for name in GLOBALS}, "full")


def tiny() -> prior.Prior:
    """A network that knows sixteen names of each kind, with steps that lose little."""
    torch.manual_seed(2)
    return prior.Prior(replace(prior.tiny().config, personas=16)).eval()


@pytest.fixture
def piece():
    """A piece whose codes say what is sung: voice 999 and 400 where it sounds, else 0; the band alternates."""
    sung = told()["voiced"] > 0
    turn = np.arange(FRAMES) % 2
    codes = np.stack([999 * sung, 400 * sung, 111 * turn, 222 * (1 - turn)], 1)
    return Coded("one", codes.astype(np.uint16), LABELS, ABOUT)


def test_codes_are_steps():
    digits = prior.Digits(4)
    codes = torch.randint(0, 1000, (5, 4), generator=torch.Generator().manual_seed(1))
    steps = digits.of(codes)
    assert steps.shape == (5, 16) and torch.equal(digits.codes(steps), codes)
    assert steps[:, ::4].max() <= 7 and steps.unflatten(-1, (4, 4))[..., 1:].max() <= 4
    assert torch.equal(digits.rows_of(steps).sum(-1), torch.full((5,), 16.0))


@torch.no_grad()
def test_a_continuous_codec_learns_on_in_codes():
    draw = torch.Generator().manual_seed(1)
    turned = torch.linalg.qr(torch.randn(8, 8, generator=draw))[0]
    latents = torch.randn(2000, 8, generator=draw) * torch.tensor([8.0, 2, 1, 1, 0.1, 0.1, 0, 0]) @ turned
    steps = codec.Steps(codec.Config(latents=8, groups=2))

    def lost():
        return float((steps(latents)[0] - latents).square().sum() / latents.square().sum())

    raw = lost()
    steps.learn_axes(latents)
    assert lost() < 0.06 < 0.5 < raw
    back, codes = steps(latents)
    assert torch.equal(steps.latents(codes), back)
    again = steps(back)[0]  # coded once more, hardly anything is lost
    assert float((again - back).square().sum() / back.square().sum()) < 0.02


def test_nothing_is_known_before_its_time():
    net = tiny()
    digits = net.digits.of(torch.randint(0, 1000, (1, FRAMES, 4), generator=torch.Generator().manual_seed(3)))
    said = {name: torch.from_numpy(value)[None] for name, value in told().items()}
    keep = torch.zeros(1, FRAMES, 2)
    plain, _ = net(digits, keep, said)
    torch.nn.init.normal_(net.chain.last, std=0.5)
    plain, _ = net(digits, keep, said)
    other = digits.clone()
    other[0, 20, 9] = (other[0, 20, 9] + 1) % 5
    changed = (net(other, keep, said)[0] - plain).nan_to_num().abs().amax(-1)[0]
    assert not changed[:20].any() and not changed[20, :10].any()  # neither frames before nor steps before
    assert changed[20, 10:].any() and changed[21].any()
    later = {name: value.clone() for name, value in said.items()}
    later["octave"][0, 26] += 1.0
    ahead = (net(digits, keep, later)[0] - plain).nan_to_num().abs().amax((-1, -2))[0]
    assert ahead[26 - prior.LOOK] > 0 and not ahead[: 26 - prior.LOOK].any()  # what is told is seen ahead
    kept = keep.clone()
    kept[0, 24, 0] = 1
    seen = (net(digits, kept, said)[0] - plain).nan_to_num().abs().amax((-1, -2))[0]
    assert seen[24 - prior.LOOK] > 0  # and so is what is given


def test_written_step_by_step_as_learned_at_once():
    """With nothing but the likeliest steps, what is written is what the network, shown it, holds for likeliest."""
    net = tiny()
    torch.nn.init.normal_(net.chain.last, std=1.0)
    keep = torch.zeros(FRAMES, 2)
    keep[:5] = 1
    keep[:, 1] = 1
    start = torch.randint(0, 1000, (FRAMES, 4), generator=torch.Generator().manual_seed(5))
    manner = Manner(top_k=1, guidance=1.0)
    codes = write(net, told(), start.clone(), keep, Seed(1).luck(), manner)
    assert torch.equal(codes[:5], start[:5]) and torch.equal(codes[:, 2:], start[:, 2:])
    assert not torch.equal(codes[5:, :2], start[5:, :2])
    said = {name: torch.from_numpy(value)[None] for name, value in told().items()}
    digits = net.digits.of(codes)[None]
    logits, _ = net(digits, keep[None], said)
    assert torch.equal(logits.argmax(-1)[0, 5:, :8], digits[0, 5:, :8])
    again = [write(net, told(), start.clone(), keep, Seed(n).luck(), Manner(guidance=2.0)) for n in (1, 1, 2)]
    assert torch.equal(again[0], again[1]) and not torch.equal(again[0], again[2])


def test_learning_makes_the_surprise_fall(piece):
    net = prior.Prior(replace(prior.tiny().config, genres=1, personas=1, voices=1))
    task = PriorTask(net, [piece], [piece], NAMES, Recipe(2, 48, 2e-2, 0.02), Seed(1))
    before = task.check()
    losses = [task.step(step, 0.0)["prior"] for step in range(30)]
    assert losses[0] == pytest.approx(np.mean([np.log(8), *[np.log(5)] * 3]), rel=0.05)
    assert np.mean(losses[-5:]) < 0.4 * losses[0]
    after = task.check()
    assert after["bits_voice_full"] < 0.4 * before["bits_voice_full"] and after["bits_band_full"] > 0
    assert before["bits_voice_full"] == pytest.approx(31.25 * 2 * np.log2(1000), rel=0.05)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Three shards of one plain piece each, a codec that has learned nothing, and one with codes begun from it."""
    folder = tmp_path_factory.mktemp("renders")
    write_plain_shards(folder, LABELS, ABOUT)
    (folder / "plain" / "run").mkdir(parents=True)
    (folder / "plain" / "codec.json").write_text('{"size": "tiny", "groups": 0}')
    checkpoint = {"averages": {"codec": build("tiny").state_dict()}, "step": 0}
    torch.save(checkpoint, folder / "plain" / "run" / "checkpoint.pt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec_task, "_CROPS", 8)
        patch.setattr(codec_training, "_CHECKS", 1)
        train_codec(
            folder, folder / "codes", "tiny", Budget(max_steps=1), Crops(2, 8192), CodecRecipe(rate=1e-5),
            groups=2, start=folder / "plain",
        )  # fmt: skip
    return folder


def test_a_run_from_shards_to_sound(rendered, tmp_path):
    plain, coder = load_codec(rendered / "plain"), load_codec(rendered / "codes")
    one = shards.read_renders(rendered, "train")[0]
    codes = in_codes(one, coder)
    assert codes.shape == (FRAMES, 4) and codes.max() <= 999
    assert torch.equal(plain.encoder.axes, coder.encoder.axes)
    recipe = Recipe(2, 32, 1e-3)
    figures = train_prior(rendered, rendered / "codes", tmp_path, "tiny", Budget(max_steps=2), recipe)
    assert figures["steps"] == 2 and figures["held_bits_voice_none"] > 0
    assert np.array_equal(np.load(next((tmp_path / "latents").glob("*.npy"))), codes)
    player = load_player(tmp_path)
    assert player.names == {name: tuple(known) for name, known in NAMES.items()} and player.latents == 8
    kept = read_latents(rendered, tmp_path / "again", coder, "train")[0].latents.astype(np.float32)
    keep = np.zeros((FRAMES, 2), np.float32)
    keep[:10] = 1
    said = told_of(LABELS, 0, FRAMES) | whole_of(ABOUT, player.names, "full")
    made = player.sample(said, kept, keep, luck=Seed(4).luck())
    assert made.shape == kept.shape and np.array_equal(made[:10], kept[:10])
    known = load_prior(tmp_path)[0].steps
    assert torch.equal(known.latents(torch.from_numpy(codes.astype(int)).unflatten(-1, (2, -1))).flatten(1).half(),
                       torch.from_numpy(kept).half())  # fmt: skip
    with pytest.raises(BriefError, match="writes no codes"):
        train_prior(rendered, rendered / "plain", tmp_path / "p", "tiny", Budget(max_steps=1), recipe)
    with pytest.raises(ShelfError, match="no run of `train prior`"):
        load_prior(rendered)


def test_a_codec_of_another_kind_is_no_beginning(rendered, tmp_path):
    with pytest.raises(BriefError, match="another size"):
        train_codec(
            rendered, tmp_path, "tiny", Budget(), Crops(), CodecRecipe(), groups=3, start=rendered / "codes"
        )


PAIR = """
import sys
import torch
from songwright.cli.app import app
from songwright.train import spread

torch.set_num_threads(1)
renders, out = sys.argv[1:]
wish = ["train", "prior", renders, "--codec", renders + "/codes", "--size", "tiny", "--batch", "2", "--frames", "32"]
with spread.spread("cpu"):
    for more in (["cut", "--shard", "--max-steps", "3"], ["whole", "--max-steps", "3"], ["cut", "--shard"]):
        app([*wish, "--max-steps", "4", "--out", out + "/" + more[0], *more[1:]], standalone_mode=False)
"""


@pytest.mark.slow
def test_weights_in_parts_learn_as_whole_ones(rendered, tmp_path):
    """Two processes under torchrun: with --shard the same is learned, gone on with, and read like any other."""
    (tmp_path / "pair.py").write_text(PAIR)
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
        str(tmp_path / "pair.py"), str(rendered), str(tmp_path),
    ]  # fmt: skip
    quiet = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, capture_output=True, text=True, env=quiet, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    decoder, told = json.JSONDecoder(), []
    rest = done.stdout.strip()
    while rest:
        one, end = decoder.raw_decode(rest)
        told.append(one)
        rest = rest[end:].strip()
    cut, whole, further = told
    assert cut["processes"] == whole["processes"] == 2 and cut["parameters"] == whole["parameters"]
    assert cut["held_prior_full"] == pytest.approx(whole["held_prior_full"], rel=2e-3)
    assert (whole["steps"], further["steps"]) == (3, 4)
    known, other = (load_prior(tmp_path / name)[0].state_dict() for name in ("cut", "whole"))
    assert {name: value.shape for name, value in known.items()} == {n: v.shape for n, v in other.items()}
    # a step further, and no more than that apart
    assert all(torch.allclose(value, other[name], atol=2e-2) for name, value in known.items())
