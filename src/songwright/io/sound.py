"""Sound files: reading anything libsndfile knows, writing WAV, FLAC, MP3, OGG and Opus with tags.

Lossless files hold 24 bits. Lossy files are limited to about -2 dBTP before they are encoded, decoded again
and measured, because coding makes peaks grow; they are encoded again, lower, until they decode at or below -1
dBTP. Everything is written beside its place and moved there when it is whole.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import soundfile
import soxr

from songwright.dsp import dynamics, loudness
from songwright.errors import BriefError, ShelfError
from songwright.io.tags import Tags, tag_file
from songwright.values.audio import RATE_HZ, Audio

LOSSY_CEILING_DBTP = -2.0  # before encoding
DECODED_CEILING_DBTP = -1.0
_BLOCK = 65_536  # libvorbis crashes on one long write
_LONGEST_S = 3600.0 * 6
_FORMATS: dict[str, dict[str, object]] = {
    ".wav": {"format": "WAV", "subtype": "PCM_24"},
    ".flac": {"format": "FLAC", "subtype": "PCM_24", "compression_level": 0.1},
    ".mp3": {
        "format": "MP3",
        "subtype": "MPEG_LAYER_III",
        "bitrate_mode": "VARIABLE",
        "compression_level": 0.2,
    },
    ".ogg": {"format": "OGG", "subtype": "VORBIS", "compression_level": 0.3},
    ".opus": {"format": "OGG", "subtype": "OPUS", "compression_level": 0.6},
}
SUFFIXES = tuple(_FORMATS)
LOSSY = (".mp3", ".ogg", ".opus")


def read_audio(path: str | os.PathLike[str], rate_hz: int | None = RATE_HZ) -> Audio:
    """The sound in a file, one or two channels, at the asked rate (48 kHz; None = the file's own).

    More than two channels are folded into stereo, odd ones left, even ones right. Raises ShelfError when
    there is no such file, or it is no sound, is empty, damaged or absurdly long.
    """
    place = Path(path)
    if not place.is_file():
        raise ShelfError(str(place), "there is no such sound file")
    try:
        with soundfile.SoundFile(place) as file:
            if file.frames > _LONGEST_S * file.samplerate:
                raise ShelfError(str(place), "is longer than six hours")
            samples = file.read(dtype="float32", always_2d=True).T
            rate = int(file.samplerate)
    except (soundfile.SoundFileError, RuntimeError, ValueError) as problem:
        raise ShelfError(str(place), f"cannot be read as sound ({_short(problem)})") from problem
    except OSError as problem:
        raise ShelfError(str(place), f"cannot be opened ({problem.strerror})") from problem
    if not samples.shape[1]:
        raise ShelfError(str(place), "holds no sound")
    if not np.isfinite(samples.min()) or not np.isfinite(samples.max()):
        raise ShelfError(str(place), "is damaged: some samples are not numbers")
    if len(samples) > 2:
        samples = np.stack([samples[0::2].mean(axis=0), samples[1::2].mean(axis=0)])
    rate_hz = rate if rate_hz is None else rate_hz
    return Audio(resampled(samples, rate, rate_hz), rate_hz)


def resampled(samples: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """The same sound at another rate; (channels, frames), float32."""
    if from_hz == to_hz:
        return samples
    return soxr.resample(samples.T, from_hz, to_hz, quality="HQ").T.astype(np.float32)


def write_audio(path: str | os.PathLike[str], audio: Audio, tags: Tags | None = None) -> None:
    """Write a sound file; the suffix says which kind (.wav, .flac, .mp3, .ogg, .opus).

    tags: field -> text, see `songwright.io.tags`. Raises BriefError for another suffix, ShelfError when the
    file cannot be written. An existing file is replaced at the end, in one step.
    """
    place = Path(path)
    suffix = place.suffix.lower()
    if suffix not in _FORMATS:
        raise BriefError("out", f"{place.name} names no known sound format.", f"Use {', '.join(SUFFIXES)}.")
    draft = place.with_name(f".{place.stem}.part{suffix}")
    try:
        if suffix in LOSSY:
            _write_lossy(draft, audio, tags, suffix)
        else:
            _encode(draft, audio.samples, audio.rate_hz, tags, suffix)
        if tags is not None:
            tag_file(draft, tags)
        os.replace(draft, place)
    except (soundfile.SoundFileError, RuntimeError, AssertionError) as problem:
        raise ShelfError(str(place), f"could not be written ({_short(problem)}); is there room?") from problem
    except OSError as problem:
        raise ShelfError(str(place), f"could not be written ({problem.strerror})") from problem
    finally:
        draft.unlink(missing_ok=True)


def _write_lossy(draft: Path, audio: Audio, tags: Tags | None, suffix: str) -> None:
    """Encode, decode, measure; lower until the decoded file keeps the ceiling."""
    samples = np.array(resampled(audio.samples, audio.rate_hz, RATE_HZ))
    ceiling = LOSSY_CEILING_DBTP
    for _ in range(4):
        dynamics.limit(samples, ceiling)
        _encode(draft, samples, RATE_HZ, tags, suffix)
        over = _decoded_peak_dbtp(draft) - DECODED_CEILING_DBTP
        if over <= 0.0:
            return
        ceiling = min(ceiling, loudness.true_peak_dbtp(samples)) - over - 0.15


def _encode(draft: Path, samples: np.ndarray, rate_hz: int, tags: Tags | None, suffix: str) -> None:
    """One pass through the encoder, in blocks."""
    with soundfile.SoundFile(draft, "w", rate_hz, len(samples), **_FORMATS[suffix]) as file:
        if tags is not None and suffix == ".wav":
            for name in ("title", "artist", "genre", "comment", "software"):
                if value := tags.get(name):
                    setattr(file, name, value)
        for start in range(0, samples.shape[1], _BLOCK):
            file.write(samples[:, start : start + _BLOCK].T)


def _decoded_peak_dbtp(path: Path) -> float:
    """True peak of a file as a player hears it; read in pieces that overlap, so that none needs much memory."""
    overlap = np.zeros((0, 2), dtype=np.float32)
    peak = -200.0
    with soundfile.SoundFile(path) as file:
        for piece in file.blocks(blocksize=2**20, dtype="float32", always_2d=True):
            whole = np.concatenate([overlap, piece]) if len(overlap) else piece
            peak = max(peak, loudness.true_peak_dbtp(np.ascontiguousarray(whole.T)))
            overlap = piece[-64:].copy()
    return peak


def _short(problem: BaseException) -> str:
    """The last clause of a library's message, without the path."""
    return str(problem).split(": ")[-1].strip().rstrip(".") or type(problem).__name__
