"""The singers on their places: every part sung phrase by phrase and laid into its stem."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from songwright.errors import ShelfError
from songwright.runtime.session import Network
from songwright.singer.alignment import BankMouth
from songwright.singer.bank import Bank
from songwright.singer.breath import breathe
from songwright.singer.characters import colour
from songwright.singer.network import NetworkMouth
from songwright.singer.render import Singer, prepare, render
from songwright.singer.track import Mouth
from songwright.singer.vocoder import Vocoder
from songwright.values.audio import RATE_HZ, Audio, Stems
from songwright.values.context import Context, Progress
from songwright.values.performance import Performance, SungPart, SungPhrase
from songwright.values.seed import Seed
from songwright.values.shelf import Voice

STEMS = ("lead", "backing")
DOUBLE_CENTS = 5.0
DOUBLE_FORMANT = 0.02
BREATH_GAP_S = 0.03


@dataclass(frozen=True, eq=False)
class _Job:
    """One phrase of one part."""

    part: SungPart
    singer: Singer
    phrase: SungPhrase
    seed: Seed


def sing(performance: Performance, ctx: Context) -> Stems:
    """Sing every part of a performance: the stems "lead" and "backing", dry, each voice on its place.

    Stems are stereo float32 at 48 kHz, round(duration_s * 48000) frames. A phone the bank does not know is sung as
    its nearest neighbour. Tells Progress("sing", phrases done, phrases) and lets Cancelled through.
    The sound does not depend on ctx.workers.
    """
    frames = round(performance.duration_s * RATE_HZ)
    mouths = _Mouths(ctx)
    names = [*STEMS, *sorted({part.stem for part in performance.sung} - set(STEMS))]
    floors = {name: ctx.tape.blank(2, frames) for name in names}
    jobs = [job for part in performance.sung for job in _jobs(part, mouths, ctx)]
    ctx.tell(Progress("sing", 0, len(jobs), mouths.note))
    pool = ThreadPoolExecutor(max(1, ctx.workers))
    try:
        for done, (job, pieces) in enumerate(_sung(pool, jobs), start=1):
            for start_s, sound in pieces:
                _lay(floors[job.part.stem], start_s, sound, job.part)
            ctx.tape.put_by(floors[job.part.stem])
            ctx.tell(Progress("sing", done, len(jobs), job.phrase.id))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return Stems(tuple(names), tuple(Audio(floors[name], RATE_HZ) for name in names))


class _Mouths:
    """The mouths of a song, each made ready once. note: says so where a bank must stand in for a network."""

    def __init__(self, ctx: Context) -> None:
        self._shelf = ctx.shelf
        self._networks: dict[str, Network] = {}
        self._mouths: dict[str, Mouth] = {}
        self.note = ""

    def __getitem__(self, voice_id: str) -> Mouth:
        if voice_id not in self._mouths:
            self._mouths[voice_id] = self._ready(self._shelf.voice(voice_id))
        return self._mouths[voice_id]

    def _ready(self, voice: Voice) -> Mouth:
        card = voice.card
        if not card.network:
            return BankMouth(Bank(voice))
        try:
            vocoder = Vocoder(self._network(card.vocoder)) if card.vocoder else None
            return NetworkMouth(card, self._network(card.network), vocoder)
        except ShelfError as problem:
            if not card.bank:
                raise
            self.note = f"{card.name} is sung by the bank {card.bank}: {problem}"
            return BankMouth(Bank(voice))

    def _network(self, name: str) -> Network:
        if name not in self._networks:
            self._networks[name] = Network(self._shelf.network(name), name)
        return self._networks[name]


def _jobs(part: SungPart, mouths: _Mouths, ctx: Context) -> Iterator[_Job]:
    """The phrases of a part. A backing voice is a slightly other person each time: head size and tuning."""
    mouth = mouths[part.voice]
    seed = ctx.seed.child(part.id)
    scale, cents = part.formant_scale, 0.0
    if part.role != "lead":
        luck = seed.child("person").luck()
        scale *= 1 + DOUBLE_FORMANT * luck.uniform(-1, 1)
        cents = DOUBLE_CENTS * luck.uniform(-1, 1)
    singer = prepare(mouth, colour(mouth.card.character, part.character, formant_scale=scale))
    for phrase in part.phrases:
        if phrase.phones and len(phrase.f0_hz):
            tuned = replace(phrase, f0_hz=phrase.f0_hz * 2 ** (cents / 1200))
            yield _Job(part, singer, tuned, seed.child(phrase.id))


def _sung(
    pool: ThreadPoolExecutor, jobs: list[_Job]
) -> Iterator[tuple[_Job, list[tuple[float, np.ndarray]]]]:
    """Jobs with their sound, in order, whichever thread was first."""
    return zip(jobs, pool.map(_one, jobs), strict=True)


def _one(job: _Job) -> list[tuple[float, np.ndarray]]:
    """The sounds of one phrase, each with its start in seconds: the breath, then the words."""
    pieces = [render(job.singer, job.phrase, job.seed)]
    if job.phrase.breath_s > 0:
        air = breathe(job.phrase.breath_s, job.seed.child("breath"))
        first = min(phone.onset_s for phone in job.phrase.phones)
        pieces.append((first - BREATH_GAP_S - len(air) / RATE_HZ, air))
    return pieces


def _lay(floor: np.ndarray, start_s: float, sound: np.ndarray, part: SungPart) -> None:
    """Add a sound to a stem where it belongs, panned with equal power; what falls outside is cut."""
    angle = (min(1.0, max(-1.0, part.pan)) + 1) * np.pi / 4
    gain = 10 ** (part.gain_db / 20)
    start = round(start_s * RATE_HZ)
    begin, end = max(0, start), min(floor.shape[1], start + len(sound))
    if begin < end:
        piece = sound[begin - start : end - start]
        floor[0, begin:end] += np.float32(gain * np.cos(angle)) * piece
        floor[1, begin:end] += np.float32(gain * np.sin(angle)) * piece
