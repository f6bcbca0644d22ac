"""Words set to music by the network: what it may write is masked so that only songs come out."""

from songwright.composer.setting.drafts import Network
from songwright.composer.setting.tunes import Manner, Setting

__all__ = ["Manner", "Network", "Setting"]
