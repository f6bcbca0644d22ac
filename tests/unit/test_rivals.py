"""Rivals of the composer's network, followed token by token behind the same composer."""

from dataclasses import replace

import numpy as np
import pytest

from songwright import api, composer
from songwright.bench.composer_rivals import rival_suite
from songwright.errors import BriefError, ShelfError
from songwright.music.tokens import NAMES
from songwright.train.songs.dataset import load_shard, save_shard, tokens_of
from songwright.train.songs.ngram import NGram
from songwright.train.songs.song import Song, save_songs

torch = pytest.importorskip("torch")

from songwright.train.nets import recurrent  # noqa: E402
from songwright.train.run import Budget, read_checkpoint  # noqa: E402
from songwright.train.songs.batches import Manner  # noqa: E402
from songwright.train.songs.following import CountFollower, RecurrentFollower, followed  # noqa: E402
from songwright.train.songs.task import train_composer  # noqa: E402

UNIT = 1024


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, short_brief):
    """Songs (.jsonl) with their tokens (.npz) beside them: one to learn from, one to check, two to set again."""
    folder = tmp_path_factory.mktemp("corpus")
    songs = []
    for n, part in enumerate(("train", "valid", "test", "test")):
        plan = replace(api.plan(replace(short_brief, duration_s=30.0, seed=n)), composer="crafted")
        score = composer.compose(plan, api.context(n).child("composer"))
        rhymes = tuple("" for _ in score.lines)
        songs.append(
            Song(f"a{n}#1", "songs/openhymnal", "CC0-1.0", "", "en", "given", score, rhymes, f"g{n}", part)
        )
    save_songs(songs, folder / "songs.jsonl")
    save_shard(songs, folder / "songs.npz")
    return folder / "songs.jsonl", [tokens_of(song) for song in songs]


def whole(net, row) -> np.ndarray:
    """Natural logarithms of the chances of every token after a row, heard at once."""
    with torch.no_grad():
        return torch.log_softmax(net(torch.tensor([row]))[0, -1, : len(NAMES)], -1).numpy()


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_recurrent_network_remembers_each_row(cell, corpus):
    net = recurrent.tiny(cell).eval()
    follower, row = RecurrentFollower(net), corpus[1][0][:40]
    rows = follower.open(row[:10], 3)
    rows.push([row[10:13], [], row[10:11]])
    rows.push([row[13:14], row[20:24], []])
    heard = [row[:14], row[:10] + row[20:24], row[:11]]
    for logits, tokens in zip(rows.logits, heard, strict=True):
        assert np.abs(logits / UNIT - whole(net, tokens)).max() < 2e-3
    rows.keep([2, 0])
    rows.push([[5], [6]])
    assert np.abs(rows.logits[0] / UNIT - whole(net, [*heard[2], 5])).max() < 2e-3
    (costs,) = follower.costs([row])
    assert costs[0] == 0 and len(costs) == len(row)
    assert costs[-1] / UNIT == pytest.approx(-whole(net, row[:-1])[row[-1]], abs=2e-3)


def test_counts_follow_rows_as_they_count_whole_songs(corpus):
    rows = load_shard(corpus[0].with_suffix(".npz"))["train"]
    counted = NGram(5).fit(rows)
    row = [int(token) for token in rows[0][:60]]
    for end in (1, 3, 30):
        chances = counted.chances(row[:end])
        assert chances.sum() == pytest.approx(1.0, abs=1e-6)
        assert -np.log(chances[row[end]]) == pytest.approx(counted.nats(np.array(row))[end])
    follower = CountFollower(counted)
    session = follower.open(row[:10], 2)
    session.push([row[10:12], []])
    for logits, end in zip(session.logits, (12, 10), strict=True):
        assert np.abs(logits / UNIT - np.log(counted.chances(row[:end]))).max() < 1e-3
    (costs,) = follower.costs([row])
    assert costs[0] == 0 and costs[9] == round(UNIT * counted.nats(np.array(row))[9])


def test_rivals_write_the_same_tasks_under_the_same_promises(corpus, tmp_path):
    songs, _ = corpus
    tokens = songs.with_suffix(".npz")
    for rival in ("lstm", "ngram"):
        budget, manner = Budget(max_steps=2, warm_steps=1), Manner(batch=2, length=64)
        train_composer(tokens, tmp_path / rival, "tiny", rival, budget, manner, lambda line: None)
    name, follower = followed(tmp_path / "lstm", tokens)
    assert name == "lstm" and isinstance(follower, RecurrentFollower)
    told: list[str] = []
    runs = [tmp_path / "lstm", tmp_path / "ngram"]
    rows = rival_suite(songs, 2, runs, tmp_path / "songs", told.append)
    assert [name for name in ("shipped", "lstm", "5-gram") if f"{name}_off_percent" in rows[0]] == [
        "shipped", "lstm", "5-gram"
    ]  # fmt: skip
    assert {str(row["figure"]) for row in rows} >= {"stress", "overlap of interval histograms", "range"}
    assert len(told) == 6 and (tmp_path / "songs" / "lstm.jsonl").read_text().count("\n") == 2
    with pytest.raises(BriefError, match="one kind"):
        rival_suite(songs, 2, [runs[1], runs[1]], None, told.append)
    told.clear()
    assert (
        rival_suite(songs, 2, runs, tmp_path / "songs", told.append) == rows
    )  # kept songs are not written again


def test_a_damaged_checkpoint_is_named(tmp_path):
    with pytest.raises(ShelfError, match="no such file"):
        read_checkpoint(tmp_path / "checkpoint.pt")
    whole = tmp_path / "whole.pt"
    torch.save({"step": 3}, whole)
    assert read_checkpoint(whole) == {"step": 3}
    torch.save([1], tmp_path / "list.pt")
    for data in (
        b"",
        b"garbage",
        b"PK\x03\x04",
        whole.read_bytes()[:200],
        (tmp_path / "list.pt").read_bytes(),
    ):
        (tmp_path / "checkpoint.pt").write_bytes(data)
        with pytest.raises(ShelfError, match="no checkpoint"):
            read_checkpoint(tmp_path / "checkpoint.pt")


def test_runs_that_are_none_are_named(corpus, tmp_path):
    songs, _ = corpus
    with pytest.raises(BriefError, match="runs"):
        rival_suite(songs, 2, [], None, lambda line: None)
    with pytest.raises(ShelfError, match="no finished run"):
        followed(tmp_path, songs.with_suffix(".npz"))
    (tmp_path / "figures.json").write_text('{"net": "lstm", "size": "tiny"}')
    with pytest.raises(ShelfError, match=r"checkpoint\.pt: there is no such file"):
        followed(tmp_path, songs.with_suffix(".npz"))
    (tmp_path / "figures.json").write_text('{"net": "5-gram"}')
    with pytest.raises(ShelfError, match=r"none\.npz"):
        followed(tmp_path, tmp_path / "none.npz")
    (tmp_path / "figures.json").write_text("{")
    with pytest.raises(ShelfError, match="no finished run"):
        followed(tmp_path, songs.with_suffix(".npz"))
