"""The press: writes the song folder, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from songwright import label
from songwright.errors import BriefError, ShelfError
from songwright.io import lyrics as lyric_sheets
from songwright.io.claims import claim
from songwright.io.midi import write_midi
from songwright.io.musicxml_write import write_musicxml
from songwright.io.performance import performance_text
from songwright.io.sound import write_audio
from songwright.io.tape import let_go
from songwright.io.timekeeping import write_timekeeping
from songwright.values.audio import Audio
from songwright.values.digest import digest
from songwright.values.release import Release
from songwright.values.take import Take
from songwright.values.wire import to_json, to_plain

FORMATS = ("wav", "mp3", "flac", "ogg", "opus")
_ALWAYS = ("wav", "mp3")
_LIBRARIES = ("numpy", "scipy", "soundfile", "soxr", "mido", "pyworld-prebuilt", "pocketsphinx")


@contextmanager
def whole(target: Path, force: bool = False) -> Iterator[Path]:
    """A place to write aside: what is written there becomes `target` at the end, or vanishes on any failure.

    Yields a folder; the caller puts one thing named like the target into it. Disk errors become ShelfError.
    """
    claim(target, force)
    aside = None
    fresh = [parent for parent in target.parents if not parent.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", dir=target.parent))
        yield aside
        claim(target, force)  # somebody else may have been quicker
        _put_in_place(aside / target.name, target.resolve(), aside / ".old")
    except OSError as problem:
        raise ShelfError(str(target), _why(problem)) from problem
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
        for parent in fresh:
            with suppress(OSError):  # it stays if something lies in it
                parent.rmdir()


def _put_in_place(made: Path, target: Path, old: Path) -> None:
    """Rename into place; what stood there comes back if that fails."""
    if target.is_dir() and not made.is_dir():
        raise BriefError("out", f"{target} is a folder.", "Choose another name for the file.")
    if not target.exists():
        made.rename(target)
        return
    target.rename(old)
    try:
        made.rename(target)
    except OSError:
        old.rename(target)
        raise


def _why(problem: OSError) -> str:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; nothing was kept. Free some space and try again"
    return f"could not be written ({problem.strerror or problem}); nothing was kept"


def check_formats(formats: tuple[str, ...]) -> None:
    """Raises BriefError("format") where one is not of FORMATS."""
    for name in formats:
        if name not in FORMATS:
            raise BriefError("format", f"{name!r} is no sound format.", f"There are: {', '.join(FORMATS)}.")


def save(
    take: Take, folder: Path, *, formats: tuple[str, ...] = (), force: bool = False, artist: str = ""
) -> Path:
    """Write the song folder: master, stems, score, lyrics, chords, click, tempo, take.json. Returns its path.

    formats: more of FORMATS besides wav and mp3. artist: shown in tags (the persona's id if empty).
    """
    check_formats(formats)
    with whole(folder, force) as aside:
        made = aside / folder.name
        (made / "stems").mkdir(parents=True)
        _write_folder(take, made, tuple(dict.fromkeys(_ALWAYS + formats)), artist)
    return folder


def _write_folder(take: Take, folder: Path, formats: tuple[str, ...], artist: str) -> None:
    sheet = _sung_text(take)
    release = label.release(take, artist or (take.plan.persona if take.plan else ""), sheet)
    jobs: list[Callable[[], object]] = []
    # Lossy encoders are the slowest: they start first.
    for name in sorted(formats, key=lambda name: name in ("wav", "flac")):
        path = folder / f"song.{name}"
        jobs.append(lambda path=path: write_audio(path, take.master.audio, release.tags))
    if take.stems is not None:
        for name, sound in take.stems.items():
            tags = {"title": f"{release.tags.get('title', '')} ({name})", "software": "songwright"}
            path = folder / "stems" / f"{name}.flac"
            jobs.append(lambda path=path, sound=sound, tags=tags: _write_stem(path, sound, tags))
    if take.score is not None:
        jobs.append(lambda: _write_sheets(take, folder, artist))
        jobs.append(lambda: write_timekeeping(take.score, take.master.audio.frames, folder))
    if take.performance is not None and take.performance.sung:
        jobs.append(lambda: _write_performance(take, folder))
    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(job) for job in jobs]:
            job.result()
    (folder / "take.json").write_text(take_json(take, release, folder), encoding="utf-8")


def _write_stem(path: Path, sound: Audio, tags: dict[str, str]) -> None:
    write_audio(path, sound, tags)
    let_go(sound.samples)


def _write_sheets(take: Take, folder: Path, artist: str) -> None:
    score = take.score
    assert score is not None
    write_midi(score, folder / "score.mid")
    write_musicxml(score, folder / "score.musicxml", artist or "songwright")
    (folder / "lyrics.lrc").write_text(
        lyric_sheets.lrc(score, artist, take.master.audio.duration_s), encoding="utf-8"
    )
    (folder / "chords.txt").write_text(lyric_sheets.chordpro(score, artist), encoding="utf-8")


def _write_performance(take: Take, folder: Path) -> None:
    """What is sung, curve by curve; `songwright sing` sings it again."""
    assert take.performance is not None
    seed = take.plan.seed if take.plan else take.brief.seed or 0
    title = take.plan.title if take.plan else take.brief.title or ""
    (folder / "performance.json").write_text(
        performance_text(take.performance, title, seed), encoding="utf-8"
    )


def _sung_text(take: Take) -> str:
    return "\n".join(line.text for line in take.score.lines) if take.score else take.brief.lyrics


def take_json(take: Take, release: Release, folder: Path) -> str:
    """Everything needed to make the take again, and what came out, as JSON."""
    made_of = {
        "songwright": _version("songwright"),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    master = take.master
    document = {
        "title": release.tags.get("title", ""),
        "disclosure": release.disclosure,
        "ai_generated": True,
        "rights": release.rights,
        "commercial_use": release.commercial_use,
        "originality": to_plain(take.originality),
        "brief": to_plain(take.brief),
        "engine": to_plain(take.engine),
        "versions": made_of | {name: _version(name) for name in _LIBRARIES},
        "ingredients": to_plain(take.ingredients),
        "timings_s": {stage: round(seconds, 3) for stage, seconds in take.timings_s.items()},
        "measured": {
            "duration_s": master.audio.duration_s,
            "integrated_lufs": round(master.integrated_lufs, 3),
            "true_peak_dbtp": round(master.true_peak_dbtp, 3),
            "range_lu": round(master.range_lu, 3),
        },
        "score_digest": digest(take.score) if take.score else None,
        "performance_digest": digest(take.performance) if take.performance else None,
        "files_sha256": {
            str(p.relative_to(folder)): _sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()
        },
        "plan": to_plain(take.plan),
        "score": to_plain(take.score),
    }
    return _readable(document) + "\n"


def _readable(document: dict[str, object]) -> str:
    """JSON for people and programs: everything on lines of its own but plan and score, which are long."""
    rows = []
    for name, value in document.items():
        text = to_json(value, indent=None if name in ("plan", "score") else 1)
        rows.append(f'"{name}": {text}')
    return "{\n" + ",\n".join(rows) + "\n}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
