"""Which patches play from portraits of recorded instruments, where these stand on the shelf."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from songwright.band.drumkit import DrumKit
from songwright.band.drumportrait import drum_portraits
from songwright.band.held import Held
from songwright.band.patches import PATCHES, Patch, Voice
from songwright.band.portrait import Portrait, portrait_of
from songwright.band.portrayed import Blown, Struck

# What brings each of them to the loudness its textbook patch has, dB (a plain pattern at level 0.7, BS.1770).
TRIM_DB: Mapping[str, float] = {
    "bass-finger": 2.8, "bass-upright": 1.5, "guitar-clean": 2.3, "guitar-muted": 1.0, "guitar-overdrive": 4.2,
    "guitar-distorted": 2.0, "piano": 0.8, "sax-tenor": 0.3, "drumkit-power": -1.3,
}  # fmt: skip

# With a sampler: whose sound is nearer to the real instrument (`songwright bench instruments`, docs/instruments.md).
# What is not named here was not measured and comes from the sampler.
# Portraits play on the measured instrument itself, soundfonts on another: only a lead of 2 dB counts.
BETTER: Mapping[str, str] = {
    "guitar-clean": "own", "guitar-overdrive": "own", "guitar-distorted": "own", "bass-finger": "own",
    "sax-tenor": "own", "piano": "soundfont", "bass-upright": "own", "drumkit-power": "soundfont",
}  # fmt: skip
# Pieces of the kits that are played as recorded -> the recording's name. Hats and crashes stay as in the textbook: the
# recorded ones differ more from each other than from it.
RECORDED_PIECES: Mapping[str, Mapping[str, str]] = {
    "power": {"kick": "kick", "snare": "snare", "tom-low": "tom-low", "tom-mid": "tom-mid", "tom-high": "tom-high",
              "ride": "ride", "tambourine": "tambourine", "shaker": "shaker",
              "cowbell": "cowbell", "side-stick": "rim", "clap": "clap"},
}  # fmt: skip


# Instrument -> the portrait it plays from, and how.
_PLAYED: Mapping[str, tuple[str, Callable[[Portrait], Voice]]] = {
    "guitar-clean": ("guitar-electric", lambda sat: Struck("guitar-clean", sat)),
    "guitar-muted": ("guitar-electric", lambda sat: Struck("guitar-muted", sat, mute_s=0.32, muted=True)),
    "guitar-overdrive": ("guitar-electric", lambda sat: Struck("guitar-overdrive", sat, mute_s=0.28)),
    "guitar-distorted": ("guitar-electric", lambda sat: Struck("guitar-distorted", sat, mute_s=0.28)),
    "bass-finger": ("bass-electric", lambda sat: Struck("bass-finger", sat, mute_s=0.25)),
    "bass-upright": ("bass-upright", lambda sat: Struck("bass-upright", sat, mute_s=0.25)),
    "piano": ("piano", lambda sat: Struck("piano", sat, stereo=True)),
    "sax-tenor": ("saxophone", lambda sat: Blown(sat, _breath(PATCHES["sax-tenor"]))),
}


def patches_of(arrays: Mapping[str, np.ndarray]) -> Mapping[str, Patch]:
    """All patches, by instrument; those whose instrument sat for a portrait in `arrays` play from it."""
    voices = {
        name: make(portrait_of(arrays, sat))
        for name, (sat, make) in _PLAYED.items()
        if f"{sat}/partials" in arrays
    }
    drums = drum_portraits(arrays)
    for kit, pieces in RECORDED_PIECES.items():
        sat_for = {piece: drums[name] for piece, name in pieces.items() if name in drums}
        if sat_for:
            voices[f"drumkit-{kit}"] = DrumKit(kit, sat_for)
    changed = {
        name: replace(
            PATCHES[name], voice=voice, trim_db=TRIM_DB.get(name, 0.0), takes=max(2, PATCHES[name].takes)
        )
        for name, voice in voices.items()
    }
    return {**PATCHES, **changed}


def _breath(patch: Patch) -> Held:
    """How a patch's own player breathes."""
    if not isinstance(patch.voice, Held):
        raise TypeError("this patch is not blown")
    return patch.voice
