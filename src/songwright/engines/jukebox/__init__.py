"""The raw-audio engine: a network makes the sound itself; it can go on from a clip and paint a part anew."""

from songwright.engines.jukebox.engine import JukeboxEngine

__all__ = ["JukeboxEngine"]
