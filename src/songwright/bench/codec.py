"""`songwright bench codec`: what a round trip through the codec costs, beside what costs are known for.

Pieces of ten seconds, each at -16 LUFS as in the Descript Audio Codec's own evaluation, of held-out voices, bands and
both, and of recordings. The rows: the codec; a mel spectrum turned back by Griffin & Lim's way (the codec's own mel,
nothing between); WORLD's analysis and synthesis (voices). Literature, at 44.1 kHz on other sounds (Kumar et al. 2023):
mel distance .93 for DAC at 8 kbps, 1.83 and 1.61 for EnCodec at 6 and 24.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from songwright.bench.codec_distances import mel_distance, pitch_distance, stft_distance
from songwright.dsp import loudness, mel
from songwright.errors import ShelfError
from songwright.guard.words import phone_error_rate, phones_heard
from songwright.io.sound import read_audio
from songwright.runtime import codec
from songwright.runtime.codec import RATE_HZ, Codec
from songwright.train.renders.shards import Rendered, read_renders
from songwright.values.seed import Seed

Row = dict[str, object]
Way = Callable[[np.ndarray], np.ndarray]
Phones = tuple[str, ...]
Spans = Sequence[tuple[float, float]]
Ear = Callable[[np.ndarray, Spans], Sequence[Phones]]
"""What hears phones in a sound, span by span."""
PIECE_S = 10.0
LEVEL_LUFS = -16.0
_ROUNDS = 32
_MOMENTUM = 0.99
_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")


@dataclass(frozen=True, eq=False)
class Excerpt:
    """A sound to be coded. kind: voice, band, both or the name of a folder. lines: (phones, from, to), English only."""

    kind: str
    sound: np.ndarray
    lines: tuple[tuple[tuple[str, ...], float, float], ...] = ()


def codec_suite(
    folders: Sequence[Path], network: Path | None, count: int, tell: Callable[[str], None] = lambda line: None,
    judge: Path | None = None,
) -> list[Row]:  # fmt: skip
    """A row for each kind of sound and way of coding it.

    folders: the first holds rendered shards, the others recordings. network: a folder written by `train codec`, None =
    only the rows it would be compared with. count: excerpts of each kind at most. judge: a folder written by `train
    judge`, which then hears phones too. Raises ShelfError.
    """
    if not folders:
        raise ShelfError("bench codec", "wants a folder of shards (`songwright train data renders`)")
    held = read_renders(folders[0], "test")
    found = [
        excerpt
        for kind in ("voice", "band", "both")
        for excerpt in _first(rendered_excerpts(held, kind), count)
    ]
    for folder in folders[1:]:
        found += _first(recorded_excerpts(folder), count)
    ways: dict[str, Way] = {} if network is None else {"codec": coded_by(read_codec(network))}
    ways |= {"mel, Griffin-Lim": griffin_lim, "WORLD": world}
    ear = None if judge is None else _judge_ear(judge)
    rows = []
    for kind in dict.fromkeys(excerpt.kind for excerpt in found):
        some = [excerpt for excerpt in found if excerpt.kind == kind]
        for name, way in ways.items():
            if name != "WORLD" or kind not in ("band", "both"):
                tell(f"{kind}: {name}")
                rows.append({"sound": kind, "way": name} | measured(some, way, ear))
    return rows


def read_codec(folder: Path) -> Codec:
    """The codec in a folder: codec-decoder.onnx and codec-encoder.onnx. Raises ShelfError."""
    try:
        ends = [(folder / f"codec-{end}.onnx").read_bytes() for end in ("decoder", "encoder")]
    except OSError as problem:
        raise ShelfError(str(folder), f"holds no codec ({problem.strerror})") from problem
    return Codec(*ends)


def measured(excerpts: Sequence[Excerpt], way: Way, judge: Ear | None = None) -> Row:
    """Distances of copies from their sounds, means over excerpts; for voices, pitch and phones too.

    phones before, after: errors of a free phone decoder in the sound and in its copy, over all lines; judged before,
    after: the same as a judge network hears them. core: seconds of one core for a second of sound, coding and decoding.
    """
    mels, stfts, pitches = [], [], []
    ears = {"phones": _freely} | ({} if judge is None else {"judged": judge})
    asked: list[Phones] = []
    got: dict[str, list[Phones]] = {f"{name} {when}": [] for name in ears for when in ("before", "after")}
    used = length = 0.0
    for excerpt in excerpts:
        began = time.process_time()
        copy = way(excerpt.sound)[: len(excerpt.sound)]
        used += time.process_time() - began
        length += len(excerpt.sound) / RATE_HZ
        mels.append(mel_distance(excerpt.sound, copy, RATE_HZ))
        stfts.append(stft_distance(excerpt.sound, copy))
        if excerpt.kind not in ("band", "both"):
            pitches.append(pitch_distance(excerpt.sound, copy, RATE_HZ))
        spans = [(start, end) for _, start, end in excerpt.lines]
        asked += [phones for phones, _, _ in excerpt.lines]
        for name, ear in ears.items() if spans else ():
            got[f"{name} before"] += ear(excerpt.sound, spans)
            got[f"{name} after"] += ear(copy, spans)
    cents, off, voicing = np.nanmean(pitches, axis=0) if pitches else (np.nan,) * 3
    errors = {
        name: _short(phone_error_rate(asked, phones) if asked else None) for name, phones in got.items()
    }
    return {
        "excerpts": len(excerpts), "mel": _short(np.mean(mels)), "STFT": _short(np.mean(stfts)),
        "cents": _short(cents, 1), "over 50 cents": _short(off), "voicing": _short(voicing),
        **errors, "core": _short(used / length, 4),
    }  # fmt: skip


def _freely(sound: np.ndarray, spans: Spans) -> Sequence[Phones]:
    return phones_heard(sound, RATE_HZ, spans)


def _judge_ear(folder: Path) -> Ear:
    """How the judge of a run hears phones."""
    from songwright.train.judge.task import load_judge

    listener = load_judge(folder)

    def ear(sound: np.ndarray, spans: Spans) -> Sequence[Phones]:
        said = listener.listen(sound)
        return [said.phones(*span) for span in spans]

    return ear


def rendered_excerpts(pieces: Sequence[Rendered], kind: str) -> Iterator[Excerpt]:
    """Ten seconds of each piece, from its first line where it is sung; silent ones are left out."""
    shares = {"voice": (1.0, 0.0), "band": (0.0, 1.0), "both": (1.0, 1.0)}[kind]
    for piece in pieces:
        lines = piece.about["lines"]
        first = max(0.0, lines[0]["from"] - 0.2) if lines else 0.0
        begin = int(first * RATE_HZ)
        sound = piece.sound[begin : begin + int(PIECE_S * RATE_HZ)].astype(np.float32) @ np.array(
            shares, np.float32
        )
        if not np.any(np.abs(sound) > 30):
            continue
        heard = kind == "voice" and piece.about["language"].startswith("en")
        inside = tuple(
            (tuple(line["phones"].split()), line["from"] - first, line["to"] - first)
            for line in lines
            if heard and line["to"] - first < len(sound) / RATE_HZ
        )
        yield Excerpt(kind, levelled(sound / 32767), inside)


def recorded_excerpts(folder: Path) -> Iterator[Excerpt]:
    """At most ten seconds of the middle of each sound file in a folder. Raises ShelfError where there are none."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in _SUFFIXES]
    if not files:
        raise ShelfError(str(folder), "holds no sound files")
    for path in files:
        audio = read_audio(path)
        length = int(PIECE_S * audio.rate_hz)
        start = max(0, (audio.frames - length) // 2)
        mono = audio.samples[:, start : start + length].mean(axis=0)
        if len(mono) > audio.rate_hz and np.any(np.abs(mono) > 1e-3):
            yield Excerpt(folder.name, levelled(soxr.resample(mono, audio.rate_hz, RATE_HZ)))


def levelled(sound: np.ndarray) -> np.ndarray:
    """A sound at `LEVEL_LUFS`, but never beyond full scale; a whole number of latent frames long."""
    level = loudness.integrated_lufs(sound[None], RATE_HZ)
    gain = 10 ** ((LEVEL_LUFS - level) / 20) if level > loudness.SILENCE_LUFS else 1.0
    loud = sound * gain
    return codec.whole(loud / max(1.0, float(np.abs(loud).max(initial=0.0))))


def coded_by(network: Codec) -> Way:
    """There and back through a codec."""
    return lambda sound: network.decode(network.encode(sound))


def griffin_lim(sound: np.ndarray) -> np.ndarray:
    """The codec's mel spectrum turned back into sound without a network: its pseudo-inverse, and phases found by
    going back and forth (Perraudin, Balazs & Søndergaard 2013).
    """
    bands = np.exp(codec.log_mel(sound) * codec.SPREAD + codec.CENTRE)
    matrix = mel.mel_matrix(RATE_HZ, codec.FFT, codec.MELS, codec.LOW_HZ, codec.HIGH_HZ)
    size = np.maximum(bands @ np.linalg.pinv(matrix), 0.0).astype(np.float32)
    turns = Seed(5).child("phases").luck().noise(size.size).reshape(size.shape)
    phase = np.exp(1j * np.pi * turns).astype(np.complex64)
    before = np.zeros_like(phase)
    for _ in range(_ROUNDS):
        wave = mel.overlap_add(size * phase, codec.FFT, codec.HOP, codec.PAD)
        now = mel.spectra(wave, codec.FFT, codec.HOP, codec.PAD, "constant")
        ahead = now + _MOMENTUM * (now - before)
        phase, before = ahead / np.maximum(np.abs(ahead), 1e-9), now
    return mel.overlap_add(size * phase, codec.FFT, codec.HOP, codec.PAD)


def world(sound: np.ndarray) -> np.ndarray:
    """A voice taken apart and put together by WORLD (Morise, Yokomori & Ozawa 2016), every 5 ms, nothing coded."""
    import pyworld

    wave = sound.astype(np.float64)
    f0, when = pyworld.dio(wave, RATE_HZ, f0_floor=50.0, f0_ceil=1000.0)
    f0 = pyworld.stonemask(wave, f0, when, RATE_HZ)
    envelope = pyworld.cheaptrick(wave, f0, when, RATE_HZ)
    air = pyworld.d4c(wave, f0, when, RATE_HZ)
    made = pyworld.synthesize(f0, envelope, air, RATE_HZ).astype(np.float32)
    return np.pad(made, (0, max(0, len(sound) - len(made))))[: len(sound)]


def _first(excerpts: Iterator[Excerpt], count: int) -> list[Excerpt]:
    return [excerpt for excerpt, _ in zip(excerpts, range(count), strict=False)]


def _short(value: float | None, digits: int = 3) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), digits)
