"""Training the generator's discrete rival: codes of rendered pieces, written one after the other (the Jukebox way)."""
