"""The drummer: hits as numbers, a network that plays them, and learning it from performances."""

import csv

import numpy as np
import pytest

from songwright.errors import ShelfError
from songwright.performer import drummer
from songwright.performer.drummer import GRID, LATE_STEP_S, Drummer, Hits, readings
from songwright.performer.timing import Places
from songwright.runtime.session import Network
from songwright.values.seed import Seed

KICK, SNARE, HAT = 0, 1, 3


class Wooden:
    """A network that always strikes in the middle and on time, and counts its calls."""

    def __init__(self):
        self.calls = 0

    def run(self, arrays):
        self.calls += 1
        velocity, late = np.full((1, 32), -50.0), np.full((1, 32, 31), -50.0)
        velocity[0, 16], late[0, :, 15] = 50.0, 50.0
        return {"velocity": velocity, "late": late, "next_state": arrays["state"]}


def beat(bars=2):
    """Hats in eighths, kick and snare in turn."""
    place, drum = [], []
    for eighth in range(8 * bars):
        at = eighth * GRID // 2
        if eighth % 2 == 0:
            place.append(at)
            drum.append(KICK if eighth % 4 == 0 else SNARE)
        place.append(at)
        drum.append(HAT)
    return Hits(np.array(place), np.array(drum), np.ones(len(place), np.int64))


def test_readings_tell_place_and_company():
    hits = beat()
    rows = readings(hits, "rock", 120.0, 0.5)
    assert rows.shape == (len(hits), drummer.READINGS)
    assert rows.dtype == np.float32
    assert rows[0, :9].argmax() == KICK and rows[1, :9].argmax() == HAT
    together = rows[:, 12:21]
    assert together[0, KICK] == together[0, HAT] == 1 and together[2, KICK] == 0
    slow = readings(hits, "rock", 60.0, 0.5)
    assert not np.array_equal(rows, slow)


def test_ghosts_and_accents_are_told_apart_within_a_drum():
    strength = np.array([100, 100, 30, 140, 20, 20, 20])
    drum = np.array([1, 1, 1, 1, 3, 3, 3])
    np.testing.assert_array_equal(drummer.meaning(strength, drum), [1, 1, 0, 2, 1, 1, 1])


def test_every_named_drum_is_one_kind():
    assert len(drummer.DRUM_OF) == sum(len(p) for p in drummer._PITCHES.values())
    assert set(drummer.DRUM_OF.values()) == set(range(len(drummer.DRUMS)))


def test_bins_and_back():
    late = np.array([-0.2, -0.004, 0.0, 0.02, 0.3])
    bins = drummer.late_bin(late)
    np.testing.assert_allclose((bins[1:4] - 15) * LATE_STEP_S, late[1:4], atol=LATE_STEP_S / 2)
    assert bins[0] == 0 and bins[-1] == 30
    assert drummer.velocity_bin(np.array([1, 64, 127])).tolist() == [0, 16, 31]


def test_playing_follows_the_network_and_its_luck():
    wood = Wooden()
    hard, late = drummer.play(wood, beat(), Seed(1).luck(), "rock", 120.0, 0.5)
    assert wood.calls == len(beat())
    assert np.all((hard >= 16 / 32) & (hard < 17 / 32))
    assert np.all(np.abs(late) <= LATE_STEP_S / 2)
    again, _ = drummer.play(wood, beat(), Seed(1).luck(), "rock", 120.0, 0.5)
    np.testing.assert_array_equal(hard, again)


def hands(bars, shelf, energy=(0.5, 0.9)):
    """Two sections of the beat as the shipped drummer plays them."""
    hits = beat(bars)
    tick = hits.place * 480 // GRID
    both = np.concatenate([tick, tick])
    pitch = np.array([{KICK: 36, SNARE: 38, HAT: 42}[int(d)] for d in hits.drum])
    level = np.where(pitch == 42, 0.5, 0.8)
    number = np.repeat([0, 1], len(tick))
    where = Places(number, both, np.array(energy)[number], ("verse-1", "chorus-1"))
    player = Drummer(Network(shelf.network("drummer")), "rock", 110.0, 0.5)
    return player.hands(both, np.tile(pitch, 2), np.tile(level, 2), where, 1920, Seed(4)), len(tick), pitch


def test_the_shipped_drummer_moves_like_one(shelf):
    (level, late), count, pitch = hands(8, shelf)
    assert np.all((level >= 0.02) & (level <= 1.0))
    assert 0.002 < late.std() < 0.03
    assert abs(late[:count].mean()) < 1e-9
    hats = level[:count][pitch == 42]
    assert hats.std() > 0.03, "the hand on the hat breathes"
    assert abs(hats.mean() - 0.5) < 0.05, "but stays as loud as written"


def test_one_section_does_not_change_another(shelf):
    (level, late), count, _ = hands(4, shelf)
    (other_level, other_late), _, _ = hands(4, shelf, energy=(0.5, 0.2))
    np.testing.assert_array_equal(level[:count], other_level[:count])
    np.testing.assert_array_equal(late[:count], other_late[:count])
    assert not np.array_equal(level[count:], other_level[count:])


def test_what_no_drummer_has_keeps_its_place(shelf):
    player = Drummer(Wooden(), "rock", 110.0, 0.5)
    where = Places(np.zeros(2, int), np.array([0, 480]), np.full(2, 0.5), ("a",))
    level, late = player.hands(
        np.array([0, 480]), np.array([39, 54]), np.array([0.4, 0.6]), where, 1920, Seed(1)
    )
    np.testing.assert_array_equal(level, [0.4, 0.6])
    np.testing.assert_array_equal(late, [0.0, 0.0])


@pytest.fixture
def groove(tmp_path):
    """A small folder as the data set is laid out: a loud and late drummer in every split."""
    import mido

    rows = []
    for number in range(9):
        song = mido.MidiFile(ticks_per_beat=480)
        track = mido.MidiTrack()
        song.tracks.append(track)
        events = []
        for eighth in range(64):
            late = 12 if eighth % 4 == 2 else 0
            events.append(
                (eighth * 240 + late, 38 if eighth % 4 == 2 else 42, 100 if eighth % 4 == 2 else 60)
            )
        now = 0
        for at, pitch, velocity in events:
            track.append(mido.Message("note_on", channel=9, note=pitch, velocity=velocity, time=at - now))
            now = at
        song.save(tmp_path / f"{number}.mid")
        split = ("train", "validation", "test")[number % 3]
        rows.append({"id": f"d/{number}", "style": "rock/one", "bpm": "120", "beat_type": "beat",
                     "time_signature": "4-4", "midi_filename": f"{number}.mid", "split": split})  # fmt: skip
    with (tmp_path / "info.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def test_the_data_set_is_read(groove):
    from songwright.train.drums.groove import read

    takes = list(read(groove))
    assert len(takes) == 9 and {t.split for t in takes} == {"train", "validation", "test"}
    first = takes[0]
    snare = first.hits.drum == SNARE
    assert np.all(first.late[snare] > first.late[~snare].max())
    assert set(first.hits.place[snare] % (2 * GRID)) == {GRID}


def test_a_drummer_is_learned_and_written_down(groove, tmp_path):
    pytest.importorskip("torch")
    import tomllib

    from songwright.train.drums.task import train_drums
    from songwright.train.run import Budget

    out = tmp_path / "out"
    budget = Budget(max_seconds=60.0, max_steps=50, warm_steps=5)
    figures = train_drums(groove, out, budget, lambda line: None)
    assert figures["velocity_nats"] < 2.5, "two velocities are soon learned; guessing would be 3.47"
    card = tomllib.loads((out / "drummer.toml").read_text())
    assert card["held_out"]["velocity_nats"] == pytest.approx(figures["velocity_nats"], abs=1e-3)
    network = Network((out / "drummer.onnx").read_bytes())
    assert set(network.outputs) == {"velocity", "late", "next_state"}


def test_export_plays_as_the_network_reads():
    torch = pytest.importorskip("torch")
    from songwright.train.drums.fit import export
    from songwright.train.nets.drummer import tiny

    net = tiny()
    x = torch.randn(1, 5, net.config.inputs)
    velocity = torch.tensor([[3, 9, 1, 0, 31]])
    with torch.no_grad():
        loud, when = net.eval()(x, velocity)
    network = Network(export(net))
    state = np.zeros((1, net.config.units), np.float32)
    for n in range(5):
        out = network.run({"x": x[:, n].numpy(), "state": state})
        state = out["next_state"]
        np.testing.assert_allclose(out["velocity"][0], loud[0, n], atol=1e-5)
        np.testing.assert_allclose(out["late"][0, velocity[0, n]], when[0, n], atol=1e-5)


def test_a_folder_without_the_table_is_named(tmp_path):
    from songwright.train.drums.groove import read

    with pytest.raises(ShelfError, match=r"info\.csv: cannot be read"):
        list(read(tmp_path))
