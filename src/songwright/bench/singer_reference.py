"""What the recogniser makes of natural speech: the mark by which a singer's words are judged.

The same free phone decoder that listens to the singers listens to held-out sentences of the person a voice was
learned from: as recorded, taken apart and put together again by WORLD (Morise, Yokomori & Ozawa 2016), and so with
the pitch raised and the vowels' resonances kept, which shows what height alone costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from songwright import api
from songwright.errors import ShelfError
from songwright.guard.words import phone_error_rate, phones_heard
from songwright.text.language import detect
from songwright.text.speech import Pronouncer
from songwright.train.corpus import Clip, read_clip, read_corpus
from songwright.values.audio import RATE_HZ
from songwright.values.context import Progress

Row = dict[str, object]
PITCH_FACTORS = (1.0, 1.5, 2.0, 2.5)
_SENTENCES = 60
_LOWEST_F0_HZ, _HIGHEST_F0_HZ = 90.0, 400.0


def reference_rows(folder: Path, tell: Callable[[Progress], None], sentences: int = _SENTENCES) -> list[Row]:
    """Phone error rates of held-out natural sentences of a voice folder, as table rows: figure, voice, value ...

    folder: recordings with metadata.csv (see `train.corpus`); the "test" part is used, each text once. The
    recogniser knows English only: for another language one row says so. Raises ShelfError where nothing is held out.
    """
    corpus = read_corpus(folder)
    voice = folder.name
    if detect(" ".join(clip.text for clip in corpus.clips)) != "en":
        return [_row("phone error rate, natural speech", voice, None, "the recogniser knows English only")]
    clips = _once_each(corpus.part("test"))[:sentences]
    if not clips:
        raise ShelfError(str(folder), "holds no sentence that is kept for testing")
    ctx = api.context(0)
    pronouncer = Pronouncer(ctx.shelf.lexicon("en"), ctx.shelf.letters("en"))
    asked = [spoken_phones(clip.text, pronouncer) for clip in clips]
    heard: dict[str, list[tuple[str, ...]]] = {}
    for done, clip in enumerate(clips):
        tell(Progress("reference", done, len(clips), clip.id))
        sound = read_clip(clip)
        heard.setdefault("natural speech", []).append(phones_heard(sound)[0])
        for factor, copy in copies(sound, PITCH_FACTORS).items():
            heard.setdefault(_copy_name(factor), []).append(phones_heard(copy)[0])
    tell(Progress("reference", len(clips), len(clips)))
    rows = []
    for name, found in heard.items():
        broad = phone_error_rate(asked, found, in_classes=True)
        note = f"{len(clips)} held-out sentences; broad classes {broad:.3f}"
        rows.append(_row(f"phone error rate, {name}", voice, phone_error_rate(asked, found), note))
    return rows


def copies(sound: np.ndarray, factors: Sequence[float]) -> dict[float, np.ndarray]:
    """The sound taken apart once and put together with its pitch times each factor, resonances kept.

    sound: mono, 48 kHz. Returns factor -> mono sound of the same length.
    """
    import pyworld

    mono = np.ascontiguousarray(sound, dtype=np.float64)
    f0, times = pyworld.harvest(mono, RATE_HZ, f0_floor=_LOWEST_F0_HZ, f0_ceil=_HIGHEST_F0_HZ)
    f0 = pyworld.stonemask(mono, f0, times, RATE_HZ)
    envelope = pyworld.cheaptrick(mono, f0, times, RATE_HZ)
    noise = pyworld.d4c(mono, f0, times, RATE_HZ)
    made = {k: pyworld.synthesize(f0 * k, envelope, noise, RATE_HZ) for k in factors}
    return {
        k: np.resize(np.pad(copy, (0, max(0, len(mono) - len(copy)))), len(mono)) for k, copy in made.items()
    }


def spoken_phones(text: str, pronouncer: Pronouncer) -> tuple[str, ...]:
    """The phones of a line, word after word."""
    return tuple(
        phone for word in pronouncer.words(text) for syllable in word.syllables for phone in syllable.phones
    )


def _once_each(clips: Sequence[Clip]) -> list[Clip]:
    """The first reading of each text."""
    first: dict[str, Clip] = {}
    for clip in clips:
        first.setdefault(clip.text.lower(), clip)
    return list(first.values())


def _copy_name(factor: float) -> str:
    return "WORLD copy" if factor == 1.0 else f"WORLD copy, f0 x{factor:g}"


def _row(name: str, voice: str, value: float | None, note: str) -> Row:
    shown = "not measured" if value is None else f"{value:.3f}"
    return {"figure": name, "voice": voice, "value": shown, "bound": "", "verdict": "", "note": note}
