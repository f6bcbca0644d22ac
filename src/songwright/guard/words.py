"""Can one hear the words? A phone recogniser listens and its answer is compared with what was to be sung.

The recogniser decodes phones freely (a loop over all phones with a phone bigram model, no dictionary, no word
grammar), so it cannot guess a word from its context. Acoustic model: PocketSphinx en-us, trained on
speech; of sung vowels it is a strict judge, and above 400 Hz of fundamental it loses them much as people do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from songwright.values.seed import Seed

LISTEN_RATE_HZ = 16_000

BROAD_CLASS = {
    "B": "P", "D": "T", "G": "K", "V": "F", "Z": "S", "DH": "TH", "ZH": "SH", "JH": "CH", "NG": "N",
    "IH": "IY", "EH": "AE", "EY": "AE", "AO": "AA", "AH": "AA", "UH": "UW", "OW": "UW", "ER": "R",
}  # fmt: skip
"""Phones that singing makes alike: voicing of consonants, neighbouring vowels."""


def phones_heard(
    sound: np.ndarray, rate_hz: int = 48_000, spans_s: Sequence[tuple[float, float]] | None = None
) -> tuple[tuple[str, ...], ...]:
    """The phones a strict listener writes down, span by span.

    sound: mono, float, (frames,). spans_s: (start, end) seconds of each line; None = all of it as one span.
    Returns ARPAbet without stress and without silences, one tuple a span. Needs about 0.1 of real time.
    """
    import soxr

    mono = np.asarray(sound, dtype=np.float32)
    if mono.ndim != 1:
        raise ValueError("phones_heard listens to one channel, (frames,)")
    decoder = _decoder()
    heard = []
    for start_s, end_s in spans_s if spans_s is not None else ((0.0, len(mono) / rate_hz),):
        piece = mono[max(0, int(start_s * rate_hz)) : max(0, int(end_s * rate_hz))]
        if len(piece) < rate_hz // 10 or not np.any(piece):
            heard.append(())
            continue
        heard.append(_decode(decoder, soxr.resample(piece, rate_hz, LISTEN_RATE_HZ)))
    return tuple(heard)


def _decoder() -> Any:
    """A free phone decoder."""
    from pocketsphinx import Decoder, get_model_path

    return Decoder(
        hmm=get_model_path("en-us/en-us"),
        allphone=get_model_path("en-us/en-us-phone.lm.bin"),
        lw=2.0,
        beam=1e-20,
        pbeam=1e-20,
        loglevel="FATAL",
    )


def _decode(decoder: Any, sound: np.ndarray) -> tuple[str, ...]:
    """Phones of one utterance at 16 kHz; it is brought to a common level and framed by a little silence."""
    level = np.sqrt(np.mean(sound.astype(np.float64) ** 2)) + 1e-9
    loud = np.clip(sound * (0.06 / level), -0.99, 0.99)
    rest = np.zeros(LISTEN_RATE_HZ // 8)
    # a faint even floor: the recogniser's features are logarithms and digital silence would drown its mean
    floor = Seed(1).child("listener").luck().noise(len(loud) + 2 * len(rest))
    pcm = (np.concatenate([rest, loud, rest]) + 1e-4 * floor) * 32767.0
    decoder.start_utt()
    decoder.process_raw(pcm.astype("<i2").tobytes(), no_search=False, full_utt=True)
    decoder.end_utt()
    segments = decoder.seg()
    return tuple(s.word for s in segments or () if s.word.isalpha() and s.word != "SIL")


def edit_distance(asked: Sequence[str], heard: Sequence[str]) -> int:
    """How many phones were swapped, lost or added: the Levenshtein distance."""
    row = list(range(len(heard) + 1))
    for i, want in enumerate(asked, start=1):
        previous, row[0] = row[0], i
        for j, got in enumerate(heard, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (want != got))
    return row[-1]


def broad(phones: Iterable[str]) -> tuple[str, ...]:
    """Phones in broad classes, repeats once: what is left when voicing and vowel shades are forgiven."""
    classes: list[str] = []
    for phone in phones:
        name = BROAD_CLASS.get(phone, phone)
        if not classes or classes[-1] != name:
            classes.append(name)
    return tuple(classes)


def phone_error_rate(
    asked: Sequence[Sequence[str]], heard: Sequence[Sequence[str]], in_classes: bool = False
) -> float:
    """Errors per phone asked for, over all lines together: 0 = every phone heard, may exceed 1.

    asked, heard: phones of each line, same number of lines. in_classes: compare broad classes instead.
    """
    errors = total = 0
    for want, got in zip(asked, heard, strict=True):
        if in_classes:
            want, got = broad(want), broad(got)
        errors += edit_distance(tuple(want), tuple(got))
        total += len(want)
    return errors / total if total else 0.0


def word_clarity(
    sound: np.ndarray,
    asked: Sequence[Sequence[str]],
    spans_s: Sequence[tuple[float, float]],
    rate_hz: int = 48_000,
) -> tuple[float, float]:
    """Phone error rate and broad-class error rate of sung lines.

    sound: mono (frames,). asked: the phones of each line. spans_s: where each line is sung.
    Returns (rate, broad rate).
    """
    heard = phones_heard(sound, rate_hz, spans_s)
    return phone_error_rate(asked, heard), phone_error_rate(asked, heard, in_classes=True)
