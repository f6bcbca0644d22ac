"""The performance file: what is written comes back, an edit changes what it names and nothing else."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from songwright import composer, performer, producer, singer
from songwright.dsp.breakpoints import drawn_through, thinned
from songwright.errors import ShelfError
from songwright.io.performance import parse_performance, performance_text, read_performance
from songwright.performer.layers import line_of, times_s
from songwright.values.context import Context
from songwright.values.performance import Performance
from songwright.values.seed import Seed


@pytest.fixture(scope="module")
def performance(shelf, short_brief) -> Performance:
    """The small song as it is performed: three lines of the lead, and who sings behind."""
    ctx = Context(Seed(7), shelf)
    plan = producer.plan(short_brief, ctx.child("producer"))
    score = composer.compose(plan, ctx.child("composer"))
    made = performer.perform(score, plan, ctx.child("performer"))
    return dataclasses.replace(made, played=())


@pytest.fixture(scope="module")
def text(performance) -> str:
    return performance_text(performance, "Little Lantern", 7)


def test_curves_come_back(performance, text):
    back = parse_performance(text, "x")
    assert (back.title, back.seed) == ("Little Lantern", 7)
    assert back.performance.duration_s == pytest.approx(performance.duration_s, abs=1e-3)
    for part, again in zip(performance.sung, back.performance.sung, strict=True):
        assert dataclasses.replace(part, phrases=()).voice == again.voice and dict(part.character) == dict(
            again.character
        )
        for a, b in zip(part.phrases, again.phrases, strict=True):
            assert (a.id, a.text) == (b.id, b.text)
            assert [p.symbol for p in a.phones] == [p.symbol for p in b.phones]
            assert a.breath_s == pytest.approx(b.breath_s, abs=1e-3)
            cents = 1200 * np.log2(np.interp(times_s(a), times_s(b), b.f0_hz) / a.f0_hz)
            assert np.abs(cents[1:-1]).max() < 1.0
            n = min(len(a.f0_hz), len(b.f0_hz))
            assert np.abs(a.energy_db[:n] - b.energy_db[:n]).max() < 0.15
            assert np.abs(a.effort[:n] - b.effort[:n]).max() < 0.01
            assert np.abs(a.breathiness[:n] - b.breathiness[:n]).max() < 0.01


def test_a_person_can_read_it(performance, text):
    assert '"text": "Little lantern on the water' in text  # lines of a bar each may run on in one breath
    assert max(len(line) for line in text.splitlines()) <= 140
    frames = sum(len(phrase.f0_hz) for part in performance.sung for phrase in part.phrases)
    document = json.loads(text)
    points = sum(len(p["pitch"]) for part in document["sung"] for p in part["phrases"])
    assert points < 0.4 * frames
    phrase = document["sung"][0]["phrases"][0]
    assert phrase["notes"][0]["text"] == "Lit" and phrase["phones"][0]["symbol"] == "L"
    assert len(text) < 200_000


def test_vibrato_is_apart_from_the_line(text):
    document = json.loads(text)
    phrase = next(p for p in document["sung"][0]["phrases"] if p["vibrato"])
    before = _phrase(document, phrase["id"])
    phrase["vibrato"][0]["depth_cents"] = [0.0]
    after = _phrase(document, phrase["id"])
    assert np.allclose(line_of(before), line_of(after), atol=1e-3)
    swung = 1200 * np.abs(np.log2(before.f0_hz / after.f0_hz))
    t, swing = times_s(before), before.vibrato[0]
    inside = (t >= swing.onset_s) & (t <= swing.offset_s)
    assert swung[inside].max() > 20 and swung[~inside].max(initial=0.0) < 1e-3


def _phrase(document, phrase_id):
    performance = parse_performance(json.dumps(document), "x").performance
    return next(p for part in performance.sung for p in part.phrases if p.id == phrase_id)


def test_an_edit_leaves_all_other_phrases_as_they_were(text, ctx):
    document = json.loads(text)
    document["sung"] = document["sung"][:1]
    document["sung"][0]["phrases"] = document["sung"][0]["phrases"][:3]
    before = parse_performance(json.dumps(document), "x").performance
    edited = document["sung"][0]["phrases"][1]
    edited["pitch"] = [[time, pitch + 1.5] for time, pitch in edited["pitch"]]
    edited["effort"] = [[edited["pitch"][0][0], 0.9]]
    edited["phones"][1]["symbol"] = "OY"
    after = parse_performance(json.dumps(document), "x").performance
    sounds = [singer.sing(p, ctx.child("singer")).sounds[0].samples for p in (before, after)]
    phrase = before.sung[0].phrases[1]
    first = round((phrase.onset_s - phrase.breath_s - 0.3) * 48_000)
    last = round((phrase.offset_s + 0.3) * 48_000)
    assert (
        np.array_equal(sounds[0][:, :first], sounds[1][:, :first])
        and np.abs(sounds[0][:, :first]).max() > 0.01
    )
    assert (
        np.array_equal(sounds[0][:, last:], sounds[1][:, last:]) and np.abs(sounds[0][:, last:]).max() > 0.01
    )
    assert not np.array_equal(sounds[0][:, first:last], sounds[1][:, first:last])


def test_a_hand_can_write_little():
    text = json.dumps(
        {"songwright_performance": 1, "duration_s": 2.0, "sung": [{"id": "lead", "voice": "rms", "phrases": [
            {"id": "a", "phones": [{"symbol": "M", "onset_s": 0.5, "offset_s": 1.5, "note_id": ""}],
             "pitch": [[0.5, 57], [1.5, 60]]}]}]}
    )  # fmt: skip
    phrase = parse_performance(text, "x").performance.sung[0].phrases[0]
    assert phrase.f0_hz[0] == pytest.approx(220.0) and len(phrase.f0_hz) == 200
    assert phrase.effort.min() > 0.2


def _broken(change):
    document = {"songwright_performance": 1, "title": "", "seed": 1, "duration_s": 2.0, "sung": [
        {"id": "lead", "voice": "rms", "phrases": [
            {"id": "a", "phones": [{"symbol": "M", "onset_s": 0.5, "offset_s": 1.0, "note_id": ""}],
             "vibrato": [{"onset_s": 0.6, "offset_s": 0.9, "rate_hz": [5.0], "depth_cents": [40.0]}],
             "pitch": [[0.5, 57.0], [1.5, 60.0]]}]}]}  # fmt: skip
    change(document, document["sung"][0]["phrases"][0])
    return json.dumps(document)


NOTE = {"note_id": "n", "text": "", "onset_s": 0.5, "offset_s": 0.9, "pitch": 57}
WRONG = {
    "version": (lambda d, p: d.update(songwright_performance=9), "not known"),
    "stranger": (lambda d, p: d.pop("songwright_performance"), "write one with"),
    "endless": (lambda d, p: d.update(duration_s=1e9), "duration_s"),
    "negative seed": (lambda d, p: d.update(seed=-1), "seed"),
    "no phones": (lambda d, p: p.update(phones=[]), "phones is empty"),
    "no pitch": (lambda d, p: p.update(pitch=[]), "pitch is empty"),
    "wrong sound": (lambda d, p: p["phones"][0].update(symbol="EEY"), "did you mean"),
    "phone backwards": (lambda d, p: p["phones"][0].update(offset_s=0.1), "offset_s"),
    "points backwards": (lambda d, p: p.update(pitch=[[0.5, 57.0], [0.4, 57.0]]), "times should rise"),
    "a bat": (lambda d, p: p.update(pitch=[[0.5, 570.0]]), "12 to 108"),
    "no pair": (lambda d, p: p.update(pitch=[[0.5]]), "seconds, value"),
    "nan": (lambda d, p: p.update(effort=[[0.5, float("nan")]]), "effort point 0"),
    "nan in a note": (lambda d, p: p.update(notes=[NOTE | {"offset_s": float("nan")}]), "note 0, offset_s"),
    "words for numbers": (lambda d, p: p.update(effort="loud"), "effort"),
    "unknown field": (lambda d, p: p.update(loudness=[]), "no such field"),
    "dizzy": (lambda d, p: p["vibrato"][0].update(rate_hz=[90.0]), "rate_hz"),
    "empty vibrato": (lambda d, p: p["vibrato"][0].update(depth_cents=[]), "depth_cents is empty"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_named(name):
    change, word = WRONG[name]
    with pytest.raises(ShelfError, match="x: is no performance") as told:
        parse_performance(_broken(change), "x")
    assert word in str(told.value) and "\n" not in str(told.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "5", "[" * 99_999])
def test_no_json_is_one_line(tmp_path, text):
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(ShelfError) as told:
        read_performance(tmp_path / "p.json")
    assert "\n" not in str(told.value)


def test_few_points_draw_a_curve():
    t = np.linspace(0.0, 3.0, 600)
    curve = np.tanh(8 * (t - 1)) + 0.3 * np.exp(-(((t - 2) / 0.1) ** 2))
    kept = thinned(curve, 0.01)
    assert kept[0] == 0 and kept[-1] == 599 and len(kept) < 60
    assert np.abs(drawn_through(t[kept], curve[kept], t) - curve).max() <= 0.01
    jumpy = np.where(np.arange(600) % 2, 1.0, -1.0)
    assert len(thinned(jumpy, 0.01)) == 600
