"""Held-out sentences said again by the voices learned from them: how far from the recording is each way?

Pitch and timing are those of the recording, everything else is the voice's own: its network's vocal tract sounded
plainly (WORLD's model of a voice), the same refined by the vocoder, and the diphone bank of the first release.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from songwright import api
from songwright.bench.vocoder import Sentence, log_stft, mel_distance
from songwright.errors import ShelfError
from songwright.guard.words import phone_error_rate, phones_heard
from songwright.runtime.session import Network
from songwright.singer.alignment import BankMouth
from songwright.singer.bank import Bank
from songwright.singer.glottis import HOP, Pulses, Tract, place_pulses, sound_air, sound_pulses
from songwright.singer.network import NetworkMouth
from songwright.singer.timbre import HISSES
from songwright.singer.track import Mouth, class_weight
from songwright.singer.vocoder import Vocoder, filled
from songwright.train.corpus import read_clip, read_corpus
from songwright.train.voice import features
from songwright.values.context import Context, Progress
from songwright.values.performance import SungPhone, SungPhrase
from songwright.values.seed import Luck
from songwright.values.shelf import Voice, VoiceCard

Row = dict[str, object]
SENTENCES = 20
VOCODER = "vocoder"


def held_out(folder: Path, alignment: Path, count: int) -> Iterator[tuple[Sentence, SungPhrase]]:
    """Held-out sentences with their frames, and the phrase that says the same with the same pitch and timing.

    alignment: one ID.json a clip with "phones" [[symbol, onset_s, offset_s], ...], as `songwright train align` writes.
    """
    texts: set[str] = set()
    for clip in read_corpus(folder).part("test"):
        path = alignment / f"{clip.id}.json"
        if clip.text in texts or not path.is_file() or len(texts) == count:
            continue
        texts.add(clip.text)
        heard = read_clip(clip)
        taken = features.analyse(heard, 48_000)
        length = (len(taken.f0_hz) - 1) * HOP
        sound = np.zeros(length, np.float32)
        sound[: min(length, len(heard))] = heard[:length]
        phones = json.loads(path.read_text(encoding="utf-8"))["phones"]
        said = tuple(SungPhone(s, a, b, "", 0) for s, a, b in phones if s != "PAU")
        flat = 0.0 * taken.f0_hz
        f0 = taken.f0_hz.astype(np.float64)
        phrase = SungPhrase(clip.id, 0.0, 200.0, said, filled(f0), flat, flat + 0.5, flat)
        yield Sentence(clip, sound, taken.cepstra, taken.air_db, f0), phrase
    if not texts:
        raise ShelfError(str(alignment), "holds no alignment of a held-out sentence")


def said_again(mouth: Mouth, phrase: SungPhrase, frames: int) -> np.ndarray:
    """A phrase in a mouth's plain voice, without colour or levelling, float32 (frames,) from time 0 on."""
    track = mouth.read(phrase, Luck(1))
    shapes = mouth.shapes(mouth.card.formant_scale, 3_000.0)
    body = mouth.body(track, track.cepstra, class_weight(track, HISSES))
    level, phase = shapes.shape(shapes.weights(body.astype(np.float32)))
    air = 10 ** (np.minimum(track.air_db, 0.0).astype(np.float32) @ shapes.noise / 20)
    air[~track.voiced] = 1.0
    f0 = np.interp(
        track.times_s, phrase.onset_s + np.arange(len(phrase.f0_hz)) / phrase.rate_hz, phrase.f0_hz
    )
    tract = mouth.refined(Tract(level, phase, air), track, f0, mouth.card.formant_scale)
    count = (len(track.voiced) - 1) * HOP
    at, period, _ = place_pulses(f0, track.voiced)
    noise = Luck(2).noise(count + 2 * HOP) * np.sqrt(3.0)
    sound = sound_pulses(Pulses(at, period, np.ones(len(at))), tract, count) + sound_air(noise, tract, count)
    out = np.zeros(frames, np.float32)
    start = round(track.start_s * 48_000)
    begin, end = max(0, start), min(frames, start + count)
    out[begin:end] = sound[begin - start : end - start]
    return out


def mouths(card: VoiceCard, ctx: Context) -> dict[str, Mouth]:
    """The ways a voice can speak: its bank, its network, its network through the vocoder."""
    network = Network(ctx.shelf.network(card.network), card.network)
    plain = replace(card, formant_scale=1.0)
    bank = Bank(Voice(plain, ctx.shelf.voice(card.id).arrays))
    found: dict[str, Mouth] = {"diphone bank": BankMouth(bank), "network": NetworkMouth(plain, network)}
    try:
        vocoder = Vocoder(Network(ctx.shelf.network(VOCODER), VOCODER))
        found["network, vocoder"] = NetworkMouth(plain, network, vocoder)
    except ShelfError:
        pass
    return found


def copy_rows(folder: Path, alignment: Path, card: VoiceCard, tell: Callable[[Progress], None]) -> list[Row]:
    """Distances to the recordings and phones misheard, for each way a voice can say the same sentences."""
    ctx = api.context(0)
    ways = mouths(card, ctx)
    marks: dict[str, list[tuple[float, float, float]]] = {}
    heard: dict[str, list[tuple[str, ...]]] = {}
    asked: list[tuple[str, ...]] = []
    for done, (sentence, phrase) in enumerate(held_out(folder, alignment, SENTENCES)):
        tell(Progress("copies", done, SENTENCES, sentence.clip.id))
        asked.append(tuple(phone.symbol for phone in phrase.phones))
        heard.setdefault("recording", []).append(phones_heard(sentence.sound)[0])
        for name, mouth in ways.items():
            made = said_again(mouth, phrase, len(sentence.sound))
            made *= np.sqrt(np.mean(sentence.sound**2) / max(float(np.mean(made**2)), 1e-12))
            marks.setdefault(name, []).append(
                (*log_stft(sentence.sound, made), mel_distance(sentence.sound, made))
            )
            heard.setdefault(name, []).append(phones_heard(made)[0])
    rows: list[Row] = []
    for name, found in heard.items():
        values = np.mean(marks[name], axis=0) if name in marks else (None, None, None)
        row: Row = {"voice": card.id, "said by": name}
        for title, value in zip(("log STFT", "convergence", "mel"), values, strict=True):
            row[title] = "" if value is None else f"{value:.3f}"
        rows.append(
            row | {"phone error rate": f"{phone_error_rate(asked, found):.3f}", "sentences": len(asked)}
        )
    return rows
