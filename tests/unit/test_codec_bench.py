"""What a round trip costs: distances that agree with those of training, references that behave as known."""

import numpy as np
import pytest

from songwright.bench import codec as bench
from songwright.bench.codec_distances import mel_distance, pitch_distance, stft_distance
from songwright.errors import ShelfError
from songwright.runtime.codec import RATE_HZ

TIME = np.arange(2 * RATE_HZ) / RATE_HZ
VOICE = 0.15 * sum(np.sin(2 * np.pi * 150 * n * TIME + n * n) / (1 + abs(n - 5)) for n in range(1, 40))
VOICE = (VOICE * np.clip(np.sin(2 * np.pi * 0.5 * TIME) * 4, 0, 1)).astype(np.float32)


def test_distances_are_those_of_training():
    torch = pytest.importorskip("torch")
    from songwright.train.distances import Distances

    other = np.roll(VOICE, 300) * 0.7
    distances = Distances(RATE_HZ)
    one, two = (
        distances.spectra(torch.from_numpy(sound)[None]) for sound in (VOICE, other.astype(np.float32))
    )
    assert mel_distance(VOICE, other, RATE_HZ) == pytest.approx(float(distances.mel(one, two)), rel=1e-3)
    assert mel_distance(VOICE, VOICE, RATE_HZ) == 0.0 == stft_distance(VOICE, VOICE)
    assert stft_distance(VOICE, other) > 0.1


def test_a_known_change_has_a_known_distance():
    # ten times softer: every log10 of a magnitude above the floor falls by one, in seven scales
    loud = (0.3 * np.random.Generator(np.random.Philox(3)).standard_normal(RATE_HZ)).astype(np.float32)
    assert mel_distance(loud, 0.1 * loud, RATE_HZ) == pytest.approx(7.0, abs=0.35)


def test_pitch_of_a_copy():
    assert pitch_distance(VOICE, VOICE, RATE_HZ)[:2] == (0.0, 0.0)
    sharp = np.interp(TIME * 1.01, TIME, VOICE)  # one hundredth faster: 17 cents
    cents, off, _ = pitch_distance(VOICE[: RATE_HZ // 2], sharp[: RATE_HZ // 2], RATE_HZ)
    assert cents == pytest.approx(17.2, abs=1.5) and off < 0.1
    assert np.isnan(pitch_distance(VOICE, 0 * VOICE, RATE_HZ)[0])


def test_references_come_near_and_griffin_lim_keeps_the_spectrum():
    sound = bench.levelled(VOICE)
    row = bench.measured([bench.Excerpt("voice", sound)], bench.griffin_lim)
    noise = bench.measured(
        [bench.Excerpt("voice", sound)],
        lambda s: (0.1 * np.random.Generator(np.random.Philox(1)).standard_normal(len(s))).astype(np.float32),
    )
    apart = bench.measured([bench.Excerpt("voice", sound)], bench.world)
    assert row["mel"] < 0.4 * noise["mel"] and apart["mel"] < 0.6 * noise["mel"]
    assert row["cents"] < 5 and apart["cents"] < 5
    same = bench.measured([bench.Excerpt("voice", sound)], lambda s: s)
    assert same["mel"] == 0 and same["over 50 cents"] == 0 and same["phones before"] is None


def test_what_is_missing_is_told(tmp_path):
    with pytest.raises(ShelfError, match="shards"):
        bench.codec_suite([], None, 2)
    with pytest.raises(ShelfError, match="no rendered pieces"):
        bench.codec_suite([tmp_path], None, 2)
    with pytest.raises(ShelfError, match="no codec"):
        bench.read_codec(tmp_path)
    with pytest.raises(ShelfError, match="no sound"):
        list(bench.recorded_excerpts(tmp_path))
