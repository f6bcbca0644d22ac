"""The bench of the singer hears what is put in front of it, and its lines never change; timbre follows effort."""

import numpy as np
import pytest

from songwright.bench import sung_lines, sung_measures
from songwright.guard.pitch import HeldNote
from songwright.io.shelf import HouseShelf
from songwright.singer.characters import colour
from songwright.singer.network import NetworkMouth
from songwright.singer.timbre import timbre
from songwright.singer.track import Span, Track
from songwright.text.speech import Pronouncer
from songwright.values.seed import Seed

SHELF = HouseShelf()


@pytest.fixture(scope="module")
def pronouncer():
    return Pronouncer(SHELF.lexicon("en"), SHELF.letters("en"))


def curve(seconds, midi):
    """A pitch curve in Hz every 5 ms from MIDI values over time."""
    t = 0.005 * np.arange(round(seconds / 0.005))
    return 440.0 * 2 ** ((midi(t) - 69.0) / 12.0)


def test_vibrato_is_measured_as_it_was_sung():
    late = 0.4

    def midi(t):
        rise = np.clip((t - late) / 0.05, 0.0, 1.0)
        return 60.0 + 0.5 * rise * np.sin(2 * np.pi * 5.6 * (t - late))

    note = HeldNote(0.06, 1.96, 60.0)
    found, count = sung_measures.vibratos(curve(2.0, midi), [note])
    assert count == len(found) == 1
    assert found[0].rate_hz == pytest.approx(5.6, abs=0.15)
    assert found[0].extent_cents == pytest.approx(50.0, rel=0.12)
    assert found[0].delay_s == pytest.approx(late, abs=0.08)
    straight, count = sung_measures.vibratos(curve(2.0, lambda t: 60.0 + 0 * t), [note])
    assert (straight, count) == ([], 1)


def test_a_step_takes_as_long_as_it_takes():
    f0 = curve(2.0, lambda t: 60.0 + 4.0 * np.clip((t - 0.95) / 0.125, 0.0, 1.0))
    notes = [HeldNote(0.06, 0.93, 60.0), HeldNote(1.12, 1.9, 64.0)]
    assert sung_measures.transitions_s(f0, notes) == pytest.approx([0.1], abs=0.011)
    small = [HeldNote(0.06, 0.93, 60.0), HeldNote(1.12, 1.9, 61.0)]
    assert sung_measures.transitions_s(f0, small) == []


def test_lines_and_tunes_never_change(pronouncer):
    made = [
        sung_lines.tune_for(sung_lines.LINES, *sung_lines.ALTO_RANGE, pronouncer, Seed(7)) for _ in range(2)
    ]
    assert made[0] == made[1]
    pitches = [note.pitch for note in made[0].parts[0].notes]
    assert min(pitches) >= 57
    assert max(pitches) <= 74
    assert len(made[0].lines) == len(sung_lines.LINES) == 30
    assert not set(sung_lines.LINES) & set(sung_lines.TUNING_LINES)


def test_near_lines_differ_in_a_few_phones(pronouncer):
    said = pronouncer.words("The owl and the pussycat went to sea in a boat")
    own = [tuple(p for s in word.syllables for p in s.phones) for word in said]
    known = sung_lines.neighbours(SHELF.lexicon("en"))
    near = sung_lines.near_lines(said, known, Seed(1))
    assert len(near) == 5
    for line in near:
        changed = [(a, b) for a, b in zip(own, line, strict=True) if a != b]
        assert 1 < len(changed) <= sung_lines.SWAPPED
        assert all(sum(x != y for x, y in zip(a, b, strict=True)) == 1 for a, b in changed)


def track(symbols, each=40):
    spans = tuple(Span(s, 0.005 * each * k, 0.005 * each * (k + 1)) for k, s in enumerate(symbols))
    count = each * len(symbols)
    voiced = np.repeat([s not in ("T", "PAU") for s in symbols], each)
    vowel = np.repeat([float(s == "AA") for s in symbols], each)
    return Track(0.0, np.zeros((count, 64)), np.zeros((count, 7)), voiced, vowel, spans)


def look(effort, energy_db=None, symbols=("PAU", "AA", "PAU"), breath=0.0):
    made = track(symbols)
    flat = np.zeros(len(made.voiced))
    energy = flat if energy_db is None else energy_db
    return made, timbre(made, colour({}), NetworkMouth.diction, 4.0, energy, flat + effort, flat + breath)


def test_soft_is_breathier_darker_and_loud_rings():
    made, soft = look(0.1)
    _, loud = look(0.9)
    inside = made.vowel > 0
    assert (soft.breath[inside] > loud.breath[inside] + 0.1).all()
    assert (soft.tilt[inside][10:-10] < loud.tilt[inside][10:-10] - 3.0).all()
    assert (soft.chest[inside][10:-10] > loud.chest[inside][10:-10] + 5.0).all()
    assert (loud.formant[inside][10:-10] > 2.0 * soft.formant[inside][10:-10]).all()


def test_the_last_consonant_does_not_fade_with_the_phrase():
    made = track(("PAU", "AA", "T", "PAU"))
    fading = np.where(made.times_s < 0.3, 0.0, -8.0)
    _, ended = look(0.5, fading, ("PAU", "AA", "T", "PAU"))
    inside = (made.times_s > 0.44) & (made.times_s < 0.59)
    assert (ended.level[inside] > fading[inside] + 3.5).all()
    vowel = (made.times_s > 0.31) & (made.times_s < 0.39)
    assert np.array_equal(ended.level[vowel], fading[vowel])


def test_songs_of_a_folder_come_with_their_sounds(tmp_path, short_take):
    from songwright.bench.singer import song_scores
    from songwright.io.musicxml_write import write_musicxml
    from songwright.text.tongues import Tongues

    write_musicxml(short_take.score, tmp_path / "song.musicxml")
    (tmp_path / "broken.musicxml").write_text("<no", encoding="utf-8")
    (score,) = song_scores(tmp_path, SHELF.voice("rms").card, Tongues(SHELF))
    sounds = [note.syllable.phones for note in score.parts[0].notes if note.syllable]
    assert ("L", "IH") in sounds, "the first word is little"
    assert all(sounds)
