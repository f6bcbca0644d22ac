"""A codec of a run in PyTorch, finished or not: behind the door of `runtime.codec.Codec`, without being written out."""

from __future__ import annotations

import numpy as np
import torch

from songwright.runtime.codec import Codec, log_mel, whole
from songwright.train.codec.export import latents_id
from songwright.train.nets.codec import CodecNet


class Player(Codec):
    """A codec's network that codes and decodes one sound at a time."""

    def __init__(self, net: CodecNet) -> None:
        super().__init__(None)
        self._net = net.eval()
        self.latents_id = latents_id(net)

    @torch.no_grad()
    def encode(self, sound: np.ndarray) -> np.ndarray:
        """One channel at 32 kHz as latents, float32 (T, latents), T = frames / STRIDE rounded up."""
        return self._net.latents(torch.from_numpy(log_mel(whole(sound)))[None])[0].numpy()

    @torch.no_grad()
    def magnitude(self, latents: np.ndarray) -> np.ndarray:
        """How loud every bin of every window is, (2 T, FFT // 2 + 1)."""
        return self._net.decoded(torch.from_numpy(np.ascontiguousarray(latents, np.float32))[None])[0].numpy()
