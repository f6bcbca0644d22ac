"""Continuing songs with the composer's network: bits do not depend on how rows are cut, batched or threaded."""

import json
import tomllib
from decimal import Decimal

import numpy as np
import pytest

from songwright.errors import ShelfError
from songwright.io.shelf import HOUSE, HouseShelf
from songwright.music.tokens import NAMES
from songwright.runtime import drawing
from songwright.runtime.decoder import Decoder
from songwright.values.seed import Seed


@pytest.fixture(scope="module")
def file() -> bytes:
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnx")
    from songwright.train.nets import composer
    from songwright.train.nets.integer import whole
    from songwright.train.songs.export import composer_onnx

    net = composer.tiny()
    with torch.no_grad():
        for name, weight in net.named_parameters():
            if "norm" not in name:
                weight.mul_(12)
    return composer_onnx(whole(net, [np.arange(n, n + 60) for n in (0, 200, 700)]))


@pytest.fixture(scope="module")
def decoder(file) -> Decoder:
    return Decoder(file)


def row(length: int, seed: int = 1) -> list[int]:
    luck = Seed(seed).luck()
    return [luck.integer(0, len(NAMES) - 1) for _ in range(length)]


def test_a_row_at_once_is_a_row_token_by_token(decoder):
    tokens = row(150)
    whole = decoder.open(tokens).logits
    session = decoder.open(tokens[:1])
    for token in tokens[1:]:
        session.push([[token]])
    np.testing.assert_array_equal(session.logits, whole)
    assert session.lengths == (150,)
    assert whole.dtype == np.int32 and whole.shape == (1, len(NAMES)) and whole.std() > 100


def test_ragged_rows_are_as_rows_alone(decoder):
    a, b, c = row(90, 2), row(90, 3), row(90, 4)
    session = decoder.open(a[:10], 3)
    session.push([a[10:40], [], b[:5]])
    session.push([a[40:41], c[:70], []])
    session.push([[], c[70:71], b[5:66]])
    alone = [decoder.open(tokens).logits[0] for tokens in (a[:41], a[:10] + c[:71], a[:10] + b[:66])]
    np.testing.assert_array_equal(session.logits, alone)


def test_a_long_prompt_is_heard_in_pieces(decoder):
    tokens = row(700)
    pieces = decoder.open(tokens[:300], 2)
    pieces.push([tokens[300:], tokens[300:310]])
    np.testing.assert_array_equal(pieces.logits[0], decoder.open(tokens).logits[0])
    np.testing.assert_array_equal(pieces.logits[1], decoder.open(tokens[:310]).logits[0])


def test_rows_are_kept_and_doubled(decoder):
    a, b = row(30, 2), row(30, 3)
    session = decoder.open(a[:8], 2)
    session.push([a[8:], b])
    before = session.logits
    session.keep([1, 1, 0])
    np.testing.assert_array_equal(session.logits, before[[1, 1, 0]])
    session.push([[7], [9], [7]])
    np.testing.assert_array_equal(session.logits[1], decoder.open([*a[:8], *b, 9]).logits[0])
    np.testing.assert_array_equal(session.logits[2], decoder.open([*a, 7]).logits[0])


def test_the_composer_of_the_house_makes_the_bits_its_card_tells():
    """The card's digest was made on another machine."""
    pytest.importorskip("onnxruntime")
    shelf = HouseShelf()
    card = tomllib.loads((HOUSE / "weights" / "composer.toml").read_text(encoding="utf-8"))
    assert len(shelf.network("composer")) == card["bytes"] <= 6_000_000
    for threads in (1, 2):
        assert Decoder(shelf.network("composer"), threads=threads).digest() == card["digest"]


def test_threads_change_nothing(file, decoder):
    two = Decoder(file, threads=2)
    tokens = row(120)
    np.testing.assert_array_equal(two.open(tokens, 3).logits, decoder.open(tokens, 3).logits)


def test_costs_are_those_of_the_logits(decoder):
    rows = [row(40, 5), [3], row(300, 6), [], row(9, 7)]
    costs = decoder.costs(rows)
    assert [len(cost) for cost in costs] == [40, 1, 300, 0, 9]
    session = decoder.open(rows[0][:1])
    for place in range(1, 40):
        scores = session.logits[0].astype(np.float64) / 1024
        wanted = np.log(np.exp(scores - scores.max()).sum()) + scores.max() - scores[rows[0][place]]
        assert costs[0][place] / 1024 == pytest.approx(wanted, abs=1.5 / 1024)
        session.push([rows[0][place : place + 1]])
    np.testing.assert_array_equal(costs[2], decoder.costs([rows[2]])[0])
    logits = decoder.hear(rows[2])
    np.testing.assert_array_equal(drawing.surprise(logits[:-1], rows[2][1:]), costs[2][1:])


def test_a_song_too_long_and_no_song_are_refused(decoder):
    with pytest.raises(ShelfError, match="more than 8192 tokens"):
        decoder.open([1] * 8193)
    with pytest.raises(ValueError, match="at least one token"):
        decoder.open([])
    with pytest.raises(ValueError, match="2 rows were given tokens for 1"):
        decoder.open([1, 2], 2).push([[3]])


def test_files_that_are_something_else_are_named(file):
    onnx = pytest.importorskip("onnx")
    for data in (file[:-2000], file[:5000], b"", b"no network"):
        with pytest.raises(ShelfError, match="composer: is damaged"):
            Decoder(data)
    model = onnx.load_from_string(file)
    for entry in model.metadata_props:
        if entry.key == "vocabulary":
            entry.value = json.dumps(NAMES[:-1])
    with pytest.raises(ShelfError, match="another vocabulary"):
        Decoder(model.SerializeToString())
    del model.metadata_props[:]
    with pytest.raises(ShelfError, match="is no network that continues songs"):
        Decoder(model.SerializeToString())


def test_the_table_of_exponentials_is_whole_and_right():
    table = drawing.exponentials()
    assert table.dtype == np.int64 and table[0] == 2**30 and table[-1] == 0
    assert (np.diff(table) <= 0).all()
    for place in (1, 77, 1024, 5000, 15_000):
        exact = Decimal(2**30) * (Decimal(-place) / 1024).exp()
        assert abs(int(table[place]) - exact) <= 1.5


def test_draws_are_as_likely_as_logits_say():
    logits = np.full(20, -20_000, dtype=np.int32)
    logits[[3, 5, 8]] = (2048, 1024, 0)
    luck = Seed(4).luck()
    drawn = np.bincount([drawing.draw(logits, [8, 3, 5], luck) for _ in range(6000)], minlength=20)
    wanted = np.exp([2.0, 1.0, 0.0]) / np.exp([2.0, 1.0, 0.0]).sum()
    assert drawn[[3, 5, 8]].sum() == 6000
    np.testing.assert_allclose(drawn[[3, 5, 8]] / 6000, wanted, atol=0.02)


def test_temperature_and_biases_and_the_likeliest():
    logits = np.array([0, 1024, 3072, 1000], dtype=np.int32)
    everything = np.arange(4)
    luck = Seed(4).luck()
    hot = [drawing.draw(logits, everything, luck, temperature_percent=400) for _ in range(2000)]
    cold = [drawing.draw(logits, everything, luck, temperature_percent=50) for _ in range(2000)]
    # e^(3/4) among e^0, e^(1/4), e^(3/4), e^(0.977/4)
    assert np.mean(np.array(hot) == 2) == pytest.approx(2.117 / (1 + 1.284 + 2.117 + 1.277), abs=0.03)
    assert np.mean(np.array(cold) == 2) > 0.95
    assert drawing.draw(logits, everything, luck, temperature_percent=0) == 2
    assert drawing.draw(logits, [0, 1], luck, [5000, 0], temperature_percent=0) == 0
    assert (
        drawing.draw(logits, [3, 1, 0], luck, [24, 0, 0], temperature_percent=0) == 3
    )  # the first of equals
    assert {drawing.draw(logits, everything, luck, top_percent=70) for _ in range(200)} == {2}
    assert {drawing.draw(logits, everything, luck, top_percent=85) for _ in range(400)} == {1, 2}


def test_one_draw_takes_one_number_of_luck_and_is_the_same_again():
    logits = (np.arange(300) * 37 % 4000).astype(np.int32)
    one, other = Seed(11).luck(), Seed(11).luck()
    first = [drawing.draw(logits, np.arange(300), one) for _ in range(20)]
    drawing.draw(logits, [5], other, temperature_percent=0)
    second = [drawing.draw(logits, np.arange(300), other) for _ in range(19)]
    assert first[1:] == second
    assert first == [
        76,
        202,
        101,
        216,
        101,
        108,
        94,
        185,
        101,
        246,
        299,
        91,
        209,
        290,
        76,
        89,
        298,
        298,
        201,
        144,
    ]


def test_draws_that_cannot_be_are_refused():
    logits, luck = np.zeros(5, dtype=np.int32), Seed(1).luck()
    for wrong in ({"allowed": []}, {"temperature_percent": -1}, {"top_percent": 0}, {"top_percent": 101}):
        with pytest.raises(ValueError, match=r"allowed|percent"):
            drawing.draw(logits, **({"allowed": [1], "luck": luck} | wrong))
