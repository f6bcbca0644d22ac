"""The bench of the band: its classifier learns, its figures hear what they are named for, its pages are whole."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from songwright.bench import band_page
from songwright.bench.band import BandFigures, chord_rows, cost_rows, drum_rows, mix_rows
from songwright.bench.classifier import trained
from songwright.bench.costs import Cost
from songwright.bench.gallery import gallery, minute_words, page
from songwright.bench.genre_lyrics import small_lyrics
from songwright.bench.genre_score import score_features, tempo_feature
from songwright.bench.genre_sound import sound_features
from songwright.bench.genres_told import ALL, CHORDS_ALONE, excerpt, named
from songwright.bench.genres_told import page as told_page
from songwright.bench.score_picture import draw_score
from songwright.bench.suites import run_suite
from songwright.errors import BriefError
from songwright.values.seed import Seed

RATE = 48_000


def noise(name: str, count: int) -> np.ndarray:
    return Seed(3).child(name).luck().noise(count)


def clicks(bpm: float, seconds: float = 8.0) -> np.ndarray:
    """Bursts of noise at a pulse, float32 (2, frames)."""
    sound = np.zeros(int(seconds * RATE))
    burst = noise("burst", 1200) * np.linspace(1, 0, 1200)
    for start in np.arange(0.1, seconds - 0.1, 60.0 / bpm):
        sound[int(start * RATE) : int(start * RATE) + 1200] += burst
    return np.stack([sound, sound]).astype(np.float32)


def test_the_classifier_learns_what_can_be_learned_and_nothing_else() -> None:
    """Three clouds far apart are told; the same rows with shuffled names are guessed."""
    rows = noise("rows", 120 * 30).reshape(120, 30)
    classes = np.repeat(np.arange(3), 40)
    apart = rows.copy()
    apart[np.arange(120), classes] += 2.5
    learned = np.arange(120) % 2 == 0
    groups = np.arange(120)
    named = trained(apart[learned], classes[learned], groups[learned] // 2).named(apart[~learned])
    assert (named == classes[~learned]).mean() > 0.9
    guessed = trained(rows[learned], classes[learned], groups[learned] // 2).named(rows[~learned])
    assert 0.1 < (guessed == classes[~learned]).mean() < 0.6


def test_figures_of_sound_hear_pulse_and_colour() -> None:
    slow, fast = sound_features(clicks(90.0)), sound_features(clicks(150.0))
    assert np.isfinite(slow).all() and slow.shape == fast.shape == (176,)
    assert fast[-67] > slow[-67] > 1.0  # strokes a second
    pulses = 40.0 * 2.0 ** (np.arange(33) / 8.0)
    near = [int(np.abs(pulses - bpm).argmin()) for bpm in (90.0, 150.0)]
    assert slow[-33:][near[0]] > fast[-33:][near[0]] and fast[-33:][near[1]] > slow[-33:][near[1]]
    quiet = sound_features(clicks(90.0) * np.float32(0.1))
    assert np.abs(quiet[:96] - slow[:96]).max() < 0.5  # loudness does not matter to colour
    assert np.isfinite(sound_features(np.zeros((2, RATE), np.float32))).all()


def test_figures_of_a_score_name_no_instrument(short_take) -> None:
    from dataclasses import replace

    score = short_take.score
    figures = score_features(score)
    assert np.isfinite(figures).all() and len(figures) == 213
    others = tuple(replace(p, instrument="piano" if not p.is_sung else p.instrument) for p in score.parts)
    assert np.array_equal(score_features(replace(score, parts=others)), figures)
    without = replace(score, parts=tuple(p for p in score.parts if p.role != "drums"))
    assert not np.array_equal(score_features(without), figures)
    assert tempo_feature(score) == pytest.approx(np.log2(score.tempo_map.start_bpm / 60))


def test_the_excerpt_is_whole_bars_of_the_band(short_take) -> None:
    piece, plan = excerpt(short_take.performance, short_take.score, short_take.plan)
    assert not piece.sung and piece.played
    seconds = short_take.score.tempo_map.seconds_at(plan.bars * plan.meter.bar_ticks)
    assert piece.duration_s == pytest.approx(seconds) and 8.0 < piece.duration_s < 16.0
    notes = [note for part in piece.played for note in part.notes]
    assert all(0 <= n.onset_s < n.offset_s <= piece.duration_s + 1e-6 for n in notes)
    kinds = [section.kind for section in plan.sections]
    assert "chorus" in kinds and kinds[kinds.index("chorus") - 1] == "verse"


def test_twenty_lyrics_are_twenty() -> None:
    words = small_lyrics()
    assert len(set(words)) == 20
    assert all(re.fullmatch(r"\[Verse\]\n.+\n.+\n\n\[Chorus\]\n.+\n.+\n", text) for text in words)


def test_what_cannot_be_told_is_not_told() -> None:
    """Songs that differ in their sound alone are named from it, and guessed from the rest; the page says so."""
    songs, genres = 20, ("folk", "metal", "jazz")
    score, sound = noise("score", 60 * 213).reshape(60, 213), noise("sound", 60 * 176).reshape(60, 176)
    for genre in range(3):
        sound[genre * songs : (genre + 1) * songs, 16 * genre : 16 * (genre + 1)] += 3.0
    told = named(score, noise("tempo", 60)[:, None], sound, genres, songs)
    shares = told.shares
    assert shares["sound"] == shares["colour of the sound"] == 1.0
    assert all(shares[name] < 0.65 for name in ("score", CHORDS_ALONE, "tempo", "pulse of the sound"))
    assert all(matrix.sum() == 30 and (matrix.sum(axis=1) == 10).all() for matrix in told.confusions.values())
    text = told_page(told, songs)
    assert f"## From {ALL}" in text and "| **folk** | 10 | · | · |" in text
    assert f"| {CHORDS_ALONE} | {shares[CHORDS_ALONE]:.1%} |" in text


def test_rows_pass_by_their_bounds() -> None:
    rows = {row["figure"]: row for row in [*drum_rows(), *chord_rows()]}
    assert rows["drums told from people's"]["passed"] is True
    assert rows["progressions, counts by section"]["passed"] is True
    lifts = {"folk": 0.5, "jazz": 2.0, "rock": 3.0}
    mixes = [{"genre": g, "lift": value, "mono loss": 0.4, "esses": None} for g, value in lifts.items()]
    found = mix_rows(mixes)
    assert [row["figure"] for row in found] == ["lift", "mono loss"]
    assert found[0]["value"] == 2.0 and found[0]["passed"] == "2 of 3 genres"
    assert found[0]["said"].endswith("missed by folk") and "missed" not in found[1]["said"]
    assert found[0]["bound"] == "1.5 to 4" and found[1]["bound"] == "<= 3"


def test_the_page_says_what_misses(tmp_path) -> None:
    """Bounds are counted, what misses stands on top and is bold in its genre; JSON holds every figure."""
    mixes = [{"genre": "folk", "lift": 0.5}, {"genre": "jazz", "lift": 2.0}]
    speed = cost_rows("band", [Cost(2.0, 9.0, 60.0), Cost(5.0, 9.0, 60.0)])
    assert speed[0]["value"] == round(7 / 120, 4) and speed[0]["passed"] == ""
    assert speed[1]["value"] == 0.15 and speed[1]["passed"] is False
    tables = {"Drums": drum_rows(), "Desk": mix_rows(mixes), "Speed and memory": speed}
    band_page.write_page(tmp_path / "page.md", BandFigures(tables, mixes))
    text = (tmp_path / "page.md").read_text()
    assert "Of 3 bounds 1 are kept; missed:" in text
    assert "* lift: 1.25 LU, bound 1.5 to 4; 0.50 to 2.00; missed by folk" in text
    assert "* band, by the clock: 0.15" in text and "| **0.50** |" in text and "* drums" not in text
    rows = json.loads((tmp_path / "page.json").read_text())["rows"]
    assert mixes[1] in rows and drum_rows()[0] in rows


def test_the_gallery_wants_a_folder_and_lists_what_is_there(shelf) -> None:
    with pytest.raises(BriefError, match="needs a folder"):
        gallery(None, lambda progress: None)
    with pytest.raises(BriefError, match="there is no suite"):
        run_suite("galery", None, lambda progress: None)
    text = page(list(shelf.styles())[:2])
    assert text.count("<audio") == 2 and "ballad/song.mp3" in text and "http" not in text
    assert "Harbour" in minute_words()


def test_the_band_is_drawn(short_take) -> None:
    picture = draw_score(short_take.score)
    assert picture.startswith(b"\x89PNG") and len(picture) > 10_000
