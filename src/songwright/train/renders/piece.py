"""One rendered piece: the studio makes a part of a song, as two stems with labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import soxr

from songwright import desk, performer, producer
from songwright.dsp import loudness
from songwright.dsp.units import db_to_amplitude
from songwright.engines import studio
from songwright.engines.ingredients import ingredients
from songwright.errors import ShelfError
from songwright.runtime.jukebox.labels import HOP, RATE_HZ, Labels, labels_of
from songwright.train.renders.verses import Verses
from songwright.train.renders.wishes import VariedShelf, Wish, cut, draw, stem_gain_db, voice_gain_db
from songwright.values.audio import RATE_HZ as STUDIO_HZ
from songwright.values.audio import Stems
from songwright.values.context import Context
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan
from songwright.values.seed import Seed
from songwright.values.shelf import Shelf

SUNG = frozenset(("lead", "rooms"))
"""What makes up the voice: one singer and the rooms. Backing singers stand with the band, so that phones and pitch
are those of all that sounds in the voice."""
_ATTEMPTS = 12
_FULL_SCALE = 0.98


@dataclass(frozen=True, eq=False)
class Piece:
    """sound: int16 (frames, 2) at 32 kHz, whole label frames: the lead with its rooms, the band with backing singers.

    about: what a model is told of all of it, as JSON can hold it: genre, persona, voice, key, meter, tempo_bpm,
    language, seconds, master_gain_db (brings both together to the plan's loudness), lines (text, phones, from, to),
    sections, ingredients, unmet (why earlier wishes for this piece could not be met).
    """

    sound: np.ndarray
    labels: Labels
    about: dict[str, object]


def render(number: int, split: str, verses: Verses, words: Sequence[str], shelf: Shelf, seed: Seed,
           faithful: bool = False) -> Piece:  # fmt: skip
    """Make piece `number`. The same number, split, verses and seed give the same piece on one machine.

    faithful: see `wishes.draw`. Where the studio cannot meet a wish (too many words for a tempo) another is drawn, and
    the reason stands in about["unmet"]. Raises ShelfError where none of them can be met.
    """
    unmet: list[str] = []
    for attempt in range(_ATTEMPTS):
        wish = draw(number, attempt, split, verses, words, shelf, seed, faithful)
        try:
            piece = _made(number, wish, shelf)
        except Exception as problem:  # one piece in ten thousand must not end a night's work; it is told
            unmet.append(f"{type(problem).__name__}: {problem}"[:200])
        else:
            piece.about["unmet"] = unmet
            return piece
    raise ShelfError(f"piece {number}", f"cannot be made ({unmet[-1]})")


def _made(number: int, wish: Wish, shelf: Shelf) -> Piece:
    ctx = Context(Seed(wish.brief.seed or 0), VariedShelf(shelf, wish), workers=1)
    plan = cut(producer.plan(wish.brief, ctx.child("producer")), wish.seconds, wish.seed)
    plan = producer.checked(plan, ctx.child("producer"))
    score = studio.write(plan, ctx)
    performance = performer.perform(score, plan, ctx.child("performer"))
    stems = studio.sound(performance, ctx)
    mix = desk.mix(stems, performance, plan, ctx.child("desk"))
    sound, gain_db = two_stems(mix.stems, plan.loudness_lufs, wish.seed)
    about = {
        "number": number,
        "seed": plan.seed,
        "genre": plan.genre,
        "persona": plan.persona,
        "voice": plan.voice,
        "character": dict(plan.character),
        "key": str(plan.key),
        "meter": str(plan.meter),
        "tempo_bpm": plan.tempo_map.start_bpm,
        "language": plan.language,
        "seconds": round(len(sound) / RATE_HZ, 3),
        "master_gain_db": round(gain_db, 3),
        "instruments": sorted({part.instrument for part in performance.played}),
        "lines": sung_lines(performance, plan),
        "sections": [[section.kind, section.bars] for section in plan.sections],
        "ingredients": [asdict(one) for one in ingredients(plan, performance, ctx)],
    }
    return Piece(sound, labels_of(score, performance, len(sound) // HOP), about)


def two_stems(stems: Stems, loudness_lufs: float, seed: Seed) -> tuple[np.ndarray, float]:
    """All stems of a mix as lead and band, int16 (frames, 2) at 32 kHz, and the gain to the wanted loudness (dB).

    Levels stray from the desk's by luck; no limiter works.
    """
    both = np.zeros((2, stems.sounds[0].frames), np.float32)
    for name, sound in stems.items():
        gain_db = voice_gain_db(seed) if name in SUNG else stem_gain_db(name, seed)
        both[0 if name in SUNG else 1] += sound.samples.mean(axis=0) * np.float32(db_to_amplitude(gain_db))
    level = loudness.integrated_lufs(np.repeat(both.sum(axis=0, keepdims=True), 2, axis=0))
    slow = np.stack([soxr.resample(side, STUDIO_HZ, RATE_HZ) for side in both])
    peak = float(np.abs(slow).max(initial=0.0))
    scale = min(1.0, _FULL_SCALE / peak) if peak > 0 else 1.0
    frames = -(-slow.shape[1] // HOP) * HOP
    out = np.zeros((frames, 2), np.int16)
    out[: slow.shape[1]] = np.round(slow.T * (32767.0 * scale)).astype(np.int16)
    gain_db = loudness_lufs - level - 20 * float(np.log10(scale)) if level > loudness.SILENCE_LUFS else 0.0
    return out, gain_db


def sung_lines(performance: Performance, plan: SongPlan) -> list[dict[str, object]]:
    """Each line of the lead: its text, its phones, and the seconds it is sung between."""
    texts = {line.index: line.text for line in plan.lines}
    found: dict[int, list[tuple[float, float, str]]] = {}
    for part in performance.sung:
        if part.role == "lead":
            for phone in (f for phrase in part.phrases for f in phrase.phones):
                if phone.line is not None:
                    found.setdefault(phone.line, []).append((phone.onset_s, phone.offset_s, phone.symbol))
    lines = []
    for index, phones in sorted(found.items()):
        phones.sort()
        lines.append(
            {
                "text": texts.get(index, ""),
                "phones": " ".join(symbol for _, _, symbol in phones),
                "from": round(phones[0][0], 3),
                "to": round(phones[-1][1], 3),
            }
        )
    return lines
