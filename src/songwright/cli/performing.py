"""From any score or stems to sound: the work behind `play` and `mix`, and what `sing` shares with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from songwright import api
from songwright.cli.console import Listener, give, give_json, say
from songwright.cli.making import describe_master
from songwright.errors import BriefError, ShelfError
from songwright.music.instruments import within_reach
from songwright.values.audio import Audio, Stems
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import SongPlan
from songwright.values.score import Part, Score

SOUND_SUFFIXES = (".wav", ".flac", ".mp3", ".ogg", ".opus")


def read_score(path: Path, tell: Callable[[str], None] = lambda _: None) -> Score:
    """A score from MIDI or MusicXML, by its suffix. tell: hears what of it is left out or understood otherwise."""
    from songwright.io.midi import read_midi
    from songwright.io.musicxml_read import read_musicxml

    suffix = path.suffix.lower()
    if suffix in (".mid", ".midi"):
        return read_midi(path, tell)
    if suffix in (".musicxml", ".xml", ".mxl"):
        return read_musicxml(path, tell)
    raise ShelfError(str(path), "is no score: give a .musicxml, .mxl, .xml or .mid file")


def play_score(
    path: Path, brief: SongBrief, out: Path | None, force: bool, workers: int, json: bool, quiet: bool
) -> None:
    """Play every part of a score; sung parts are played too, by a lead instrument."""
    from songwright.io import claims, press
    from songwright.io.sound import write_audio

    out = out or path.with_suffix("") / "stems"
    single = out.suffix in SOUND_SUFFIXES
    claims.claim(out, force)
    score = read_score(path)
    parts = tuple(_reachable(_playable(part), quiet) for part in score.parts)
    brief = api.seeded(brief)
    ctx = api.context(brief.seed, Listener(quiet), workers)
    plan, stems = _perform(replace(score, parts=parts), brief, ctx)
    if single:
        write_sound(together(stems), out, force, score.title)
        report({"file": str(out), "duration_s": plan.duration_s, "seed": plan.seed}, json)
        return
    with press.whole(out, force) as aside:
        (aside / out.name).mkdir()
        for name, sound in stems.items():
            write_audio(aside / out.name / f"{name}.flac", sound, {"title": name})
    files = sorted(str(file) for file in out.iterdir())
    report({"folder": str(out), "files": files, "duration_s": plan.duration_s, "seed": plan.seed}, json)


def _playable(part: Part) -> Part:
    if not part.is_sung:
        return part
    return replace(part, role="answer", instrument="flute", stem=part.id)


def _reachable(part: Part, quiet: bool) -> Part:
    """The part with every note where its instrument sounds; says how many were moved."""
    notes = tuple(replace(note, pitch=within_reach(part.instrument, note.pitch)) for note in part.notes)
    moved = sum(new.pitch != old.pitch for new, old in zip(notes, part.notes, strict=True))
    if moved and not quiet:
        say(
            f"  {part.name}: {moved} of {len(notes)} notes lie far outside the {part.instrument}; played nearer to it"
        )
    return replace(part, notes=notes) if moved else part


def _perform(score: Score, brief: SongBrief, ctx: Context) -> tuple[SongPlan, Stems]:
    """Perform a score that came from elsewhere, as a plan made around it asks."""
    from songwright import performer, producer
    from songwright.engines import studio

    watch = studio.Stopwatch(ctx)
    plan = producer.plan_for_score(score, brief, ctx.child("producer"))
    performance = watch.step("perform", "performer", performer.perform, score, plan)
    return plan, studio.sound(performance, ctx, watch)


def mix_folder(
    folder: Path,
    gains_db: Mapping[str, float],
    loudness_lufs: float,
    out: Path | None,
    force: bool,
    json: bool,
) -> None:
    """Master a song again from its stems."""
    from songwright import desk
    from songwright.engines.memory import load_stems
    from songwright.values.audio import Mix

    if not -30 <= loudness_lufs <= -6:
        raise BriefError("loudness", f"{loudness_lufs:g} LUFS is out of range.", "Ask for -30 to -6.")
    if not folder.is_dir():
        raise ShelfError(str(folder), "is no folder" if folder.exists() else "there is no such folder")
    out = out or folder / "song.wav"
    claim_sound(out, force)
    stems = load_stems(folder)
    for name in gains_db:
        if name not in stems.names:
            raise BriefError("gain", f"there is no stem {name!r}.", f"There are: {', '.join(stems.names)}.")
    leveled = [Audio(s.samples * 10 ** (gains_db.get(n, 0.0) / 20), s.rate_hz) for n, s in stems.items()]
    mixed = Mix(Stems(stems.names, tuple(leveled)), together(Stems(stems.names, tuple(leveled))))
    master = desk.master(mixed, loudness_lufs, api.context(0).child("desk"))
    write_sound(master.audio, out, force, folder.name)
    say(describe_master(master, out))
    report(
        {
            "file": str(out),
            "duration_s": master.audio.duration_s,
            "integrated_lufs": master.integrated_lufs,
            "true_peak_dbtp": master.true_peak_dbtp,
        },
        json,
    )


def together(stems: Stems) -> Audio:
    """All stems as one sound."""
    total = stems.sounds[0].samples.copy()
    for sound in stems.sounds[1:]:
        total += sound.samples
    return Audio(total, stems.sounds[0].rate_hz)


def claim_sound(out: Path, force: bool) -> None:
    """Make sure that a sound may be written there. Raises BriefError("out")."""
    from songwright.io import claims

    if out.suffix not in SOUND_SUFFIXES:
        raise BriefError("out", f"{out} is no sound file.", f"End its name in {', '.join(SOUND_SUFFIXES)}.")
    claims.claim(out, force)


def write_sound(sound: Audio, out: Path, force: bool, title: str) -> None:
    """Write one sound file, whole or not at all."""
    from songwright.io import press
    from songwright.io.sound import write_audio

    with press.whole(out, force) as aside:
        write_audio(aside / out.name, sound, {"title": title, "software": "songwright"})


def report(result: dict, json: bool) -> None:
    """Give a result on stdout: all of it as JSON, or just where it lies."""
    if json:
        give_json(result)
    else:
        give(result.get("file") or result["folder"])
