"""The phone error rate counts what it says it counts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from songwright.guard import words

PHONES = st.lists(st.sampled_from(["AA", "T", "D", "IY", "S"]), max_size=12)


@given(PHONES, PHONES)
def test_distance_is_a_metric_between_length_difference_and_longest(a, b):
    d = words.edit_distance(a, b)
    assert d == words.edit_distance(b, a)
    assert abs(len(a) - len(b)) <= d <= max(len(a), len(b))
    assert (d == 0) == (a == b)


def test_one_wrong_phone_of_four_is_a_quarter():
    assert words.phone_error_rate([("R", "IH", "V", "ER")], [("R", "IY", "V", "ER")]) == 0.25
    assert words.phone_error_rate([("R", "IH", "V", "ER")], [("R", "IY", "F", "ER")], in_classes=True) == 0.0


def test_lost_line_counts_fully():
    assert words.phone_error_rate([("S", "IY"), ("G", "OW")], [("S", "IY"), ()]) == 0.5


def test_listener_takes_silence_and_noise():
    noise = (np.random.Philox(key=3).random_raw(24_000) * 2.0**-63 - 1.0).astype(np.float32)
    heard = words.phones_heard(
        np.concatenate([np.zeros(24_000, np.float32), noise]), spans_s=((0, 0.5), (0.5, 1.0))
    )
    assert heard[0] == ()
    assert all(phone.isalpha() for phone in heard[1])


def test_german_is_not_judged_by_an_english_listener(shelf):
    from songwright.guard.report import words_figures
    from songwright.values.audio import Audio
    from songwright.values.performance import Performance

    nothing_played = Performance(1.0, (), ())
    (figure,) = words_figures(Audio(np.zeros((1, 480), np.float32), 48_000), nothing_played, 55.0, "de-AT")
    assert figure.value is None and figure.passed is None and "no listener for German" in figure.note
