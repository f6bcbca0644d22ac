"""Songs rendered as training data: wishes by number, labels that fit the sound, shards that survive a stop."""

import json
from dataclasses import replace

import numpy as np
import pytest

from songwright import producer
from songwright.engines import studio
from songwright.errors import BriefError, ShelfError
from songwright.runtime.jukebox.labels import (
    HOP,
    LOWEST_TONE,
    NO_ROOT,
    PLAYERS,
    RATE_HZ,
    SECTIONS,
    STRIKERS,
    SYMBOLS,
    TONES,
    labels_of,
)
from songwright.text.phones import PHONES
from songwright.train.renders import make, shards, wishes
from songwright.train.renders.piece import render
from songwright.train.renders.verses import SPLITS, dictionary_words, no_verses, read_verses, stanzas_of
from songwright.values.context import Context
from songwright.values.performance import Performance, PlayedNote, PlayedPart
from songwright.values.seed import Seed

BOOK = """THE BOOK OF SONGS

Contents

  The Lamp
  The Long Road Home
  The Sea at Night

The light upon the water falls,
And all the evening bells are still;
A voice across the valley calls,
The moon is climbing up the hill.

This is a preface in prose that runs on far too long to be a line of any song that is sung by anybody.
"""


@pytest.fixture(scope="module")
def words(shelf):
    return dictionary_words(shelf)


@pytest.fixture(scope="module")
def piece(shelf, words):
    """One short sung piece."""
    wishes_s = wishes.PIECE_S
    wishes.PIECE_S = (8.0, 9.0)
    try:
        return render(3, "train", no_verses(), words, shelf, Seed(4))
    finally:
        wishes.PIECE_S = wishes_s


def test_books_become_stanzas():
    assert stanzas_of(BOOK) == [
        (
            "The light upon the water falls,",
            "And all the evening bells are still;",
            "A voice across the valley calls,",
            "The moon is climbing up the hill.",
        )
    ]


def test_lyrics_are_parted_by_text(tmp_path):
    refrain = "Roll on, roll on, the river wide,"
    for book in range(60):
        name = "".join(chr(97 + int(digit)) for digit in f"{book:03d}")
        own = f"The man of {name} went out one day,\nAnd nobody saw {name} again.\n"
        (tmp_path / f"{book}.txt").write_text(f"{own}\n{refrain}\nThe road to {name} is very long.\n")
    with pytest.raises(BriefError, match="licence"):
        read_verses(tmp_path)
    (tmp_path / "LICENSE.txt").write_text("In the public domain\n")
    verses = read_verses(tmp_path)
    assert verses.licence == "In the public domain" and len(verses.files) == 60
    lines = {split: {line for stanza in verses.parts[split] for line in stanza} for split in SPLITS}
    assert all(lines[split] for split in SPLITS)
    assert not lines["train"] & (lines["valid"] | lines["test"]) and not lines["valid"] & lines["test"]
    with pytest.raises(ShelfError, match="no stanzas"):
        (tmp_path / "prose").mkdir()
        read_verses(tmp_path / "prose", "CC0-1.0")


def test_wishes_are_of_a_number(shelf, words):
    some = [wishes.draw(n, 0, "train", no_verses(), words, shelf, Seed(1)) for n in range(30)]
    again = wishes.draw(7, 0, "train", no_verses(), words, shelf, Seed(1))
    assert again.brief == some[7].brief and again.seconds == some[7].seconds
    genres = [wish.brief.genre for wish in some]
    assert sorted(genres[:15]) == sorted(style.id for style in shelf.styles()) == sorted(genres[15:])
    assert len({wish.brief.seed for wish in some}) == 30
    assert wishes.draw(7, 0, "test", no_verses(), words, shelf, Seed(1)).brief.lyrics != some[7].brief.lyrics


def test_personas_can_be_told_to_be_themselves(shelf, words):
    free, own = (
        [wishes.draw(n, 0, "train", no_verses(), words, shelf, Seed(1), faithful).brief for n in range(12)]
        for faithful in (False, True)
    )
    assert any(brief.voice or brief.character for brief in free)
    assert not any(brief.voice or brief.character for brief in own)
    assert [brief.persona for brief in own] == [brief.persona for brief in free]


def test_a_cut_plan_can_still_be_made(shelf, short_brief):
    ctx = Context(Seed(7), shelf)
    plan = producer.plan(replace(short_brief, duration_s=None), ctx)
    short = producer.checked(wishes.cut(plan, 12.0, Seed(2)), ctx)
    assert 10.0 <= short.duration_s < plan.duration_s
    assert any(section.lines for section in short.sections)
    assert [line.index for line in short.lines] == list(range(len(short.lines)))


def test_every_piece_is_mixed_its_own_way(shelf, words):
    mixes = []
    for number in (1, 2):
        wish = wishes.draw(number, 0, "train", no_verses(), words, shelf, Seed(1))
        mixes.append(wishes.VariedShelf(shelf, wish).style("pop").tables["mix"])
    assert mixes[0]["plate_s"] != mixes[1]["plate_s"] and 0.6 <= mixes[0]["plate_s"] <= 3.0
    unsampled = wishes.VariedShelf(shelf, replace(wish, sampled=False, composed=False))
    assert unsampled.sampler() is None
    with pytest.raises(ShelfError, match="composer"):
        unsampled.network("composer")


def test_labels_say_what_sounds(piece):
    labels, about = piece.labels, piece.about
    assert len(piece.sound) == len(labels) * HOP and piece.sound.dtype == np.int16
    voice = piece.sound[:, 0].astype(np.float64).reshape(-1, HOP)
    level_db = 10 * np.log10(np.square(voice).mean(axis=1) + 1.0)
    vowels = np.array([PHONES[symbol].kind == "vowel" for symbol in SYMBOLS])[labels.phone]
    silent = labels.phone == 0
    silent[:-1] &= silent[1:]
    assert level_db[vowels].mean() > level_db[silent].mean() + 15
    assert np.all(labels.f0_hz[labels.voiced > 0] > 50) and not labels.f0_hz[labels.voiced == 0].any()
    # the pitch that is written down is the one that sounds: strong at f0, weak between the harmonics
    held = np.flatnonzero(vowels & (labels.place > 0.4) & (labels.place < 0.6))
    on, off = [], []
    for row in held[:: max(1, len(held) // 40)]:
        wave = piece.sound[row * HOP - 1024 : row * HOP + 1280, 0] * np.hanning(2304)
        turns = -2j * np.pi * labels.f0_hz[row] * np.arange(2304) / RATE_HZ
        strong = [abs(wave @ np.exp(times * turns)) for times in (0.5, 1.0, 1.5, 2.0)]
        on.append(strong[1] + strong[3])
        off.append(strong[0] + strong[2])
    assert np.median(np.array(on) / (np.array(off) + 1e-9)) > 4
    assert set(np.unique(labels.root)) <= set(range(NO_ROOT + 1)) and labels.root.min() < NO_ROOT
    bars = np.flatnonzero(np.diff(labels.bar.astype(float)) < -0.5)
    beats = np.flatnonzero(np.diff(labels.beat.astype(float)) < -0.5)
    assert len(bars) > 2 and set(bars) < set(beats)  # every bar begins with a beat
    sections = [SECTIONS[n] for n in labels.section[np.r_[True, np.diff(labels.section.astype(int)) != 0]]]
    assert sections[-1] == "tail" and {kind for kind, _ in about["sections"]} == set(sections[:-1])
    lead = ((labels.playing >> np.uint64(PLAYERS.index("voice"))) & np.uint64(1)).astype(bool)
    assert np.all(lead[labels.phone > 0]) and lead.mean() < 0.95
    assert about["lines"] and all(line["phones"] and line["from"] < line["to"] for line in about["lines"])
    assert {one["kind"] for one in about["ingredients"]} >= {"style", "persona", "voice", "dictionary"}


def test_labels_say_what_the_band_strikes(piece):
    labels = piece.labels
    band = piece.sound[:, 1].astype(np.float64).reshape(-1, HOP)
    level_db = 10 * np.log10(np.square(band).mean(axis=1) + 1.0)
    struck = np.flatnonzero(labels.struck[2:-3]) + 2
    rise = np.maximum(level_db[struck], level_db[struck + 1]) - level_db[struck - 2]
    still = np.setdiff1d(np.arange(2, len(band) - 3), struck[:, None] + np.arange(-3, 4))
    fall = np.maximum(level_db[still], level_db[still + 1]) - level_db[still - 2]
    assert len(struck) > 20 and rise.mean() > fall.mean() + 1.5
    # tones that are written sound: more than the semitones beside them
    tones = ((labels.tones[:, None] >> np.arange(TONES, dtype=np.uint64)) & np.uint64(1)).astype(bool)
    hz = 440.0 * 2.0 ** ((np.arange(TONES) + LOWEST_TONE - 69) / 12)
    wave = np.exp(-2j * np.pi * hz * np.arange(8 * HOP)[:, None] / RATE_HZ) * np.hanning(8 * HOP)[:, None]
    loud = np.abs([piece.sound[n * HOP - 4 * HOP : n * HOP + 4 * HOP, 1] @ wave for n in struck[10::5]])
    said = tones[struck[10::5]]
    assert said.any() and np.log(loud + 1)[said].mean() > np.log(loud + 1)[~said].mean() + 0.5


def test_strokes_and_tones_have_their_bits(shelf, short_brief):
    notes = [(36, 0.1), (38, 0.5), (54, 0.9)]
    drums = PlayedPart("d", "drums", "drumkit-acoustic", "drums",
                       tuple(PlayedNote(f"d{n}", at, at + 0.1, n, 0.5) for n, at in notes))  # fmt: skip
    low = PlayedPart("b", "bass", "bass-808", "bass", (PlayedNote("b1", 0.5, 1.0, 24.0, 0.5),))
    ctx = Context(Seed(7), shelf)
    score = studio.write(producer.plan(short_brief, ctx), ctx)
    labels = labels_of(score, Performance((drums, low), (), 2.0), 250)
    found = {int(frame): [STRIKERS[n] for n in range(len(STRIKERS)) if labels.struck[frame] >> n & 1]
             for frame in np.flatnonzero(labels.struck)}  # fmt: skip
    assert found == {12: ["kick"], 62: ["snare", "bass"], 112: ["shaken"]}
    sounding = np.flatnonzero(labels.tones)
    assert sounding[0] == 62 and sounding[-1] == 124
    assert labels.tones[100] == 1 << (36 - LOWEST_TONE)  # an octave up, where bits are


def test_what_cannot_be_made_is_drawn_again(shelf, words, monkeypatch):
    from songwright.train.renders import piece as pieces

    asked = []

    def made(number, wish, shelf):
        asked.append(wish.brief.lyrics)
        if len(asked) < 3:
            raise BriefError("lyrics", "are too long")
        return pieces.Piece(np.zeros((HOP, 2), np.int16), None, {})

    monkeypatch.setattr(pieces, "_made", made)
    assert (
        render(1, "train", no_verses(), words, shelf, Seed(1)).about["unmet"]
        == ["BriefError: lyrics: are too long"] * 2
    )
    assert len(set(asked)) == 3
    monkeypatch.setattr(pieces, "_made", lambda *_: 1 / 0)
    with pytest.raises(ShelfError, match="cannot be made"):
        render(1, "train", no_verses(), words, shelf, Seed(1))


def test_shards_come_back(piece, tmp_path):
    shards.write_shard(tmp_path, 0, "train", [piece, piece])
    first, second = shards.read_renders(tmp_path, "train")
    assert np.array_equal(first.sound, piece.sound) and np.array_equal(second.sound, piece.sound)
    assert (
        np.array_equal(second.labels.f0_hz, piece.labels.f0_hz) and second.about["key"] == piece.about["key"]
    )
    with pytest.raises(ShelfError, match="no rendered pieces of test"):
        shards.read_renders(tmp_path, "test")
    shards.place(tmp_path, 0).with_suffix(".pcm").write_bytes(b"12")
    with pytest.raises(ShelfError, match="damaged"):
        shards.read_renders(tmp_path)


def test_a_stopped_run_goes_on(piece, shelf, tmp_path, monkeypatch):
    asked = []

    def counted(number, *others):
        asked.append(number)
        return piece

    monkeypatch.setattr(make, "render", counted)
    monkeypatch.setattr(make, "HouseShelf", lambda: shelf)
    monkeypatch.setattr(make, "dictionary_words", lambda shelf: ("river",))
    order = make.Order(tmp_path, 0.02, seed=2, pieces=2)
    card = make.make_renders(order)
    assert card["pieces"] == 6 and set(card["hours"]) == set(SPLITS)
    assert card["commercial_use"] and {"voice", "style"} <= {one["kind"] for one in card["ingredients"]}
    assert asked == [0, 1, 2, 3, 4, 5]
    shards.place(tmp_path, 1).with_suffix(".json").unlink()  # as a run that was killed leaves it
    asked.clear()
    assert make.make_renders(order)["pieces"] == 6 and asked == [2, 3]
    assert json.loads((tmp_path / "card.json").read_text())["seed"] == 2
    with pytest.raises(ShelfError, match="another seed"):
        make.make_renders(replace(order, seed=3))
