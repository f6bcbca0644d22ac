"""The mix: every stem on its strip, balanced, in shared rooms, choruses lifted; stems that sum to the song."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import numpy as np

from songwright.desk import balance, moves, rooms, strips, tone
from songwright.desk import faders as faders_of_sections
from songwright.desk.balance import Chair, Heard
from songwright.desk.settings import Settings, settings_of
from songwright.dsp import dynamics, filters, loudness, units
from songwright.errors import ShelfError
from songwright.values.audio import RATE_HZ, Audio, Mix, Stems
from songwright.values.context import Context, Progress
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan

MIX_LUFS = -20.0
MIX_PEAK_DB = -3.0
_BLOCK = 65_536  # frames, a multiple of the control hop
_ENERGY_HOP = 4800
_LIFT_RAMP_S = 0.25
T, R = TypeVar("T"), TypeVar("R")


def mix(stems: Stems, performance: Performance, plan: SongPlan, ctx: Context) -> Mix:
    """Balance the dry stems into a song that waits for its master.

    stems: 48 kHz, one or two channels, same length; any may be silent. Each stem comes back as it is heard in
    the mix, moves and rooms included, stereo, same name and order; only the rooms and echoes of singers stand
    in one more stem, "rooms". Their sum is `Mix.sum` (to rounding, below -120 dB). Loudness about -20 LUFS,
    peaks below -3 dBFS. Who plays in a stem is read from plan and performance. Raises ShelfError for stems of
    another rate or a wrong [mix] table. The result does not depend on ctx.workers.
    """
    settings = settings_of(ctx.shelf.style(plan.style))
    names, sounds = stems.names, list(stems.sounds)
    del stems  # each dry stem is let go as soon as it is printed, if the caller lets go too
    if not sounds or not sounds[0].frames:
        raise ShelfError("stems", "there is nothing to mix")
    if sounds[0].rate_hz != RATE_HZ:
        raise ShelfError("stems", f"the desk works at {RATE_HZ} Hz, not {sounds[0].rate_hz} Hz")
    chairs = balance.chairs(names, performance, plan)
    printed, lean = _print_all(chairs, sounds, performance, plan, settings, ctx)
    tables = (bands for _, bands in _each(_levels_and_bands(ctx), printed, ctx.workers))
    heard = dict(zip(names, tables, strict=True))
    gains = balance.levels_db(heard, chairs, settings, lean)
    _ride_lead(printed, chairs, heard, gains, performance, plan, settings)
    levels = [float(units.db_to_amplitude(gains[name])) for name in names]
    if any(chair.family == "voice" for chair in chairs):
        printed.append(_voice_rooms(printed, levels, chairs, performance, plan, settings, ctx))
        names, levels = (*names, rooms.STEM), [*levels, 1.0]
    total = _bus(printed, levels, plan, settings, ctx)
    ctx.tell(Progress("mix", 1.0, 1.0, "balanced"))
    return Mix(Stems(names, tuple(Audio(sound) for sound in printed)), Audio(total))


def ride(voice: np.ndarray, band: np.ndarray, performance: Performance, plan: SongPlan, ctx: Context) -> None:
    """Move the faders of a voice and a band that is mixed from section to section, in place.

    voice, band: float32 (channels, frames) at 48 kHz. The voice keeps its place over the band (12 dB down, 4 dB up at
    most; where it hardly sings the fader stays), then both are lifted together as choruses stand over verses.
    """
    if not plan.sections or not voice.any() or not band.any():
        return
    settings = settings_of(ctx.shelf.style(plan.style))
    heard = {"voice": balance.listen(voice), "band": balance.listen(band)}
    _apply_rides(voice, heard, "voice", performance, plan, settings)
    energy = loudness.weighted_energy(voice + band, _ENERGY_HOP)
    lifts = faders_of_sections.section_gains_db(energy, _ENERGY_HOP / RATE_HZ, plan, settings)
    points = voice.shape[1] // moves.HOP + 2
    curve = faders_of_sections.steps_db(lifts, plan, points, moves.CONTROL_HZ, _LIFT_RAMP_S)
    for sound in (voice, band):
        dynamics.apply_gain(sound, units.db_to_amplitude(curve), moves.HOP)


def _print_all(
    chairs: Sequence[Chair],
    sounds: list[Audio | None],
    performance: Performance,
    plan: SongPlan,
    settings: Settings,
    ctx: Context,
) -> tuple[list[np.ndarray], dict[str, float]]:
    """Every stem through its strip, at its own level still, and how levels lean; empties `sounds` on the way."""
    dry = [
        _prepared(chair, sound.samples, settings, ctx) for chair, sound in zip(chairs, sounds, strict=True)
    ]
    sounds.clear()
    energies, tables = zip(*_each(_levels_and_bands(ctx), dry, ctx.workers), strict=True)
    heard = dict(zip((chair.stem for chair in chairs), tables, strict=True))
    equalizers = {chair.stem: _equalizer(chair, heard[chair.stem]) for chair in chairs}
    faders = _hands(chairs, energies, performance, plan, settings)
    strip_of = _strips(chairs, dry, equalizers, settings, ctx)
    gains, lean, tone_db, pocket = _plan_on_paper(
        chairs, heard, energies, faders, strip_of, performance, plan, settings
    )
    voices_db = tone.for_voices(tone_db)
    responses = {True: tone.taps(voices_db), False: tone.taps(tone_db)}

    def through_strip(number: int) -> np.ndarray:
        chair = chairs[number]
        strip = replace(strip_of[chair.stem], tone=responses[chair.family == "voice"])
        move_db = faders[number] + gains[chair.stem]
        if chair.family == "voice":
            move_db = move_db + _esses_db(dry[number], energies[number], strip.equalizer, voices_db)
        gain = units.db_to_amplitude(move_db).astype(np.float32)
        steps_back = pocket if chair.role in faders_of_sections.POCKET_ROLES else None
        blank = ctx.tape.blank(2, dry[number].shape[1])
        out = strips.print_strip(strip, dry[number], gain, steps_back, blank)
        dry[number] = np.zeros((1, 0), dtype=np.float32)
        ctx.tape.put_by(out)
        return out

    printed = []
    for number, out in enumerate(_stream(through_strip, range(len(chairs)), ctx.workers)):
        ctx.tell(Progress("mix", number + 1, len(chairs) + 1, chairs[number].stem))
        printed.append(out)
    return printed, lean


def _prepared(chair: Chair, samples: np.ndarray, settings: Settings, ctx: Context) -> np.ndarray:
    """The dry stem, made of numbers, and driven where the genre drives its bass."""
    samples = _clean(samples)
    if chair.role == "bass" and settings.bass_drive_db > 0.0:
        samples = strips.driven(samples, settings.bass_drive_db, ctx.tape.blank(*samples.shape))
    ctx.tape.put_by(samples)
    return samples


def _equalizer(chair: Chair, heard: Heard) -> np.ndarray:
    """The strip's own equalizer: by role and instrument, and by how bright the sound is."""
    sos = strips.equalizer(chair)
    plain = heard.through(0.0, filters.response_db(sos, balance.BANDS_HZ))
    return filters.chain(sos, strips.brightening(chair, plain))


def _hands(
    chairs: Sequence[Chair],
    energies: Sequence[np.ndarray],
    performance: Performance,
    plan: SongPlan,
    settings: Settings,
) -> list[np.ndarray]:
    """How the fader of every stem moves within bars and phrases, dB on the control clock."""
    singers = (e for e, c in zip(energies, chairs, strict=True) if c.role == "lead" and e.any())
    voice = next((moves.presence(energy) for energy in singers), None)
    kicks = moves.kick_notes(performance)
    beat_s = rooms.beat_s_at(plan, 0.0)
    hands = []
    for chair, energy in zip(chairs, energies, strict=True):
        move_db = moves.compression_db(energy, chair.role)
        if chair.role == "drums":
            move_db = move_db + moves.crushed_db(energy, settings.crush)
        if chair.role == "lead":
            move_db = move_db + moves.riding_db(energy)
        move_db = move_db + moves.way_for_kick_db(chair, kicks, beat_s, len(energy), settings)
        move_db = move_db + moves.way_for_voice_db(chair, voice, settings)
        hands.append(move_db + moves.hands_off_db(energy))
    return hands


def _esses_db(samples: np.ndarray, energy: np.ndarray, sos: np.ndarray, tone_db: np.ndarray) -> np.ndarray:
    """The de-esser of a voice, listening behind the strip's equalizer and the record's tone."""
    curve = filters.response_db(sos, balance.BANDS_HZ) + tone_db
    low, high = np.interp(np.log([700.0, 7000.0]), np.log(balance.BANDS_HZ), curve)
    return moves.esses_db(samples, energy, float(high - low))


def _strips(
    chairs: Sequence[Chair],
    dry: Sequence[np.ndarray],
    equalizers: Mapping[str, np.ndarray],
    settings: Settings,
    ctx: Context,
) -> dict[str, strips.Strip]:
    """The strip of every stem, the record's tone still flat."""
    around = rooms.spaces(settings, ctx.seed.child("rooms"))
    places = strips.places(chairs, settings)
    flat, silent = np.ones(1, np.float32), np.zeros((2, 1), np.float32)
    found = {}
    for chair, samples in zip(chairs, dry, strict=True):
        found[chair.stem] = strips.Strip(
            equalizers[chair.stem],
            flat,
            *places[chair.stem],
            silent if chair.family == "voice" else rooms.returns(chair, around, settings),
            strips.spreader(chair, samples, ctx.seed.child("spread", chair.stem)),
        )
        ctx.tape.put_by(samples)
    return found


def _plan_on_paper(
    chairs: Sequence[Chair],
    heard: Mapping[str, Heard],
    energies: Sequence[np.ndarray],
    hands: Sequence[np.ndarray],
    strip_of: Mapping[str, strips.Strip],
    performance: Performance,
    plan: SongPlan,
    settings: Settings,
) -> tuple[dict[str, float], dict[str, float], np.ndarray, np.ndarray | None]:
    """Levels, and how much of them is leaning (dB), the record's tone (dB in third octaves), and the pocket for words.

    Worked out on what will be heard after equalizers and moving faders, before any sound is touched.
    """
    expected = {}
    for chair, energy, move_db in zip(chairs, energies, hands, strict=True):
        strip = strip_of[chair.stem]
        moved = heard[chair.stem].moved(energy, units.db_to_amplitude(move_db), moves.HOP)
        wider_db = units.power_to_db(strips.heard_more(strip))
        expected[chair.stem] = moved.through(
            float(wider_db), filters.response_db(strip.equalizer, balance.BANDS_HZ)
        )
    gains = balance.levels_db(expected, chairs, settings)
    roles = {chair.stem: chair.role for chair in chairs}
    lean = tone.lean_db(expected, gains, roles, settings)
    gains = balance.levels_db(expected, chairs, settings, lean)
    tone_db = tone.correction_db(expected, gains, roles, settings)
    voices_db = tone.for_voices(tone_db)
    balanced = {
        chair.stem: expected[chair.stem].through(
            gains[chair.stem], voices_db if chair.family == "voice" else tone_db
        )
        for chair in chairs
    }
    for name, sound in balanced.items():  # levels are set before the equalizer, so no fader moves against it
        if sound.playing.any():
            lean[name] += sound.level_lufs - expected[name].level_lufs - gains[name]
    leads = [chair.stem for chair in chairs if chair.role == "lead" and expected[chair.stem].playing.any()]
    if not leads:
        return gains, lean, tone_db, None
    _, depths = faders_of_sections.rides_db(balanced, leads[0], chairs, performance, plan, settings)
    number = [chair.stem for chair in chairs].index(leads[0])
    voice = moves.presence(energies[number])
    depth_db = voice * faders_of_sections.steps_db(
        depths, plan, len(voice), moves.CONTROL_HZ, faders_of_sections.RAMP_S
    )
    return gains, lean, tone_db, units.db_to_amplitude(-depth_db)


def _ride_lead(
    printed: Sequence[np.ndarray],
    chairs: Sequence[Chair],
    heard: Mapping[str, Heard],
    gains: Mapping[str, float],
    performance: Performance,
    plan: SongPlan,
    settings: Settings,
) -> None:
    """Move the lead's fader from section to section, in place."""
    for chair, sound in zip(chairs, printed, strict=True):
        if chair.role == "lead" and plan.sections and heard[chair.stem].playing.any():
            balanced = {name: heard[name].through(gains[name]) for name in heard}
            _apply_rides(sound, balanced, chair.stem, performance, plan, settings)


def _apply_rides(
    sound: np.ndarray,
    balanced: Mapping[str, Heard],
    lead: str,
    performance: Performance,
    plan: SongPlan,
    settings: Settings,
) -> None:
    """The lead's sound through its fader, in place. balanced: all stems at their levels."""
    rides = faders_of_sections.lead_rides_db(balanced, lead, performance, plan, settings)
    points = sound.shape[1] // moves.HOP + 2
    curve = faders_of_sections.steps_db(rides, plan, points, moves.CONTROL_HZ, faders_of_sections.RAMP_S)
    dynamics.apply_gain(sound, units.db_to_amplitude(curve), moves.HOP)


def _voice_rooms(
    printed: Sequence[np.ndarray],
    levels: Sequence[float],
    chairs: Sequence[Chair],
    performance: Performance,
    plan: SongPlan,
    settings: Settings,
    ctx: Context,
) -> np.ndarray:
    """Room, plate and echoes of all singers, float32 (2, frames)."""
    around = rooms.spaces(settings, ctx.seed.child("rooms"))
    into = ctx.tape.blank(*printed[0].shape)
    for chair, sound, level in zip(chairs, printed, levels, strict=True):
        if chair.family == "voice":
            rooms.around_voice(into, sound, level, chair, around, settings)
    for chair, sound, level in zip(chairs, printed, levels, strict=True):
        if chair.role == "lead" and sound.any():
            rooms.step_back(into, moves.presence(moves.levels(sound)))
            rooms.throw_echoes(into, sound, level, performance, plan, settings)
    return into


def _bus(
    printed: list[np.ndarray], levels: Sequence[float], plan: SongPlan, settings: Settings, ctx: Context
) -> np.ndarray:
    """Levels, glue and section lifts onto all stems alike, in place; returns their sum, float32 (2, frames)."""
    total = _sum(printed, levels, ctx)
    bus_db = _glue_db(moves.levels(total))
    energy = loudness.weighted_energy(total, _ENERGY_HOP)
    # the control point in the middle of each stretch of `energy`
    middles = (np.arange(len(energy)) * _ENERGY_HOP + _ENERGY_HOP // 2) // moves.HOP
    middles = np.minimum(middles, len(bus_db) - 1)
    glued = energy * units.db_to_power(bus_db[middles])
    lifts = faders_of_sections.section_gains_db(glued, _ENERGY_HOP / RATE_HZ, plan, settings)
    bus_db += faders_of_sections.steps_db(lifts, plan, len(bus_db), moves.CONTROL_HZ, _LIFT_RAMP_S)
    peak_db = float(
        units.amplitude_to_db((dynamics.peaks(total, moves.HOP) * units.db_to_amplitude(bus_db)).max())
    )
    if peak_db > -100.0:
        level = loudness.gated_lufs(energy * units.db_to_power(bus_db[middles]))
        bus_db += min(MIX_LUFS - level, MIX_PEAK_DB - peak_db)
    bus = units.db_to_amplitude(bus_db)

    def ride(number: int) -> None:
        dynamics.apply_gain(printed[number], bus * levels[number], moves.HOP)
        ctx.tape.put_by(printed[number])

    _each(ride, range(len(printed)), ctx.workers)
    return _sum(printed, [1.0] * len(printed), ctx, total)


def _glue_db(energy: np.ndarray) -> np.ndarray:
    """The bus compressor: slow and gentle, 1 to 2 dB in loud places, so that the band breathes as one."""
    level_db = units.power_to_db(np.maximum(dynamics.smoothed(energy, 0.05, moves.CONTROL_HZ), 0.0))
    wanted = dynamics.compression_db(level_db, moves.playing_level_db(energy) - 1.0, 1.7, 8.0)
    return dynamics.follow(wanted, 0.03, 12.0, moves.CONTROL_HZ)


def _sum(
    sounds: Sequence[np.ndarray], levels: Sequence[float], ctx: Context, out: np.ndarray | None = None
) -> np.ndarray:
    """The sounds at their levels, added in order; into `out` if given."""
    total = np.zeros_like(sounds[0]) if out is None else out
    total[:] = 0.0
    for sound, level in zip(sounds, levels, strict=True):
        for start in range(0, total.shape[1], _BLOCK):
            piece = sound[:, start : start + _BLOCK]
            if piece.any():
                total[:, start : start + _BLOCK] += piece * np.float32(level)
        ctx.tape.put_by(sound)
    return total


def _levels_and_bands(ctx: Context) -> Callable[[np.ndarray], tuple[np.ndarray, Heard]]:
    """Takes a stem's level on the control clock, listens to it, and puts it by."""

    def listen(samples: np.ndarray) -> tuple[np.ndarray, Heard]:
        found = moves.levels(samples), balance.listen(samples)
        ctx.tape.put_by(samples)
        return found

    return listen


def _clean(samples: np.ndarray) -> np.ndarray:
    """The same samples, with silence where a number is not a number or absurdly large."""
    low, high = float(samples.min()), float(samples.max())
    if np.isfinite(low) and np.isfinite(high) and max(-low, high) < 1e4:
        return samples
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0), -1e4, 1e4)


def _stream(work: Callable[[T], R], items: Iterable[T], workers: int) -> Iterable[R]:
    """The results in order as they come; items are worked on side by side, each by one thread alone."""
    with ThreadPoolExecutor(max(1, workers)) as pool:
        yield from pool.map(work, items)


def _each(work: Callable[[T], R], items: Iterable[T], workers: int) -> list[R]:
    """The results of `_stream`, all at once."""
    return list(_stream(work, items, workers))
