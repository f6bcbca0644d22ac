"""The sampler plays through FluidSynth where a machine has it, and says clearly when it cannot."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from songwright import band
from songwright.errors import ShelfError
from songwright.io import fluidsynth
from songwright.io.fluidsynth import FluidSampler, check_font, font_info
from songwright.io.shelf import HouseShelf
from songwright.values.audio import RATE_HZ
from songwright.values.context import Context
from songwright.values.performance import Performance, PlayedNote, PlayedPart
from songwright.values.seed import Seed

SAMPLER = FluidSampler.find()
needs_sampler = pytest.mark.skipif(SAMPLER is None, reason="no FluidSynth with a soundfont here")


def part(part_id: str, instrument: str, notes) -> PlayedPart:
    played = tuple(PlayedNote(f"{part_id}/{i}", *note) for i, note in enumerate(notes))
    return PlayedPart(part_id, "x", instrument, part_id, played)


def test_damaged_soundfonts_are_named(tmp_path):
    gone = tmp_path / "gone.sf2"
    with pytest.raises(ShelfError, match=r"gone\.sf2.*cannot open"):
        check_font(gone)
    text = tmp_path / "text.sf2"
    text.write_text("hello, I am no soundfont")
    with pytest.raises(ShelfError, match="not a soundfont"):
        check_font(text)
    short = tmp_path / "short.sf2"
    short.write_bytes(b"RIFF" + struct.pack("<I", 5000) + b"sfbkLIST" + bytes(100))
    with pytest.raises(ShelfError, match="cut short"):
        check_font(short)
    assert font_info(gone) == {} and font_info(short) == {}


def test_the_environment_chooses(monkeypatch, tmp_path):
    monkeypatch.setenv("SONGWRIGHT_SOUNDFONT", "none")
    assert FluidSampler.find() is None
    if fluidsynth.library() is not None:
        monkeypatch.setenv("SONGWRIGHT_SOUNDFONT", str(tmp_path / "mine.sf2"))
        assert FluidSampler.find() == FluidSampler(tmp_path / "mine.sf2")


@needs_sampler
def test_describe_names_the_font_and_its_rights():
    line = SAMPLER.describe()
    assert "FluidSynth" in line and SAMPLER.font.name in line and "\n" not in line


@needs_sampler
def test_a_font_fluidsynth_cannot_read(tmp_path):
    hollow = tmp_path / "hollow.sf2"
    hollow.write_bytes(b"RIFF" + struct.pack("<I", 104) + b"sfbkLIST" + bytes(96))
    with pytest.raises(ShelfError, match="cannot read"):
        FluidSampler(hollow).play((part("a", "piano", [(0.0, 0.5, 60, 0.7)]),), RATE_HZ, RATE_HZ)


@needs_sampler
def test_each_part_is_its_own_stem_in_time_and_in_tune():
    parts = (
        part("keys", "piano", [(0.5, 1.5, 69, 0.8)]),
        part("drums", "drumkit-acoustic", [(1.0, 1.1, 38, 0.8)]),
        part("solo", "flute", [(0.2, 1.8, 72.5, 0.7)]),
    )
    frames = 2 * RATE_HZ + 17
    sounds = SAMPLER.play(parts, frames, RATE_HZ)
    assert set(sounds) == {"keys", "drums", "solo"}
    for one, onset in (("keys", 0.5), ("drums", 1.0)):
        x = sounds[one].samples
        assert x.shape == (2, frames) and np.isfinite(x).all()
        first = np.argmax(np.abs(x).max(axis=0) > 0.05 * np.abs(x).max()) / RATE_HZ
        assert abs(first - onset) < 0.012  # the sample's own attack included
    spectrum = np.abs(
        np.fft.rfft(sounds["solo"].samples.mean(axis=0)[RATE_HZ // 2 : RATE_HZ * 3 // 2], 1 << 18)
    )
    peak = np.argmax(spectrum) * RATE_HZ / (1 << 18)
    assert abs(1200 * np.log2(peak / (440 * 2 ** (3.5 / 12)))) < 25


@needs_sampler
def test_level_is_loudness():
    soft, hard = (
        SAMPLER.play((part("a", "piano", [(0.1, 0.9, 60, level)]),), RATE_HZ, RATE_HZ)["a"].samples
        for level in (0.3, 1.0)
    )
    ratio_db = 10 * np.log10((hard**2).mean() / (soft**2).mean())
    assert 10 < ratio_db < 24


@needs_sampler
def test_more_parts_than_midi_channels():
    parts = tuple(part(f"p{i}", "piano", [(0.0, 0.2, 60, 0.7)]) for i in range(18))
    sounds = SAMPLER.play(parts, 4800, RATE_HZ)
    assert len(sounds) == 18 and all(np.abs(s.samples).max() > 0 for s in sounds.values())


@needs_sampler
def test_a_part_sounds_the_same_whoever_plays_beside_it():
    drums = part("drums", "drumkit-acoustic", [(0.1 * i, 0.1 * i + 0.05, 38 + i % 5, 0.7) for i in range(9)])
    guitar = part("guitar", "guitar-steel", [(0.05 * i, 0.4, 50 + i, 0.6) for i in range(7)])
    alone = SAMPLER.play((drums,), RATE_HZ, RATE_HZ)["drums"].samples
    beside = SAMPLER.play((guitar, drums), RATE_HZ, RATE_HZ)["drums"].samples
    assert np.array_equal(alone, beside)


@needs_sampler
def test_repeated_and_overlapping_notes_ring_and_stop():
    notes = [(0.0, 0.6, 60, 0.7), (0.3, 0.5, 60, 0.7), (0.31, 0.32, 300, 0.7)]
    x = SAMPLER.play((part("a", "organ", notes),), 2 * RATE_HZ, RATE_HZ)["a"].samples
    assert np.abs(x[:, int(0.45 * RATE_HZ)]).max() > 0 and np.abs(x[:, int(1.8 * RATE_HZ) :]).max() < 1e-3


@pytest.mark.skipif(fluidsynth.library() is None, reason="no FluidSynth here")
def test_a_font_cut_short_is_said_and_the_band_plays_itself(tmp_path):
    """Half a soundfont: one line says so, and no stem is silent."""
    short = tmp_path / "short.sf2"
    short.write_bytes(b"RIFF" + struct.pack("<I", 5000) + b"sfbkLIST" + bytes(100))

    class Half(HouseShelf):
        def sampler(self) -> FluidSampler:
            return FluidSampler(short)

    said: list[str] = []
    notes = (PlayedNote("n", 0.0, 0.4, 60.0, 0.8),)
    parts = tuple(PlayedPart(name, "comping", name, name, notes) for name in ("piano", "guitar-steel"))
    ctx = Context(Seed(1), Half(), lambda progress: said.append(progress.note))
    stems = band.play(Performance(parts, (), 0.6), ctx)
    assert any("cut short" in note and "built-in band plays instead" in note for note in said)
    assert all(np.abs(sound.samples).max() > 1e-3 for _, sound in stems.items())
