"""A network that only judges: which phones, pitches and chords are heard, which genre, which persona. Never a loss."""
