"""The codec of the raw-audio engine: sound as a few numbers 31.25 times a second, and back, without PyTorch.

Encoder and decoder are networks; the mel spectrum before and the inverse Fourier transform behind them are plain
arithmetic here (decoding by inverse STFT: Siuzdak 2023, Vocos). One channel at 32 kHz.
"""

from __future__ import annotations

import numpy as np

from songwright.dsp import mel
from songwright.errors import ShelfError
from songwright.runtime.session import Network

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


def whole(sound: np.ndarray) -> np.ndarray:
    """A sound made a whole number of latent frames long, with silence at its end."""
    return np.pad(np.asarray(sound, np.float32), (0, -len(sound) % STRIDE))


def log_mel(sound: np.ndarray) -> np.ndarray:
    """What the encoder hears: (frames / HOP, MELS) float32. sound: one channel, whole latent frames."""
    size = np.abs(mel.spectra(sound, FFT, HOP, PAD, "constant"))
    bands = size @ mel.mel_matrix(RATE_HZ, FFT, MELS, LOW_HZ, HIGH_HZ)
    return ((np.log(np.maximum(bands, FLOOR)) - CENTRE) / SPREAD).astype(np.float32)


def sound_of(real: np.ndarray, imaginary: np.ndarray) -> np.ndarray:
    """The sound of spectra (windows, FFT // 2 + 1): float32 (windows * HOP,)."""
    return mel.overlap_add(real + 1j * imaginary, FFT, HOP, PAD)


class Codec:
    """Encoder and decoder ready to run; either may be missing.

    latents_id: fingerprint of the trained encoder, "" for files that do not tell it.
    """

    def __init__(self, decoder: bytes | None, encoder: bytes | None = None, threads: int = 1) -> None:
        """decoder, encoder: bytes of the .onnx files. Raises ShelfError for files of another kind."""
        self._decoder = Network(decoder, "codec decoder", threads) if decoder is not None else None
        self._encoder = Network(encoder, "codec encoder", threads) if encoder is not None else None
        for network, names in ((self._decoder, ("latents",)), (self._encoder, ("mel",))):
            if network is not None and network.inputs != names:
                raise ShelfError(network.name, "is no part of a codec")
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

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Latents (T, latents) as one channel at 32 kHz, float32 (T * STRIDE,)."""
        if self._decoder is None:
            raise ShelfError("codec", "its decoder is not there")
        made = self._decoder.run({"latents": np.ascontiguousarray(latents, np.float32)})
        return sound_of(made["real"], made["imaginary"])
