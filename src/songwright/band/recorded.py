"""Which patches play from portraits of recorded instruments, where these stand on the shelf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from songwright.band.held import Held
from songwright.band.patches import PATCHES, Patch, Voice
from songwright.band.portrait import Portrait, portrait_of
from songwright.band.portrayed import Blown, Struck

# What brings each of them to the loudness its textbook patch has, dB (a plain pattern at level 0.7, BS.1770).
TRIM_DB: Mapping[str, float] = {}


def patches_of(arrays: Mapping[str, np.ndarray]) -> Mapping[str, Patch]:
    """All patches, by instrument; those whose instrument sat for a portrait in `arrays` play from it."""

    def sat(name: str) -> Portrait:
        return portrait_of(arrays, name)

    if not arrays:
        return PATCHES
    guitar, bass = sat("guitar-electric"), sat("bass-electric")
    voices: dict[str, Voice] = {
        "guitar-clean": Struck("guitar-clean", guitar),
        "guitar-muted": Struck("guitar-muted", guitar, mute_s=0.32, muted=True),
        "guitar-overdrive": Struck("guitar-overdrive", guitar, mute_s=0.28),
        "guitar-distorted": Struck("guitar-distorted", guitar, mute_s=0.28),
        "bass-finger": Struck("bass-finger", bass, mute_s=0.25),
        "bass-upright": Struck("bass-upright", sat("bass-upright"), mute_s=0.25),
        "piano": Struck("piano", sat("piano"), stereo=True),
        "sax-tenor": Blown(sat("saxophone"), _breath(PATCHES["sax-tenor"])),
    }
    return {
        **PATCHES,
        **{
            name: replace(PATCHES[name], voice=voice, trim_db=TRIM_DB.get(name, 0.0))
            for name, voice in voices.items()
        },
    }


def _breath(patch: Patch) -> Held:
    """How a patch's own player breathes."""
    if not isinstance(patch.voice, Held):
        raise TypeError("this patch is not blown")
    return patch.voice
