"""How near the band's instruments come to recorded ones: textbook, portrait and soundfont beside held-out notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from songwright.band.drumkit import DrumKit
from songwright.band.drumportrait import drum_portraits
from songwright.band.patches import PATCHES, Patch
from songwright.band.recorded import patches_of
from songwright.band.stroke import Stroke
from songwright.dsp.resemblance import aligned, mel_distance_db, stft_distance
from songwright.io.shelf import HouseShelf
from songwright.music.instruments import DRUMS
from songwright.train.instruments.samples import Sample, read_samples
from songwright.train.instruments.task import portraits
from songwright.values.audio import RATE_HZ
from songwright.values.performance import PlayedNote, PlayedPart
from songwright.values.seed import Seed
from songwright.values.shelf import Sampler

Row = dict[str, object]
Players = Mapping[str, Callable[[Sample, int], np.ndarray | None]]
# Which of the band's instruments plays the notes of a portrait; recordings of driven guitars there are none.
INSTRUMENTS = {
    "guitar-electric": "guitar-clean", "bass-electric": "bass-finger", "bass-upright": "bass-upright",
    "piano": "piano", "saxophone": "sax-tenor",
}  # fmt: skip
KIT = "drumkit-power"
_PIECES = {"rim": "side-stick"}
_LONGEST_S = 2.5
_LEAD_S = 0.1


def instrument_rows(folder: Path, tell: Callable[[str], None]) -> list[Row]:
    """A row for each instrument and drum: mean distance to the held-out notes (all notes where none is held out).

    mel: dB, stft: see `dsp.resemblance`. "heard" is the portrait on notes it was made from: what the model itself
    costs. The portraits measured here are made anew without the held-out notes. Notes are compared without amplifier
    and effects, from their onset and at equal power.
    """
    samples = read_samples(folder)
    arrays = portraits([s for s in samples if not s.held_out], tell)
    kit = DrumKit("power", {_PIECES.get(name, name): drum for name, drum in drum_portraits(arrays).items()})
    fitted = {**patches_of(arrays), KIT: replace(PATCHES[KIT], voice=kit)}
    font = sampled(HouseShelf().sampler(), [sample for sample in samples if is_asked(sample, samples)])
    players: Players = {
        "textbook": lambda s, n: own(PATCHES, s, n),
        "portrait": lambda s, n: own(fitted, s, n),
        "soundfont": lambda s, n: font.get(s),
    }
    rows = []
    for name in dict.fromkeys(sample.portrait for sample in samples):
        mine = [sample for sample in samples if sample.portrait == name]
        away = [sample for sample in mine if is_asked(sample, samples)]
        row: Row = {"instrument": name, "notes": len(away), "held_out": "yes" if away[0].held_out else "no"}
        for player, play in players.items():
            mel, stft = nearness(away, play)
            row |= {f"{player}_mel_db": mel, f"{player}_stft": stft}
        heard = [sample for sample in mine if not sample.held_out][::3]
        row["heard_mel_db"] = nearness(heard, players["portrait"])[0]
        rows.append(row)
        tell(f"{name}: measured")
    return rows


def is_asked(sample: Sample, samples: Sequence[Sample]) -> bool:
    """True for what is compared: held-out notes, or all where an instrument has none."""
    return sample.held_out or not any(s.held_out for s in samples if s.portrait == sample.portrait)


def nearness(
    notes: Sequence[Sample], play: Callable[[Sample, int], np.ndarray | None]
) -> tuple[float | str, float | str]:
    """Mean mel distance in dB and STFT distance of a player's notes to recorded ones; "" where nobody plays."""
    found = []
    for sample in notes:
        like = sample.sound()[:, : int(_LONGEST_S * RATE_HZ)]
        if sample.portrait.startswith("drum/"):
            like = like.mean(axis=0, keepdims=True)
        sound = play(sample, like.shape[1])
        if sound is None:
            return "", ""
        for i, ear in enumerate(like):
            mine = aligned(sound[min(i, len(sound) - 1)], ear)
            found.append((mel_distance_db(mine, ear), stft_distance(mine, ear)))
    mel, stft = np.mean(found, axis=0)
    return round(float(mel), 2), round(float(stft), 3)


def own(patches: Mapping[str, Patch], sample: Sample, frames: int) -> np.ndarray:
    """The note as the band's own instrument sounds it, (channels, frames)."""
    instrument, pitch = asked(sample)
    voice = patches[instrument].voice
    size = frames + RATE_HZ // 10
    sound = np.atleast_2d(
        voice.note(
            Stroke(pitch, sample.strength, "", size / RATE_HZ, size),
            Seed(1).child(sample.path.name).luck(),
        )
    )
    return sound.mean(axis=0, keepdims=True) if isinstance(voice, DrumKit) else sound


def sampled(sampler: Sampler | None, notes: Sequence[Sample]) -> Mapping[Sample, np.ndarray]:
    """The same notes from the soundfont, (channels, frames) each; levels ask for about the recorded strength."""
    if sampler is None:
        return {}
    parts, end_s = [], _LEAD_S + _LONGEST_S
    for number, sample in enumerate(notes):
        instrument, pitch = asked(sample)
        note = PlayedNote("n", _LEAD_S, end_s, pitch, 0.35 + 0.6 * sample.strength)
        parts.append(PlayedPart(str(number), "x", instrument, str(number), (note,)))
    sounds = sampler.play(tuple(parts), int((end_s + _LEAD_S) * RATE_HZ), RATE_HZ)
    found = {sample: sounds[str(number)].samples for number, sample in enumerate(notes)}
    return {
        sample: sound.mean(axis=0, keepdims=True) if sample.portrait.startswith("drum/") else sound
        for sample, sound in found.items()
    }


def asked(sample: Sample) -> tuple[str, float]:
    """Instrument and MIDI pitch that stand for a recorded note."""
    if sample.portrait.startswith("drum/"):
        piece = sample.portrait.removeprefix("drum/")
        return KIT, float(DRUMS[_PIECES.get(piece, piece)])
    return INSTRUMENTS[sample.portrait], sample.pitch
