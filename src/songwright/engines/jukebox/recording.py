"""A take that can be heard while it comes into being."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from songwright.values.audio import Audio
from songwright.values.take import Take

Sounding = Generator[Audio, None, Take]
"""Work that hands on finished sound, and the take at its end."""


class Recording(Iterator[Audio]):
    """Pieces of sound in order, 48 kHz stereo, before mastering; after the last one `take` is there.

    Pieces come as windows of about twelve seconds are finished. What goes wrong is raised where the next piece is
    asked for; nothing is written anywhere.
    """

    def __init__(self, work: Sounding) -> None:
        self._work = work
        self._take: Take | None = None

    def __next__(self) -> Audio:
        try:
            return next(self._work)
        except StopIteration as end:
            self._take = end.value or self._take
            raise StopIteration from None

    @property
    def take(self) -> Take:
        """The finished take; what is not made yet is made now."""
        for _ in self:
            pass
        assert self._take is not None
        return self._take
