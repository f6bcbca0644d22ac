"""How close the network comes to held-out speech, beside what a voice made of mean phones would do.

Distances are in dB over the 128 bands of an envelope; the variance ratio is that of each cepstral dimension within a
sentence, made against recorded (global variance, Toda & Tokuda 2007): 1 = as lively as the speaker, 0 = a blur.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from songwright.singer import conditioning, fullband
from songwright.train.voice.corpus import TEST, TRAIN, Corpus
from songwright.train.voice.excerpts import AS_SPOKEN, Batch, Excerpts
from songwright.values.seed import Seed

DB = 10.0 / np.log(10.0)
PARTS = 3
"""A mean phone is the mean of its first, middle and last third."""


def speak(run: object, batch: Batch, speakers: int, seed: Seed) -> dict[str, np.ndarray]:
    """What an exported network (`runtime.session.Network`) makes of one clip: cepstra, bap, voicing."""
    count = batch.phones.shape[1]
    luck = seed.child("noise").luck()
    noise = luck.noise(count * conditioning.NOISE * 4).reshape(4, count, -1).sum(axis=0) * np.sqrt(0.75)
    return run.run(  # type: ignore[attr-defined]
        {
            "phones": batch.phones[0],
            "numbers": batch.numbers[0],
            "speaker": np.eye(speakers, dtype=np.float32)[batch.speaker[0]],
            "noise": noise.astype(np.float32),
        }
    )


def mean_phones(corpus: Corpus, speaker: int) -> np.ndarray:
    """Mean cepstra of every phone of a speaker, (symbols, PARTS, 64): the baseline a network has to beat."""
    total = np.zeros((len(corpus.symbols), PARTS, fullband.DIMENSIONS))
    count = np.zeros((len(corpus.symbols), PARTS, 1))
    for clip in corpus.clips(TRAIN):
        if corpus.speaker[clip] == speaker:
            code, part = _places(corpus, clip)
            rows = slice(corpus.frame_start[clip], corpus.frame_start[clip + 1])
            np.add.at(total, (code, part), corpus.cepstra[rows].astype(float))
            np.add.at(count, (code, part), 1.0)
    everything = total.sum(axis=(0, 1)) / count.sum()
    return np.where(count > 0, total / np.maximum(count, 1), everything)


def _places(corpus: Corpus, clip: int) -> tuple[np.ndarray, np.ndarray]:
    """Phone and third of every frame of a clip."""
    rows = slice(corpus.phone_start[clip], corpus.phone_start[clip + 1])
    frames = int(corpus.frame_start[clip + 1] - corpus.frame_start[clip])
    times = (np.arange(frames) + 0.5) * fullband.FRAME_S
    onset, offset = corpus.onset_s[rows].astype(float), corpus.offset_s[rows].astype(float)
    here = np.clip(np.searchsorted(onset, times, side="right") - 1, 0, len(onset) - 1)
    part = np.clip(PARTS * (times - onset[here]) / np.maximum(offset[here] - onset[here], 1e-3), 0, PARTS - 1)
    return corpus.phone[rows][here].astype(int), part.astype(int)


def held_out(
    run: object, corpus: Corpus, split: int = TEST, clips_each: int = 40, speakers: int | None = None
) -> dict[str, dict[str, float]]:
    """Figures for each speaker on sentences never learned from.

    envelope_db, mean_phone_db: mean absolute distance of sounding frames, network and baseline. variance,
    mean_phone_variance: median over dimensions 1..40 of the variance ratio. voicing: share of frames right. air_db.
    """
    figures: dict[str, dict[str, float]] = {}
    excerpts = Excerpts(corpus, split, Seed(0), AS_SPOKEN)
    for number, name in enumerate(corpus.speakers):
        clips = [clip for clip in corpus.clips(split) if corpus.speaker[clip] == number][:clips_each]
        if not clips:
            continue
        table = mean_phones(corpus, number)
        inside = fullband.band_hz() <= corpus.top_hz[number]
        rows: list[dict[str, float]] = []
        for clip in clips:
            batch = excerpts.whole(clip)
            made = speak(run, batch, speakers or len(corpus.speakers), Seed(int(clip)))
            code, part = _places(corpus, clip)
            frames = batch.phones.shape[1]
            plain = table[code, part][:frames]
            rows.append(_compare(batch, made, plain, inside))
        figures[str(name)] = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
        figures[str(name)]["clips"] = len(clips)
    return figures


def _compare(
    batch: Batch, made: Mapping[str, np.ndarray], plain: np.ndarray, inside: np.ndarray
) -> dict[str, float]:
    sounds = batch.phones[0, :, 1] != 0
    real = batch.cepstra[0][sounds]
    wanted = fullband.envelope_of(real)[:, inside]

    def apart(cepstra: np.ndarray) -> float:
        return float(DB * np.abs(fullband.envelope_of(cepstra[sounds])[:, inside] - wanted).mean())

    def lively(cepstra: np.ndarray) -> float:
        return float(np.median((cepstra[sounds].var(axis=0) / real.var(axis=0))[1:41]))

    voiced = batch.voiced[0] > 0.5
    return {
        "envelope_db": apart(made["cepstra"]),
        "mean_phone_db": apart(plain),
        "variance": lively(made["cepstra"]),
        "mean_phone_variance": lively(plain),
        "voicing": float(((made["voicing"] > 0.5) == voiced).mean()),
        "air_db": float(np.abs(made["bap"] - batch.air_db[0])[voiced].mean()),
    }


def sound_of(cepstra: np.ndarray, air_db: np.ndarray, f0_hz: np.ndarray) -> np.ndarray:
    """WORLD's synthesis of frames, (samples,) at 48 kHz; f0_hz 0 = unvoiced."""
    import pyworld

    bins = 1025
    return pyworld.synthesize(
        np.ascontiguousarray(f0_hz, np.float64),
        np.ascontiguousarray(fullband.power_of(cepstra, bins)),
        np.ascontiguousarray(fullband.aperiodicity_of(air_db, bins)),
        fullband.RATE_HZ,
        1000 * fullband.FRAME_S,
    )


def words(
    run: object, corpus: Corpus, speaker: str, clips: Sequence[int], speakers: int | None = None
) -> dict[str, float]:
    """Phone error rate (free decode, `guard.words`) of held-out English sentences said again by the network.

    copy: analysed and put together again by WORLD. made: vocal tract, air and voicing from the network, pitch and
    timing from the recording.
    """
    from songwright.guard.words import phone_error_rate, phones_heard

    excerpts = Excerpts(corpus, TEST, Seed(0), AS_SPOKEN)
    number = [str(name) for name in corpus.speakers].index(speaker)
    asked, heard = [], {"copy": [], "made": []}
    for clip in clips:
        if corpus.speaker[clip] != number:
            continue
        batch = excerpts.whole(clip)
        rows = slice(corpus.phone_start[clip], corpus.phone_start[clip + 1])
        said = [str(corpus.symbols[code]) for code in corpus.phone[rows]]
        asked.append(["AH" if symbol == "AX" else symbol for symbol in said if symbol != "PAU"])
        frames = batch.phones.shape[1]
        natural = corpus.f0_hz[corpus.frame_start[clip] : corpus.frame_start[clip] + frames]
        running = 220.0 * 2.0 ** batch.numbers[0][:, conditioning.NUMBERS.index("pitch")]
        made = speak(run, batch, speakers or len(corpus.speakers), Seed(int(clip)))
        sung = np.where(made["voicing"] > 0.5, running, 0.0)
        for name, sound in (
            ("copy", sound_of(batch.cepstra[0], batch.air_db[0], natural)),
            ("made", sound_of(made["cepstra"], made["bap"], sung)),
        ):
            heard[name].append(phones_heard(sound)[0])
    return {name: phone_error_rate(asked, found) for name, found in heard.items()} | {"lines": len(asked)}
