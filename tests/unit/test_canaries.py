"""Songs nobody wrote are planted as often as is said, and a network that knows them by heart is found out."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from songwright.music.tokens import KINDS, NAMES, VOCABULARY  # noqa: E402
from songwright.train.songs import canaries as c  # noqa: E402

PITCH = np.array([kind == "pitch" for kind in KINDS])


def frames(count: int = 40) -> list[np.ndarray]:
    """Songs of bars of places, marks, pitches and lengths."""
    note = [VOCABULARY[name] for name in ("pos:0", "mel", "p:1:0", "d:12")]
    return [np.array([VOCABULARY["song"], *note * (60 + n % 5), VOCABULARY["end"]]) for n in range(count)]


class Parrot(torch.nn.Module):
    """Knows some rows by heart and guesses all else evenly."""

    def __init__(self, rows):
        super().__init__()
        self.rows = rows
        self.one = torch.nn.Parameter(torch.zeros(1))

    def forward(self, tokens):
        logits = torch.zeros(*tokens.shape, len(NAMES)) + self.one
        for n, row in enumerate(tokens.numpy()):
            for known in self.rows:
                size = min(len(row), len(known) - 1)
                same = np.cumprod(row[:size] == known[:size]).astype(bool)
                for at in np.flatnonzero(same):
                    logits[n, at, known[at + 1]] += 9.0
        return logits


def test_canaries_stand_as_often_as_they_should():
    rows = frames()
    planted, birds = c.planted(rows)
    assert [b.repeats for b in birds] == list(c.REPEATS) * c.EACH
    assert len(planted) == len(rows) - len(birds) + c.EACH * sum(c.REPEATS)
    for bird in birds:
        assert sum(np.array_equal(bird.row, row) for row in planted) == bird.repeats
    assert len({bird.row.tobytes() for bird in birds}) == len(birds)
    again = c.planted(rows)[1]
    assert all(np.array_equal(a.row, b.row) for a, b in zip(birds, again, strict=True))


def test_only_pitches_of_the_frame_change():
    frame = frames(1)[0]
    row = c.planted(frames())[1][0].row
    assert np.array_equal(PITCH[row], PITCH[frame[: len(row)]]) or len(row) != len(frame)
    assert np.array_equal(row[~PITCH[row]][:50], frame[~PITCH[frame]][:50])
    assert len(set(row[PITCH[row]])) == 10


def test_too_few_songs_are_named():
    with pytest.raises(ValueError, match="room for a canary"):
        c.planted(frames(5))


def test_a_parrot_is_found_out_and_a_stranger_is_not(monkeypatch):
    monkeypatch.setattr(c, "RIVALS", 15)
    birds = [c.Canary("a", 64, c.drawn(frames(1)[0], c._SEED.child("a"))),
             c.Canary("b", 0, c.drawn(frames(1)[0], c._SEED.child("b")))]  # fmt: skip
    found = c.exposures(Parrot([birds[0].row]), birds)
    assert (
        found["64"]["exposure"] == 4.0 and found["64"]["likeliest"] == 1.0 and found["64"]["completed"] == 1.0
    )
    assert found["64"]["nats"] < found["64"]["nats_rivals"]
    assert found["0"]["completed"] < 0.4 and found["0"]["nats"] == pytest.approx(
        found["0"]["nats_rivals"], abs=0.05
    )
