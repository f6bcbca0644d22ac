"""The codec of the raw-audio engine: sound as a few numbers 31.25 times a second, and back, without PyTorch.

Encoder and decoder are networks; the mel spectrum before them is plain arithmetic, and so is finding the phases of the
magnitudes that the decoder gives (Griffin & Lim 1984, sped up as in Perraudin et al. 2013). One channel at 32 kHz.
"""

from __future__ import annotations

import numpy as np

from songwright.dsp import mel
from songwright.errors import ShelfError
from songwright.runtime.session import Network
from songwright.values.seed import Seed

RATE_HZ = 32_000
FFT, HOP = 2048, 512
MELS, LOW_HZ, HIGH_HZ = 128, 20.0, 16_000.0
STRIDE = 2 * HOP
"""Samples a frame of latents stands for."""
LATENT_HZ = RATE_HZ / STRIDE
PAD = (FFT - HOP) // 2
FLOOR = 1e-5
CENTRE, SPREAD = -4.0, 3.5
"""Log mel is brought near -1..1 by these, the same for all sounds."""
ROUNDS = 16
"""Rounds in which phases are found: more gain nothing that is measured."""
LIFT_DB = ((1_000, 0.15), (2_000, 0.55), (4_000, 1.15), (6_000, 1.5))
"""By how much the sound of a decoder's magnitudes is too soft, by frequency in Hz, as measured on training pieces: what
it learns of logarithms is their middle, not their mean, and of noise, which is smooth to it, phases cancel a part."""
LIFT = (10 ** (np.interp(np.arange(FFT // 2 + 1) * RATE_HZ / FFT, *zip(*LIFT_DB, strict=True)) / 20)).astype(
    np.float32
)
_MOMENTUM = 0.99


def whole(sound: np.ndarray) -> np.ndarray:
    """A sound made a whole number of latent frames long, with silence at its end."""
    return np.pad(np.asarray(sound, np.float32), (0, -len(sound) % STRIDE))


def log_mel(sound: np.ndarray) -> np.ndarray:
    """What the encoder hears: (frames / HOP, MELS) float32. sound: one channel, whole latent frames."""
    size = np.abs(mel.spectra(sound, FFT, HOP, PAD, "constant"))
    bands = size @ mel.mel_matrix(RATE_HZ, FFT, MELS, LOW_HZ, HIGH_HZ)
    return ((np.log(np.maximum(bands, FLOOR)) - CENTRE) / SPREAD).astype(np.float32)


def phased(
    magnitude: np.ndarray, before: np.ndarray | None = None, after: np.ndarray | None = None, rounds: int = ROUNDS
) -> np.ndarray:  # fmt: skip
    """The sound whose spectra come near these magnitudes (windows, FFT // 2 + 1): float32 (windows * HOP,).

    before, after: samples of its beginning and of its end that are decided already; phases between go on from them.
    The same magnitudes give the same sound: chance that it starts from is drawn once for all.
    """
    size = np.asarray(magnitude, np.float32)
    given = _Given(len(size) * HOP, before, after)
    spectrum = given.within(size * _begun(size))
    last: np.ndarray | None = None
    for _ in range(rounds):
        near = mel.spectra(given.around(_sound(spectrum)), FFT, HOP, PAD, "constant")
        pushed = near if last is None else near + _MOMENTUM * (near - last)
        last = near
        spectrum = given.within(size * (pushed / np.maximum(np.abs(pushed), 1e-9)))
    return _sound(spectrum)


def _begun(size: np.ndarray) -> np.ndarray:
    """First phases of magnitudes, as numbers of size 1: each peak of a spectrum a tone that goes on (Beauregard,
    Harish & Wyse 2015, single pass spectrogram inversion).
    """
    bins = np.arange(size.shape[1], dtype=np.int32)
    is_peak = np.zeros(size.shape, bool)
    is_peak[:, 1:-1] = (size[:, 1:-1] > size[:, :-2]) & (size[:, 1:-1] >= size[:, 2:])
    is_peak[:, 0] |= ~is_peak.any(axis=1)
    # the nearest peak below or above each bin
    below = np.maximum.accumulate(np.where(is_peak, bins, np.int32(-FFT)), axis=1)
    above = np.minimum.accumulate(np.where(is_peak, bins, np.int32(2 * FFT))[:, ::-1], axis=1)[:, ::-1]
    peak = np.where(bins - below <= above - bins, below, above)
    # where between two bins the tone lies: the top of a parabola through the logarithms (Smith & Serra 1987)
    log = np.log(np.maximum(size, 1e-6))
    low, middle, high = log[:, :-2], log[:, 1:-1], log[:, 2:]
    bend = np.minimum(low - 2 * middle + high, -1e-6)
    off = np.zeros(size.shape, np.float32)
    off[:, 1:-1] = np.clip(0.5 * (low - high) / bend, -0.5, 0.5)
    tone = peak.astype(np.float32) + np.take_along_axis(off, peak, axis=1)
    turns = (tone[1:] + tone[:-1]) * np.float32(0.5 * HOP / FFT) % np.float32(1)  # from window to window
    phase = np.pad(np.cumsum(turns, axis=0), ((1, 0), (0, 0)))
    phase += 0.5 * Seed(0).child("phases").luck().noise(len(bins)).astype(np.float32)
    phase = np.take_along_axis(phase, peak, axis=1) + np.float32(0.5) * (bins - peak).astype(np.float32)
    angle = np.float32(2 * np.pi) * (phase % np.float32(1))
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1).view(np.complex64)[..., 0]


class _Given:
    """Samples that are decided at the beginning and the end of a sound, and the spectra of windows wholly in them."""

    def __init__(self, frames: int, before: np.ndarray | None, after: np.ndarray | None) -> None:
        self._before = np.zeros(0, np.float32) if before is None else before[:frames]
        self._after = np.zeros(0, np.float32) if after is None else after[-frames:]
        first, last = len(self._before), frames - len(self._after)
        known = self.around(np.zeros(frames, np.float32))
        starts = np.arange(frames // HOP) * HOP - PAD
        self._whole = (starts + FFT <= first) | ((starts >= last) & (last < frames))
        self._spectra = (
            mel.spectra(known, FFT, HOP, PAD, "constant")[self._whole] if self._whole.any() else None
        )

    def around(self, sound: np.ndarray) -> np.ndarray:
        """The sound with the given samples in their places, written into it."""
        sound[: len(self._before)] = self._before
        sound[len(sound) - len(self._after) :] = self._after
        return sound

    def within(self, spectrum: np.ndarray) -> np.ndarray:
        """Spectra with those of given windows in their places, written into them."""
        if self._spectra is not None:
            spectrum[self._whole] = self._spectra
        return spectrum


def _sound(spectrum: np.ndarray) -> np.ndarray:
    return mel.overlap_add(spectrum, FFT, HOP, PAD)


class Codec:
    """Encoder and decoder ready to run; either may be missing.

    latents_id: fingerprint of the trained encoder, "" for files that do not tell it.
    """

    def __init__(self, decoder: bytes | None, encoder: bytes | None = None, threads: int = 1) -> None:
        """decoder, encoder: bytes of the .onnx files. Raises ShelfError for files of another kind."""
        self._decoder = Network(decoder, "codec decoder", threads) if decoder is not None else None
        self._encoder = Network(encoder, "codec encoder", threads) if encoder is not None else None
        for network, taken, given in (
            (self._decoder, "latents", "magnitude"),
            (self._encoder, "mel", "latents"),
        ):
            if network is not None and (network.inputs, network.outputs) != ((taken,), (given,)):
                raise ShelfError(network.name, "is no part of a codec, or of one of another version")
        parts = [network for network in (self._decoder, self._encoder) if network is not None]
        told = {network.metadata.get("latents_id", "") for network in parts}
        if len(told) > 1:
            raise ShelfError("codec", "its encoder and decoder were not trained together")
        self.latents_id = next(iter(told), "")

    def encode(self, sound: np.ndarray) -> np.ndarray:
        """One channel at 32 kHz as latents, float32 (T, latents), T = frames / STRIDE rounded up."""
        if self._encoder is None:
            raise ShelfError("codec", "its encoder is not there")
        return self._encoder.run({"mel": log_mel(whole(sound))})["latents"]

    def decode(
        self, latents: np.ndarray, before: np.ndarray | None = None, after: np.ndarray | None = None
    ) -> np.ndarray:
        """Latents (T, latents) as one channel at 32 kHz, float32 (T * STRIDE,). before, after: as in `phased`."""
        return phased(LIFT * self.magnitude(latents), before, after)

    def magnitude(self, latents: np.ndarray) -> np.ndarray:
        """How loud every bin of every window is, (2 T, FFT // 2 + 1)."""
        if self._decoder is None:
            raise ShelfError("codec", "its decoder is not there")
        return self._decoder.run({"latents": np.ascontiguousarray(latents, np.float32)})["magnitude"]
