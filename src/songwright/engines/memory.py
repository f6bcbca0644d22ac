"""Take a song folder back from the disk, as the take it was."""

from __future__ import annotations

import json
from pathlib import Path

from songwright import performer
from songwright.dsp import loudness
from songwright.engines.studio import context
from songwright.errors import ShelfError, why
from songwright.io.sound import read_audio
from songwright.io.tunes import whole_score
from songwright.values.audio import RATE_HZ, Audio, Master, Stems
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.originality import Originality
from songwright.values.plan import SongPlan
from songwright.values.take import EngineCard, Ingredient, Take
from songwright.values.wire import from_plain

UNKNOWN = EngineCard("unknown", "unknown", "A sound from elsewhere.", "unknown", "unknown", False, (), 0.0)


def load(target: Path, ctx: Context, rate_hz: int | None = RATE_HZ) -> Take:
    """A take from a song folder, or from one sound file (then it has no insides).

    rate_hz: of a sound file, None = its own; songs in folders are at 48 kHz.
    The performance is played again from score, plan and seed, which give the same one. Raises ShelfError where
    something is missing or damaged.
    """
    if target.is_dir():
        return _load_folder(target, ctx)
    return Take(SongBrief(), UNKNOWN, measured(read_audio(target, rate_hz)))


def measured(audio: Audio) -> Master:
    """Sound with its loudness figures."""
    samples, rate_hz = audio.samples, audio.rate_hz
    return Master(
        audio,
        loudness.integrated_lufs(samples, rate_hz),
        loudness.true_peak_dbtp(samples),
        loudness.loudness_range_lu(samples, rate_hz),
    )


def load_stems(folder: Path) -> Stems:
    """All stems of a song folder (or of a plain folder of sounds), in order of name."""
    inside = folder / "stems" if (folder / "stems").is_dir() else folder
    files = sorted(
        p for p in inside.iterdir() if p.suffix.lower() in (".flac", ".wav") and p.name != "song.wav"
    )
    if not files:
        raise ShelfError(str(folder), "holds no stems (.flac or .wav)")
    sounds = [_stereo(read_audio(path)) for path in files]
    if len({sound.frames for sound in sounds}) > 1:
        raise ShelfError(str(folder), "its stems differ in length; they must be of one song")
    return Stems(tuple(path.stem for path in files), tuple(sounds))


def _stereo(audio: Audio) -> Audio:
    if audio.channels == 2:
        return audio
    return Audio(audio.samples[[0, 0]] if audio.channels == 1 else audio.samples[:2], audio.rate_hz)


def _load_folder(folder: Path, ctx: Context) -> Take:
    document = _document(folder / "take.json")
    master = measured(read_audio(folder / "song.wav"))
    stems = load_stems(folder) if (folder / "stems").is_dir() else None
    plan, score, performance = None, None, None
    try:
        brief = from_plain(SongBrief, document["brief"])
        card = from_plain(EngineCard, document["engine"])
        ingredients = from_plain(tuple[Ingredient, ...], document["ingredients"])
        if document.get("plan") and document.get("score"):
            plan = from_plain(SongPlan, document["plan"])
            score = whole_score(document["score"])
        compared = document.get("originality")
        originality = from_plain(Originality, compared) if compared else None
    except (KeyError, ValueError) as problem:
        raise ShelfError(str(folder / "take.json"), f"does not fit ({why(problem)})") from None
    if plan and score:
        try:
            performance = performer.perform(score, plan, context(plan.seed, ctx).child("performer"))
        except (ArithmeticError, LookupError, TypeError, ValueError) as problem:
            raise ShelfError(str(folder / "take.json"), f"cannot be performed ({problem})") from problem
    timings = document.get("timings_s", {})
    return Take(brief, card, master, plan, score, performance, stems, ingredients, timings, originality)


def _document(path: Path) -> dict:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ShelfError(str(path.parent), "is no song folder (there is no take.json in it)") from None
    except (OSError, ValueError, RecursionError) as problem:
        raise ShelfError(str(path), f"cannot be read ({why(problem)})") from None
    if not isinstance(document, dict):
        raise ShelfError(str(path), "is no table of fields")
    return document
