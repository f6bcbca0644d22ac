"""The generator: it is told what is sung, keeps what it should keep, and learns."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib

import numpy as np
import pytest

from songwright.errors import BriefError, ShelfError
from songwright.runtime.codec import Codec
from songwright.runtime.jukebox import telling
from songwright.runtime.jukebox.generator import Generator
from songwright.runtime.jukebox.labels import NO_ROOT, PLAYERS, STRIKERS, SYMBOLS, TONES
from songwright.values.seed import Seed

torch = pytest.importorskip("torch")

from jukebox_kit import about_a_line, labels_of_a_line, write_plain_shards  # noqa: E402

from songwright.train.codec.crops import Manner  # noqa: E402
from songwright.train.codec.task import train_codec  # noqa: E402
from songwright.train.codec.training import Recipe as CodecRecipe  # noqa: E402
from songwright.train.jukebox import conditions, hub  # noqa: E402
from songwright.train.jukebox.batches import Recipe  # noqa: E402
from songwright.train.jukebox.earlier import read_earlier  # noqa: E402
from songwright.train.jukebox.export import data_of, learned_from  # noqa: E402
from songwright.train.jukebox.latents import Coded, read_latents  # noqa: E402
from songwright.train.jukebox.release import release  # noqa: E402
from songwright.train.jukebox.task import load_jukebox, train_jukebox  # noqa: E402
from songwright.train.jukebox.training import FlowTask  # noqa: E402
from songwright.train.nets import codec, flow  # noqa: E402
from songwright.train.run import Budget  # noqa: E402

FRAMES, SUB = 96, telling.SUB
LABELS, ABOUT = labels_of_a_line(FRAMES, 0.64, 1.28, opening_s=0.1), about_a_line(0.64, 1.28)


@pytest.fixture
def piece():
    """A piece whose latents say what is sung."""
    told = telling.told_of(LABELS, 0, FRAMES)
    sung = (told["voiced"] > 0)[:, None]
    latents = np.where(sung, 1.0, -1.0) * np.linspace(0.5, 1.5, 16)
    return Coded("one", latents.astype(np.float16), LABELS, ABOUT)


def test_labels_are_told_frame_by_frame():
    told = telling.told_of(LABELS, 10, FRAMES)
    assert told["phone"].shape == (FRAMES, SUB) and told["players"].shape == (FRAMES, len(PLAYERS))
    assert SYMBOLS[told["phone"][10, 2]] == "L" and SYMBOLS[told["phone"][20, 0]] == "AA"
    assert told["octave"][20] == pytest.approx(2.0)  # 220 Hz is two octaves over 55
    assert np.flatnonzero(told["players"][0]).tolist() == [0, PLAYERS.index("piano")]
    assert told["struck"].shape == (FRAMES, SUB, len(STRIKERS)) and told["tones"].shape == (FRAMES, TONES)
    struck = np.argwhere(telling.told_of(LABELS, 0, FRAMES)["struck"])
    assert struck.tolist() == [[5, 1, STRIKERS.index("kick")], [20, 0, STRIKERS.index("keys")]]
    assert np.flatnonzero(told["tones"][12]).tolist() == [32]
    after = slice(FRAMES - 10, None)  # beyond the piece's end
    assert not told["phone"][after].any() and np.all(told["root"][after] == NO_ROOT)
    heard = conditions.targets_of(told)
    assert heard["pitch"][20] == 57 - 36 + 1 and heard["pitch"][60] == 0


def test_modes_leave_out_what_they_say():
    told = telling.told_of(LABELS, 0, FRAMES)
    silent = telling.left_out(told, "no pitch", ABOUT["lines"], 0)
    assert not silent["voiced"].any() and np.all(silent["root"] == NO_ROOT)
    assert np.array_equal(silent["phone"], told["phone"])
    assert not silent["tones"].any() and np.array_equal(silent["struck"], told["struck"])
    free = telling.left_out(told, "free", ABOUT["lines"], 0)
    assert [SYMBOLS[n] for n in free["phone"][20:22, 0]] == ["L", "AA"] and np.count_nonzero(
        free["phone"]
    ) == 2
    assert not any(free[name].any() for name in ("timed", "players", "struck", "tones"))
    assert not telling.left_out(told, "none", ABOUT["lines"], 0)["phone"].any()
    assert np.count_nonzero(told["phone"]) > 2  # what was given is as it was
    names = {"genre": ["pop"], "persona": ["b"], "voice": ["rms"]}
    whole = telling.whole_of(ABOUT, names, "full")
    assert [whole[kind].tolist() for kind in telling.GLOBALS] == [
        [0, 1],
        [1, 0],
        [0, 1],
    ]  # not known: not said
    assert whole["character"].tolist() == [1, 0, 0, 0, 0, 0, 0]  # said, and plain
    unsaid = {name: value for name, value in ABOUT.items() if name != "character"}
    assert not telling.whole_of(unsaid, names, "full")["character"].any()
    gravelly = telling.whole_of({**ABOUT, "character": {"gravel": 0.5, "old": 0.25}}, names, "free")[
        "character"
    ]
    assert gravelly.tolist() == [1, 0.5, 0, 0.25, 0, 0, 0]
    assert not telling.whole_of({**ABOUT, "character": {"gravel": 0.5}}, names, "none")["character"].any()
    drawn = [conditions.drawn_whole(ABOUT, names, "full", Seed(n).luck())["genre"][0] for n in range(300)]
    assert 0.04 < np.mean(drawn) < 0.17  # now and then left out


def test_what_is_kept_is_drawn_in_all_ways():
    kept = [conditions.drawn_keep(FRAMES * 4, Seed(n).luck()) for n in range(200)]
    share = np.array([keep.mean() for keep in kept])
    assert 0.2 < (share == 0).mean() < 0.5
    begun = [keep for keep in kept if keep[0].all() and not keep[-1].any()]
    assert len(begun) > 30 and all(60 <= keep[:, 0].sum() <= 251 for keep in begun)
    assert any(keep[:, 0].all() and not keep[:, 1].any() for keep in kept)


def test_learning_makes_the_loss_fall(piece):
    names = {"genre": ["pop"], "persona": ["a"], "voice": ["rms"]}
    known = {"genres": 1, "personas": 1, "voices": 1}
    net = flow.tiny(**known)
    recipe = Recipe(4, 64, 1e-2, 0.02)
    task = FlowTask(net, [piece], [piece], names, recipe, Seed(1))
    losses = [task.step(step, 0.0) for step in range(30)]
    first, last = (np.mean([row["flow"] for row in some]) for some in (losses[:4], losses[-6:]))
    assert last < 0.7 * first
    assert np.mean([row["phone"] for row in losses[-6:]]) < 0.7 * losses[0]["phone"]
    again = FlowTask(flow.tiny(**known), [piece], [piece], names, recipe, Seed(1))
    assert again.step(0, 0.0) == losses[0]  # the same step is the same step


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Three shards of one plain piece each, and a codec that has hardly learned."""
    folder = tmp_path_factory.mktemp("renders")
    write_plain_shards(folder, LABELS, ABOUT)
    train_codec(folder, folder / "codec", "tiny", Budget(max_steps=1), Manner(2, 8192), CodecRecipe())
    return folder


def test_a_run_may_begin_from_one_that_was_told_less(rendered, tmp_path):
    recipe, first = Recipe(2, 64, 1e-3), tmp_path / "first"
    train_jukebox(rendered, rendered / "codec", first, "tiny", Budget(max_steps=2), recipe)
    kept = torch.load(first / "run" / "checkpoint.pt", weights_only=True)
    for weights in (kept["averages"]["flow"], kept["networks"]["flow"]):
        weights["first.weight"] = weights["first.weight"][:, : -flow.Told.band]
        del weights["character.weight"]
    torch.save(kept, first / "run" / "checkpoint.pt")
    second = tmp_path / "second"
    (second / "latents").parent.mkdir()
    shutil.copytree(first / "latents", second / "latents")
    still = Budget(max_steps=1, warm_steps=10**9)  # a step that learns nothing
    figures = train_jukebox(rendered, rendered / "codec", second, "tiny", still, recipe, start=first)
    assert (figures["steps_before"], figures["steps"]) == (2, 1)
    net, _ = load_jukebox(second)
    assert not net.first.weight[:, -flow.Told.band :].detach().abs().max() > 1e-6
    old = kept["averages"]["flow"]["first.weight"]
    assert not net.character.weight.detach().abs().max() > 1e-6
    assert torch.allclose(net.first.weight[:, : -flow.Told.band], old, atol=1e-6)
    with pytest.raises(BriefError, match="another size"):
        train_jukebox(rendered, rendered / "codec", tmp_path / "third", "small", still, recipe, start=first)
    with pytest.raises(ShelfError, match="holds no run"):
        train_jukebox(rendered, rendered / "codec", tmp_path / "third", "tiny", still, recipe, start=rendered)


def test_a_run_may_begin_from_released_weights_and_learn_new_names(rendered, tmp_path):
    recipe, first, still = Recipe(2, 64, 1e-3), tmp_path / "first", Budget(max_steps=1, warm_steps=10**9)
    train_jukebox(rendered, rendered / "codec", first, "tiny", Budget(max_steps=2), recipe)
    (net, names), hubbed = load_jukebox(first), tmp_path / "hub"
    learned = {
        "source": "songs",
        "commercial_use": True,
        "pieces": 2,
        "licences": ["MIT"],
        "languages": [],
        "steps": 7,
    }
    told = json.loads((first / "jukebox.json").read_text())
    hub.save_generator(net, names, told["latents_id"], hubbed, "", learned)
    other = tmp_path / "other"
    write_plain_shards(other, LABELS, ABOUT | {"persona": "B", "voice": "ada"})
    args = (other, rendered / "codec", tmp_path / "second", "tiny", still, recipe)
    figures = train_jukebox(*args, start=hubbed)
    assert (figures["steps_before"], figures["steps"]) == (7, 1)
    wider, names = load_jukebox(tmp_path / "second")
    assert names == {"genre": ["pop"], "persona": ["a", "B"], "voice": ["rms", "ada"]}
    assert torch.allclose(wider.persona.weight[:2], net.persona.weight, atol=1e-3)  # kept in float16
    assert wider.persona.weight[2].detach().abs().max() > 1e-4
    assert torch.allclose(wider.last.weight, net.last.weight, atol=1e-3)
    assert read_earlier(hubbed, "jukebox", "flow").data == {k: v for k, v in learned.items() if k != "steps"}
    assert read_earlier(tmp_path / "second", "jukebox", "flow").steps == 8
    (other / "card.json").write_text(
        json.dumps({"name": "more", "seed": 2, "hours": {"train": 1}, "pieces": 3, "commercial_use": False,
                    "ingredients": [{"licence": "CC0-1.0"}], "counts": {"language": {"en": 3}}})
    )  # fmt: skip
    train_jukebox(*args, start=hubbed)
    data = read_earlier(tmp_path / "second", "jukebox", "flow").data
    assert (
        data["source"] == "songs; more, 1.00 h, seed 2" and data["pieces"] == 5 and not data["commercial_use"]
    )
    assert data["licences"] == ["CC0-1.0", "MIT"] and data["languages"] == ["en"]
    assert learned_from(data, data) == data  # the same songs again are named once
    with pytest.raises(BriefError, match="another size"):
        train_jukebox(other, rendered / "codec", tmp_path / "third", "small", still, recipe, start=hubbed)


def test_a_run_may_learn_from_another_folder_too(rendered, tmp_path):
    other = tmp_path / "other"
    write_plain_shards(other, LABELS, ABOUT | {"persona": "b"})
    recipe, out = Recipe(2, 64, 1e-3), tmp_path / "run"
    args = (rendered, rendered / "codec", out, "tiny", Budget(max_steps=2), recipe)
    train_jukebox(*args, also=other)
    assert [path.name for path in (out / "latents" / "also").glob("*.npy")] == [
        "00000-0.npy"
    ]  # none held out
    assert load_jukebox(out)[1]["persona"] == ["a", "b"]
    with pytest.raises(ShelfError, match="no rendered pieces"):
        train_jukebox(*args, also=tmp_path / "nothing")


def test_a_card_tells_of_every_folder(tmp_path):
    cards = {
        name: {"name": "renders", "seed": seed, "hours": {"train": 1.5}, "commercial_use": free, "pieces": 3,
               "ingredients": [{"licence": name}], "counts": {"language": {"en": 3}}}
        for name, seed, free in (("CC0-1.0", 1, True), ("MIT", 3, True), ("private", 4, False))
    }  # fmt: skip
    for name, card in cards.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "card.json").write_text(json.dumps(card))
    both = data_of(tmp_path / "CC0-1.0", tmp_path / "MIT")
    assert both["source"] == "renders, 1.50 h, seed 1; renders, 1.50 h, seed 3"
    assert (both["pieces"], both["licences"], both["languages"]) == (6, ["CC0-1.0", "MIT"], ["en"])
    assert both["commercial_use"] and data_of(tmp_path / "MIT", None)["pieces"] == 3
    assert not data_of(tmp_path / "MIT", tmp_path / "private")["commercial_use"]
    assert data_of(tmp_path / "MIT", tmp_path)["pieces"] == 0  # one without a card: nothing is promised


def test_a_run_from_shards_to_a_generator(rendered, tmp_path):
    recipe = Recipe(2, 64, 1e-3)
    figures = train_jukebox(rendered, rendered / "codec", tmp_path, "tiny", Budget(max_steps=2), recipe)
    assert figures["steps"] == 2 and figures["held_flow_full"] > 0
    net, names = load_jukebox(tmp_path)
    assert names == {"genre": ["pop"], "persona": ["a"], "voice": ["rms"]} and net.config.latents == 8
    assert json.loads((tmp_path / "figures.json").read_text())["parameters"] == figures["parameters"]
    assert (
        train_jukebox(rendered, rendered / "codec", tmp_path, "tiny", Budget(max_steps=3), recipe)["steps"]
        == 3
    )
    with pytest.raises(ShelfError, match="another codec"):
        read_latents(rendered, tmp_path / "latents", codec.tiny(), "train")
    with pytest.raises(BriefError, match="size"):
        train_jukebox(rendered, rendered / "codec", tmp_path, "huge", Budget(max_steps=1), recipe)
    with pytest.raises(ShelfError, match="no run"):
        load_jukebox(rendered)
    shelved = tomllib.loads((tmp_path / "jukebox.toml").read_text())
    assert shelved["steps"] == 3 and shelved["commercial_use"] is False  # nothing is known of these pieces
    assert shelved["sha256"] == hashlib.sha256((tmp_path / "jukebox.onnx").read_bytes()).hexdigest()
    a_release_of(rendered, tmp_path)


def a_release_of(rendered, run):
    """Files for the shelf that belong together, folders for hubs, cards that say what they learned from."""
    out = run / "export"
    with pytest.raises(ShelfError, match=r"no card\.json"):
        release(rendered / "codec", run, rendered, out)
    card = {"name": "songwright renders", "seed": 1, "hours": {"train": 0.5}, "pieces": 3, "commercial_use": True,
            "ingredients": [{"licence": "CC0-1.0"}], "counts": {"language": {"en": 3}}}  # fmt: skip
    (rendered / "card.json").write_text(json.dumps(card))
    figures = release(rendered / "codec", run, rendered, out, {"phones misheard": 0.25})
    assert figures["jukebox"]["rounding"] < 0.06 and figures["codec"]["steps"] == 1
    files = {
        name: (out / f"{name}.onnx").read_bytes() for name in ("codec-encoder", "codec-decoder", "jukebox")
    }
    Generator(files["jukebox"]).belongs_to(Codec(files["codec-decoder"], files["codec-encoder"]))
    assert tomllib.loads((out / "jukebox.toml").read_text())["source"] == "songwright renders, 0.50 h, seed 1"
    text = (out / "hub" / "jukebox" / "README.md").read_text()
    assert text.startswith("---\nlicense: apache-2.0") and "| phones misheard | 0.25 |" in text
    assert "CC0-1.0" in text and "renders (en)" in text and "{" not in text
    assert hub.load_generator(out / "hub" / "jukebox")[1]["names"]["genre"] == ["pop"]
    told = rendered / "codec" / "figures.json"
    told.write_text(json.dumps({"recordings": 2}))
    with pytest.raises(ShelfError, match="name them"):
        release(rendered / "codec", run, rendered, out)
    release(rendered / "codec", run, rendered, out, recordings="Ada reads, CC0-1.0")
    only = release(out / "hub" / "codec", run, rendered, run / "again")  # a codec that is released stays
    assert set(only) == {"jukebox"} and not (run / "again" / "hub" / "codec").exists()
    assert "Heard too: Ada reads, CC0-1.0." in (out / "hub" / "codec" / "README.md").read_text()
    assert "Ada reads" in tomllib.loads((out / "codec-decoder.toml").read_text())["source"]
    told.unlink()
    (run / "latents" / "codec.json").write_text('{"encoder": "another"}')
    with pytest.raises(ShelfError, match="another codec"):
        release(rendered / "codec", run, rendered, out)


@pytest.mark.slow
def test_two_processes_learn_as_one(rendered, tmp_path):
    """Under torchrun, gradients are shared: equal weights at the end, one checkpoint, one voice."""
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
        "-m", "songwright", "train", "jukebox", str(rendered), "--codec", str(rendered / "codec"),
        "--out", str(tmp_path), "--size", "tiny", "--max-steps", "3", "--batch", "2", "--frames", "64",
    ]  # fmt: skip
    quiet = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, capture_output=True, text=True, env=quiet, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["processes"] == 2 and told["steps"] == 3
    assert len((tmp_path / "run" / "log.jsonl").read_text().splitlines()) == 1
    assert load_jukebox(tmp_path)[0].config.latents == 8
