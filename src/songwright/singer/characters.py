"""How a voice is coloured: gravel, breath, age, twang, a brighter or darker tone.

Every colour is 0..1 and is held where words and pitch survive: beyond a subharmonic of .3 listeners (and pitch
trackers) hear the octave below, beyond a formant scale of .94..1.16 vowels change their name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from songwright.values.brief import colouring

GROWL_LIMIT = 0.3


@dataclass(frozen=True)
class Colour:
    """What the renderer does with a character: physical amounts.

    growl: 0..GROWL_LIMIT, strength of the half-frequency. breath: air added, 0..0.5. tilt_db: dB an octave above
    600 Hz. shimmer_db, jitter_cents: pulse to pulse. tremor_cents: slow unsteadiness. twang_db: peak around 2.8 kHz.
    formant_scale: head size, 1 = as recorded.
    """

    growl: float = 0.0
    breath: float = 0.0
    tilt_db: float = 0.0
    shimmer_db: float = 0.15
    jitter_cents: float = 4.0
    tremor_cents: float = 0.0
    twang_db: float = 0.0
    formant_scale: float = 1.0


def colour(*characters: Mapping[str, float], formant_scale: float = 1.0) -> Colour:
    """The colour that comes of characters laid over each other (`values.brief.colouring`)."""
    amount = colouring(*characters)
    gravel, breath, age = amount["gravel"], amount["breath"], amount["age"]
    return Colour(
        growl=GROWL_LIMIT * gravel,
        breath=0.35 * breath + 0.06 * gravel + 0.1 * age,
        tilt_db=1.5 * amount["bright"] - 1.5 * amount["dark"] - 1.0 * breath - 0.5 * age,
        shimmer_db=0.15 + 0.5 * gravel + 0.3 * age,
        jitter_cents=4.0 + 10.0 * gravel + 6.0 * age,
        tremor_cents=10.0 * age,
        twang_db=5.0 * amount["twang"],
        formant_scale=min(1.16, max(0.94, formant_scale * (1.0 + 0.015 * amount["twang"]))),
    )
