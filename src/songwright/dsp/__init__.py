"""Sound: thin, pure functions over numpy and scipy. Arrays in, arrays out; time is the last axis."""
