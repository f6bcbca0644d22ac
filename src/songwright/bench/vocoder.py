"""Which sound is nearer to the recording? Held-out sentences rendered from their own frames, in several ways.

    python -m songwright.bench.vocoder VOICE_FOLDER FEATURES [--network FILE.onnx] [--clips 30]
        [--words] [--pitch] [--periodicity]

Distances, both over 0 to 19 kHz (compressed recordings end at 20) and averaged over clips:
log STFT: mean |ln |X| - ln |Y||, Hann windows of 512, 1024, 2048 and 4096 samples, hop a quarter, magnitudes below
1e-3 counted as 1e-3; convergence: Frobenius norm of |X| - |Y| over that of |X|; each the mean of the four windows.
mel: mean |log10 mel(X) - log10 mel(Y)| of magnitudes, windows of 32 to 2048 with 5 to 320 bands (the scales of the
Descript Audio Codec, Kumar et al. 2023), floor 1e-5, mean of the seven (there: their sum).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.signal import butter, sosfiltfilt

from songwright.errors import ShelfError
from songwright.guard import words
from songwright.runtime.session import Network
from songwright.singer import fullband
from songwright.singer.glottis import HOP
from songwright.singer.vocoder import Vocoder, filled, plain_tract, sound_of
from songwright.train.corpus import Clip, read_clip, read_corpus
from songwright.train.voice import features
from songwright.values.seed import Seed

FFTS = (512, 1024, 2048, 4096)
MEL_SCALES = ((32, 5), (64, 10), (128, 20), (256, 40), (512, 80), (1024, 160), (2048, 320))
TOP_HZ, QUIET, MEL_FLOOR = 19_000.0, 1e-3, 1e-5
PERIOD_BANDS_HZ = (
    (200.0, 1_000.0),
    (1_000.0, 2_000.0),
    (2_000.0, 4_000.0),
    (4_000.0, 8_000.0),
    (8_000.0, 15_000.0),
)
RATE_HZ = fullband.RATE_HZ
Row = dict[str, object]


@dataclass(frozen=True, eq=False)
class Sentence:
    """A held-out recording and its frames. f0_hz: 0 = voiceless."""

    clip: Clip
    sound: np.ndarray
    cepstra: np.ndarray
    air_db: np.ndarray
    f0_hz: np.ndarray

    @property
    def noise(self) -> np.ndarray:
        """Noise of unit power, as long as the renderers want it, the same for all of them."""
        luck = Seed(7).child("bench", self.clip.id).luck()
        return luck.noise((len(self.f0_hz) + 1) * HOP) * np.sqrt(3.0)


Way = Callable[[Sentence], np.ndarray]


def sentences(folder: Path, measured: Path, count: int) -> list[Sentence]:
    """The first `count` held-out sentences (one reading of each text) that have features."""
    out: list[Sentence] = []
    texts: set[str] = set()
    for clip in read_corpus(folder).part("test"):
        path = measured / f"{clip.id}.npz"
        if len(out) < count and clip.text not in texts and path.is_file():
            texts.add(clip.text)
            taken = features.load(path)
            length = (len(taken.f0_hz) - 1) * HOP
            sound = np.zeros(length, np.float32)
            heard = read_clip(clip)[:length]
            sound[: len(heard)] = heard
            out.append(
                Sentence(
                    clip,
                    sound,
                    taken.cepstra.astype(np.float32),
                    taken.air_db.astype(np.float32),
                    taken.f0_hz.astype(np.float64),
                )
            )
    if not out:
        raise ShelfError(str(measured), "has no features of a held-out sentence")
    return out


def ways(network: Network | None) -> dict[str, Way]:
    """The renderers compared, by name."""
    known: dict[str, Way] = {
        "WORLD, own analysis": world_own,
        "WORLD, same frames": world_coded,
        "pulses of the singer": plain_pulses,
    }
    if network is not None:
        vocoder = Vocoder(network)
        known["trained vocoder"] = lambda s: vocoder.sound(
            s.cepstra, s.air_db, filled(s.f0_hz), s.f0_hz > 0, s.noise
        )
    return known


def plain_pulses(s: Sentence) -> np.ndarray:
    """The singer's own renderer without a network."""
    voiced = s.f0_hz > 0
    return sound_of(plain_tract(s.cepstra, s.air_db, voiced), filled(s.f0_hz), voiced, s.noise)


def world_coded(s: Sentence) -> np.ndarray:
    """WORLD's synthesis from the same 64 cepstra and 5 aperiodicities."""
    air = fullband.aperiodicity_of(s.air_db, 1025)
    air[s.f0_hz == 0] = 1.0
    return _world(s, fullband.power_of(s.cepstra, 1025), air)


def world_own(s: Sentence) -> np.ndarray:
    """WORLD's synthesis from its own full spectra, analysed afresh: nothing is coded."""
    import pyworld

    sound, when = s.sound.astype(np.float64), np.arange(len(s.f0_hz)) * fullband.FRAME_S
    power = pyworld.cheaptrick(sound, s.f0_hz, when, RATE_HZ)
    return _world(s, power, pyworld.d4c(sound, s.f0_hz, when, RATE_HZ))


def _world(s: Sentence, power: np.ndarray, air: np.ndarray) -> np.ndarray:
    import pyworld

    made = pyworld.synthesize(s.f0_hz, power, air, RATE_HZ, 1000 * fullband.FRAME_S)
    out = np.zeros(len(s.sound), np.float32)
    out[: len(made)] = made[: len(out)]
    return out


def log_stft(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Log STFT distance and convergence of two sounds of one length; `one` is the recording."""
    logs, norms = [], []
    for size in FFTS:
        a, b = (_magnitude(sound, size, size // 4) for sound in (one, other))
        logs.append(np.abs(np.log(np.maximum(a, QUIET)) - np.log(np.maximum(b, QUIET))).mean())
        norms.append(np.linalg.norm(a - b) / max(float(np.linalg.norm(a)), 1e-9))
    return float(np.mean(logs)), float(np.mean(norms))


def mel_distance(one: np.ndarray, other: np.ndarray) -> float:
    """Mel distance of two sounds of one length."""
    found = []
    for size, bands in MEL_SCALES:
        a, b = (
            np.log10(np.maximum(_magnitude(sound, size, size // 4) @ _triangles(size, bands), MEL_FLOOR))
            for sound in (one, other)
        )
        found.append(np.abs(a - b).mean())
    return float(np.mean(found))


def _magnitude(sound: np.ndarray, size: int, hop: int) -> np.ndarray:
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    padded = np.pad(sound.astype(np.float32), size // 2, mode="reflect")
    pieces = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    return np.abs(np.fft.rfft(pieces * window, axis=1))[:, : int(TOP_HZ / RATE_HZ * size)]


@lru_cache(maxsize=16)
def _triangles(size: int, bands: int) -> np.ndarray:
    """Mel bands of unit sum (Slaney 1998 differs by a constant), (bins, bands)."""
    hz = RATE_HZ / size * np.arange(int(TOP_HZ / RATE_HZ * size))
    corners = 700.0 * np.expm1(np.linspace(0.0, float(fullband.mel(TOP_HZ)), bands + 2) / 1127.0)
    width = np.maximum(np.diff(corners), RATE_HZ / size)
    rise = 1 + (hz[:, None] - corners[None, 1:-1]) / width[None, :-1]
    fall = 1 - (hz[:, None] - corners[None, 1:-1]) / width[None, 1:]
    weights = np.clip(np.minimum(rise, fall), 0.0, None)
    return (weights / np.maximum(weights.sum(axis=0, keepdims=True), 1e-9)).astype(np.float32)


def distance_table(held: Sequence[Sentence], renderers: Mapping[str, Way]) -> list[Row]:
    """A row for each renderer: distances to the recordings and computing time per second of sound."""
    rows: list[Row] = []
    for name, way in renderers.items():
        found, used, length = [], 0.0, 0.0
        for sentence in held:
            started = time.process_time()
            sound = way(sentence)
            used += time.process_time() - started
            length += len(sound) / RATE_HZ
            found.append((*log_stft(sentence.sound, sound), mel_distance(sentence.sound, sound)))
        logs, norms, mels = np.mean(found, axis=0)
        rows.append(
            {
                "renderer": name,
                "log STFT": round(float(logs), 4),
                "convergence": round(float(norms), 4),
                "mel": round(float(mels), 4),
                "CPU s per s": round(used / length, 3),
            }
        )
    return rows


def words_table(
    held: Sequence[Sentence], renderers: Mapping[str, Way], phones_of: Callable[[str], tuple[str, ...]]
) -> list[Row]:
    """Phone error rates (`guard.words`) at the height spoken and an octave above; nature in the first row.

    phones_of: the phones of a text. English only.
    """
    asked = [phones_of(sentence.clip.text) for sentence in held]
    high = [Sentence(s.clip, s.sound, s.cepstra, s.air_db, 2 * s.f0_hz) for s in held]
    rows: list[Row] = [{"renderer": "recording", "PER": _error(asked, [s.sound for s in held])}]
    for name, way in renderers.items():
        row: Row = {"renderer": name, "PER": _error(asked, [way(s) for s in held])}
        if way is not world_own:
            row["PER octave up"] = _error(asked, [way(s) for s in high])
        rows.append(row)
    return rows


def _error(asked: Sequence[tuple[str, ...]], sounds: Sequence[np.ndarray]) -> float:
    heard = [words.phones_heard(sound)[0] for sound in sounds]
    return round(words.phone_error_rate(asked, heard), 3)


def periodicity_table(held: Sequence[Sentence], renderers: Mapping[str, Way]) -> list[Row]:
    """How alike neighbouring periods are in five bands: too alike buzzes, too unlike hisses.

    -1..1, mean of voiced frames. Correlation of two periods with the two that follow, best of lags within 3 % of the
    period; nature in the first row.
    """
    rows: list[Row] = []
    known: dict[str, Way] = {"recording": lambda s: s.sound, **renderers}
    for name, way in known.items():
        found = np.mean([_periodicity(way(s), s.f0_hz) for s in held], axis=0)
        labels = (f"{low:.0f}-{high:.0f} Hz" for low, high in PERIOD_BANDS_HZ)
        rows.append({"renderer": name} | {k: round(float(v), 3) for k, v in zip(labels, found, strict=True)})
    return rows


def _periodicity(sound: np.ndarray, f0_hz: np.ndarray) -> list[float]:
    found = []
    for band in PERIOD_BANDS_HZ:
        wave = sosfiltfilt(butter(4, band, "bandpass", fs=RATE_HZ, output="sos"), sound)
        likes = []
        for frame in range(6, len(f0_hz) - 6, 3):
            if (f0_hz[frame - 6 : frame + 7] > 0).all():
                period = RATE_HZ / f0_hz[frame]
                first = frame * HOP - int(2 * period)
                piece = wave[first : first + int(4 * period)]
                lags = range(int(0.97 * period), int(1.03 * period) + 2)
                later = [wave[first + lag : first + lag + len(piece)] for lag in lags]
                if first >= 0 and len(later[-1]) == len(piece):
                    likes.append(max(_alike(piece, other) for other in later))
        found.append(float(np.mean(likes)) if likes else 0.0)
    return found


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.sqrt((one @ one) * (other @ other) + 1e-18))


def pitch_table(held: Sequence[Sentence], renderers: Mapping[str, Way]) -> list[Row]:
    """How far notes and slides from 80 to 880 Hz are from what was asked, cents: half of them and the worst.

    The loudest voiced frame of each sentence, held for 1.5 s. heard: median of a pitch tracker (Harvest, StoneMask);
    lost: notes where it found no pitch or another octave. fundamental: the drift of the fundamental's own phase.
    """
    rows: list[Row] = []
    for name, way in renderers.items():
        if way is world_own:
            continue
        heard, drift = [], []
        for sentence in _notes(held):
            sound = way(sentence).astype(np.float64)
            heard.append(_heard_cents(sound, sentence.f0_hz))
            drift.append(_drift_cents(sound, sentence.f0_hz))
        clear = [cents for cents in heard if cents < 600.0]
        rows.append(
            {
                "renderer": name,
                "heard: half": round(float(np.median(clear)), 2),
                "heard: worst": round(max(clear), 2),
                "lost": f"{len(heard) - len(clear)} of {len(heard)}",
                "fund.: half": round(float(np.median(drift)), 2),
                "fund.: worst": round(max(drift), 2),
            }
        )
    return rows


def _notes(held: Sequence[Sentence]) -> Iterator[Sentence]:
    """The loudest voiced frame of each sentence, held at nine pitches and sliding from each to the next."""
    heights = np.geomspace(80.0, 880.0, 9)
    for sentence in held:
        voiced = np.flatnonzero(sentence.f0_hz > 0)
        row = np.full(300, voiced[int(sentence.cepstra[voiced, 0].argmax())])
        silence = np.zeros(299 * HOP, np.float32)
        slides = [np.geomspace(low, high, 300) for low, high in pairwise(heights)]
        for f0 in (*(np.full(300, height) for height in heights), *slides):
            yield Sentence(sentence.clip, silence, sentence.cepstra[row], sentence.air_db[row], f0)


def _heard_cents(sound: np.ndarray, f0_hz: np.ndarray) -> float:
    """Distance of the heard pitch from the one asked for, its median over the middle; infinite where none is heard."""
    import pyworld

    heard, when = pyworld.harvest(sound, RATE_HZ, 60.0, 1_100.0, 1000 * fullband.FRAME_S)
    heard = pyworld.stonemask(sound, heard, when, RATE_HZ)[30:270]
    asked = f0_hz[30:270]
    clear = heard > 0
    if clear.mean() < 0.5:
        return float("inf")
    return abs(1200 * float(np.median(np.log2(heard[clear] / asked[clear]))))


def _drift_cents(sound: np.ndarray, f0_hz: np.ndarray) -> float:
    """How fast the phase of the fundamental leaves the one asked for, as cents."""
    each = np.interp(np.arange(len(sound)) / HOP, np.arange(len(f0_hz)), f0_hz)
    still = sound * np.exp(-2j * np.pi * np.cumsum(each) / RATE_HZ)
    pieces = np.lib.stride_tricks.sliding_window_view(still, 2_400)[30 * HOP : -30 * HOP : HOP]
    phase = np.unwrap(np.angle(pieces @ np.hanning(2_400)))
    off_hz = np.polyfit(np.arange(len(phase)) * fullband.FRAME_S, phase, 1)[0] / (2 * np.pi)
    return abs(1200 * float(np.log2(1 + off_hz / f0_hz.mean())))


def main() -> None:
    """Print the tables asked for."""
    import argparse

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="recordings with metadata.csv")
    parser.add_argument("features", type=Path, help="folder of ID.npz")
    parser.add_argument("--network", type=Path)
    parser.add_argument("--clips", type=int, default=30)
    parser.add_argument("--words", action="store_true", help="phone error rates too (English)")
    parser.add_argument("--pitch", action="store_true", help="pitch from 80 to 880 Hz too")
    parser.add_argument("--periodicity", action="store_true", help="how alike periods are too")
    given = parser.parse_args()
    network = Network(given.network.read_bytes(), str(given.network)) if given.network else None
    held, renderers = sentences(given.folder, given.features, given.clips), ways(network)
    tables = [distance_table(held, renderers)]
    if given.periodicity:
        tables.append(periodicity_table(held[:10], renderers))
    if given.pitch:
        tables.append(pitch_table(held[:4], renderers))
    if given.words:
        from songwright.io.shelf import HouseShelf
        from songwright.text.speech import Pronouncer

        shelf = HouseShelf()
        speaker = Pronouncer(shelf.lexicon("en"), shelf.letters("en"))
        tables.append(
            words_table(
                held,
                renderers,
                lambda text: tuple(p for w in speaker.words(text) for y in w.syllables for p in y.phones),
            )
        )
    for table in tables:
        _print(table)


def _print(table: Sequence[Row]) -> None:
    import sys

    names = list(table[-1])
    for row in [dict(zip(names, names, strict=True)), *table]:
        first, *rest = (str(row.get(name, "")) for name in names)
        sys.stdout.write(f"{first:24}" + "".join(f"{cell:>15}" for cell in rest) + "\n")
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
