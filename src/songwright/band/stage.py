"""The band on stage: who plays through the sampler, who on their own instrument, and what is heard in each stem."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from songwright.band.modes import decibels
from songwright.band.patches import LEVEL_DB, OWN, PATCHES, SAMPLED_CLEAN, SAMPLED_CLEAN_GAIN_DB, Patch
from songwright.band.player import play_part
from songwright.band.recorded import BETTER, patches_of
from songwright.errors import BriefError, ShelfError
from songwright.values.audio import RATE_HZ, Audio, Stems
from songwright.values.context import Context, Progress
from songwright.values.performance import Performance, PlayedPart

# From so many seconds of parts on a second sampler earns its way; one plays some 300 of them in a second.
_SECOND_SAMPLER_S = 1200.0


def play(performance: Performance, ctx: Context) -> Stems:
    """The band plays: one dry stereo stem for each stem name of the played parts.

    Parts that share a stem are summed. frames == round(performance.duration_s * 48000). Raises BriefError for an
    instrument nobody plays. The sound depends on the seed and the notes, not on ctx.workers.
    """
    frames = round(performance.duration_s * RATE_HZ)
    for part in performance.played:
        if part.instrument not in PATCHES:
            near = ", ".join(sorted(PATCHES))
            raise BriefError(
                "instrument", f"nobody in the band plays '{part.instrument}'.", f"Choose from: {near}."
            )
    patches = _patches(ctx)
    names = tuple(dict.fromkeys(part.stem for part in performance.played))
    sums: dict[str, np.ndarray] = {}
    sampled = _for_sampler(performance, ctx)
    with ThreadPoolExecutor(max_workers=max(1, ctx.workers)) as pool:
        # The sampler's jobs are the longest, so they start first; own instruments fill the other hands.
        shares = _shared_out(sampled, performance.duration_s)
        elsewhere = [(some, pool.submit(_sampled, some, frames, ctx)) for some in shares]
        own = [part for part in performance.played if part not in sampled]
        jobs = [((part,), pool.submit(_own, part, patches, frames, ctx)) for part in own]
        done = 0
        try:
            for parts, job in jobs + elsewhere:
                sounds = job.result()
                for part in parts:
                    sound = sounds.pop(part.id, None)
                    if sound is None:  # the sampler could not
                        sound = _own(part, patches, frames, ctx)[part.id]
                    if part.stem in sums:
                        sound = ctx.tape.keep(sums.pop(part.stem) + sound)
                    sums[part.stem] = sound
                    done += 1
                    ctx.tell(Progress("play", done, len(performance.played), part.instrument))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return Stems(names, tuple(Audio(sums[name]) for name in names))


def _patches(ctx: Context) -> Mapping[str, Patch]:
    """The band's own instruments: from their portraits, or as in the textbook where the shelf has none."""
    try:
        return patches_of(ctx.shelf.instruments())
    except ShelfError as problem:
        ctx.tell(Progress("play", note=f"{problem}; instruments are played as in the textbook"))
        return PATCHES


def _own(part: PlayedPart, patches: Mapping[str, Patch], frames: int, ctx: Context) -> dict[str, np.ndarray]:
    """A part on the band's own instrument, by part id, on tape at once: others may still be long in coming."""
    return {part.id: ctx.tape.keep(play_part(part, patches[part.instrument], frames, ctx.seed))}


def _shared_out(parts: tuple[PlayedPart, ...], length_s: float) -> list[tuple[PlayedPart, ...]]:
    """Parts shared among at most two samplers, about as many notes each.

    Each has to read the whole font first (1.2 s of a core), so a second one is for much music alone.
    """
    if len(parts) < 2 or len(parts) * length_s < _SECOND_SAMPLER_S:
        return [parts] if parts else []
    shares: tuple[list[PlayedPart], list[PlayedPart]] = ([], [])
    for part in sorted(parts, key=lambda part: len(part.notes), reverse=True):
        min(shares, key=lambda share: sum(len(p.notes) for p in share)).append(part)
    return [tuple(share) for share in shares]


def _for_sampler(performance: Performance, ctx: Context) -> tuple[PlayedPart, ...]:
    """The parts a sampler plays where there is one.

    Each plays on the better of the two by BETTER, unless the genre asks for one; OWN is never asked for.
    """
    if ctx.shelf.sampler() is None:
        return ()
    return tuple(part for part in performance.played if part.notes and _wants_sampler(part))


def _wants_sampler(part: PlayedPart) -> bool:
    if part.instrument in OWN:
        return False
    return (part.sound or BETTER.get(part.instrument, "soundfont")) == "soundfont"


def _sampled(parts: tuple[PlayedPart, ...], frames: int, ctx: Context) -> dict[str, np.ndarray]:
    """Their sound by part id; nothing, and a word about it, when the sampler fails."""
    sampler = ctx.shelf.sampler()
    asked = tuple(
        replace(part, instrument=SAMPLED_CLEAN.get(part.instrument, part.instrument)) for part in parts
    )
    try:
        sounds = dict(sampler.play(asked, frames, RATE_HZ, ctx.tape.keep)) if sampler else {}
    except ShelfError as problem:
        ctx.tell(Progress("play", note=f"{problem}; the built-in band plays instead"))
        return {}
    mute = {part.id for part in parts if part.id in sounds and _is_mute(part, sounds[part.id])}
    for sound in sounds.values():  # all of it was read just now
        ctx.tape.put_by(sound.samples)
    if mute:
        names = ", ".join(part.instrument for part in parts if part.id in mute)
        ctx.tell(
            Progress("play", note=f"no sound of the soundfont for {names}; the built-in band plays instead")
        )
    found = {}
    for part in parts:
        if part.id in sounds.keys() - mute:
            clean = sounds.pop(part.id).samples
            heard = _amplified(part, clean)
            found[part.id] = heard if heard is clean else ctx.tape.keep(heard)
    return found


def _is_mute(part: PlayedPart, sound: Audio) -> bool:
    """True where notes were played and nothing is heard, as from a font whose samples are damaged."""
    plays = any(note.level > 0 and 0 <= note.onset_s < sound.duration_s - 0.01 for note in part.notes)
    return plays and not sound.samples.any()


def _amplified(part: PlayedPart, sound: np.ndarray) -> np.ndarray:
    """A sampled part, through the amplifier where it is a driven guitar."""
    if part.instrument not in SAMPLED_CLEAN:
        return sound
    sound = sound * np.float32(decibels(SAMPLED_CLEAN_GAIN_DB))
    for effect in PATCHES[part.instrument].effects:
        sound = effect.finish(sound)
    sound = sound * np.float32(decibels(LEVEL_DB[part.instrument]))
    return sound if len(sound) == 2 else np.repeat(sound, 2, axis=0)
