"""A singer with a network: any phone list, any pitch, the same mouth for every take, and a bank where it is missing."""

import numpy as np
import pytest

from songwright.errors import BriefError, ShelfError
from songwright.io.shelf import HouseShelf
from songwright.runtime.session import Network
from songwright.singer import conditioning, fullband, sing
from songwright.singer.blend import asked_shares, blended, is_blend, shares_of
from songwright.singer.network import NetworkMouth
from songwright.singer.track import VOICELESS
from songwright.text import phones
from songwright.values.context import Context
from songwright.values.performance import Performance, SungPart, SungPhone, SungPhrase
from songwright.values.seed import Luck, Seed
from songwright.values.shelf import Voice, VoiceCard

RATE = 48_000
onnx = pytest.importorskip("onnx")


def table():
    """Cepstra of every phone: two formants for vowels, a bright slope for hisses, little for silence."""
    hz = fullband.band_hz()
    rows = []
    for number, symbol in enumerate(conditioning.SYMBOLS):
        phone = phones.PHONES[symbol]
        if phone.kind == "vowel":
            first, second = 300 + 40 * (number % 12), 900 + 120 * (number % 13)
            curve = -2 - hz / 1_500 + 4 * np.exp(-(((hz - first) / 150) ** 2))
            curve += 3 * np.exp(-(((hz - second) / 200) ** 2))
        elif phone.kind == "fricative":
            curve = -9 + 3 * np.exp(-(((hz - 6_500) / 2_500) ** 2))
        else:
            curve = -7 - hz / 1_500 - 8 * (phone.kind == "silence")
        rows.append(fullband.cepstra_of(np.maximum(curve, -22)[None])[0])
    return np.stack(rows).astype(np.float32)


def tiny_network():
    """An ONNX network of the real interface that looks phones up, adds a little noise, and scales by speaker."""
    from onnx import TensorProto, helper, numpy_helper

    voiced = np.array([[float(phones.PHONES[s].voiced)] for s in conditioning.SYMBOLS], np.float32)
    air = np.tile(np.array([-25, -15, -8, -4, -2], np.float32), (len(voiced), 1)) * voiced
    keep = [
        numpy_helper.from_array(value, name)
        for name, value in {
            "table": table(), "air": air, "voice": voiced, "one": np.array(1, np.int64),
            "spread": 0.01 * np.ones((conditioning.NOISE, 64), np.float32),
            "tilt": np.stack([np.zeros(64), 20 * np.eye(64)[1]]).astype(np.float32),
        }.items()
    ]  # fmt: skip
    nodes = [
        helper.make_node("Gather", ["phones", "one"], ["here"], axis=1),
        helper.make_node("Gather", ["table", "here"], ["plain"]),
        helper.make_node("Gather", ["air", "here"], ["bap"]),
        helper.make_node("Gather", ["voice", "here"], ["voicing"]),
        helper.make_node("MatMul", ["noise", "spread"], ["unrest"]),
        helper.make_node("MatMul", ["speaker", "tilt"], ["own"]),
        helper.make_node("Add", ["plain", "unrest"], ["moved"]),
        helper.make_node("Add", ["moved", "own"], ["cepstra"]),
    ]

    def of(name, kind, *shape):
        return helper.make_tensor_value_info(name, kind, shape)

    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            of("phones", TensorProto.INT64, "T", 4),
            of("noise", TensorProto.FLOAT, "T", conditioning.NOISE),
            of("speaker", TensorProto.FLOAT, 2),
        ],
        [
            of("cepstra", TensorProto.FLOAT, "T", 64),
            of("bap", TensorProto.FLOAT, "T", 5),
            of("voicing", TensorProto.FLOAT, "T", 1),
        ],
        keep,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    entry = model.metadata_props.add()
    entry.key, entry.value = "speakers", "ann,bob"
    return model.SerializeToString()


def card(voice_id="ann", speaker="ann", **more):
    made = {
        "bank": "rms",
        "midi_low": 50,
        "midi_high": 72,
        "network": "tiny",
        "licence": f"CC0 of {voice_id}",
    }
    return VoiceCard(voice_id, voice_id.title(), "", source=f"recordings of {voice_id}", language="en",
                     speaker=speaker, **{**made, **more})  # fmt: skip


class Shelf(HouseShelf):
    """The house's shelf, and voices of the tiny network."""

    data = tiny_network()

    def voice(self, voice_id):
        if voice_id in ("ann", "bob", "both"):
            speaker = "ann:0.5,bob:0.5" if voice_id == "both" else voice_id
            return Voice(card(voice_id, speaker), super().voice("rms").arrays)
        return super().voice(voice_id)

    def network(self, name):
        if self.data is None:
            raise ShelfError(f"network {name}", "is not here")
        return self.data


def phrase(symbols, midi=60.0, each_s=0.5, start_s=0.3):
    sung, at = [], start_s
    for number, symbol in enumerate(symbols):
        length = each_s if phones.is_vowel(symbol) else 0.09
        sung.append(SungPhone(symbol, at, at + length, f"n{number}", 0))
        at += length
    count = int((at - start_s) * 200) + 1
    flat = np.full(count, 440 * 2 ** ((midi - 69) / 12))
    return SungPhrase("p0", start_s, 200.0, tuple(sung), flat, 0 * flat, 0 * flat + 0.5, 0 * flat)


def sung(symbols, voice="ann", shelf=None, tell=lambda progress: None, **how):
    made = Performance((), (SungPart("lead", "lead", voice, "lead", (phrase(symbols, **how),)),), 3.0)
    return sing(made, Context(Seed(3), shelf or Shelf(), tell))["lead"].samples[0]


def spectrum_db(sound, start_s, end_s):
    piece = sound[int(start_s * RATE) : int(end_s * RATE)]
    return np.fft.rfftfreq(len(piece), 1 / RATE), 20 * np.log10(
        np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) + 1e-9
    )


@pytest.mark.parametrize("midi", [50, 60, 72, 84])
def test_pitch_is_the_one_asked_for(midi):
    sound = sung(("M", "AA"), midi=midi, each_s=1.2)
    hz, level = spectrum_db(sound, 0.6, 1.4)
    asked = 440 * 2 ** ((midi - 69) / 12)
    near = np.abs(hz - asked) < 0.4 * asked
    peak = int(np.argmax(np.where(near, level, -200)))
    left, mid, right = level[peak - 1 : peak + 2]
    found = hz[peak] + (hz[1] - hz[0]) * 0.5 * (left - right) / (left - 2 * mid + right)
    assert abs(1200 * np.log2(found / asked)) < 5
    below = np.abs(hz - asked / 2) < 0.1 * asked
    assert level[below].max() < level[near].max() - 25


def test_the_formants_of_the_network_are_in_the_sound():
    mouth = NetworkMouth(card(), Network(tiny_network()))
    made = phrase(("M", "IY"), midi=45, each_s=1.5)
    track = mouth.read(made, Luck(1))
    drawn = fullband.envelope_of(table()[[conditioning.SYMBOLS.index("IY")]])[0]
    hz, level = spectrum_db(sung(("M", "IY"), midi=45, each_s=1.5), 0.8, 1.6)
    f0 = 440 * 2 ** (-24 / 12)
    harmonics = f0 * np.arange(2, 40)
    heard = np.array([level[np.abs(hz - h) < 0.3 * f0].max() for h in harmonics])
    asked = np.interp(harmonics, fullband.band_hz(), drawn) * 10 / np.log(10)
    below = harmonics < 2_500  # the singing formant is added above
    assert np.corrcoef(heard[below], asked[below])[0, 1] > 0.97
    assert track.cepstra.shape == (len(track.voiced), fullband.DIMENSIONS)


def test_a_held_vowel_is_alive_and_takes_differ():
    mouth = NetworkMouth(card(), Network(tiny_network()))
    made = phrase(("AA",), each_s=2.0)
    first, again, other = (mouth.read(made, Luck(key)).cepstra for key in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first[100:300].std(axis=0)[1:8].min() > 0


def test_german_phones_and_strangers_are_sung():
    sound = sung(("C", "UE", "RR", "OEH", "PF", "A", "X", "AL", "TS", "??", "AH0"), each_s=0.2)
    assert np.isfinite(sound).all()
    assert 0.02 < np.abs(sound).max() < 1.0
    assert frozenset(phones.PHONES) >= VOICELESS


def test_a_missing_network_is_sung_by_the_bank_and_said():
    class Poor(Shelf):
        data = None

    told = []
    sound = sung(("M", "AA"), shelf=Poor(), tell=told.append)
    assert np.abs(sound).max() > 0.02
    assert "bank rms" in told[0].note
    assert not any("bank" in progress.note for progress in told[1:])
    good = []
    sung(("M", "AA"), tell=good.append)
    assert good[0].note == ""


def test_an_unknown_speaker_is_an_error_not_a_stranger():
    with pytest.raises(ShelfError, match="zoe"):
        NetworkMouth(card("x", "zoe"), Network(tiny_network()))


def test_a_blend_lies_between_and_is_neither():
    ann, bob, both = (sung(("M", "AA"), voice=name, each_s=1.0) for name in ("ann", "bob", "both"))

    def tilt(sound):
        hz, level = spectrum_db(sound, 0.6, 1.2)
        return level[(hz > 1_500) & (hz < 4_000)].max() - level[(hz > 100) & (hz < 600)].max()

    assert min(tilt(ann), tilt(bob)) + 0.3 < tilt(both) < max(tilt(ann), tilt(bob)) - 0.3


def test_cards_of_blends_name_everybody():
    cards = (card("ann"), card("bob", "bob", midi_low=40, formant_scale=0.9))
    mixed = blended("ann:0.75,bob:0.25", cards, asked_shares("ann:0.75,bob:0.25"))
    assert shares_of(mixed.speaker) == {"ann": 0.75, "bob": 0.25}
    assert "recordings of ann" in mixed.source
    assert "recordings of bob" in mixed.source
    assert "CC0 of bob" in mixed.licence
    assert mixed.midi_low == 48
    assert mixed.formant_scale == pytest.approx(0.975)
    assert is_blend("ann:1,bob:2")
    assert not is_blend("ann")
    for wrong in ("ann:x", ":1", "ann:0,bob:0", "ann:-1"):
        with pytest.raises(BriefError, match="blend"):
            asked_shares(wrong)
    with pytest.raises(BriefError, match="blended"):
        blended("a:1,b:1", (card("a"), card("b", network="")), {"a": 1.0, "b": 1.0})
