"""The singer sings what is asked: on time, in tune, whatever the phones, the same on any number of threads."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from songwright.errors import Cancelled, ShelfError
from songwright.io.shelf import HouseShelf
from songwright.singer import sing
from songwright.singer.alignment import lay_out, read
from songwright.singer.bank import PHONES, VOWELS, Bank, nearest_phone
from songwright.singer.breath import breathe
from songwright.singer.characters import GROWL_LIMIT, colour
from songwright.values.context import Context
from songwright.values.performance import Performance, SungPart, SungPhone, SungPhrase
from songwright.values.seed import Seed
from songwright.values.shelf import Voice

SHELF = HouseShelf()
RATE = 48_000


def phrase(symbols, midi=50.0, start_s=0.5, each_s=0.4, name="p0", breath_s=0.0):
    """Vowels of each_s, consonants of 80 ms, one flat pitch."""
    phones, at = [], start_s
    for i, symbol in enumerate(symbols):
        length = each_s if symbol in VOWELS else 0.08
        phones.append(SungPhone(symbol, at, at + length, f"n{i}", 0))
        at += length
    count = int((at - start_s) * 200) + 1
    flat = np.full(count, 440 * 2 ** ((midi - 69) / 12))
    zeros = np.zeros(count)
    return SungPhrase(name, start_s, 200.0, tuple(phones), flat, zeros, zeros + 0.5, zeros, breath_s)


def performance(*phrases, duration_s=2.5, **part):
    made = {"id": "lead", "role": "lead", "voice": "rms", "stem": "lead", **part}
    return Performance((), (SungPart(phrases=phrases, **made),), duration_s)


def context(**change):
    return Context(Seed(7), SHELF, **change)


def heard_hz(sound, start_s, end_s):
    """Fundamental by autocorrelation of the middle of a vowel."""
    piece = sound[int(start_s * RATE) : int(end_s * RATE)].astype(float)
    spectrum = np.abs(np.fft.rfft(piece, 2 * len(piece))) ** 2
    lag = np.fft.irfft(spectrum)[: len(piece)]
    low, high = RATE // 900, RATE // 60
    first = np.flatnonzero(lag[low:high] > 0.85 * lag[low:high].max())[0] + low
    best = first + int(np.argmax(lag[first : first + first // 4]))
    left, mid, right = lag[best - 1 : best + 2]
    return RATE / (best + 0.5 * (left - right) / (left - 2 * mid + right))


def test_stems_are_stereo_float_of_the_asked_length():
    stems = sing(performance(phrase(("M", "AA")), duration_s=1.7), context())
    assert set(stems) == {"lead", "backing"}
    assert all(sound.samples.shape == (2, round(1.7 * RATE)) for _, sound in stems.items())
    assert stems["lead"].samples.dtype == np.float32
    assert np.array_equal(stems["lead"].samples[0], stems["lead"].samples[1])
    assert not stems["backing"].samples.any()


@pytest.mark.parametrize("voice", ["rms", "rms-cowboy", "rms-tenor", "slt", "slt-breathy", "slt-soprano"])
def test_every_voice_is_in_tune_and_sounds(voice):
    card = SHELF.voice(voice).card
    for midi in (card.midi_low, (card.midi_low + card.midi_high) // 2, card.midi_high):
        sung = phrase(("L", "AA", "N"), midi=midi, each_s=0.8)
        sound = sing(performance(sung, voice=voice), context())["lead"].samples[0]
        cents = 1200 * np.log2(heard_hz(sound, 0.75, 1.25) / sung.f0_hz[0])
        assert abs(cents) < 8, (voice, midi, cents)
        level = 20 * np.log10(np.sqrt(np.mean(sound[int(0.8 * RATE) : int(1.2 * RATE)] ** 2)))
        assert -30 < level < -22


def test_sound_stays_where_the_words_are():
    sound = sing(performance(phrase(("S", "IY"), start_s=1.0, each_s=0.5)), context())["lead"].samples[0]
    assert not sound[: int(0.9 * RATE)].any()
    assert not sound[int(1.9 * RATE) :].any()
    assert np.abs(sound[int(1.1 * RATE) : int(1.5 * RATE)]).max() > 0.02


def test_a_hiss_is_bright_and_a_vowel_is_not():
    sound = sing(performance(phrase(("S", "AA", "S"), each_s=0.5)), context())["lead"].samples[0]

    def centre(start_s, end_s):
        spectrum = np.abs(np.fft.rfft(sound[int(start_s * RATE) : int(end_s * RATE)])) ** 2
        return (
            np.sum(spectrum * np.fft.rfftfreq(int(end_s * RATE) - int(start_s * RATE), 1 / RATE))
            / spectrum.sum()
        )

    assert centre(0.52, 0.56) > 3_500
    assert centre(0.7, 1.0) < 1_500


def test_threads_do_not_change_the_sound():
    made = performance(*(phrase(("K", "AE", "T"), start_s=0.3 + 0.8 * i, name=f"p{i}") for i in range(3)))
    one, three = (sing(made, context(workers=n))["lead"].samples for n in (1, 3))
    assert np.array_equal(one, three)


def test_adding_a_voice_leaves_the_others_alone():
    sung = phrase(("D", "EY"), breath_s=0.3)
    alone = performance(sung)
    behind = SungPart("harmony-1", "backing", "slt", "backing", (phrase(("D", "EY"), midi=62),), pan=-1.0)
    both = sing(replace(alone, sung=(behind, *alone.sung)), context())
    assert np.array_equal(sing(alone, context())["lead"].samples, both["lead"].samples)
    left, right = both["backing"].samples
    assert np.abs(left).max() > 0.02
    assert np.abs(right).max() < 1e-6


def test_another_seed_is_another_take_of_the_same_song():
    made = performance(phrase(("AA",)))
    first = sing(made, context())["lead"].samples
    again = sing(made, Context(Seed(8), SHELF))["lead"].samples
    assert not np.array_equal(first, again)
    assert np.array_equal(first, sing(made, context())["lead"].samples)


def test_strange_phones_and_pitches_still_sound():
    odd = phrase(("X", "Q", "UE", "AA0", "??"), midi=20)
    high = phrase(("IY",), midi=110, start_s=2.0, name="p1")
    sound = sing(performance(odd, high), context())["lead"].samples
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() > 0.01
    assert np.abs(sound).max() < 1.0
    assert nearest_phone("ah0") == "AH"
    assert all(nearest_phone(symbol) in PHONES for symbol in ("", "ZZ", "o:", "ɪ", "pau"))


def test_overlapping_and_late_phones_are_put_in_order():
    sung = phrase(("T", "AA", "T"))
    mixed = replace(sung, phones=(sung.phones[2], sung.phones[0], replace(sung.phones[1], onset_s=0.5)))
    spans = lay_out(mixed)
    assert [span.symbol for span in spans] == ["PAU", "T", "AA", "T", "PAU"]
    assert all(a.offset_s == b.onset_s for a, b in pairwise(spans))


def test_gravel_is_held_where_the_pitch_survives():
    assert colour({"gravel": 9.0}).growl == GROWL_LIMIT
    assert colour({"clean": 1.0}) == colour({})
    assert colour({"gravel": 0.2}, {"gravel": 0.6}) == colour({"gravel": 0.6})
    assert colour({"gravel": 0.6}, {"gravel": 0.0}) == colour({})
    assert colour({"gravel": 0.6}, {"clean": 1.0}) == colour({})
    sung = phrase(("AA",), midi=45, each_s=1.2)
    sound = sing(performance(sung, character={"gravel": 1.0}), context())["lead"].samples[0]
    assert abs(1200 * np.log2(heard_hz(sound, 0.8, 1.5) / sung.f0_hz[0])) < 25


def test_breathy_singing_has_more_hiss():
    def hiss(character):
        sound = sing(performance(phrase(("AA",), each_s=1.0), character=character), context())[
            "lead"
        ].samples[0]
        spectrum = np.abs(np.fft.rfft(sound[int(0.7 * RATE) : int(1.3 * RATE)])) ** 2
        hz = np.fft.rfftfreq(int(1.3 * RATE) - int(0.7 * RATE), 1 / RATE)
        band = spectrum[(hz > 2_500) & (hz < 5_000)]
        return np.median(band) / band.mean()  # between the harmonics, against all

    assert hiss({"breath": 1.0}) > 1.5 * hiss({})


def test_effort_brightens():
    def bright(effort):
        sung = phrase(("AA",), each_s=1.0)
        sung = replace(sung, effort=np.full(len(sung.f0_hz), effort))
        sound = sing(performance(sung), context())["lead"].samples[0]
        spectrum = np.abs(np.fft.rfft(sound[int(0.7 * RATE) : int(1.3 * RATE)])) ** 2
        hz = np.fft.rfftfreq(int(1.3 * RATE) - int(0.7 * RATE), 1 / RATE)
        return spectrum[(hz > 2_000) & (hz < 4_000)].sum() / spectrum[(hz > 80) & (hz < 1_000)].sum()

    assert bright(1.0) > 2 * bright(0.0)


def test_a_breath_ends_before_the_words():
    silent = sing(performance(phrase(("AA",), start_s=1.0)), context())["lead"].samples[0]
    sound = sing(performance(phrase(("AA",), start_s=1.0, breath_s=0.4)), context())["lead"].samples[0]
    only = sound - silent
    assert 1e-3 < np.abs(only[int(0.57 * RATE) : int(0.97 * RATE)]).max() < 0.2
    assert not only[int(0.98 * RATE) :].any()
    air = breathe(0.5, Seed(1))
    assert abs(air[0]) < 1e-3
    assert abs(air[-1]) < 1e-3


def test_joins_leave_no_steps():
    """From frame to frame the spectrum moves no more at joins than speech does at its fastest."""
    bank = Bank(SHELF.voice("rms"))
    track = read(bank, phrase(("W", "IY", "M", "EH", "N", "IY", "L", "OW"), each_s=0.5), np.zeros(4))
    steps = np.abs(np.diff(track.cepstra[20:-30, 1:8], axis=0)).max(axis=0)
    assert (steps < 12.0).all(), steps


def test_progress_is_told_and_cancelling_works():
    told = []
    made = performance(*(phrase(("AA",), start_s=0.2 + 0.5 * i, name=f"p{i}") for i in range(3)))
    sing(made, context(tell=told.append))
    assert [(p.stage, p.done, p.total) for p in told] == [("sing", i, 3) for i in range(4)]

    def stop(progress):
        if progress.done >= 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        sing(made, context(tell=stop))


def test_no_singers_no_sound():
    stems = sing(Performance((), (), 1.0), context())
    assert not stems["lead"].samples.any()
    empty = SungPhrase("p", 0.0, 200.0, (), *(np.zeros(0),) * 4)
    assert not sing(performance(empty), context())["lead"].samples.any()


def test_a_damaged_bank_says_so():
    voice = SHELF.voice("rms")
    broken = Voice(voice.card, {**voice.arrays, "start": np.zeros((3, 3), np.int32)})
    with pytest.raises(ShelfError, match="rms"):
        Bank(broken)


def test_every_pair_of_phones_is_in_the_banks():
    for name in ("rms", "slt"):
        start = SHELF.voice(name).arrays["start"]
        assert (start >= 0).sum() == len(PHONES) ** 2 - 1


def test_cards_carry_licence_and_fingerprint():
    cards = SHELF.voice_cards()
    assert len({(card.speaker, card.bank, card.formant_scale) for card in cards if card.network}) >= 3
    for card in cards:
        assert "LICENSE-flite" in card.licence
        assert not card.network or card.speaker == "rms" or "CC0" in card.licence
        assert len(card.sha256) == 64
        assert card.midi_low < card.midi_high
