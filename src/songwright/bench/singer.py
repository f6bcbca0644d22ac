"""The bench of the singer: words, pitch, vibrato, joins, speed and size of every voice, as one table.

    songwright bench singer [--voice ID ...] [--songs FOLDER] [--data FOLDER [--alignment FOLDER] [--pictures FOLDER]]

songs: MusicXML with lyrics, for the pitch of held notes; without it the tunes of the bench serve. data: recordings a
voice was learned from, for the natural reference; with their phones also copy-synthesis of held-out sentences, or,
with a folder for pictures, spectrograms of one line in all ways it can be made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np

from songwright import api, performer, producer, singer
from songwright.bench import sung_lines, sung_measures
from songwright.engines.sung_words import with_phones
from songwright.errors import BriefError, SongwrightError
from songwright.guard import pitch, words
from songwright.guard.craft import line_spans
from songwright.io.musicxml_read import read_musicxml
from songwright.text.speech import Pronouncer
from songwright.text.tongues import Tongues
from songwright.values.brief import SongBrief
from songwright.values.context import Context, Progress
from songwright.values.performance import Performance
from songwright.values.score import Part, Score
from songwright.values.seed import Seed
from songwright.values.shelf import Shelf, Voice, VoiceCard

Row = dict[str, object]
_SEED = 7
_PERSONA, _GENRE = "corin-saltmarsh", "folk"
_SONGS, _SONG_BARS = 8, 24
_LOW_VOICE = 50
"""Voices whose range begins below this MIDI pitch sing the baritone's lines, the others the alto's."""


@dataclass(frozen=True, eq=False)
class Sung:
    """A score that was sung: by whom, from what, and how it sounds. seconds: CPU time it took."""

    score: Score
    performance: Performance
    sound: np.ndarray
    stems_s: float
    seconds: float

    @property
    def asked(self) -> dict[int, list[str]]:
        """Line -> the phones that were to be sung."""
        lines: dict[int, list[str]] = {}
        for part in self.performance.sung:
            for phrase in part.phrases if part.role == "lead" else ():
                for phone in phrase.phones:
                    if phone.line is not None and phone.symbol.upper() != "PAU":
                        lines.setdefault(phone.line, []).append(phone.symbol)
        return lines

    def span_s(self, line: int) -> tuple[float, float]:
        """Where a line sounds, with a little air around it."""
        start, end = line_spans(self.performance)[line]
        return max(0.0, start - 0.05), end + 0.1


def singer_suite(
    tell: Callable[[Progress], None], voices: tuple[str, ...] = (), songs: Path | None = None,
    data: Path | None = None, alignment: Path | None = None, pictures: Path | None = None,
) -> list[Row]:  # fmt: skip
    """The table of the singer; with recordings, their phones and a folder for pictures, also the spectrograms.

    Raises BriefError for a folder that is none.
    """
    for name, folder in (("songs", songs), ("data", data), ("alignment", alignment)):
        if folder is not None and not folder.is_dir():
            raise BriefError(name, f"{folder} is no folder.", "Give the folder that holds the files.")
    if pictures is not None:
        from songwright.bench.sung_pictures import draw_ways

        if data is None or alignment is None:
            raise BriefError("pictures", "need natural speech.", "Give --data and --alignment too.")
        ctx = api.context(_SEED, tell)
        card = ctx.shelf.voice(voices[0] if voices else data.name).card
        path = draw_ways(data, alignment, card, pictures, ctx)
        return [{"picture": str(path), "voice": card.id}]
    return singer_table(tell, voices, songs, data, alignment)


def singer_table(
    tell: Callable[[Progress], None], voices: Sequence[str] = (), songs: Path | None = None,
    data: Path | None = None, alignment: Path | None = None,
) -> list[Row]:  # fmt: skip
    """All rows: figure, voice, value, bound, verdict, note. voices: ids, () = every voice on the shelf.

    A bank that stands in for a network is measured beside it, once, as "its bank".
    """
    ctx = api.context(_SEED, tell)
    cards = [ctx.shelf.voice(name).card for name in voices] or list(ctx.shelf.voice_cards())
    pronouncer = Pronouncer(ctx.shelf.lexicon("en"), ctx.shelf.letters("en"))
    rows: list[Row] = []
    banks: set[tuple[str, float]] = set()
    for done, card in enumerate(cards):
        tell(Progress("bench", done, len(cards), card.id))
        sung = sing_score(bench_score(card, pronouncer, ctx), card.id, ctx)
        rows += word_rows(card, sung, pronouncer, ctx)
        if card.network and (card.bank, card.formant_scale) not in banks:
            banks.add((card.bank, card.formant_scale))
            old = replace(card, id=f"{card.id} (its bank {card.bank})")
            rows += word_rows(old, sing_score(sung.score, card.id, _banks_only(ctx)), pronouncer, ctx)
        found = song_scores(songs, card, Tongues(ctx.shelf)) if songs is not None else []
        heard = [sing_score(score, card.id, ctx) for score in found] or [sung]
        rows += pitch_rows(
            card, heard, f"{len(heard)} songs of {songs.name}" if songs and found else "bench tunes"
        )
        rows += style_rows(card, heard)
        rows += cost_rows(card, sung, ctx)
    if data is not None:
        rows += natural_rows(data, alignment, ctx)
    return rows


def natural_rows(data: Path, alignment: Path | None, ctx: Context) -> Iterator[Row]:
    """Natural speech under the same listener, and how near the voice comes to held-out sentences."""
    from songwright.bench.singer_reference import reference_rows

    yield from reference_rows(data, ctx.tell)
    if alignment is None:
        return
    from songwright.bench.sung_copies import copy_rows

    for found in copy_rows(data, alignment, ctx.shelf.voice(data.name).card, ctx.tell):
        note = f"{found['sentences']} held-out sentences, pitch and timing of the recording"
        for name in ("log STFT", "mel", "phone error rate"):
            if found[name]:
                yield row(f"{name}, said by {found['said by']}", data.name, found[name], "", None, note)


class _BankShelf:
    """A shelf on which no voice has a network."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def voice(self, voice_id: str) -> Voice:
        found = self._shelf.voice(voice_id)
        return Voice(replace(found.card, network=""), found.arrays)

    def __getattr__(self, name: str) -> object:
        return getattr(self._shelf, name)


def _banks_only(ctx: Context) -> Context:
    return replace(ctx, shelf=cast(Shelf, _BankShelf(ctx.shelf)))


def bench_score(card: VoiceCard, pronouncer: Pronouncer, ctx: Context) -> Score:
    """The thirty lines in the range of this voice."""
    low, high = sung_lines.BARITONE_RANGE if card.midi_low < _LOW_VOICE else sung_lines.ALTO_RANGE
    return sung_lines.tune_for(sung_lines.LINES, low, high, pronouncer, ctx.seed.child("bench"))


def sing_score(score: Score, voice: str, ctx: Context, workers: int = 1) -> Sung:
    """Perform and sing a score with a voice as it is, without character."""
    brief = SongBrief(voice=voice, genre=_GENRE, persona=_PERSONA, seed=_SEED)
    plan = producer.plan_for_score(score, brief, ctx.child("producer"))
    performance = performer.perform(score, replace(plan, character={}), ctx.child("performer"))
    began, wall = time.process_time(), time.perf_counter()
    stems = singer.sing(
        performance, replace(ctx.child("singer"), workers=workers, tell=lambda progress: None)
    )
    seconds, wall_s = time.process_time() - began, time.perf_counter() - wall
    sound = np.sqrt(0.5) * stems["lead"].samples.sum(axis=0)
    return Sung(score, performance, sound, wall_s, seconds)


def word_rows(card: VoiceCard, sung: Sung, pronouncer: Pronouncer, ctx: Context) -> Iterator[Row]:
    """Phones misheard by a free decoder, and how often the right line is found among six that sound alike."""
    asked = sung.asked
    lines = sorted(asked)
    heard = words.phones_heard(sung.sound, spans_s=[sung.span_s(line) for line in lines])
    for name, classes in (("phone error rate", False), ("phone error rate, broad classes", True)):
        rate = words.phone_error_rate([asked[k] for k in lines], heard, in_classes=classes)
        yield row(name, card, rate, "", None, f"{len(lines)} lines")
    known = sung_lines.neighbours(ctx.shelf.lexicon("en"))
    right = 0
    for line in lines:
        said = pronouncer.words(sung.score.lines[line].text)
        own = [tuple(p for syllable in word.syllables for p in syllable.phones) for word in said]
        start, end = (round(48_000 * at) for at in sung.span_s(line))
        near = sung_lines.near_lines(said, known, ctx.seed.child("near", line))
        right += sung_measures.right_line_rank(sung.sound[start:end], 48_000, [own, *near]) == 0
    share = right / len(lines)
    yield row(
        "right line among six",
        card,
        share,
        ">= 0.95",
        share >= 0.95,
        f"{sung_lines.SWAPPED} words changed by one phone each",
    )


def pitch_rows(card: VoiceCard, heard: Sequence[Sung], note: str) -> Iterator[Row]:
    """Pitch of held notes against the written one."""
    found = [sung_measures.pitch_heard(s.sound, s.score.parts[0], s.score, s.performance) for s in heard]
    off = np.concatenate([f.off_cents for f in found])
    if not len(off):
        yield row("pitch of held notes, median", card, None, "<= 5", None, "no held note")
        return
    median, worst = float(np.median(off)), float(np.percentile(off, 95))
    yield row(
        "pitch of held notes, median cents", card, median, "<= 5", median <= 5, f"{len(off)} notes, {note}"
    )
    yield row("pitch of held notes, 95th percentile", card, worst, "<= 20", worst <= 20, note)
    octaves = sum(f.octaves for f in found)
    yield row(
        "octave errors", card, octaves, "0", octaves == 0, f"{sum(f.unheard for f in found)} notes unheard"
    )


def style_rows(card: VoiceCard, heard: Sequence[Sung]) -> Iterator[Row]:
    """Vibrato and joins of notes, heard in the sound, beside what is published of trained singers."""
    swings, long_notes, joins = [], 0, []
    for sung in heard:
        f0 = pitch.sung_f0(sung.sound, 48_000)
        notes = pitch.held_notes(sung.score.parts[0], sung.score, sung.performance)
        found, count = sung_measures.vibratos(f0, notes)
        swings += found
        long_notes += count
        joins += sung_measures.transitions_s(f0, notes)
    if swings:
        told = f"{len(swings)} of {long_notes} long notes; 10 / 50 / 90 %"
        yield _spread(
            "vibrato rate, Hz", card, [v.rate_hz for v in swings], (5.0, 6.5), f"{told}; singers 5.5-6.5"
        )
        extents = [v.extent_cents for v in swings]
        yield _spread("vibrato extent, cents", card, extents, (30, 80), f"{told}; singers 34-123, mean 71")
        yield _spread("vibrato delay, s", card, [v.delay_s for v in swings], (0.25, 9.0), told)
    if joins:
        told = f"{len(joins)} steps of 1.5 semitones or more, 10 to 90 %"
        yield _spread("note transition, s", card, joins, (0.06, 0.15), f"{told}; singers 0.06-0.15")


def _spread(
    name: str, card: VoiceCard, values: Sequence[float], bounds: tuple[float, float], note: str
) -> Row:
    low, middle, high = (float(v) for v in np.percentile(values, (10, 50, 90)))
    shown = f"{low:.2f} / {middle:.2f} / {high:.2f}"
    bound = f"{bounds[0]:g} to {bounds[1]:g}" if bounds[1] < 9 or bounds[0] >= 1 else f"> {bounds[0]:g}"
    return row(name, card, shown, bound, bounds[0] <= middle <= bounds[1], note)


def cost_rows(card: VoiceCard, sung: Sung, ctx: Context) -> Iterator[Row]:
    """Time on one and two threads, and the bytes of a voice."""
    length = sung.performance.duration_s
    bound = 0.1
    for threads in (1, 2):
        again = sing_score(sung.score, card.id, ctx, workers=threads)
        factor = again.stems_s / length
        verdict = factor <= bound if threads == 2 else None
        yield row(f"real-time factor, {threads} thread{'s' * (threads > 1)}", card, factor,
                  f"<= {bound:g}" if threads == 2 else "", verdict, f"CPU {again.seconds / length:.3f}")  # fmt: skip
    size = voice_bytes(card, ctx)
    yield row("bytes of the voice, MB", card, size / 1e6, "<= 12", size <= 12e6, card.network or card.bank)


def voice_bytes(card: VoiceCard, ctx: Context) -> int:
    """What a voice weighs: its networks whole, though others share them, else its bank (uncompressed)."""
    if card.network:
        try:
            return sum(len(ctx.shelf.network(name)) for name in (card.network, card.vocoder) if name)
        except SongwrightError:
            pass
    return sum(array.nbytes for array in ctx.shelf.voice(card.id).arrays.values())


def song_scores(folder: Path, card: VoiceCard, tongues: Tongues) -> list[Score]:
    """The sung part of up to eight songs of a folder, spread over it, their first bars, by octaves into the range."""
    files = sorted(folder.rglob("*.musicxml")) + sorted(folder.rglob("*.mxl")) + sorted(folder.rglob("*.xml"))
    scores: list[Score] = []
    order = Seed(_SEED).child("songs").luck()
    while files and len(scores) < _SONGS:
        file = files.pop(order.integer(0, len(files) - 1))
        try:
            score = _first_bars(read_musicxml(file), card)
        except SongwrightError:
            continue
        if score is not None:
            scores.append(with_phones(score, tongues))
    return scores


def _first_bars(score: Score, card: VoiceCard) -> Score | None:
    """The first sung part alone, its first 24 bars with words, moved by octaves; None if it has too few notes."""
    sung = [part for part in score.parts if part.is_sung]
    if not sung:
        return None
    first = min((n.start_tick for n in sung[0].notes if n.syllable), default=None)
    if first is None:
        return None
    bar = score.meter.bar_ticks
    start = first // bar * bar
    notes = [n for n in sung[0].notes if n.start_tick >= start and n.end_tick <= start + _SONG_BARS * bar]
    if len(notes) < 20:
        return None
    middle = 0.5 * (card.midi_low + card.midi_high)
    shift = 12 * round((middle - float(np.median([n.pitch for n in notes]))) / 12)
    moved = tuple(replace(n, pitch=n.pitch + shift) for n in notes)
    part = Part("lead", sung[0].name, "lead", "voice", "lead", moved)
    return replace(score, parts=(part,), length_ticks=min(score.length_ticks, start + (_SONG_BARS + 1) * bar))


def row(
    name: str, card: VoiceCard | str, value: object, bound: str, passed: bool | None, note: str = ""
) -> Row:
    """A line of the table."""
    voice = card if isinstance(card, str) else card.id
    shown = f"{value:.3f}" if isinstance(value, float) else "not measured" if value is None else str(value)
    verdict = {True: "ok", False: "MISSED", None: ""}[passed]
    return {"figure": name, "voice": voice, "value": shown, "bound": bound, "verdict": verdict, "note": note}
