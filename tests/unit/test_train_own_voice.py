"""A voice of one's own, start to end on a corpus the singer of the house speaks itself; no voice without consent."""

import datetime as dt
import hashlib
import json

import numpy as np
import pytest

from songwright import singer
from songwright.cli import run as command
from songwright.errors import ShelfError
from songwright.io.shelf import HouseShelf
from songwright.values.context import Context
from songwright.values.performance import Performance, SungPart, SungPhone, SungPhrase
from songwright.values.seed import Seed

torch = pytest.importorskip("torch")

from songwright.train.voice import consent as consents  # noqa: E402

TODAY = dt.date(2026, 11, 21)
GOOD = """
who = "Jane Doe"
contact = "jane@example.org"
uses = ["private", "publish"]
term = "2100-12-31"
statement = "I allow that a model of my voice is made from my recordings and used as said here."
[signed]
name = "Jane Doe"
date = "2026-01-02"
"""


@pytest.fixture
def consent(tmp_path):
    """Writes a consent and gives its path."""

    def write(text):
        path = tmp_path / "consent.toml"
        path.write_text(text)
        return path

    return write


def test_a_signed_consent_says_who_allows_what(consent):
    path = consent(GOOD)
    given = consents.read_consent(path, TODAY)
    assert (given.who, given.uses, given.until) == ("Jane Doe", ("private", "publish"), dt.date(2100, 12, 31))
    assert not given.commercial_use
    assert given.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert given.sha256 in given.in_words() and "Jane Doe" in given.in_words()
    assert consents.read_consent(consent(GOOD.replace('"publish"', '"sell"')), TODAY).commercial_use


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('who = "Jane Doe"', "", "who is missing"),
        ('contact = "jane@example.org"', 'contact = " "', "contact is missing"),
        ('uses = ["private", "publish"]', "uses = []", "uses is missing"),
        ('"publish"', '"anything"', "'anything' is none of private, publish, sell"),
        ('term = "2100-12-31"', "", "term is missing"),
        ("2100-12-31", "2026-11-20", "ended on 2026-11-20"),
        ("2100-12-31", "some day", "is no day"),
        ("I allow that a model of my voice is made from my recordings and used as said here.", "yes", "sentence"),
        ('[signed]\nname = "Jane Doe"\ndate = "2026-01-02"', "", "not signed"),
        ('name = "Jane Doe"\ndate', 'name = "John Roe"\ndate', "signed by John Roe"),
        ("2026-01-02", "2026-12-24", "has not come"),
        ("who =", "who", "is not TOML"),
    ],
)  # fmt: skip
def test_a_consent_that_does_not_hold_is_refused_in_one_line(consent, old, new, words):
    assert old in GOOD
    with pytest.raises(ShelfError, match=words) as refusal:
        consents.read_consent(consent(GOOD.replace(old, new)), TODAY)
    assert "\n" not in str(refusal.value)


def test_only_the_recordings_it_names(consent, tmp_path):
    (tmp_path / "a.wav").write_bytes(b"one")
    (tmp_path / "b.wav").write_bytes(b"two")
    named = GOOD + f'[recordings]\n"a.wav" = "{hashlib.sha256(b"one").hexdigest()}"\n'
    given = consents.read_consent(consent(named), TODAY)
    consents.check_recordings(given, [tmp_path / "a.wav"])
    with pytest.raises(ShelfError, match=r"b\.wav: is not among the recordings"):
        consents.check_recordings(given, [tmp_path / "a.wav", tmp_path / "b.wav"])


def test_nothing_is_read_without_consent(tmp_path, capsys, monkeypatch):
    """The folder need not even exist: the consent is asked for first, and the refusal is one line."""
    arguments = ["train", "voice", str(tmp_path / "none"), "--consent", str(tmp_path / "no.toml"),
                 "--out", str(tmp_path / "out")]  # fmt: skip
    monkeypatch.setattr("sys.argv", ["songwright", *arguments])
    with pytest.raises(SystemExit) as stop:
        command()
    told = capsys.readouterr().err.strip().splitlines()
    assert stop.value.code == ShelfError.exit_status
    assert len(told) == 1 and "nothing is learned without one" in told[0]
    assert not (tmp_path / "out").exists()


LINES = (
    "silver river", "golden morning", "little lantern", "winter sun", "open window", "seven ships", "the old road",
    "apple tree", "summer rain", "happy people", "nobody knows", "paper moon", "yellow bird", "another day",
    "over the hill", "deep water", "lonely road", "candle light", "broken heart", "sunday morning", "simple song",
)  # fmt: skip


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """A folder of 21 short lines, spoken by the alto of the house."""
    import soundfile

    folder = tmp_path_factory.mktemp("jane")
    shelf = HouseShelf()
    lexicon = shelf.lexicon("en")
    rows = ["id|text"]
    for number, line in enumerate(LINES):
        phones = [phone.rstrip("012") for word in line.split() for phone in lexicon[word][0]]
        sound = speech(phones, Context(Seed(number), shelf))
        soundfile.write(folder / f"jane{number:02d}.wav", sound, 48_000, subtype="PCM_16")
        rows.append(f"jane{number:02d}|{line}")
    (folder / "metadata.csv").write_text("\n".join(rows) + "\n")
    return folder


def speech(phones, ctx):
    spans, now = [], 0.25
    for symbol in phones:
        length = 0.15 if symbol[0] in "AEIOU" else 0.09
        spans.append(SungPhone(symbol, now, now + length, ""))
        now += length
    count = round((now - 0.25) * 200)
    flat = np.zeros(count)
    phrase = SungPhrase("p", 0.25, 200.0, tuple(spans), flat + 200.0, flat, flat + 0.5, flat)
    part = SungPart("jane", "lead", "slt", "lead", (phrase,))
    stems = singer.sing(Performance((), (part,), now + 0.3), ctx)
    return stems["lead"].samples.mean(axis=0)


@pytest.mark.slow
def test_from_recordings_to_a_song(spoken, tmp_path, monkeypatch, capsys):
    """Trained for a few steps the voice sings, says whose it is, and its consent stands in the song's provenance."""
    pytest.importorskip("onnx")
    from songwright.engines.ingredients import ingredients
    from songwright.label.release import LENT_VOICE
    from songwright.train.voice.own import Own, train_voice

    consent = tmp_path / "consent.toml"
    consent.write_text(GOOD)
    out = tmp_path / "voice"
    told = []
    figures = train_voice(spoken, consent, out, Own(max_steps=40), told.append)
    diary = [json.loads(line) for line in (out / "work" / "run" / "log.jsonl").read_text().splitlines()]
    assert diary[-1]["step"] == 40 and diary[-1]["envelope"] < 0.8 * diary[0]["envelope"]
    again = train_voice(spoken, consent, out, Own(max_steps=40), told.append)
    assert again == figures and figures["minutes"] > 0.2  # all was done already

    shelf = HouseShelf()
    path = str(out / "voice.toml")
    card = shelf.voice(path).card
    sha256 = hashlib.sha256(GOOD.encode()).hexdigest()
    assert card.consent == sha256 and not card.commercial_use and card.midi_low < 55 < card.midi_high
    score = tmp_path / "line.musicxml"
    score.write_text(SCORE)
    monkeypatch.setattr(
        "sys.argv", ["songwright", "sing", str(score), "--voice", path, "--out", str(tmp_path / "l.wav")]
    )
    with pytest.raises(SystemExit) as stop:
        command()
    assert stop.value.code in (0, None), capsys.readouterr().err
    import soundfile

    sound, _ = soundfile.read(tmp_path / "l.wav")
    assert np.sqrt(np.mean(sound**2)) > 0.01
    phrase = SungPhrase(
        "p", 0.0, 200.0, (SungPhone("AA", 0.0, 0.5, ""),), np.full(100, 200.0), *[np.zeros(100)] * 3
    )
    performance = Performance((), (SungPart("l", "lead", path, "lead", (phrase,)),), 0.5)
    plan = type("Plan", (), {"style": "pop", "persona": shelf.personas()[0].id, "language": "en"})()
    named = [item for item in ingredients(plan, performance, Context(Seed(1), shelf)) if item.kind == "voice"]
    assert named[0].consent == sha256 and sha256 in named[0].licence and not named[0].commercial_use
    assert "consent" in LENT_VOICE

    (out / "voice.toml").write_text((out / "voice.toml").read_text().replace("2100-12-31", "2026-01-03"))
    with pytest.raises(ShelfError, match="ended on 2026-01-03"):
        HouseShelf().voice(path)


SCORE = """<?xml version="1.0" encoding="UTF-8"?>
<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>
<part id="P1"><measure number="1"><attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type>
</time></attributes>
<note><pitch><step>A</step><octave>3</octave></pitch><duration>2</duration><type>half</type>
<lyric><syllabic>single</syllabic><text>silver</text></lyric></note>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>2</duration><type>half</type>
<lyric><syllabic>single</syllabic><text>moon</text></lyric></note></measure></part></score-partwise>
"""
