"""What works on this machine, and the one command that mends what does not."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from songwright.errors import SongwrightError

_FLUIDSYNTH = "sudo apt-get install libfluidsynth3 musescore-general-soundfont-small"


def examine() -> list[dict[str, str]]:
    """One row a thing: id, state (ok, missing = optional, broken), detail, mend (a command)."""
    return [
        {"id": "python", "state": "ok", "detail": platform.python_version(), "mend": ""},
        {"id": "cpu", "state": "ok", "detail": f"{os.cpu_count()} cores, {platform.machine()}", "mend": ""},
        _memory(),
        _disk(),
        _checked("write", _can_write, "free disk space, or set TMPDIR to a folder that can be written"),
        _checked("shelf", _shelf, "pip install --force-reinstall songwright"),
        _checked("dictionary", _dictionary, "pip install --force-reinstall pocketsphinx"),
        _checked("sound files", _codecs, "pip install --upgrade soundfile"),
        _sampler(),
        _jukebox(),
        _extra("picture", "matplotlib", "draws songs (judge --picture)"),
    ]


def _row(name: str, state: str, detail: str, mend: str = "") -> dict[str, str]:
    return {"id": name, "state": state, "detail": detail, "mend": mend}


def _checked(name: str, check: Callable[[], str], mend: str) -> dict[str, str]:
    try:
        return _row(name, "ok", check())
    except (OSError, ImportError, SongwrightError) as problem:
        return _row(name, "broken", str(problem), mend)


def _memory() -> dict[str, str]:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return _row("memory", "ok", "unknown")
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    state = "ok" if total >= 2 else "broken"
    return _row("memory", state, f"{total:.1f} GiB", "" if state == "ok" else "a song needs 1.5 GB of memory")


def _disk() -> dict[str, str]:
    free = shutil.disk_usage(Path.cwd()).free / 2**20
    state = "ok" if free > 300 else "broken"
    return _row(
        "disk", state, f"{free:.0f} MiB free here", "" if state == "ok" else "free 300 MiB for a song"
    )


def _can_write() -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "probe").write_bytes(b"songwright")
        return "temporary files"


def _shelf() -> str:
    from songwright.io.shelf import HouseShelf

    shelf = HouseShelf()
    voices = [shelf.voice(card.id).card.id for card in shelf.voice_cards()]
    return f"{len(shelf.styles())} genres, {len(shelf.personas())} personas, {len(voices)} voices"


def _dictionary() -> str:
    from songwright.io.shelf import HouseShelf
    from songwright.text.speech import Pronouncer

    shelf = HouseShelf()
    words = Pronouncer(shelf.lexicon("en"), shelf.letters("en")).words("songwright")
    return f"songwright is {' '.join(p for s in words[0].syllables for p in s.phones)}"


def _codecs() -> str:
    import soundfile

    formats = soundfile.available_formats()
    missing = [name for name in ("WAV", "FLAC", "OGG", "MP3") if name not in formats]
    if missing:
        raise ImportError(f"libsndfile {soundfile.__libsndfile_version__} lacks {', '.join(missing)}")
    return f"libsndfile {soundfile.__libsndfile_version__}: wav flac mp3 ogg opus"


def _sampler() -> dict[str, str]:
    from songwright.io.shelf import HouseShelf

    try:
        sampler = HouseShelf().sampler()
    except SongwrightError as problem:
        return _row("soundfont", "missing", str(problem), _FLUIDSYNTH)
    if sampler is None:
        mend = (
            _FLUIDSYNTH
            if sys.platform.startswith("linux")
            else "install FluidSynth and a General MIDI soundfont"
        )
        return _row("soundfont", "missing", "the built-in band plays everything", mend)
    return _row("soundfont", "ok", sampler.describe())


def _jukebox() -> dict[str, str]:
    from songwright.io.shelf import HouseShelf

    shelf = HouseShelf()
    try:
        for name in ("jukebox", "codec-decoder", "codec-encoder"):
            shelf.network(name)
    except SongwrightError as problem:
        return _row("jukebox", "missing", str(problem), "pip install --force-reinstall songwright")
    return _row("jukebox", "ok", "networks that make sound themselves")


def _extra(extra: str, module: str, what: str) -> dict[str, str]:
    if importlib.util.find_spec(module):
        return _row(extra, "ok", what)
    return _row(extra, "missing", what, f"pip install 'songwright[{extra}]'")
