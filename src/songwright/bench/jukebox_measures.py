"""What is heard in sound that was made again: words, pitch, chords, genre, persona, seams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from songwright.bench.jukebox_excerpts import Excerpt, Made
from songwright.bench.kernel_distance import plain_features, understood_features
from songwright.bench.seams import BOUND, seam_z
from songwright.guard.pitch import FRAME_S as PITCH_FRAME_S
from songwright.guard.pitch import sung_f0
from songwright.guard.words import phone_error_rate, phones_heard
from songwright.runtime.codec import LATENT_HZ, RATE_HZ, STRIDE
from songwright.runtime.jukebox.labels import FRAME_S
from songwright.train.judge.hearing import heard
from songwright.train.judge.listener import Listener
from songwright.train.judge.targets import UNASKED, symbols_in, targets_of

NEAR_CENTS = 50.0
_SHORTEST_S = 0.3
Phones = tuple[str, ...]
Span = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Findings:
    """What was heard in one excerpt made again.

    asked: phones of each line; judged, freely: as the judge and as a free decoder heard them (freely only of English:
    `english`). pitch, pitch_judged, chord: True where right, of frames that are sung (by WORLD within 50 cents, by the
    judge within a semitone), of frames with a plain chord. named: genre, persona -> whether the judge named it. seams:
    z of the flux at each. outside: whether all samples that should stay did. judge_features, plain: rows for kernel
    distances.
    """

    asked: tuple[Phones, ...]
    judged: tuple[Phones, ...]
    freely: tuple[Phones, ...]
    english: bool
    pitch: np.ndarray
    pitch_judged: np.ndarray
    chord: np.ndarray
    named: Mapping[str, bool]
    seams: tuple[float, ...]
    outside: bool
    judge_features: np.ndarray
    plain: np.ndarray


def found_in(excerpt: Excerpt, made: Made, judge: Listener | None) -> Findings:
    """Everything about the frames that were made."""
    begin, end = made.span
    sound = made.sound[:, : excerpt.frames * STRIDE]
    spans = sung_spans(excerpt, made.span)
    asked = tuple(asked_phones(excerpt, span) for span in spans)
    mix = heard(sound.sum(axis=0))
    english = str(excerpt.about["language"]).startswith("en")
    judged: tuple[Phones, ...] = ()
    wanted = {name: values[begin:end] for name, values in targets_of(excerpt.labels).items()}
    chord, note, named, features = np.zeros(0, bool), np.zeros(0, bool), {}, np.zeros((0, 1))
    if judge is not None:
        voice, band, both = judge.listen(sound[0]), judge.listen(sound[1]), judge.answer(mix)
        judged = tuple(voice.phones(*span) for span in spans)
        chord = right_chords(band.chord[begin:end], wanted["chord"])[wanted["chord"] != UNASKED]
        note = near_notes(voice.pitch[begin:end], wanted["pitch"])
        answers = {"genre": both.named("genre"), "persona": both.named("persona", voice)}
        named = {name: answer == excerpt.about[name] for name, answer in answers.items()}
        features = understood_features(both.understood[begin:end])
    outside = np.ones(sound.shape[1], bool)
    outside[begin * STRIDE : end * STRIDE] = False
    total = sound.sum(axis=0)
    return Findings(
        asked, judged, phones_heard(sound[0], RATE_HZ, spans) if english else (), english,
        right_pitch(sound[0], excerpt, made.span), note, chord, named,
        tuple(seam_z(total, at) for at in made.seams),
        bool(np.array_equal(sound[:, outside], excerpt.sound[:, outside])), features, plain_features(mix[begin:end]),
    )  # fmt: skip


def sung_spans(excerpt: Excerpt, span: tuple[int, int]) -> list[Span]:
    """The parts of lines that lie in frames of a span, in seconds; scraps are left out."""
    begin_s, end_s = (frame / LATENT_HZ for frame in span)
    parts = [(max(start, begin_s), min(end, end_s)) for start, end in excerpt.lines]
    return [part for part in parts if part[1] - part[0] >= _SHORTEST_S]


def asked_phones(excerpt: Excerpt, span: Span) -> Phones:
    """The phones that should be sung between two moments."""
    first, last = (round(moment / FRAME_S) for moment in span)
    return symbols_in(excerpt.labels.phone[max(0, first) : last].astype(np.int64))


def right_pitch(voice: np.ndarray, excerpt: Excerpt, span: tuple[int, int]) -> np.ndarray:
    """For each 5 ms of a span in which something voiced is to be sung: whether its pitch is heard within 50 cents.

    Raw pitch accuracy (Poliner et al. 2007): silence counts as wrong. Heard by WORLD's DIO and StoneMask.
    """
    heard_hz = sung_f0(voice, RATE_HZ)
    begin, end = (int(frame / LATENT_HZ / PITCH_FRAME_S) for frame in span)
    times = np.arange(begin, min(end, len(heard_hz)))
    labels = np.minimum((times * PITCH_FRAME_S / FRAME_S).astype(int), len(excerpt.labels) - 1)
    wanted = np.where(excerpt.labels.voiced[labels] > 0, excerpt.labels.f0_hz[labels], 0.0).astype(np.float64)
    sung = wanted > 0
    got = heard_hz[times][sung]
    cents = 1200 * np.abs(np.log2(np.maximum(got, 1.0) / wanted[sung]))
    return (got > 0) & (cents <= NEAR_CENTS)


def near_notes(said: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """For each frame in which a note is to be sung: whether that note, or one a semitone off, is said."""
    count = min(len(said), len(wanted))
    near = np.zeros(len(wanted), bool)
    near[:count] = (said[:count] > 0) & (np.abs(said[:count] - wanted[:count]) <= 1)
    return near[wanted > 0]


def right_chords(said: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Whether each frame's chord is named rightly; frames that are missing are wrong."""
    out = np.zeros(len(wanted), bool)
    count = min(len(said), len(wanted))
    out[:count] = said[:count] == wanted[:count]
    return out


def figures_of(
    found: Sequence[Findings], plain: Sequence[Findings], faithful: Sequence[bool]
) -> dict[str, float | None]:
    """Figures of one row over all excerpts. plain: what was heard in the same spans of the renderer's own sound.

    phones, phones_freely: errors per phone; *_over: minus the renderer's. pitch, pitch_judged: shares. chords: share;
    chords_share: of the renderer's. genre, persona: share named (persona: of faithful excerpts). seam, seam_hidden:
    mean z, and share of seams under the bound. outside: share of excerpts in which nothing else changed.
    """

    def errors(rows: Sequence[Findings], freely: bool) -> float | None:
        some = (
            [row for row in rows if row.english]
            if freely
            else [row for row in rows if row.judged or not row.asked]
        )
        asked = [phones for row in some for phones in row.asked]
        got = [phones for row in some for phones in (row.freely if freely else row.judged)]
        return phone_error_rate(asked, got) if asked else None

    out: dict[str, float | None] = {}
    for name, freely in (("phones", False), ("phones_freely", True)):
        own, other = errors(found, freely), errors(plain, freely)
        out[name] = own
        out[f"{name}_over"] = None if own is None or other is None else own - other
    out["pitch"] = _share([row.pitch for row in found])
    out["pitch_judged"] = _share([row.pitch_judged for row in found])
    out["chords"] = _share([row.chord for row in found])
    of_renderer = _share([row.chord for row in plain])
    out["chords_share"] = out["chords"] / of_renderer if out["chords"] is not None and of_renderer else None
    out["genre"] = _mean([row.named["genre"] for row in found if row.named])
    out["persona"] = _mean(
        [row.named["persona"] for row, own in zip(found, faithful, strict=True) if row.named and own]
    )
    seams = [z for row in found for z in row.seams]
    out["seam"], out["seam_hidden"] = _mean(seams), _mean([z < BOUND for z in seams])
    out["outside"] = _mean([row.outside for row in found if row.seams])
    return out


def _share(parts: Sequence[np.ndarray]) -> float | None:
    return _mean(np.concatenate(parts)) if parts else None


def _mean(values: Sequence[float] | np.ndarray) -> float | None:
    return float(np.mean(values)) if len(values) else None
